import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFunctions } from '../../../core/eval/functions/table.ts';
import type { FunctionTable } from '../../../core/eval/scope.ts';
import { loadVectors, runVector, VECTOR_FOLDER, type Vector } from './vector-harness.ts';

/** Vectors that do not come out as in Terraform, each with the reason. One that does must be taken off the list. */
const gaps = JSON.parse(readFileSync(join(VECTOR_FOLDER, 'known-gaps.json'), 'utf8')) as Record<string, string>;
const groups = groupVectors(loadVectors());
/** How many errors have Terraform's very words: a goal beside place and summary, printed at the end. */
const details = { right: 0, wrong: [] as string[] };
let functions: FunctionTable;

function groupVectors(vectors: readonly Vector[]): Map<string, Vector[]> {
  const result = new Map<string, Vector[]>();
  for (const vector of vectors) {
    const group = result.get(vector.group);
    if (group === undefined) result.set(vector.group, [vector]);
    else group.push(vector);
  }
  return result;
}

beforeAll(async () => {
  functions = await loadFunctions('all');
});

afterAll(() => {
  const all = details.right + details.wrong.length;
  console.log(
    [`${details.right} of ${all} errors have Terraform's very words; others:`, ...details.wrong].join('\n  '),
  );
});

describe('expressions as Terraform 1.11 evaluates them', () => {
  it.each([...groups])('%s', (_, vectors) => {
    const complaints: string[] = [];
    for (const vector of vectors) {
      const { mismatch, detail } = runVector(vector, functions);
      const title = `${vector.id} ${JSON.stringify(vector.expr)}`;
      const gap = gaps[vector.id];
      if (mismatch !== undefined && gap === undefined) complaints.push(`${title}: ${mismatch}`);
      if (mismatch === undefined && gap !== undefined) complaints.push(`${title} is no gap any more (${gap})`);
      if (detail === true) details.right++;
      if (detail === false && mismatch === undefined) details.wrong.push(title);
    }
    expect(complaints).toEqual([]);
  });

  it('has no gap for a vector that is not there', () => {
    const ids = new Set([...groups.values()].flat().map((vector) => vector.id));
    expect(Object.keys(gaps).filter((id) => !ids.has(id))).toEqual([]);
  });
});

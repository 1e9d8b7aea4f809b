import { readFileSync, readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadFunctions } from '../../../core/eval/functions/table.ts';
import type { FunctionTable } from '../../../core/eval/scope.ts';
import { answer } from './answer.ts';

const FOLDER = new URL('../../data/functions/', import.meta.url);

let functions: FunctionTable;
beforeAll(async () => {
  functions = await loadFunctions('all');
});

/** Expressions and, indented below each, what Terraform says. */
function readAnswers(file: string): [expression: string, expected: string][] {
  const lines = readFileSync(new URL(file, FOLDER), 'utf8').split('\n');
  const rows: [string, string][] = [];
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('  ')) rows.push([lines[index - 1] ?? '', line.slice(2)]);
  }
  return rows;
}

/** The recording has all white space as one space, and says only that something is unknown. */
function plain(text: string): string {
  const single = text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^sensitive /, '');
  return single.startsWith('unknown ') ? 'unknown' : single;
}

describe.each(readdirSync(FOLDER))('%s', (file) => {
  const rows = readAnswers(file);

  it('has rows', () => expect(rows.length).toBeGreaterThan(0));

  it.each(rows)('%s', (expression, expected) => {
    expect(plain(answer(expression, { functions }))).toBe(plain(expected));
  });
});

// Small configurations full of mistakes, and what `terraform validate` 1.11.4 said of them, recorded by
// test/data/record-mistakes.mjs: severity, summary, detail and place, each diagnostic once.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../core/diag/diagnostic.ts';
import { diagnoseStatically } from './diagnose.ts';

interface Recorded {
  readonly files: Readonly<Record<string, string>>;
  readonly diagnostics: readonly (readonly string[])[];
}

const RECORDED = fileURLToPath(new URL('../../data/config/mistakes.jsonl', import.meta.url));

const cases = readFileSync(RECORDED, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

function describeFound({ severity, summary, detail, subject }: Diagnostic): string {
  if (subject === undefined) return JSON.stringify([severity, summary, detail, '']);
  const start = subject.file.position(subject.start);
  const end = subject.file.position(subject.end);
  const place = `${subject.file.name}:${start.line},${start.column}-${end.line},${end.column}`;
  return JSON.stringify([severity, summary, detail, place]);
}

async function diagnose(files: Recorded['files']): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'stowage-mistakes-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), text);
    }
    return [...new Set((await diagnoseStatically(directory)).map(describeFound))].sort();
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe('what terraform validate says of mistakes', () => {
  it.each(cases.map((recorded, index) => ({ ...recorded, index })))('case $index', async ({ files, diagnostics }) => {
    expect(await diagnose(files)).toEqual(diagnostics.map((row) => JSON.stringify(row)).sort());
  });
});

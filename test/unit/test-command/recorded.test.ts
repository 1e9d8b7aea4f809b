// What Terraform 1.11 answered to small test files, against what Stowage answers. `record.mjs` beside the cases made it.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseArchive } from '../../scripts/archive.ts';
import { commandLine } from '../../support/command-line.ts';

const data = join(import.meta.dirname, '../../data/test-command');

interface Answer {
  readonly code: number;
  readonly outcomes: readonly string[];
  readonly diagnostics: readonly string[];
  readonly summary: string | null;
}

const recorded = JSON.parse(readFileSync(join(data, 'recorded.json'), 'utf8')) as Record<string, Answer>;
const names = readdirSync(join(data, 'cases')).map((name) => name.replace(/\.txtar$/, ''));

interface EventLine {
  readonly '@message': string;
  readonly '@testrun'?: string;
  readonly type: string;
  readonly test_run?: { path: string; run: string; progress: string; status?: string };
  readonly test_file?: { path: string; progress: string; status?: string };
  readonly diagnostic?: {
    severity: string;
    summary: string;
    range?: { filename: string; start: { line: number; column: number } };
  };
}

async function answerOf(name: string): Promise<Answer> {
  const { script, files } = parseArchive(readFileSync(join(data, 'cases', `${name}.txtar`), 'utf8'));
  const directory = mkdtempSync(join(tmpdir(), 'stowage-test-command-'));
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    const args = /^args: (.*)$/m.exec(script)?.[1]?.split(' ') ?? [];
    const { code, out } = await commandLine(['test', '-json', ...args], { directory });
    return answerFrom(code, out);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function answerFrom(code: number, out: string): Answer {
  const events = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as EventLine);
  const outcomes = events.flatMap(({ type, test_run: run, test_file: file }) => {
    if (type === 'test_run' && run && run.progress !== 'starting')
      return [`${run.path} ${run.run} ${run.status ?? run.progress}`];
    return type === 'test_file' && file?.progress === 'complete' ? [`${file.path} ${file.status}`] : [];
  });
  const diagnostics = events.flatMap(({ diagnostic, '@testrun': run }) => {
    if (!diagnostic) return [];
    const { severity, summary, range } = diagnostic;
    const place = range ? ` ${range.filename}:${range.start.line}:${range.start.column}` : '';
    return [`${run ?? '-'} ${severity}${place} ${summary}`];
  });
  const summary = events.find(({ type }) => type === 'test_summary')?.['@message'] ?? null;
  return { code, outcomes, diagnostics: diagnostics.sort(), summary };
}

describe('the answers of Terraform', () => {
  test('there is one for every case', () => {
    expect(Object.keys(recorded)).toEqual(names);
    expect(names.length).toBeGreaterThanOrEqual(25);
  });

  test.each(names)('%s', async (name) => {
    expect(await answerOf(name)).toEqual(recorded[name]);
  });
});

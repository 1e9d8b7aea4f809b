import { appendFile, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JournalFile, journalPathOf, readJournal } from '../../../state/journal-file.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stowage-journal-'));
  path = join(directory, 'terraform.tfstate');
});
afterEach(() => rm(directory, { recursive: true }));

const run = { runId: 'run-1', lineage: 'lineage', baseSerial: 7 };

function intent(operation: string) {
  return {
    operation,
    address: `docker_container.${operation}`,
    kind: 'container.create',
    phase: 'make' as const,
    identity: undefined,
    argumentsHash: `hash of ${operation}`,
    arguments: { Env: [`PASSWORD=secret-${operation}`] },
    undo: { id: 'u', kind: 'container.remove' },
  };
}

describe('the journal file', () => {
  it('writes nothing before there is an intent', async () => {
    const journal = new JournalFile(path, run);
    await journal.folded(7, []);
    await journal.close(true);
    expect(await readdir(directory)).toEqual([]);
  });

  it('tells after a crash what was begun, what ended and what the state has', async () => {
    const journal = new JournalFile(path, run);
    await Promise.all(['a', 'b', 'c'].map((operation) => journal.intent(intent(operation))));
    await journal.outcome({ operation: 'a', result: 'done', identity: 'id-a', error: undefined });
    await journal.folded(8, ['docker_container.a']);
    await journal.outcome({ operation: 'b', result: 'failed', identity: undefined, error: 'no such image' });
    const [found, ...others] = await readJournal(path);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ ...run, foldedSerial: 8 });
    expect(
      found?.operations.map(({ intent: { operation }, outcome, folded }) => [operation, outcome?.result, folded]),
    ).toEqual([
      ['a', 'done', true],
      ['b', 'failed', false],
      ['c', undefined, false],
    ]);
    expect(found?.operations[2]?.values).toEqual({ arguments: intent('c').arguments, undo: intent('c').undo });
  });

  it('keeps values out of the readable lines and both files to the owner', async () => {
    const journal = new JournalFile(path, run);
    await journal.intent(intent('a'));
    const lines = await readFile(journalPathOf(path), 'utf8');
    expect(lines).toContain('hash of a');
    expect(lines).not.toContain('secret');
    for (const name of await readdir(directory)) expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    await journal.close(true);
    expect(await readdir(directory)).toEqual([]);
  });

  it('leaves out a last line that was cut short', async () => {
    const journal = new JournalFile(path, run);
    await journal.intent(intent('a'));
    await appendFile(journalPathOf(path), '{"entry":"intent","run":"run-1","opera');
    expect((await readJournal(path))[0]?.operations).toHaveLength(1);
  });

  it('is empty where there is none', async () => {
    expect(await readJournal(path)).toEqual([]);
  });
});

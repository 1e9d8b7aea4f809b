/**
 * The journal of a state file: JSON lines beside it, each on disk before the run goes on. Readable lines hold ids,
 * addresses, kinds and hashes; values, which may be secret, go to a second file that only the owner can read. Both
 * files go when a run closes; what is found here otherwise is the trace of a run that was killed.
 */
import { type FileHandle, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Journal, JournalIntent, JournalOutcome } from '../core/apply/journal.ts';
import {
  ExactNumber,
  type Json,
  type JsonObject,
  isJsonArray,
  isJsonObject,
  parseJsonText,
} from '../core/value/json.ts';
import { errorCode, finalPath, syncDirectory } from './file.ts';

export interface JournalRun {
  readonly runId: string;
  readonly lineage: string;
  /** Serial of the state that the run starts from. */
  readonly baseSerial: number;
}

export function journalPathOf(statePath: string): string {
  return `${statePath}.journal`;
}

function valuesPathOf(statePath: string): string {
  return `${statePath}.journal.values`;
}

export class JournalFile implements Journal {
  readonly #statePath: string;
  readonly #run: JournalRun;
  #files: Promise<OpenFiles> | undefined;

  /** Touches nothing yet: the files are made when the first intent comes. */
  constructor(statePath: string, run: JournalRun) {
    this.#statePath = statePath;
    this.#run = run;
  }

  /** Throws the error of the system call that failed: then nothing must be done either. */
  async intent(entry: JournalIntent): Promise<void> {
    this.#files ??= openFiles(this.#statePath, this.#run);
    const { lines, values } = await this.#files;
    const { arguments: content, undo, ...readable } = entry;
    const run = this.#run.runId;
    // At once, since both are on disk before anything is done: of an intent without its values nothing has begun.
    await Promise.all([
      values.append({ run, operation: entry.operation, arguments: content, ...(undo ? { undo } : {}) }),
      lines.append({ entry: 'intent', run, ...readable }),
    ]);
  }

  outcome(entry: JournalOutcome): Promise<void> {
    return this.#append({ entry: 'outcome', run: this.#run.runId, ...entry });
  }

  folded(serial: number, addresses: readonly string[]): Promise<void> {
    return this.#append({ entry: 'folded', run: this.#run.runId, serial, addresses });
  }

  /** The values go first: a crash in between leaves readable lines without secrets. */
  async close(settled: boolean): Promise<void> {
    if (this.#files === undefined) return;
    const { target, lines, values } = await this.#files;
    if (settled) await lines.append({ entry: 'closed', run: this.#run.runId });
    await Promise.all([lines.close(), values.close()]);
    if (!settled) return;
    await rm(valuesPathOf(target), { force: true });
    await rm(journalPathOf(target), { force: true });
  }

  async #append(line: object): Promise<void> {
    if (this.#files !== undefined) await (await this.#files).lines.append(line);
  }
}

interface OpenFiles {
  /** The state, symbolic links resolved. */
  readonly target: string;
  readonly lines: AppendFile;
  readonly values: AppendFile;
}

/** Begins a run behind whatever is there already. */
async function openFiles(statePath: string, run: JournalRun): Promise<OpenFiles> {
  await mkdir(dirname(statePath), { recursive: true });
  const target = await finalPath(statePath);
  const lines = await AppendFile.open(journalPathOf(target));
  const values = await AppendFile.open(valuesPathOf(target));
  await lines.append({ entry: 'run', ...run, at: new Date().toISOString() });
  await syncDirectory(dirname(target));
  return { target, lines, values };
}

/** Appends lines; those that come while the disk is busy share the next flush. */
class AppendFile {
  readonly #file: FileHandle;
  #waiting: string[] = [];
  /** The flush that will carry what is waiting now. */
  #next: Promise<void> | undefined;
  #running: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(path: string): Promise<AppendFile> {
    return new AppendFile(await open(path, 'a', 0o600));
  }

  /** Resolves when the line is on disk. */
  append(line: object): Promise<void> {
    this.#waiting.push(`${JSON.stringify(line, exactNumbers)}\n`);
    this.#next ??= this.#running.then(() => this.#flush());
    return this.#next;
  }

  #flush(): Promise<void> {
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#next = undefined;
    this.#running = this.#file.appendFile(text).then(() => this.#file.datasync());
    return this.#running;
  }

  async close(): Promise<void> {
    await this.#running;
    await this.#file.close();
  }
}

/** Numbers beyond JavaScript's go as `{"number": "..."}`: JSON.stringify cannot write their digits. */
function exactNumbers(_name: string, value: unknown): unknown {
  return value instanceof ExactNumber ? { number: String(value) } : value;
}

// ---- After a crash -----------------------------------------------------------------------------------------------

/** One run that did not close. */
export interface JournalledRun extends JournalRun {
  readonly operations: readonly JournalledOperation[];
  /** Serial of the last state that holds everything up to then. */
  readonly foldedSerial: number | undefined;
}

export interface JournalledOperation {
  readonly intent: Omit<JournalIntent, 'arguments' | 'undo'>;
  /** Undefined when the values were lost or are gone. */
  readonly values: { readonly arguments: JsonObject; readonly undo: JsonObject | undefined } | undefined;
  /** Undefined when the run died before it knew. */
  readonly outcome: JournalOutcome | undefined;
  /** Whether its outcome is in a state that was written. */
  readonly folded: boolean;
}

/** Runs that were cut short, oldest first. A last line that was cut short as well is left out: its effect was never begun. */
export async function readJournal(statePath: string): Promise<readonly JournalledRun[]> {
  const lines = await readLines(journalPathOf(statePath));
  if (lines.length === 0) return [];
  const values = new Map(
    (await readLines(valuesPathOf(statePath))).map((line) => [`${line.run}/${line.operation}`, line]),
  );
  const runs = new Map<string, OpenRun>();
  for (const line of lines) readEntry(runs, line, values);
  return [...runs.values()].map(({ run, operations, foldedSerial }) => ({
    ...run,
    foldedSerial,
    operations: [...operations.values()],
  }));
}

interface OpenRun {
  readonly run: JournalRun;
  readonly operations: Map<string, JournalledOperation>;
  foldedSerial: number | undefined;
}

function readEntry(runs: Map<string, OpenRun>, line: JsonObject, values: ReadonlyMap<string, JsonObject>): void {
  if (line.entry === 'run') {
    const run = { runId: text(line.runId), lineage: text(line.lineage), baseSerial: Number(line.baseSerial) };
    runs.set(run.runId, { run, operations: new Map(), foldedSerial: undefined });
    return;
  }
  const open = runs.get(text(line.run));
  if (open === undefined) return;
  if (line.entry === 'closed') runs.delete(open.run.runId);
  if (line.entry === 'intent') open.operations.set(text(line.operation), readIntent(line, values));
  if (line.entry === 'outcome') readOutcome(open, line);
  if (line.entry === 'folded') fold(open, Number(line.serial), isJsonArray(line.addresses) ? line.addresses : []);
}

function readIntent(line: JsonObject, values: ReadonlyMap<string, JsonObject>): JournalledOperation {
  const found = values.get(`${line.run}/${line.operation}`);
  return {
    intent: {
      operation: text(line.operation),
      address: text(line.address),
      kind: text(line.kind),
      phase: line.phase === 'retire' ? 'retire' : 'make',
      identity: optionalText(line.identity),
      argumentsHash: text(line.argumentsHash),
    },
    values: found && { arguments: asObject(found.arguments) ?? {}, undo: asObject(found.undo) },
    outcome: undefined,
    folded: false,
  };
}

function readOutcome(open: OpenRun, line: JsonObject): void {
  const operation = open.operations.get(text(line.operation));
  if (operation === undefined) return;
  const outcome: JournalOutcome = {
    operation: operation.intent.operation,
    result: line.result === 'done' || line.result === 'unknown' ? line.result : 'failed',
    identity: optionalText(line.identity),
    error: optionalText(line.error),
  };
  open.operations.set(outcome.operation, { ...operation, outcome });
}

function fold(open: OpenRun, serial: number, addresses: readonly Json[]): void {
  open.foldedSerial = serial;
  for (const [id, operation] of open.operations) {
    const known = operation.outcome !== undefined && operation.outcome.result !== 'unknown';
    if (known && addresses.includes(operation.intent.address)) open.operations.set(id, { ...operation, folded: true });
  }
}

async function readLines(path: string): Promise<readonly JsonObject[]> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
  return content.split('\n').flatMap((line) => {
    const parsed = line === '' ? undefined : parseJsonText(line);
    return parsed !== undefined && 'json' in parsed && isJsonObject(parsed.json) ? [parsed.json] : [];
  });
}

function asObject(json: JsonObject[string] | undefined): JsonObject | undefined {
  return isJsonObject(json) ? json : undefined;
}

function text(json: JsonObject[string] | undefined): string {
  return typeof json === 'string' ? json : '';
}

function optionalText(json: JsonObject[string] | undefined): string | undefined {
  return typeof json === 'string' ? json : undefined;
}

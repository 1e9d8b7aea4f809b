/**
 * A state in a file. What was there before the first write of a run is kept as a backup; every write replaces the whole
 * file at once. Knows nothing of workspaces or of the configuration: it is told its paths.
 */
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Diagnostic, type Diagnostics, NO_DIAGNOSTICS, type Result, failed, ok } from '../core/diag/diagnostic.ts';
import type { State } from '../core/state.ts';
import { readState, writeState } from './codec.ts';
import { errorCode, systemErrorText, writeDurably } from './file.ts';
import { FileLock, type Locker } from './lock.ts';
import { type Lock, type LockRequest, type StateStore, writeConflict } from './store.ts';

export interface LocalStoreOptions {
  /** Where the state is read from. */
  readonly path: string;
  /** Where it is written to, when that is another file (`-state-out`). */
  readonly outputPath?: string;
  /** Where the backup goes; null for none. Otherwise the output path with `.backup` behind it. */
  readonly backupPath?: string | null;
  /** Who takes locks. */
  readonly locker: Locker;
}

export class LocalStore implements StateStore {
  readonly description: string;
  readonly #readPath: string;
  readonly #writePath: string;
  readonly #backupPath: string | null;
  readonly #lock: FileLock;
  /** What the written file looked like when we last read or wrote it; undefined before that. */
  #seen: { readonly fingerprint: string; readonly state: State | null } | undefined;
  #backedUp = false;

  constructor(options: LocalStoreOptions) {
    this.#readPath = options.path;
    this.#writePath = options.outputPath ?? options.path;
    this.#backupPath = options.backupPath === undefined ? `${this.#writePath}.backup` : options.backupPath;
    this.description = options.path;
    this.#lock = new FileLock(this.#writePath, options.locker);
  }

  async read(): Promise<Result<State | null>> {
    const fingerprint = await fingerprintOf(this.#readPath);
    const result = await readStateFile(this.#readPath);
    if (result.value !== undefined && this.#readPath === this.#writePath) {
      this.#seen = { fingerprint, state: result.value };
    }
    return result;
  }

  async write(state: State): Promise<Diagnostics> {
    const current = await this.#current();
    if (current.value === undefined) return current.diagnostics;
    const conflict = writeConflict(current.value, state, this.#writePath);
    if (conflict !== undefined) return [conflict];
    try {
      await mkdir(dirname(this.#writePath), { recursive: true });
      await this.#backUp(current.value);
      await writeDurably(this.#writePath, writeState(state));
      this.#seen = { fingerprint: await fingerprintOf(this.#writePath), state };
      return NO_DIAGNOSTICS;
    } catch (error) {
      return [cannotWrite(this.#writePath, systemErrorText(error))];
    }
  }

  lock(request: LockRequest): Promise<Result<Lock>> {
    return this.#lock.acquire(request);
  }

  forceUnlock(id: string): Promise<Diagnostics> {
    return this.#lock.forceRelease(id);
  }

  /** What is to be replaced. Parsed again only when somebody else has touched the file. */
  async #current(): Promise<Result<State | null>> {
    if (this.#seen !== undefined && this.#seen.fingerprint === (await fingerprintOf(this.#writePath))) {
      return ok(this.#seen.state);
    }
    return readStateFile(this.#writePath);
  }

  async #backUp(current: State | null): Promise<void> {
    if (this.#backedUp) return;
    if (current !== null && this.#backupPath !== null) {
      await writeDurably(this.#backupPath, await readFile(this.#writePath));
    }
    this.#backedUp = true;
  }
}

/** Null when there is none. Used by `show` for any state file as well. */
export async function readStateFile(path: string): Promise<Result<State | null>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ok(null);
    return failed(cannotRead(path, systemErrorText(error)));
  }
  if (text.trim() !== '') return readState(text, path);
  const traces = await tracesOf(path);
  return traces.length === 0 ? ok(null) : failed(emptied(path, traces));
}

/** Files beside the state which say that there was one. */
async function tracesOf(path: string): Promise<string[]> {
  const candidates = [`${path}.backup`, `${path}.journal`];
  const sizes = await Promise.all(candidates.map(async (file) => (await statOf(file))?.size ?? 0n));
  return candidates.filter((_, index) => (sizes[index] ?? 0n) > 0n);
}

/** Changes whenever somebody writes the file: device, inode, size and time of the last change. */
async function fingerprintOf(path: string): Promise<string> {
  const found = await statOf(path);
  return found === undefined ? 'absent' : `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`;
}

async function statOf(path: string) {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** For a store that is moved elsewhere or a write that failed: the state as text beside where it should be. */
export async function rescueState(path: string, state: State): Promise<Diagnostic> {
  try {
    await writeDurably(path, writeState(state));
    return {
      severity: 'error',
      summary: 'State could not be saved',
      detail: `What exists now is recorded in ${path}. Put it in the place of the state once that can be written again.`,
    };
  } catch (error) {
    return cannotWrite(path, systemErrorText(error));
  }
}

function emptied(path: string, traces: readonly string[]): Diagnostic {
  return {
    severity: 'error',
    summary: 'State file is empty',
    detail:
      `${path} has no content, but ${traces.join(' and ')} ${traces.length === 1 ? 'says' : 'say'} that there was a ` +
      'state: a write was cut short, or the file was emptied by mistake. Taking it as "nothing exists" would make ' +
      `everything a second time, so nothing has been changed. Copy ${path}.backup over it, or delete both when ` +
      'really nothing is there any more.',
  };
}

function cannotRead(path: string, why: string): Diagnostic {
  return { severity: 'error', summary: 'Failed to read state', detail: `${path} cannot be read: ${why}.` };
}

function cannotWrite(path: string, why: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'Failed to save state',
    detail: `${path} cannot be written: ${why}. The file is as it was before.`,
  };
}

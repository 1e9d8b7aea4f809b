/**
 * The lock of a state file: a file beside it with Terraform's name, made exclusively. It is never stolen for its age:
 * only from a process that is dead on this host and boot, or from Terraform, whose own lock is not this file but the
 * kernel's, which is asked as well. Terraform itself does not see our lock.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Diagnostic, type Diagnostics, NO_DIAGNOSTICS, type Result, failed, ok } from '../core/diag/diagnostic.ts';
import { type Json, type JsonObject, isJsonObject, parseJsonText } from '../core/value/json.ts';
import { errorCode, systemErrorText } from './file.ts';
import { type Processes, fateOf, ownIdentity } from './process-identity.ts';
import type { Lock, LockInfo, LockRequest, ProcessIdentity } from './store.ts';

export interface Locker {
  /** Of the program, written into the lock. */
  readonly version: string;
  readonly processes: Processes;
}

const POLL_MS = 250;

export class FileLock {
  readonly #statePath: string;
  readonly #lockPath: string;
  readonly #locker: Locker;

  /** @param statePath the state; the lock stands beside it */
  constructor(statePath: string, locker: Locker) {
    this.#statePath = statePath;
    this.#lockPath = lockPathOf(statePath);
    this.#locker = locker;
  }

  async acquire(request: LockRequest): Promise<Result<Lock>> {
    const info = await this.#newInfo(request);
    const deadline = Date.now() + request.timeoutMs;
    let waiting = false;
    for (;;) {
      const obstacle = await this.#tryOnce(info, request);
      if (obstacle === undefined) return ok({ info, release: () => this.#release(info.id) });
      if (request.signal.aborted || Date.now() >= deadline || !obstacle.passing) return failed(obstacle.diagnostic);
      if (!waiting) request.notify(`Waiting for the lock on ${this.#statePath} ...`);
      waiting = true;
      await sleep(Math.min(POLL_MS, deadline - Date.now()), undefined, { signal: request.signal }).catch(() => {});
    }
  }

  async forceRelease(id: string): Promise<Diagnostics> {
    const held = await readLock(this.#lockPath);
    if (held === undefined) return [notLocked(this.#statePath)];
    if (held.id !== id) return [wrongId(id, held)];
    await rm(this.#lockPath, { force: true });
    return NO_DIAGNOSTICS;
  }

  /** Undefined when the lock is ours now. */
  async #tryOnce(info: LockInfo, request: LockRequest): Promise<Obstacle | undefined> {
    try {
      if (await kernelLocked(this.#statePath)) return { passing: true, diagnostic: heldByKernel(this.#statePath) };
      if (await createExclusively(this.#lockPath, encodeInfo(info))) return undefined;
      const holder = await readLock(this.#lockPath);
      if (holder === undefined) return this.#tryOnce(info, request);
      if (await this.#blocks(holder)) return { passing: true, diagnostic: heldBy(holder) };
      if (!(await removeStale(this.#lockPath, holder.id))) return { passing: true, diagnostic: heldBy(holder) };
      request.notify(takeoverText(holder));
      return this.#tryOnce(info, request);
    } catch (error) {
      return { passing: false, diagnostic: cannotLock(this.#statePath, systemErrorText(error)) };
    }
  }

  /** A lock without a process was left by Terraform, which does not honour it either. */
  async #blocks(holder: LockInfo): Promise<boolean> {
    if (holder.process === undefined) return false;
    return (await fateOf(holder.process, this.#locker.processes)) !== 'dead';
  }

  async #newInfo(request: LockRequest): Promise<LockInfo> {
    return {
      id: randomUUID(),
      operation: request.operation,
      info: '',
      who: `${userName()}@${hostname()}`,
      version: this.#locker.version,
      created: new Date().toISOString(),
      path: this.#statePath,
      process: await ownIdentity(this.#locker.processes),
    };
  }

  async #release(id: string): Promise<Diagnostics> {
    const held = await readLock(this.#lockPath);
    if (held?.id !== id) return [lostLock(this.#statePath, held)];
    await rm(this.#lockPath, { force: true });
    return NO_DIAGNOSTICS;
  }
}

interface Obstacle {
  readonly diagnostic: Diagnostic;
  /** It may go away by itself, so waiting makes sense. */
  readonly passing: boolean;
}

/** `.terraform.tfstate.lock.info` beside `terraform.tfstate`. */
export function lockPathOf(statePath: string): string {
  return join(dirname(statePath), `.${basename(statePath)}.lock.info`);
}

/** With its whole content at once, so that nobody ever reads half of a lock. False when there is one already. */
async function createExclusively(path: string, content: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(temporary, content, { mode: 0o600, flag: 'wx' });
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    if (errorCode(error) === 'EPERM' || errorCode(error) === 'ENOTSUP') return createInPlace(path, content);
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** For file systems without hard links. */
async function createInPlace(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Two processes may find the same stale lock: each moves what it finds aside, and the one that moved a fresh lock
 * instead puts it back.
 */
async function removeStale(path: string, id: string): Promise<boolean> {
  const aside = `${path}.stale.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true;
    throw error;
  }
  const moved = await readLock(aside);
  const stale = moved === undefined || moved.id === id;
  if (!stale) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
  return stale;
}

/** Undefined when there is none; one that cannot be read counts as left behind. */
export async function readLock(path: string): Promise<LockInfo | undefined> {
  try {
    const parsed = parseJsonText(await readFile(path, 'utf8'));
    return decodeInfo('json' in parsed && isJsonObject(parsed.json) ? parsed.json : {});
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function encodeInfo(info: LockInfo): string {
  return JSON.stringify({
    ID: info.id,
    Operation: info.operation,
    Info: info.info,
    Who: info.who,
    Version: info.version,
    Created: info.created,
    Path: info.path,
    ...(info.process === undefined
      ? {}
      : {
          Pid: info.process.pid,
          Host: info.process.host,
          BootId: info.process.bootId,
          StartedAt: info.process.startedAt,
        }),
  });
}

function decodeInfo(json: JsonObject): LockInfo {
  const process = decodeProcess(json);
  return {
    id: text(json.ID),
    operation: text(json.Operation),
    info: text(json.Info),
    who: text(json.Who),
    version: text(json.Version),
    created: text(json.Created),
    path: text(json.Path),
    ...(process === undefined ? {} : { process }),
  };
}

function decodeProcess(json: JsonObject): ProcessIdentity | undefined {
  if (typeof json.Pid !== 'number') return undefined;
  return { pid: json.Pid, host: text(json.Host), bootId: text(json.BootId), startedAt: text(json.StartedAt) };
}

function text(json: Json | undefined): string {
  return typeof json === 'string' ? json : '';
}

/** Whether the kernel shows a POSIX lock, which is what Terraform takes, on this file. */
async function kernelLocked(path: string): Promise<boolean> {
  const locks = await readFile('/proc/locks', 'utf8').catch(() => '');
  if (!locks.includes('POSIX')) return false;
  const file = await stat(path, { bigint: true }).catch(() => undefined);
  if (file === undefined) return false;
  return showsPosixLock(locks, file);
}

/** Lines are `1: POSIX  ADVISORY  WRITE 4242 08:01:123456 0 EOF`; device numbers are hexadecimal. */
export function showsPosixLock(locks: string, file: { readonly dev: bigint; readonly ino: bigint }): boolean {
  const major = ((file.dev >> 8n) & 0xfffn) | ((file.dev >> 32n) & ~0xfffn);
  const minor = (file.dev & 0xffn) | ((file.dev >> 12n) & ~0xffn);
  const hex = (part: bigint) => part.toString(16).padStart(2, '0');
  const wanted = `${hex(major)}:${hex(minor)}:${file.ino}`;
  return locks.split('\n').some((line) => {
    const fields = line.split(/\s+/).filter((field) => field !== '->');
    return fields[1] === 'POSIX' && fields[3] === 'WRITE' && fields[5] === wanted;
  });
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

// ---- Words -------------------------------------------------------------------------------------------------------

function describe(info: LockInfo): string {
  const rows: readonly (readonly [string, string])[] = [
    ['ID', info.id],
    ['Path', info.path],
    ['Operation', info.operation],
    ['Who', info.who],
    ['Process', info.process === undefined ? '' : `${info.process.pid} on ${info.process.host}`],
    ['Version', info.version],
    ['Created', info.created],
  ];
  const lines = rows.filter(([, value]) => value !== '').map(([name, value]) => `  ${`${name}:`.padEnd(11)}${value}`);
  return `Lock Info:\n${lines.join('\n')}`;
}

function heldBy(info: LockInfo): Diagnostic {
  return {
    severity: 'error',
    summary: 'Error acquiring the state lock',
    detail:
      'Another run holds the lock on the state, so this one stopped before doing anything.\n\n' +
      `${describe(info)}\n\n` +
      'Wait for it to end, or let this run wait with -lock-timeout=60s. When you know that nothing is running any ' +
      `more, remove the lock with "stowage force-unlock ${info.id}".`,
    cause: 'state already locked',
  };
}

function heldByKernel(path: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'Error acquiring the state lock',
    detail:
      `Another program, most likely Terraform, has locked ${path} with a lock of the operating system. ` +
      'Wait for it to end, or let this run wait with -lock-timeout=60s.',
    cause: 'state already locked',
  };
}

function cannotLock(path: string, why: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'Error acquiring the state lock',
    detail:
      `The lock beside ${path} cannot be made: ${why}. Check that the directory can be written to, or run ` +
      'with -lock=false where nobody else uses this state.',
    cause: why,
  };
}

function takeoverText(holder: LockInfo): string {
  if (holder.process === undefined) {
    return `A lock of ${holder.who || 'an unknown user'} from ${holder.created || 'an unknown time'} was left behind by Terraform and has been replaced.`;
  }
  return `The lock of process ${holder.process.pid} (${holder.operation}, ${holder.created}) was taken over: that process is no longer running.`;
}

function notLocked(path: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'Failed to unlock state',
    detail: `The state in ${path} is not locked, so there is nothing to remove.`,
  };
}

function wrongId(id: string, held: LockInfo): Diagnostic {
  return {
    severity: 'error',
    summary: 'Failed to unlock state',
    detail: `The lock has the ID ${held.id}, not ${id}. Somebody else may have taken it in the meantime.\n\n${describe(held)}`,
  };
}

function lostLock(path: string, held: LockInfo | undefined): Diagnostic {
  const now = held === undefined ? 'It is gone.' : `It is held by ${held.who} now.`;
  return {
    severity: 'warning',
    summary: 'State lock was lost',
    detail: `The lock on ${path} was removed or taken while this run held it. ${now} Check that nothing else changed the state.`,
  };
}

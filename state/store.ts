/**
 * What every place for states offers: a file beside the configuration today, a bucket, a server or a database later.
 * A store knows nothing of what is in a state but its lineage and serial.
 */
import type { Diagnostic, Diagnostics, Result } from '../core/diag/diagnostic.ts';
import type { State } from '../core/state.ts';

export interface StateStore {
  /** For messages: a path, a URL. */
  readonly description: string;
  /** `value` is null where there is no state yet; undefined, with diagnostics, where there is one that cannot be read. */
  read(): Promise<Result<State | null>>;
  /**
   * Replaces the state, durably: when this returns without error it survives a loss of power. Refused when what is
   * there was not written or read by this store object last, when the lineage is another, or when the serial is not
   * greater than that of what is there.
   */
  write(state: State): Promise<Diagnostics>;
  /** Waits for up to `timeoutMs` for another holder to let go. Notices (a lock taken over, a wait) come by `notify`. */
  lock(request: LockRequest): Promise<Result<Lock>>;
  /** Removes the lock with this ID, whoever holds it. */
  forceUnlock(id: string): Promise<Diagnostics>;
}

export interface Lock {
  readonly info: LockInfo;
  /** A lock that is gone, or that became somebody else's, is a warning and is left alone. */
  release(): Promise<Diagnostics>;
}

export interface LockRequest {
  /** `OperationTypeApply`, `OperationTypePlan` ...: the words that Terraform writes. */
  readonly operation: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  notify(message: string): void;
}

/** Who holds a lock. The first seven fields are Terraform's; without the others a lock was left by Terraform. */
export interface LockInfo {
  readonly id: string;
  readonly operation: string;
  readonly info: string;
  readonly who: string;
  readonly version: string;
  /** RFC 3339. */
  readonly created: string;
  readonly path: string;
  readonly process?: ProcessIdentity;
}

/** One process of one boot of one host; `startedAt` tells a process from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  readonly bootId: string;
  /** Clock ticks since the boot; empty where the system does not say. */
  readonly startedAt: string;
}

/** Why `next` must not replace `current`, or undefined when it may. Every store asks before it writes. */
export function writeConflict(current: State | null, next: State, description: string): Diagnostic | undefined {
  if (current === null) return undefined;
  if (current.lineage !== '' && current.lineage !== next.lineage) {
    return {
      severity: 'error',
      summary: 'State belongs to something else',
      detail:
        `The state in ${description} has lineage ${current.lineage}; the one to be written has ${next.lineage}. ` +
        'They describe different sets of objects, so nothing was written. Check that the right file, workspace and ' +
        'directory are in use.',
    };
  }
  if (current.serial < next.serial) return undefined;
  return {
    severity: 'error',
    summary: 'State was changed by somebody else',
    detail:
      `The state in ${description} has serial ${current.serial}; the one to be written has ${next.serial}, which is not ` +
      'newer. Another run has written it in the meantime, so nothing was written. Run the command again to see what ' +
      'is there now.',
  };
}

/**
 * What is written down before and after each effect, so that a killed run can be understood. This is the contract and
 * the shape of an entry; where entries are kept is the business of `state/`.
 */
import type { JsonObject } from '../value/json.ts';

/** Written, and on disk, before the effect is sent. */
export interface JournalIntent {
  readonly operation: string;
  /** Resource instance. */
  readonly address: string;
  /** `container.create` ... */
  readonly kind: string;
  readonly phase: 'make' | 'retire';
  /** ID or name of the object, when it has one yet. */
  readonly identity: string | undefined;
  /** sha256 of the arguments; they may hold secrets, so they go to the sidecar. */
  readonly argumentsHash: string;
  readonly arguments: JsonObject;
  readonly undo: JsonObject | undefined;
}

/** Written, and on disk, before anything that depends on the effect begins. */
export interface JournalOutcome {
  readonly operation: string;
  /** `unknown`: the answer was lost, so it may have happened all the same. */
  readonly result: 'done' | 'failed' | 'unknown';
  readonly identity: string | undefined;
  readonly error: string | undefined;
}

export interface Journal {
  intent(entry: JournalIntent): Promise<void>;
  outcome(entry: JournalOutcome): Promise<void>;
  /** The state that has been written holds what became of these addresses. */
  folded(serial: number, addresses: readonly string[]): Promise<void>;
  /**
   * The run is over. With `settled` the state holds all of it, and the journal goes; otherwise it stays for the next
   * run to look at.
   */
  close(settled: boolean): Promise<void>;
}

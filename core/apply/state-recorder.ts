/**
 * Keeps the state true while an apply goes on. Outcomes are in the journal at once; the state file follows at most a
 * second later, so that N operations do not cost N rewrites of N objects.
 */
import type { Diagnostic } from '../diag/diagnostic.ts';
import type { WorkingState } from '../plan/working-state.ts';
import type { State } from '../state.ts';
import type { Journal } from './journal.ts';

/** Where snapshots go. Gives the diagnostics of a failed write; the state in memory stays as it is. */
export type SaveState = (state: State) => Promise<readonly Diagnostic[]>;

const DELAY_MS = 1000;

export class StateRecorder {
  readonly working: WorkingState;
  readonly #save: SaveState;
  readonly #journal: Journal | undefined;
  readonly problems: Diagnostic[] = [];
  #timer: NodeJS.Timeout | undefined;
  #dirty = false;
  #recorded = new Set<string>();
  #serial: number;
  #saving: Promise<void> = Promise.resolve();

  constructor(working: WorkingState, save: SaveState, journal: Journal | undefined) {
    this.working = working;
    this.#save = save;
    this.#journal = journal;
    this.#serial = working.toState().serial;
  }

  /** Serial of the snapshot written last. */
  get serial(): number {
    return this.#serial;
  }

  /** The working state has changed: an operation on this address has come to its end. */
  touch(address?: string): void {
    this.#dirty = true;
    if (address !== undefined) this.#recorded.add(address);
    this.#timer ??= setTimeout(() => void this.flush(), DELAY_MS);
  }

  /** Writes what has not been written. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#saving = this.#saving.then(() => this.#write());
    await this.#saving;
  }

  async #write(): Promise<void> {
    if (!this.#dirty) return;
    this.#dirty = false;
    const recorded = [...this.#recorded];
    this.#recorded.clear();
    const state = this.working.toState(this.#serial + 1);
    const problems = await this.#save(state);
    this.problems.push(...problems);
    if (problems.length > 0) return;
    this.#serial = state.serial;
    await this.#journal?.folded(state.serial, recorded);
  }
}

/** What commands that rewrite the state have in common: lock, read, change, write, let go. */
import { type Diagnostic, type Diagnostics, type Result, hasErrors } from '../core/diag/diagnostic.ts';
import type { State } from '../core/state.ts';
import type { Flags } from './arguments.ts';
import type { Arguments } from './command.ts';
import { NO_STATE } from './commands/state-list.ts';
import { COLOR, LOCK, STATE_OUTPUT } from './flags.ts';
import type { ExitCode, Io } from './io.ts';
import { openPlace } from './read-state.ts';
import { failWith, report } from './reporting.ts';
import { lockState } from './state-place.ts';

export const CHANGING_STATE: Flags = {
  ...COLOR,
  ...LOCK,
  ...STATE_OUTPUT,
  'ignore-remote-version': { type: 'boolean', describe: 'Accepted for compatibility' },
};

export interface StateChange {
  /** Null: nothing is to be written. */
  readonly state: State | null;
  /** Said when it is done. */
  readonly text: string;
}

type Change = (state: State) => Result<StateChange> | Promise<Result<StateChange>>;

/** @param operation as the lock names it */
export async function changeState(args: Arguments, io: Io, operation: string, change: Change): Promise<ExitCode> {
  const place = await openPlace(args, io);
  if (place.value === undefined) return failWith(place.diagnostics, args, io);
  const lock = await lockState(place.value, args, io, operation, (text) => io.error(`${text}\n`));
  if (lock.value === undefined) return failWith(lock.diagnostics, args, io);
  const { store } = place.value;
  const problems = await perform();
  const release = lock.value === 'not-locked' ? [] : await lock.value.release();
  report([...problems, ...release], args, io);
  return hasErrors(problems) ? 1 : 0;

  async function perform(): Promise<Diagnostics> {
    const read = await store.read();
    if (read.value === undefined) return read.diagnostics;
    if (read.value === null) return [NO_STATE];
    const changed = await change(read.value);
    if (changed.value === undefined || hasErrors(changed.diagnostics)) return changed.diagnostics;
    const { state, text } = changed.value;
    const written = state === null ? [] : await store.write({ ...state, serial: read.value.serial + 1 });
    if (!hasErrors(written)) io.out(text);
    return [...changed.diagnostics, ...written];
  }
}

/** What a person has to say yes to. */
export async function confirmed(question: string, io: Io): Promise<boolean> {
  if (io.terminal.input && io.terminal.output) io.out(question);
  return (await io.readLine())?.trim() === 'yes';
}

export function problem(summary: string, detail: string): Diagnostic {
  return { severity: 'error', summary, detail };
}

/** The state for commands that only read it. The configuration is looked at for its `backend` block alone. */
import { type Result, failed, hasErrors, ok } from '../core/diag/diagnostic.ts';
import type { State } from '../core/state.ts';
import type { Arguments } from './command.ts';
import type { Io } from './io.ts';
import { type StatePlace, openStatePlace } from './state-place.ts';

export async function openPlace(args: Arguments, io: Io): Promise<Result<StatePlace>> {
  const { readBackend } = await import('./read-backend.ts');
  const backend = await readBackend(io);
  if (hasErrors(backend.diagnostics)) return failed(...backend.diagnostics);
  return openStatePlace(args, io, backend.value);
}

/** Null where there is none. */
export async function readCurrentState(args: Arguments, io: Io): Promise<Result<State | null>> {
  const place = await openPlace(args, io);
  if (place.value === undefined) return failed(...place.diagnostics);
  const { value, diagnostics } = await place.value.store.read();
  return value === undefined ? failed(...diagnostics) : ok(value, diagnostics);
}

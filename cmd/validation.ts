/** Reads and checks the configuration of the working directory: what `validate` loads once it knows that there is one. */
import { type Diagnostics, hasErrors } from '../core/diag/diagnostic.ts';
import { validateConfiguration } from '../core/plan/validate.ts';
import type { Arguments } from './command.ts';
import { readConfiguration, runInput } from './engine.ts';
import type { Io } from './io.ts';

export async function validateDirectory(args: Arguments, io: Io): Promise<Diagnostics> {
  const { value, diagnostics } = await readConfiguration(io);
  if (value === undefined || hasErrors(diagnostics)) return diagnostics;
  const found = await validateConfiguration(runInput(value, new Map(), 'default', args, io, { event: () => {} }));
  return [...diagnostics, ...found];
}

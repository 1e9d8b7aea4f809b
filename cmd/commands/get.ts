/** `get`: fetches the modules that the configuration calls, and nothing else. */
import { hasErrors } from '../../core/diag/diagnostic.ts';
import type { Arguments, Command } from '../command.ts';
import { readConfiguration } from '../engine.ts';
import { fetchModules } from '../fetch-modules.ts';
import { COLOR } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { failWith, report } from '../reporting.ts';

export const get: Command = {
  describe: 'Fetches the modules that the configuration calls.',
  flags: {
    ...COLOR,
    update: { type: 'boolean', describe: 'Fetch modules again that are there already' },
    'test-directory': { type: 'string', describe: 'Accepted for compatibility' },
  },
  words: { least: 0, most: 0 },
  run,
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const problems = await fetchModules(args.boolean('update'), io);
  if (hasErrors(problems)) return failWith(problems, args, io);
  const { value, diagnostics } = await readConfiguration(io, 'init');
  report(diagnostics, args, io);
  return value === undefined || hasErrors(diagnostics) ? 1 : 0;
}

/** `providers`: which providers this configuration needs, and which of them are built in. */
import { hasErrors } from '../../core/diag/diagnostic.ts';
import { builtInProviders, builtInSources } from '../../providers/registry.ts';
import type { Arguments, Command } from '../command.ts';
import { readConfiguration } from '../engine.ts';
import { COLOR } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { failWith, report } from '../reporting.ts';
import { providerSources } from './init.ts';

export const providers: Command = {
  describe: 'Shows which providers the configuration needs and which ones are built in.',
  flags: COLOR,
  words: { least: 0, most: 0 },
  run,
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const { value, diagnostics } = await readConfiguration(io);
  if (value === undefined || hasErrors(diagnostics)) return failWith(diagnostics, args, io);
  report(diagnostics, args, io);
  const sources = providerSources(value);
  io.out(`Providers required by configuration:\n${sources.length === 0 ? '  none\n' : ''}`);
  for (const source of sources) {
    io.out(`  provider[${source}]${(await builtInProviders.load(source)) ? '' : ' (not available)'}\n`);
  }
  io.out(`\nBuilt-in providers:\n${builtInSources.map((source) => `  ${source}\n`).join('')}`);
  return 0;
}

/**
 * `init`. Providers are built in, so what is left is to fetch modules, to check the backend, and to name every provider
 * that this configuration needs.
 */
import { type Diagnostic, hasErrors, warningAt } from '../../core/diag/diagnostic.ts';
import type { Configuration } from '../../core/config/module.ts';
import { ProviderUses } from '../../core/graph/provider-use.ts';
import { builtInProviders } from '../../providers/registry.ts';
import type { Flags } from '../arguments.ts';
import type { Arguments, Command } from '../command.ts';
import { readConfiguration, styleOf } from '../engine.ts';
import { fetchModules } from '../fetch-modules.ts';
import { COLOR, INPUT, LOCK, VARIABLES } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { failWith, report } from '../reporting.ts';
import { openStatePlace } from '../state-place.ts';

const ACCEPTED: Flags = Object.fromEntries(
  ['reconfigure', 'migrate-state', 'force-copy', 'json'].map(
    (name) => [name, { type: 'boolean', describe: 'Accepted for compatibility' }] as const,
  ),
);

export const init: Command = {
  describe: 'Prepares a directory: checks its backend and finds the providers and modules it needs.',
  flags: {
    ...COLOR,
    ...INPUT,
    ...LOCK,
    ...VARIABLES,
    ...ACCEPTED,
    backend: { type: 'boolean', default: true, describe: 'Check the backend' },
    get: { type: 'boolean', default: true, describe: 'Fetch modules' },
    upgrade: { type: 'boolean', describe: 'Fetch modules again that are there already' },
    'backend-config': { type: 'list', describe: 'Accepted for compatibility' },
    'from-module': { type: 'string', describe: 'Accepted for compatibility' },
    lockfile: { type: 'string', describe: 'Accepted for compatibility' },
    'plugin-dir': { type: 'list', describe: 'Accepted for compatibility: providers are built in' },
  },
  words: { least: 0, most: 0 },
  run: runInit,
};

async function runInit(args: Arguments, io: Io): Promise<ExitCode> {
  const style = styleOf(args, io);
  if (args.boolean('get')) {
    const problems = await fetchModules(args.boolean('upgrade'), io);
    if (hasErrors(problems)) return failWith(problems, args, io);
  }
  const { value, diagnostics } = await readConfiguration(io, 'init');
  if (value === undefined || hasErrors(diagnostics)) return failWith(diagnostics, args, io);
  const place = args.boolean('backend')
    ? await openStatePlace(args, io, value.root, { summary: 'Unsupported backend type' })
    : undefined;
  if (place !== undefined && place.value === undefined)
    return failWith([...diagnostics, ...place.diagnostics], args, io);
  if (isEmpty(value)) {
    io.out(
      `${style.bold('Stowage initialized in an empty directory!')}\n\nThe directory has no configuration files yet.\n`,
    );
    return 0;
  }
  const missing = await listProviders(value, io);
  report([...diagnostics, ...missing], args, io);
  io.out(
    `\n${style.bold(style.green('Stowage has been successfully initialized!'))}\n\nYou may now run "stowage plan" to see what would change.\n`,
  );
  return 0;
}

function isEmpty({ root }: Configuration): boolean {
  const parts = [
    root.variables,
    root.locals,
    root.outputs,
    root.resources,
    root.calls,
    root.providers,
    root.requiredProviders,
    root.checks,
  ];
  return parts.every(({ size }) => size === 0) && root.terraform.backend === undefined;
}

/** Names what is built in; what is not is a warning here and an error of the commands that need it. */
async function listProviders(configuration: Configuration, io: Io): Promise<Diagnostic[]> {
  const sources = providerSources(configuration);
  const problems: Diagnostic[] = [];
  for (const source of sources) {
    if (await builtInProviders.load(source)) io.out(`- ${source} is built in\n`);
    else
      problems.push(
        warningAt(
          undefined,
          'Provider not available',
          `Nothing here implements the provider ${source}, so what uses it cannot be planned. Stowage has its providers built in and downloads none.`,
        ),
      );
  }
  return problems;
}

export function providerSources(configuration: Configuration): string[] {
  const uses = new ProviderUses(configuration, (name) => builtInProviders.defaultSource(name));
  const sources = [...configuration.modules.values()].flatMap((module) =>
    [...module.resources.values()].map((resource) => uses.forResource(module, resource).source),
  );
  const required = [...configuration.root.requiredProviders.values()].map(({ source }) => source);
  return [...new Set([...required, ...sources])].sort();
}

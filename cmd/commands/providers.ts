/** `providers`: which modules of the configuration need which providers, and what the state needs. */
import type { Configuration, Module } from '../../core/config/module.ts';
import { errorAt, hasErrors } from '../../core/diag/diagnostic.ts';
import { ProviderUses } from '../../core/graph/provider-use.ts';
import { compareUtf8 } from '../../core/value/type.ts';
import { builtInProviders, builtInSources } from '../../providers/registry.ts';
import type { Arguments, Command } from '../command.ts';
import { configurationNames } from '../configuration-names.ts';
import { readConfiguration } from '../engine.ts';
import { COLOR } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { readCurrentState } from '../read-state.ts';
import { failWith, report } from '../reporting.ts';
import { providerSourceOf } from '../state-names.ts';

export const providers: Command = {
  describe: 'Shows which providers the configuration and the state need, and which ones are built in.',
  flags: { ...COLOR, 'test-directory': { type: 'string', describe: 'Accepted for compatibility' } },
  words: { least: 0, most: 0 },
  run,
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  if ((await configurationNames(io.workingDirectory)).length === 0) {
    const detail = `The directory ${io.workingDirectory} contains no configuration files.`;
    return failWith([errorAt(undefined, 'No configuration files', detail)], args, io);
  }
  const { value, diagnostics } = await readConfiguration(io);
  if (value === undefined || hasErrors(diagnostics)) return failWith(diagnostics, args, io);
  report(diagnostics, args, io);
  io.out(`\nProviders required by configuration:\n.\n${await tree(value)}\n`);
  const state = await readCurrentState(args, io);
  const inState = (state.value?.resources ?? []).map(({ provider }) => providerSourceOf(provider));
  if (inState.length > 0) {
    const lines = [...new Set(inState)].sort().map((source) => `    provider[${source}]\n\n`);
    io.out(`Providers required by state:\n\n${lines.join('')}`);
  }
  io.out(`Built-in providers:\n\n${builtInSources.map((source) => `    ${source}\n`).join('')}`);
  return 0;
}

async function tree(configuration: Configuration): Promise<string> {
  const uses = new ProviderUses(configuration, (name) => builtInProviders.defaultSource(name));
  return (await branches(configuration.root, uses)).map((line) => `${line}\n`).join('');
}

/** Lines of a module: its providers, then the modules that it calls. */
async function branches(module: Module, uses: ProviderUses): Promise<string[]> {
  const own = await Promise.all(requirements(module, uses).map(async (line) => [await marked(line)]));
  const children = [...module.children].sort(([a], [b]) => compareUtf8(a, b));
  const nested = await Promise.all(
    children.map(async ([name, child]) => [`module.${name}`, ...(await branches(child, uses))]),
  );
  const items = [...own, ...nested];
  return items.flatMap(([first = '', ...rest], index) => {
    const isLast = index === items.length - 1;
    return [`${isLast ? '└── ' : '├── '}${first}`, ...rest.map((line) => `${isLast ? '    ' : '│   '}${line}`)];
  });
}

interface Requirement {
  readonly source: string;
  readonly version: string | undefined;
}

function requirements(module: Module, uses: ProviderUses): Requirement[] {
  const found = new Map<string, Requirement>();
  for (const { source, version } of module.requiredProviders.values()) found.set(source, { source, version });
  for (const resource of module.resources.values()) {
    const { source } = uses.forResource(module, resource);
    if (!found.has(source)) found.set(source, { source, version: undefined });
  }
  return [...found.values()].sort((a, b) => compareUtf8(a.source, b.source));
}

async function marked({ source, version }: Requirement): Promise<string> {
  const known = await builtInProviders.load(source);
  return `provider[${source}]${version === undefined ? '' : ` ${version}`}${known ? '' : ' (not available)'}`;
}

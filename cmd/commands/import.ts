/**
 * `import`: takes an object that exists already into the state. It is what an `import` block does, with nothing applied:
 * what the configuration wants to be different is for the next plan to say.
 */
import { randomUUID } from 'node:crypto';
import {
  type InstanceAddress,
  instanceText,
  localResourceText,
  moduleText,
  resourceText,
  staticModule,
} from '../../core/addr/address.ts';
import { parseInstanceText } from '../../core/config/address-text.ts';
import type { Configuration, Import } from '../../core/config/module.ts';
import { type Diagnostic, type Diagnostics, type Result, failed, hasErrors, ok } from '../../core/diag/diagnostic.ts';
import { SourceFile } from '../../core/diag/source.ts';
import { escapeText } from '../../core/hcl/escape.ts';
import { parseExpression } from '../../core/hcl/parser.ts';
import { makePlan } from '../../core/plan/planner.ts';
import { adoptObject, currentInstance } from '../../core/plan/state-edits.ts';
import type { State } from '../../core/state.ts';
import { emptyState } from '../../state/codec.ts';
import type { Arguments, Command } from '../command.ts';
import { readConfiguration, readVariables, runInput, styleOf } from '../engine.ts';
import { COLOR, INPUT, LOCK, STATE_OUTPUT, VARIABLES } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { failWith, report } from '../reporting.ts';
import { type StatePlace, lockState, openStatePlace } from '../state-place.ts';
import { TERRAFORM_VERSION } from '../version.ts';

export const importCommand: Command = {
  describe: 'Takes an object that exists already into the state. The configuration has to declare its resource.',
  usage: 'ADDRESS ID',
  flags: {
    ...COLOR,
    ...INPUT,
    ...LOCK,
    ...STATE_OUTPUT,
    ...VARIABLES,
    parallelism: { type: 'count', default: '10', describe: 'How many operations may run at the same time' },
    config: { type: 'string', describe: 'Accepted for compatibility' },
    'ignore-remote-version': { type: 'boolean', describe: 'Accepted for compatibility' },
  },
  words: { least: 2, most: 2 },
  run,
};

interface Wanted {
  readonly address: InstanceAddress;
  readonly text: string;
  readonly id: string;
}

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const [text = '', id = ''] = args.words;
  const parsed = parseInstanceText(text);
  if (parsed.value === undefined) return failWith(parsed.diagnostics, args, io);
  const wanted: Wanted = { address: parsed.value, text: instanceText(parsed.value), id };
  const { value: configuration, diagnostics } = await readConfiguration(io);
  if (configuration === undefined || hasErrors(diagnostics)) return failWith(diagnostics, args, io);
  const obstacle = undeclared(wanted.address, configuration);
  if (obstacle) return failWith([...diagnostics, obstacle], args, io);
  const place = await openStatePlace(args, io, configuration.root);
  if (place.value === undefined) return failWith(place.diagnostics, args, io);
  const lock = await lockState(place.value, args, io, 'Import', (line) => io.error(`${line}\n`));
  if (lock.value === undefined) return failWith(lock.diagnostics, args, io);
  const problems = await importLocked(wanted, configuration, place.value, args, io);
  const release = lock.value === 'not-locked' ? [] : await lock.value.release();
  report([...diagnostics, ...problems, ...release], args, io);
  if (hasErrors(problems)) return 1;
  const style = styleOf(args, io);
  io.out(
    `\n${style.bold(style.green('Import successful!'))}\n\n${wanted.text} is now in the state, and managed by this configuration. "stowage plan" shows what would change.\n`,
  );
  return 0;
}

function undeclared({ resource }: InstanceAddress, { modules }: Configuration): Diagnostic | undefined {
  if (resource.mode !== 'managed') {
    const detail = `${resourceText(resource)} is a data source: it is read, so there is nothing to import.`;
    return problem('Invalid import address', detail);
  }
  const module = modules.get(moduleText(staticModule(resource.module)));
  if (module?.resources.has(localResourceText(resource))) return undefined;
  const where = module === undefined ? `, nor the module ${moduleText(resource.module)}` : '';
  const detail = `The configuration does not declare ${resourceText(resource)}${where}. Write its block first:\n\nresource "${resource.type}" "${resource.name}" {\n  # (resource arguments)\n}`;
  return problem('Resource not declared', detail);
}

async function importLocked(
  wanted: Wanted,
  configuration: Configuration,
  place: StatePlace,
  args: Arguments,
  io: Io,
): Promise<Diagnostics> {
  const read = await place.store.read();
  if (read.value === undefined) return read.diagnostics;
  const state = read.value ?? emptyState(randomUUID(), TERRAFORM_VERSION);
  if (currentInstance(state, wanted.address)) {
    const detail = `${wanted.text} is in the state already. To import another object for it, first remove it with "stowage state rm".`;
    return [problem('Resource already managed by Stowage', detail)];
  }
  const variables = await readVariables(configuration, args, io);
  if (variables.value === undefined || hasErrors(variables.diagnostics)) return variables.diagnostics;
  io.out(`${wanted.text}: Importing from ID ${JSON.stringify(wanted.id)}...\n`);
  const input = runInput(withImport(configuration, wanted), variables.value, place.workspace, args, io, {
    event: () => {},
  });
  const plan = {
    ...input,
    state,
    mode: 'normal',
    refresh: true,
    targets: [wanted.text],
    replace: [],
    planTime: io.now(),
  } as const;
  const made = await makePlan(plan);
  const diagnostics = made.diagnostics.filter(({ summary }) => summary !== 'Resource targeting is in effect');
  if (made.value === undefined || hasErrors(diagnostics)) return diagnostics;
  const adopted = withObject(state, made.value.refreshedState, wanted);
  if (adopted.value === undefined) return [...diagnostics, ...adopted.diagnostics];
  return [...diagnostics, ...(await place.store.write({ ...adopted.value, serial: state.serial + 1 }))];
}

function withObject(state: State, planned: State, { address, text }: Wanted): Result<State> {
  const adopted = adoptObject(state, planned, address);
  if (adopted) return ok(adopted);
  const detail = `The configuration has no instance ${text}. Check the key in brackets against its count or for_each.`;
  return failed(problem('Configuration for import target does not exist', detail));
}

/** The configuration with this import, and no other. */
function withImport(configuration: Configuration, { text, id }: Wanted): Configuration {
  const to = parseExpression(new SourceFile('<import-address>', text)).value;
  const given = parseExpression(new SourceFile('<import-id>', `"${escapeText(id)}"`)).value;
  if (to === undefined || given === undefined) return configuration;
  const imported: Import = { range: to, to, id: given, identity: undefined, forEach: undefined, provider: undefined };
  const root = { ...configuration.root, imports: [imported] };
  return { root, modules: new Map(configuration.modules).set('', root) };
}

function problem(summary: string, detail: string): Diagnostic {
  return { severity: 'error', summary, detail };
}

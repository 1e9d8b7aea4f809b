/**
 * What every command that runs the engine needs, put together once: configuration, variables, providers, state, view.
 * It decides nothing: it only brings the rooms together.
 */
import { randomUUID } from 'node:crypto';
import { loadConfiguration } from '../core/config/load.ts';
import type { Configuration } from '../core/config/module.ts';
import { collectVariableValues, prepareVariables } from '../core/config/variables.ts';
import { type Diagnostic, type Diagnostics, type Result, failed, hasErrors, ok } from '../core/diag/diagnostic.ts';
import type { InterruptedStep, RunInput } from '../core/plan/run-input.ts';
import type { Provider } from '../core/provider.ts';
import type { State } from '../core/state.ts';
import type { Value } from '../core/value/value.ts';
import { builtInProviders } from '../providers/registry.ts';
import { type JournalledOperation, readJournal } from '../state/journal-file.ts';
import { emptyState } from '../state/codec.ts';
import type { Arguments } from './command.ts';
import { variableArguments } from './early-values.ts';
import { askForVariables } from './ask-variables.ts';
import { type Io, wantsColour } from './io.ts';
import { type StatePlace, dataDirectoryOf } from './state-place.ts';
import { TERRAFORM_VERSION, VERSION } from './version.ts';
import type { RunView } from './view/events.ts';
import { providerSourceOf } from './state-names.ts';
import type { StateSchemas } from './view/json-state.ts';
import { liveLineFor } from './view/live-line.ts';
import { TextView } from './view/progress-text.ts';
import type { Redactor } from './view/redact.ts';
import { DEFAULT_WIDTH, type Style, styleFor } from './view/style.ts';

/** What is known of providers; filled while commands learn which ones matter. */
export class Schemas implements StateSchemas {
  readonly #providers = new Map<string, Provider>();

  async load(sources: Iterable<string>): Promise<void> {
    for (const source of new Set(sources)) {
      const provider = await builtInProviders.load(source);
      if (provider) this.#providers.set(source, provider);
    }
  }

  loadForState(state: State | null): Promise<void> {
    return this.load((state?.resources ?? []).map((resource) => providerSourceOf(resource.provider)));
  }

  resourceSchema(source: string, type: string) {
    return this.#providers.get(source)?.resourceTypes.get(type);
  }

  dataSchema(source: string, type: string) {
    return this.#providers.get(source)?.dataSources.get(type);
  }
}

export function styleOf(args: Arguments, io: Io): Style {
  return styleFor(wantsColour(io, args.boolean('no-color')));
}

/** Text for people, or JSON lines when `-json` was given. */
export async function openView(args: Arguments, io: Io, redactor: Redactor, schemas: Schemas): Promise<RunView> {
  const redact = (text: string) => redactor.text(text);
  if (args.boolean('json')) {
    const { JsonView } = await import('./view/json-ui.ts');
    return new JsonView({ write: io.out, redact, now: io.now, version: VERSION, terraformVersion: TERRAFORM_VERSION });
  }
  return new TextView({
    style: styleOf(args, io),
    width: io.columns ?? DEFAULT_WIDTH,
    out: io.out,
    error: io.error,
    redact,
    compactWarnings: args.boolean('compact-warnings'),
    schemaOf: ({ address, providerSource }) =>
      address.resource.mode === 'data'
        ? schemas.dataSchema(providerSource, address.resource.type)
        : schemas.resourceSchema(providerSource, address.resource.type)?.schema,
    liveLine: liveLineFor(io),
  });
}

export function readConfiguration(io: Io, purpose: 'init' | 'run' = 'run'): Promise<Result<Configuration>> {
  return loadConfiguration('.', { workingDirectory: io.workingDirectory, dataDirectory: dataDirectoryOf(io), purpose });
}

export async function readVariables(
  configuration: Configuration,
  args: Arguments,
  io: Io,
): Promise<Result<Map<string, Value>>> {
  const collected = await collectVariableValues({
    module: configuration.root,
    directory: io.workingDirectory,
    environment: io.environment,
    cliArguments: variableArguments(args),
  });
  if (collected.value === undefined || hasErrors(collected.diagnostics)) return failed(...collected.diagnostics);
  const asked = await askForVariables(configuration.root, collected.value, args, io);
  const prepared = prepareVariables(configuration.root, asked);
  return { value: prepared.value, diagnostics: [...collected.diagnostics, ...prepared.diagnostics] };
}

export function runInput(
  configuration: Configuration,
  variables: ReadonlyMap<string, Value>,
  workspace: string,
  args: Arguments,
  io: Io,
  view: Pick<RunView, 'event'>,
): RunInput {
  return {
    configuration,
    variables,
    providers: builtInProviders,
    parallelism: Math.max(1, args.number('parallelism', 10)),
    signal: io.signal,
    events: (event) => view.event(event),
    environment: io.environment,
    workingDirectory: io.workingDirectory,
    workspace,
    homeDirectory: io.homeDirectory,
  };
}

/** The state, or a new one with a lineage of its own where there is none. */
export async function readOrStartState({ store }: StatePlace): Promise<Result<State>> {
  const { value, diagnostics } = await store.read();
  if (value === undefined) return failed(...diagnostics);
  return ok(value ?? emptyState(randomUUID(), TERRAFORM_VERSION), diagnostics);
}

/** What an earlier run, killed before it could record everything, has left in its journal. */
export async function interruptedRun({
  path,
}: StatePlace): Promise<{ readonly steps: readonly InterruptedStep[]; readonly warnings: Diagnostics }> {
  const open = (await readJournal(path)).flatMap(({ operations }) => operations.filter(({ folded }) => !folded));
  if (open.length === 0) return { steps: [], warnings: [] };
  const steps = open.flatMap((operation) => interruptedStep(operation));
  const lines = open.map(({ intent, outcome }) => {
    const identity = outcome?.identity ?? intent.identity;
    return `  ${intent.address}: ${intent.kind}${identity === undefined ? '' : ` (${identity})`}, ${outcome?.result ?? 'outcome not known'}`;
  });
  const warning: Diagnostic = {
    severity: 'warning',
    summary: 'An earlier run was interrupted',
    detail: `It ended before everything that it did was recorded in the state. What it made has been looked for, and is part of this plan where it was found:\n\n${lines.join('\n')}`,
  };
  return { steps, warnings: [warning] };
}

/** Steps that make an object, unless they are known to have failed. */
function interruptedStep({ intent, values, outcome }: JournalledOperation): InterruptedStep[] {
  if (!intent.kind.endsWith('.create') || outcome?.result === 'failed') return [];
  const made = outcome?.identity;
  const target = made === undefined ? (intent.identity === undefined ? null : { name: intent.identity }) : { id: made };
  const { address, kind, phase, operation } = intent;
  return [{ address, step: { id: operation, kind, phase, target, arguments: values?.arguments ?? {} } }];
}

/**
 * The small providers held against the real ones: what Terraform planned and stored for the configurations in
 * small-providers/, and the cases of test/data/recorded in which they stand beside Docker.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { invariant } from '../../core/diag/invariant.ts';
import type { ConfigureContext, Provider } from '../../core/provider.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { State } from '../../core/state.ts';
import type { Json, JsonObject } from '../../core/value/json.ts';
import { unmarkDeep } from '../../core/value/marks.ts';
import { localProvider } from '../../providers/local/provider.ts';
import { nullProvider } from '../../providers/null/provider.ts';
import { randomProvider } from '../../providers/random/provider.ts';
import { timeProvider } from '../../providers/time/provider.ts';
import { readState, writeState } from '../../state/codec.ts';
import { Workbench, planLines, summaries } from '../support/workbench.ts';
import {
  configFromPlan,
  priorFromState,
  recordedCases,
  resolvedConfig,
  splitUnknown,
} from '../unit/docker/recorded.ts';

interface RecordedChange {
  readonly address: string;
  readonly actions: readonly string[];
  readonly after: JsonObject | null;
  readonly unknown?: JsonObject;
  readonly replacePaths: readonly (readonly (string | number)[])[];
}

interface RecordedResource {
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly instances: readonly { readonly attributes: JsonObject; readonly sensitive_attributes: readonly Json[] }[];
}

interface Recording {
  readonly recordedAt: string;
  readonly steps: readonly {
    readonly changes: readonly RecordedChange[];
    readonly state: readonly RecordedResource[];
  }[];
}

const folder = new URL('./small-providers/', import.meta.url);
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.tf') ? [file.slice(0, -3)] : []));

afterAll(() => {
  vi.useRealTimers();
});

describe.each(names)('%s', (name) => {
  const recording = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Recording;
  const main = readFileSync(new URL(`${name}.tf`, folder), 'utf8');
  const [first, second] = recording.steps;
  invariant(first && second, 'two steps are recorded');

  // A rotation that was recorded is over some day.
  beforeAll(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(recording.recordedAt) });
  });

  function bench(v: number, state?: readonly RecordedResource[]): Workbench {
    const made = new Workbench({ 'main.tf': main, 'in.txt': 'from outside\n', 'terraform.tfvars': `v = ${v}\n` });
    if (!state) return made;
    writeFiles(made.directory, state, main);
    made.state = stateOf(state);
    return made;
  }

  test('an empty state gives the recorded plan', async () => {
    using made = bench(1);
    expect(await planned(made)).toEqual(changesByAddress(first.changes));
  });

  test('applied, the state is the recorded one but for what is random, and there is nothing to do', async () => {
    using made = bench(1);
    expect(summaries((await made.apply()).diagnostics)).toEqual([]);
    expect(stored(made.state, first.changes)).toEqual(stored(stateOf(first.state), first.changes));
    expect(planLines((await made.plan()).plan)).toEqual([]);
  });

  test('the recorded state has nothing to do', async () => {
    using made = bench(1, first.state);
    const { plan, diagnostics } = await made.plan();
    expect(summaries(diagnostics)).toEqual([]);
    expect(planLines(plan)).toEqual([]);
    expect(plan?.drift).toEqual([]);
  });

  test('over the recorded state, a change of everything gives the recorded plan', async () => {
    using made = bench(2, first.state);
    expect(await planned(made)).toEqual(changesByAddress(second.changes));
  });

  test('the change applied, the state is the recorded one but for what is random', async () => {
    using made = bench(2, first.state);
    expect(summaries((await made.apply()).diagnostics)).toEqual([]);
    expect(stored(made.state, second.changes)).toEqual(stored(stateOf(second.state), second.changes));
    expect(planLines((await made.plan()).plan)).toEqual([]);
  });
});

async function planned(made: Workbench): Promise<Record<string, unknown>> {
  const { plan, diagnostics } = await made.plan();
  expect(summaries(diagnostics)).toEqual([]);
  invariant(plan, 'there is a plan');
  return changesByAddress(plan.changes.filter(({ address }) => address.resource.mode === 'managed').map(changeOf));
}

const ACTIONS: Readonly<Record<string, readonly string[]>> = { replace: ['delete', 'create'] };

function changeOf({ text, action, after, replacePaths }: Plan['changes'][number]): RecordedChange {
  const split = after ? splitUnknown(unmarkDeep(after)) : { after: null, unknown: undefined };
  return {
    address: text,
    actions: ACTIONS[action] ?? [action],
    after: split.after as JsonObject,
    ...(split.unknown === undefined ? {} : { unknown: split.unknown as JsonObject }),
    replacePaths,
  };
}

function changesByAddress(changes: readonly RecordedChange[]): Record<string, unknown> {
  return Object.fromEntries(
    changes.map(({ address, replacePaths, ...rest }) => [
      address,
      { ...rest, replacePaths: replacePaths.map((path) => path.join('.')).sort() },
    ]),
  );
}

function stateOf(resources: readonly RecordedResource[]): State {
  const rest = { version: 4, terraform_version: '1.11.4', serial: 1, lineage: 'a', outputs: {}, check_results: null };
  const { value } = readState(JSON.stringify({ ...rest, resources }), 'recorded');
  invariant(value, 'the recorded state can be read');
  return value;
}

/** By address, with the kind of value in place of what the plan did not know. Data sources are not planned. */
function stored(state: State, changes: readonly RecordedChange[]): Record<string, unknown> {
  const { resources } = JSON.parse(writeState(state)) as { resources: readonly RecordedResource[] };
  const managed = resources.filter(({ mode }) => mode === 'managed');
  return Object.fromEntries(
    managed.map(({ type, name, instances, ...rest }) => {
      const change = changes.find(({ address }) => address === `${type}.${name}`);
      const unknown = Object.keys(change?.unknown ?? {}).filter((key) => change?.unknown?.[key] === true);
      const masked = instances.map(({ attributes, sensitive_attributes: secret, ...instance }) => ({
        ...instance,
        attributes: { ...attributes, ...Object.fromEntries(unknown.map((key) => [key, typeof attributes[key]])) },
        secret: secret.map((path) => JSON.stringify(path)).sort(),
      }));
      return [`${type}.${name}`, { ...rest, instances: masked }];
    }),
  );
}

/** The files that the recorded state speaks of. */
function writeFiles(directory: string, state: readonly RecordedResource[], main: string): void {
  for (const { mode, type, instances } of state) {
    if (mode !== 'managed' || !type.startsWith('local_')) continue;
    for (const { attributes } of instances) {
      const { filename, content, content_base64: base64, sensitive_content: secret } = attributes;
      const path = join(directory, String(filename));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, base64 ? Buffer.from(String(base64), 'base64') : String(content ?? secret ?? main));
    }
  }
}

// ---- Beside Docker -----------------------------------------------------------------------------------------------

const providers: readonly Provider[] = [randomProvider, nullProvider, localProvider, timeProvider];
const providerOf = (type: string) => providers.find(({ resourceTypes }) => resourceTypes.has(type));

const context: ConfigureContext = {
  environment: {},
  workingDirectory: '/nonexistent',
  signal: new AbortController().signal,
  parallelism: 1,
  events: () => undefined,
};

async function planAlone(
  provider: Provider,
  type: string,
  ask: { prior: ReturnType<typeof priorFromState> | null; config: ReturnType<typeof configFromPlan> },
) {
  const configured = await provider.configure(ask.config, context);
  const resource = await configured.value?.resource(type);
  const [result] = (await resource?.plan([{ ...ask, address: type, proposed: ask.config, mode: 'any' }])) ?? [];
  invariant(result?.value, JSON.stringify(result?.diagnostics));
  return result.value;
}

describe('recorded cases with Docker', () => {
  const created = recordedCases().flatMap(({ name, steps }) =>
    steps.flatMap((step, index) =>
      step.changes.flatMap((change) => {
        const provider = providerOf(change.type);
        const instance = step.state.find(({ type, name: label }) => `${type}.${label}` === change.address);
        if (!provider || !instance || change.after === undefined || !change.actions.includes('create')) return [];
        return [
          {
            title: `${name}/${index + 1} ${change.address}`,
            change: { ...change, after: change.after },
            instance,
            provider,
          },
        ];
      }),
    ),
  );

  test('there are some of every provider', () => {
    expect(new Set(created.map(({ provider }) => provider.type))).toEqual(new Set(['local', 'null', 'random', 'time']));
  });

  test.each(created)(
    '$title: planned as recorded, and nothing to do afterwards',
    async ({ change, instance, provider }) => {
      const schema = provider.resourceTypes.get(change.type)?.schema;
      invariant(schema, 'the type has a schema');
      const config = configFromPlan(schema, change.after, change.unknown);
      const made = await planAlone(provider, change.type, { prior: null, config });
      invariant(made.value, 'something is planned');
      expect(splitUnknown(made.value)).toEqual({ after: change.after, unknown: change.unknown });
      const prior = priorFromState(provider, instance);
      const again = await planAlone(provider, change.type, { prior, config: resolvedConfig(config, prior.value) });
      expect([again.causes, again.steps.items, again.replacePaths]).toEqual([[], [], []]);
      expect(again.value).toEqual(prior.value);
    },
  );
});

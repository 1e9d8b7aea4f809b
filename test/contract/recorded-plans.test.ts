/**
 * Every recorded case of Terraform with the real provider, planned in this process: a recorded state with its
 * configuration has nothing to do, and an empty state gives the recorded values and unknowns. No engine is asked:
 * the one that is configured does not exist.
 */
import { describe, expect, test } from 'vitest';
import { invariant } from '../../core/diag/invariant.ts';
import type { ConfiguredProvider, PlanAsk, Planned } from '../../core/provider.ts';
import { dockerProvider } from '../../providers/docker/provider.ts';
import { providerSchema } from '../../providers/docker/schema/provider.ts';
import {
  type RecordedChange,
  type RecordedInstance,
  type RecordedStep,
  addressOf,
  configFromPlan,
  decode,
  priorFromState,
  recordedCases,
  resolvedConfig,
  splitUnknown,
  withoutLegacy,
} from '../unit/docker/recorded.ts';
import { eachChanged } from '../unit/docker/mutation.ts';
import { AT_MOST, MAY_MEAN_NOTHING, TOGETHER } from './recorded-exceptions.ts';

const cases = recordedCases();
const types = [...dockerProvider.resourceTypes.keys()];

const provider = await nowhere();

async function nowhere(): Promise<ConfiguredProvider> {
  const config = decode(providerSchema, { host: 'unix:///nonexistent/docker.sock', registry_auth: [] });
  const signal = new AbortController().signal;
  const configured = await dockerProvider.configure(config, {
    environment: {},
    workingDirectory: '/nonexistent',
    signal,
    parallelism: 10,
    events: () => undefined,
  });
  invariant(configured.value, JSON.stringify(configured.diagnostics));
  return configured.value;
}

async function planOne(type: string, ask: PlanAsk): Promise<Planned> {
  const resource = await provider.resource(type);
  const [result] = await resource.plan([ask]);
  invariant(result?.value, JSON.stringify(result?.diagnostics));
  return result.value;
}

/** The change that left this object as it is in the state. */
function changeOf(step: RecordedStep, instance: RecordedInstance): RecordedChange | undefined {
  const address = addressOf(instance);
  return step.changes.find(
    (change) => change.address === address && change.after !== undefined && instance.deposed === undefined,
  );
}

function ownInstances(step: RecordedStep, type: string): readonly RecordedInstance[] {
  return step.state.filter((instance) => instance.mode === 'managed' && instance.type === type);
}

for (const type of types) {
  describe(`${type}: a recorded state has nothing to do`, () => {
    for (const recorded of cases) {
      recorded.steps.forEach((step, index) => {
        if (step.error !== undefined) return;
        for (const instance of ownInstances(step, type)) {
          const change = changeOf(step, instance);
          const name = `${recorded.name}/${index + 1} ${addressOf(instance)}`;
          if (change === undefined) continue;
          test(name, async () => {
            const schema = dockerProvider.resourceTypes.get(type)?.schema;
            invariant(schema && change.after, 'has a schema and a planned value');
            const prior = priorFromState(dockerProvider, instance);
            const config = resolvedConfig(configFromPlan(schema, change.after, change.unknown), prior.value);
            const planned = await planOne(type, { address: name, prior, config, proposed: config, mode: 'any' });
            const found = planned.causes.map((cause) => cause.path.join('.'));
            expect(found.filter((path) => !(AT_MOST[name] ?? []).includes(path))).toEqual([]);
          });
          if (AT_MOST[name] !== undefined) continue;
          test(`${name}: each argument changed in turn`, async () => {
            const schema = dockerProvider.resourceTypes.get(type)?.schema;
            invariant(schema && change.after, 'has a schema and a planned value');
            const prior = priorFromState(dockerProvider, instance);
            const config = resolvedConfig(configFromPlan(schema, change.after, change.unknown), prior.value);
            for (const [argument, changed] of eachChanged(schema, config, prior.value)) {
              const planned = await planOne(type, {
                address: name,
                prior,
                config: changed,
                proposed: changed,
                mode: 'any',
              });
              const found = [...new Set(planned.causes.map((cause) => cause.path[0]))];
              if (found.length === 0 && MAY_MEAN_NOTHING.has(argument)) continue;
              const along = TOGETHER[argument] ?? [];
              expect(
                found.filter((path) => !along.includes(String(path))),
                argument,
              ).toEqual([argument]);
            }
          });
        }
      });
    }
  });

  describe(`${type}: the plan on an empty state is the recorded one`, () => {
    for (const recorded of cases) {
      recorded.steps.forEach((step, index) => {
        for (const change of step.changes) {
          if (change.type !== type || change.mode !== 'managed' || !change.actions.includes('create')) continue;
          const name = `${recorded.name}/${index + 1} ${change.address}`;
          test(name, async () => {
            const schema = dockerProvider.resourceTypes.get(type)?.schema;
            invariant(schema && change.after, 'has a schema and a planned value');
            const config = configFromPlan(schema, change.after, change.unknown);
            const planned = await planOne(type, { address: name, prior: null, config, proposed: config, mode: 'any' });
            invariant(planned.value, 'a create plans a value');
            expect(splitUnknown(withoutLegacy(schema, planned.value))).toEqual({
              after: change.after,
              unknown: change.unknown,
            });
          });
        }
      });
    }
  });
}

/** `terraform_data`: keeps a value, and is replaced when `triggers_replace` changes. */
import { randomUUID } from 'node:crypto';
import type { Schema } from '../../core/config/schema.ts';
import { type Result, ok } from '../../core/diag/diagnostic.ts';
import type {
  Applied,
  Cause,
  PlanAsk,
  Planned,
  Prior,
  ResourceSchema,
  ResourceType,
  Runner,
  Step,
} from '../../core/provider.ts';
import { sameValue } from '../../core/value/equal.ts';
import { containsUnknown } from '../../core/value/marks.ts';
import { DYNAMIC, STRING } from '../../core/value/type.ts';
import {
  NULL,
  type ObjectValue,
  type Value,
  nullValue,
  objectValue,
  stringValue,
  typeOf,
  unknownValue,
} from '../../core/value/value.ts';

// ---- Schema ------------------------------------------------------------------------------------------------------

const schema: Schema = {
  version: 0,
  description: 'Keeps a value in the state and takes part in the life cycle like any resource.',
  attributes: {
    id: { type: STRING, use: 'computed', description: 'A random UUID.' },
    input: { type: DYNAMIC, use: 'optional', change: 'in-place', description: 'The value that is kept.' },
    output: { type: DYNAMIC, use: 'computed', description: 'The value of input, as it was applied.' },
    triggers_replace: {
      type: DYNAMIC,
      use: 'optional',
      change: 'replace',
      description: 'A change of this value replaces the resource.',
    },
  },
  blocks: {},
};

export const dataResource: ResourceSchema = { schema, importHint: 'any text' };

// ---- Plan --------------------------------------------------------------------------------------------------------

function plan(ask: PlanAsk): Planned {
  const { address, mode, prior, config } = ask;
  const common = { address, mode, prior, config, private: prior?.private };
  if (!config) {
    const step: Step = { id: 'delete', kind: 'data.delete', phase: 'retire', target: null, arguments: {} };
    return {
      ...common,
      value: null,
      replacePaths: [],
      causes: [],
      impact: 'none',
      steps: { items: [step], complete: true },
    };
  }
  const before = prior && mode === 'any' ? prior.value : null;
  const value = before ? updated(before, config) : created(config);
  const causes = before ? causesOf(before, config) : [];
  const changed = !before || !sameValue(before, value);
  const step: Step = { id: 'store', kind: 'data.store', phase: 'make', target: null, arguments: {} };
  return {
    ...common,
    value,
    replacePaths: causes.filter((cause) => cause.forcesReplacement).map((cause) => cause.path),
    causes,
    impact: 'none',
    steps: { items: changed ? [step] : [], complete: true },
  };
}

function attribute(value: ObjectValue, name: string): Value {
  return value.attributes.get(name) ?? NULL;
}

function created(config: ObjectValue): ObjectValue {
  const input = attribute(config, 'input');
  return objectValue([
    ['id', unknownValue(STRING, { notNull: true })],
    ['input', input],
    ['output', input.kind === 'null' ? nullValue(DYNAMIC) : unknownValue(typeOf(input))],
    ['triggers_replace', attribute(config, 'triggers_replace')],
  ]);
}

function updated(prior: ObjectValue, config: ObjectValue): ObjectValue {
  const input = attribute(config, 'input');
  const same = sameValue(attribute(prior, 'input'), input);
  const output = same ? attribute(prior, 'output') : input.kind === 'null' ? input : unknownValue(typeOf(input));
  return objectValue([
    ['id', attribute(prior, 'id')],
    ['input', input],
    ['output', output],
    ['triggers_replace', attribute(config, 'triggers_replace')],
  ]);
}

function causesOf(prior: ObjectValue, config: ObjectValue): Cause[] {
  return ['input', 'triggers_replace'].flatMap((name): Cause[] => {
    const before = attribute(prior, name);
    const after = attribute(config, name);
    if (sameValue(before, after)) return [];
    return [{ path: [name], before, after, forcesReplacement: name === 'triggers_replace', author: 'configuration' }];
  });
}

// ---- Apply -------------------------------------------------------------------------------------------------------

async function apply(planned: Planned, run: Runner): Promise<Applied> {
  const goes = planned.value === null || run.phase === 'retire';
  const id = goes ? undefined : idOf(planned.value ?? objectValue([]));
  for (const step of planned.steps.items.filter(({ phase }) => run.phase === 'all' || phase === run.phase)) {
    const { diagnostics, value } = await run.step(id === undefined ? step : { ...step, arguments: { id } });
    if (!value) return { value: planned.prior?.value, private: planned.private, tainted: false, diagnostics };
  }
  if (goes || id === undefined || !planned.value)
    return { value: undefined, private: undefined, tainted: false, diagnostics: [] };
  const output = attribute(planned.value, 'output');
  const value = objectValue([
    ['id', stringValue(id)],
    ['input', attribute(planned.value, 'input')],
    ['output', containsUnknown(output) ? attribute(planned.value, 'input') : output],
    ['triggers_replace', attribute(planned.value, 'triggers_replace')],
  ]);
  return { value, private: undefined, tainted: false, diagnostics: [] };
}

function idOf(value: ObjectValue): string {
  const id = attribute(value, 'id');
  return id.kind === 'string' ? id.value : randomUUID();
}

function importState(id: string): Result<readonly Prior[]> {
  const value = objectValue([
    ['id', stringValue(id)],
    ['input', nullValue(DYNAMIC)],
    ['output', nullValue(DYNAMIC)],
    ['triggers_replace', nullValue(DYNAMIC)],
  ]);
  return ok([{ value, private: undefined, tainted: false }]);
}

export const terraformData: ResourceType = {
  refresh: async (asks) => asks.map(({ prior }) => ok({ outcome: 'present', prior })),
  plan: async (asks) => asks.map((ask) => ok(plan(ask))),
  apply,
  importState: async (id) => importState(id),
};

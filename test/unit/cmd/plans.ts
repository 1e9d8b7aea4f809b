/** Plans made by hand, for the tests of what renders them. */
import type { InstanceKey } from '../../../core/addr/address.ts';
import { instanceText } from '../../../core/addr/address.ts';
import type { Schema } from '../../../core/config/schema.ts';
import type { Change, OutputChange, Plan } from '../../../core/plan/plan.ts';
import { setValue } from '../../../core/value/set.ts';
import { STRING, listType, mapType, objectType, setType } from '../../../core/value/type.ts';
import {
  type ObjectValue,
  SENSITIVE,
  type Value,
  boolValue,
  listValue,
  mapValue,
  nullValue,
  numberValue,
  objectValue,
  stringValue,
  tupleValue,
  unknownValue,
} from '../../../core/value/value.ts';
import { emptyState } from '../../../state/codec.ts';

type Plain = string | number | boolean | null | Value | readonly Plain[] | { readonly [name: string]: Plain };

/** Plain data as a value: lists become tuples, objects objects, null an untyped null. Values stay what they are. */
export function value(plain: Plain): Value {
  if (plain === null) return nullValue(STRING);
  if (typeof plain === 'string') return stringValue(plain);
  if (typeof plain === 'number') return numberValue(plain);
  if (typeof plain === 'boolean') return boolValue(plain);
  if (Array.isArray(plain)) return tupleValue((plain as readonly Plain[]).map(value));
  if (isValue(plain)) return plain;
  return object(plain as { readonly [name: string]: Plain });
}

function isValue(plain: object): plain is Value {
  return 'marks' in plain && 'kind' in plain;
}

export function object(plain: { readonly [name: string]: Plain }): ObjectValue {
  return objectValue(Object.entries(plain).map(([name, item]) => [name, value(item)] as const));
}

export const unknown = unknownValue(STRING);
export const secret = (text: string) => stringValue(text, SENSITIVE);
export const strings = (...texts: string[]) =>
  listValue(
    STRING,
    texts.map((text) => stringValue(text)),
  );
export const stringSet = (...texts: string[]) =>
  setValue(
    STRING,
    texts.map((text) => stringValue(text)),
  );
export const stringMap = (entries: Record<string, string>) =>
  mapValue(
    STRING,
    Object.entries(entries).map(([name, text]) => [name, stringValue(text)] as const),
  );

const LABEL = objectType([
  ['label', STRING],
  ['value', STRING],
]);

export const labels = (entries: Record<string, string>) =>
  setValue(
    LABEL,
    Object.entries(entries).map(([label, text]) => object({ label, value: text })),
  );

export const ports = (...items: { readonly internal: number; readonly external: Plain }[]) =>
  listValue(
    objectType([]),
    items.map((item) => object(item)),
  );

/** Attributes and blocks as a container has them, as far as the tests need them. */
export const containerSchema: Schema = {
  version: 2,
  description: '',
  attributes: {
    id: { type: STRING, use: 'computed', description: '' },
    env: { type: setType(STRING), use: 'optional', description: '' },
    command: { type: listType(STRING), use: 'optional', description: '' },
    sysctls: { type: mapType(STRING), use: 'optional', description: '' },
  },
  blocks: {
    labels: {
      nesting: 'set',
      description: '',
      attributes: {
        label: { type: STRING, use: 'required', description: '' },
        value: { type: STRING, use: 'required', description: '' },
      },
      blocks: {},
    },
    ports: { nesting: 'list', description: '', attributes: {}, blocks: {} },
  },
};

export interface ChangeInput extends Partial<Omit<Change, 'before' | 'after' | 'address'>> {
  readonly name: string;
  readonly key?: InstanceKey;
  readonly module?: string;
  readonly before?: { readonly [name: string]: Plain };
  readonly after?: { readonly [name: string]: Plain };
}

export function change({ name, key, module, before, after, ...rest }: ChangeInput): Change {
  const steps = module === undefined ? [] : [{ name: module, key: undefined }];
  const address = { resource: { module: steps, mode: 'managed' as const, type: 'docker_container', name }, key };
  return {
    id: 0,
    address,
    text: instanceText(address),
    previousAddress: undefined,
    deposed: undefined,
    providerSource: 'registry.terraform.io/kreuzwerker/docker',
    providerConfig: 'provider["registry.terraform.io/kreuzwerker/docker"]',
    action: 'update',
    createBeforeDestroy: false,
    reason: undefined,
    before: before === undefined ? null : object(before),
    after: after === undefined ? null : object(after),
    sensitiveOnly: false,
    replacePaths: [],
    causes: [],
    impact: 'none',
    steps: { items: [], complete: true },
    claims: [],
    releases: [],
    dependsOn: [],
    importing: undefined,
    planned: undefined,
    ...rest,
  };
}

export function output(
  name: string,
  action: OutputChange['action'],
  before: Plain | undefined,
  after: Plain | undefined,
  sensitive = false,
): OutputChange {
  return {
    name,
    action,
    before: before === undefined ? undefined : value(before),
    after: after === undefined ? undefined : value(after),
    type: undefined,
    sensitive,
    beforeSensitive: sensitive,
  };
}

export function plan(
  changes: readonly Change[],
  more: Partial<Plan> & { readonly outputList?: readonly OutputChange[] } = {},
): Plan {
  const { outputList = [], ...rest } = more;
  const state = emptyState('lineage', '1.11.4');
  return {
    mode: 'normal',
    changes,
    drift: [],
    outputs: new Map(outputList.map((item) => [item.name, item])),
    checks: [],
    variables: new Map(),
    priorState: state,
    refreshedState: state,
    targets: [],
    replace: [],
    complete: true,
    applyable: true,
    errored: false,
    planTime: new Date('2026-01-02T03:04:05Z'),
    relevantAttributes: [],
    diagnostics: [],
    ...rest,
  };
}

/**
 * How an object of a flat schema is planned: configuration over defaults over what was there; a change of anything
 * makes what the provider computes unknown, except for what keeps its value; then what forces a replacement. Knows no
 * resource type.
 */
import type { AttributeSchema, Schema } from '../../core/config/schema.ts';
import { invariant } from '../../core/diag/invariant.ts';
import type { Cause } from '../../core/provider.ts';
import { sameValue } from '../../core/value/equal.ts';
import {
  type ObjectValue,
  type Value,
  boolValue,
  nullValue,
  numberValue,
  objectValue,
  stringValue,
  unknownValue,
} from '../../core/value/value.ts';
import { attribute } from './values.ts';

/** What a resource type adds to the plan of its schema. */
export interface PlanRules {
  /** Computed attributes that keep their value whatever else changes; `all` stands for every one. */
  readonly keeps?: 'all' | readonly string[];
  /** Values that depend on other arguments. */
  readonly derive?: (config: ObjectValue) => Readonly<Record<string, Value>>;
  /** Attributes whose change forces a replacement only sometimes. */
  readonly replaces?: Readonly<Record<string, (change: AttributeChange) => boolean>>;
  /** The last word, for an object that is made (`prior` null), changed, or left as it is. */
  readonly finish?: (planned: ObjectValue, prior: ObjectValue | null) => ObjectValue;
}

export interface AttributeChange {
  readonly before: Value;
  readonly after: Value;
  readonly config: Value;
}

export interface AttributePlan {
  readonly value: ObjectValue;
  readonly causes: readonly Cause[];
}

/** @param prior the object that is to be changed, or null when a new one is made */
export function planAttributes(
  schema: Schema,
  rules: PlanRules,
  prior: ObjectValue | null,
  config: ObjectValue,
): AttributePlan {
  const merged = new Map<string, Value>();
  for (const [name, described] of Object.entries(schema.attributes))
    merged.set(name, mergedValue(described, attribute(config, name), prior && attribute(prior, name)));
  const changed = prior === null || !sameValue(prior, objectValue(merged));
  if (changed) {
    for (const name of decidedLater(schema, config))
      merged.set(name, prior && keeps(rules, name) ? attribute(prior, name) : unknownOf(schema, name));
  }
  for (const [name, value] of Object.entries(rules.derive?.(config) ?? {})) merged.set(name, value);
  const planned = objectValue(merged);
  const value = rules.finish?.(planned, prior) ?? planned;
  return { value, causes: prior ? causesOf(schema, rules, prior, value, config) : [] };
}

function mergedValue(described: AttributeSchema, config: Value, prior: Value | null): Value {
  if (prior && described.sameMeaning?.(config, prior)) return prior;
  if (config.kind !== 'null') return config;
  if (described.default !== undefined) return defaultValue(described.default);
  if (isComputed(described) && prior) return prior;
  return nullValue(described.type);
}

function defaultValue(text: string | number | boolean): Value {
  if (typeof text === 'string') return stringValue(text);
  return typeof text === 'number' ? numberValue(text) : boolValue(text);
}

function isComputed({ use }: AttributeSchema): boolean {
  return use === 'computed' || use === 'optional-computed';
}

/** What the provider decides, since neither configuration nor schema does. */
function decidedLater(schema: Schema, config: ObjectValue): string[] {
  return Object.entries(schema.attributes)
    .filter(([name, it]) => isComputed(it) && it.default === undefined && attribute(config, name).kind === 'null')
    .map(([name]) => name);
}

function keeps({ keeps: kept }: PlanRules, name: string): boolean {
  return kept === 'all' || (kept?.includes(name) ?? false);
}

function unknownOf(schema: Schema, name: string): Value {
  const described = schema.attributes[name];
  invariant(described, `the schema has no attribute ${name}`);
  return unknownValue(described.type);
}

function causesOf(
  schema: Schema,
  rules: PlanRules,
  prior: ObjectValue,
  planned: ObjectValue,
  config: ObjectValue,
): Cause[] {
  return Object.entries(schema.attributes).flatMap(([name, described]): Cause[] => {
    const change = { before: attribute(prior, name), after: attribute(planned, name), config: attribute(config, name) };
    if (sameValue(change.before, change.after)) return [];
    const forcesReplacement = described.change === 'replace' && (rules.replaces?.[name]?.(change) ?? true);
    // What only follows from another change is no cause of its own.
    if (!forcesReplacement && change.config.kind === 'null' && change.after.kind === 'unknown') return [];
    const { before, after } = change;
    return [{ path: [name], before, after, forcesReplacement, author: 'configuration' }];
  });
}

/**
 * For `keepers` and `triggers`: entries that are null are as good as absent, since older versions of these providers
 * did not store them.
 */
export function replaceUnlessOnlyNulls({ before, config }: AttributeChange): boolean {
  const wanted = config.kind === 'map' ? config.entries : new Map<string, Value>();
  if (before.kind !== 'map') return [...wanted.values()].some(({ kind }) => kind !== 'null');
  const differs = [...wanted].some(([key, value]) => {
    const old = before.entries.get(key);
    return old === undefined ? value.kind !== 'null' : !sameValue(old, value);
  });
  return differs || [...before.entries.keys()].some((key) => !wanted.has(key));
}

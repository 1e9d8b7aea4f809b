/** Reads the recorded cases of test/data/recorded: states as values, planned values as configurations. */
import { readdirSync, readFileSync } from 'node:fs';
import type { BlockContents } from '../../../core/config/schema.ts';
import { invariant } from '../../../core/diag/invariant.ts';
import type { Prior, Provider } from '../../../core/provider.ts';
import { isFailure } from '../../../core/value/convert.ts';
import {
  type Json,
  type JsonObject,
  isJsonArray,
  isJsonObject,
  jsonToValue,
  valueToJson,
} from '../../../core/value/json.ts';
import { containsUnknown } from '../../../core/value/marks.ts';
import type { Type } from '../../../core/value/type.ts';
import { type ObjectValue, type Value, objectValue, unknownValue } from '../../../core/value/value.ts';
import { blockType, elementType } from '../../../providers/docker/sdk-plan.ts';

const folder = new URL('../../data/recorded/', import.meta.url);

export interface RecordedCase {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly steps: readonly RecordedStep[];
}

export interface RecordedStep {
  readonly changes: readonly RecordedChange[];
  readonly state: readonly RecordedInstance[];
  readonly again: readonly string[];
  readonly error?: { readonly phase: string; readonly summaries: readonly string[] };
}

export interface RecordedChange {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  readonly actions: readonly string[];
  readonly before?: JsonObject;
  readonly after?: JsonObject;
  readonly unknown?: JsonObject;
  readonly replacePaths?: readonly (readonly (string | number)[])[];
}

export interface RecordedInstance {
  readonly module?: string;
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly index_key?: string | number;
  readonly deposed?: string;
  readonly schema_version: number;
  readonly attributes: JsonObject;
  readonly private?: string;
}

export function recordedCases(): readonly RecordedCase[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => {
    const content = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Omit<RecordedCase, 'name'>;
    return { ...content, name: file.replace(/\.json$/, '') };
  });
}

export function addressOf({ module, type, name, index_key: key }: RecordedInstance): string {
  const index = key === undefined ? '' : `[${JSON.stringify(key)}]`;
  return `${module === undefined ? '' : `${module}.`}${type}.${name}${index}`;
}

/** An object of a recorded state as core would hand it to the provider. */
export function priorFromState(provider: Provider, instance: RecordedInstance): Prior {
  const resource = provider.resourceTypes.get(instance.type);
  invariant(resource, `no resource type ${instance.type}`);
  const { schema, upgrade } = resource;
  const old = instance.schema_version < schema.version && upgrade !== undefined;
  const attributes = old ? upgrade(instance.attributes, instance.schema_version).value : instance.attributes;
  invariant(attributes, `the state of ${instance.type} could not be upgraded`);
  return { value: decode(schema, attributes), private: instance.private, tainted: false };
}

/** JSON of a state in the type of its schema; what the schema does not know is dropped, what is missing is null. */
export function decode(contents: BlockContents, json: JsonObject): ObjectValue {
  const value = decodeAs(shaped(contents, json), elementType(contents));
  invariant(value.kind === 'object', 'a resource is an object');
  return value;
}

function decodeAs(json: Json, type: Type): Value {
  const value = jsonToValue(json, type);
  if (isFailure(value)) throw new Error(`${value.message} in ${JSON.stringify(json)}`);
  return value as Value;
}

function shaped(contents: BlockContents, json: JsonObject): JsonObject {
  const attributes = Object.keys(contents.attributes).map((name) => [name, json[name] ?? null] as const);
  const blocks = Object.entries(contents.blocks).map(([name, block]) => {
    const value = json[name] ?? null;
    if (isJsonArray(value))
      return [name, value.map((element) => (isJsonObject(element) ? shaped(block, element) : element))] as const;
    return [name, isJsonObject(value) ? shaped(block, value) : value] as const;
  });
  return Object.fromEntries([...attributes, ...blocks]);
}

/**
 * The configuration that a recorded create must have had: what it planned, without what only the provider can know.
 * An unknown that could have been decided by the provider counts as not configured.
 */
export function configFromPlan(contents: BlockContents, after: JsonObject, unknown: Json | undefined): ObjectValue {
  const lost = isJsonObject(unknown) ? unknown : {};
  const attributes: [string, Value][] = [];
  for (const [name, schema] of Object.entries(contents.attributes)) {
    const decided = schema.use === 'computed' || (lost[name] === true && schema.use === 'optional-computed');
    const unsaid = schema.default !== undefined && after[name] === schema.default;
    if (decided || unsaid) attributes.push([name, decodeAs(null, schema.type)]);
    else if (lost[name] === true) attributes.push([name, unknownValue(schema.type)]);
    else attributes.push([name, withUnknowns(after[name] ?? null, lost[name], schema.type)]);
  }
  for (const [name, block] of Object.entries(contents.blocks)) {
    attributes.push([name, blockConfig(block, after[name] ?? null, lost[name], blockType(block))]);
  }
  return objectValue(attributes);
}

/** The configuration once its references are known: what was unknown when planning is what the state has. */
export function resolvedConfig(config: ObjectValue, state: ObjectValue): ObjectValue {
  return objectValue(
    [...config.attributes].map(([name, value]) => {
      const known = containsUnknown(value) ? state.attributes.get(name) : undefined;
      return [name, known ?? value] as const;
    }),
  );
}

function withUnknowns(json: Json, unknown: Json | undefined, type: Type): Value {
  if (unknown === true) return unknownValue(type);
  if ((type.kind === 'list' || type.kind === 'set') && isJsonArray(unknown) && isJsonArray(json)) {
    const elements = unknown.map((lost, index) => withUnknowns(json[index] ?? null, lost ?? undefined, type.element));
    return { kind: type.kind, element: type.element, elements, marks: 0 };
  }
  if (type.kind === 'map' && isJsonObject(unknown)) {
    const names = [...new Set([...Object.keys(isJsonObject(json) ? json : {}), ...Object.keys(unknown)])].sort();
    const entries = names.map(
      (name) =>
        [name, withUnknowns(isJsonObject(json) ? (json[name] ?? null) : null, unknown[name], type.element)] as const,
    );
    return { kind: 'map', element: type.element, entries: new Map(entries), marks: 0 };
  }
  return decodeAs(json, type);
}

function blockConfig(block: BlockContents, json: Json, unknown: Json | undefined, type: Type): Value {
  if (unknown === true || (json === null && type.kind !== 'object'))
    return decodeAs(type.kind === 'object' ? null : [], type);
  if (isJsonObject(json)) return configFromPlan(block, json, unknown);
  if (!isJsonArray(json) || (type.kind !== 'list' && type.kind !== 'set')) return decodeAs(json, type);
  const elements = json.map((element, index) => {
    const lost = isJsonArray(unknown) ? (unknown[index] ?? undefined) : undefined;
    return isJsonObject(element) ? configFromPlan(block, element, lost) : decodeAs(element, type.element);
  });
  return { kind: type.kind, element: type.element, elements, marks: 0 };
}

/** A planned value in the form of a recorded one: `after` without what is unknown, and what is. */
export function splitUnknown(value: ObjectValue): { after: Json; unknown: Json | undefined } {
  return { after: knownPart(value) ?? null, unknown: unknownPart(value) };
}

/** Without the attributes that only older configurations read: they are shown nowhere. */
export function withoutLegacy(contents: BlockContents, value: ObjectValue): ObjectValue {
  return objectValue([...value.attributes].filter(([name]) => contents.attributes[name]?.legacy !== true));
}

function knownPart(value: Value): Json | undefined {
  switch (value.kind) {
    case 'unknown':
      return undefined;
    case 'object':
    case 'map': {
      const entries = value.kind === 'object' ? value.attributes : value.entries;
      return Object.fromEntries(
        [...entries].flatMap(([name, entry]) => {
          const known = knownPart(entry);
          return known === undefined ? [] : [[name, known] as const];
        }),
      );
    }
    case 'list':
    case 'set':
    case 'tuple':
      return value.elements.map((element) => knownPart(element) ?? null);
    default:
      return valueToJson(value);
  }
}

function unknownPart(value: Value): Json | undefined {
  switch (value.kind) {
    case 'unknown':
      return true;
    case 'object':
    case 'map': {
      const entries = value.kind === 'object' ? value.attributes : value.entries;
      const found = [...entries].flatMap(([name, entry]) => {
        const part = unknownPart(entry);
        return part === undefined ? [] : [[name, part] as const];
      });
      return found.length === 0 ? undefined : Object.fromEntries(found);
    }
    case 'list':
    case 'set':
    case 'tuple': {
      const parts = value.elements.map((element) => unknownPart(element) ?? null);
      return parts.some((part) => part !== null) ? parts : undefined;
    }
    default:
      return undefined;
  }
}

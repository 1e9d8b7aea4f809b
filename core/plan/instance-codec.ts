/**
 * Objects of the state file as values and back. The schema decides: unknown keys are dropped, missing ones are null,
 * and what has no fixed type carries its type along.
 */
import { type Diagnostic, type Result, errorAt, failed, ok } from '../diag/diagnostic.ts';
import type { ResourceSchema } from '../provider.ts';
import type { InstanceState } from '../state.ts';
import type { Schema } from '../config/schema.ts';
import { impliedType } from '../config/schema-type.ts';
import {
  ExactNumber,
  type Json,
  type JsonObject,
  isJsonObject,
  jsonToImpliedValue,
  typeFromJson,
  typeToJson,
  valueToJson,
} from '../value/json.ts';
import { markPaths, unmarkDeepWithPaths } from '../value/marks.ts';
import { formatNum, parseNum } from '../value/number.ts';
import { setValue } from '../value/set.ts';
import type { Type } from '../value/type.ts';
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
  typeOf,
} from '../value/value.ts';
import type { AttributePath } from '../diag/diagnostic.ts';

/** An object of the state under the present schema, upgraded when an older version wrote it. Marks are restored. */
export function decodeInstance(address: string, type: ResourceSchema, instance: InstanceState): Result<ObjectValue> {
  const upgraded = upgrade(address, type, instance);
  if (upgraded.value === undefined) return failed(...upgraded.diagnostics);
  const value = fromStateJson(type.complete?.(upgraded.value) ?? upgraded.value, impliedType(type.schema));
  if (value.kind !== 'object') return failed(damaged(address));
  const paths = instance.sensitiveAttributes.flatMap((path) => {
    const steps = pathFromJson(path);
    return steps ? [{ path: steps, marks: SENSITIVE }] : [];
  });
  const marked = paths.length === 0 ? value : markPaths(value, paths);
  return marked.kind === 'object' ? ok(marked, upgraded.diagnostics) : failed(damaged(address));
}

function upgrade(address: string, type: ResourceSchema, instance: InstanceState): Result<JsonObject> {
  const attributes = instance.attributesFlat ?? instance.attributes;
  if (!isJsonObject(attributes)) return failed(damaged(address));
  if (instance.schemaVersion > type.schema.version) {
    return failed(
      errorAt(
        undefined,
        'Resource instance managed by newer provider version',
        `The state of ${address} was written with version ${instance.schemaVersion} of its schema, but this Stowage knows only up to version ${type.schema.version}. Use a newer Stowage for this state.`,
        { address },
      ),
    );
  }
  if (instance.schemaVersion === type.schema.version || !type.upgrade) return ok(attributes);
  return type.upgrade(attributes, instance.schemaVersion);
}

function damaged(address: string): Diagnostic {
  return errorAt(
    undefined,
    'Failed to decode resource from state',
    `The state of ${address} does not hold an object of its type. Restore the state from its backup, or remove this object from it and import it again.`,
    { address },
  );
}

/** The fields of an instance that depend on its value. */
export function encodeInstance(
  schema: Schema,
  value: ObjectValue,
): Pick<InstanceState, 'attributes' | 'sensitiveAttributes' | 'schemaVersion'> {
  const { value: plain, paths } = unmarkDeepWithPaths(value);
  return {
    schemaVersion: schema.version,
    attributes: withoutLegacy(schema, toStateJson(plain, impliedType(schema))),
    sensitiveAttributes: paths
      .filter(({ marks, path }) => (marks & SENSITIVE) !== 0 && schema.attributes[String(path[0])]?.legacy !== true)
      .map(({ path }) => pathToJson(path, plain))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  };
}

/** Attributes that only older configurations read are made anew from the others whenever a state is read. */
function withoutLegacy(schema: Schema, attributes: Json): Json {
  if (!isJsonObject(attributes)) return attributes;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => schema.attributes[name]?.legacy !== true));
}

// ---- Values ------------------------------------------------------------------------------------------------------

/** Total: what does not fit its type is null. States are written by programs, some of them with other schemas. */
export function fromStateJson(json: Json, type: Type): Value {
  if (json === null || json === undefined) return nullValue(type);
  switch (type.kind) {
    case 'dynamic':
      return fromDynamicJson(json);
    case 'string':
      return typeof json === 'object' && !(json instanceof ExactNumber) ? nullValue(type) : stringValue(String(json));
    case 'number':
      return numberFromJson(json);
    case 'bool':
      return typeof json === 'boolean'
        ? boolValue(json)
        : json === 'true' || json === 'false'
          ? boolValue(json === 'true')
          : nullValue(type);
    case 'list':
      return listValue(
        type.element,
        items(json).map((item) => fromStateJson(item, type.element)),
      );
    case 'set':
      return setValue(
        type.element,
        items(json).map((item) => fromStateJson(item, type.element)),
      );
    case 'tuple':
      return tupleValue(type.elements.map((element, index) => fromStateJson(items(json)[index] ?? null, element)));
    case 'map':
      return mapValue(
        type.element,
        Object.entries(fields(json)).map(([key, item]) => [key, fromStateJson(item, type.element)]),
      );
    case 'object': {
      const given = fields(json);
      const attributes = new Map<string, Value>();
      for (const [name, attribute] of type.attributes)
        attributes.set(name, fromStateJson(given[name] ?? null, attribute));
      return objectValue(attributes);
    }
  }
}

function items(json: Json): readonly Json[] {
  return Array.isArray(json) ? json : [];
}

function fields(json: Json): JsonObject {
  return isJsonObject(json) ? json : {};
}

function numberFromJson(json: Json): Value {
  const text = typeof json === 'number' || typeof json === 'string' || json instanceof ExactNumber ? String(json) : '';
  if (typeof json === 'number' && Number.isSafeInteger(json)) return numberValue(json);
  const number = parseNum(text);
  return number === undefined ? nullValue({ kind: 'number' }) : numberValue(number);
}

/** A value without a fixed type is stored as `{"value": ..., "type": ...}`. */
function fromDynamicJson(json: Json): Value {
  if (isJsonObject(json) && 'type' in json && 'value' in json) {
    const type = typeFromJson(json.type ?? null);
    if (type) return fromStateJson(json.value ?? null, type);
  }
  return jsonToImpliedValue(json);
}

/** `value` has no marks. Unknown values never reach a state. */
export function toStateJson(value: Value, type: Type): Json {
  if (type.kind === 'dynamic') {
    if (value.kind === 'null') return null;
    const own = typeOf(value);
    return { value: toStateJson(value, own), type: typeToJson(own) };
  }
  switch (value.kind) {
    case 'null':
    case 'unknown':
      return null;
    case 'string':
    case 'bool':
      return value.value;
    case 'number':
      return typeof value.value === 'number' ? value.value : new ExactNumber(formatNum(value.value));
    case 'list':
    case 'set':
      return value.elements.map((element) => toStateJson(element, value.element));
    case 'tuple':
      return value.elements.map((element, index) =>
        toStateJson(element, type.kind === 'tuple' ? (type.elements[index] ?? typeOf(element)) : typeOf(element)),
      );
    case 'map':
      return Object.fromEntries([...value.entries].map(([key, element]) => [key, toStateJson(element, value.element)]));
    case 'object':
      return Object.fromEntries(
        [...value.attributes].map(([name, attribute]) => [
          name,
          toStateJson(
            attribute,
            type.kind === 'object' ? (type.attributes.get(name) ?? typeOf(attribute)) : typeOf(attribute),
          ),
        ]),
      );
  }
}

// ---- Paths -------------------------------------------------------------------------------------------------------

/** Terraform's notation: `[{"type":"get_attr","value":"a"},{"type":"index","value":{"value":"k","type":"string"}}]`. */
export function pathToJson(path: AttributePath, value: Value): Json {
  const steps: Json[] = [];
  let at: Value | undefined = value;
  for (const step of path) {
    if (at?.kind === 'object') {
      steps.push({ type: 'get_attr', value: step });
      at = at.attributes.get(String(step));
      continue;
    }
    steps.push({ type: 'index', value: { value: step, type: typeof step === 'number' ? 'number' : 'string' } });
    if (at?.kind === 'map') at = at.entries.get(String(step));
    else if (at?.kind === 'list' || at?.kind === 'tuple') at = at.elements[Number(step)];
    else at = undefined;
  }
  return steps;
}

export function pathFromJson(json: Json): AttributePath | undefined {
  const path: (string | number)[] = [];
  for (const step of items(json)) {
    if (!isJsonObject(step)) return undefined;
    const key =
      step.type === 'get_attr'
        ? step.value
        : isJsonObject(step.value ?? null)
          ? (step.value as JsonObject).value
          : undefined;
    if (typeof key !== 'string' && typeof key !== 'number') return undefined;
    path.push(key);
  }
  return path;
}

/** An output's value and type as the state keeps them. */
export function outputToJson(value: Value): { readonly value: Json; readonly type: Json } {
  const { value: plain } = unmarkDeepWithPaths(value);
  return { value: valueToJson(plain), type: typeToJson(typeOf(plain)) };
}

export function outputFromJson(value: Json, type: Json): Value {
  return fromStateJson(value, typeFromJson(type) ?? { kind: 'dynamic' });
}

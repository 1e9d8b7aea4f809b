/** The JSON shapes in which Terraform's formats show values that may be unknown or sensitive. */
import { type Json, type JsonObject, typeToJson, valueToJson } from '../../core/value/json.ts';
import { isWhollyKnown } from '../../core/value/marks.ts';
import { SENSITIVE, type Value, typeOf } from '../../core/value/value.ts';

/** The known parts: unknown attributes are left out, unknown elements are null. Undefined when nothing is known. */
export function knownJson(value: Value): Json | undefined {
  if (isWhollyKnown(value)) return valueToJson(value);
  switch (value.kind) {
    case 'unknown':
      return undefined;
    case 'list':
    case 'set':
    case 'tuple':
      return value.elements.map((element) => knownJson(element) ?? null);
    case 'map':
      return knownEntries(value.entries);
    case 'object':
      return knownEntries(value.attributes);
    default:
      return valueToJson(value);
  }
}

function knownEntries(entries: ReadonlyMap<string, Value>): JsonObject {
  return fromEntries(entries, knownJson);
}

/** `true` for each unknown value; attributes and entries without any are left out. */
export function unknownJson(value: Value): Json {
  switch (value.kind) {
    case 'unknown':
      return true;
    case 'list':
    case 'set':
    case 'tuple':
      return value.elements.map(unknownJson);
    case 'map':
      return fromEntries(value.entries, (entry) => truthy(unknownJson(entry)));
    case 'object':
      return fromEntries(value.attributes, (attribute) => truthy(unknownJson(attribute)));
    default:
      return false;
  }
}

/** `true` for each value that is marked as sensitive; attributes and entries without any are left out. */
export function sensitiveJson(value: Value): Json {
  if ((value.marks & SENSITIVE) !== 0) return true;
  switch (value.kind) {
    case 'unknown':
      return emptyShape(typeOf(value).kind);
    case 'list':
    case 'set':
    case 'tuple':
      return value.elements.map(sensitiveJson);
    case 'map':
      return fromEntries(value.entries, (entry) => truthy(sensitiveJson(entry)));
    case 'object':
      return fromEntries(value.attributes, (attribute) => truthy(sensitiveJson(attribute)));
    default:
      return false;
  }
}

function emptyShape(kind: string): Json {
  if (kind === 'list' || kind === 'set' || kind === 'tuple') return [];
  return kind === 'map' || kind === 'object' ? {} : false;
}

function truthy(json: Json): Json | undefined {
  return json === false ? undefined : json;
}

function fromEntries(entries: ReadonlyMap<string, Value>, convert: (value: Value) => Json | undefined): JsonObject {
  return Object.fromEntries(
    [...entries].flatMap(([name, value]) => {
      const json = convert(value);
      return json === undefined ? [] : [[name, json] as const];
    }),
  );
}

/** Leaves out what is undefined; the order of the names is kept. */
export function compact(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, json]) => (json === undefined ? [] : [[name, json] as const])),
  );
}

export function typeJsonOf(value: Value): Json {
  return typeToJson(typeOf(value));
}

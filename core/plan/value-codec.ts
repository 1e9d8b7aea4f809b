/**
 * Values as JSON without any loss: types, unknowns with what is known of them, nulls, marks, every digit. Short for
 * what is common: text, booleans, numbers and tuples are themselves.
 */
import { invariant } from '../diag/invariant.ts';
import { type Json, type JsonObject, isJsonArray, isJsonObject, typeFromJson, typeToJson } from '../value/json.ts';
import { type Num, formatNum, isInfiniteNum, parseNumText, signNum } from '../value/number.ts';
import { DYNAMIC, type Type } from '../value/type.ts';
import {
  NO_MARKS,
  type Refinement,
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
  withMarks,
} from '../value/value.ts';

export function encodeValue(value: Value): Json {
  const plain = encodeUnmarked(value);
  return value.marks === NO_MARKS ? plain : { marks: value.marks, value: plain };
}

function encodeUnmarked(value: Value): Json {
  switch (value.kind) {
    case 'string':
    case 'bool':
      return value.value;
    case 'number':
      return typeof value.value === 'number' ? value.value : { number: numText(value.value) };
    case 'null':
      return value.type.kind === 'dynamic' ? null : { null: typeToJson(value.type) };
    case 'unknown':
      return {
        unknown: typeToJson(value.type),
        ...(value.refinement ? { refined: encodeRefinement(value.refinement) } : {}),
      };
    case 'tuple':
      return value.elements.map(encodeValue);
    case 'list':
      return { list: typeToJson(value.element), of: value.elements.map(encodeValue) };
    case 'set':
      return { set: typeToJson(value.element), of: value.elements.map(encodeValue) };
    case 'map':
      return { map: typeToJson(value.element), of: encodeEntries(value.entries) };
    case 'object':
      return { object: encodeEntries(value.attributes) };
  }
}

/** Names and values in turn: as names of a JSON object, those that look like numbers would lose their order. */
function encodeEntries(entries: ReadonlyMap<string, Value>): Json[] {
  return [...entries].flatMap(([name, value]) => [name, encodeValue(value)]);
}

function numText(num: Num): string {
  if (!isInfiniteNum(num)) return formatNum(num);
  return signNum(num) < 0 ? '-inf' : 'inf';
}

function encodeRefinement({ minimum, maximum, ...rest }: Refinement): JsonObject {
  return {
    ...rest,
    ...(minimum ? { minimum: [numText(minimum.value), minimum.inclusive] } : {}),
    ...(maximum ? { maximum: [numText(maximum.value), maximum.inclusive] } : {}),
  };
}

/** Reads what `encodeValue` wrote; anything else is a plan file that somebody changed, and throws. */
export function decodeValue(json: Json): Value {
  if (json === null) return nullValue(DYNAMIC);
  if (typeof json === 'string') return stringValue(json);
  if (typeof json === 'boolean') return boolValue(json);
  if (typeof json === 'number') return numberValue(json);
  if (isJsonArray(json)) return tupleValue(json.map(decodeValue));
  invariant(isJsonObject(json), 'a number in a plan file is neither a safe integer nor text');
  if ('marks' in json) return withMarks(decodeValue(json.value ?? null), Number(json.marks));
  if ('number' in json) return numberValue(decodeNum(String(json.number)));
  if ('null' in json) return nullValue(decodeType(json.null));
  if ('unknown' in json) return unknownValue(decodeType(json.unknown), decodeRefinement(json.refined));
  return decodeCollection(json);
}

function decodeCollection(json: JsonObject): Value {
  if ('object' in json) return objectValue(decodeEntries(json.object));
  if ('map' in json) return mapValue(decodeType(json.map), decodeEntries(json.of));
  const elements = elementsOf(json.of).map(decodeValue);
  if ('list' in json) return listValue(decodeType(json.list), elements);
  invariant('set' in json, 'a value in a plan file has no kind');
  // The order was right when it was written, so it is not sorted again.
  return { kind: 'set', element: decodeType(json.set), elements, marks: NO_MARKS };
}

function decodeEntries(json: Json | undefined): (readonly [string, Value])[] {
  const items = elementsOf(json);
  return Array.from({ length: items.length / 2 }, (_, index) => [
    String(items[2 * index]),
    decodeValue(items[2 * index + 1] ?? null),
  ]);
}

function elementsOf(json: Json | undefined): readonly Json[] {
  invariant(isJsonArray(json), 'elements in a plan file are no list');
  return json;
}

function decodeType(json: Json | undefined): Type {
  const type = typeFromJson(json ?? null);
  invariant(type !== undefined, 'a type in a plan file is not known');
  return type;
}

function decodeNum(text: string): Num {
  const num = parseNumText(text);
  invariant(num !== undefined, 'a number in a plan file cannot be read');
  return num;
}

function decodeRefinement(json: Json | undefined): Refinement | undefined {
  if (!isJsonObject(json)) return undefined;
  const { notNull, prefix, minLength, maxLength, minimum, maximum } = json;
  return {
    ...(notNull === true ? { notNull: true as const } : {}),
    ...(typeof prefix === 'string' ? { prefix } : {}),
    ...(typeof minLength === 'number' ? { minLength } : {}),
    ...(typeof maxLength === 'number' ? { maxLength } : {}),
    ...(isJsonArray(minimum) ? { minimum: decodeBound(minimum) } : {}),
    ...(isJsonArray(maximum) ? { maximum: decodeBound(maximum) } : {}),
  };
}

function decodeBound([value, inclusive]: readonly Json[]): { value: Num; inclusive: boolean } {
  return { value: decodeNum(String(value)), inclusive: inclusive === true };
}

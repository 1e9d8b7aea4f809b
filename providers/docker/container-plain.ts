/**
 * Values as plain JavaScript data, which is what decisions about containers are made on: sets and lists are arrays,
 * objects and maps are objects, null is null, and what is not known yet is `UNKNOWN_PLAIN`. Marks are lost on the way
 * there and put back by whoever builds the planned value.
 */
import { invariant } from '../../core/diag/invariant.ts';
import { setValue } from '../../core/value/set.ts';
import type { ObjectType, Type } from '../../core/value/type.ts';
import {
  type ObjectValue,
  type Value,
  boolValue,
  listValue,
  mapValue,
  nullValue,
  numberValue,
  objectValue,
  stringValue,
  unknownValue,
} from '../../core/value/value.ts';

export const UNKNOWN_PLAIN: unique symbol = Symbol('known after apply');

export type Plain = null | boolean | number | string | typeof UNKNOWN_PLAIN | readonly Plain[] | PlainObject;

export interface PlainObject {
  readonly [name: string]: Plain;
}

export function toPlain(value: Value): Plain {
  switch (value.kind) {
    case 'null':
      return null;
    case 'unknown':
      return UNKNOWN_PLAIN;
    case 'string':
    case 'bool':
      return value.value;
    case 'number':
      return typeof value.value === 'number' ? value.value : Number(value.value);
    case 'list':
    case 'set':
    case 'tuple':
      return value.elements.map(toPlain);
    case 'map':
      return Object.fromEntries(Array.from(value.entries, ([name, entry]) => [name, toPlain(entry)]));
    case 'object':
      return objectToPlain(value);
  }
}

const PLAIN = new WeakMap<ObjectValue, PlainObject>();

/** Done once per value: every part of a decision starts with it, and a container has some ninety attributes. */
export function objectToPlain(value: ObjectValue): PlainObject {
  const known = PLAIN.get(value);
  if (known !== undefined) return known;
  const plain: Record<string, Plain> = {};
  for (const [name, attribute] of value.attributes) plain[name] = toPlain(attribute);
  PLAIN.set(value, plain);
  return plain;
}

/** Of an attribute's or block's type; what does not fit is a bug. */
export function fromPlain(plain: Plain, type: Type): Value {
  if (plain === null) return nullValue(type);
  if (plain === UNKNOWN_PLAIN) return unknownValue(type);
  switch (type.kind) {
    case 'string':
      invariant(typeof plain === 'string', 'a text was expected');
      return stringValue(plain);
    case 'number':
      invariant(typeof plain === 'number', 'a number was expected');
      return numberValue(plain);
    case 'bool':
      invariant(typeof plain === 'boolean', 'a bool was expected');
      return boolValue(plain);
    case 'list':
      return listValue(
        type.element,
        plainList(plain).map((item) => fromPlain(item, type.element)),
      );
    case 'set':
      return setValue(
        type.element,
        plainList(plain).map((item) => fromPlain(item, type.element)),
      );
    case 'map':
      return mapValue(
        type.element,
        plainEntries(plain).map(([name, item]) => [name, fromPlain(item, type.element)]),
      );
    case 'object':
      return objectFromPlain(plain, type);
    case 'tuple':
    case 'dynamic':
      invariant(false, `no value of kind ${type.kind} in a schema`);
  }
}

function objectFromPlain(plain: Plain, type: ObjectType): Value {
  const source = plainObject(plain);
  return objectValue(
    [...type.attributes].map(([name, attribute]) => [name, fromPlain(source[name] ?? null, attribute)]),
  );
}

export function plainList(plain: Plain | undefined): readonly Plain[] {
  return Array.isArray(plain) ? (plain as readonly Plain[]) : [];
}

export function plainObject(plain: Plain | undefined): PlainObject {
  return typeof plain === 'object' && plain !== null && !Array.isArray(plain) ? (plain as PlainObject) : {};
}

export function plainEntries(plain: Plain | undefined): readonly (readonly [string, Plain])[] {
  return Object.entries(plainObject(plain));
}

/** The texts of a set or list of texts; anything else in it is left out. */
export function plainTexts(plain: Plain | undefined): readonly string[] {
  return plainList(plain).filter((item): item is string => typeof item === 'string');
}

export function plainText(plain: Plain | undefined): string {
  return typeof plain === 'string' ? plain : '';
}

export function plainNumber(plain: Plain | undefined): number {
  return typeof plain === 'number' ? plain : 0;
}

export function containsUnknownPlain(plain: Plain | undefined): boolean {
  if (plain === UNKNOWN_PLAIN) return true;
  if (typeof plain !== 'object' || plain === null) return false;
  return (Array.isArray(plain) ? (plain as readonly Plain[]) : Object.values(plain)).some(containsUnknownPlain);
}

/** Nothing said: null, and what Terraform's provider SDK takes for null: "", 0, false and empty collections. */
export function isZero(plain: Plain | undefined): boolean {
  if (plain === undefined || plain === null || plain === '' || plain === 0 || plain === false) return true;
  if (typeof plain !== 'object') return false;
  return (Array.isArray(plain) ? plain : Object.keys(plain)).length === 0;
}

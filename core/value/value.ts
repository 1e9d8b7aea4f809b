/**
 * Terraform's values. A value is known, null or unknown; any of them, at any depth, may carry marks. Values are never
 * changed once made. Entries of maps, attributes of objects and elements of sets are always in Terraform's order:
 * by UTF-8 bytes of the name, and for sets by `compareElements` of `set.ts`.
 */
import type { Num } from './number.ts';
import {
  BOOL,
  DYNAMIC,
  NUMBER,
  STRING,
  type Type,
  compareUtf8,
  listType,
  mapType,
  objectType,
  setType,
  tupleType,
} from './type.ts';

/** Bits. A mark applies to the value that carries it and, for whoever reads it, to everything beneath. */
export type Marks = number;
export const NO_MARKS: Marks = 0;
export const SENSITIVE: Marks = 1;
export const EPHEMERAL: Marks = 2;

export type { Num } from './number.ts';

export type Value =
  | StringValue
  | NumberValue
  | BoolValue
  | ListValue
  | SetValue
  | MapValue
  | TupleValue
  | ObjectValue
  | NullValue
  | UnknownValue;

export type KnownValue = Exclude<Value, NullValue | UnknownValue>;

interface Marked {
  readonly marks: Marks;
}

/** Text is NFC-normalised when the value is made. */
export interface StringValue extends Marked {
  readonly kind: 'string';
  readonly value: string;
}
export interface NumberValue extends Marked {
  readonly kind: 'number';
  readonly value: Num;
}
export interface BoolValue extends Marked {
  readonly kind: 'bool';
  readonly value: boolean;
}
export interface ListValue extends Marked {
  readonly kind: 'list';
  readonly element: Type;
  readonly elements: readonly Value[];
}
/** Elements carry no marks of their own: those of all elements are on the set. */
export interface SetValue extends Marked {
  readonly kind: 'set';
  readonly element: Type;
  readonly elements: readonly Value[];
}
export interface MapValue extends Marked {
  readonly kind: 'map';
  readonly element: Type;
  readonly entries: ReadonlyMap<string, Value>;
}
export interface TupleValue extends Marked {
  readonly kind: 'tuple';
  readonly elements: readonly Value[];
}
export interface ObjectValue extends Marked {
  readonly kind: 'object';
  readonly attributes: ReadonlyMap<string, Value>;
}
export interface NullValue extends Marked {
  readonly kind: 'null';
  readonly type: Type;
}
export interface UnknownValue extends Marked {
  readonly kind: 'unknown';
  readonly type: Type;
  readonly refinement?: Refinement;
}

/** What is known of an unknown value. Bounds are inclusive; lengths count elements. */
export interface Refinement {
  readonly notNull?: true;
  readonly prefix?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: { readonly value: Num; readonly inclusive: boolean };
  readonly maximum?: { readonly value: Num; readonly inclusive: boolean };
}

export const TRUE: BoolValue = Object.freeze({ kind: 'bool', value: true, marks: NO_MARKS });
export const FALSE: BoolValue = Object.freeze({ kind: 'bool', value: false, marks: NO_MARKS });
export const UNKNOWN: UnknownValue = Object.freeze({ kind: 'unknown', type: DYNAMIC, marks: NO_MARKS });
export const NULL: NullValue = Object.freeze({ kind: 'null', type: DYNAMIC, marks: NO_MARKS });

export function stringValue(text: string, marks: Marks = NO_MARKS): StringValue {
  return { kind: 'string', value: isAscii(text) ? text : text.normalize('NFC'), marks };
}

export function numberValue(value: Num, marks: Marks = NO_MARKS): NumberValue {
  return { kind: 'number', value, marks };
}

export function boolValue(value: boolean, marks: Marks = NO_MARKS): BoolValue {
  return marks === NO_MARKS ? (value ? TRUE : FALSE) : { kind: 'bool', value, marks };
}

export function listValue(element: Type, elements: readonly Value[], marks: Marks = NO_MARKS): ListValue {
  return { kind: 'list', element, elements, marks };
}

/** Entries in any order; a name that comes twice keeps its last value. */
export function mapValue(
  element: Type,
  entries: Iterable<readonly [string, Value]>,
  marks: Marks = NO_MARKS,
): MapValue {
  return { kind: 'map', element, entries: inOrder(entries), marks };
}

export function tupleValue(elements: readonly Value[], marks: Marks = NO_MARKS): TupleValue {
  return { kind: 'tuple', elements, marks };
}

/** Attributes in any order; a name that comes twice keeps its last value. */
export function objectValue(attributes: Iterable<readonly [string, Value]>, marks: Marks = NO_MARKS): ObjectValue {
  return { kind: 'object', attributes: inOrder(attributes), marks };
}

export function nullValue(type: Type, marks: Marks = NO_MARKS): NullValue {
  return { kind: 'null', type, marks };
}

export function unknownValue(type: Type, refinement?: Refinement, marks: Marks = NO_MARKS): UnknownValue {
  return refinement === undefined ? { kind: 'unknown', type, marks } : { kind: 'unknown', type, refinement, marks };
}

/** The same value carrying these marks as well. */
export function withMarks<V extends Value>(value: V, marks: Marks): V {
  const all = value.marks | marks;
  return all === value.marks ? value : { ...value, marks: all };
}

/** The same value without marks of its own; those beneath stay. */
export function withoutMarks<V extends Value>(value: V): V {
  return value.marks === NO_MARKS ? value : { ...value, marks: NO_MARKS };
}

export function isKnown(value: Value): value is KnownValue {
  return value.kind !== 'null' && value.kind !== 'unknown';
}

const objectTypes = new WeakMap<ObjectValue | TupleValue, Type>();

export function typeOf(value: Value): Type {
  switch (value.kind) {
    case 'string':
      return STRING;
    case 'number':
      return NUMBER;
    case 'bool':
      return BOOL;
    case 'list':
      return listType(value.element);
    case 'set':
      return setType(value.element);
    case 'map':
      return mapType(value.element);
    case 'null':
    case 'unknown':
      return value.type;
    case 'tuple':
    case 'object':
      return structuralType(value);
  }
}

function structuralType(value: ObjectValue | TupleValue): Type {
  let type = objectTypes.get(value);
  if (type === undefined) {
    type =
      value.kind === 'tuple'
        ? tupleType(value.elements.map(typeOf))
        : objectType([...value.attributes].map(([name, attribute]) => [name, typeOf(attribute)] as const));
    objectTypes.set(value, type);
  }
  return type;
}

function inOrder(entries: Iterable<readonly [string, Value]>): ReadonlyMap<string, Value> {
  const map = entries instanceof Map ? (entries as ReadonlyMap<string, Value>) : new Map(entries);
  let previous: string | undefined;
  for (const name of map.keys()) {
    if (previous !== undefined && compareUtf8(previous, name) > 0) {
      return new Map([...map].sort((a, b) => compareUtf8(a[0], b[0])));
    }
    previous = name;
  }
  return map;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return false;
  return true;
}

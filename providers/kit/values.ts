/** Reading attributes of an object as plain data, and making objects of a schema. */
import type { Schema } from '../../core/config/schema.ts';
import { numFromBigInt, numToBigInt } from '../../core/value/number.ts';
import {
  NULL,
  type ObjectValue,
  type Value,
  nullValue,
  numberValue,
  objectValue,
  stringValue,
} from '../../core/value/value.ts';

export type Entries = readonly (readonly [string, Value])[];

export function attribute(value: ObjectValue, name: string): Value {
  return value.attributes.get(name) ?? NULL;
}

/** Undefined when it is null or unknown. */
export function textAt(value: ObjectValue, name: string): string | undefined {
  const found = attribute(value, name);
  return found.kind === 'string' ? found.value : undefined;
}

/** Undefined when it is null or unknown. */
export function integerAt(value: ObjectValue, name: string): bigint | undefined {
  const found = attribute(value, name);
  return found.kind === 'number' ? numToBigInt(found.value) : undefined;
}

/** A count or a size: what is null or unknown is 0. */
export function countAt(value: ObjectValue, name: string): number {
  return Number(integerAt(value, name) ?? 0n);
}

/** Undefined when it is null or unknown. */
export function boolAt(value: ObjectValue, name: string): boolean | undefined {
  const found = attribute(value, name);
  return found.kind === 'bool' ? found.value : undefined;
}

export function integerValue(integer: bigint): Value {
  return numberValue(numFromBigInt(integer));
}

export function textOrNull(text: string | undefined): Value {
  return text === undefined ? nullValue({ kind: 'string' }) : stringValue(text);
}

export function withEntries(value: ObjectValue, entries: Entries): ObjectValue {
  return objectValue(new Map([...value.attributes, ...entries]), value.marks);
}

/** An object of this schema: what is not given is null. */
export function objectOf(schema: Schema, entries: Entries): ObjectValue {
  const nulls = Object.entries(schema.attributes).map(([name, { type }]) => [name, nullValue(type)] as const);
  return objectValue(new Map<string, Value>([...nulls, ...entries]));
}

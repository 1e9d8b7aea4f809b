/** Unknown values about which something is known, and those of which so much is known that they are known after all. */
import { equalNum } from './number.ts';
import { setValue } from './set.ts';
import type { Type } from './type.ts';
import {
  listValue,
  mapValue,
  type Marks,
  NO_MARKS,
  numberValue,
  type Refinement,
  unknownValue,
  type Value,
} from './value.ts';

/** An unknown value, or the known one that the refinement leaves as the only possibility. */
export function refinedUnknown(type: Type, refinement: Refinement, marks: Marks = NO_MARKS): Value {
  if (type.kind === 'dynamic') return unknownValue(type, undefined, marks);
  return (
    (refinement.notNull === true ? onlyPossibility(type, refinement, marks) : undefined) ??
    plain(type, refinement, marks)
  );
}

/** The value, which is certainly not null: known already, or an unknown refined so. */
export function refineNotNull(value: Value): Value {
  if (value.kind !== 'unknown' || value.type.kind === 'dynamic' || value.refinement?.notNull === true) return value;
  return refinedUnknown(value.type, { ...value.refinement, notNull: true }, value.marks);
}

/** True when the value is known not to be null. */
export function isNeverNull(value: Value): boolean {
  return value.kind === 'unknown' ? value.refinement?.notNull === true : value.kind !== 'null';
}

function plain(type: Type, refinement: Refinement, marks: Marks): Value {
  return unknownValue(type, Object.keys(refinement).length === 0 ? undefined : refinement, marks);
}

function onlyPossibility(type: Type, refinement: Refinement, marks: Marks): Value | undefined {
  const { minimum, maximum, minLength, maxLength } = refinement;
  if (type.kind === 'number') {
    if (minimum === undefined || maximum === undefined || !minimum.inclusive || !maximum.inclusive) return undefined;
    return equalNum(minimum.value, maximum.value) ? numberValue(minimum.value, marks) : undefined;
  }
  if (maxLength === undefined || maxLength !== (minLength ?? 0)) return undefined;
  if (type.kind === 'list') {
    return listValue(type.element, new Array<Value>(maxLength).fill(unknownValue(type.element)), marks);
  }
  if (type.kind === 'map' && maxLength === 0) return mapValue(type.element, [], marks);
  if (type.kind === 'set' && maxLength === 0) return setValue(type.element, [], marks);
  if (type.kind === 'set' && maxLength === 1) return setValue(type.element, [unknownValue(type.element)], marks);
  return undefined;
}

/** How many elements a collection has at least and at most, as far as is known. */
export function lengthBounds(value: Value): { minimum: number; maximum: number | undefined } {
  switch (value.kind) {
    case 'list':
    case 'tuple':
      return { minimum: value.elements.length, maximum: value.elements.length };
    case 'set': {
      const unknowns = value.elements.some((element) => element.kind === 'unknown');
      return { minimum: unknowns ? 1 : value.elements.length, maximum: value.elements.length };
    }
    case 'map':
      return { minimum: value.entries.size, maximum: value.entries.size };
    case 'unknown':
      return { minimum: value.refinement?.minLength ?? 0, maximum: value.refinement?.maxLength };
    default:
      return { minimum: 0, maximum: undefined };
  }
}

/** Longest known prefix that is kept. */
const PREFIX_LIMIT = 128;
/** A text that ends in one of these stays what it is, whatever follows. */
const SAFE_ENDINGS = new Set('-_:;/\\,.(){}[]|?!~ \t@#$%^&*+"\'');

/** What is known of a text that begins with this one: less the last character, which the next one may still change. */
export function knownPrefix(text: string): string {
  let prefix = text;
  if (Buffer.byteLength(prefix) > PREFIX_LIMIT) prefix = Buffer.from(prefix).subarray(0, PREFIX_LIMIT).toString();
  prefix = prefix.replace(/\ufffd$/, '').normalize('NFC');
  if (SAFE_ENDINGS.has(prefix.slice(-1))) return prefix;
  const clusters = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(prefix)];
  return prefix.slice(0, clusters.at(-1)?.index ?? 0);
}

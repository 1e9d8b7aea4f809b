/** When two values are the same: by the language's `==`, and exactly, as the planner compares them. */
import { childrenOf, marksIn, unmarkDeep } from './marks.ts';
import { compareNum, equalNum } from './number.ts';
import { BOOL, type Type, typesEqual } from './type.ts';
import {
  boolValue,
  type KnownValue,
  type Marks,
  type Refinement,
  typeOf,
  type UnknownValue,
  unknownValue,
  type Value,
} from './value.ts';

// ---- The operator ----------------------------------------------------------------------------------------------

/** `a == b`: a bool, or an unknown one; it carries the marks of both in their whole depth. Never converts. */
export function equalValues(a: Value, b: Value): Value {
  const marks = marksIn(a) | marksIn(b);
  return marks === 0 ? verdictValue(compare(a, b), marks) : verdictValue(compare(unmarkDeep(a), unmarkDeep(b)), marks);
}

/** True when both are certainly equal. Marks do not matter. */
export function equalKnown(a: Value, b: Value): boolean {
  return compare(a, b) === true;
}

/** Undefined is "not known yet". */
type Verdict = boolean | undefined;

function verdictValue(verdict: Verdict, marks: Marks): Value {
  return verdict === undefined ? unknownValue(BOOL, { notNull: true }, marks) : boolValue(verdict, marks);
}

function compare(a: Value, b: Value): Verdict {
  if (a.kind === 'unknown' || b.kind === 'unknown') return compareUnknown(a, b);
  if (a.kind === 'null' || b.kind === 'null') return a.kind === b.kind;
  if (a.kind === 'string' && b.kind === 'string') return a.value === b.value;
  if (a.kind === 'number' && b.kind === 'number') return equalNum(a.value, b.value);
  if (a.kind === 'bool' && b.kind === 'bool') return a.value === b.value;
  if (hasUntypedUnknown(a) || hasUntypedUnknown(b)) return mayConform(typeOf(a), typeOf(b)) ? undefined : false;
  if (!typesOfValuesEqual(a, b)) return false;
  return compareCompound(a, b);
}

function compareUnknown(a: Value, b: Value): Verdict {
  if (a.kind === 'unknown' && b.kind === 'unknown') return undefined;
  const [unknown, known] = a.kind === 'unknown' ? [a, b] : [b as UnknownValue, a];
  if (known.kind === 'null') return unknown.refinement?.notNull === true ? false : undefined;
  if (known.kind === 'unknown') return undefined;
  if (hasDynamic(unknown.type)) return undefined;
  if (!typesEqual(unknown.type, typeOf(known))) return false;
  return unknown.refinement !== undefined && !includes(unknown.refinement, known) ? false : undefined;
}

/** False when the refinement rules this value out. */
function includes(refinement: Refinement, known: KnownValue): boolean {
  switch (known.kind) {
    case 'string':
      return refinement.prefix === undefined || known.value.startsWith(refinement.prefix);
    case 'number': {
      const { minimum, maximum } = refinement;
      if (minimum !== undefined && compareNum(known.value, minimum.value) < (minimum.inclusive ? 0 : 1)) return false;
      return maximum === undefined || compareNum(known.value, maximum.value) <= (maximum.inclusive ? 0 : -1);
    }
    case 'list':
    case 'set':
    case 'map': {
      const length = known.kind === 'map' ? known.entries.size : known.elements.length;
      if (known.kind === 'set' && known.elements.some((element) => element.kind === 'unknown')) return true;
      return length >= (refinement.minLength ?? 0) && length <= (refinement.maxLength ?? Number.POSITIVE_INFINITY);
    }
    default:
      return true;
  }
}

/** Two values of the same type. */
function compareCompound(a: KnownValue, b: KnownValue): Verdict {
  switch (a.kind) {
    case 'tuple':
    case 'list':
      return b.kind === a.kind ? compareSequences(a.elements, b.elements) : false;
    case 'set':
      return b.kind === 'set' ? compareSets(a.elements, b.elements) : false;
    case 'map':
      return b.kind === 'map' ? compareEntries(a.entries, b.entries) : false;
    case 'object':
      return b.kind === 'object' ? compareEntries(a.attributes, b.attributes) : false;
    default:
      return false;
  }
}

/** The first element that is not certainly equal decides. */
function compareSequences(a: readonly Value[], b: readonly Value[]): Verdict {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    const verdict = compareOptional(a[index], b[index]);
    if (verdict !== true) return verdict;
  }
  return true;
}

/** Here a certain difference wins over an unknown: the order of entries means nothing. */
function compareEntries(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): Verdict {
  if (a.size !== b.size) return false;
  let result: Verdict = true;
  for (const [key, entry] of a) {
    const verdict = compareOptional(entry, b.get(key));
    if (verdict === false) return false;
    if (verdict === undefined) result = undefined;
  }
  return result;
}

function compareSets(a: readonly Value[], b: readonly Value[]): Verdict {
  if (a.some((element) => element.kind === 'unknown') || b.some((element) => element.kind === 'unknown'))
    return undefined;
  if (a.length !== b.length) return false;
  return a.every((element, index) => equalKnown(element, b[index] ?? element));
}

function compareOptional(a: Value | undefined, b: Value | undefined): Verdict {
  return a === undefined || b === undefined ? false : compare(a, b);
}

/** An unknown of unknown type within: its type may yet become anything. */
function hasUntypedUnknown(value: Value): boolean {
  if (value.kind === 'unknown') return value.type.kind === 'dynamic';
  for (const child of childrenOf(value)) if (hasUntypedUnknown(child)) return true;
  return false;
}

/** A type with `dynamic` somewhere in it. */
export function hasDynamic(type: Type): boolean {
  switch (type.kind) {
    case 'dynamic':
      return true;
    case 'list':
    case 'set':
    case 'map':
      return hasDynamic(type.element);
    case 'tuple':
      return type.elements.some(hasDynamic);
    case 'object':
      for (const attribute of type.attributes.values()) if (hasDynamic(attribute)) return true;
      return false;
    default:
      return false;
  }
}

/** Whether both types could turn out the same once what is dynamic in them is known. */
function mayConform(a: Type, b: Type): boolean {
  if (a.kind === 'dynamic' || b.kind === 'dynamic') return true;
  switch (a.kind) {
    case 'list':
    case 'set':
    case 'map':
      return a.kind === b.kind && mayConform(a.element, b.element);
    case 'tuple':
      return (
        b.kind === 'tuple' &&
        a.elements.length === b.elements.length &&
        a.elements.every((element, index) => mayConform(element, b.elements[index] ?? element))
      );
    case 'object': {
      if (b.kind !== 'object' || a.attributes.size !== b.attributes.size) return false;
      for (const [name, attribute] of a.attributes) {
        const other = b.attributes.get(name);
        if (other === undefined || !mayConform(attribute, other)) return false;
      }
      return true;
    }
    default:
      return a.kind === b.kind;
  }
}

/** Whether both values have the same type, without building it where that can be avoided. */
export function typesOfValuesEqual(a: Value, b: Value): boolean {
  if (a.kind === 'tuple' && b.kind === 'tuple') {
    if (a.elements.length !== b.elements.length) return false;
    return a.elements.every((element, index) => typesOfValuesEqual(element, b.elements[index] ?? element));
  }
  if (a.kind === 'object' && b.kind === 'object') {
    if (a.attributes.size !== b.attributes.size) return false;
    for (const [name, attribute] of a.attributes) {
      const other = b.attributes.get(name);
      if (other === undefined || !typesOfValuesEqual(attribute, other)) return false;
    }
    return true;
  }
  return typesEqual(typeOf(a), typeOf(b));
}

// ---- Identity --------------------------------------------------------------------------------------------------

export interface SameOptions {
  readonly ignoreMarks?: boolean;
}

/** The very same value: type, nulls, unknowns, refinements and marks included. */
export function sameValue(a: Value, b: Value, options: SameOptions = {}): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || (options.ignoreMarks !== true && a.marks !== b.marks)) return false;
  switch (a.kind) {
    case 'string':
    case 'bool':
      return a.value === (b as typeof a).value;
    case 'number':
      return equalNum(a.value, (b as typeof a).value);
    case 'null':
      return typesEqual(a.type, (b as typeof a).type);
    case 'unknown':
      return typesEqual(a.type, (b as typeof a).type) && sameRefinement(a.refinement, (b as typeof a).refinement);
    case 'list':
    case 'set':
      return (
        typesEqual(a.element, (b as typeof a).element) && sameSequence(a.elements, (b as typeof a).elements, options)
      );
    case 'tuple':
      return sameSequence(a.elements, (b as typeof a).elements, options);
    case 'map':
      return typesEqual(a.element, (b as typeof a).element) && sameEntries(a.entries, (b as typeof a).entries, options);
    case 'object':
      return sameEntries(a.attributes, (b as typeof a).attributes, options);
  }
}

function sameSequence(a: readonly Value[], b: readonly Value[], options: SameOptions): boolean {
  return a.length === b.length && a.every((element, index) => sameOptional(element, b[index], options));
}

function sameEntries(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>, options: SameOptions): boolean {
  if (a.size !== b.size) return false;
  for (const [key, entry] of a) if (!sameOptional(entry, b.get(key), options)) return false;
  return true;
}

function sameOptional(a: Value, b: Value | undefined, options: SameOptions): boolean {
  return b !== undefined && sameValue(a, b, options);
}

function sameRefinement(a: Refinement | undefined, b: Refinement | undefined): boolean {
  return (
    (a?.notNull ?? false) === (b?.notNull ?? false) &&
    (a?.prefix ?? '') === (b?.prefix ?? '') &&
    (a?.minLength ?? 0) === (b?.minLength ?? 0) &&
    a?.maxLength === b?.maxLength &&
    sameBound(a?.minimum, b?.minimum) &&
    sameBound(a?.maximum, b?.maximum)
  );
}

function sameBound(a: Refinement['minimum'], b: Refinement['minimum']): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.inclusive === b.inclusive && equalNum(a.value, b.value);
}

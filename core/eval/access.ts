/** `value[key]` and `value.name`, with HCL's complaints. Knows values, not expressions. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Range } from '../diag/source.ts';
import type { TraversalStep } from '../hcl/ast.ts';
import { convertValue, isFailure } from '../value/convert.ts';
import { compareNum, isIntegerNum, type Num, numToInteger, signNum } from '../value/number.ts';
import { lengthBounds } from '../value/refine.ts';
import { friendlyTypeName } from '../value/show.ts';
import { NUMBER, STRING, type Type } from '../value/type.ts';
import { isPrimitive } from '../value/unify.ts';
import {
  type Marks,
  NO_MARKS,
  numberValue,
  stringValue,
  typeOf,
  UNKNOWN,
  unknownValue,
  type Value,
  withMarks,
} from '../value/value.ts';

const NO_SUCH_ELEMENT = 'The given key does not identify an element in this collection value';

/** Applies constant steps in order; UNKNOWN at the first that fails. */
export function applySteps(
  value: Value,
  steps: readonly TraversalStep[],
  from: number,
  diagnostics: Diagnostic[],
): Value {
  let at = value;
  for (let index = from; index < steps.length; index++) {
    const step = steps[index];
    if (step === undefined) break;
    const before = diagnostics.length;
    at = applyStep(at, step, diagnostics);
    if (diagnostics.length > before) return UNKNOWN;
  }
  return at;
}

export function applyStep(value: Value, step: TraversalStep, diagnostics: Diagnostic[]): Value {
  if (step.kind === 'attribute') return attributeOf(value, step.name, step, diagnostics);
  const key = typeof step.key === 'number' ? numberValue(step.key) : stringValue(step.key);
  return elementOf(value, key, step, diagnostics);
}

function refuse(diagnostics: Diagnostic[], range: Range, summary: string, detail: string): Value {
  diagnostics.push(errorAt(range, summary, detail));
  return UNKNOWN;
}

// ---- Attributes ------------------------------------------------------------------------------------------------

/** `value.name`; `range` is underlined in complaints. */
export function attributeOf(value: Value, name: string, range: Range, diagnostics: Diagnostic[]): Value {
  switch (value.kind) {
    case 'object': {
      const attribute = value.attributes.get(name);
      return attribute === undefined ? noAttribute(name, range, diagnostics) : withMarks(attribute, value.marks);
    }
    case 'map': {
      const entry = value.entries.get(name);
      if (entry !== undefined) return withMarks(entry, value.marks);
      const detail = `This map does not have an element with the key "${name}".`;
      return refuse(diagnostics, range, 'Missing map element', detail);
    }
    case 'null': {
      const detail = 'This value is null, so it does not have any attributes.';
      return refuse(diagnostics, range, 'Attempt to get attribute from null value', detail);
    }
    case 'unknown':
      return attributeOfUnknown(value.type, value.marks, name, range, diagnostics);
    default:
      return refuse(diagnostics, range, 'Unsupported attribute', whyNoAttributes(typeOf(value), name));
  }
}

function noAttribute(name: string, range: Range, diagnostics: Diagnostic[]): Value {
  return refuse(diagnostics, range, 'Unsupported attribute', `This object does not have an attribute named "${name}".`);
}

function attributeOfUnknown(type: Type, marks: Marks, name: string, range: Range, diagnostics: Diagnostic[]): Value {
  switch (type.kind) {
    case 'dynamic':
      return withMarks(UNKNOWN, marks);
    case 'map':
      return unknownValue(type.element, undefined, marks);
    case 'object': {
      const attribute = type.attributes.get(name);
      if (attribute === undefined) return noAttribute(name, range, diagnostics);
      return unknownValue(attribute, undefined, marks);
    }
    default:
      return refuse(diagnostics, range, 'Unsupported attribute', whyNoAttributes(type, name));
  }
}

function whyNoAttributes(type: Type, name: string): string {
  if (type.kind === 'list' && type.element.kind === 'object') {
    const which = type.element.attributes.has(name) ? `attribute "${name}"` : 'an attribute';
    return `Can't access attributes on a list of objects. Did you mean to access ${which} for a specific element of the list, or across all elements of the list?`;
  }
  if (type.kind === 'set' && type.element.kind === 'object') {
    return "Can't access attributes on a set of objects. Did you mean to access an attribute across all elements of the set?";
  }
  if (isPrimitive(type)) return `Can't access attributes on a primitive-typed value (${friendlyTypeName(type)}).`;
  return 'This value does not have any attributes.';
}

// ---- Indexes ---------------------------------------------------------------------------------------------------

/** `collection[key]`; `range` is underlined in complaints. */
export function elementOf(collection: Value, key: Value, range: Range, diagnostics: Diagnostic[]): Value {
  if (collection.kind === 'null') {
    const detail = 'This value is null, so it does not have any indices.';
    return refuse(diagnostics, range, 'Attempt to index null value', detail);
  }
  if (key.kind === 'null') return invalidIndex("Can't use a null value as an indexing key.", range, diagnostics);
  const isUntyped = collection.kind === 'unknown' && collection.type.kind === 'dynamic';
  if (isUntyped || (key.kind === 'unknown' && key.type.kind === 'dynamic')) return withMarks(UNKNOWN, collection.marks);
  switch (collection.kind === 'unknown' ? collection.type.kind : collection.kind) {
    case 'list':
    case 'tuple':
      return fromSequence(collection, key, range, diagnostics);
    case 'map':
      return fromMap(collection, key, range, diagnostics);
    case 'object':
      return fromObject(collection, key, range, diagnostics);
    case 'set': {
      const detail =
        "Elements of a set are identified only by their value and don't have any separate index or key to select with, so it's only possible to perform operations across all elements of the set.";
      return invalidIndex(detail, range, diagnostics);
    }
    default:
      return invalidIndex('This value does not have any indices.', range, diagnostics);
  }
}

function invalidIndex(detail: string, range: Range, diagnostics: Diagnostic[]): Value {
  return refuse(diagnostics, range, 'Invalid index', detail);
}

/** The key as one of this type; undefined after a complaint. */
function keyAs(key: Value, type: Type, range: Range, diagnostics: Diagnostic[]): Value | undefined {
  const converted = convertValue(key, type);
  if (!isFailure(converted)) return converted;
  invalidIndex(`${NO_SUCH_ELEMENT}: ${converted.message}.`, range, diagnostics);
  return undefined;
}

function fromSequence(sequence: Value, given: Value, range: Range, diagnostics: Diagnostic[]): Value {
  const key = keyAs(given, NUMBER, range, diagnostics);
  if (key === undefined) return UNKNOWN;
  const type = sequence.kind === 'unknown' ? sequence.type : undefined;
  if (key.kind !== 'number') {
    const isTuple = sequence.kind === 'tuple' || type?.kind === 'tuple';
    return isTuple
      ? withMarks(UNKNOWN, sequence.marks)
      : unknownValue(elementType(sequence), undefined, sequence.marks);
  }
  if (type?.kind === 'list') return unknownValue(type.element, undefined, sequence.marks);
  const index = numToInteger(key.value) ?? -1;
  const element =
    type?.kind === 'tuple'
      ? type.elements[index] && unknownValue(type.elements[index])
      : sequence.kind === 'list' || sequence.kind === 'tuple'
        ? sequence.elements[index]
        : undefined;
  if (element !== undefined) return withMarks(element, sequence.marks | key.marks);
  return invalidIndex(whyNoElement(sequence, key.value), range, diagnostics);
}

function elementType(collection: Value): Type {
  const type = typeOf(collection);
  return 'element' in type ? type.element : UNKNOWN.type;
}

function whyNoElement(sequence: Value, index: Num): string {
  if (!isIntegerNum(index)) {
    return `${NO_SUCH_ELEMENT}: indexing a sequence requires a whole number, but the given index has a fractional part.`;
  }
  if (signNum(index) < 0) return `${NO_SUCH_ELEMENT}: a negative number is not a valid index for a sequence.`;
  // The length of a sensitive list is as sensitive as the list.
  if (sequence.marks !== NO_MARKS) return `${NO_SUCH_ELEMENT}.`;
  const isUnknown = sequence.kind === 'unknown' && sequence.type.kind === 'tuple';
  const length = isUnknown ? sequence.type.elements.length : lengthBounds(sequence).minimum;
  // Only the first index behind the end gets the reason.
  if (compareNum(index, length) > 0) return `${NO_SUCH_ELEMENT}.`;
  if (length === 0) return `${NO_SUCH_ELEMENT}: the collection has no elements.`;
  return `${NO_SUCH_ELEMENT}: the given index is greater than or equal to the length of the collection.`;
}

function fromMap(map: Value, given: Value, range: Range, diagnostics: Diagnostic[]): Value {
  const key = keyAs(given, STRING, range, diagnostics);
  if (key === undefined) return UNKNOWN;
  if (map.kind !== 'map' || key.kind !== 'string') return unknownValue(elementType(map), undefined, map.marks);
  const entry = map.entries.get(key.value);
  if (entry === undefined) return invalidIndex(`${NO_SUCH_ELEMENT}.`, range, diagnostics);
  return withMarks(entry, map.marks | key.marks);
}

function fromObject(object: Value, given: Value, range: Range, diagnostics: Diagnostic[]): Value {
  const key = keyAs(given, STRING, range, diagnostics);
  if (key === undefined) return UNKNOWN;
  if (key.kind !== 'string') return withMarks(UNKNOWN, object.marks);
  const attribute =
    object.kind === 'object' ? object.attributes.get(key.value) : unknownAttribute(typeOf(object), key.value);
  if (attribute !== undefined) return withMarks(attribute, object.marks);
  const isNumber = given.kind === 'number';
  const hint = isNumber ? ' An object only supports looking up attributes by name, not by numeric index.' : '';
  return invalidIndex(`${NO_SUCH_ELEMENT}.${hint}`, range, diagnostics);
}

function unknownAttribute(type: Type, name: string): Value | undefined {
  const attribute = type.kind === 'object' ? type.attributes.get(name) : undefined;
  return attribute && unknownValue(attribute);
}

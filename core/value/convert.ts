/**
 * Terraform's automatic conversions of values. What fails is data with the path of the part that did not fit; which
 * diagnostic that becomes is the caller's business.
 */
import type { AttributePath } from '../diag/diagnostic.ts';
import { hasDynamic, typesOfValuesEqual } from './equal.ts';
import { mismatchMessage } from './mismatch.ts';
import { formatNum, parseNumText } from './number.ts';
import { lengthBounds, refinedUnknown } from './refine.ts';
import { setValue } from './set.ts';
import { compareUtf8, DYNAMIC, type ObjectType, type Type, typesEqual } from './type.ts';
import { canConvert, fillDynamic, unifyTypes, withoutOptional } from './unify.ts';
import {
  boolValue,
  type KnownValue,
  listValue,
  mapValue,
  nullValue,
  numberValue,
  objectValue,
  type Refinement,
  stringValue,
  tupleValue,
  type TupleValue,
  typeOf,
  type UnknownValue,
  unknownValue,
  type Value,
} from './value.ts';

/** `message` is the end of a sentence, without a full stop; `path` leads to the part that does not fit. */
export interface ConversionFailure {
  readonly kind: 'conversion-failure';
  readonly message: string;
  readonly path: AttributePath;
}

export function isFailure(result: Value | ConversionFailure): result is ConversionFailure {
  return result.kind === 'conversion-failure';
}

/** The value as one of this type; the very same value when it is one already. Marks stay where they are. */
export function convertValue(value: Value, type: Type): Value | ConversionFailure {
  const result = convertPart(value, type);
  if (!isFailure(result)) return result;
  // A type that can never fit is said of the whole; only a part whose type fits but not its value is named by itself.
  const given = typeOf(value);
  return canConvert(given, type) ? result : failure(mismatchMessage(given, type));
}

function failure(message: string, path: AttributePath = []): ConversionFailure {
  return { kind: 'conversion-failure', message, path };
}

function below(step: string | number, inner: ConversionFailure): ConversionFailure {
  return failure(inner.message, [step, ...inner.path]);
}

function convertPart(value: Value, type: Type): Value | ConversionFailure {
  if (type.kind === 'dynamic' || value.kind === type.kind) {
    if (type.kind === 'dynamic' || value.kind === 'string' || value.kind === 'number' || value.kind === 'bool') {
      return value;
    }
  }
  if (value.kind === 'null' || value.kind === 'unknown') return convertUntold(value, type);
  switch (type.kind) {
    case 'string':
      return toText(value);
    case 'number':
      return toNumber(value);
    case 'bool':
      return toBool(value);
    case 'list':
    case 'set':
      return toSequence(value, type.kind, type.element);
    case 'map':
      return toMap(value, type.element);
    case 'tuple':
      return toTuple(value, type.elements);
    case 'object':
      return toObject(value, type);
    default:
      return mismatch(value, type);
  }
}

function mismatch(value: Value, type: Type): ConversionFailure {
  return failure(mismatchMessage(typeOf(value), type));
}

// ---- Null and unknown ------------------------------------------------------------------------------------------

function convertUntold(value: Extract<Value, { kind: 'null' | 'unknown' }>, type: Type): Value | ConversionFailure {
  if (typesEqual(value.type, type) && !hasOptional(type)) return value;
  if (!canConvert(value.type, type)) return mismatch(value, type);
  const result = fillDynamic(value.type, withoutOptional(type));
  if (value.kind === 'null') return nullValue(result, value.marks);
  return refinedUnknown(result, transferred(value, result), value.marks);
}

function hasOptional(type: Type): boolean {
  return withoutOptional(type) !== type;
}

/** What remains known of an unknown value once it has another type. */
function transferred(value: UnknownValue, type: Type): Refinement {
  const notNull = value.refinement?.notNull === true ? ({ notNull: true } as const) : {};
  const from = value.type;
  if (from.kind === 'object' && type.kind === 'map') return { ...notNull, ...exactly(from.attributes.size) };
  if (from.kind === 'tuple' && type.kind === 'list') return { ...notNull, ...exactly(from.elements.length) };
  if (from.kind === 'tuple' && type.kind === 'set') {
    const length = from.elements.length;
    return { ...notNull, minLength: Math.min(length, 1), maxLength: length };
  }
  if (!('element' in from) || !('element' in type)) return notNull;
  const { minimum, maximum } = lengthBounds(value);
  const least = type.kind === 'set' ? Math.min(minimum, 1) : minimum;
  return {
    ...notNull,
    ...(least > 0 ? { minLength: least } : {}),
    ...(maximum === undefined ? {} : { maxLength: maximum }),
  };
}

function exactly(length: number): Refinement {
  return { minLength: length, maxLength: length };
}

// ---- Primitives ------------------------------------------------------------------------------------------------

function toText(value: KnownValue): Value | ConversionFailure {
  if (value.kind === 'number') return { kind: 'string', value: formatNum(value.value), marks: value.marks };
  if (value.kind === 'bool') return stringValue(value.value ? 'true' : 'false', value.marks);
  return failure('string required');
}

function toNumber(value: KnownValue): Value | ConversionFailure {
  if (value.kind !== 'string') return failure('number required');
  const num = parseNumText(value.value);
  return num === undefined ? failure('a number is required') : numberValue(num, value.marks);
}

function toBool(value: KnownValue): Value | ConversionFailure {
  if (value.kind !== 'string') return failure('bool required');
  const text = value.value;
  if (text === 'true' || text === '1') return boolValue(true, value.marks);
  if (text === 'false' || text === '0') return boolValue(false, value.marks);
  const lower = text.toLowerCase();
  if (lower !== 'true' && lower !== 'false') return failure('a bool is required');
  return failure(`a bool is required; to convert from string, use lowercase "${lower}"`);
}

// ---- Lists and sets --------------------------------------------------------------------------------------------

function toSequence(value: KnownValue, kind: 'list' | 'set', element: Type): Value | ConversionFailure {
  if (value.kind === 'tuple') return tupleToSequence(value, kind, element);
  if (value.kind !== 'list' && value.kind !== 'set') return mismatch(value, { kind, element });
  const unchanged = element.kind === 'dynamic' || (typesEqual(value.element, element) && !hasOptional(element));
  if (unchanged && value.kind === kind) return value;
  if (!unchanged && !canConvert(value.element, element)) return mismatch(value, { kind, element });
  if (kind === 'list' && value.kind === 'set' && value.elements.length > 1 && value.elements.some(isUnknown)) {
    // How many elements there will be is not known: some may turn out equal.
    return unknownValue({ kind: 'list', element: value.element }, undefined, value.marks);
  }
  const elements = unchanged ? value.elements : convertAll(value.elements, element);
  if (!Array.isArray(elements)) return elements as ConversionFailure;
  return sequenceOf(kind, elements, element, value.element, value.marks);
}

function isUnknown(value: Value): boolean {
  return value.kind === 'unknown';
}

function tupleToSequence(value: TupleValue, kind: 'list' | 'set', element: Type): Value | ConversionFailure {
  let wanted: Type | undefined = element;
  if (element.kind === 'dynamic' && value.elements.length > 0) {
    wanted = unifyTypes(value.elements.map(typeOf));
    const typed = wanted?.kind !== 'dynamic' || value.elements.every((item) => typeOf(item).kind === 'dynamic');
    if (wanted === undefined || !typed) return mismatch(value, { kind, element });
  }
  const elements = convertAll(value.elements, wanted);
  if (!Array.isArray(elements)) return elements as ConversionFailure;
  return sequenceOf(kind, elements, wanted, wanted, value.marks);
}

function convertAll(elements: readonly Value[], type: Type): Value[] | ConversionFailure {
  const result: Value[] = [];
  for (let index = 0; index < elements.length; index++) {
    const converted = convertPart(elements[index] as Value, type);
    if (isFailure(converted)) return below(index, converted);
    result.push(converted);
  }
  return result;
}

/** `fallback` is the element type of an empty collection when the wanted one is `any`. */
function sequenceOf(
  kind: 'list' | 'set',
  elements: readonly Value[],
  wanted: Type,
  fallback: Type,
  marks: number,
): Value | ConversionFailure {
  const typed = withOneType(elements, wanted, fallback);
  if (typed === undefined) return failure(`element types must all match for conversion to ${kind}`);
  return kind === 'list' ? listValue(typed.type, typed.elements, marks) : setValue(typed.type, typed.elements, marks);
}

/** Gives elements one type where the wanted one leaves it open; undefined when they have none in common. */
function withOneType(
  elements: readonly Value[],
  wanted: Type,
  fallback: Type,
): { type: Type; elements: readonly Value[] } | undefined {
  if (!hasDynamic(wanted)) return { type: withoutOptional(wanted), elements };
  const [first] = elements;
  if (first === undefined) return { type: withoutOptional(wanted.kind === 'dynamic' ? fallback : wanted), elements };
  if (elements.every((element) => typesOfValuesEqual(element, first))) return { type: typeOf(first), elements };
  const type = unifyTypes(elements.map(typeOf));
  if (type === undefined) return undefined;
  const converted = convertAll(elements, type);
  return Array.isArray(converted) ? { type, elements: converted } : undefined;
}

// ---- Maps ------------------------------------------------------------------------------------------------------

function toMap(value: KnownValue, element: Type): Value | ConversionFailure {
  if (value.kind === 'map') {
    if (element.kind === 'dynamic' || (typesEqual(value.element, element) && !hasOptional(element))) return value;
    if (!canConvert(value.element, element)) return mismatch(value, { kind: 'map', element });
    return mapOf(value.entries, element, value.element, value.marks);
  }
  if (value.kind !== 'object') return mismatch(value, { kind: 'map', element });
  if (element.kind !== 'dynamic' || value.attributes.size === 0) {
    return mapOf(value.attributes, element, element, value.marks);
  }
  const unified = unifyTypes([...value.attributes.values()].map(typeOf));
  if (unified === undefined) return mismatch(value, { kind: 'map', element });
  return mapOf(value.attributes, unified, unified, value.marks);
}

function mapOf(
  entries: ReadonlyMap<string, Value>,
  wanted: Type,
  fallback: Type,
  marks: number,
): Value | ConversionFailure {
  const keys = [...entries.keys()];
  const converted: Value[] = [];
  for (const [key, entry] of entries) {
    const result = convertPart(entry, wanted);
    if (isFailure(result)) return below(key, result);
    converted.push(result);
  }
  const typed = withOneType(converted, wanted, fallback);
  if (typed === undefined) return failure('cannot find a common base type for all elements');
  const { elements } = typed;
  return mapValue(typed.type, new Map(keys.map((key, index) => [key, elements[index] as Value])), marks);
}

// ---- Structures ------------------------------------------------------------------------------------------------

function toTuple(value: KnownValue, types: readonly Type[]): Value | ConversionFailure {
  if (value.kind !== 'tuple' || value.elements.length !== types.length) {
    return mismatch(value, { kind: 'tuple', elements: types });
  }
  let changed = false;
  const elements: Value[] = [];
  for (let index = 0; index < types.length; index++) {
    const element = value.elements[index] as Value;
    const converted = convertPart(element, types[index] ?? DYNAMIC);
    if (isFailure(converted)) return below(index, converted);
    if (converted !== element) changed = true;
    elements.push(converted);
  }
  return changed ? tupleValue(elements, value.marks) : value;
}

function toObject(value: KnownValue, type: ObjectType): Value | ConversionFailure {
  if (value.kind !== 'object' && value.kind !== 'map') return mismatch(value, type);
  const given = value.kind === 'object' ? value.attributes : value.entries;
  let changed = value.kind === 'map' || given.size !== type.attributes.size;
  const attributes = new Map<string, Value>();
  for (const [name, wanted] of type.attributes) {
    const attribute = given.get(name);
    const converted = attribute === undefined ? absent(value, type, name, wanted) : convertPart(attribute, wanted);
    if (isFailure(converted)) return attribute === undefined ? converted : below(name, converted);
    if (converted !== attribute) changed = true;
    attributes.set(name, converted);
  }
  return changed ? objectValue(attributes, value.marks) : value;
}

function absent(value: KnownValue, type: ObjectType, name: string, wanted: Type): Value | ConversionFailure {
  if (type.optional?.has(name) === true) return nullValue(withoutOptional(wanted));
  if (value.kind === 'map') return failure(`map has no element for required attribute "${name}"`);
  return mismatch(value, type);
}

// ---- Defaults of optional attributes ---------------------------------------------------------------------------

/** Defaults of `optional(T, default)`, mirroring the type that they belong to. */
export interface Defaults {
  readonly values: ReadonlyMap<string, Value>;
  /** Under attribute names; '' for the elements of a collection; the index as text for a tuple. */
  readonly children: ReadonlyMap<string, Defaults>;
}

/**
 * Puts defaults where attributes are absent or null, in depth. Comes before the conversion to the type, so the result
 * may have a looser type than the value: a list of objects that no longer agree is a tuple.
 */
export function applyDefaults(value: Value, defaults: Defaults): Value {
  if (defaults.values.size === 0 && defaults.children.size === 0) return value;
  switch (value.kind) {
    case 'list':
    case 'set':
    case 'tuple': {
      const elements = value.elements.map((element, index) =>
        withDefaults(element, childDefaults(defaults, String(index))),
      );
      return value.kind === 'tuple' ? tupleValue(elements, value.marks) : regathered(value, elements);
    }
    case 'map':
    case 'object':
      return applyToAttributes(value, defaults);
    default:
      return value;
  }
}

function childDefaults(defaults: Defaults, key: string): Defaults | undefined {
  return defaults.children.get(key) ?? defaults.children.get('');
}

function withDefaults(value: Value, defaults: Defaults | undefined): Value {
  return defaults === undefined ? value : applyDefaults(value, defaults);
}

function regathered(value: Extract<Value, { kind: 'list' | 'set' }>, elements: readonly Value[]): Value {
  const loose = tupleValue(elements, value.marks);
  if (elements.length === 0) return value;
  const collected = convertValue(loose, { kind: value.kind, element: DYNAMIC });
  return isFailure(collected) ? loose : collected;
}

function applyToAttributes(value: Extract<Value, { kind: 'map' | 'object' }>, defaults: Defaults): Value {
  const attributes = new Map<string, Value>();
  const given = value.kind === 'map' ? value.entries : value.attributes;
  for (const [name, attribute] of given) attributes.set(name, withDefaults(attribute, childDefaults(defaults, name)));
  for (const [name, fallback] of defaults.values) {
    const present = attributes.get(name);
    if (present !== undefined && present.kind !== 'null') continue;
    attributes.set(name, withDefaults(fallback, defaults.children.get(name)));
  }
  const sorted = new Map([...attributes].sort((a, b) => compareUtf8(a[0], b[0])));
  const object = objectValue(sorted, value.marks);
  if (value.kind === 'object' || sorted.size === 0) return value.kind === 'object' ? object : value;
  const map = convertValue(object, { kind: 'map', element: DYNAMIC });
  return isFailure(map) ? object : map;
}

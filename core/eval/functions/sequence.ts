/** Functions of lists, tuples and sets. What an element is does not matter to them, but for equality and null. */
import { equalValues } from '../../value/equal.ts';
import { isWhollyKnown } from '../../value/marks.ts';
import { addNum, compareNum, isArithmeticError } from '../../value/number.ts';
import { friendlyTypeName } from '../../value/show.ts';
import { BOOL, DYNAMIC, NUMBER, STRING, type Type, compareUtf8, listType, tupleType } from '../../value/type.ts';
import {
  FALSE,
  type Num,
  TRUE,
  type Value,
  listValue,
  numberValue,
  stringValue,
  tupleValue,
  typeOf,
  unknownValue,
  withMarks,
} from '../../value/value.ts';
import { convertValue, isFailure } from '../../value/convert.ts';
import { unifyTypes } from '../../value/unify.ts';
import type { CallError } from '../scope.ts';
import {
  type Arguments,
  NOT_AN_INTEGER,
  NOT_NULL,
  argumentAt,
  callError,
  defineFunction,
  elementsOf,
  integerOf,
  isCallError,
  numOf,
  parameter,
} from './define.ts';
import { lengthOf } from './length.ts';

const ANY_LIST = listType(DYNAMIC);

function isListOrTuple(type: Type): boolean {
  return type.kind === 'list' || type.kind === 'tuple';
}

function elementTypeOf(list: Value): Type {
  const type = typeOf(list);
  return type.kind === 'list' || type.kind === 'set' ? type.element : DYNAMIC;
}

const length = defineFunction({
  name: 'length',
  parameters: [parameter('value', DYNAMIC, { acceptsUnknown: true, acceptsDynamic: true, acceptsMarks: true })],
  returns: NUMBER,
  refinement: { notNull: true, minimum: { value: 0, inclusive: true } },
  call: (args) => lengthOf(argumentAt(args, 0)),
});

const element = defineFunction({
  name: 'element',
  parameters: [parameter('list', DYNAMIC, { acceptsMarks: true }), parameter('index', NUMBER)],
  nullable: true,
  returns: (args) => {
    const type = typeOf(argumentAt(args, 0));
    if (type.kind === 'list') return type.element;
    if (type.kind !== 'tuple') return callError(`cannot read elements from ${friendlyTypeName(type)}`);
    const index = argumentAt(args, 1);
    if (index.kind !== 'number') return DYNAMIC;
    const wrapped = wrapIndex(index.value, type);
    return typeof wrapped === 'number' ? (type.elements[wrapped] ?? DYNAMIC) : wrapped;
  },
  call: (args) => {
    const list = argumentAt(args, 0);
    if (list.kind !== 'list' && list.kind !== 'tuple') {
      return callError(`cannot read elements from ${friendlyTypeName(typeOf(list))}`);
    }
    const index = wrapIndex(numOf(args, 1), list);
    return typeof index === 'number' ? withMarks(argumentAt(list.elements, index), list.marks) : index;
  },
});

/** Around the end of the list; before its start only in a list, since a tuple's type must not depend on it. */
function wrapIndex(index: Num, { kind, elements }: Sequence): number | CallError {
  const whole = integerOf(index);
  if (whole === undefined) return callError(`invalid index: ${NOT_AN_INTEGER}`);
  if (elements.length === 0) return callError('cannot use element function with an empty list');
  const wrapped = whole % elements.length;
  if (wrapped >= 0) return wrapped + 0;
  return kind === 'list' ? wrapped + elements.length : callError('cannot use element function with a negative index');
}

interface Sequence {
  readonly kind: string;
  readonly elements: readonly unknown[];
}

const concat = defineFunction({
  name: 'concat',
  variadic: parameter('seqs', DYNAMIC, { acceptsMarks: true }),
  returns: typeOfConcat,
  call: (args) => {
    const type = typeOfConcat(args);
    if (isCallError(type)) return type;
    const marks = args.reduce((all, arg) => all | arg.marks, 0);
    const elements = args.flatMap(elementsOf);
    if (type.kind !== 'list') return tupleValue(elements, marks);
    const converted = convertValue(tupleValue(elements), type);
    return isFailure(converted) ? callError(converted.message) : withMarks(converted, marks);
  },
});

/** A list when all are lists whose elements have something in common, otherwise a tuple. */
function typeOfConcat(args: Arguments): Type | CallError {
  if (args.length === 0) return callError('at least one argument is required');
  const types = args.map(typeOf);
  for (const [index, type] of types.entries()) {
    if (isListOrTuple(type)) continue;
    return callError(`all arguments must be lists or tuples; got ${friendlyTypeName(type)}`, index);
  }
  if (types.every((type) => type.kind === 'list')) {
    const common = unifyTypes(types);
    if (common !== undefined) return common;
  }
  if (args.some((arg) => arg.kind === 'unknown' && arg.type.kind === 'list')) return DYNAMIC;
  return tupleType(args.flatMap(elementTypes));
}

function elementTypes(list: Value): readonly Type[] {
  const type = typeOf(list);
  if (type.kind === 'tuple') return type.elements;
  return list.kind === 'list' ? list.elements.map(() => list.element) : [];
}

const slice = defineFunction({
  name: 'slice',
  parameters: [
    parameter('list', DYNAMIC, { acceptsMarks: true }),
    parameter('start_index', NUMBER),
    parameter('end_index', NUMBER),
  ],
  returns: (args) => {
    const bounds = sliceBounds(args);
    if (isCallError(bounds)) return bounds;
    const type = typeOf(argumentAt(args, 0));
    if (type.kind !== 'tuple') return type;
    const { start, end } = bounds;
    return start === undefined || end === undefined ? DYNAMIC : tupleType(type.elements.slice(start, end));
  },
  call: (args) => {
    const bounds = sliceBounds(args);
    if (isCallError(bounds)) return bounds;
    const list = argumentAt(args, 0);
    const elements = elementsOf(list).slice(bounds.start, bounds.end);
    return list.kind === 'list' ? listValue(list.element, elements, list.marks) : tupleValue(elements, list.marks);
  },
});

interface Bounds {
  readonly kind: 'bounds';
  readonly start: number | undefined;
  readonly end: number | undefined;
}

const CANNOT_SLICE_SET =
  'cannot slice a set, because its elements do not have indices; explicitly convert to a list if the ordering of the result is not important';

/** Undefined where a bound is not known yet. */
function sliceBounds(args: Arguments): Bounds | CallError {
  const list = argumentAt(args, 0);
  const type = typeOf(list);
  if (type.kind === 'set') return callError(CANNOT_SLICE_SET, 0);
  if (!isListOrTuple(type)) return callError('must be a list or tuple value', 0);
  const size = type.kind === 'tuple' ? type.elements.length : list.kind === 'list' ? list.elements.length : undefined;
  const start = sliceBound(args, 1, 'start', size);
  if (typeof start === 'object') return start;
  const end = sliceBound(args, 2, 'end', size);
  if (typeof end === 'object') return end;
  if (start !== undefined && end !== undefined && start > end) {
    return callError('start index must not be greater than end index', 1);
  }
  return { kind: 'bounds', start, end };
}

function sliceBound(
  args: Arguments,
  at: number,
  name: string,
  size: number | undefined,
): number | undefined | CallError {
  const value = argumentAt(args, at);
  if (value.kind !== 'number') return undefined;
  const index = integerOf(value.value);
  if (index === undefined) return callError(`invalid ${name} index: ${NOT_AN_INTEGER}`, at);
  if (index < 0) return callError(`${name} index must not be less than zero`, at);
  if (size !== undefined && index > size) {
    return callError(`${name} index must not be greater than the length of the list`, at);
  }
  return index;
}

const reverse = defineFunction({
  name: 'reverse',
  parameters: [parameter('list', DYNAMIC, { acceptsMarks: true })],
  returns: (args) => {
    const type = typeOf(argumentAt(args, 0));
    if (type.kind === 'tuple') return tupleType([...type.elements].reverse());
    if (type.kind === 'list' || type.kind === 'set') return listType(type.element);
    return callError(`can only reverse list or tuple values, not ${friendlyTypeName(type)}`, 0);
  },
  call: (args) => {
    const list = argumentAt(args, 0);
    if (list.kind === 'tuple') return tupleValue([...list.elements].reverse(), list.marks);
    if (list.kind === 'list' || list.kind === 'set') {
      return listValue(list.element, [...list.elements].reverse(), list.marks);
    }
    return callError(`can only reverse list or tuple values, not ${friendlyTypeName(typeOf(list))}`, 0);
  },
});

const NOT_FLATTENED = 'can only flatten lists, sets and tuples';

const flatten = defineFunction({
  name: 'flatten',
  parameters: [parameter('list', DYNAMIC, { acceptsMarks: true })],
  returns: (args) => (isSequence(typeOf(argumentAt(args, 0))) ? DYNAMIC : callError(NOT_FLATTENED)),
  call: (args) => {
    const list = argumentAt(args, 0);
    if (!isSequence(typeOf(list))) return callError(NOT_FLATTENED);
    const flat: Flat = { elements: [], marks: 0, known: true };
    flattenInto(list, flat);
    return flat.known ? tupleValue(flat.elements, flat.marks) : unknownValue(DYNAMIC, undefined, flat.marks);
  },
});

interface Flat {
  readonly elements: Value[];
  marks: number;
  /** False once a part of unknown length has been met. */
  known: boolean;
}

function flattenInto(list: Value, flat: Flat): void {
  flat.marks |= list.marks;
  const size = lengthOf(list);
  if (isCallError(size) || size.kind === 'unknown') {
    flat.known = false;
    return;
  }
  for (const item of elementsOf(list)) {
    const type = typeOf(item);
    if (item.kind === 'unknown' && type.kind === 'dynamic') flat.known = false;
    if (item.kind !== 'null' && isSequence(type)) flattenInto(item, flat);
    else flat.elements.push(item);
  }
}

function isSequence(type: Type): boolean {
  return type.kind === 'list' || type.kind === 'tuple' || type.kind === 'set';
}

const compact = defineFunction({
  name: 'compact',
  parameters: [parameter('list', listType(STRING))],
  returns: listType(STRING),
  call: (args) => {
    const list = argumentAt(args, 0);
    if (!isWhollyKnown(list)) return unknownValue(listType(STRING), NOT_NULL);
    const kept = elementsOf(list).filter((item) => item.kind === 'string' && item.value !== '');
    return listValue(STRING, kept);
  },
});

const distinct = defineFunction({
  name: 'distinct',
  parameters: [parameter('list', ANY_LIST)],
  returns: (args) => typeOf(argumentAt(args, 0)),
  call: (args) => {
    const list = argumentAt(args, 0);
    if (!isWhollyKnown(list)) return unknownValue(typeOf(list), NOT_NULL);
    const kept: Value[] = [];
    const seen = new Set<string>();
    for (const item of elementsOf(list)) {
      if (item.kind === 'string') {
        if (seen.has(item.value)) continue;
        seen.add(item.value);
      } else if (kept.some((other) => isEqual(other, item) === true)) {
        continue;
      }
      kept.push(item);
    }
    return listValue(elementTypeOf(list), kept);
  },
});

/** Undefined when it depends on something unknown. */
function isEqual(a: Value, b: Value): boolean | undefined {
  const equal = equalValues(a, b);
  return equal.kind === 'bool' ? equal.value : undefined;
}

const contains = defineFunction({
  name: 'contains',
  parameters: [parameter('list', DYNAMIC), parameter('value', DYNAMIC)],
  returns: BOOL,
  call: (args) => {
    const list = argumentAt(args, 0);
    if (!isSequence(typeOf(list))) return callError('argument must be list, tuple, or set');
    const sought = argumentAt(args, 1);
    let unsure = false;
    for (const item of elementsOf(list)) {
      const equal = isEqual(sought, item);
      if (equal === true) return TRUE;
      unsure ||= equal === undefined;
    }
    return unsure ? unknownValue(BOOL, NOT_NULL) : FALSE;
  },
});

const index = defineFunction({
  name: 'index',
  parameters: [parameter('list', DYNAMIC), parameter('value', DYNAMIC)],
  returns: NUMBER,
  call: (args) => {
    const list = argumentAt(args, 0);
    if (!isListOrTuple(typeOf(list))) return callError('argument must be a list or tuple');
    const elements = elementsOf(list);
    if (elements.length === 0) return callError('cannot search an empty list');
    for (const [at, item] of elements.entries()) {
      const equal = isEqual(item, argumentAt(args, 1));
      if (equal === undefined) return unknownValue(NUMBER, NOT_NULL);
      if (equal) return numberValue(at);
    }
    return callError('item not found');
  },
});

const chunklist = defineFunction({
  name: 'chunklist',
  parameters: [parameter('list', ANY_LIST, { acceptsMarks: true }), parameter('size', NUMBER, { acceptsMarks: true })],
  returns: (args) => listType(typeOf(argumentAt(args, 0))),
  call: (args) => {
    const list = argumentAt(args, 0);
    const size = integerOf(numOf(args, 1));
    if (size === undefined) return callError(`invalid size: ${NOT_AN_INTEGER}`);
    if (size < 0) return callError('the size argument must be positive');
    const item = elementTypeOf(list);
    const marks = list.marks | argumentAt(args, 1).marks;
    const chunks = chunksOf(elementsOf(list), size).map((chunk) => listValue(item, chunk));
    return listValue(listType(item), chunks, marks);
  },
});

/** Size 0 means one chunk. */
function chunksOf(elements: readonly Value[], size: number): (readonly Value[])[] {
  const step = size === 0 ? elements.length : size;
  const chunks: (readonly Value[])[] = [];
  for (let start = 0; start < elements.length; start += step) chunks.push(elements.slice(start, start + step));
  return chunks;
}

const MOST_IN_RANGE = 1024;
const RANGE_TOO_LONG = `more than ${MOST_IN_RANGE} values were generated; either decrease the difference between start and end or use a smaller step`;

const range = defineFunction({
  name: 'range',
  variadic: parameter('params', NUMBER),
  returns: listType(NUMBER),
  call: (args) => {
    if (args.length < 1 || args.length > 3) return callError('must have one, two, or three arguments');
    const start = args.length === 1 ? 0 : numOf(args, 0);
    const end = numOf(args, args.length === 1 ? 0 : 1);
    const step = args.length === 3 ? numOf(args, 2) : compareNum(end, start) < 0 ? -1 : 1;
    return rangeOf(start, end, step);
  },
});

function rangeOf(start: Num, end: Num, step: Num): Value | CallError {
  const towards = compareNum(step, 0) < 0 ? -1 : 1;
  if (compareNum(end, start) === -towards) {
    const [than, sign] = towards < 0 ? ['less', 'negative'] : ['greater', 'positive'];
    return callError(`end must be ${than} than start when step is ${sign}`, 1);
  }
  const values: Value[] = [];
  let value = start;
  while (compareNum(end, value) === towards) {
    if (values.length >= MOST_IN_RANGE) return callError(RANGE_TOO_LONG);
    values.push(numberValue(value));
    const next = addNum(value, step);
    if (isArithmeticError(next)) return callError(next.message);
    value = next;
  }
  return listValue(NUMBER, values);
}

const sort = defineFunction({
  name: 'sort',
  parameters: [parameter('list', listType(STRING))],
  returns: listType(STRING),
  call: (args) => {
    const elements = elementsOf(argumentAt(args, 0));
    // What comes first is not known, but how many come is.
    if (!elements.every(isWhollyKnown))
      return listValue(
        STRING,
        elements.map(() => unknownValue(STRING)),
      );
    const texts: string[] = [];
    for (const [at, item] of elements.entries()) {
      if (item.kind !== 'string') return callError(`given list element ${at} is null; a null string cannot be sorted`);
      texts.push(item.value);
    }
    return listValue(
      STRING,
      texts.sort(compareUtf8).map((text) => stringValue(text)),
    );
  },
});

const alltrue = defineFunction({
  name: 'alltrue',
  parameters: [parameter('list', listType(BOOL))],
  returns: BOOL,
  call: (args) => {
    for (const item of elementsOf(argumentAt(args, 0))) {
      if (item.kind === 'unknown') return unknownValue(BOOL, NOT_NULL);
      if (item.kind !== 'bool' || !item.value) return FALSE;
    }
    return TRUE;
  },
});

const anytrue = defineFunction({
  name: 'anytrue',
  parameters: [parameter('list', listType(BOOL))],
  returns: BOOL,
  call: (args) => {
    const elements = elementsOf(argumentAt(args, 0));
    if (elements.some((item) => item.kind === 'bool' && item.value)) return TRUE;
    return elements.some((item) => item.kind === 'unknown') ? unknownValue(BOOL, NOT_NULL) : FALSE;
  },
});

const NOT_ONE = 'must be a list, set, or tuple value with either zero or one elements';

const one = defineFunction({
  name: 'one',
  parameters: [parameter('list', DYNAMIC)],
  nullable: true,
  returns: (args) => {
    const type = typeOf(argumentAt(args, 0));
    if (type.kind === 'list' || type.kind === 'set') return type.element;
    if (type.kind !== 'tuple' || type.elements.length > 1) return callError(NOT_ONE, 0);
    return type.elements[0] ?? DYNAMIC;
  },
  call: (args) => {
    const list = argumentAt(args, 0);
    if (list.kind !== 'list' && list.kind !== 'set' && list.kind !== 'tuple') return callError(NOT_ONE, 0);
    const size = lengthOf(list);
    if (!isCallError(size) && size.kind === 'unknown') return unknownValue(elementTypeOf(list));
    if (list.elements.length > 1) return callError(NOT_ONE, 0);
    return list.elements[0] ?? { kind: 'null', type: elementTypeOf(list), marks: 0 };
  },
});

export const sequenceFunctions = [
  alltrue,
  anytrue,
  chunklist,
  compact,
  concat,
  contains,
  distinct,
  element,
  flatten,
  index,
  length,
  one,
  range,
  reverse,
  slice,
  sort,
];

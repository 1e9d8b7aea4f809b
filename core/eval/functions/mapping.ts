/** Functions of maps and objects. Entries are in order already, so nothing here sorts names. */
import { convertValue, isFailure } from '../../value/convert.ts';
import { equalValues } from '../../value/equal.ts';
import { isWhollyKnown } from '../../value/marks.ts';
import { friendlyTypeName } from '../../value/show.ts';
import {
  DYNAMIC,
  STRING,
  type Type,
  compareUtf8,
  listType,
  mapType,
  objectType,
  tupleType,
  typesEqual,
} from '../../value/type.ts';
import {
  NO_MARKS,
  type Value,
  listValue,
  mapValue,
  objectValue,
  stringValue,
  tupleValue,
  typeOf,
  unknownValue,
  withMarks,
} from '../../value/value.ts';
import { unifyTypes } from '../../value/unify.ts';
import type { CallError } from '../scope.ts';
import {
  type Arguments,
  NOT_NULL,
  argumentAt,
  callError,
  defineFunction,
  elementsOf,
  entriesOf,
  isCallError,
  parameter,
  shown,
  textOf,
} from './define.ts';
import { quote } from './text.ts';

const keys = defineFunction({
  name: 'keys',
  parameters: [parameter('inputMap', DYNAMIC, { acceptsUnknown: true, acceptsMarks: true })],
  returns: (args) => {
    const type = typeOf(argumentAt(args, 0));
    if (type.kind === 'map') return listType(STRING);
    if (type.kind === 'object') return tupleType([...type.attributes].map(() => STRING));
    return callError('must have map or object type', 0);
  },
  call: (args) => {
    const map = argumentAt(args, 0);
    const type = typeOf(map);
    if (map.kind === 'map') return listValue(STRING, textsOf(map.entries.keys()), map.marks);
    // The names of an object's attributes belong to its type, which is known before the object is.
    if (type.kind === 'object') return tupleValue(textsOf(type.attributes.keys()), map.marks);
    if (type.kind === 'map') return unknownValue(listType(STRING), NOT_NULL, map.marks);
    return callError('must have map or object type', 0);
  },
});

function textsOf(texts: Iterable<string>): Value[] {
  return Array.from(texts, (text) => stringValue(text));
}

const NOT_A_MAP = 'values() requires a map as the first argument';

const values = defineFunction({
  name: 'values',
  parameters: [parameter('mapping', DYNAMIC, { acceptsMarks: true })],
  returns: (args) => {
    const type = typeOf(argumentAt(args, 0));
    if (type.kind === 'map') return listType(type.element);
    return type.kind === 'object' ? tupleType([...type.attributes.values()]) : callError(NOT_A_MAP);
  },
  call: (args) => {
    const map = argumentAt(args, 0);
    if (map.kind === 'map') return listValue(map.element, [...map.entries.values()], map.marks);
    return map.kind === 'object' ? tupleValue([...map.attributes.values()], map.marks) : callError(NOT_A_MAP);
  },
});

const lookup = defineFunction({
  name: 'lookup',
  parameters: [
    parameter('inputMap', DYNAMIC, { acceptsMarks: true }),
    parameter('key', STRING, { acceptsMarks: true }),
  ],
  variadic: parameter('default', DYNAMIC, {
    nullable: true,
    acceptsUnknown: true,
    acceptsDynamic: true,
    acceptsMarks: true,
  }),
  nullable: true,
  returns: (args) => {
    const type = lookupType(args);
    if (isCallError(type) || type.kind === 'map') return type.kind === 'map' ? type.element : type;
    const key = argumentAt(args, 1);
    if (key.kind !== 'string' || type.kind !== 'object') return DYNAMIC;
    const fallback = args[2];
    return type.attributes.get(key.value) ?? (fallback ? typeOf(fallback) : noSuchAttribute(key.value));
  },
  call: (args) => {
    const type = lookupType(args);
    if (isCallError(type)) return type;
    const map = argumentAt(args, 0);
    const key = argumentAt(args, 1);
    const marks = map.marks | key.marks;
    const name = textOf(args, 1);
    const found = entriesOf(map).get(name);
    if (found !== undefined) return withMarks(found, marks);
    const fallback = args[2];
    if (fallback === undefined) {
      if (type.kind === 'object') return noSuchAttribute(name);
      return callError(`lookup failed to find key ${shown(quote(name), key.marks)}`);
    }
    const converted = convertValue(fallback, type.kind === 'map' ? type.element : DYNAMIC);
    return isFailure(converted) ? DEFAULT_MISMATCH : withMarks(converted, marks);
  },
});

const DEFAULT_MISMATCH = callError('the default value must have the same type as the map elements', 2);

function noSuchAttribute(name: string): CallError {
  return callError(`the given object has no attribute ${quote(name)}`, 0);
}

/** The type of the map or object, if the arguments make sense. */
function lookupType(args: Arguments): Type | CallError {
  if (args.length > 3) return callError(`lookup() takes two or three arguments, got ${args.length}`);
  const type = typeOf(argumentAt(args, 0));
  if (type.kind === 'object') return type;
  if (type.kind !== 'map') return callError('lookup() requires a map as the first argument', 0);
  const fallback = args[2];
  if (fallback !== undefined && isFailure(convertValue(fallback, type.element))) return DEFAULT_MISMATCH;
  return type;
}

const merge = defineFunction({
  name: 'merge',
  variadic: parameter('maps', DYNAMIC, { nullable: true, acceptsDynamic: true, acceptsMarks: true }),
  returns: typeOfMerge,
  call: (args) => {
    const type = typeOfMerge(args);
    if (isCallError(type)) return type;
    const merged = new Map<string, Value>();
    let marks = NO_MARKS;
    for (const map of args) {
      if (map.kind === 'null') continue;
      if (map.kind === 'unknown') return unknownValue(type, undefined, marks | map.marks);
      marks |= map.marks;
      for (const [name, value] of entriesOf(map)) merged.set(name, value);
    }
    return type.kind === 'map' ? mapValue(type.element, merged, marks) : objectValue(merged, marks);
  },
});

/** Maps of one type give such a map, all else an object. */
function typeOfMerge(args: Arguments): Type | CallError {
  const [first] = args;
  if (first === undefined) return objectType([]);
  let matching = true;
  const attributes = new Map<string, Type>();
  let complete = true;
  for (const map of args) {
    const type = typeOf(map);
    if (type.kind === 'dynamic') return DYNAMIC;
    if (type.kind !== 'map' && type.kind !== 'object') {
      return callError(`arguments must be maps or objects, got ${quote(friendlyTypeName(type))}`);
    }
    matching &&= typesEqual(type, typeOf(first));
    if (map.kind === 'null') continue;
    if (type.kind === 'object') for (const [name, item] of type.attributes) attributes.set(name, item);
    else if (map.kind === 'map') for (const name of map.entries.keys()) attributes.set(name, map.element);
    else complete = false;
  }
  if (matching) return typeOf(first);
  return complete ? objectType(attributes) : DYNAMIC;
}

const zipmap = defineFunction({
  name: 'zipmap',
  parameters: [
    parameter('keys', listType(STRING), { acceptsMarks: true }),
    parameter('values', DYNAMIC, { acceptsMarks: true }),
  ],
  returns: (args) => {
    const type = typeOf(argumentAt(args, 1));
    if (type.kind === 'list') return mapType(type.element);
    if (type.kind !== 'tuple') return callError('values argument must be a list or tuple value');
    const names = argumentAt(args, 0);
    if (!isWhollyKnown(names)) return DYNAMIC;
    const pairs = zip(elementsOf(names), type.elements);
    return Array.isArray(pairs) ? objectType(pairs) : pairs;
  },
  call: (args) => {
    const names = argumentAt(args, 0);
    const items = argumentAt(args, 1);
    if (items.kind !== 'list' && items.kind !== 'tuple') {
      return callError('values argument must be a list or tuple value');
    }
    let marks = names.marks | items.marks;
    for (const name of elementsOf(names)) marks |= name.marks;
    if (!isWhollyKnown(names)) {
      return unknownValue(items.kind === 'list' ? mapType(items.element) : DYNAMIC, NOT_NULL, marks);
    }
    const pairs = zip(elementsOf(names), items.elements);
    if (!Array.isArray(pairs)) return pairs;
    return items.kind === 'list' ? mapValue(items.element, pairs, marks) : objectValue(pairs, marks);
  },
});

function zip<T>(names: readonly Value[], items: readonly T[]): [string, T][] | CallError {
  if (names.length !== items.length) {
    return callError(`number of keys (${names.length}) does not match number of values (${items.length})`);
  }
  const pairs: [string, T][] = [];
  for (const [index, item] of items.entries()) {
    const name = names[index];
    if (name?.kind !== 'string') return callError(`keys list has null value at index ${index}`);
    pairs.push([name.value, item]);
  }
  return pairs;
}

const TRANSPOSED = mapType(listType(STRING));

const transpose = defineFunction({
  name: 'transpose',
  parameters: [parameter('values', TRANSPOSED)],
  returns: TRANSPOSED,
  call: (args) => {
    const map = argumentAt(args, 0);
    if (!isWhollyKnown(map)) return unknownValue(TRANSPOSED, NOT_NULL);
    const transposed = new Map<string, string[]>();
    for (const [name, list] of entriesOf(map)) {
      if (list.kind === 'null') return callError('input must not contain null list');
      for (const item of elementsOf(list)) {
        if (item.kind !== 'string') return callError('input list must not contain null string');
        const names = transposed.get(item.value);
        if (names) names.push(name);
        else transposed.set(item.value, [name]);
      }
    }
    const entries = Array.from(transposed, ([name, names]): [string, Value] => [
      name,
      listValue(STRING, textsOf(names.sort(compareUtf8))),
    ]);
    return mapValue(listType(STRING), entries);
  },
});

const matchkeys = defineFunction({
  name: 'matchkeys',
  parameters: [
    parameter('values', listType(DYNAMIC)),
    parameter('keys', listType(DYNAMIC)),
    parameter('searchset', listType(DYNAMIC)),
  ],
  returns: (args) => commonKeyType(args, typeOf(argumentAt(args, 0))),
  call: (args) => {
    const list = argumentAt(args, 0);
    const common = commonKeyType(args, undefined);
    if (isCallError(common)) return common;
    const keyList = convertValue(argumentAt(args, 1), common);
    const searched = convertValue(argumentAt(args, 2), common);
    if (isFailure(keyList) || isFailure(searched)) return KEYS_MISMATCH;
    const items = elementsOf(list);
    const itemKeys = elementsOf(keyList);
    if (items.length !== itemKeys.length) return callError('length of keys and values should be equal');
    return matching(list, itemKeys, elementsOf(searched));
  },
});

const KEYS_MISMATCH = callError('keys and searchset must be of the same type');

function commonKeyType(args: Arguments, result: Type | undefined): Type | CallError {
  const common = unifyTypes([typeOf(argumentAt(args, 1)), typeOf(argumentAt(args, 2))]);
  return common === undefined ? KEYS_MISMATCH : (result ?? common);
}

function matching(list: Value, itemKeys: readonly Value[], searched: readonly Value[]): Value {
  const type = typeOf(list);
  const element = type.kind === 'list' ? type.element : DYNAMIC;
  if (searched.length === 0) return listValue(element, []);
  if (!isWhollyKnown(list) || !itemKeys.every(isWhollyKnown)) return unknownValue(type, NOT_NULL);
  const matched: Value[] = [];
  for (const [index, item] of elementsOf(list).entries()) {
    for (const candidate of searched) {
      const equal = equalValues(argumentAt(itemKeys, index), candidate);
      if (equal.kind !== 'bool') return unknownValue(type, NOT_NULL);
      if (!equal.value) continue;
      matched.push(item);
      break;
    }
  }
  return listValue(element, matched);
}

export const mappingFunctions = [keys, lookup, matchkeys, merge, transpose, values, zipmap];

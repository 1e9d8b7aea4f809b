/**
 * Rules between types: which converts to which, and the one that several can all become. Knows no values: whether a
 * text really is a number is found out by `convert.ts`.
 */
import { hasDynamic } from './equal.ts';
import {
  DYNAMIC,
  listType,
  mapType,
  type ObjectType,
  objectType,
  setType,
  tupleType,
  type Type,
  typesEqual,
} from './type.ts';

/**
 * The most general type that all of these convert to, lossy conversions such as string to number included as a last
 * resort; undefined when there is none. `dynamic` when it cannot be told before the types are known.
 */
export function unifyTypes(types: readonly Type[]): Type | undefined {
  const first = types[0];
  if (first === undefined) return undefined;
  if (types.every((type) => typesEqual(type, first)) && !hasDynamic(first)) return first;
  const special = unifyByKind(types);
  return special === undefined ? unifyByPreference(types) : special.type;
}

/** `{ type: undefined }` is a refusal, undefined alone leaves it to the order of preference. */
interface Unified {
  readonly type: Type | undefined;
}

function unifyByKind(types: readonly Type[]): Unified | undefined {
  const counts = { list: 0, set: 0, map: 0, tuple: 0, object: 0, dynamic: 0, string: 0, number: 0, bool: 0 };
  for (const type of types) counts[type.kind]++;
  const { list, set, map, tuple, object, dynamic } = counts;
  const all = (count: number): boolean => count + dynamic === types.length;
  if (map > 0 && all(map)) return { type: unifyElements(types, dynamic, mapType) };
  if (map > 0 && all(map + object)) return unifyAs(types, 'object', objectsToMap);
  if (list > 0 && all(list)) return { type: unifyElements(types, dynamic, listType) };
  if (list > 0 && all(list + tuple)) return unifyAs(types, 'tuple', tuplesToList);
  if (set > 0 && all(set)) return { type: unifyElements(types, dynamic, setType) };
  if (object > 0 && all(object)) return { type: dynamic > 0 ? DYNAMIC : unifyObjects(types.filter(isObject)) };
  if (tuple > 0 && all(tuple)) return { type: dynamic > 0 ? DYNAMIC : unifyTuples(types.filter(isTuple)) };
  return object > 0 && tuple > 0 ? { type: undefined } : undefined;
}

type TupleType = Extract<Type, { kind: 'tuple' }>;

function isTuple(type: Type): type is TupleType {
  return type.kind === 'tuple';
}

function isObject(type: Type): type is ObjectType {
  return type.kind === 'object';
}

function unifyElements(types: readonly Type[], dynamic: number, make: (element: Type) => Type): Type | undefined {
  if (dynamic > 0) return DYNAMIC;
  const elements = types.map((type) => ('element' in type ? type.element : type));
  const element = unifyTypes(elements);
  return element === undefined ? undefined : make(element);
}

/** Objects among maps, or tuples among lists: first what the structural ones make together, then all of them. */
function unifyAs(
  types: readonly Type[],
  kind: 'object' | 'tuple',
  gather: (types: readonly Type[]) => Type | undefined,
): Unified | undefined {
  const collection = gather(types.filter((type) => type.kind === kind));
  if (collection === undefined) return undefined;
  const unified = unifyTypes(types.map((type) => (type.kind === kind ? collection : type)));
  return unified?.kind === collection.kind ? { type: unified } : undefined;
}

function unifyObjects(types: readonly ObjectType[]): Type | undefined {
  const [first] = types;
  if (first === undefined) return undefined;
  const alike = types.every((type) => {
    if (type.attributes.size !== first.attributes.size) return false;
    for (const name of type.attributes.keys()) if (!first.attributes.has(name)) return false;
    return true;
  });
  if (!alike) return objectsToMap(types);
  const attributes: [string, Type][] = [];
  for (const name of first.attributes.keys()) {
    const unified = unifyTypes(types.map((type) => type.attributes.get(name) ?? DYNAMIC));
    if (unified === undefined) return undefined;
    attributes.push([name, unified]);
  }
  const result = objectType(attributes);
  return types.every((type) => canConvert(type, result)) ? result : objectsToMap(types);
}

function objectsToMap(types: readonly Type[]): Type | undefined {
  const attributes = types.flatMap((type) => (type.kind === 'object' ? [...type.attributes.values()] : []));
  const element = unifyTypes(attributes);
  if (element === undefined) return undefined;
  const result = mapType(element);
  return types.every((type) => canConvert(type, result)) ? result : undefined;
}

function unifyTuples(types: readonly TupleType[]): Type | undefined {
  const [first] = types;
  if (first === undefined) return undefined;
  if (types.some((type) => type.elements.length !== first.elements.length)) return tuplesToList(types);
  const elements: Type[] = [];
  for (let index = 0; index < first.elements.length; index++) {
    const unified = unifyTypes(types.map((type) => type.elements[index] ?? DYNAMIC));
    if (unified === undefined) return undefined;
    elements.push(unified);
  }
  const result = tupleType(elements);
  return types.every((type) => canConvert(type, result)) ? result : tuplesToList(types);
}

function tuplesToList(types: readonly Type[]): Type | undefined {
  const elements = types.flatMap((type) => (type.kind === 'tuple' ? type.elements : []));
  const element = unifyTypes(elements);
  if (element === undefined) return undefined;
  const result = listType(element);
  return types.every((type) => canConvert(type, result)) ? result : undefined;
}

function unifyByPreference(types: readonly Type[]): Type | undefined {
  return inPreference(types).find((wanted) => types.every((type) => canConvert(type, wanted)));
}

/** More general types first; otherwise the order given. */
function inPreference(types: readonly Type[]): Type[] {
  const distinct = types.filter((type, index) => types.findIndex((other) => typesEqual(other, type)) === index);
  const blocked = distinct.map((type) => distinct.filter((other) => preference(other, type) < 0).length);
  const order: Type[] = [];
  const queue = distinct.map((_, index) => index).filter((index) => blocked[index] === 0);
  for (const index of queue) {
    const type = distinct[index];
    if (type === undefined) continue;
    order.push(type);
    distinct.forEach((other, at) => {
      if (preference(type, other) >= 0) return;
      blocked[at] = (blocked[at] ?? 0) - 1;
      if (blocked[at] === 0) queue.push(at);
    });
  }
  return order;
}

const STRUCTURE_RANK: Readonly<Record<string, number>> = { list: 0, tuple: 1, set: 2, map: 0, object: 1 };

/** Negative when `a` is the more general. */
function preference(a: Type, b: Type): number {
  if (a.kind === 'dynamic' || b.kind === 'dynamic') return Number(a.kind === 'dynamic') - Number(b.kind === 'dynamic');
  if (isPrimitive(a) && isPrimitive(b)) return Number(b.kind === 'string') - Number(a.kind === 'string');
  if (a.kind === b.kind) return preferenceAlike(a, b);
  const sequences = isSequence(a) && isSequence(b);
  const mappings = isMapping(a) && isMapping(b);
  return sequences || mappings ? (STRUCTURE_RANK[a.kind] ?? 0) - (STRUCTURE_RANK[b.kind] ?? 0) : 0;
}

function preferenceAlike(a: Type, b: Type): number {
  if ('element' in a && 'element' in b) return preference(a.element, b.element);
  if (a.kind === 'tuple' && b.kind === 'tuple') {
    if (a.elements.length !== b.elements.length) return 0;
    return allAgree(a.elements.map((element, index) => preference(element, b.elements[index] ?? element)));
  }
  if (a.kind === 'object' && b.kind === 'object') {
    if (a.attributes.size !== b.attributes.size) return 0;
    const orders: number[] = [];
    for (const [name, type] of a.attributes) {
      const other = b.attributes.get(name);
      if (other === undefined) return 0;
      orders.push(preference(type, other));
    }
    return allAgree(orders);
  }
  return 0;
}

function allAgree(orders: readonly number[]): number {
  const lower = orders.some((order) => order < 0);
  const higher = orders.some((order) => order > 0);
  return lower === higher ? 0 : lower ? -1 : 1;
}

export function isPrimitive(type: Type): boolean {
  return type.kind === 'string' || type.kind === 'number' || type.kind === 'bool';
}

function isSequence(type: Type): boolean {
  return type.kind === 'list' || type.kind === 'set' || type.kind === 'tuple';
}

function isMapping(type: Type): boolean {
  return type.kind === 'map' || type.kind === 'object';
}

/** Whether values of one type may convert to another; the value itself can still refuse ("x" is no number). */
export function canConvert(from: Type, to: Type): boolean {
  if (to.kind === 'dynamic' || from.kind === 'dynamic' || typesEqual(from, to)) return true;
  switch (to.kind) {
    case 'string':
      return from.kind === 'number' || from.kind === 'bool' || from.kind === 'string';
    case 'number':
    case 'bool':
      return from.kind === 'string' || from.kind === to.kind;
    case 'list':
    case 'set':
      if (from.kind === 'list' || from.kind === 'set') return canConvert(from.element, to.element);
      return from.kind === 'tuple' && canBecomeElements(from.elements, to.element, true);
    case 'map':
      if (from.kind === 'map') return canConvert(from.element, to.element);
      return from.kind === 'object' && canBecomeElements([...from.attributes.values()], to.element, false);
    case 'tuple':
      if (from.kind !== 'tuple' || from.elements.length !== to.elements.length) return false;
      return from.elements.every((element, index) => canConvert(element, to.elements[index] ?? element));
    case 'object':
      return canBecomeObject(from, to);
  }
}

/** `strict`: elements of no type at all cannot share a list with typed ones. */
function canBecomeElements(types: readonly Type[], element: Type, strict: boolean): boolean {
  if (types.length === 0) return true;
  const wanted = element.kind === 'dynamic' ? unifyTypes(types) : element;
  if (wanted === undefined) return false;
  if (strict && wanted.kind === 'dynamic') return types.every((type) => type.kind === 'dynamic');
  return types.every((type) => canConvert(type, wanted));
}

function canBecomeObject(from: Type, to: ObjectType): boolean {
  if (from.kind !== 'object' && from.kind !== 'map') return false;
  for (const [name, wanted] of to.attributes) {
    const optional = to.optional?.has(name) ?? false;
    const given = from.kind === 'map' ? from.element : from.attributes.get(name);
    if (given === undefined) {
      if (!optional) return false;
    } else if (!canConvert(given, wanted) && !(from.kind === 'map' && optional)) {
      return false;
    }
  }
  return true;
}

/** The type without what only a constraint has: its optional attributes are plain ones. */
export function withoutOptional(type: Type): Type {
  switch (type.kind) {
    case 'list':
    case 'set':
    case 'map': {
      const element = withoutOptional(type.element);
      return element === type.element ? type : { kind: type.kind, element };
    }
    case 'tuple': {
      const elements = type.elements.map(withoutOptional);
      return elements.every((element, index) => element === type.elements[index]) ? type : tupleType(elements);
    }
    case 'object': {
      const attributes = [...type.attributes].map(([name, inner]) => [name, withoutOptional(inner)] as const);
      const same =
        type.optional === undefined && attributes.every(([name, inner]) => type.attributes.get(name) === inner);
      return same ? type : objectType(attributes);
    }
    default:
      return type;
  }
}

/** The type wanted, with each `any` in it replaced by what the given type has in its place. */
export function fillDynamic(given: Type, wanted: Type): Type {
  if (given.kind === 'dynamic' || !hasDynamic(wanted)) return wanted;
  switch (wanted.kind) {
    case 'dynamic':
      return given;
    case 'map':
      if (given.kind === 'map') return mapType(fillDynamic(given.element, wanted.element));
      if (given.kind !== 'object') return wanted;
      return mapType(fillDynamic(unifyTypes([...given.attributes.values()]) ?? DYNAMIC, wanted.element));
    case 'list':
    case 'set':
      return { kind: wanted.kind, element: fillDynamic(elementTypeOf(given), wanted.element) };
    case 'object':
      return objectType(
        [...wanted.attributes].map(([name, inner]) => [name, fillAttribute(given, name, inner)] as const),
      );
    case 'tuple':
      if (given.kind !== 'tuple') return wanted;
      return tupleType(wanted.elements.map((element, index) => fillDynamic(given.elements[index] ?? DYNAMIC, element)));
    default:
      return wanted;
  }
}

function elementTypeOf(type: Type): Type {
  if ('element' in type) return type.element;
  return type.kind === 'tuple' ? (unifyTypes(type.elements) ?? DYNAMIC) : DYNAMIC;
}

function fillAttribute(given: Type, name: string, wanted: Type): Type {
  if (given.kind === 'map') return fillDynamic(given.element, wanted);
  return given.kind === 'object' ? fillDynamic(given.attributes.get(name) ?? DYNAMIC, wanted) : wanted;
}

/** Unions, intersections, differences and products. How sets order and compare their elements is `set.ts`'s business. */
import { convertValue, isFailure } from '../../value/convert.ts';
import { sameValue } from '../../value/equal.ts';
import { isWhollyKnown } from '../../value/marks.ts';
import { setValue } from '../../value/set.ts';
import { unifyTypes } from '../../value/unify.ts';
import { DYNAMIC, type Type, listType, setType, tupleType } from '../../value/type.ts';
import { NO_MARKS, type Value, listValue, tupleValue, typeOf, unknownValue } from '../../value/value.ts';
import type { CallError, FunctionDefinition } from '../scope.ts';
import {
  type Arguments,
  NOT_NULL,
  argumentAt,
  callError,
  defineFunction,
  elementsOf,
  isCallError,
  parameter,
} from './define.ts';
import { lengthOf } from './length.ts';

const ANY_SET = setType(DYNAMIC);
const setParameter = (name: string) => parameter(name, ANY_SET, { acceptsDynamic: true });

type Combine = (all: readonly Value[], other: readonly Value[]) => readonly Value[];

/** An operation on two or more sets, converted to what their elements have in common. */
function setOperation(
  shape: Pick<FunctionDefinition, 'name' | 'parameters' | 'variadic'>,
  keepsUnknown: boolean,
  combine: Combine,
): FunctionDefinition {
  return defineFunction({
    ...shape,
    returns: (args) => {
      const element = commonElement(args);
      return isCallError(element) ? element : setType(element);
    },
    call: (args) => {
      const element = commonElement(args);
      if (isCallError(element)) return element;
      if (!keepsUnknown && !args.every(isWhollyKnown)) return unknownValue(setType(element), NOT_NULL);
      const lists = args.map((set) => convertValue(set, setType(element)));
      let result: readonly Value[] | undefined;
      for (const [index, list] of lists.entries()) {
        if (isFailure(list)) return callError(list.message, index);
        result = result === undefined ? elementsOf(list) : combine(result, elementsOf(list));
      }
      return setValue(element, result ?? []);
    },
  });
}

/** Empty sets of no type have no say. */
function commonElement(args: Arguments): Type | CallError {
  const types: Type[] = [];
  for (const set of args) {
    const type = typeOf(set);
    const element = type.kind === 'set' ? type.element : DYNAMIC;
    const isEmpty = set.kind === 'set' && set.elements.length === 0;
    if (!isEmpty || element.kind !== 'dynamic') types.push(element);
  }
  if (types.length === 0) return DYNAMIC;
  return unifyTypes(types) ?? callError('given sets must all have compatible element types');
}

const firstAndOthers = { parameters: [setParameter('first_set')], variadic: setParameter('other_sets') };

const setunion = setOperation({ name: 'setunion', ...firstAndOthers }, true, (all, other) => [...all, ...other]);

const setintersection = setOperation({ name: 'setintersection', ...firstAndOthers }, false, (all, other) => {
  const has = membership(other);
  return all.filter(has);
});

const setsubtract = setOperation(
  { name: 'setsubtract', parameters: [setParameter('a'), setParameter('b')] },
  false,
  (all, other) => {
    const has = membership(other);
    return all.filter((item) => !has(item));
  },
);

function membership(elements: readonly Value[]): (value: Value) => boolean {
  const texts = new Set(elements.map((item) => (item.kind === 'string' ? item.value : undefined)));
  return (value) =>
    value.kind === 'string' ? texts.has(value.value) : elements.some((item) => sameValue(item, value));
}

/** What a machine can hold; more would end the process rather than the call. */
const MOST_COMBINATIONS = 2 ** 22;

const setproduct = defineFunction({
  name: 'setproduct',
  variadic: parameter('sets', DYNAMIC, { acceptsMarks: true }),
  returns: typeOfProduct,
  call: (args) => {
    const type = typeOfProduct(args);
    if (isCallError(type) || (type.kind !== 'list' && type.kind !== 'set') || type.element.kind !== 'tuple') {
      return isCallError(type) ? type : callError('a set or a list is required');
    }
    const marks = args.reduce((all, arg) => all | arg.marks, NO_MARKS);
    const sizes = args.map(lengthOf);
    if (sizes.some((size) => size.kind === 'unknown')) return unknownValue(type, NOT_NULL, marks);
    const total = args.reduce((product, arg) => product * elementsOf(arg).length, 1);
    if (total > MOST_COMBINATIONS) return callError(`the product would have ${total} elements`);
    const rows = combinations(args, type.element.elements);
    return type.kind === 'list' ? listValue(type.element, rows, marks) : setValue(type.element, rows, marks);
  },
});

/** A list only if no argument is a set. */
function typeOfProduct(args: Arguments): Type | CallError {
  if (args.length < 2) return callError('at least two arguments are required');
  const elements: Type[] = [];
  for (const [index, arg] of args.entries()) {
    const type = typeOf(arg);
    if (type.kind === 'list' || type.kind === 'set') {
      elements.push(type.element);
      continue;
    }
    if (type.kind !== 'tuple') return callError('a set or a list is required', index);
    const common = type.elements.length === 0 ? DYNAMIC : unifyTypes(type.elements);
    if (common === undefined) return callError('all elements must be of the same type', index);
    elements.push(common);
  }
  const row = tupleType(elements);
  return args.some((arg) => typeOf(arg).kind === 'set') ? setType(row) : listType(row);
}

function combinations(args: Arguments, types: readonly Type[]): Value[] {
  let rows: Value[][] = [[]];
  for (const [index, type] of types.entries()) {
    const items = elementsOf(argumentAt(args, index)).map((item) => {
      const converted = convertValue(item, type);
      return isFailure(converted) ? item : converted;
    });
    rows = rows.flatMap((row) => items.map((item) => [...row, item]));
  }
  return rows.map((row) => tupleValue(row));
}

export const setFunctions = [setintersection, setproduct, setsubtract, setunion];

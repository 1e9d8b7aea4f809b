/** The first argument that has something in it. */
import { convertValue, isFailure } from '../../value/convert.ts';
import { unifyTypes } from '../../value/unify.ts';
import { DYNAMIC, type Type, typesEqual } from '../../value/type.ts';
import { typeOf, unknownValue } from '../../value/value.ts';
import type { CallError } from '../scope.ts';
import { type Arguments, NOT_NULL, callError, defineFunction, isCallError, parameter } from './define.ts';

const DIFFERENT_TYPES = callError('all arguments must have the same type');

const coalesce = defineFunction({
  name: 'coalesce',
  variadic: parameter('vals', DYNAMIC, { nullable: true, acceptsUnknown: true, acceptsDynamic: true }),
  returns: (args) => unifyTypes(args.map(typeOf)) ?? DIFFERENT_TYPES,
  call: (args) => {
    const type = unifyTypes(args.map(typeOf));
    if (type === undefined) return DIFFERENT_TYPES;
    for (const arg of args) {
      const value = convertValue(arg, type);
      if (isFailure(value)) return callError(value.message);
      if (value.kind === 'unknown') return unknownValue(type, NOT_NULL);
      if (value.kind === 'null' || (value.kind === 'string' && value.value === '')) continue;
      return value;
    }
    return callError('no non-null, non-empty-string arguments');
  },
});

const coalescelist = defineFunction({
  name: 'coalescelist',
  variadic: parameter('vals', DYNAMIC, { nullable: true, acceptsUnknown: true, acceptsDynamic: true }),
  returns: typeOfLists,
  call: (args) => {
    const type = typeOfLists(args);
    if (isCallError(type)) return type;
    for (const arg of args) {
      if (arg.kind === 'unknown') return unknownValue(type, NOT_NULL);
      if ((arg.kind === 'list' || arg.kind === 'tuple') && arg.elements.length > 0) return arg;
    }
    return callError('no non-null arguments');
  },
});

function typeOfLists(args: Arguments): Type | CallError {
  const [first] = args;
  if (first === undefined) return callError('at least one argument is required');
  for (const arg of args) {
    if (arg.kind === 'unknown') return DYNAMIC;
    const type = typeOf(arg);
    if (type.kind !== 'list' && type.kind !== 'tuple')
      return callError('coalescelist arguments must be lists or tuples');
  }
  return args.every((arg) => typesEqual(typeOf(arg), typeOf(first))) ? typeOf(first) : DYNAMIC;
}

export const fallbackFunctions = [coalesce, coalescelist];

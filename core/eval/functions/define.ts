/**
 * How a function is written down, and how it reads its arguments. The machinery of `call.ts` has converted them and has
 * dealt with null, unknown and marks as the parameters say, so reading one of another kind is our own bug.
 */
import { invariant } from '../../diag/invariant.ts';
import { numToBigInt, numToInteger } from '../../value/number.ts';
import { DYNAMIC, type Type } from '../../value/type.ts';
import { EPHEMERAL, type Num, type Refinement, SENSITIVE, type Value } from '../../value/value.ts';
import type { CallContext, CallError, FunctionDefinition, Parameter } from '../scope.ts';

export type Arguments = readonly Value[];

interface Definition {
  readonly name: string;
  readonly parameters?: readonly Parameter[];
  readonly variadic?: Parameter;
  /** A type, or how it follows from the arguments. */
  readonly returns: Type | ((args: Arguments) => Type | CallError);
  /** May the result be null? Nearly never. */
  readonly nullable?: true;
  readonly refinement?: Refinement;
  readonly call: (args: Arguments, context: CallContext) => Value | CallError;
}

export const NOT_NULL: Refinement = Object.freeze({ notNull: true });

export function defineFunction(definition: Definition): FunctionDefinition {
  const { returns, nullable, refinement, parameters = [], ...rest } = definition;
  const known = refinement ?? (nullable ? undefined : NOT_NULL);
  return {
    ...rest,
    parameters,
    returnType: typeof returns === 'function' ? returns : () => returns,
    ...(known === undefined ? {} : { refinement: known }),
  };
}

type ParameterOptions = Omit<Parameter, 'name' | 'type'>;

export function parameter(name: string, type: Type, options: ParameterOptions = {}): Parameter {
  return { name, type, ...options };
}

/** A parameter that takes anything as it is: of unknown type, unknown or null. */
export function anything(name: string, options: ParameterOptions = {}): Parameter {
  return { name, type: DYNAMIC, nullable: true, acceptsUnknown: true, acceptsDynamic: true, ...options };
}

export function callError(message: string, argument?: number): CallError {
  return argument === undefined ? { kind: 'call-error', message } : { kind: 'call-error', message, argument };
}

export function isCallError(result: { readonly kind: string }): result is CallError {
  return result.kind === 'call-error';
}

export function argumentAt(args: Arguments, index: number): Value {
  const value = args[index];
  invariant(value !== undefined, `argument ${index} is missing`);
  return value;
}

export function textOf(args: Arguments, index: number): string {
  const value = argumentAt(args, index);
  invariant(value.kind === 'string', `argument ${index} is ${value.kind}, not a string`);
  return value.value;
}

export function numOf(args: Arguments, index: number): Num {
  const value = argumentAt(args, index);
  invariant(value.kind === 'number', `argument ${index} is ${value.kind}, not a number`);
  return value.value;
}

/** Elements of a known list, set or tuple. */
export function elementsOf(value: Value): readonly Value[] {
  invariant(value.kind === 'list' || value.kind === 'set' || value.kind === 'tuple', `${value.kind} has no elements`);
  return value.elements;
}

/** Entries of a known map or object. */
export function entriesOf(value: Value): ReadonlyMap<string, Value> {
  invariant(value.kind === 'map' || value.kind === 'object', `${value.kind} has no entries`);
  return value.kind === 'map' ? value.entries : value.attributes;
}

const MAXIMUM_INT64 = 2n ** 63n - 1n;

/** Terraform's words for a number that is not a 64-bit integer. */
export const NOT_AN_INTEGER = `value must be a whole number, between ${-MAXIMUM_INT64 - 1n} and ${MAXIMUM_INT64}`;

/** The number as a 64-bit integer; beyond 2^53 only its magnitude is right. Undefined when it is no such integer. */
export function integerOf(num: Num): number | undefined {
  const safe = numToInteger(num);
  if (safe !== undefined) return safe;
  const big = numToBigInt(num);
  if (big === undefined) return undefined;
  return big > MAXIMUM_INT64 || big < -MAXIMUM_INT64 - 1n ? undefined : Number(big);
}

/** Quoted text, unless its marks forbid showing it. */
export function shown(text: string, marks: number): string {
  if ((marks & EPHEMERAL) !== 0) return '(ephemeral value)';
  return (marks & SENSITIVE) !== 0 ? '(sensitive value)' : text;
}

/** Arithmetic: numbers in, a number out. Only `pow` and `log` know floating point; all else is exact. */
import {
  absNum,
  addNum,
  compareNum,
  isArithmeticError,
  numFromBigInt,
  numFromFloat,
  numToFloat,
  truncateNum,
} from '../../value/number.ts';
import { convertValue, isFailure } from '../../value/convert.ts';
import { friendlyTypeName } from '../../value/show.ts';
import { isWhollyKnown } from '../../value/marks.ts';
import { DYNAMIC, NUMBER } from '../../value/type.ts';
import { type Num, type Value, numberValue, typeOf, unknownValue } from '../../value/value.ts';
import type { CallError } from '../scope.ts';
import {
  type Arguments,
  NOT_AN_INTEGER,
  NOT_NULL,
  argumentAt,
  callError,
  defineFunction,
  integerOf,
  numOf,
  parameter,
  shown,
} from './define.ts';
import { power } from './float-power.ts';
import { quote } from './text.ts';

const num = parameter('num', NUMBER, { acceptsDynamic: true });

const abs = defineFunction({
  name: 'abs',
  parameters: [num],
  returns: NUMBER,
  call: (args) => numberValue(absNum(numOf(args, 0))),
});

const ceil = defineFunction({
  name: 'ceil',
  parameters: [num],
  returns: NUMBER,
  call: (args) => numberValue(roundTowards(numOf(args, 0), 1)),
});

const floor = defineFunction({
  name: 'floor',
  parameters: [num],
  returns: NUMBER,
  call: (args) => numberValue(roundTowards(numOf(args, 0), -1)),
});

/** The nearest integer in that direction; an infinity stays. */
function roundTowards(value: Num, direction: 1 | -1): Num {
  const whole = truncateNum(value);
  if (whole === undefined) return value;
  const truncated = numFromBigInt(whole);
  return compareNum(value, truncated) === direction ? numFromBigInt(whole + BigInt(direction)) : truncated;
}

const log = defineFunction({
  name: 'log',
  parameters: [parameter('num', NUMBER), parameter('base', NUMBER)],
  returns: NUMBER,
  call: (args) => fromFloat(Math.log(numToFloat(numOf(args, 0))) / Math.log(numToFloat(numOf(args, 1)))),
});

const pow = defineFunction({
  name: 'pow',
  parameters: [parameter('num', NUMBER), parameter('power', NUMBER)],
  returns: NUMBER,
  call: (args) => fromFloat(power(numToFloat(numOf(args, 0)), numToFloat(numOf(args, 1)))),
});

function fromFloat(value: number): Value | CallError {
  if (Number.isNaN(value)) return callError('the result is not a number');
  return numberValue(numFromFloat(value));
}

const signum = defineFunction({
  name: 'signum',
  parameters: [parameter('num', NUMBER)],
  returns: NUMBER,
  call: (args) => {
    const value = integerOf(numOf(args, 0));
    return value === undefined ? callError(NOT_AN_INTEGER) : numberValue(Math.sign(value) + 0);
  },
});

const numbers = parameter('numbers', NUMBER, { acceptsDynamic: true });

const max = defineFunction({
  name: 'max',
  variadic: numbers,
  returns: NUMBER,
  call: (args) => extreme(args, 1),
});

const min = defineFunction({
  name: 'min',
  variadic: numbers,
  returns: NUMBER,
  call: (args) => extreme(args, -1),
});

function extreme(args: Arguments, direction: 1 | -1): Value | CallError {
  if (args.length === 0) return callError('must pass at least one number');
  let best = numOf(args, 0);
  for (let index = 1; index < args.length; index++) {
    const candidate = numOf(args, index);
    if (compareNum(candidate, best) === direction) best = candidate;
  }
  return numberValue(best);
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

const parseint = defineFunction({
  name: 'parseint',
  parameters: [parameter('number', DYNAMIC, { acceptsMarks: true }), parameter('base', NUMBER, { acceptsMarks: true })],
  returns: (args) => notText(args) ?? NUMBER,
  call: (args) => {
    const text = argumentAt(args, 0);
    if (text.kind !== 'string') return notText(args) ?? unknownValue(NUMBER, NOT_NULL, text.marks);
    const baseMarks = argumentAt(args, 1).marks;
    const base = integerOf(numOf(args, 1));
    if (base === undefined) return callError(NOT_AN_INTEGER, 1);
    if (base < 2 || base > 62) return callError('base must be a whole number between 2 and 62 inclusive', 1);
    const parsed = parseDigits(text.value, base);
    if (parsed !== undefined) return numberValue(parsed, text.marks | baseMarks);
    const words = `cannot parse ${shown(quote(text.value), text.marks)} as a base ${shown(String(base), baseMarks)} integer`;
    return callError(words, 0);
  },
});

function notText(args: Arguments): CallError | undefined {
  const type = typeOf(argumentAt(args, 0));
  if (type.kind === 'string') return undefined;
  return callError(`first argument must be a string, not ${friendlyTypeName(type)}`, 0);
}

function parseDigits(text: string, base: number): Num | undefined {
  const [, sign, digits] = /^([+-]?)([0-9A-Za-z]+)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  let value = 0n;
  for (const digit of base <= 36 ? digits.toLowerCase() : digits) {
    const weight = DIGITS.indexOf(digit);
    if (weight >= base) return undefined;
    value = value * BigInt(base) + BigInt(weight);
  }
  return numFromBigInt(sign === '-' ? -value : value);
}

const sum = defineFunction({
  name: 'sum',
  parameters: [parameter('list', DYNAMIC)],
  returns: NUMBER,
  call: (args) => {
    const list = argumentAt(args, 0);
    switch (list.kind) {
      case 'list':
      case 'set':
      case 'tuple':
        return list.elements.length === 0 ? callError('cannot sum an empty list', 0) : sumOf(list);
      case 'map':
      case 'object': {
        const size = list.kind === 'map' ? list.entries.size : list.attributes.size;
        if (size === 0) return callError('cannot sum an empty list', 0);
        return callError(`argument must be list, set, or tuple. Received ${friendlyTypeName(typeOf(list))}`, 0);
      }
      default:
        return callError('cannot sum noniterable', 0);
    }
  },
});

function sumOf(list: Value & { readonly elements: readonly Value[] }): Value | CallError {
  if (!isWhollyKnown(list)) return unknownValue(NUMBER, NOT_NULL);
  let total: Num = 0;
  for (const element of list.elements) {
    const number = convertValue(element, NUMBER);
    if (isFailure(number) || number.kind !== 'number') {
      return callError('argument must be list, set, or tuple of number values', 0);
    }
    const next = addNum(total, number.value);
    if (isArithmeticError(next)) return callError(next.message);
    total = next;
  }
  return numberValue(total);
}

export const numericFunctions = [abs, ceil, floor, log, pow, signum, max, min, parseint, sum];

/** Strings in, strings out. Lengths and positions count grapheme clusters; cases go code point by code point. */
import { BOOL, NUMBER, STRING, listType } from '../../value/type.ts';
import { FALSE, TRUE, type Value, boolValue, listValue, stringValue, unknownValue } from '../../value/value.ts';
import { isWhollyKnown } from '../../value/marks.ts';
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
  numOf,
  parameter,
  textOf,
} from './define.ts';
import { graphemesOf, lowerCase, titleCase, trimSpace, trimWhile, upperCase } from './text.ts';

const str = parameter('str', STRING, { acceptsDynamic: true });

function mapText(name: string, map: (text: string) => string) {
  return defineFunction({
    name,
    parameters: [str],
    returns: STRING,
    call: (args) => stringValue(map(textOf(args, 0))),
  });
}

const chomp = mapText('chomp', (text) => text.replace(/[\r\n]+$/, ''));
const lower = mapText('lower', lowerCase);
const upper = mapText('upper', upperCase);
const title = mapText('title', titleCase);
const strrev = mapText('strrev', (text) => graphemesOf(text).reverse().join(''));
const trimspace = mapText('trimspace', trimSpace);

function mapTextWith(name: string, second: string, map: (text: string, other: string) => string) {
  return defineFunction({
    name,
    parameters: [parameter('str', STRING), parameter(second, STRING)],
    returns: STRING,
    call: (args) => stringValue(map(textOf(args, 0), textOf(args, 1))),
  });
}

const trim = mapTextWith('trim', 'cutset', (text, cutset) => {
  const cut = new Set(cutset);
  return trimWhile(text, (character) => cut.has(character));
});
const trimprefix = mapTextWith('trimprefix', 'prefix', (text, prefix) =>
  text.startsWith(prefix) ? text.slice(prefix.length) : text,
);
const trimsuffix = mapTextWith('trimsuffix', 'suffix', (text, suffix) =>
  text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text,
);

const startswith = defineFunction({
  name: 'startswith',
  parameters: [parameter('str', STRING, { acceptsUnknown: true }), parameter('prefix', STRING)],
  returns: BOOL,
  call: (args) => {
    const whole = argumentAt(args, 0);
    const prefix = textOf(args, 1);
    return whole.kind === 'unknown'
      ? startOfUnknown(whole.refinement?.prefix ?? '', prefix)
      : boolValue(textOf(args, 0).startsWith(prefix));
  },
});

/** Of an unknown string the first characters may be known, which may be enough. */
function startOfUnknown(known: string, prefix: string): Value {
  if (known.startsWith(prefix)) return TRUE;
  return known !== '' && known.length >= prefix.length ? FALSE : unknownValue(BOOL, NOT_NULL);
}

const endswith = defineFunction({
  name: 'endswith',
  parameters: [parameter('str', STRING), parameter('suffix', STRING)],
  returns: BOOL,
  call: (args) => boolValue(textOf(args, 0).endsWith(textOf(args, 1))),
});

const strcontains = defineFunction({
  name: 'strcontains',
  parameters: [parameter('str', STRING), parameter('substr', STRING)],
  returns: BOOL,
  call: (args) => boolValue(textOf(args, 0).includes(textOf(args, 1))),
});

/** What a machine can hold; more would end the process rather than the call. */
const MAXIMUM_TEXT = 2 ** 28;

const indent = defineFunction({
  name: 'indent',
  parameters: [parameter('spaces', NUMBER, { acceptsDynamic: true }), str],
  returns: STRING,
  call: (args) => {
    const spaces = integerOf(numOf(args, 0));
    if (spaces === undefined) return callError(NOT_AN_INTEGER);
    if (spaces < 0) return callError('the number of spaces must not be negative');
    const lines = textOf(args, 1).split('\n');
    if (spaces * lines.length > MAXIMUM_TEXT) return callError('the result would be too long');
    return stringValue(lines.join(lines.length === 1 ? '' : `\n${' '.repeat(spaces)}`));
  },
});

const join = defineFunction({
  name: 'join',
  parameters: [parameter('separator', STRING, { acceptsDynamic: true })],
  variadic: parameter('lists', listType(STRING), { acceptsDynamic: true }),
  returns: STRING,
  call: (args) => {
    const lists = args.slice(1);
    if (lists.length === 0) return callError('at least one list is required');
    if (!lists.every(isWhollyKnown)) return unknownValue(STRING, NOT_NULL);
    return joinLists(textOf(args, 0), lists);
  },
});

function joinLists(separator: string, lists: Arguments): Value | CallError {
  const parts: string[] = [];
  for (const [at, list] of lists.entries()) {
    for (const [index, element] of elementsOf(list).entries()) {
      if (element.kind !== 'string') {
        const place = lists.length > 1 ? `${index} of list ${at + 1}` : `${index}`;
        return callError(`element ${place} is null; cannot concatenate null values`, at + 1);
      }
      parts.push(element.value);
    }
  }
  return stringValue(parts.join(separator));
}

const split = defineFunction({
  name: 'split',
  parameters: [parameter('separator', STRING), parameter('str', STRING)],
  returns: listType(STRING),
  call: (args) => {
    const separator = textOf(args, 0);
    const text = textOf(args, 1);
    const parts = separator === '' ? [...text] : text.split(separator);
    return listValue(
      STRING,
      parts.map((part) => stringValue(part)),
    );
  },
});

const substr = defineFunction({
  name: 'substr',
  parameters: [
    str,
    parameter('offset', NUMBER, { acceptsDynamic: true }),
    parameter('length', NUMBER, { acceptsDynamic: true }),
  ],
  returns: STRING,
  call: (args) => {
    const offset = integerOf(numOf(args, 1));
    const length = integerOf(numOf(args, 2));
    if (offset === undefined || length === undefined) return callError(NOT_AN_INTEGER);
    return stringValue(substring(graphemesOf(textOf(args, 0)), offset, length));
  },
});

function substring(clusters: readonly string[], offset: number, length: number): string {
  // A negative offset counts from the end, and then a length of 0 takes the rest as a negative one does.
  const start = offset < 0 ? Math.max(0, clusters.length + offset) : offset;
  if (length < 0 || (length === 0 && offset < 0)) return clusters.slice(start).join('');
  return clusters.slice(start, start + length).join('');
}

export const stringFunctions = [
  chomp,
  endswith,
  indent,
  join,
  lower,
  split,
  startswith,
  strcontains,
  strrev,
  substr,
  title,
  trim,
  trimprefix,
  trimspace,
  trimsuffix,
  upper,
];

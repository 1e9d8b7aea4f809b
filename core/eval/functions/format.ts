/** `format` and `formatlist`. How a number looks is `number-text.ts`'s, the syntax `format-verb.ts`'s business. */
import { convertValue, isFailure } from '../../value/convert.ts';
import { containsUnknown, isWhollyKnown } from '../../value/marks.ts';
import { numToBigInt } from '../../value/number.ts';
import { BOOL, DYNAMIC, NUMBER, STRING, type Type, listType } from '../../value/type.ts';
import { type Value, listValue, stringValue, typeOf, unknownValue } from '../../value/value.ts';
import type { CallError } from '../scope.ts';
import {
  type Arguments,
  NOT_NULL,
  argumentAt,
  callError,
  defineFunction,
  isCallError,
  parameter,
  textOf,
} from './define.ts';
import { type Verb, parseFormat } from './format-verb.ts';
import { jsonString, jsonText } from './json-text.ts';
import { lengthOf } from './length.ts';
import { formatFloat, formatInteger, generalText } from './number-text.ts';
import { graphemesOf } from './text.ts';

const args = parameter('args', DYNAMIC, { nullable: true, acceptsUnknown: true });

const format = defineFunction({
  name: 'format',
  parameters: [parameter('format', STRING)],
  variadic: args,
  returns: STRING,
  call: (all) => {
    const text = textOf(all, 0);
    const values = all.slice(1);
    if (values.every(isWhollyKnown)) return formatText(text, values, 'argument');
    // What stands before the first verb is known all the same.
    const prefix = text.slice(0, Math.max(0, text.indexOf('%')));
    return unknownValue(STRING, prefix === '' ? NOT_NULL : { notNull: true, prefix });
  },
});

/** @param extra whether an argument too many is underlined or told of the whole call */
function formatText(text: string, values: Arguments, extra: 'argument' | 'call'): Value | CallError {
  let result = '';
  let next = 1;
  let highest = 0;
  for (const part of parseFormat(text)) {
    if (typeof part === 'string') {
      result += part;
      continue;
    }
    if ('kind' in part) return callError(part.message);
    const index = part.argument ?? next;
    const formatted = formatVerb(part, index, values);
    if (typeof formatted !== 'string') return formatted;
    result += formatted;
    next = index + 1;
    highest = Math.max(highest, index);
  }
  if (highest >= values.length) return stringValue(result);
  const used = highest === 0 ? 'no verbs in format string' : `only ${highest} used by format string`;
  return callError(`too many arguments; ${used}`, extra === 'argument' ? highest + 1 : undefined);
}

/** What a machine can hold; more would end the process rather than the call. */
const MOST_CHARACTERS = 2 ** 20;

function formatVerb(verb: Verb, index: number, values: Arguments): string | CallError {
  const { raw, offset, mode } = verb;
  const value = values[index - 1];
  if (value === undefined) {
    const have = `need index ${index} but have ${values.length} total`;
    return callError(`not enough arguments for "${raw}" at ${offset}: ${have}`);
  }
  if (mode !== 'v' && value.kind === 'null') return unsupported(verb, 'null value cannot be formatted');
  if ((verb.width ?? 0) > MOST_CHARACTERS || (verb.precision ?? 0) > MOST_CHARACTERS) {
    return callError(`the width or precision of "${raw}" at ${offset} is too large`);
  }
  const formatter = FORMATTERS[mode];
  return formatter?.(verb, value) ?? callError(`unsupported format verb '${mode}' in "${raw}" at offset ${offset}`);
}

function unsupported({ raw, offset }: Verb, why: string): CallError {
  return callError(`unsupported value for "${raw}" at ${offset}: ${why}`);
}

type Formatter = (verb: Verb, value: Value) => string | CallError;

const FORMATTERS: Readonly<Record<string, Formatter>> = {
  v: formatAsIs,
  t: converting(BOOL, (_, value) => (value.kind === 'bool' && value.value ? 'true' : 'false')),
  s: converting(STRING, (verb, value) => padText(verb, clippedText(verb, value))),
  q: converting(STRING, (verb, value) => padText(verb, jsonString(clippedText(verb, value)))),
  ...Object.fromEntries([...'bdoxX'].map((mode) => [mode, converting(NUMBER, integerText)])),
  ...Object.fromEntries([...'eEfgG'].map((mode) => [mode, converting(NUMBER, floatText)])),
};

function converting(type: Type, formatter: Formatter): Formatter {
  return (verb, value) => {
    const converted = convertValue(value, type);
    return isFailure(converted) ? unsupported(verb, converted.message) : formatter(verb, converted);
  };
}

function integerText(verb: Verb, value: Value): string | CallError {
  const integer = value.kind === 'number' ? numToBigInt(value.value) : undefined;
  return integer === undefined ? unsupported(verb, 'an integer is required') : formatInteger(integer, verb);
}

function floatText(verb: Verb, value: Value): string {
  return value.kind === 'number' ? formatFloat(value.value, verb) : '';
}

function formatAsIs(verb: Verb, value: Value): string {
  const asJson = verb.flags.includes('#');
  if (value.kind === 'string' && !asJson) return padText(verb, value.value);
  if (value.kind === 'number' && !asJson) return padText(verb, generalText(value.value));
  return padText(verb, jsonText(value));
}

/** A precision of 0 clips nothing. */
function clippedText({ precision = 0 }: Verb, value: Value): string {
  const text = value.kind === 'string' ? value.value : '';
  return precision > 0 ? graphemesOf(text).slice(0, precision).join('') : text;
}

/** To a width in grapheme clusters. */
function padText({ width, flags }: Verb, text: string): string {
  if (width === undefined) return text;
  const padding = (flags.includes('0') ? '0' : ' ').repeat(Math.max(0, width - graphemesOf(text).length));
  return flags.includes('-') ? text + padding : padding + text;
}

const TEXTS = listType(STRING);

const formatlist = defineFunction({
  name: 'formatlist',
  parameters: [parameter('format', STRING)],
  variadic: args,
  returns: TEXTS,
  call: (all) => {
    const text = textOf(all, 0);
    const values = all.slice(1);
    const rows = rowsOf(values);
    if (!Array.isArray(rows)) return rows;
    const results: Value[] = [];
    for (const [index, row] of rows.entries()) {
      const formatted = row.some(containsUnknown) ? unknownValue(STRING, NOT_NULL) : formatText(text, row, 'call');
      if (!isCallError(formatted)) results.push(formatted);
      else if (values.length === 0) return formatted;
      else return callError(`error on format iteration ${index}: ${formatted.message}`);
    }
    return listValue(STRING, results);
  },
});

/** The arguments of each line: lists give an element to each, all else is the same on every line. */
function rowsOf(values: Arguments): Value[][] | CallError | Value {
  const size = commonLength(values);
  if (size === undefined) return unknownValue(TEXTS, NOT_NULL);
  if (typeof size !== 'number') return size;
  return Array.from({ length: size }, (_, row) =>
    values.map((value) => (isListLike(value) ? argumentAt(value.elements, row) : value)),
  );
}

/** Undefined while it is not known. */
function commonLength(values: Arguments): number | undefined | CallError {
  let common: number | undefined;
  let commonIndex = 0;
  let known = true;
  for (const [index, value] of values.entries()) {
    const type = typeOf(value);
    if (value.kind === 'null' || (type.kind !== 'list' && type.kind !== 'set' && type.kind !== 'tuple')) continue;
    const length = lengthOf(value);
    if (isCallError(length) || length.kind !== 'number') return undefined;
    const size = Number(length.value);
    known &&= value.kind !== 'unknown';
    if (common === undefined) {
      common = size;
      commonIndex = index;
    } else if (size !== common) {
      const than = `inconsistent with argument ${commonIndex + 1} of length ${common}`;
      return callError(`argument ${index + 1} has length ${size}, which is ${than}`, index + 1);
    }
  }
  return known ? (common ?? 1) : undefined;
}

function isListLike(value: Value): value is Extract<Value, { readonly elements: readonly Value[] }> {
  return value.kind === 'list' || value.kind === 'set' || value.kind === 'tuple';
}

export const formatFunctions = [format, formatlist];

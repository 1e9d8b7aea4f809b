/** Times as text. Of the present it knows what the context tells: the time of the run, and that planning has no now. */
import { NUMBER, STRING } from '../../value/type.ts';
import { numberValue, stringValue, unknownValue } from '../../value/value.ts';
import { NOT_NULL, callError, defineFunction, parameter, textOf } from './define.ts';
import {
  type TimeError,
  type Timestamp,
  addDuration,
  compareTimestamps,
  formatTimestamp,
  localDate,
  offsetText,
  pad,
  parseDuration,
  parseTimestamp,
} from './rfc3339.ts';

const formatdate = defineFunction({
  name: 'formatdate',
  parameters: [parameter('format', STRING), parameter('time', STRING)],
  returns: STRING,
  call: (args) => {
    const timestamp = parseTimestamp(textOf(args, 1));
    if (timestamp.kind === 'time-error') return callError(timestamp.message, 1);
    let result = '';
    for (const token of tokensOf(textOf(args, 0))) {
      const text = formatToken(token, timestamp);
      if (typeof text !== 'string') return callError(text.message, 0);
      result += text;
    }
    return stringValue(result);
  },
});

/** Quoted text (to the end when nothing closes it), runs of one letter, and all between. */
function tokensOf(format: string): string[] {
  return format.match(/''|'(?:[^']|'')*'?|([A-Za-z])\1*|[^A-Za-z']+/g) ?? [];
}

function formatToken(token: string, timestamp: Timestamp): string | TimeError {
  if (token === "''") return "'";
  if (token.startsWith("'")) {
    if (token.length === 1 || !token.endsWith("'")) return { kind: 'time-error', message: "unterminated literal '" };
    return token.slice(1, -1).replaceAll("''", "'");
  }
  const verbs = VERBS.get(token.charAt(0));
  if (verbs === undefined) return /^[A-Za-z]/.test(token) ? badVerb(token) : token;
  const format = verbs.forms[token];
  return format === undefined ? badVerb(token, verbs.rule) : format(localDate(timestamp), timestamp);
}

function badVerb(token: string, rule?: string): TimeError {
  const message = `invalid date format verb "${token}"`;
  return { kind: 'time-error', message: rule === undefined ? message : `${message}: ${rule}` };
}

type Form = (date: Date, timestamp: Timestamp) => string;

interface Verbs {
  readonly forms: Readonly<Record<string, Form>>;
  readonly rule: string;
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

const monthName = (date: Date) => MONTHS[date.getUTCMonth()] ?? '';
const dayName = (date: Date) => DAYS[date.getUTCDay()] ?? '';
const hourOfHalfDay = (date: Date) => date.getUTCHours() % 12 || 12;
const halfDay = (date: Date) => (date.getUTCHours() < 12 ? 'AM' : 'PM');

function shortAndLong(verb: string, part: (date: Date) => number, rule: string): Verbs {
  return { forms: { [verb]: (date) => String(part(date)), [verb + verb]: (date) => pad(part(date), 2) }, rule };
}

const VERBS: ReadonlyMap<string, Verbs> = new Map<string, Verbs>([
  [
    'Y',
    {
      forms: { YY: (date) => pad(date.getUTCFullYear() % 100, 2), YYYY: (date) => pad(date.getUTCFullYear(), 4) },
      rule: 'year must either be "YY" or "YYYY"',
    },
  ],
  [
    'M',
    {
      forms: {
        M: (date) => String(date.getUTCMonth() + 1),
        MM: (date) => pad(date.getUTCMonth() + 1, 2),
        MMM: (date) => monthName(date).slice(0, 3),
        MMMM: monthName,
      },
      rule: 'month must be "M", "MM", "MMM", or "MMMM"',
    },
  ],
  ['D', shortAndLong('D', (date) => date.getUTCDate(), 'day of month must either be "D" or "DD"')],
  [
    'E',
    {
      forms: { EEE: (date) => dayName(date).slice(0, 3), EEEE: dayName },
      rule: 'day of week must either be "EEE" or "EEEE"',
    },
  ],
  ['h', shortAndLong('h', (date) => date.getUTCHours(), '24-hour must either be "h" or "hh"')],
  ['H', shortAndLong('H', hourOfHalfDay, '12-hour must either be "H" or "HH"')],
  ['A', { forms: { AA: halfDay }, rule: 'must be "AA"' }],
  ['a', { forms: { aa: (date) => halfDay(date).toLowerCase() }, rule: 'must be "aa"' }],
  ['m', shortAndLong('m', (date) => date.getUTCMinutes(), 'minute must either be "m" or "mm"')],
  ['s', shortAndLong('s', (date) => date.getUTCSeconds(), 'second must either be "s" or "ss"')],
  [
    'Z',
    {
      forms: {
        Z: (_, timestamp) => (timestamp.offsetSeconds === 0 ? 'Z' : offsetText(timestamp, ':')),
        ZZZ: (_, timestamp) => (timestamp.offsetSeconds === 0 ? 'UTC' : offsetText(timestamp, '')),
        ZZZZ: (_, timestamp) => offsetText(timestamp, ''),
        ZZZZZ: (_, timestamp) => offsetText(timestamp, ':'),
      },
      rule: 'timezone must be Z, ZZZZ, or ZZZZZ',
    },
  ],
]);

const timeadd = defineFunction({
  name: 'timeadd',
  parameters: [parameter('timestamp', STRING), parameter('duration', STRING)],
  returns: STRING,
  call: (args) => {
    const timestamp = parseTimestamp(textOf(args, 0));
    if (timestamp.kind === 'time-error') return callError(timestamp.message);
    const duration = parseDuration(textOf(args, 1));
    if (typeof duration === 'object') return callError(duration.message);
    return stringValue(formatTimestamp(addDuration(timestamp, duration)));
  },
});

const timecmp = defineFunction({
  name: 'timecmp',
  parameters: [parameter('timestamp_a', STRING), parameter('timestamp_b', STRING)],
  returns: NUMBER,
  call: (args) => {
    const a = parseTimestamp(textOf(args, 0));
    if (a.kind === 'time-error') return callError(a.message, 0);
    const b = parseTimestamp(textOf(args, 1));
    return b.kind === 'time-error' ? callError(b.message, 1) : numberValue(compareTimestamps(a, b));
  },
});

function instantText(instant: Date): string {
  return instant.toISOString().replace(/\.\d+Z$/, 'Z');
}

const timestamp = defineFunction({
  name: 'timestamp',
  returns: STRING,
  call: (_, context) => (context.pure ? unknownValue(STRING, NOT_NULL) : stringValue(instantText(new Date()))),
});

const plantimestamp = defineFunction({
  name: 'plantimestamp',
  returns: STRING,
  call: (_, context) => stringValue(instantText(context.planTime)),
});

export const dateFunctions = [formatdate, plantimestamp, timeadd, timecmp, timestamp];

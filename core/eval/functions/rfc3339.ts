/** Timestamps as RFC 3339 writes them, durations as `1h30m`. Complaints use Terraform's words. */

export interface Timestamp {
  readonly kind: 'timestamp';
  /** Since 1970-01-01T00:00:00Z. */
  readonly epochSeconds: number;
  readonly nanoseconds: number;
  /** East of UTC. */
  readonly offsetSeconds: number;
}

export interface TimeError {
  readonly kind: 'time-error';
  readonly message: string;
}

function timeError(message: string): TimeError {
  return { kind: 'time-error', message };
}

/** Where a part could not be read: what is left of the text there. */
interface Unreadable {
  readonly part: string;
  readonly rest: string;
}

const NOT_VALID = 'not a valid RFC3339 timestamp: ';

export function parseTimestamp(text: string): Timestamp | TimeError {
  const reader = new Reader(text);
  const timestamp = reader.timestamp();
  if ('kind' in timestamp) return timestamp;
  return timeError(NOT_VALID + words(timestamp));
}

function words({ part, rest }: Unreadable): string {
  if (part === 'T') return "missing required time introducer 'T'";
  const isPunctuation = part === '-' || part === ':';
  if (rest === '') return isPunctuation ? `end of string where "${part}" is expected` : `end of string before ${part}`;
  if (isPunctuation) return `found ${JSON.stringify(rest)} where "${part}" is expected`;
  if (part === 'hour') return 'hour must be between 0 and 23 inclusive';
  if (part === 'minute') return 'minute must have exactly two digits';
  return `cannot use ${JSON.stringify(rest)} as ${part}`;
}

/** Reads the parts from left to right; the first that cannot be read is the one reported. */
class Reader {
  #rest: string;
  #problem: Unreadable | undefined;

  constructor(text: string) {
    this.#rest = text;
  }

  timestamp(): Timestamp | Unreadable | TimeError {
    const year = this.#number('year', 4, 4);
    this.#skip('-');
    const month = this.#number('month', 2, 2, 1, 12);
    this.#skip('-');
    const day = this.#number('day of month', 2, 2);
    this.#skip('T');
    const hourDigits = /^\d*/.exec(this.#rest)?.[0].length ?? 0;
    const hour = this.#number('hour', 1, 2, 0, 23);
    this.#skip(':');
    const minute = this.#number('minute', 2, 2, 0, 59);
    this.#skip(':');
    const second = this.#number('second', 2, 2, 0, 59);
    const [separator, nanoseconds] = this.#fraction();
    const offsetSeconds = this.#offset();
    if (this.#problem === undefined && this.#rest !== '') this.#fail('timestamp segment', this.#rest);
    if (this.#problem) return this.#problem;
    const days = daysBefore(year, month, day);
    if (days === undefined) return timeError(`${NOT_VALID}day out of range`);
    if (hourDigits === 1) return timeError(`${NOT_VALID}hour must have exactly two digits`);
    if (separator === ',') return { part: 'timestamp segment', rest: ',' };
    const epochSeconds = days * 86_400 + hour * 3600 + minute * 60 + second - offsetSeconds;
    return { kind: 'timestamp', epochSeconds, nanoseconds, offsetSeconds };
  }

  #fail(part: string, rest: string): void {
    this.#problem ??= { part, rest };
  }

  #skip(punctuation: string): void {
    if (this.#rest.startsWith(punctuation)) this.#rest = this.#rest.slice(punctuation.length);
    else this.#fail(punctuation, this.#rest);
  }

  /** Out of bounds, what is reported is what comes after it. */
  #number(part: string, least: number, most: number, minimum = 0, maximum = 9999): number {
    const digits = new RegExp(`^\\d{${least},${most}}`).exec(this.#rest)?.[0];
    if (digits === undefined) {
      this.#fail(part, this.#rest);
      return 0;
    }
    this.#rest = this.#rest.slice(digits.length);
    const value = Number(digits);
    if (value < minimum || value > maximum) this.#fail(part, this.#rest);
    return value;
  }

  #fraction(): [separator: string, nanoseconds: number] {
    const [all = '', separator = '', digits = ''] = /^([.,])(\d+)/.exec(this.#rest) ?? [];
    this.#rest = this.#rest.slice(all.length);
    return [separator, Number(digits.slice(0, 9).padEnd(9, '0'))];
  }

  #offset(): number {
    if (this.#rest.startsWith('Z')) {
      this.#rest = this.#rest.slice(1);
      return 0;
    }
    const whole = this.#rest;
    const [all, sign, hours = '', minutes = ''] = /^([+-])(\d\d):(\d\d)/.exec(whole) ?? [];
    if (all === undefined) {
      this.#fail('UTC offset', whole);
      return 0;
    }
    this.#rest = whole.slice(all.length);
    if (Number(hours) > 24 || Number(minutes) > 60) this.#fail('UTC offset', this.#rest);
    if (Number(hours) === 24 || Number(minutes) === 60) this.#fail('UTC offset', all);
    return (Number(hours) * 3600 + Number(minutes) * 60) * (sign === '-' ? -1 : 1) + 0;
  }
}

/** Days since 1970 of a date that exists. */
function daysBefore(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() / 86_400_000 : undefined;
}

/** The calendar in the timestamp's own offset, as if it were UTC. */
export function localDate(timestamp: Timestamp): Date {
  return new Date((timestamp.epochSeconds + timestamp.offsetSeconds) * 1000);
}

/** `+05:30`, with this between hours and minutes. */
export function offsetText(timestamp: Timestamp, separator: '' | ':'): string {
  const minutes = Math.abs(timestamp.offsetSeconds) / 60;
  const sign = timestamp.offsetSeconds < 0 ? '-' : '+';
  return `${sign}${pad(Math.floor(minutes / 60), 2)}${separator}${pad(minutes % 60, 2)}`;
}

export function pad(value: number, width: number): string {
  return (value < 0 ? '-' : '') + String(Math.abs(value)).padStart(width, '0');
}

/** To the second; fractions are dropped. */
export function formatTimestamp(timestamp: Timestamp): string {
  const date = localDate(timestamp);
  const day = `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1, 2)}-${pad(date.getUTCDate(), 2)}`;
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map((part) => pad(part, 2)).join(':');
  return `${day}T${time}${timestamp.offsetSeconds === 0 ? 'Z' : offsetText(timestamp, ':')}`;
}

const UNITS = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

/** Nanoseconds of `-1.5h30m`. */
export function parseDuration(text: string): bigint | TimeError {
  const invalid = timeError(`time: invalid duration ${JSON.stringify(text)}`);
  const [, sign, body = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (body === '0') return 0n;
  if (body === '') return invalid;
  let total = 0n;
  let rest = body;
  while (rest !== '') {
    const [all = '', whole = '', fraction = '', unit = ''] = /^(\d*)(?:\.(\d*))?([^.\d]*)/.exec(rest) ?? [];
    if (whole === '' && fraction === '') return invalid;
    if (unit === '') return timeError(`time: missing unit in duration ${JSON.stringify(text)}`);
    const size = UNITS.get(unit);
    if (size === undefined) {
      return timeError(`time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`);
    }
    total += BigInt(whole || '0') * size + (BigInt(fraction || '0') * size) / 10n ** BigInt(fraction.length);
    rest = rest.slice(all.length);
  }
  const signed = sign === '-' ? -total : total;
  return signed >= 2n ** 63n || signed < -(2n ** 63n) ? invalid : signed;
}

/** The same offset, that much later. */
export function addDuration(timestamp: Timestamp, nanoseconds: bigint): Timestamp {
  const total = BigInt(timestamp.nanoseconds) + nanoseconds;
  const rest = ((total % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = Number((total - rest) / 1_000_000_000n);
  return { ...timestamp, epochSeconds: timestamp.epochSeconds + seconds, nanoseconds: Number(rest) };
}

/** -1, 0 or 1: which instant is earlier. */
export function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return Math.sign(a.epochSeconds - b.epochSeconds || a.nanoseconds - b.nanoseconds) + 0;
}

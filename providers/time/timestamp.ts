/**
 * Points in time as RFC 3339 writes them: to the second, with the offset they were written with. Calendar arithmetic
 * carries over: the 31st of January and a month is the 2nd or 3rd of March.
 */
import type { AttributePath, Diagnostics } from '../../core/diag/diagnostic.ts';
import { NUMBER } from '../../core/value/type.ts';
import { type Value, numberValue } from '../../core/value/value.ts';
import { computed } from '../kit/notation.ts';
import type { Entries } from '../kit/values.ts';
import { problem } from '../kit/validators.ts';

export interface Timestamp {
  /** Since 1970, UTC. */
  readonly epochSeconds: number;
  /** East of UTC. */
  readonly offsetMinutes: number;
}

const FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|([+-])(\d\d):(\d\d))$/;

export function now(): Timestamp {
  return { epochSeconds: Math.floor(Date.now() / 1000), offsetMinutes: 0 };
}

export function parseTimestamp(text: string): Timestamp | undefined {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const [hours, minutes] = [Number(match[8] ?? 0), Number(match[9] ?? 0)];
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  // A day that the month does not have has carried over into the next one.
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || hours > 24 || minutes > 59) return undefined;
  local.setUTCHours(hour, minute, second);
  const offsetMinutes = (match[7] === '-' ? -1 : 1) * (hours * 60 + minutes);
  return { epochSeconds: local.getTime() / 1000 - offsetMinutes * 60, offsetMinutes };
}

export function formatTimestamp(timestamp: Timestamp): string {
  const { offsetMinutes } = timestamp;
  const text = localDate(timestamp).toISOString().slice(0, 19);
  if (offsetMinutes === 0) return `${text}Z`;
  const minutes = Math.abs(offsetMinutes);
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return `${text}${offsetMinutes < 0 ? '-' : '+'}${hour}:${minute}`;
}

export function addCalendar(timestamp: Timestamp, years: number, months: number, days: number): Timestamp {
  const local = localDate(timestamp);
  local.setUTCFullYear(local.getUTCFullYear() + years, local.getUTCMonth() + months, local.getUTCDate() + days);
  return { ...timestamp, epochSeconds: local.getTime() / 1000 - timestamp.offsetMinutes * 60 };
}

export function addSeconds(timestamp: Timestamp, seconds: number): Timestamp {
  return { ...timestamp, epochSeconds: timestamp.epochSeconds + seconds };
}

/** Whether this is past. */
export function isOver(timestamp: Timestamp): boolean {
  return Date.now() > timestamp.epochSeconds * 1000;
}

/** As if the local clock were UTC. */
function localDate({ epochSeconds, offsetMinutes }: Timestamp): Date {
  return new Date((epochSeconds + offsetMinutes * 60) * 1000);
}

// ---- Attributes --------------------------------------------------------------------------------------------------

const PARTS = {
  year: (local: Date) => local.getUTCFullYear(),
  month: (local: Date) => local.getUTCMonth() + 1,
  day: (local: Date) => local.getUTCDate(),
  hour: (local: Date) => local.getUTCHours(),
  minute: (local: Date) => local.getUTCMinutes(),
  second: (local: Date) => local.getUTCSeconds(),
} as const;

export const partAttributes = Object.fromEntries(
  [...Object.keys(PARTS), 'unix'].map((name) => [
    name,
    computed(NUMBER, name === 'unix' ? 'Seconds since 1970.' : `The ${name} of the time.`),
  ]),
);

/** `year` to `second`, as its own clock shows them, and `unix`. */
export function partEntries(timestamp: Timestamp): Entries {
  const local = localDate(timestamp);
  const parts = Object.entries(PARTS).map(([name, part]) => [name, numberValue(part(local))] as const);
  return [...parts, ['unix', numberValue(timestamp.epochSeconds)]];
}

export function checkTimestamp(value: Value, path: AttributePath): Diagnostics {
  if (value.kind !== 'string' || parseTimestamp(value.value)) return [];
  const detail = `A time such as "2020-02-12T06:36:13Z" is needed, not "${value.value}".`;
  return [problem(path, 'Invalid RFC3339 String Value', detail)];
}

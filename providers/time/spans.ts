/** Spans of time as arguments: years, months, days, hours, minutes and seconds, each of which may be left out. */
import { sameValue } from '../../core/value/equal.ts';
import { isWhollyKnown } from '../../core/value/marks.ts';
import type { ObjectValue } from '../../core/value/value.ts';
import { type Entries, attribute, countAt, integerValue } from '../kit/values.ts';
import { type Timestamp, addCalendar, addSeconds } from './timestamp.ts';

type Unit = 'days' | 'hours' | 'minutes' | 'months' | 'seconds' | 'years';

export function addUnit(from: Timestamp, unit: Unit, count: number): Timestamp {
  switch (unit) {
    case 'years':
      return addCalendar(from, count, 0, 0);
    case 'months':
      return addCalendar(from, 0, count, 0);
    case 'days':
      return addCalendar(from, 0, 0, count);
    case 'hours':
      return addSeconds(from, count * 3600);
    case 'minutes':
      return addSeconds(from, count * 60);
    case 'seconds':
      return addSeconds(from, count);
  }
}

/** The order matters where a month ends: it is the one in which these resources have always counted. */
const ORDER: readonly Unit[] = ['days', 'hours', 'minutes', 'months', 'seconds', 'years'];

/** All spans, one after the other. */
export function offsetOf(from: Timestamp, value: ObjectValue, prefix: string): Timestamp {
  return ORDER.reduce((at, unit) => addUnit(at, unit, countAt(value, `${prefix}${unit}`)), from);
}

/** Only the last span that is given counts; undefined when none is. */
export function lastSpanOf(from: Timestamp, value: ObjectValue, prefix: string): Timestamp | undefined {
  const unit = ORDER.filter((each) => countAt(value, `${prefix}${each}`) !== 0).at(-1);
  return unit && addUnit(from, unit, countAt(value, `${prefix}${unit}`));
}

/** Undefined when a span is not known yet. */
export function sameSpans(a: ObjectValue, b: ObjectValue, names: readonly string[]): boolean | undefined {
  if (!names.every((name) => isWhollyKnown(attribute(a, name)))) return undefined;
  return names.every((name) => sameValue(attribute(a, name), attribute(b, name)));
}

/** The spans of an ID, empty where none is given; undefined when they are not of that form. */
export function spanFromId(names: readonly string[], texts: readonly string[]): Entries | undefined {
  if (texts.length !== names.length || texts.every((text) => text === '')) return undefined;
  if (!texts.every((text) => /^(?:[+-]?\d+)?$/.test(text))) return undefined;
  return names.flatMap((name, index) => {
    const text = texts[index] ?? '';
    return text === '' ? [] : [[name, integerValue(BigInt(text.replace('+', '')))] as const];
  });
}

/** Rules for single values of a container's arguments. Each takes a known value and answers with what is wrong with it. */
import type { AttributePath, Diagnostics } from '../../core/diag/diagnostic.ts';
import type { Value } from '../../core/value/value.ts';
import { parseDurationNs } from './duration.ts';
import { invalid } from './schema/notation.ts';
import { wholeNumber } from './schema/whole-number.ts';

type Rule = (value: Value, path: AttributePath) => Diagnostics;

/** A whole number not below `least`. */
export function atLeast(least: number): Rule {
  return (value, path) => {
    const fraction = wholeNumber(value, path);
    if (fraction.length > 0) return fraction;
    if (value.kind !== 'number' || typeof value.value !== 'number' || value.value >= least) return [];
    return [invalid(path, `'${value.value}' cannot be lower than ${least}.`)];
  };
}

/** `meaning` says what the pattern stands for: `a mode such as "0644"`. An empty text counts as nothing said. */
export function matches(pattern: RegExp, meaning: string): Rule {
  return (value, path) => {
    if (value.kind !== 'string' || value.value === '' || pattern.test(value.value)) return [];
    return [
      invalid(path, `'${value.value}' doesn't match the pattern '${pattern.source}': ${meaning} is needed here.`),
    ];
  };
}

export function base64Text(value: Value, path: AttributePath): Diagnostics {
  if (value.kind !== 'string') return [];
  const text = value.value.replace(/[\r\n]/g, '');
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return [];
  return [invalid(path, `'${value.value}' is not base64 decodeable.`)];
}

export function durationText(value: Value, path: AttributePath): Diagnostics {
  if (value.kind !== 'string' || value.value === '') return [];
  const duration = parseDurationNs(value.value);
  if (duration === undefined) {
    return [invalid(path, `'${value.value}' is not a valid duration; write it as in "1m30s".`)];
  }
  return duration < 0 ? [invalid(path, `'${value.value}' cannot be lower than 0s.`)] : [];
}

export function absoluteHostPath(value: Value, path: AttributePath): Diagnostics {
  if (value.kind !== 'string' || value.value === '' || /^[a-zA-Z]:[\\/]|^\//.test(value.value)) return [];
  return [invalid(path, `'${value.value}' must be an absolute path. abspath("${value.value}") makes it one.`)];
}

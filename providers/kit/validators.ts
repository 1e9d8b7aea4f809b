/**
 * Checks of configurations that several small providers make. Unknown values are never a mistake: they are checked
 * again when they are known. Summaries are the fixed words of the providers that these replace.
 */
import type { AttributePath, Diagnostic, Diagnostics } from '../../core/diag/diagnostic.ts';
import type { ResourceSchema } from '../../core/provider.ts';
import { compareNum, formatNum, isIntegerNum, numFromBigInt } from '../../core/value/number.ts';
import { NULL, type ObjectValue, type Value } from '../../core/value/value.ts';

const INT64_MAX = numFromBigInt(2n ** 63n - 1n);
const INT64_MIN = numFromBigInt(-(2n ** 63n));

export function problem(path: AttributePath, summary: string, detail: string): Diagnostic {
  return { severity: 'error', summary, detail, path };
}

/** All checks of a resource: those of its attributes, and its own. */
export function checkConfig({ schema, validate }: ResourceSchema, config: ObjectValue): Diagnostics {
  const found = Object.entries(schema.attributes).flatMap(([name, described]) =>
    described.validate ? described.validate(config.attributes.get(name) ?? NULL, [name]) : [],
  );
  return [...found, ...(validate?.(config) ?? [])];
}

export function wholeNumber(value: Value, path: AttributePath): Diagnostics {
  if (value.kind !== 'number') return [];
  const fits =
    isIntegerNum(value.value) && compareNum(value.value, INT64_MAX) <= 0 && compareNum(value.value, INT64_MIN) >= 0;
  if (fits) return [];
  const detail = `A whole number of at most 64 bits is needed here, not ${formatNum(value.value)}.`;
  return [problem(path, 'Configuration Read Error', detail)];
}

export function atLeast(minimum: number): (value: Value, path: AttributePath) => Diagnostics {
  return (value, path) => {
    if (value.kind !== 'number' || compareNum(value.value, minimum) >= 0) return [];
    const name = path.join('.');
    const detail = `Attribute ${name} value must be at least ${minimum}, got: ${formatNum(value.value)}`;
    return [problem(path, 'Invalid Attribute Value', detail)];
  };
}

/** Exactly one of these attributes has to be set. Nothing is said while one of them is unknown. */
export function exactlyOneOf(config: ObjectValue, names: readonly string[]): Diagnostics {
  const values = names.map((name) => config.attributes.get(name) ?? NULL);
  if (values.some(({ kind }) => kind === 'unknown')) return [];
  const given = names.filter((_, index) => values[index]?.kind !== 'null');
  if (given.length === 1) return [];
  const found = given.length === 0 ? 'none is' : `${quoted(given)} are`;
  const detail = `Exactly one of ${quoted(names)} has to be set, but ${found}.`;
  return [problem(given.slice(0, 1), 'Invalid Attribute Combination', detail)];
}

export function atLeastOneOf(config: ObjectValue, names: readonly string[], summary: string): Diagnostics {
  if (names.some((name) => (config.attributes.get(name) ?? NULL).kind !== 'null')) return [];
  return [problem([], summary, `At least one of ${quoted(names)} has to be set.`)];
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

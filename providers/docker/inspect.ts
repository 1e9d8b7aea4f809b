/**
 * Reading the engine's JSON without trusting it: a field that is missing, null or of another type reads as the zero
 * value that Go's decoder would give. Knows nothing of what the fields mean.
 */
export type Inspected = Readonly<Record<string, unknown>>;

export function recordOf(value: unknown): Inspected {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Inspected) : {};
}

/** The value behind a path of names; undefined where it ends early. */
export function fieldOf(value: unknown, ...names: readonly string[]): unknown {
  let at = value;
  for (const name of names) at = recordOf(at)[name];
  return at;
}

export function textOf(value: unknown, ...names: readonly string[]): string {
  const found = fieldOf(value, ...names);
  return typeof found === 'string' ? found : '';
}

export function numberOf(value: unknown, ...names: readonly string[]): number {
  const found = fieldOf(value, ...names);
  return typeof found === 'number' && Number.isFinite(found) ? found : 0;
}

export function flagOf(value: unknown, ...names: readonly string[]): boolean {
  return fieldOf(value, ...names) === true;
}

export function listOf(value: unknown, ...names: readonly string[]): readonly unknown[] {
  const found = fieldOf(value, ...names);
  return Array.isArray(found) ? found : [];
}

export function textsOf(value: unknown, ...names: readonly string[]): readonly string[] {
  return listOf(value, ...names).filter((item): item is string => typeof item === 'string');
}

/** Entries of a JSON object whose values are texts. */
export function textMapOf(value: unknown, ...names: readonly string[]): ReadonlyMap<string, string> {
  const entries = Object.entries(recordOf(fieldOf(value, ...names)));
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

// Makes outputs comparable: what differs from run to run becomes a fixed word.

const volatile: readonly (readonly [RegExp, string])[] = [
  [/\bsha256:[0-9a-f]{64}\b/g, '<image>'],
  [/\b[0-9a-f]{64}\b/g, '<id>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uuid>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g, '<time>'],
  [/\b(after|in) (?:\d+m)?\d+(?:\.\d+)?(?:ms|s)\b/g, '$1 <duration>'],
  [/\b(?:\d+m)?\d+(?:\.\d+)?s elapsed\b/g, '<duration> elapsed'],
];

/** Replaces volatile parts, and the values of the script's own variables by their names. */
export function scrub(text: string, variables: ReadonlyMap<string, string>): string {
  const named = [...variables].reduce(
    (result, [name, value]) => (value ? result.replaceAll(value, `$${name}`) : result),
    text,
  );
  return volatile.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), named);
}

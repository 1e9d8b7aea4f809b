/** Fewer edits than this are taken for a slip. */
const LIMIT = 3;

/** The first candidate that is near enough to a misspelt name to be meant, as Terraform chooses it. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  for (const candidate of candidates) if (editDistance(name, candidate, LIMIT) < LIMIT) return candidate;
  return undefined;
}

/** ` Did you mean "x"?`, with its leading space, or nothing. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  const near = didYouMean(name, candidates);
  return near === undefined ? '' : ` Did you mean "${near}"?`;
}

/** Levenshtein distance, given up as `limit` once it cannot be smaller. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    if (Math.min(...current) >= limit) return limit;
    previous = current;
  }
  return previous[b.length] ?? limit;
}

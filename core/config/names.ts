/** Names of things in a configuration: what they may be made of. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Range } from '../diag/source.ts';
import type { Label } from '../hcl/ast.ts';
import { isName } from '../hcl/characters.ts';

export const BAD_NAME =
  'A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes.';

/** Reports a label that is no name. */
export function checkName(label: Label | undefined, summary: string, diagnostics: Diagnostic[]): void {
  if (label !== undefined && !isName(label.value)) diagnostics.push(errorAt(label, summary, BAD_NAME));
}

/** Reports the local name of a provider that is not lower case letters, digits and dashes. */
export function checkProviderName(name: string, range: Range, diagnostics: Diagnostic[]): boolean {
  const summary = 'Invalid provider local name';
  const lower = name.toLowerCase();
  if (!/^[\p{L}\p{N}]+(-[\p{L}\p{N}]+)*$/u.test(lower)) {
    const why = 'must contain only letters, digits, and dashes, and may not use leading or trailing dashes';
    diagnostics.push(errorAt(range, summary, `${name} is an invalid provider local name: ${why}`));
    return false;
  }
  if (lower === name) return true;
  const detail = `Provider names must be normalized. Replace "${name}" with "${lower}" to fix this error.`;
  diagnostics.push(errorAt(range, summary, detail));
  return false;
}

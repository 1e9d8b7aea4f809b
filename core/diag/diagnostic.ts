/**
 * What a user, a file or the daemon can cause is data: a diagnostic. It knows its words and its place, not how it is
 * rendered and not where it will be shown.
 */
import type { Range } from './source.ts';

export type Severity = 'error' | 'warning';

/**
 * Place inside an object's value: a string is an attribute name or map key, a number a list index. Sets are leaves
 * here: nothing points into one.
 */
export type AttributePath = readonly (string | number)[];

export interface Diagnostic {
  readonly severity: Severity;
  /** Fixed words without names, so that the same mistake can be found by searching for it. */
  readonly summary: string;
  /** Sentences: what, why, what to do. */
  readonly detail: string;
  /** What is underlined. */
  readonly subject?: Range;
  /** What is shown around it, when that is more than the subject's lines. */
  readonly context?: Range;
  /** Resource instance that the diagnostic belongs to. */
  readonly address?: string;
  /** Set by providers, which know no files; core turns it into `subject`. */
  readonly path?: AttributePath;
  /** Values of references in the offending expression, already redacted: `var.x is "y"`. */
  readonly values?: readonly ExpressionValue[];
  /** Said by a check while planning: an apply that follows at once says it again, or no longer. */
  readonly checkedAgain?: true;
  /** The answer was lost: what was asked for may have happened all the same. */
  readonly effectUnknown?: true;
  /** The machine-readable error beneath, for `-json` and for tests. */
  readonly cause?: string;
}

/** `traversal` as written (`var.name`), `statement` as Terraform words it (`is "value"`, `is a list of string`). */
export interface ExpressionValue {
  readonly traversal: string;
  readonly statement: string;
}

export type Diagnostics = readonly Diagnostic[];

/** `value` is undefined only when no usable part could be made; warnings may stand beside a value. */
export interface Result<T> {
  readonly value: T | undefined;
  readonly diagnostics: Diagnostics;
}

export const NO_DIAGNOSTICS: Diagnostics = Object.freeze([]);

export function ok<T>(value: T, diagnostics: Diagnostics = NO_DIAGNOSTICS): Result<T> {
  return { value, diagnostics };
}

export function failed(...diagnostics: Diagnostic[]): { value: undefined; diagnostics: Diagnostics } {
  return { value: undefined, diagnostics };
}

type Extra = Omit<Diagnostic, 'severity' | 'summary' | 'detail' | 'subject'>;

export function errorAt(subject: Range | undefined, summary: string, detail: string, extra?: Extra): Diagnostic {
  return { severity: 'error', summary, detail, ...(subject ? { subject } : {}), ...extra };
}

export function warningAt(subject: Range | undefined, summary: string, detail: string, extra?: Extra): Diagnostic {
  return { severity: 'warning', summary, detail, ...(subject ? { subject } : {}), ...extra };
}

export function hasErrors(diagnostics: Diagnostics): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

/** What the parts of the evaluator share: how one asks for the value of a subexpression, and for errors since then. */
import type { Diagnostic } from '../diag/diagnostic.ts';
import type { Expression } from '../hcl/ast.ts';
import type { Value } from '../value/value.ts';
import type { Scope } from './scope.ts';

/** Always a value; UNKNOWN or an unknown of a known type after an error, which is then among the diagnostics. */
export type Evaluate = (expression: Expression, scope: Scope, diagnostics: Diagnostic[]) => Value;

/** True when one of the diagnostics from `start` on is an error. */
export function hasErrorsSince(diagnostics: readonly Diagnostic[], start: number): boolean {
  for (let index = start; index < diagnostics.length; index++) {
    if (diagnostics[index]?.severity === 'error') return true;
  }
  return false;
}

/**
 * Conditions that a configuration sets itself: validations, preconditions, postconditions, assertions. Evaluates one
 * rule and words its failure; what a failure means is decided where the rule stands.
 */
import type { CheckRule } from '../config/module.ts';
import { type Diagnostic, type Severity, hasErrors } from '../diag/diagnostic.ts';
import { evaluate } from '../eval/evaluate.ts';
import type { Scope } from '../eval/scope.ts';
import { convertValue, isFailure } from '../value/convert.ts';
import { marksIn, unmarkDeep } from '../value/marks.ts';
import { BOOL, STRING } from '../value/type.ts';
import { EPHEMERAL, SENSITIVE, type Value } from '../value/value.ts';
import type { CheckStatus } from './plan.ts';

export interface RuleOutcome {
  readonly status: CheckStatus;
  /** The configuration's own words; set when it fails. */
  readonly problem: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export interface RuleWords {
  /** Terraform's fixed words for this kind of rule. */
  readonly summary: string;
  readonly severity: Severity;
  /** Underlined instead of the condition: a variable's argument, for instance. */
  readonly subject?: Diagnostic['subject'];
  /** Follows the message: where the rule stands, for a rule that is not what is underlined. */
  readonly postscript?: string;
  readonly address?: string;
}

const PASS: RuleOutcome = { status: 'pass', problem: undefined, diagnostics: [] };
const UNKNOWN_OUTCOME: RuleOutcome = { status: 'unknown', problem: undefined, diagnostics: [] };

export function evaluateRule(rule: CheckRule, scope: Scope, words: RuleWords): RuleOutcome {
  const diagnostics: Diagnostic[] = [];
  const condition = evaluate(rule.condition, scope, diagnostics);
  if (hasErrors(diagnostics)) return { status: 'error', problem: undefined, diagnostics };
  if (condition.kind === 'unknown') return UNKNOWN_OUTCOME;
  const holds = convertValue(condition, BOOL);
  if (condition.kind === 'null' || isFailure(holds) || holds.kind !== 'bool') {
    const detail =
      condition.kind === 'null'
        ? 'The condition is null, but it has to be true or false.'
        : `The condition has to be true or false, but it is ${condition.kind === 'string' ? 'a string that is neither' : `of type ${condition.kind}`}.`;
    const invalid: Diagnostic = {
      severity: 'error',
      summary: 'Invalid condition result',
      detail,
      subject: rule.condition,
    };
    return { status: 'error', problem: undefined, diagnostics: [invalid] };
  }
  if (holds.value) return PASS;
  return failedRule(rule, scope, words);
}

function failedRule(rule: CheckRule, scope: Scope, words: RuleWords): RuleOutcome {
  const diagnostics: Diagnostic[] = [];
  const problem = errorMessage(rule, scope, diagnostics);
  const detail = problem ?? FALLBACK;
  diagnostics.push({
    severity: words.severity,
    summary: words.summary,
    detail: words.postscript === undefined ? detail : `${detail}\n\n${words.postscript}`,
    subject: words.subject ?? rule.condition,
    ...(words.address === undefined ? {} : { address: words.address }),
  });
  return { status: 'fail', problem: detail, diagnostics };
}

const FALLBACK = 'The condition does not hold, and its error message cannot be shown.';

function errorMessage(rule: CheckRule, scope: Scope, diagnostics: Diagnostic[]): string | undefined {
  const message: Value = evaluate(rule.errorMessage, scope, diagnostics);
  const text = convertValue(unmarkDeep(message), STRING);
  if (isFailure(text) || text.kind !== 'string') return undefined;
  const marks = marksIn(message);
  if (marks & SENSITIVE) {
    diagnostics.push(hidden(rule, 'Error message refers to sensitive values', 'sensitive'));
    return undefined;
  }
  if (marks & EPHEMERAL) {
    diagnostics.push(hidden(rule, 'Error message refers to ephemeral values', 'ephemeral'));
    return undefined;
  }
  return text.value.trim();
}

function hidden(rule: CheckRule, summary: string, what: string): Diagnostic {
  return {
    severity: 'warning',
    summary,
    detail: `The message of this condition is built from ${what} values, so it is not shown. Word it without them, or use nonsensitive() where they are no secret.`,
    subject: rule.errorMessage,
  };
}

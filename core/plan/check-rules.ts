/**
 * Conditions that a configuration sets itself: validations, preconditions, postconditions, assertions. Evaluates one
 * rule and words its failure; what a failure means is decided where the rule stands.
 */
import type { CheckRule } from '../config/module.ts';
import { type Diagnostic, type Severity, errorAt, hasErrors } from '../diag/diagnostic.ts';
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
  /** Summary when the condition is neither true nor false. */
  readonly notBoolean?: string;
  /** Said when the condition is not known yet. */
  readonly unknown?: string;
  /** A secret in the message is left out without a word: the rule speaks of the secret itself. */
  readonly secretsExpected?: boolean;
}

const PASS: RuleOutcome = { status: 'pass', problem: undefined, diagnostics: [] };

export function evaluateRule(rule: CheckRule, scope: Scope, words: RuleWords): RuleOutcome {
  const diagnostics: Diagnostic[] = [];
  const condition = evaluate(rule.condition, scope, diagnostics);
  if (hasErrors(diagnostics)) return { status: 'error', problem: undefined, diagnostics };
  if (condition.kind === 'unknown') return unknownOutcome(rule, words);
  const holds = convertValue(condition, BOOL);
  if (isFailure(holds) || holds.kind !== 'bool') {
    const invalid = errorAt(
      rule.condition,
      words.notBoolean ?? 'Invalid condition result',
      notBooleanDetail(condition),
    );
    return { status: 'error', problem: undefined, diagnostics: [invalid] };
  }
  return holds.value ? PASS : failedRule(rule, scope, words);
}

function notBooleanDetail(condition: Value): string {
  if (condition.kind === 'null') return 'The condition is null, but it has to be true or false.';
  const what = condition.kind === 'string' ? 'a string that is neither' : `of type ${condition.kind}`;
  return `The condition has to be true or false, but it is ${what}.`;
}

function unknownOutcome(rule: CheckRule, { unknown, severity }: RuleWords): RuleOutcome {
  const outcome: RuleOutcome = { status: 'unknown', problem: undefined, diagnostics: [] };
  if (unknown === undefined) return outcome;
  const detail = 'The condition depends on something that is known only after apply; it is checked again then.';
  return { ...outcome, diagnostics: [{ severity, summary: unknown, detail, subject: rule.condition }] };
}

/** What can be said of a rule before anything is known: whether its message may be shown. */
export function checkRuleMessage(rule: CheckRule, scope: Scope): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  errorMessage(rule, scope, diagnostics, false);
  return diagnostics.filter(({ severity }) => severity === 'warning');
}

function failedRule(rule: CheckRule, scope: Scope, words: RuleWords): RuleOutcome {
  const diagnostics: Diagnostic[] = [];
  const problem = errorMessage(rule, scope, diagnostics, words.secretsExpected ?? false);
  const detail = problem ?? 'The condition does not hold, and its error message cannot be shown.';
  diagnostics.push({
    severity: words.severity,
    summary: words.summary,
    detail: words.postscript === undefined ? detail : `${detail}\n\n${words.postscript}`,
    subject: words.subject ?? rule.condition,
    ...(words.address === undefined ? {} : { address: words.address }),
  });
  return { status: 'fail', problem: detail, diagnostics };
}

function errorMessage(
  rule: CheckRule,
  scope: Scope,
  diagnostics: Diagnostic[],
  secretsExpected: boolean,
): string | undefined {
  const message = evaluate(rule.errorMessage, scope, diagnostics);
  const marks = marksIn(message);
  if (marks & SENSITIVE) {
    if (!secretsExpected) diagnostics.push(hidden(rule, 'Error message refers to sensitive values', 'sensitive'));
    return undefined;
  }
  if (marks & EPHEMERAL) {
    diagnostics.push(hidden(rule, 'Error message refers to ephemeral values', 'ephemeral'));
    return undefined;
  }
  const text = convertValue(unmarkDeep(message), STRING);
  return isFailure(text) || text.kind !== 'string' ? undefined : text.value.trim();
}

function hidden(rule: CheckRule, summary: string, what: string): Diagnostic {
  return {
    severity: 'warning',
    summary,
    detail: `The message of this condition is built from ${what} values, so it is not shown. Word it without them, or use nonsensitive() where they are no secret.`,
    subject: rule.errorMessage,
  };
}

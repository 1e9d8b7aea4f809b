/** Evaluates the assertions of a run against the module that was planned or applied. */
import type { CheckRule, Module } from '../../core/config/module.ts';
import type { SchemaSource } from '../../core/config/schema-source.ts';
import { type Diagnostic, errorAt, hasErrors } from '../../core/diag/diagnostic.ts';
import { describeValues } from '../../core/eval/describe-values.ts';
import { evaluate } from '../../core/eval/evaluate.ts';
import { convertValue, isFailure } from '../../core/value/convert.ts';
import { marksIn, unmarkDeep } from '../../core/value/marks.ts';
import { BOOL, STRING } from '../../core/value/type.ts';
import { EPHEMERAL, SENSITIVE, type Value } from '../../core/value/value.ts';
import type { Scope } from '../../core/eval/scope.ts';
import { type RunOutputs, checkAssertion } from './test-scope.ts';
import { type TestStatus, worse } from './test-status.ts';

export interface AssertionInput {
  readonly rules: readonly CheckRule[];
  readonly scope: Scope;
  readonly root: Module;
  readonly runs: RunOutputs;
  readonly testOnly: ReadonlyMap<string, Value>;
  readonly schemas: SchemaSource;
}

export function evaluateAssertions(input: AssertionInput): { status: TestStatus; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  let status: TestStatus = 'pass';
  for (const rule of input.rules) status = worse(status, evaluateOne(rule, input, diagnostics));
  return { status, diagnostics };
}

function evaluateOne(rule: CheckRule, input: AssertionInput, diagnostics: Diagnostic[]): TestStatus {
  const { scope, root, runs, testOnly, schemas } = input;
  const problems = checkAssertion([rule.condition, rule.errorMessage], root, runs, testOnly, schemas);
  const message = hasErrors(problems) ? '' : messageOf(rule, scope, problems);
  const condition = hasErrors(problems) ? undefined : evaluate(rule.condition, scope, problems);
  diagnostics.push(...problems);
  if (condition === undefined || hasErrors(problems)) return 'error';
  const holds = unmarkDeep(condition);
  if (holds.kind === 'unknown') {
    const values = describeValues(rule.condition, scope, { unknown: true });
    diagnostics.push(errorAt(rule.condition, 'Unknown condition value', UNKNOWN_DETAIL, { values }));
    return 'error';
  }
  const values = describeValues(rule.condition, scope);
  const asBool = convertValue(holds, BOOL);
  if (isFailure(asBool) || asBool.kind !== 'bool') {
    diagnostics.push(errorAt(rule.condition, 'Invalid condition run', notBoolean(asBool), { values }));
    return 'error';
  }
  if (asBool.value) return 'pass';
  diagnostics.push(errorAt(rule.condition, 'Test assertion failed', message, { values }));
  return 'fail';
}

const UNKNOWN_DETAIL =
  'The condition depends on something that is not known: the run only plans ("command = plan"), and one of the values is known after an apply. Assert something else, let the run apply, or give the value while planning by an override with "override_during = plan".';

function notBoolean(value: ReturnType<typeof convertValue>): string {
  if (isFailure(value)) return `Invalid condition run value: ${value.message}.`;
  return 'Condition expression must return either true or false, not null.';
}

/** Empty when it may not be shown. */
function messageOf(rule: CheckRule, scope: Scope, diagnostics: Diagnostic[]): string {
  const message = evaluate(rule.errorMessage, scope, diagnostics);
  const marks = marksIn(message);
  if (marks & SENSITIVE || marks & EPHEMERAL) {
    const what = marks & SENSITIVE ? 'sensitive' : 'ephemeral';
    diagnostics.push({
      severity: 'warning',
      summary: `Error message refers to ${what} values`,
      detail: `The message of this assertion is built from ${what} values, so it is not shown. Word it without them, or use nonsensitive() where they are no secret.`,
      subject: rule.errorMessage,
      values: [],
    });
    return '';
  }
  const text = convertValue(unmarkDeep(message), STRING);
  if (!isFailure(text) && text.kind !== 'null') return text.kind === 'string' ? text.value.trim() : '';
  const why = isFailure(text) ? text.message : 'must not be null';
  const detail = `Unsuitable value for error message: ${why}.`;
  const values = describeValues(rule.errorMessage, scope);
  diagnostics.push(errorAt(rule.errorMessage, 'Invalid error message', detail, { values }));
  return '';
}

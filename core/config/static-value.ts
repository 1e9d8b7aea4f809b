/**
 * Values that have to be written out: no references, no function calls. Constant text and plain booleans, nearly all
 * there is, are read without the evaluator.
 */
import { type Diagnostic, errorAt, hasErrors } from '../diag/diagnostic.ts';
import type { Range } from '../diag/source.ts';
import { evaluate } from '../eval/evaluate.ts';
import type { Scope } from '../eval/scope.ts';
import { startRange } from '../eval/start-range.ts';
import { walkExpression } from '../eval/traversals.ts';
import type { Expression } from '../hcl/ast.ts';
import { convertValue, isFailure } from '../value/convert.ts';
import { plainJsonValue } from './json-plain.ts';
import { BOOL, STRING, type Type } from '../value/type.ts';
import { UNKNOWN, type Value, boolValue, stringValue } from '../value/value.ts';

const NO_NAMES: Scope = {
  resolve: (reference) => ({ value: UNKNOWN, used: reference.steps.length }),
  functions: { get: () => undefined, names: () => [] },
};

/** Value of an expression that may refer to nothing; UNKNOWN after an error. */
export function staticValue(expression: Expression, diagnostics: Diagnostic[]): Value {
  const text = constantText(expression);
  if (text !== undefined) return stringValue(text);
  if (expression.kind === 'literal' && expression.literal.type === 'bool') return boolValue(expression.literal.value);
  // Where nothing may be referred to, strings of JSON are not even templates.
  if (expression.kind === 'json') return plainJsonValue(expression.json);
  const problems = namesUsed(expression);
  if (problems.length > 0) {
    diagnostics.push(...problems);
    return UNKNOWN;
  }
  return evaluate(expression, NO_NAMES, diagnostics);
}

/** Text of an argument that takes a literal string; undefined after an error or for null. */
export function staticString(expression: Expression, diagnostics: Diagnostic[]): string | undefined {
  const value = typedValue(expression, STRING, diagnostics);
  return value?.kind === 'string' ? value.value : undefined;
}

/** Value of an argument that takes a literal bool; undefined after an error or for null. */
export function staticBool(expression: Expression, diagnostics: Diagnostic[]): boolean | undefined {
  const value = typedValue(expression, BOOL, diagnostics);
  return value?.kind === 'bool' ? value.value : undefined;
}

/** Text of a string without interpolation. */
export function constantText(expression: Expression): string | undefined {
  if (expression.kind !== 'template') return undefined;
  let text = '';
  for (const part of expression.parts) {
    if (part.kind !== 'text') return undefined;
    text += part.value;
  }
  return text;
}

/** "Variables not allowed" and "Function calls not allowed" for every one in the expression. */
export function namesUsed(expression: Expression): Diagnostic[] {
  const problems: Diagnostic[] = [];
  walkExpression(expression, {
    traversal: (traversal) => {
      problems.push(errorAt(traversal.root, 'Variables not allowed', 'Variables may not be used here.'));
    },
    call: (call) => {
      problems.push(errorAt(call, 'Function calls not allowed', 'Functions may not be called here.'));
    },
  });
  return problems;
}

function typedValue(expression: Expression, type: Type, diagnostics: Diagnostic[]): Value | undefined {
  const before = diagnostics.length;
  const value = staticValue(expression, diagnostics);
  if (hasErrors(diagnostics.slice(before))) {
    diagnostics.push(unsuitable(expression, expression, 'value must be known'));
    return undefined;
  }
  const converted = convertValue(value, type);
  if (!isFailure(converted)) {
    if (converted.kind === 'null')
      diagnostics.push(unsuitable(expression, startRange(expression), 'null value is not allowed'));
    return converted;
  }
  diagnostics.push(unsuitable(expression, startRange(expression), converted.message));
  return undefined;
}

function unsuitable(expression: Expression, subject: Range, message: string): Diagnostic {
  return errorAt(subject, 'Unsuitable value type', `Unsuitable value: ${message}`, { context: expression });
}

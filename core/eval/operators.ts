/** `a + b`, `!a` and their like on values that are evaluated already. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { BinaryExpression, BinaryOperator, Expression, UnaryExpression } from '../hcl/ast.ts';
import { convertValue, isFailure } from '../value/convert.ts';
import { equalValues } from '../value/equal.ts';
import {
  addNum,
  type ArithmeticError,
  compareNum,
  divNum,
  isArithmeticError,
  modNum,
  mulNum,
  type Num,
  negNum,
  subNum,
} from '../value/number.ts';
import { BOOL, NUMBER, type Type } from '../value/type.ts';
import { boolValue, numberValue, type Refinement, UNKNOWN, unknownValue, type Value } from '../value/value.ts';
import { type Evaluate, hasErrorsSince } from './evaluation.ts';
import type { Scope } from './scope.ts';

const NOT_NULL: Refinement = Object.freeze({ notNull: true });
const UNKNOWN_NUMBER = unknownValue(NUMBER);
const UNKNOWN_BOOL = unknownValue(BOOL);

/**
 * Both sides are always evaluated: `&&` and `||` do not stop at the first. A chain such as `a + b + c` is gone through in
 * a loop, since its tree is as deep as the chain is long.
 */
export function evaluateBinary(
  expression: BinaryExpression,
  scope: Scope,
  diagnostics: Diagnostic[],
  evaluate: Evaluate,
): Value {
  const start = diagnostics.length;
  const chain = [expression];
  let first = expression;
  while (first.left.kind === 'binary') {
    first = first.left;
    chain.push(first);
  }
  let value = evaluate(first.left, scope, diagnostics);
  for (let link = chain.pop(); link !== undefined; link = chain.pop()) {
    value = operate(link, value, evaluate(link.right, scope, diagnostics), start, diagnostics);
  }
  return value;
}

/** `start`: diagnostics from there on belong to the operands. */
function operate(
  expression: BinaryExpression,
  givenLeft: Value,
  givenRight: Value,
  start: number,
  diagnostics: Diagnostic[],
): Value {
  const { operator } = expression;
  if (operator === '==' || operator === '!=') {
    if (hasErrorsSince(diagnostics, start)) return UNKNOWN_BOOL;
    const equal = equalValues(givenLeft, givenRight);
    return operator === '==' ? equal : negated(equal);
  }
  const type = operandType(operator);
  const left = operand(givenLeft, type, 'left operand', expression.left, expression, diagnostics);
  const right = operand(givenRight, type, 'right operand', expression.right, expression, diagnostics);
  if (hasErrorsSince(diagnostics, start)) return isArithmetic(operator) ? UNKNOWN_NUMBER : UNKNOWN_BOOL;
  if (left.kind === 'null' || right.kind === 'null') return nullOperand(expression, diagnostics);
  const result = isArithmetic(operator) ? arithmetic(operator, left, right) : decision(operator, left, right);
  if (result.kind !== 'arithmetic-error') return result;
  diagnostics.push(errorAt(expression, 'Operation failed', `Error during operation: ${result.message}.`));
  return UNKNOWN_NUMBER;
}

export function evaluateUnary(
  expression: UnaryExpression,
  scope: Scope,
  diagnostics: Diagnostic[],
  evaluate: Evaluate,
): Value {
  const start = diagnostics.length;
  const type = expression.operator === '-' ? NUMBER : BOOL;
  const given = evaluate(expression.operand, scope, diagnostics);
  const value = operand(given, type, 'unary operand', expression.operand, expression, diagnostics);
  if (hasErrorsSince(diagnostics, start)) return unknownValue(type);
  if (value.kind === 'null') return nullOperand(expression, diagnostics);
  if (type === BOOL) return negated(value);
  return value.kind === 'number'
    ? numberValue(negNum(value.value), value.marks)
    : unknownValue(NUMBER, NOT_NULL, value.marks);
}

function operand(
  value: Value,
  type: Type,
  place: string,
  expression: Expression,
  context: Expression,
  diagnostics: Diagnostic[],
): Value {
  if (value.kind === type.kind) return value;
  const converted = convertValue(value, type);
  if (!isFailure(converted)) return converted;
  const detail = `Unsuitable value for ${place}: ${converted.message}.`;
  diagnostics.push(errorAt(expression, 'Invalid operand', detail, { context }));
  return UNKNOWN;
}

function nullOperand(expression: BinaryExpression | UnaryExpression, diagnostics: Diagnostic[]): Value {
  diagnostics.push(errorAt(expression, 'Operation failed', 'Error during operation: argument must not be null.'));
  const isBool = expression.kind === 'unary' ? expression.operator === '!' : !isArithmetic(expression.operator);
  return isBool ? UNKNOWN_BOOL : UNKNOWN_NUMBER;
}

type Arithmetic = '+' | '-' | '*' | '/' | '%';

function isArithmetic(operator: BinaryOperator): operator is Arithmetic {
  return operator === '+' || operator === '-' || operator === '*' || operator === '/' || operator === '%';
}

function operandType(operator: BinaryOperator): Type {
  return operator === '&&' || operator === '||' ? BOOL : NUMBER;
}

/** `!value` of a bool that may be unknown. */
function negated(value: Value): Value {
  if (value.kind === 'bool') return boolValue(!value.value, value.marks);
  return unknownValue(BOOL, NOT_NULL, value.marks);
}

function arithmetic(operator: Arithmetic, left: Value, right: Value): Value | ArithmeticError {
  const marks = left.marks | right.marks;
  if (left.kind !== 'number' || right.kind !== 'number') return unknownValue(NUMBER, NOT_NULL, marks);
  const result = compute(operator, left.value, right.value);
  return isArithmeticError(result) ? result : numberValue(result, marks);
}

function compute(operator: Arithmetic, left: Num, right: Num): Num | ArithmeticError {
  switch (operator) {
    case '+':
      return addNum(left, right);
    case '-':
      return subNum(left, right);
    case '*':
      return mulNum(left, right);
    case '/':
      return divNum(left, right);
    case '%':
      return modNum(left, right);
  }
}

function decision(operator: Exclude<BinaryOperator, Arithmetic>, left: Value, right: Value): Value {
  const marks = left.marks | right.marks;
  if (operator === '&&' || operator === '||') {
    if (left.kind !== 'bool' || right.kind !== 'bool') return unknownValue(BOOL, NOT_NULL, marks);
    return boolValue(operator === '&&' ? left.value && right.value : left.value || right.value, marks);
  }
  const order = left.kind === 'number' && right.kind === 'number' ? compareNum(left.value, right.value) : undefined;
  const decided = order === undefined ? decidedByBounds(operator, left, right) : holds(operator, order);
  return decided === undefined ? unknownValue(BOOL, NOT_NULL, marks) : boolValue(decided, marks);
}

function holds(operator: string, order: number): boolean {
  switch (operator) {
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    default:
      return order >= 0;
  }
}

/** A comparison with an unknown number whose bounds leave only one answer. All bounds count as exclusive. */
function decidedByBounds(operator: string, left: Value, right: Value): boolean | undefined {
  const a = boundsOf(left);
  const b = boundsOf(right);
  if (isBelow(a.maximum, b.minimum)) return operator === '<' || operator === '<=';
  if (isBelow(b.maximum, a.minimum)) return operator === '>' || operator === '>=';
  return undefined;
}

function isBelow(a: Num | undefined, b: Num | undefined): boolean {
  return a !== undefined && b !== undefined && compareNum(a, b) < 0;
}

function boundsOf(value: Value): { minimum?: Num | undefined; maximum?: Num | undefined } {
  if (value.kind === 'number') return { minimum: value.value, maximum: value.value };
  if (value.kind !== 'unknown') return {};
  return { minimum: value.refinement?.minimum?.value, maximum: value.refinement?.maximum?.value };
}

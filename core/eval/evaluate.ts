/**
 * The value of an expression. Every kind of expression has its function here or in a file of its own; names are asked of
 * the scope. Never throws for what a configuration can say: mistakes are diagnostics, and the value is then unknown.
 * Recursion is as deep as the expression is nested, which the parser limits (`MAXIMUM_NESTING`).
 */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { describeRange } from '../hcl/template.ts';
import type { Range } from '../diag/source.ts';
import type {
  Expression,
  IndexExpression,
  JsonMember,
  JsonNode,
  LiteralExpression,
  ObjectExpression,
  TemplatePart,
  TraversalExpression,
} from '../hcl/ast.ts';
import { jsonKey, jsonStringExpression } from '../hcl/json.ts';
import { convertValue, isFailure } from '../value/convert.ts';
import { parseNum } from '../value/number.ts';
import { STRING, type Type } from '../value/type.ts';
import {
  boolValue,
  type Marks,
  NO_MARKS,
  NULL,
  numberValue,
  objectValue,
  tupleValue,
  UNKNOWN,
  unknownValue,
  type Value,
} from '../value/value.ts';
import { applySteps, elementOf } from './access.ts';
import { evaluateCall } from './call.ts';
import { evaluateConditional } from './conditional.ts';
import { withValues } from './describe-values.ts';
import { hasErrorsSince } from './evaluation.ts';
import { evaluateFor } from './for-expression.ts';
import { evaluateBinary, evaluateUnary } from './operators.ts';
import type { Scope } from './scope.ts';
import { evaluateSplat } from './splat.ts';
import { evaluateTemplate } from './template.ts';

/** Always a value; after an error, which is pushed to `diagnostics`, an unknown one. */
export function evaluate(expression: Expression, scope: Scope, diagnostics: Diagnostic[]): Value {
  const start = diagnostics.length;
  const value = evaluateKind(expression, scope, diagnostics);
  for (let index = start; index < diagnostics.length; index++) {
    const diagnostic = diagnostics[index];
    if (diagnostic !== undefined && diagnostic.values === undefined) {
      diagnostics[index] = withValues(diagnostic, expression, scope);
    }
  }
  return value;
}

function evaluateKind(expression: Expression, scope: Scope, diagnostics: Diagnostic[]): Value {
  switch (expression.kind) {
    case 'literal':
      return evaluateLiteral(expression, diagnostics);
    case 'template':
      return evaluateTemplate(expression.parts, expression, scope, diagnostics, evaluate);
    case 'template-wrap':
      return evaluate(expression.wrapped, scope, diagnostics);
    case 'traversal':
      return evaluateTraversal(expression, scope, diagnostics);
    case 'parentheses':
      return evaluate(expression.inner, scope, diagnostics);
    case 'tuple':
      return tupleValue(expression.elements.map((element) => evaluate(element, scope, diagnostics)));
    case 'object':
      return evaluateObject(expression, scope, diagnostics);
    case 'call':
      return evaluateCall(expression, scope, diagnostics, evaluate);
    case 'conditional':
      return evaluateConditional(expression, scope, diagnostics, evaluate);
    case 'binary':
      return evaluateBinary(expression, scope, diagnostics, evaluate);
    case 'unary':
      return evaluateUnary(expression, scope, diagnostics, evaluate);
    case 'relative-traversal': {
      const source = evaluate(expression.source, scope, diagnostics);
      return applySteps(source, expression.steps, 0, diagnostics);
    }
    case 'index':
      return evaluateIndex(expression, scope, diagnostics);
    case 'splat':
      return evaluateSplat(expression, scope, diagnostics, evaluate);
    case 'for':
      return evaluateFor(expression, scope, diagnostics, evaluate);
    case 'json':
      return evaluateJson(expression.json, scope, diagnostics);
    case 'invalid':
      return UNKNOWN;
  }
}

/**
 * The expression's value converted to a type, with the complaint of an argument of that type when it does not fit.
 *
 * @param detail what is said of the value, with the reason in place of `%s`
 */
export function evaluateTo(
  expression: Expression,
  type: Type,
  scope: Scope,
  diagnostics: Diagnostic[],
  detail = 'Inappropriate value for this argument: %s.',
): Value {
  const value = evaluate(expression, scope, diagnostics);
  const converted = convertValue(value, type);
  if (!isFailure(converted)) return converted;
  diagnostics.push(
    errorAt(
      expression,
      'Incorrect attribute value type',
      detail.replace('%s', () => converted.message),
    ),
  );
  return unknownValue(type);
}

/** The text of a template's parts. `range` is the whole template. */
export function evaluateTemplateParts(
  parts: readonly TemplatePart[],
  range: Range,
  scope: Scope,
  diagnostics: Diagnostic[],
): Value {
  return evaluateTemplate(parts, range, scope, diagnostics, evaluate);
}

function evaluateLiteral(expression: LiteralExpression, diagnostics: Diagnostic[]): Value {
  const { literal } = expression;
  switch (literal.type) {
    case 'bool':
      return boolValue(literal.value);
    case 'null':
      return NULL;
    case 'number':
      return numberOf(literal.text, expression, diagnostics);
  }
}

function numberOf(text: string, range: Range, diagnostics: Diagnostic[]): Value {
  const num = parseNum(text);
  if (num !== undefined) return numberValue(num);
  const detail = 'Failed to recognize the value of this number literal.';
  diagnostics.push(errorAt(range, 'Invalid number literal', detail));
  return UNKNOWN;
}

function evaluateTraversal(expression: TraversalExpression, scope: Scope, diagnostics: Diagnostic[]): Value {
  const start = diagnostics.length;
  const { value, used } = scope.resolve(expression, diagnostics);
  if (used >= expression.steps.length || hasErrorsSince(diagnostics, start)) return value;
  return applySteps(value, expression.steps, used, diagnostics);
}

function evaluateIndex(expression: IndexExpression, scope: Scope, diagnostics: Diagnostic[]): Value {
  const { collection, index } = expression;
  const range = bracketRange(expression);
  if (collection.kind === 'traversal' && scope.resolveInstance !== undefined) {
    const start = diagnostics.length;
    const key = evaluate(index, scope, diagnostics);
    const instance = hasErrorsSince(diagnostics, start)
      ? undefined
      : scope.resolveInstance(collection, key, diagnostics);
    if (instance !== undefined) return instance;
    return elementOf(evaluate(collection, scope, diagnostics), key, range, diagnostics);
  }
  const source = evaluate(collection, scope, diagnostics);
  const key = evaluate(index, scope, diagnostics);
  return elementOf(source, key, range, diagnostics);
}

/** `[key]` with both brackets. */
function bracketRange({ file, openBracket, end }: IndexExpression): Range {
  return { file, start: openBracket.start, end };
}

/** Of a key that comes twice the last value counts. A key that is not known leaves nothing known of the object. */
function evaluateObject(expression: ObjectExpression, scope: Scope, diagnostics: Diagnostic[]): Value {
  const attributes = new Map<string, Value>();
  let marks: Marks = NO_MARKS;
  let isKnown = true;
  for (const item of expression.items) {
    if (item.keyName !== undefined) {
      attributes.set(item.keyName, evaluate(item.value, scope, diagnostics));
      continue;
    }
    const start = diagnostics.length;
    const given = evaluate(item.key, scope, diagnostics);
    const failed = hasErrorsSince(diagnostics, start);
    const value = evaluate(item.value, scope, diagnostics);
    const key = failed ? undefined : keyText(given, item.key, item.value, diagnostics);
    marks |= given.marks;
    if (key === undefined) isKnown = false;
    else attributes.set(key, value);
  }
  return isKnown ? objectValue(attributes, marks) : UNKNOWN;
}

/** Undefined for a key that is unknown, or after a complaint. */
function keyText(
  key: Value,
  keyRange: Expression,
  valueRange: Expression,
  diagnostics: Diagnostic[],
): string | undefined {
  if (key.kind === 'null') {
    diagnostics.push(errorAt(valueRange, 'Null value as key', "Can't use a null value as a key."));
    return undefined;
  }
  const text = convertValue(key, STRING);
  if (!isFailure(text)) return text.kind === 'string' ? text.value : undefined;
  diagnostics.push(errorAt(keyRange, 'Incorrect key type', `Can't use this value as a key: ${text.message}.`));
  return undefined;
}

// ---- JSON ------------------------------------------------------------------------------------------------------

function evaluateJson(node: JsonNode, scope: Scope, diagnostics: Diagnostic[]): Value {
  switch (node.kind) {
    case 'null':
      return node.invalid === true ? UNKNOWN : NULL;
    case 'bool':
      return boolValue(node.value);
    case 'number':
      return numberOf(node.text, node, diagnostics);
    case 'string': {
      const template = jsonStringExpression(node);
      diagnostics.push(...template.diagnostics);
      return evaluate(template.value, scope, diagnostics);
    }
    case 'array':
      return tupleValue(node.items.map((item) => evaluateJson(item, scope, diagnostics)));
    case 'object':
      return evaluateJsonObject(node.members, scope, diagnostics);
  }
}

const INVALID_KEY = 'Invalid object key expression';

function evaluateJsonObject(members: readonly JsonMember[], scope: Scope, diagnostics: Diagnostic[]): Value {
  const attributes = new Map<string, Value>();
  const places = new Map<string, Range>();
  let isKnown = true;
  for (const member of members) {
    const name = evaluateJson(jsonKey(member), scope, diagnostics);
    const value = evaluateJson(member.value, scope, diagnostics);
    const key = convertValue(name, STRING);
    const { nameRange } = member;
    if (isFailure(key)) {
      const detail = `Cannot use this expression as an object key: ${key.message}.`;
      diagnostics.push(errorAt(nameRange, INVALID_KEY, detail));
    } else if (key.kind === 'null') {
      diagnostics.push(errorAt(nameRange, INVALID_KEY, 'Cannot use null value as an object key.'));
    } else if (key.kind !== 'string') {
      isKnown = false;
    } else {
      const first = places.get(key.value);
      if (first !== undefined) {
        const detail = `An attribute named "${key.value}" was already defined at ${describeRange(first)}.`;
        diagnostics.push(errorAt(nameRange, 'Duplicate object attribute', detail));
      } else {
        attributes.set(key.value, value);
        places.set(key.value, nameRange);
      }
    }
  }
  return isKnown ? objectValue(attributes) : UNKNOWN;
}

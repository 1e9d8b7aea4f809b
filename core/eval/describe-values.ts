/**
 * What the references of an expression stood for when it failed: `var.x is "y"`. Says nothing of sensitive or ephemeral
 * values, and of unknown ones only the type, unless the diagnostic is about just that.
 */
import type { Diagnostic, ExpressionValue } from '../diag/diagnostic.ts';
import type { Range } from '../diag/source.ts';
import type { Expression, TraversalExpression, TraversalStep } from '../hcl/ast.ts';
import { formatNum } from '../value/number.ts';
import { friendlyTypeName } from '../value/show.ts';
import { EPHEMERAL, SENSITIVE, typeOf, type Value } from '../value/value.ts';
import { applySteps } from './access.ts';
import type { Scope } from './scope.ts';
import { traversalsIn } from './traversals.ts';

/** What the diagnostic itself is caused by, and may therefore be named. */
export interface Cause {
  readonly unknown?: boolean;
  readonly sensitive?: boolean;
  readonly ephemeral?: boolean;
}

/** One statement for each reference that has a value, in the order of their texts. */
export function describeValues(expression: Expression, scope: Scope, cause: Cause = {}): ExpressionValue[] {
  const found = new Map<string, string>();
  for (const traversal of traversalsIn(expression)) {
    const described = describeTraversal(traversal, scope);
    const statement = described && !found.has(described.text) ? statementOf(described.value, cause) : undefined;
    if (described && statement !== undefined) found.set(described.text, statement);
  }
  const texts = [...found.keys()].sort();
  return texts.map((traversal) => ({ traversal, statement: found.get(traversal) ?? '' }));
}

/** The diagnostic with the values of what it underlines, if it does not say more already. */
export function withValues(
  diagnostic: Diagnostic,
  expression: Expression,
  scope: Scope,
  cause: Cause = {},
): Diagnostic {
  if (diagnostic.values !== undefined) return diagnostic;
  const part = partAt(expression, diagnostic.subject);
  return { ...diagnostic, values: part === undefined ? [] : describeValues(part, scope, cause) };
}

/** The operand, argument or condition that the diagnostic is about, or else the whole expression. */
function partAt(expression: Expression, subject: Range | undefined): Expression | undefined {
  if (subject === undefined) return expression;
  const part = partsOf(expression).find(({ start, end }) => start <= subject.start && subject.end <= end);
  // What fails behind a splat is about an element, for which there is no reference.
  if (part === undefined) return expression.kind === 'splat' ? undefined : expression;
  const isWhole = part.start === subject.start && part.end === subject.end;
  // The links of a chain `a + b + c` are evaluated together.
  return part.kind === 'binary' && expression.kind === 'binary' && !isWhole ? partAt(part, subject) : part;
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'binary':
      return [expression.left, expression.right];
    case 'unary':
      return [expression.operand];
    case 'conditional':
      return [expression.condition, expression.consequent, expression.alternate];
    case 'call':
      return expression.args;
    case 'object':
      return expression.items.flatMap((item) => [item.key, item.value]);
    case 'template':
      return expression.parts.flatMap((part) => {
        if (part.kind === 'interpolation') return [part.expression];
        return part.kind === 'if' ? [part.condition] : part.kind === 'for' ? [part.collection] : [];
      });
    case 'splat':
      return [expression.source];
    case 'for': {
      const { collection, condition, resultKey, result } = expression;
      return [collection, condition, resultKey, result].filter((part) => part !== undefined);
    }
    default:
      return [];
  }
}

/** The longest part of a reference, of a name and at least one step, that has a value. */
function describeTraversal(traversal: TraversalExpression, scope: Scope): { text: string; value: Value } | undefined {
  for (let length = traversal.steps.length; length > 0; length--) {
    const steps = traversal.steps.slice(0, length);
    const diagnostics: Diagnostic[] = [];
    const { value, used } = scope.resolve({ ...traversal, steps }, diagnostics);
    const result = diagnostics.length === 0 ? applySteps(value, steps, used, diagnostics) : value;
    if (diagnostics.length === 0) return { text: traversal.root.name + steps.map(stepText).join(''), value: result };
  }
  return undefined;
}

function stepText(step: TraversalStep): string {
  if (step.kind === 'attribute') return `.${step.name}`;
  return typeof step.key === 'number' ? `[${step.key}]` : `[${JSON.stringify(step.key)}]`;
}

function statementOf(value: Value, cause: Cause): string | undefined {
  const sensitive = (value.marks & SENSITIVE) !== 0;
  const ephemeral = (value.marks & EPHEMERAL) !== 0;
  if ((sensitive && cause.sensitive !== true) || (ephemeral && cause.ephemeral !== true)) return undefined;
  if (sensitive) return ephemeral ? 'has an ephemeral, sensitive value' : 'has a sensitive value';
  if (ephemeral) return 'has an ephemeral value';
  return value.kind === 'unknown' ? unknownStatement(value, cause) : `is ${compactValue(value)}`;
}

function unknownStatement({ type }: { type: ReturnType<typeof typeOf> }, cause: Cause): string | undefined {
  const untyped = type.kind === 'dynamic';
  if (cause.unknown !== true) return untyped ? undefined : `is a ${friendlyTypeName(type)}`;
  return untyped ? 'will be known only after apply' : `is a ${friendlyTypeName(type)}, known only after apply`;
}

/** Never shows what is inside a collection: that may be sensitive although the whole is not. */
function compactValue(value: Value): string {
  switch (value.kind) {
    case 'null':
      return 'null';
    case 'bool':
      return String(value.value);
    case 'number':
      return shortNumber(formatNum(value.value));
    case 'string':
      return JSON.stringify(value.value);
    case 'object': {
      const [name] = value.attributes.keys();
      if (name === undefined) return 'object with no attributes';
      const count = value.attributes.size;
      return count === 1 ? `object with 1 attribute "${name}"` : `object with ${count} attributes`;
    }
    default:
      return counted(value);
  }
}

function counted(value: Value): string {
  const count = value.kind === 'map' ? value.entries.size : 'elements' in value ? value.elements.length : 0;
  const name = friendlyTypeName(typeOf(value));
  if (count === 0) return `empty ${name}`;
  return count === 1 ? `${name} with 1 element` : `${name} with ${count} elements`;
}

/** Ten significant digits at most. */
function shortNumber(text: string): string {
  if (text.replace(/[-.]/g, '').length <= 10) return text;
  const short = Number(text).toPrecision(10);
  return short.includes('e') ? short.replace(/\.?0+e/, 'e') : short.replace(/\.?0+$/, '');
}

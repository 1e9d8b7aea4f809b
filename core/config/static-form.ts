/**
 * Expressions whose form matters and not their value: keywords (`all`), lists of references (`depends_on`), maps of
 * names (`providers`). Strings that hold a reference or keyword are read as one, with Terraform's warning.
 */
import { type Diagnostic, type Result, errorAt, failed, ok, warningAt } from '../diag/diagnostic.ts';
import type { Expression, ObjectItem, TraversalExpression } from '../hcl/ast.ts';
import { jsonExpression, jsonKey, jsonTraversal } from '../hcl/json.ts';
import { parseTraversal } from '../hcl/parser.ts';
import { constantText } from './static-value.ts';

const QUOTED_REFERENCE =
  'In this context, references are expected literally rather than in quotes. Terraform 0.11 and earlier required quotes, but quoted references are now deprecated and will be removed in a future version of Terraform. Remove the quotes surrounding this reference to silence this warning.';
const QUOTED_KEYWORD =
  'In this context, keywords are expected literally rather than in quotes. Terraform 0.11 and earlier required quotes, but quoted keywords are now deprecated and will be removed in a future version of Terraform. Remove the quotes surrounding this keyword to silence this warning.';

/** The bare word that an expression is, or '' when it is none. */
export function keywordOf(expression: Expression): string {
  if (expression.kind === 'traversal' && expression.steps.length === 0) return expression.root.name;
  if (expression.kind === 'literal') {
    if (expression.literal.type === 'bool') return String(expression.literal.value);
    if (expression.literal.type === 'null') return 'null';
  }
  if (expression.kind === 'json' && expression.json.kind === 'string') {
    const traversal = jsonTraversal(expression.json).value;
    return traversal !== undefined && traversal.steps.length === 0 ? traversal.root.name : '';
  }
  return '';
}

/** Elements of a list that is written out. */
export function staticList(expression: Expression): Result<readonly Expression[]> {
  if (expression.kind === 'tuple') return ok(expression.elements);
  if (expression.kind === 'parentheses') return staticList(expression.inner);
  if (expression.kind === 'json' && expression.json.kind === 'array') {
    return ok(expression.json.items.map(jsonExpression));
  }
  return failed(errorAt(expression, 'Invalid expression', 'A static list expression is required.'));
}

/** A pair of a map that is written out. */
export interface StaticPair {
  readonly key: Expression;
  /** The key when it is a bare name. */
  readonly keyName: string | undefined;
  readonly value: Expression;
}

/** Pairs of a map that is written out. */
export function staticMap(expression: Expression): Result<readonly StaticPair[]> {
  if (expression.kind === 'object') return ok(expression.items.map(staticPair));
  if (expression.kind === 'parentheses') return staticMap(expression.inner);
  if (expression.kind === 'json' && expression.json.kind === 'object') {
    const pairs = expression.json.members.map((member) => {
      return { key: jsonExpression(jsonKey(member)), keyName: member.name, value: jsonExpression(member.value) };
    });
    return ok(pairs);
  }
  return failed(errorAt(expression, 'Invalid expression', 'A static map expression is required.'));
}

function staticPair(item: ObjectItem): StaticPair {
  return { key: item.key, keyName: item.keyName, value: item.value };
}

/** A reference that is written out: a name with constant steps. */
export function staticTraversal(expression: Expression): Result<TraversalExpression> {
  if (expression.kind === 'traversal') return ok(expression);
  const traversal = expression.kind === 'json' ? jsonTraversal(expression.json).value : undefined;
  if (traversal) return ok(traversal);
  const detail =
    'A single static variable reference is required: only attribute access and indexing with constant keys. No calculations, function calls, template expressions, etc are allowed here.';
  return failed(errorAt(expression, 'Invalid expression', detail));
}

/** Like `staticTraversal`, and a quoted string with a reference in it will do, with a warning. */
export function shimmedTraversal(expression: Expression): Result<TraversalExpression> {
  const text = expression.kind === 'json' ? undefined : constantText(expression);
  if (text === undefined) return staticTraversal(expression);
  // The inner text, without the quotes.
  const inside = parseTraversal(expression.file, expression.start + 1, expression.end - 1);
  const warning = warningAt(expression, 'Quoted references are deprecated', QUOTED_REFERENCE);
  return { value: inside.value, diagnostics: [...inside.diagnostics, warning] };
}

/** A keyword, or a quoted string with one in it, with a warning; '' when it is neither. */
export function shimmedKeyword(expression: Expression, diagnostics: Diagnostic[]): string {
  const text = expression.kind === 'json' ? undefined : constantText(expression);
  if (text === undefined) return keywordOf(expression);
  const inside = parseTraversal(expression.file, expression.start + 1, expression.end - 1);
  diagnostics.push(...inside.diagnostics, warningAt(expression, 'Quoted keywords are deprecated', QUOTED_KEYWORD));
  return inside.value !== undefined && inside.value.steps.length === 0 ? inside.value.root.name : '';
}

/** `depends_on = [a, b]` */
export function decodeDependsOn(expression: Expression, diagnostics: Diagnostic[]): TraversalExpression[] {
  const list = staticList(expression);
  diagnostics.push(...list.diagnostics);
  const traversals: TraversalExpression[] = [];
  for (const element of list.value ?? []) {
    const traversal = shimmedTraversal(element);
    diagnostics.push(...traversal.diagnostics);
    if (traversal.value) traversals.push(traversal.value);
  }
  return traversals;
}

/**
 * Every traversal that an expression contains, in source order. Names that the expression itself brings into scope
 * (`for` keys and values) are left out. Knows nothing of what a traversal may refer to.
 */
import type {
  CallExpression,
  Expression,
  JsonNode,
  Name,
  ObjectExpression,
  SplatExpression,
  TemplatePart,
  TraversalExpression,
} from '../hcl/ast.ts';
import { jsonKey, jsonStringExpression } from '../hcl/json.ts';

/** What a walk over an expression tells of. Either part may be left out. */
export interface ExpressionVisitor {
  traversal?(traversal: TraversalExpression): void;
  call?(call: CallExpression): void;
}

/** Names that are not references here: the outermost first. */
type Hidden = readonly string[];

/** Traversals whose root is not in `hidden`, in source order, each occurrence once. */
export function traversalsIn(expression: Expression, hidden: readonly string[] = []): TraversalExpression[] {
  const found: TraversalExpression[] = [];
  walkExpression(expression, { traversal: (traversal) => found.push(traversal) }, hidden);
  return found;
}

/** Function calls in source order, those inside arguments after the call they belong to. */
export function callsIn(expression: Expression): CallExpression[] {
  const found: CallExpression[] = [];
  walkExpression(expression, { call: (call) => found.push(call) });
  return found;
}

/** Visits every traversal and call of an expression, depth first and in source order. */
export function walkExpression(expression: Expression, visitor: ExpressionVisitor, hidden: Hidden = []): void {
  switch (expression.kind) {
    case 'literal':
    case 'invalid':
      return;
    case 'traversal':
      if (!hidden.includes(expression.root.name)) visitor.traversal?.(expression);
      return;
    case 'template':
      return walkParts(expression.parts, visitor, hidden);
    case 'template-wrap':
      return walkExpression(expression.wrapped, visitor, hidden);
    case 'parentheses':
      return walkExpression(expression.inner, visitor, hidden);
    case 'tuple':
      return walkAll(expression.elements, visitor, hidden);
    case 'object':
      return walkObject(expression, visitor, hidden);
    case 'call':
      visitor.call?.(expression);
      return walkAll(expression.args, visitor, hidden);
    case 'conditional':
      return walkAll([expression.condition, expression.consequent, expression.alternate], visitor, hidden);
    case 'binary':
      return walkAll([expression.left, expression.right], visitor, hidden);
    case 'unary':
      return walkExpression(expression.operand, visitor, hidden);
    case 'relative-traversal':
      return walkExpression(expression.source, visitor, hidden);
    case 'index':
      return walkAll([expression.collection, expression.index], visitor, hidden);
    case 'splat':
      return walkSplat(expression, visitor, hidden);
    case 'for': {
      walkExpression(expression.collection, visitor, hidden);
      const inner = hide(hidden, expression.key, expression.value);
      if (expression.resultKey) walkExpression(expression.resultKey, visitor, inner);
      walkExpression(expression.result, visitor, inner);
      if (expression.condition) walkExpression(expression.condition, visitor, inner);
      return;
    }
    case 'json':
      return walkJson(expression.json, visitor, hidden);
  }
}

function walkAll(expressions: readonly Expression[], visitor: ExpressionVisitor, hidden: Hidden): void {
  for (const expression of expressions) walkExpression(expression, visitor, hidden);
}

function walkObject(object: ObjectExpression, visitor: ExpressionVisitor, hidden: Hidden): void {
  for (const item of object.items) {
    if (item.keyName === undefined) walkExpression(item.key, visitor, hidden);
    walkExpression(item.value, visitor, hidden);
  }
}

function walkSplat(splat: SplatExpression, visitor: ExpressionVisitor, hidden: Hidden): void {
  walkExpression(splat.source, visitor, hidden);
  for (const step of splat.each) if (step.kind === 'dynamic-index') walkExpression(step.index, visitor, hidden);
}

function walkParts(parts: readonly TemplatePart[], visitor: ExpressionVisitor, hidden: Hidden): void {
  for (const part of parts) {
    switch (part.kind) {
      case 'text':
        break;
      case 'interpolation':
        walkExpression(part.expression, visitor, hidden);
        break;
      case 'if':
        walkExpression(part.condition, visitor, hidden);
        walkParts(part.consequent, visitor, hidden);
        walkParts(part.alternate, visitor, hidden);
        break;
      case 'for':
        walkExpression(part.collection, visitor, hidden);
        walkParts(part.body, visitor, hide(hidden, part.key, part.value));
        break;
    }
  }
}

function walkJson(node: JsonNode, visitor: ExpressionVisitor, hidden: Hidden): void {
  switch (node.kind) {
    case 'null':
    case 'bool':
    case 'number':
      return;
    case 'string':
      return walkExpression(jsonStringExpression(node).value, visitor, hidden);
    case 'array':
      for (const item of node.items) walkJson(item, visitor, hidden);
      return;
    case 'object':
      for (const member of node.members) {
        walkJson(jsonKey(member), visitor, hidden);
        walkJson(member.value, visitor, hidden);
      }
      return;
  }
}

function hide(hidden: Hidden, key: Name | undefined, value: Name): Hidden {
  return key === undefined ? [...hidden, value.name] : [...hidden, key.name, value.name];
}

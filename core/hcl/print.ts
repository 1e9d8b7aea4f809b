/**
 * An expression as text again: parsing what is printed gives the same tree. Layout and comments are not kept, heredocs
 * become quoted strings.
 */
import { unreachable } from '../diag/invariant.ts';
import type {
  CallExpression,
  Expression,
  ForExpression,
  JsonNode,
  ObjectItem,
  SplatStep,
  TemplatePart,
  TraversalExpression,
  TraversalStep,
} from './ast.ts';
import { escapeText } from './escape.ts';

/** `var.a["b"].c` */
export function printTraversal({ root, steps }: TraversalExpression): string {
  return root.name + steps.map(printStep).join('');
}

/** `.name`, `["key"]`, `[0]` or `.0` */
export function printStep(step: TraversalStep): string {
  if (step.kind === 'attribute') return `.${step.name}`;
  if (step.legacy) return `.${step.key}`;
  return typeof step.key === 'string' ? `["${escapeText(step.key)}"]` : `[${step.key}]`;
}

/** Native syntax for an expression. One that could not be parsed has none and is printed as `null`. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return printLiteral(expression.literal);
    case 'template':
      return `"${printParts(expression.parts)}"`;
    case 'template-wrap':
      return `"${printInterpolation(expression.wrapped)}"`;
    case 'tuple':
      return `[${expression.elements.map(printExpression).join(', ')}]`;
    case 'object':
      return expression.items.length === 0 ? '{}' : `{ ${expression.items.map(printItem).join(', ')} }`;
    case 'for':
      return printFor(expression);
    case 'call':
      return printCall(expression);
    case 'conditional': {
      const [condition, yes, no] = [expression.condition, expression.consequent, expression.alternate];
      return `${printExpression(condition)} ? ${printExpression(yes)} : ${printExpression(no)}`;
    }
    case 'binary':
      return `${printExpression(expression.left)} ${expression.operator} ${printExpression(expression.right)}`;
    case 'unary':
      return expression.operator + printExpression(expression.operand);
    case 'traversal':
      return printTraversal(expression);
    case 'relative-traversal':
      return printExpression(expression.source) + expression.steps.map(printStep).join('');
    case 'index':
      return `${printExpression(expression.collection)}[${printExpression(expression.index)}]`;
    case 'splat':
      return printExpression(expression.source) + printSplat(expression);
    case 'parentheses':
      return `(${printExpression(expression.inner)})`;
    case 'json':
      return printJson(expression.json);
    case 'invalid':
      return 'null';
    default:
      return unreachable(expression);
  }
}

function printLiteral(literal: (Expression & { kind: 'literal' })['literal']): string {
  if (literal.type === 'number') return literal.text;
  return literal.type === 'bool' ? String(literal.value) : 'null';
}

function printItem({ key, value }: ObjectItem): string {
  return `${printExpression(key)} = ${printExpression(value)}`;
}

function printFor({ brackets, key, value, collection, resultKey, result, grouping, condition }: ForExpression): string {
  const names = key === undefined ? value.name : `${key.name}, ${value.name}`;
  const arrow = resultKey === undefined ? '' : `${printExpression(resultKey)} => `;
  const test = condition === undefined ? '' : ` if ${printExpression(condition)}`;
  const ellipsis = grouping ? '...' : '';
  const body = `for ${names} in ${printExpression(collection)} : ${arrow}${printExpression(result)}${ellipsis}${test}`;
  return brackets === 'object' ? `{${body}}` : `[${body}]`;
}

function printCall({ name, args, expandFinal }: CallExpression): string {
  return `${name}(${args.map(printExpression).join(', ')}${expandFinal ? '...' : ''})`;
}

function printSplat(splat: { readonly full: boolean; readonly each: readonly SplatStep[] }): string {
  return (splat.full ? '[*]' : '.*') + splat.each.map(printSplatStep).join('');
}

function printSplatStep(step: SplatStep): string {
  if (step.kind === 'nested-splat') return printSplat(step);
  return step.kind === 'dynamic-index' ? `[${printExpression(step.index)}]` : printStep(step);
}

// ---- Templates -------------------------------------------------------------------------------------------------------

/**
 * Template parts as they stand between quotes.
 *
 * @param end what follows the last part: the mark of a directive, or nothing
 */
function printParts(parts: readonly TemplatePart[], end: '' | '%' = ''): string {
  return parts.map((part, index) => printPart(part, markOf(parts[index + 1], end))).join('');
}

/** The mark that a part begins with; text has none, and there are no two texts in a row. */
function markOf(part: TemplatePart | undefined, end: '' | '%'): '' | '%' | '$' {
  if (part === undefined) return end;
  if (part.kind === 'text') return '';
  return part.kind === 'interpolation' ? '$' : '%';
}

function printPart(part: TemplatePart, nextMark: '' | '%' | '$'): string {
  switch (part.kind) {
    case 'text':
      return printText(part.value, nextMark);
    case 'interpolation':
      return printInterpolation(part.expression);
    case 'if': {
      const otherwise = part.alternate.length === 0 ? '' : `%{ else }${printParts(part.alternate, '%')}`;
      return `%{ if ${printExpression(part.condition)} }${printParts(part.consequent, '%')}${otherwise}%{ endif }`;
    }
    case 'for': {
      const names = part.key === undefined ? part.value.name : `${part.key.name}, ${part.value.name}`;
      return `%{ for ${names} in ${printExpression(part.collection)} }${printParts(part.body, '%')}%{ endfor }`;
    }
    default:
      return unreachable(part);
  }
}

/** A mark right before one that begins a sequence would make an escape of it; written as a code point it does not. */
function printText(value: string, nextMark: '' | '%' | '$'): string {
  const text = escapeText(value);
  if (nextMark === '' || !text.endsWith(nextMark)) return text;
  return `${text.slice(0, -1)}\\u00${nextMark === '$' ? '24' : '25'}`;
}

function printInterpolation(expression: Expression): string {
  const text = printExpression(expression);
  return text.startsWith('{') || text.endsWith('}') ? `\${ ${text} }` : `\${${text}}`;
}

// ---- JSON ------------------------------------------------------------------------------------------------------------

function printJson(node: JsonNode): string {
  switch (node.kind) {
    case 'null':
      return 'null';
    case 'bool':
      return String(node.value);
    case 'number':
      return node.text;
    case 'string':
      return JSON.stringify(node.value);
    case 'array':
      return `[${node.items.map(printJson).join(', ')}]`;
    case 'object':
      return `{${node.members.map(({ name, value }) => `${JSON.stringify(name)}: ${printJson(value)}`).join(', ')}}`;
    default:
      return unreachable(node);
  }
}

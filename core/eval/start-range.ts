/** Where an expression begins, as HCL underlines an argument: its first word, operator or bracket, not the whole of it. */
import { type Range, rangeOf } from '../diag/source.ts';
import type { Expression, TemplatePart } from '../hcl/ast.ts';

export function startRange(expression: Expression): Range {
  switch (expression.kind) {
    case 'traversal':
      return expression.root;
    case 'call':
      return rangeOf(expression.file, expression.nameRange.start, expression.openParen.end);
    case 'conditional':
      return startRange(expression.condition);
    case 'binary':
      return startRange(expression.left);
    case 'index':
      return expression.openBracket;
    case 'splat':
      return expression.marker;
    case 'tuple':
    case 'object':
    case 'for':
    case 'unary':
      return rangeOf(expression.file, expression.start, expression.start + 1);
    case 'parentheses':
      return startRange(expression.inner);
    case 'template': {
      const [first] = expression.parts;
      return first === undefined ? rangeOf(expression.file, expression.end, expression.end) : startOfPart(first);
    }
    default:
      return expression;
  }
}

function startOfPart(part: TemplatePart): Range {
  switch (part.kind) {
    case 'interpolation':
      return startRange(part.expression);
    case 'if':
      return startRange(part.condition);
    default:
      return part;
  }
}

/** Values as the syntax that would give them, so that a configuration can be made to say what a test has evaluated. */
import type { Range } from '../../core/diag/source.ts';
import type { Expression, ObjectItem, TemplateExpression } from '../../core/hcl/ast.ts';
import { formatNum } from '../../core/value/number.ts';
import type { Value } from '../../core/value/value.ts';

/**
 * Marks are left out. What is not known becomes an expression that is not known.
 *
 * @param range where the value comes from: what a diagnostic about it points at
 */
export function valueExpression(value: Value, range: Range): Expression {
  const place = { file: range.file, start: range.start, end: range.end };
  switch (value.kind) {
    case 'string':
      return textExpression(value.value, place);
    case 'number':
      return { kind: 'literal', literal: { type: 'number', text: formatNum(value.value) }, ...place };
    case 'bool':
      return { kind: 'literal', literal: { type: 'bool', value: value.value }, ...place };
    case 'null':
      return { kind: 'literal', literal: { type: 'null' }, ...place };
    case 'unknown':
      return { kind: 'invalid', ...place };
    case 'list':
    case 'set':
    case 'tuple':
      return { kind: 'tuple', elements: value.elements.map((element) => valueExpression(element, place)), ...place };
    case 'map':
      return { kind: 'object', items: itemsOf(value.entries, place), ...place };
    case 'object':
      return { kind: 'object', items: itemsOf(value.attributes, place), ...place };
  }
}

function itemsOf(values: ReadonlyMap<string, Value>, place: Range): ObjectItem[] {
  return [...values].map(([name, value]) => ({
    keyName: undefined,
    key: textExpression(name, place),
    value: valueExpression(value, place),
    ...place,
  }));
}

function textExpression(text: string, place: Range): TemplateExpression {
  return { kind: 'template', parts: [{ kind: 'text', value: text, ...place }], heredoc: false, ...place };
}

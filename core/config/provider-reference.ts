/** `docker`, `docker.alias`, `docker.alias[key]`: how configuration names one of its provider configurations. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Expression, TraversalStep } from '../hcl/ast.ts';
import type { ProviderReference } from './module.ts';
import { checkProviderName } from './names.ts';
import { shimmedTraversal } from './static-form.ts';
import { constantText } from './static-value.ts';

const SUMMARY = 'Invalid provider configuration reference';

/** Undefined after an error. `argument` is the name of the argument, for messages. */
export function decodeProviderReference(
  expression: Expression,
  argument: string,
  diagnostics: Diagnostic[],
): ProviderReference | undefined {
  const inner = expression.kind === 'index' ? expression.collection : expression;
  const traversal = shimmedTraversal(inner);
  if (traversal.value === undefined) {
    diagnostics.push(notAReference(inner, argument));
    return undefined;
  }
  diagnostics.push(...traversal.diagnostics);
  const { root, steps } = traversal.value;
  if (steps.length > (expression.kind === 'index' ? 1 : 2)) {
    diagnostics.push(notAReference(inner, argument));
    return undefined;
  }
  if (!checkProviderName(root.name, root, diagnostics)) return undefined;
  const [alias, key] = steps;
  if (alias && alias.kind !== 'attribute') {
    const detail = 'Provider name must either stand alone or be followed by a period and then a configuration alias.';
    diagnostics.push(errorAt(alias, SUMMARY, detail));
    return undefined;
  }
  const reference = { localName: root.name, alias: alias?.name, range: root };
  if (expression.kind === 'index') return { ...reference, key: expression.index };
  if (key === undefined) return reference;
  if (key.kind === 'index') return { ...reference, key: keyExpression(key) };
  diagnostics.push(notAReference(inner, argument));
  return undefined;
}

/** A constant key as the expression that it is. */
function keyExpression(step: TraversalStep & { readonly kind: 'index' }): Expression {
  const { file, start, end, key } = step;
  if (typeof key === 'number')
    return { kind: 'literal', literal: { type: 'number', text: String(key) }, file, start, end };
  const text = { kind: 'text', value: key, file, start, end } as const;
  return { kind: 'template', parts: [text], heredoc: false, file, start, end };
}

function notAReference(expression: Expression, argument: string): Diagnostic {
  const detail =
    constantText(expression) !== undefined
      ? 'A provider configuration reference must not be given in quotes.'
      : `The ${argument} argument requires a provider type name, optionally followed by a period and then a configuration alias.`;
  return errorAt(expression, SUMMARY, detail);
}

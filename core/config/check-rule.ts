/** Blocks of a condition and a message: `validation`, `precondition`, `postcondition`, `assert`. And `check` around them. */
import type { ResourceMode } from '../addr/address.ts';
import { localResourceText } from '../addr/address.ts';
import { type Diagnostic, errorAt, hasErrors } from '../diag/diagnostic.ts';
import { referencesIn } from '../eval/reference.ts';
import { traversalsIn } from '../eval/traversals.ts';
import type { Block, Expression } from '../hcl/ast.ts';
import { type ContentSchema, readContent } from './content.ts';
import type { CheckRule } from './module.ts';

const SCHEMA: ContentSchema = { attributes: { condition: 'required', error_message: 'required' }, blocks: {} };

/** The rule, unless a part is missing; `condition` is there whenever it was written. */
export function decodeCheckRule(
  block: Block,
  diagnostics: Diagnostic[],
): { rule: CheckRule | undefined; condition: Expression | undefined } {
  const content = readContent(block.body, SCHEMA, diagnostics);
  const condition = content.attributes.get('condition')?.value;
  const errorMessage = content.attributes.get('error_message')?.value;
  if (condition && traversalsIn(condition).length === 0) {
    const detail =
      'The condition expression must refer to at least one object from elsewhere in the configuration, or else its result would not be checking anything.';
    diagnostics.push(errorAt(condition, `Invalid ${block.type} expression`, detail));
  }
  const rule = condition && errorMessage ? { range: block.header, condition, errorMessage } : undefined;
  return { rule, condition };
}

/** Rules of a resource's `lifecycle`, which may not refer to the resource by its name. */
export function decodeCondition(
  block: Block,
  resource: { mode: ResourceMode; type: string; name: string },
  diagnostics: Diagnostic[],
): CheckRule | undefined {
  const { rule } = decodeCheckRule(block, diagnostics);
  if (rule === undefined) return undefined;
  for (const expression of [rule.condition, rule.errorMessage]) {
    if (!refersTo(expression, resource)) continue;
    const detail = `Configuration for ${localResourceText(resource)} may not refer to itself.`;
    diagnostics.push(errorAt(expression, `Invalid reference in ${block.type}`, detail));
  }
  return rule;
}

function refersTo(expression: Expression, resource: { mode: ResourceMode; type: string; name: string }): boolean {
  return referencesIn(expression).some(
    ({ subject }) =>
      subject.kind === 'resource' &&
      subject.mode === resource.mode &&
      subject.type === resource.type &&
      subject.name === resource.name,
  );
}

/** A rule of a `check` block; undefined when anything is wrong with it. */
export function decodeAssertion(block: Block, diagnostics: Diagnostic[]): CheckRule | undefined {
  const problems: Diagnostic[] = [];
  const { rule } = decodeCheckRule(block, problems);
  diagnostics.push(...problems);
  return hasErrors(problems) ? undefined : rule;
}

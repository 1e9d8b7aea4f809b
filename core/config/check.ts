/** `check` blocks: assertions, and the one data source that they may bring along. */
import { type Diagnostic, errorAt, hasErrors } from '../diag/diagnostic.ts';
import { localResourceText } from '../addr/address.ts';
import type { Block } from '../hcl/ast.ts';
import { describeRange } from '../hcl/template.ts';
import { decodeAssertion } from './check-rule.ts';
import { type ContentSchema, readContent } from './content.ts';
import type { Check, CheckRule, Resource } from './module.ts';
import { checkName } from './names.ts';
import { decodeResource } from './resource.ts';

const SCHEMA: ContentSchema = { attributes: {}, blocks: { data: ['type', 'name'], assert: [] } };

/** The check and its data source, which belongs to the module's resources. */
export function decodeCheck(block: Block, diagnostics: Diagnostic[]): { check: Check; data: Resource | undefined } {
  const { blocks } = readContent(block.body, SCHEMA, diagnostics);
  const [label] = block.labels;
  checkName(label, 'Invalid check block name', diagnostics);
  const name = label?.value ?? '';
  const assertions: CheckRule[] = [];
  let data: Resource | undefined;
  for (const inner of blocks) {
    if (inner.type === 'assert') {
      const rule = decodeAssertion(inner, diagnostics);
      if (rule) assertions.push(rule);
    } else if (data) {
      const detail = `This check block already has a data resource defined at ${describeRange(data.range)}.`;
      diagnostics.push(errorAt(inner.header, 'Multiple data resource blocks', detail));
    } else {
      data = decodeScopedData(inner, name, diagnostics);
    }
  }
  if (assertions.length === 0) {
    diagnostics.push(errorAt(block.header, 'Zero assert blocks', 'Check blocks must have at least one assert block.'));
  }
  const check = { name, range: block.header, assertions, dataResource: data && localResourceText(data) };
  return { check, data };
}

function decodeScopedData(block: Block, check: string, diagnostics: Diagnostic[]): Resource | undefined {
  const problems: Diagnostic[] = [];
  const data = decodeResource(block, 'data', check, problems);
  diagnostics.push(...problems);
  return hasErrors(problems) ? undefined : data;
}

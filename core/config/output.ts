/** `output` blocks, and the entries of `locals`. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Block } from '../hcl/ast.ts';
import { isName } from '../hcl/characters.ts';
import { decodeCheckRule } from './check-rule.ts';
import { type ContentSchema, readAttributes, readContent } from './content.ts';
import type { CheckRule, Local, Output } from './module.ts';
import { BAD_NAME, checkName } from './names.ts';
import { decodeDependsOn } from './static-form.ts';
import { staticBool, staticString } from './static-value.ts';

const SCHEMA: ContentSchema = {
  attributes: {
    description: 'optional',
    value: 'required',
    depends_on: 'optional',
    sensitive: 'optional',
    ephemeral: 'optional',
  },
  blocks: { precondition: [], postcondition: [] },
};

/** The output value that a block declares; `value` is undefined after an error. */
export function decodeOutput(block: Block, diagnostics: Diagnostic[]): Output {
  const { attributes, blocks } = readContent(block.body, SCHEMA, diagnostics);
  const [label] = block.labels;
  checkName(label, 'Invalid output name', diagnostics);
  const description = attributes.get('description');
  const sensitive = attributes.get('sensitive');
  const ephemeral = attributes.get('ephemeral');
  const dependsOn = attributes.get('depends_on');
  return {
    name: label?.value ?? '',
    range: block.header,
    value: attributes.get('value')?.value,
    description: description && staticString(description.value, diagnostics),
    sensitive: (sensitive && staticBool(sensitive.value, diagnostics)) ?? false,
    ephemeral: (ephemeral && staticBool(ephemeral.value, diagnostics)) ?? false,
    deprecated: undefined,
    dependsOn: dependsOn ? decodeDependsOn(dependsOn.value, diagnostics) : [],
    preconditions: decodePreconditions(blocks, diagnostics),
  };
}

function decodePreconditions(blocks: readonly Block[], diagnostics: Diagnostic[]): CheckRule[] {
  const rules: CheckRule[] = [];
  for (const block of blocks) {
    if (block.type === 'postcondition') {
      const detail = 'Output values can only have preconditions, not postconditions.';
      diagnostics.push(errorAt(block.typeRange, 'Postconditions are not allowed', detail));
      continue;
    }
    const { rule } = decodeCheckRule(block, diagnostics);
    if (rule) rules.push(rule);
  }
  return rules;
}

/** Entries of a `locals` block. */
export function decodeLocals(block: Block, diagnostics: Diagnostic[]): Local[] {
  return [...readAttributes(block.body, diagnostics).values()].map((attribute) => {
    if (!isName(attribute.name)) {
      diagnostics.push(errorAt(attribute.nameRange, 'Invalid local value name', BAD_NAME));
    }
    const { file, start, end } = attribute;
    return { name: attribute.name, range: { file, start, end }, value: attribute.value };
  });
}

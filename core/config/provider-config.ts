/** `provider` blocks. */
import { type Diagnostic, errorAt, warningAt } from '../diag/diagnostic.ts';
import type { Block } from '../hcl/ast.ts';
import { isName } from '../hcl/characters.ts';
import { mergeBodies } from './body.ts';
import { type ContentSchema, readPartialContent } from './content.ts';
import type { ProviderConfig } from './module.ts';
import { BAD_NAME, checkProviderName } from './names.ts';
import { duplicateEscape, reservedBlock } from './provisioner.ts';
import { staticString } from './static-value.ts';
import { decodeVersionConstraint } from './version-constraint.ts';

const SCHEMA: ContentSchema = {
  attributes: {
    alias: 'optional',
    version: 'optional',
    for_each: 'optional',
    count: 'optional',
    depends_on: 'optional',
    source: 'optional',
  },
  blocks: { _: [], lifecycle: [], locals: [] },
};

const OLD_VERSION =
  'Terraform 0.13 and earlier allowed provider version constraints inside the provider configuration block, but that is now deprecated and will be removed in a future version of Terraform. To silence this warning, move the provider version constraint into the required_providers block.';

/** Undefined when the block has no usable name. */
export function decodeProviderConfig(block: Block, diagnostics: Diagnostic[]): ProviderConfig | undefined {
  const [label] = block.labels;
  const localName = label?.value ?? '';
  if (!checkProviderName(localName, block.header, diagnostics)) return undefined;
  const { content, rest } = readPartialContent(block.body, SCHEMA, diagnostics);
  const { attributes } = content;
  const alias = attributes.get('alias');
  const version = attributes.get('version');
  const forEach = attributes.get('for_each');
  if (version) {
    const summary = 'Version constraints inside provider configuration blocks are deprecated';
    diagnostics.push(warningAt(version.value, summary, OLD_VERSION));
    decodeVersionConstraint(version, diagnostics);
  }
  for (const name of ['count', 'depends_on', 'source', ...(forEach && !alias ? ['for_each'] : [])]) {
    const attribute = attributes.get(name);
    if (attribute === undefined) continue;
    const detail = `The provider argument name "${name}" is reserved for use by Terraform in a future version.`;
    diagnostics.push(errorAt(attribute.nameRange, 'Reserved argument name in provider block', detail));
  }
  const escaped = decodeSpecialBlocks(content.blocks, diagnostics);
  return {
    localName,
    alias: alias && decodeAlias(alias.value, diagnostics),
    range: block.header,
    body: escaped ? mergeBodies(rest, escaped.body) : rest,
    forEach: forEach?.value,
  };
}

function decodeAlias(expression: Parameters<typeof staticString>[0], diagnostics: Diagnostic[]): string | undefined {
  const alias = staticString(expression, diagnostics);
  if (!isName(alias ?? '')) {
    const detail = `An alias must be a valid name. ${BAD_NAME}`;
    diagnostics.push(errorAt(undefined, 'Invalid provider configuration alias', detail));
  }
  return alias;
}

function decodeSpecialBlocks(blocks: readonly Block[], diagnostics: Diagnostic[]): Block | undefined {
  let escaped: Block | undefined;
  for (const block of blocks) {
    if (block.type !== '_') diagnostics.push(reservedBlock(block, 'provider'));
    else if (escaped) diagnostics.push(duplicateEscape(block, escaped, 'provider-specific', 'provider'));
    else escaped = block;
  }
  return escaped;
}

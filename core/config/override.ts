/**
 * Override files: each of their blocks changes a block of the primary files. Blocks are merged before they are decoded,
 * so that a merged block is checked as one.
 */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Block, Body } from '../hcl/ast.ts';
import { rangeOf } from '../diag/source.ts';
import { overrideBody } from './body.ts';
import { staticList } from './static-form.ts';
import { constantText } from './static-value.ts';

/** Identity of a block among the blocks of its module; undefined for those that are never overridden. */
export function blockKey(block: Block): string | undefined {
  const labels = block.labels.map((label) => label.value);
  switch (block.type) {
    case 'variable':
    case 'output':
    case 'module':
    case 'resource':
    case 'data':
      return JSON.stringify([block.type, ...labels]);
    case 'provider': {
      const alias = block.body.attributes.get('alias')?.value;
      const text = alias === undefined ? '' : alias.file.text.slice(alias.start, alias.end);
      return JSON.stringify([block.type, ...labels, text]);
    }
    default:
      return undefined;
  }
}

/** The block with what `override` says instead. Its place stays that of the base. */
export function overrideBlock(base: Block, override: Block, diagnostics: Diagnostic[]): Block {
  const dependsOn = override.body.attributes.get('depends_on');
  if (dependsOn) {
    const detail = 'The depends_on argument may not be overridden.';
    const first = staticList(dependsOn.value).value?.[0];
    const subject =
      first && (constantText(first) === undefined ? first : rangeOf(first.file, first.start + 1, first.end - 1));
    diagnostics.push(errorAt(subject ?? dependsOn.value, 'Unsupported override', detail));
  }
  for (const inner of [...override.body.blocks, ...lifecycleRules(override.body)]) {
    if (!['precondition', 'postcondition', 'validation'].includes(inner.type)) continue;
    const detail = `Override files cannot override "${inner.type}" blocks.`;
    diagnostics.push(errorAt(inner.header, `Can't override ${inner.type} blocks`, detail));
  }
  const body = isResource(base) ? mergeLifecycle(base.body, override.body) : override.body;
  return { ...base, body: overrideBody(base.body, body) };
}

function isResource(block: Block): boolean {
  return block.type === 'resource' || block.type === 'data';
}

function lifecycleRules(body: Body): readonly Block[] {
  return body.blocks.filter((block) => block.type === 'lifecycle').flatMap((block) => block.body.blocks);
}

/** A `lifecycle` block overrides argument by argument, and conditions stay. */
function mergeLifecycle(base: Body, override: Body): Body {
  const before = base.blocks.find((block) => block.type === 'lifecycle');
  if (before === undefined) return override;
  const blocks = override.blocks.map((block) => {
    if (block.type !== 'lifecycle') return block;
    return { ...block, body: overrideBody(before.body, { ...block.body, blocks: [] }) };
  });
  return { ...override, blocks };
}

/** The complaint that there is nothing to override. */
export function missingBase(block: Block): Diagnostic {
  const [first = '', second = ''] = block.labels.map((label) => label.value);
  const { summary, detail } = missingWords(block, first, second);
  return errorAt(block.header, summary, detail);
}

function missingWords(block: Block, first: string, second: string): { summary: string; detail: string } {
  switch (block.type) {
    case 'variable':
      return {
        summary: 'Missing base variable declaration to override',
        detail: `There is no variable named "${first}". An override file can only override a variable that was already declared in a primary configuration file.`,
      };
    case 'output':
      return {
        summary: 'Missing base output definition to override',
        detail: `There is no output named "${first}". An override file can only override an output that was already defined in a primary configuration file.`,
      };
    case 'module':
      return {
        summary: 'Missing module call to override',
        detail: `There is no module call named "${first}". An override file can only override a module call that was defined in a primary configuration file.`,
      };
    case 'provider':
      return {
        summary: 'Missing base provider configuration for override',
        detail: `There is no ${first} provider configuration with the alias ${aliasText(block)}. An override file can only override an aliased provider configuration that was already defined in a primary configuration file.`,
      };
    default: {
      const what = block.type === 'data' ? `${first} data resource` : `${first} resource`;
      return {
        summary: block.type === 'data' ? 'Missing data resource to override' : 'Missing resource to override',
        detail: `There is no ${what} named "${second}". An override file can only override a ${block.type === 'data' ? 'data' : 'resource'} block defined in a primary configuration file.`,
      };
    }
  }
}

function aliasText(block: Block): string {
  const alias = block.body.attributes.get('alias')?.value;
  return alias === undefined ? '""' : alias.file.text.slice(alias.start, alias.end);
}

/** Blocks that may not stand in an override file at all. */
export function notOverridable(block: Block): Diagnostic | undefined {
  switch (block.type) {
    case 'moved':
      return errorAt(
        block.header,
        "Cannot override 'moved' blocks",
        'Records of moved objects can appear only in normal files, not in override files.',
      );
    case 'import':
      return errorAt(
        block.header,
        "Cannot override 'import' blocks",
        'Import blocks can appear only in normal files, not in override files.',
      );
    case 'check':
      return errorAt(block.header, "Can't override check blocks", 'Override files cannot override check blocks.');
    default:
      return undefined;
  }
}

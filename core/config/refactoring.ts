/** `moved`, `removed` and `import` blocks. */
import { type RemoveEndpoint, parseInstance, parseMoveEndpoint, parseRemoveEndpoint } from '../addr/parse.ts';
import { type Diagnostic, type Result, errorAt, ok } from '../diag/diagnostic.ts';
import type { Attribute, Block, Expression, TraversalExpression } from '../hcl/ast.ts';
import { type ContentSchema, readContent } from './content.ts';
import type { Import, Moved, Provisioner, Removed } from './module.ts';
import { decodeProviderReference } from './provider-reference.ts';
import { decodeProvisioner } from './provisioner.ts';
import { staticTraversal } from './static-form.ts';
import { staticBool } from './static-value.ts';

const MOVED: ContentSchema = { attributes: { from: 'required', to: 'required' }, blocks: {} };
const REMOVED: ContentSchema = {
  attributes: { from: 'required' },
  blocks: { lifecycle: [], connection: [], provisioner: ['type'] },
};
const REMOVED_LIFECYCLE: ContentSchema = { attributes: { destroy: 'optional' }, blocks: {} };

/** Undefined after an error. */
export function decodeMoved(block: Block, diagnostics: Diagnostic[]): Moved | undefined {
  const { attributes } = readContent(block.body, MOVED, diagnostics);
  const from = endpoint(attributes.get('from'), diagnostics);
  const to = endpoint(attributes.get('to'), diagnostics);
  if (from === undefined || to === undefined) return undefined;
  if (from.isModule !== to.isModule) {
    const detail = 'The "from" and "to" addresses must either both refer to resources or both refer to modules.';
    diagnostics.push(errorAt(block.header, 'Invalid "moved" addresses', detail));
    return undefined;
  }
  return { range: block.header, from: from.traversal, to: to.traversal };
}

function endpoint(
  attribute: Attribute | undefined,
  diagnostics: Diagnostic[],
): { traversal: TraversalExpression; isModule: boolean } | undefined {
  if (attribute === undefined) return undefined;
  const traversal = staticTraversal(attribute.value);
  diagnostics.push(...traversal.diagnostics);
  if (traversal.value === undefined) return undefined;
  const address = parseMoveEndpoint(traversal.value);
  diagnostics.push(...address.diagnostics);
  return address.value && { traversal: traversal.value, isModule: address.value.kind === 'module' };
}

/** Undefined after an error. */
export function decodeRemoved(block: Block, diagnostics: Diagnostic[]): Removed | undefined {
  const { attributes, blocks } = readContent(block.body, REMOVED, diagnostics);
  const from = attributes.get('from');
  const traversal = from && staticTraversal(from.value);
  diagnostics.push(...(traversal?.diagnostics ?? []));
  const target = traversal?.value && parseRemoveEndpoint(traversal.value);
  diagnostics.push(...(target?.diagnostics ?? []));
  const destroy = decodeRemovedLifecycle(blocks, diagnostics);
  const provisioners = decodeRemovedProvisioners(blocks, target?.value, diagnostics);
  if (traversal?.value === undefined || target?.value === undefined) return undefined;
  return { range: block.header, from: traversal.value, destroy, provisioners };
}

function decodeRemovedLifecycle(blocks: readonly Block[], diagnostics: Diagnostic[]): boolean {
  let destroy = true;
  for (const block of blocks) {
    if (block.type !== 'lifecycle') continue;
    const attribute = readContent(block.body, REMOVED_LIFECYCLE, diagnostics).attributes.get('destroy');
    destroy = (attribute && staticBool(attribute.value, diagnostics)) ?? true;
  }
  return destroy;
}

function decodeRemovedProvisioners(
  blocks: readonly Block[],
  target: RemoveEndpoint | undefined,
  diagnostics: Diagnostic[],
): Provisioner[] {
  const provisioners: Provisioner[] = [];
  for (const block of blocks) {
    if (block.type !== 'provisioner') continue;
    if (target?.kind === 'module') {
      const detail = 'Provisioners are valid only when a removed block targets a managed resource.';
      diagnostics.push(errorAt(block.header, 'Invalid provisioner block', detail));
    }
    const provisioner = decodeProvisioner(block, diagnostics);
    if (provisioner?.when === 'create') {
      const detail =
        'Only destroy-time provisioners are valid in "removed" blocks. To declare a destroy-time provisioner, use:\n    when = destroy';
      diagnostics.push(errorAt(block.header, 'Invalid provisioner block', detail));
    } else if (provisioner) {
      provisioners.push(provisioner);
    }
  }
  return provisioners;
}

/** Undefined after an error. */
export function decodeImport(block: Block, diagnostics: Diagnostic[]): Import | undefined {
  const hasIdentity = block.body.attributes.has('identity');
  const schema: ContentSchema = {
    attributes: {
      provider: 'optional',
      id: hasIdentity ? 'optional' : 'required',
      identity: 'optional',
      to: 'required',
      for_each: 'optional',
    },
    blocks: {},
  };
  const { attributes } = readContent(block.body, schema, diagnostics);
  const to = attributes.get('to')?.value;
  const id = attributes.get('id')?.value;
  const identity = attributes.get('identity')?.value;
  const provider = attributes.get('provider');
  const reference = provider && decodeProviderReference(provider.value, 'provider', diagnostics);
  if (to === undefined || (id === undefined && identity === undefined)) return undefined;
  const forEach = attributes.get('for_each')?.value;
  const attribute = attributes.get('to');
  if (attribute && !isImportTarget(attribute, forEach !== undefined, diagnostics)) return undefined;
  return { range: block.header, to, id, identity, forEach, provider: reference };
}

/** A managed resource's instance; with `for_each` its keys may be calculated. */
function isImportTarget(to: Attribute, dynamicKeys: boolean, diagnostics: Diagnostic[]): boolean {
  const address = dynamicKeys ? withoutDynamicKeys(to.value) : staticTraversal(to.value);
  diagnostics.push(...address.diagnostics);
  const instance = address.value && parseInstance(address.value);
  diagnostics.push(...(instance?.diagnostics ?? []));
  if (instance?.value?.resource.mode === 'managed') return true;
  diagnostics.push(errorAt(to, 'Invalid import address', 'Only managed resources can be imported.'));
  return false;
}

/** A chain of names and keys without those that have to be calculated. */
function withoutDynamicKeys(to: Expression): Result<TraversalExpression> {
  if (to.kind === 'index') return withoutDynamicKeys(to.collection);
  if (to.kind !== 'relative-traversal') return staticTraversal(to);
  const source = withoutDynamicKeys(to.source);
  return source.value ? ok({ ...source.value, steps: [...source.value.steps, ...to.steps] }) : source;
}

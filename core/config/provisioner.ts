/** `provisioner` and `connection` blocks. What their arguments mean is the provisioner's business. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { traversalsIn } from '../eval/traversals.ts';
import type { Attribute, Block, Body, TraversalExpression } from '../hcl/ast.ts';
import { describeRange } from '../hcl/template.ts';
import { mergeBodies } from './body.ts';
import { type ContentSchema, readPartialContent } from './content.ts';
import type { Provisioner } from './module.ts';
import { shimmedKeyword } from './static-form.ts';

const SCHEMA: ContentSchema = {
  attributes: { when: 'optional', on_failure: 'optional' },
  blocks: { _: [], connection: [], lifecycle: [] },
};

const REMOVED = new Set(['chef', 'habitat', 'puppet', 'salt-masterless']);

/** Undefined for a provisioner that Terraform no longer has. */
export function decodeProvisioner(block: Block, diagnostics: Diagnostic[]): Provisioner | undefined {
  const type = block.labels[0]?.value ?? '';
  const { content, rest } = readPartialContent(block.body, SCHEMA, diagnostics);
  if (REMOVED.has(type)) {
    diagnostics.push(removedProvisioner(block, type));
    return undefined;
  }
  const when = decodeWhen(content.attributes.get('when'), diagnostics);
  if (when === 'destroy') checkDestroyReferences(rest, diagnostics);
  const onFailure = decodeOnFailure(content.attributes.get('on_failure'), diagnostics);
  const special = decodeSpecialBlocks(content.blocks, diagnostics);
  if (special.connection && when === 'destroy') checkDestroyReferences(special.connection, diagnostics);
  const body = special.escaped ? mergeBodies(rest, special.escaped) : rest;
  return { type, range: block.header, when, onFailure, body, connection: special.connection };
}

function removedProvisioner(block: Block, type: string): Diagnostic {
  const detail = `The "${type}" provisioner was deprecated in Terraform 0.13.4 has been removed from Terraform. Visit https://learn.hashicorp.com/collections/terraform/provision for alternatives to using provisioners that are a better fit for the Terraform workflow.`;
  return errorAt(block.labels[0], `The "${type}" provisioner has been removed`, detail);
}

function decodeWhen(attribute: Attribute | undefined, diagnostics: Diagnostic[]): 'create' | 'destroy' {
  if (attribute === undefined) return 'create';
  const keyword = shimmedKeyword(attribute.value, diagnostics);
  if (keyword === 'create' || keyword === 'destroy') return keyword;
  const detail = 'The "when" argument requires one of the following keywords: create or destroy.';
  diagnostics.push(errorAt(attribute.value, 'Invalid "when" keyword', detail));
  return 'create';
}

function decodeOnFailure(attribute: Attribute | undefined, diagnostics: Diagnostic[]): 'fail' | 'continue' {
  if (attribute === undefined) return 'fail';
  const keyword = shimmedKeyword(attribute.value, diagnostics);
  if (keyword === 'continue' || keyword === 'fail') return keyword;
  const detail = 'The "on_failure" argument requires one of the following keywords: continue or fail.';
  diagnostics.push(errorAt(attribute.value, 'Invalid "on_failure" keyword', detail));
  return 'fail';
}

function decodeSpecialBlocks(
  blocks: readonly Block[],
  diagnostics: Diagnostic[],
): { connection: Body | undefined; escaped: Body | undefined } {
  let connection: Block | undefined;
  let escaped: Block | undefined;
  for (const block of blocks) {
    if (block.type === 'lifecycle') diagnostics.push(reservedBlock(block, 'provisioner'));
    else if (block.type === '_') {
      if (escaped) diagnostics.push(duplicateEscape(block, escaped, 'provisioner-type-specific', 'provisioner'));
      else escaped = block;
    } else if (connection) {
      const detail = `This provisioner already has a connection block at ${describeRange(connection.header)}.`;
      diagnostics.push(errorAt(block.header, 'Duplicate connection block', detail));
    } else connection = block;
  }
  return { connection: connection?.body, escaped: escaped?.body };
}

/** `what`: the kind of block it stands in. */
export function reservedBlock(block: Block, what: string): Diagnostic {
  const detail = `The block type name "${block.type}" is reserved for use by Terraform in a future version.`;
  return errorAt(block.typeRange, `Reserved block type name in ${what} block`, detail);
}

/** A second `_` block. */
export function duplicateEscape(block: Block, first: Block, meaning: string, what: string): Diagnostic {
  const detail = `The special block type "_" can be used to force particular arguments to be interpreted as ${meaning} rather than as meta-arguments, but each ${what} block can have only one such block. The first escaping block was at ${describeRange(first.header)}.`;
  return errorAt(block.header, 'Duplicate escaping block', detail);
}

/** When the resource is destroyed, others may be gone already: only `self` and the instance's own key can be used. */
export function checkDestroyReferences(body: Body, diagnostics: Diagnostic[]): void {
  for (const attribute of body.attributes.values()) {
    for (const traversal of traversalsIn(attribute.value)) {
      if (isOwn(traversal)) continue;
      const detail = `Destroy-time provisioners and their connection configurations may only reference attributes of the related resource, via 'self', 'count.index', or 'each.key'.\n\nReferences to other resources during the destroy phase can cause dependency cycles and interact poorly with create_before_destroy.`;
      diagnostics.push(errorAt(attribute.value, 'Invalid reference from destroy provisioner', detail));
    }
  }
}

function isOwn({ root, steps }: TraversalExpression): boolean {
  if (root.name === 'self' || root.name === 'path' || root.name === 'terraform') return true;
  const [step] = steps;
  if (steps.length !== 1 || step?.kind !== 'attribute') return false;
  return (root.name === 'count' && step.name === 'index') || (root.name === 'each' && step.name === 'key');
}

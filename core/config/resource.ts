/** `resource` and `data` blocks: everything around the arguments that the provider defines. */
import type { ResourceMode } from '../addr/address.ts';
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Range } from '../diag/source.ts';
import type { Attribute, Block, Body } from '../hcl/ast.ts';
import { describeRange } from '../hcl/template.ts';
import { mergeBodies } from './body.ts';
import { type Content, type ContentSchema, readPartialContent } from './content.ts';
import { NO_LIFECYCLE, decodeLifecycle } from './lifecycle.ts';
import type { Lifecycle, ProviderReference, Provisioner, Resource } from './module.ts';
import { checkName } from './names.ts';
import { decodeProviderReference } from './provider-reference.ts';
import { checkDestroyReferences, decodeProvisioner, duplicateEscape, reservedBlock } from './provisioner.ts';
import { decodeDependsOn } from './static-form.ts';

const META = { count: 'optional', for_each: 'optional', provider: 'optional', depends_on: 'optional' } as const;

const SCHEMAS: Readonly<Record<ResourceMode, ContentSchema>> = {
  managed: {
    attributes: META,
    blocks: { locals: [], lifecycle: [], connection: [], provisioner: ['type'], _: [] },
  },
  data: { attributes: META, blocks: { lifecycle: [], locals: [], _: [] } },
};

/** Words of the diagnostics. */
const WORDS = {
  managed: {
    block: 'resource',

    type: 'Invalid resource type name',
    name: 'Invalid resource name',
  },
  data: { block: 'data', type: 'Invalid data source name', name: 'Invalid data resource name' },
} as const;

/** @param check name of the `check` block that a data source stands in */
export function decodeResource(
  block: Block,
  mode: ResourceMode,
  check: string | undefined,
  diagnostics: Diagnostic[],
): Resource {
  const { content, rest } = readPartialContent(block.body, SCHEMAS[mode], diagnostics);
  const [typeLabel, nameLabel] = block.labels;
  checkName(typeLabel, WORDS[mode].type, diagnostics);
  checkName(nameLabel, WORDS[mode].name, diagnostics);
  const type = typeLabel?.value ?? '';
  const name = nameLabel?.value ?? '';
  const count = content.attributes.get('count');
  const forEach = content.attributes.get('for_each');
  const provider = content.attributes.get('provider');
  const dependsOn = content.attributes.get('depends_on');
  const explicit = provider && decodeProviderReference(provider.value, 'provider', diagnostics);
  const dependencies = dependsOn ? decodeDependsOn(dependsOn.value, diagnostics) : [];
  const special = decodeSpecialBlocks(content, { mode, type, name }, check !== undefined, diagnostics);
  if (check !== undefined) refuseRepetition([count, forEach], diagnostics);
  else checkRepetition(count, forEach, diagnostics);
  return {
    mode,
    type,
    name,
    range: block.header,
    typeRange: typeLabel ?? block.header,
    body: special.escaped ? mergeBodies(rest, special.escaped) : rest,
    count: count?.value,
    forEach: forEach?.value,
    dependsOn: dependencies,
    provider: explicit ?? impliedProvider(type, typeLabel ?? block.header),
    lifecycle: special.lifecycle,
    provisioners: special.provisioners,
    connection: special.connection,
    check,
  };
}

/** The part of a resource type's name before its first underscore. */
export function impliedProvider(type: string, range: Range): ProviderReference {
  const underscore = type.indexOf('_');
  return { localName: underscore === -1 ? type : type.slice(0, underscore), alias: undefined, range };
}

/** `count` and `for_each` exclude each other. */
export function checkRepetition(
  count: Attribute | undefined,
  forEach: Attribute | undefined,
  diagnostics: Diagnostic[],
): void {
  if (count === undefined || forEach === undefined) return;
  const detail =
    'The "count" and "for_each" meta-arguments are mutually-exclusive, only one should be used to be explicit about the number of resources to be created.';
  diagnostics.push(errorAt(forEach.nameRange, 'Invalid combination of "count" and "for_each"', detail));
}

function refuseRepetition(attributes: readonly (Attribute | undefined)[], diagnostics: Diagnostic[]): void {
  for (const attribute of attributes) {
    if (attribute === undefined) continue;
    const detail = 'The "count" and "for_each" meta-arguments are not supported within nested data blocks.';
    diagnostics.push(errorAt(attribute.nameRange, `Invalid "${attribute.name}" attribute`, detail));
  }
}

interface SpecialBlocks {
  readonly lifecycle: Lifecycle;
  readonly provisioners: readonly Provisioner[];
  readonly connection: Body | undefined;
  readonly escaped: Body | undefined;
}

const NO_SPECIAL_BLOCKS: SpecialBlocks = {
  lifecycle: NO_LIFECYCLE,
  provisioners: [],
  connection: undefined,
  escaped: undefined,
};

type Owner = Pick<Resource, 'mode' | 'type' | 'name'>;

function decodeSpecialBlocks(
  content: Content,
  owner: Owner,
  nested: boolean,
  diagnostics: Diagnostic[],
): SpecialBlocks {
  if (content.blocks.length === 0) return NO_SPECIAL_BLOCKS;
  const of = (type: string): Block[] => content.blocks.filter((block) => block.type === type);
  for (const block of of('locals')) diagnostics.push(reservedBlock(block, WORDS[owner.mode].block));
  const provisioners = of('provisioner')
    .map((block) => decodeProvisioner(block, diagnostics))
    .filter((provisioner) => provisioner !== undefined);
  const connection = onlyOne(of('connection'), 'connection', diagnostics)?.body;
  if (connection && provisioners.some(({ when }) => when === 'destroy')) {
    checkDestroyReferences(connection, diagnostics);
  }
  return {
    lifecycle: decodeOnlyLifecycle(of('lifecycle'), owner, nested, diagnostics),
    provisioners,
    connection,
    escaped: decodeEscape(of('_'), owner.mode, diagnostics),
  };
}

function decodeOnlyLifecycle(
  blocks: readonly Block[],
  owner: Owner,
  nested: boolean,
  diagnostics: Diagnostic[],
): Lifecycle {
  const [first] = blocks;
  if (first === undefined) return NO_LIFECYCLE;
  if (nested) {
    const detail =
      'Nested data blocks do not support "lifecycle" blocks as the lifecycle is managed by the containing block.';
    for (const block of blocks) diagnostics.push(errorAt(block.header, 'Invalid lifecycle block', detail));
    return NO_LIFECYCLE;
  }
  onlyOne(blocks, 'lifecycle', diagnostics);
  return decodeLifecycle(first, owner, diagnostics);
}

function onlyOne(blocks: readonly Block[], type: string, diagnostics: Diagnostic[]): Block | undefined {
  const [first, ...others] = blocks;
  if (first === undefined) return undefined;
  for (const block of others) {
    const detail = `This resource already has a ${type} block at ${describeRange(first.header)}.`;
    diagnostics.push(errorAt(block.header, `Duplicate ${type} block`, detail));
  }
  return first;
}

function decodeEscape(blocks: readonly Block[], mode: ResourceMode, diagnostics: Diagnostic[]): Body | undefined {
  const [first, ...others] = blocks;
  if (first === undefined) return undefined;
  for (const block of others)
    diagnostics.push(duplicateEscape(block, first, 'resource-type-specific', WORDS[mode].block));
  return first.body;
}

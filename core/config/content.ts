/**
 * Takes a body apart by a list of what may be in it, with HCL's complaints about the rest. Knows the form of bodies in
 * both syntaxes, not what any argument means.
 */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { suggestion } from '../diag/did-you-mean.ts';
import { type Range, rangeOf } from '../diag/source.ts';
import type { Attribute, Block, Body } from '../hcl/ast.ts';
import { duplicateArguments, jsonBlocks } from '../hcl/json.ts';

/** What a body may hold. Blocks are given with the names of their labels. */
export interface ContentSchema {
  readonly attributes: Readonly<Record<string, 'required' | 'optional'>>;
  readonly blocks: Readonly<Record<string, readonly string[]>>;
}

export interface Content {
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly blocks: readonly Block[];
}

/** What a schema describes; everything else in the body is an error. */
export function readContent(body: Body, schema: ContentSchema, diagnostics: Diagnostic[]): Content {
  const { content, rest } = readPartialContent(body, schema, diagnostics);
  for (const attribute of rest.attributes.values()) {
    // A property named "//" is a comment.
    if (body.json && attribute.name === '//') continue;
    diagnostics.push(unsupportedAttribute(attribute, schema, content.attributes, body));
  }
  for (const block of rest.blocks) diagnostics.push(unsupportedBlock(block, schema));
  return content;
}

/** What a schema describes, and the body without it. */
export function readPartialContent(
  body: Body,
  schema: ContentSchema,
  diagnostics: Diagnostic[],
): { content: Content; rest: Body } {
  if (!holdsAny(body, schema)) return { content: reportMissing(NOTHING, schema, body, diagnostics), rest: body };
  const attributes = new Map<string, Attribute>();
  const blocks: Block[] = [];
  const restAttributes = new Map<string, Attribute>();
  const restBlocks: Block[] = [];
  for (const [name, attribute] of body.attributes) {
    if (Object.hasOwn(schema.attributes, name)) {
      attributes.set(name, attribute);
      if (body.json) diagnostics.push(...duplicateArguments(attribute));
    } else if (isBlockProperty(attribute, schema)) {
      blocks.push(...propertyBlocks(attribute, schema, diagnostics));
    } else {
      restAttributes.set(name, attribute);
    }
  }
  for (const block of body.blocks) {
    if (!Object.hasOwn(schema.blocks, block.type)) restBlocks.push(block);
    else if (hasRightLabels(block, schema.blocks[block.type] ?? [], diagnostics)) blocks.push(block);
  }
  const content = reportMissing({ attributes, blocks }, schema, body, diagnostics);
  return { content, rest: { ...body, attributes: restAttributes, blocks: restBlocks } };
}

const NOTHING: Content = { attributes: new Map(), blocks: [] };

/** Most resources have no meta-argument at all; their bodies need no copying. */
function holdsAny(body: Body, schema: ContentSchema): boolean {
  for (const name of body.attributes.keys()) {
    if (Object.hasOwn(schema.attributes, name) || Object.hasOwn(schema.blocks, name)) return true;
  }
  return body.blocks.some((block) => Object.hasOwn(schema.blocks, block.type));
}

function reportMissing(content: Content, schema: ContentSchema, body: Body, diagnostics: Diagnostic[]): Content {
  for (const name in schema.attributes) {
    if (schema.attributes[name] !== 'required' || content.attributes.has(name)) continue;
    diagnostics.push(missingAttribute(name, body));
  }
  return content;
}

/** All attributes of a body that may hold no blocks. */
export function readAttributes(body: Body, diagnostics: Diagnostic[]): ReadonlyMap<string, Attribute> {
  const [example] = body.blocks;
  if (example !== undefined) {
    const detail = 'Blocks are not allowed here.';
    diagnostics.push(errorAt(example.typeRange, `Unexpected "${example.type}" block`, detail));
  }
  if (!body.json) return body.attributes;
  const attributes = new Map([...body.attributes].filter(([name]) => name !== '//'));
  for (const attribute of attributes.values()) diagnostics.push(...duplicateArguments(attribute, true));
  return attributes;
}

/** `The argument "x" is required, ...` */
export function missingAttribute(name: string, body: Body): Diagnostic {
  const detail = `The argument "${name}" is required, but no definition was found.`;
  return errorAt(body.missingItem, 'Missing required argument', detail);
}

/** The complaint about an argument that nothing describes; `given` are those that need no suggesting. */
export function unsupportedAttribute(
  attribute: Attribute,
  schema: { readonly attributes: object; readonly blocks: object },
  given: ReadonlyMap<string, unknown>,
  body: Body,
): Diagnostic {
  const name = attribute.name;
  if (body.json && attribute.value.kind === 'json') return extraneousProperty(attribute, schema, given);
  let hint = suggestion(
    name,
    Object.keys(schema.attributes).filter((candidate) => !given.has(candidate)),
  );
  if (hint === '' && Object.hasOwn(schema.blocks, name)) hint = ` Did you mean to define a block of type "${name}"?`;
  const detail = `An argument named "${name}" is not expected here.${hint}`;
  return errorAt(attribute.nameRange, 'Unsupported argument', detail);
}

function extraneousProperty(
  attribute: Attribute,
  schema: { readonly attributes: object; readonly blocks: object },
  given: ReadonlyMap<string, unknown>,
): Diagnostic {
  const names = [...Object.keys(schema.attributes), ...Object.keys(schema.blocks)];
  const hint = suggestion(
    attribute.name,
    names.filter((candidate) => !given.has(candidate)),
  );
  const detail = `No argument or block type is named "${attribute.name}".${hint}`;
  return errorAt(attribute.nameRange, 'Extraneous JSON object property', detail);
}

/** The complaint about a block that nothing describes. */
export function unsupportedBlock(
  block: Block,
  schema: { readonly attributes: object; readonly blocks: object },
): Diagnostic {
  let hint = suggestion(block.type, Object.keys(schema.blocks));
  if (hint === '' && Object.hasOwn(schema.attributes, block.type)) {
    hint = ` Did you mean to define argument "${block.type}"? If so, use the equals sign to assign it a value.`;
  }
  const detail = `Blocks of type "${block.type}" are not expected here.${hint}`;
  return errorAt(block.typeRange, 'Unsupported block type', detail);
}

/** The `{` of a block. */
export function openBrace(block: Block): Range {
  return rangeOf(block.body.file, block.body.start, block.body.start + 1);
}

function isBlockProperty(attribute: Attribute, schema: ContentSchema): boolean {
  return attribute.value.kind === 'json' && Object.hasOwn(schema.blocks, attribute.name);
}

function propertyBlocks(attribute: Attribute, schema: ContentSchema, diagnostics: Diagnostic[]): readonly Block[] {
  const read = jsonBlocks(attribute, schema.blocks[attribute.name] ?? []);
  diagnostics.push(...read.diagnostics);
  return read.value;
}

function hasRightLabels(block: Block, names: readonly string[], diagnostics: Diagnostic[]): boolean {
  if (block.labels.length === names.length) return true;
  const diagnostic = block.labels.length > names.length ? extraneousLabel(block, names) : missingLabel(block, names);
  diagnostics.push(diagnostic);
  return false;
}

function extraneousLabel(block: Block, names: readonly string[]): Diagnostic {
  const detail =
    names.length === 0
      ? `No labels are expected for ${block.type} blocks.`
      : `Only ${names.length} labels (${names.join(', ')}) are expected for ${block.type} blocks.`;
  return errorAt(block.labels[names.length], `Extraneous label for ${block.type}`, detail, { context: block.header });
}

function missingLabel(block: Block, names: readonly string[]): Diagnostic {
  const summary = `Missing ${names[block.labels.length]} for ${block.type}`;
  const detail = `All ${block.type} blocks must have ${names.length} labels (${names.join(', ')}).`;
  return errorAt(openBrace(block), summary, detail, { context: block.header });
}

/**
 * `dynamic` blocks: turns a body into the blocks that it stands for, each with the scope that its content is evaluated
 * in. Knows which types of blocks may be there, not what is in them.
 */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Range } from '../diag/source.ts';
import { evaluate } from '../eval/evaluate.ts';
import type { FunctionTable, Resolved, Scope } from '../eval/scope.ts';
import type { Attribute, Block, Body, Expression, TraversalExpression } from '../hcl/ast.ts';
import { convertValue, isFailure } from '../value/convert.ts';
import { numberValue, objectValue, stringValue } from '../value/value.ts';
import { friendlyTypeName } from '../value/show.ts';
import { STRING } from '../value/type.ts';
import { type Marks, NO_MARKS, UNKNOWN, type Value, typeOf } from '../value/value.ts';
import { type Content, type ContentSchema, readContent } from './content.ts';
import type { BlockContents, BlockSchema, FormerArgument } from './schema.ts';

/** One block to be decoded. */
export interface ExpandedBlock {
  readonly body: Body;
  readonly labels: readonly string[];
  readonly scope: Scope;
  /** Made by a `for_each` that is not known yet: neither its number nor its content is. */
  readonly isUnknown: boolean;
  /** Marks of the collection that made it. */
  readonly marks: Marks;
  readonly range: Range;
}

const DYNAMIC_LABELS = ['type'];

/** Everything in a body that its schema describes; mistakes in its form are reported. */
export function readDescribed(body: Body, contents: BlockContents, diagnostics: Diagnostic[]): Content {
  return readContent(withPresentNames(body, contents), contentSchema(contents), diagnostics);
}

/** Arguments of older versions that are in the body. */
export function formerArguments(
  body: Body,
  contents: BlockContents,
): readonly (readonly [Attribute, FormerArgument])[] {
  return Object.entries(contents.formerly ?? {}).flatMap(([name, former]) => {
    const attribute = body.attributes.get(name);
    return attribute ? [[attribute, former] as const] : [];
  });
}

/** The present argument wins where both are there. */
function withPresentNames(body: Body, contents: BlockContents): Body {
  const found = formerArguments(body, contents);
  if (found.length === 0) return body;
  const attributes = new Map(body.attributes);
  for (const [attribute, { now }] of found) {
    attributes.delete(attribute.name);
    if (now !== undefined && !attributes.has(now)) attributes.set(now, { ...attribute, name: now });
  }
  return { ...body, attributes };
}

const schemas = new WeakMap<BlockContents, ContentSchema>();

function contentSchema(contents: BlockContents): ContentSchema {
  const known = schemas.get(contents);
  if (known) return known;
  const attributes = Object.entries(contents.attributes).map(
    ([name, { use }]) => [name, use === 'required' ? 'required' : 'optional'] as const,
  );
  const blocks = Object.entries(contents.blocks).map(([name, block]) => [name, labelNames(block)] as const);
  const schema: ContentSchema = {
    attributes: Object.fromEntries(attributes),
    blocks: { dynamic: DYNAMIC_LABELS, ...Object.fromEntries(blocks) },
  };
  schemas.set(contents, schema);
  return schema;
}

export function labelNames(block: BlockSchema): readonly string[] {
  return block.nesting === 'map' ? ['key'] : [];
}

/** Blocks by type, those of `dynamic` blocks in their place. */
export function expandBlocks(
  blocks: readonly Block[],
  contents: BlockContents,
  scope: Scope,
  diagnostics: Diagnostic[],
): Map<string, ExpandedBlock[]> {
  const expanded = new Map<string, ExpandedBlock[]>();
  const add = (type: string, made: readonly ExpandedBlock[]): void => {
    const list = expanded.get(type);
    if (list) list.push(...made);
    else expanded.set(type, [...made]);
  };
  for (const block of blocks) {
    if (block.type === 'dynamic' && !Object.hasOwn(contents.blocks, 'dynamic')) {
      const type = block.labels[0]?.value ?? '';
      add(type, expandDynamic(block, contents, scope, diagnostics));
    } else {
      const labels = block.labels.map((label) => label.value);
      add(block.type, [{ body: block.body, labels, scope, isUnknown: false, marks: NO_MARKS, range: block.header }]);
    }
  }
  return expanded;
}

/** A `dynamic` block taken apart. */
export interface DynamicBlock {
  readonly type: string;
  readonly schema: BlockSchema;
  readonly forEach: Expression;
  readonly iterator: string;
  readonly labels: Expression | undefined;
  readonly content: Block;
}

/** Undefined after an error. Needs no evaluation. */
export function readDynamic(
  block: Block,
  contents: BlockContents,
  diagnostics: Diagnostic[],
): DynamicBlock | undefined {
  const [label] = block.labels;
  const type = label?.value ?? '';
  const schema = Object.hasOwn(contents.blocks, type) ? contents.blocks[type] : undefined;
  if (schema === undefined) {
    const detail = `Blocks of type "${type}" are not expected here.`;
    diagnostics.push(errorAt(label, 'Unsupported block type', detail));
    return undefined;
  }
  const needsLabels = labelNames(schema).length > 0;
  const { attributes, blocks } = readContent(
    block.body,
    {
      attributes: { for_each: 'required', iterator: 'optional', ...(needsLabels ? { labels: 'required' } : {}) },
      blocks: { content: [] },
    },
    diagnostics,
  );
  const iterator = attributes.get('iterator')?.value;
  const iteratorName = iterator === undefined ? type : bareName(iterator);
  if (iterator && iteratorName === undefined) {
    const detail = 'Dynamic iterator must be a single variable name.';
    diagnostics.push(errorAt(iterator, 'Invalid dynamic iterator name', detail));
  }
  const content = onlyContent(block, blocks, diagnostics);
  const forEach = attributes.get('for_each')?.value;
  if (forEach === undefined || content === undefined || iteratorName === undefined) return undefined;
  return { type, schema, forEach, iterator: iteratorName, labels: attributes.get('labels')?.value, content };
}

function bareName(expression: Expression): string | undefined {
  if (expression.kind === 'traversal' && expression.steps.length === 0) return expression.root.name;
  return expression.kind === 'json' && expression.json.kind === 'string' ? expression.json.value : undefined;
}

function onlyContent(dynamic: Block, blocks: readonly Block[], diagnostics: Diagnostic[]): Block | undefined {
  const [content, second] = blocks;
  if (content === undefined) {
    const detail =
      'A dynamic block must have a nested block of type "content" to describe the body of each generated block.';
    diagnostics.push(errorAt(dynamic.body.missingItem, 'Missing dynamic content block', detail));
  } else if (second !== undefined) {
    const detail = 'Only one nested content block is allowed for each dynamic block.';
    diagnostics.push(errorAt(second.header, 'Extraneous dynamic content block', detail));
  }
  return content;
}

function expandDynamic(
  block: Block,
  contents: BlockContents,
  scope: Scope,
  diagnostics: Diagnostic[],
): readonly ExpandedBlock[] {
  const dynamic = readDynamic(block, contents, diagnostics);
  if (dynamic === undefined) return [];
  const collection = evaluate(dynamic.forEach, scope, diagnostics);
  const range = dynamic.content.header;
  const make = (key: Value, value: Value, isUnknown: boolean): ExpandedBlock => {
    const inner = new IteratorScope(scope, dynamic.iterator, key, value);
    const labels = dynamic.labels ? evaluateLabels(dynamic.labels, inner, diagnostics) : [];
    return { body: dynamic.content.body, labels, scope: inner, isUnknown, marks: collection.marks, range };
  };
  if (collection.kind === 'unknown') return [make(UNKNOWN, UNKNOWN, true)];
  if (collection.kind === 'null') {
    diagnostics.push(invalidCollection(dynamic, 'Cannot use a null value in for_each.'));
    return [];
  }
  const items = itemsOf(collection);
  if (items === undefined) {
    const name = friendlyTypeName(typeOf(collection));
    const detail = `Cannot use a ${name} value in for_each. An iterable collection is required.`;
    diagnostics.push(invalidCollection(dynamic, detail));
    return [];
  }
  return items.map(([key, value]) => make(key, value, false));
}

function invalidCollection(dynamic: DynamicBlock, detail: string): Diagnostic {
  return errorAt(dynamic.forEach, 'Invalid dynamic for_each value', detail);
}

/** Keys and values; the key of a set's element is the element. Undefined for what cannot be iterated. */
function itemsOf(value: Value): readonly (readonly [Value, Value])[] | undefined {
  switch (value.kind) {
    case 'list':
    case 'tuple':
      return value.elements.map((element, index) => [numberValue(index), element]);
    case 'set':
      return value.elements.map((element) => [element, element]);
    case 'map':
      return [...value.entries].map(([key, entry]) => [stringValue(key), entry]);
    case 'object':
      return [...value.attributes].map(([key, attribute]) => [stringValue(key), attribute]);
    default:
      return undefined;
  }
}

function evaluateLabels(expression: Expression, scope: Scope, diagnostics: Diagnostic[]): readonly string[] {
  const value = evaluate(expression, scope, diagnostics);
  if (value.kind !== 'tuple' && value.kind !== 'list') return [];
  return value.elements.map((element) => {
    const text = convertValue(element, STRING);
    if (!isFailure(text) && text.kind === 'string') return text.value;
    const detail = 'Cannot use this value as a dynamic block label: a known string is required.';
    diagnostics.push(errorAt(expression, 'Invalid dynamic block label', detail));
    return '';
  });
}

/** The scope around, and the iterator. */
class IteratorScope implements Scope {
  readonly functions: FunctionTable;
  readonly #outer: Scope;
  readonly #name: string;
  readonly #value: Value;

  constructor(outer: Scope, name: string, key: Value, value: Value) {
    this.#outer = outer;
    this.#name = name;
    this.#value = objectValue([
      ['key', key],
      ['value', value],
    ]);
    this.functions = outer.functions;
  }

  resolve(reference: TraversalExpression, diagnostics: Diagnostic[]): Resolved {
    if (reference.root.name === this.#name) return { value: this.#value, used: 0 };
    return this.#outer.resolve(reference, diagnostics);
  }

  resolveInstance(reference: TraversalExpression, index: Value, diagnostics: Diagnostic[]): Value | undefined {
    if (reference.root.name === this.#name) return undefined;
    return this.#outer.resolveInstance?.(reference, index, diagnostics);
  }
}

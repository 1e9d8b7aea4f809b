/**
 * What a traversal refers to: `var.a` is the input variable a, `docker_image.x[0].id` the instance 0 of a resource and
 * then `.id` of it. Knows the form of references only; whether the thing exists is checked by `config/validate.ts`.
 */
import type { InstanceKey, ResourceMode } from '../addr/address.ts';
import { type Diagnostic, type Result, errorAt, failed, ok } from '../diag/diagnostic.ts';
import { type Range, rangeBetween } from '../diag/source.ts';
import type { Attribute, Block, Body, Expression, TraversalExpression, TraversalStep } from '../hcl/ast.ts';
import { jsonBlocks } from '../hcl/json.ts';
import { traversalsIn } from './traversals.ts';

/** `attribute` objects are those with fixed names: `each`, `count`, `path`, `terraform`. */
export type ReferenceSubject =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'local'; readonly name: string }
  | {
      readonly kind: 'resource';
      readonly mode: ResourceMode;
      readonly type: string;
      readonly name: string;
      readonly key: InstanceKey | undefined;
      /** True when an attribute or key follows, so that the reference means one instance and not the whole resource. */
      readonly instance: boolean;
    }
  | { readonly kind: 'ephemeral-resource'; readonly type: string; readonly name: string }
  /** `output` is undefined for a reference to the whole call or instance. */
  | {
      readonly kind: 'module';
      readonly name: string;
      readonly key: InstanceKey | undefined;
      readonly output: string | undefined;
    }
  | { readonly kind: 'each'; readonly name: string }
  | { readonly kind: 'count'; readonly name: string }
  | { readonly kind: 'path'; readonly name: string }
  | { readonly kind: 'terraform'; readonly name: string }
  | { readonly kind: 'self' };

export interface Reference {
  readonly subject: ReferenceSubject;
  /** Steps that belong to the subject, counted after the root. */
  readonly used: number;
  /** Steps that go into the value of the subject. */
  readonly remaining: readonly TraversalStep[];
  /** The part that names the subject. */
  readonly range: Range;
  readonly traversal: TraversalExpression;
}

/** The two levels of a block schema that finding references needs; `BlockContents` is one. */
export interface BodyShape {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly blocks: Readonly<Record<string, BodyShape & { readonly nesting?: string }>>;
  readonly formerly?: Readonly<Record<string, unknown>>;
}

const FIXED = new Set(['each', 'count', 'path', 'terraform']);
const RESERVED = new Set(['template', 'lazy', 'arg']);

/** The reference that a traversal makes, or Terraform's "Invalid reference" and its relatives. */
export function parseReference(traversal: TraversalExpression): Result<Reference> {
  const root = traversal.root.name;
  switch (root) {
    case 'var':
      return named(traversal, (name) => ({ kind: 'variable', name }));
    case 'local':
      return named(traversal, (name) => ({ kind: 'local', name }));
    case 'module':
      return moduleReference(traversal);
    case 'self':
      return ok(reference(traversal, { kind: 'self' }, 0));
    case 'data':
      return prefixedResource(traversal, 'data', 'the data source type and the resource name');
    case 'resource':
      return prefixedResource(traversal, 'managed', 'the resource type and the resource name');
    case 'ephemeral':
      return prefixedResource(traversal, 'ephemeral', 'the ephemeral resource type and the resource name');
  }
  if (FIXED.has(root)) {
    return named(traversal, (name) => ({ kind: root as 'each' | 'count' | 'path' | 'terraform', name }));
  }
  if (RESERVED.has(root)) return failed(reservedSymbol(traversal));
  return resourceReference(traversal, 'managed', traversal.root.name, 0);
}

/** References of an expression, in source order. What is no reference is reported to `diagnostics`, if given. */
export function referencesIn(
  expression: Expression,
  diagnostics?: Diagnostic[],
  hidden: readonly string[] = [],
): Reference[] {
  return parseAll(traversalsIn(expression, hidden), diagnostics);
}

/**
 * References of a body, those in nested and dynamic blocks included (iterator names are none). With a shape, only what
 * it describes is searched: arguments that no schema knows are somebody else's mistake.
 */
export function referencesInBody(body: Body, shape?: BodyShape, diagnostics?: Diagnostic[]): Reference[] {
  return parseAll(traversalsInBody(body, shape), diagnostics);
}

/** Like `referencesInBody`, before the traversals are understood as references. */
export function traversalsInBody(body: Body, shape?: BodyShape, hidden: readonly string[] = []): TraversalExpression[] {
  const found: TraversalExpression[] = [];
  for (const attribute of body.attributes.values()) {
    const blocks = blocksOfProperty(attribute, shape);
    if (blocks) found.push(...blocks.flatMap((block) => traversalsInBlock(block, shape, hidden)));
    else if (shape === undefined || isArgument(shape, attribute.name)) {
      found.push(...traversalsIn(attribute.value, hidden));
    }
  }
  for (const block of body.blocks) found.push(...traversalsInBlock(block, shape, hidden));
  return found;
}

function isArgument(shape: BodyShape, name: string): boolean {
  return Object.hasOwn(shape.attributes, name) || (shape.formerly !== undefined && Object.hasOwn(shape.formerly, name));
}

/** Of a property of a JSON body: the blocks that it stands for, or undefined when it is an argument. */
function blocksOfProperty(attribute: Attribute, shape: BodyShape | undefined): readonly Block[] | undefined {
  if (attribute.value.kind !== 'json' || shape === undefined) return undefined;
  const block = Object.hasOwn(shape.blocks, attribute.name) ? shape.blocks[attribute.name] : undefined;
  if (block) return jsonBlocks(attribute, block.nesting === 'map' ? ['key'] : []).value;
  return attribute.name === 'dynamic' ? jsonBlocks(attribute, ['type']).value : undefined;
}

function traversalsInBlock(
  block: Block,
  shape: BodyShape | undefined,
  hidden: readonly string[],
): TraversalExpression[] {
  const inner = shape && Object.hasOwn(shape.blocks, block.type) ? shape.blocks[block.type] : undefined;
  if (block.type === 'dynamic' && inner === undefined) {
    return dynamicTraversals(block.labels[0]?.value, block.body, shape, hidden);
  }
  return shape === undefined || inner ? traversalsInBody(block.body, inner, hidden) : [];
}

/** `for_each` belongs to the outer scope; labels and content see the iterator, which is no reference. */
function dynamicTraversals(
  type: string | undefined,
  body: Body,
  shape: BodyShape | undefined,
  hidden: readonly string[],
): TraversalExpression[] {
  const contentShape = type === undefined ? undefined : shape?.blocks[type];
  if (shape !== undefined && contentShape === undefined) return [];
  const forEach = body.attributes.get('for_each');
  const found = forEach ? traversalsIn(forEach.value, hidden) : [];
  const inner = [...hidden, iteratorName(body) ?? type ?? ''];
  const labels = body.attributes.get('labels');
  if (labels) found.push(...traversalsIn(labels.value, inner));
  const content = body.attributes.get('content');
  const contents = content ? jsonBlocks(content, []).value : body.blocks.filter(({ type }) => type === 'content');
  for (const block of contents) found.push(...traversalsInBody(block.body, contentShape, inner));
  return found;
}

/** What `iterator = name` says, when it is a name. */
export function iteratorName(dynamic: Body): string | undefined {
  const value = dynamic.attributes.get('iterator')?.value;
  if (value?.kind === 'json') return value.json.kind === 'string' ? value.json.value : undefined;
  return value?.kind === 'traversal' && value.steps.length === 0 ? value.root.name : undefined;
}

/** Diagnostics of what is no reference go to `diagnostics`, if given. */
export function parseAll(traversals: readonly TraversalExpression[], diagnostics?: Diagnostic[]): Reference[] {
  const references: Reference[] = [];
  for (const traversal of traversals) {
    const { value, diagnostics: problems } = parseReference(traversal);
    if (value) references.push(value);
    diagnostics?.push(...problems);
  }
  return references;
}

function reference(traversal: TraversalExpression, subject: ReferenceSubject, used: number): Reference {
  const last = traversal.steps[used - 1];
  return {
    subject,
    used,
    remaining: traversal.steps.slice(used),
    range: last === undefined ? traversal.root : rangeBetween(traversal.root, last),
    traversal,
  };
}

function invalid(range: Range, detail: string): { value: undefined; diagnostics: readonly Diagnostic[] } {
  return failed(errorAt(range, 'Invalid reference', detail));
}

/** `root.name` and then whatever follows. */
function named(traversal: TraversalExpression, subject: (name: string) => ReferenceSubject): Result<Reference> {
  const [step] = traversal.steps;
  const root = traversal.root.name;
  if (step === undefined) {
    const detail = `The "${root}" object cannot be accessed directly. Instead, access one of its attributes.`;
    return invalid(traversal.root, detail);
  }
  if (step.kind !== 'attribute') return invalid(step, `The "${root}" object does not support this operation.`);
  return ok(reference(traversal, subject(step.name), 1));
}

/** `data.type.name`, `resource.type.name`, `ephemeral.type.name` */
function prefixedResource(
  traversal: TraversalExpression,
  mode: ResourceMode | 'ephemeral',
  names: string,
): Result<Reference> {
  const root = traversal.root.name;
  const [type, name] = traversal.steps;
  if (type === undefined || name === undefined) {
    return invalid(traversal, `The "${root}" object must be followed by two attribute names: ${names}.`);
  }
  if (type.kind !== 'attribute') return invalid(type, `The "${root}" object does not support this operation.`);
  return resourceReference(traversal, mode, type.name, 1);
}

/** `at` is the index of the step that holds the resource's name. */
function resourceReference(
  traversal: TraversalExpression,
  mode: ResourceMode | 'ephemeral',
  type: string,
  at: number,
): Result<Reference> {
  const what = mode === 'data' ? 'a data source' : 'a resource type';
  const detail = `A reference to ${what} must be followed by at least one attribute access, specifying the resource name.`;
  const name = traversal.steps[at];
  if (name === undefined) return invalid(traversal, detail);
  if (name.kind !== 'attribute') return invalid(name, detail);
  if (mode === 'ephemeral') {
    return ok(reference(traversal, { kind: 'ephemeral-resource', type, name: name.name }, at + 1));
  }
  const next = traversal.steps[at + 1];
  const key = keyOf(next, 'resource');
  if (key.value === undefined) return failed(...key.diagnostics);
  const subject = { kind: 'resource', mode, type, name: name.name, instance: next !== undefined } as const;
  return ok(reference(traversal, { ...subject, key: key.value.key }, at + 1 + key.value.used));
}

function moduleReference(traversal: TraversalExpression): Result<Reference> {
  const call = named(traversal, (name) => ({ kind: 'module', name, key: undefined, output: undefined }));
  if (call.value === undefined || call.value.subject.kind !== 'module') return call;
  const key = keyOf(traversal.steps[1], 'module');
  if (key.value === undefined) return failed(...key.diagnostics);
  const used = 1 + key.value.used;
  const subject = { ...call.value.subject, key: key.value.key };
  const output = traversal.steps[used];
  if (output === undefined) return ok(reference(traversal, subject, used));
  if (output.kind !== 'attribute') return invalid(output, 'Module instance objects do not support this operation.');
  return ok(reference(traversal, { ...subject, output: output.name }, used + 1));
}

function keyOf(
  step: TraversalStep | undefined,
  what: 'resource' | 'module',
): Result<{ key: InstanceKey | undefined; used: number }> {
  if (step?.kind !== 'index') return ok({ key: undefined, used: 0 });
  if (typeof step.key === 'string' || Number.isSafeInteger(step.key)) return ok({ key: step.key, used: 1 });
  const detail = `Invalid index for ${what} instance: value must be a whole number, between -9223372036854775808 and 9223372036854775807.`;
  return failed(errorAt(step, 'Invalid index key', detail));
}

function reservedSymbol(traversal: TraversalExpression): Diagnostic {
  const detail = `The symbol name "${traversal.root.name}" is reserved for use in a future Terraform version. If you are using a provider that already uses this as a resource type name, add the prefix "resource." to force interpretation as a resource type name.`;
  return errorAt(traversal.root, 'Reserved symbol name', detail);
}

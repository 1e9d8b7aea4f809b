/**
 * A body and a schema make a value: arguments are evaluated and converted, blocks become collections. What does not fit
 * is reported in Terraform's words and stands as unknown in the value, so that the rest can be used.
 */
import { type Diagnostic, type Diagnostics, errorAt, warningAt } from '../diag/diagnostic.ts';
import { evaluate } from '../eval/evaluate.ts';
import type { Scope } from '../eval/scope.ts';
import type { Attribute, Block, Body } from '../hcl/ast.ts';
import { describeRange } from '../hcl/template.ts';
import { convertValue, isFailure } from '../value/convert.ts';
import { setValue } from '../value/set.ts';
import {
  type Marks,
  NO_MARKS,
  type ObjectValue,
  type Value,
  listValue,
  mapValue,
  objectValue,
  unknownValue,
  withMarks,
} from '../value/value.ts';
import type { Content } from './content.ts';
import { type ExpandedBlock, expandBlocks, formerArguments, readDescribed, readDynamic } from './dynamic-blocks.ts';
import { absentAttribute, blockType, emptyBlockValue, impliedType } from './schema-type.ts';
import type { AttributeSchema, BlockContents, BlockSchema } from './schema.ts';

export interface DecodeOptions {
  /** Report the use of deprecated arguments and blocks. */
  readonly warnDeprecated?: boolean;
}

/**
 * The value of a body. Arguments that are not set are nulls of their type, blocks that are not there empty collections,
 * or null for single ones.
 */
export function decodeBody(
  body: Body,
  contents: BlockContents,
  scope: Scope,
  diagnostics: Diagnostic[],
  options: DecodeOptions = {},
): ObjectValue {
  return new Decoder(diagnostics, options).body(body, contents, scope, NO_MARKS);
}

/** What can be said of a body without evaluating anything: what is missing in it, what does not belong there. */
export function checkBody(body: Body, contents: BlockContents): Diagnostics {
  const diagnostics: Diagnostic[] = [];
  const content = readDescribed(body, contents, diagnostics);
  const counts = new Map<string, Block[]>();
  const dynamicTypes = new Set<string>();
  for (const block of content.blocks) {
    const dynamic = block.type === 'dynamic' && !Object.hasOwn(contents.blocks, 'dynamic');
    const made = dynamic ? readDynamic(block, contents, diagnostics) : undefined;
    if (made) {
      dynamicTypes.add(made.type);
      diagnostics.push(...checkBody(made.content.body, made.schema));
    }
    const schema = dynamic ? undefined : contents.blocks[block.type];
    if (schema === undefined) continue;
    counts.set(block.type, [...(counts.get(block.type) ?? []), block]);
    diagnostics.push(...checkBody(block.body, schema));
  }
  for (const [type, schema] of Object.entries(contents.blocks)) {
    if (dynamicTypes.has(type)) continue;
    const blocks = (counts.get(type) ?? []).map((block) => ({ range: block.header, body: block.body }));
    checkCount(type, schema, blocks, body, diagnostics);
  }
  return diagnostics;
}

class Decoder {
  readonly #diagnostics: Diagnostic[];
  readonly #options: DecodeOptions;

  constructor(diagnostics: Diagnostic[], options: DecodeOptions) {
    this.#diagnostics = diagnostics;
    this.#options = options;
  }

  body(body: Body, contents: BlockContents, scope: Scope, marks: Marks): ObjectValue {
    const content = readDescribed(body, contents, this.#diagnostics);
    if (this.#options.warnDeprecated) this.#warnFormer(body, contents);
    const values = new Map<string, Value>();
    for (const name of impliedType(contents).attributes.keys()) {
      const attribute = contents.attributes[name];
      if (attribute) values.set(name, this.#attribute(content, name, attribute, scope, marks));
      // Keeps the order of names; replaced below.
      else values.set(name, absentBlocks(contents, name));
    }
    if (content.blocks.length > 0 || Object.values(contents.blocks).some(({ minItems }) => minItems)) {
      const expanded = expandBlocks(content.blocks, contents, scope, this.#diagnostics);
      for (const [type, schema] of Object.entries(contents.blocks)) {
        values.set(type, this.#blocks(type, schema, expanded.get(type) ?? [], body));
      }
    }
    return objectValue(values);
  }

  #warnFormer(body: Body, contents: BlockContents): void {
    for (const [attribute, { note }] of formerArguments(body, contents))
      this.#diagnostics.push(warningAt(attribute.value, 'Argument is deprecated', note));
  }

  #attribute(content: Content, name: string, schema: AttributeSchema, scope: Scope, marks: Marks): Value {
    const attribute = content.attributes.get(name);
    if (attribute === undefined) return absentAttribute(schema);
    if (schema.deprecated && this.#options.warnDeprecated) {
      this.#diagnostics.push(warningAt(attribute.value, 'Argument is deprecated', schema.deprecated));
    }
    const value = evaluate(attribute.value, scope, this.#diagnostics);
    return withMarks(this.#converted(attribute, value, schema), marks);
  }

  #converted(attribute: Attribute, value: Value, schema: AttributeSchema): Value {
    const converted = convertValue(value, schema.type);
    if (!isFailure(converted)) return converted;
    const detail = `Inappropriate value for attribute "${attribute.name}": ${converted.message}.`;
    this.#diagnostics.push(errorAt(attribute.value, 'Incorrect attribute value type', detail, { context: attribute }));
    return unknownValue(schema.type);
  }

  #blocks(type: string, schema: BlockSchema, blocks: readonly ExpandedBlock[], parent: Body): Value {
    const isUnknown = blocks.some((block) => block.isUnknown);
    if (!isUnknown) checkCount(type, schema, blocks, parent, this.#diagnostics);
    if (blocks.length === 0) return emptyBlockValue(schema);
    if (schema.deprecated && this.#options.warnDeprecated) {
      this.#diagnostics.push(warningAt(blocks[0]?.range, 'Argument is deprecated', schema.deprecated));
    }
    const objects = blocks.map(({ body, scope, marks }) => this.body(body, schema, scope, marks));
    if (isUnknown) return unknownValue(blockType(schema));
    const element = impliedType(schema);
    switch (schema.nesting) {
      case 'single':
        return objects[0] ?? emptyBlockValue(schema);
      case 'list':
        return listValue(element, objects);
      case 'set':
        return setValue(element, objects);
      case 'map':
        return mapValue(
          element,
          blocks.flatMap((block, at) => {
            const object = objects[at];
            return object ? [[block.labels[0] ?? '', object] as const] : [];
          }),
        );
    }
  }
}

function absentBlocks(contents: BlockContents, name: string): Value {
  const block = contents.blocks[name];
  return block ? emptyBlockValue(block) : objectValue([]);
}

/** Too few or too many blocks of one type. */
function checkCount(
  type: string,
  schema: BlockSchema,
  blocks: readonly Pick<ExpandedBlock, 'range' | 'body'>[],
  parent: Body,
  diagnostics: Diagnostic[],
): void {
  const [first, second] = blocks;
  if (schema.nesting === 'single') {
    if (first === undefined && schema.minItems) {
      const detail = `A ${type} block is required.`;
      diagnostics.push(errorAt(parent.missingItem, `Missing ${type} block`, detail));
    } else if (first && second) {
      const detail = `Only one block of type "${type}" is allowed. Previous definition was at ${describeRange(first.range)}.`;
      diagnostics.push(errorAt(second.range, `Duplicate ${type} block`, detail));
    }
    return;
  }
  const minimum = schema.minItems ?? 0;
  const maximum = schema.maxItems ?? 0;
  if (blocks.length < minimum) {
    const detail = `At least ${minimum} "${type}" blocks are required.`;
    diagnostics.push(errorAt(parent.missingItem, `Insufficient ${type} blocks`, detail));
  } else if (maximum > 0 && blocks.length > maximum) {
    const detail = `No more than ${maximum} "${type}" blocks are allowed`;
    diagnostics.push(errorAt(blocks[maximum]?.body.missingItem, `Too many ${type} blocks`, detail));
  }
}

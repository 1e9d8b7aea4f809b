/**
 * `.tf.json`: the same bodies, blocks and expressions as native syntax, written in JSON. A property can be an argument or
 * stand for blocks; only the reader's schema tells, so blocks are made on request. Strings are parsed as templates when
 * somebody looks into them.
 */
import { type Diagnostic, type Diagnostics, errorAt, failed, type Result } from '../diag/diagnostic.ts';
import { type Range, SourceFile } from '../diag/source.ts';
import type { Attribute, Block, Body, Expression, JsonMember, JsonNode, Label, TraversalExpression } from './ast.ts';
import { parseJson, startOf } from './json-parser.ts';
import { placesInJsonString } from './json-string.ts';
import { parseDecodedTemplate, parseTemplate, parseTraversal } from './parser.ts';
import { describeRange } from './template.ts';

/** A part that is always there, and what is wrong with it. */
export interface Parsed<T> {
  readonly value: T;
  readonly diagnostics: Diagnostics;
}

type JsonString = JsonNode & { kind: 'string' };

const WRONG_TYPE = 'Incorrect JSON value type';

/** Parses a whole `.tf.json` file. There is always a body, beside errors one with what could be read. */
export function parseJsonConfig(file: SourceFile): Parsed<Body> {
  const { value, diagnostics } = parseJson(file);
  if (value.kind === 'object' || value.kind === 'array') {
    const body = bodyOf(value);
    return { value: body.value, diagnostics: [...diagnostics, ...body.diagnostics] };
  }
  const detail =
    'The root value in a JSON-based configuration must be either a JSON object or a JSON array of objects.';
  const error = errorAt(startOf(value), 'Root value must be object', detail);
  const empty: JsonNode = { kind: 'object', file, start: 0, end: 0, members: [] };
  return { value: bodyOf(empty).value, diagnostics: [...diagnostics, error] };
}

// ---- Bodies ----------------------------------------------------------------------------------------------------------

/** Properties of the same name, behind the first one, which is the one in the body. */
const repeats = new WeakMap<Attribute, Attribute[]>();

function bodyOf(node: JsonNode): Parsed<Body> {
  const diagnostics: Diagnostic[] = [];
  const attributes = new Map<string, Attribute>();
  for (const member of membersOf(node, undefined, diagnostics)) {
    const attribute = attributeOf(member);
    const first = attributes.get(member.name);
    if (first === undefined) attributes.set(member.name, attribute);
    else repeats.set(first, [...(repeats.get(first) ?? []), attribute]);
  }
  const { file, start, end } = node;
  const missingItem = node.kind === 'object' && end > start ? { file, start: end - 1, end } : startOf(node);
  const value: Body = { kind: 'body', file, start, end, attributes, blocks: [], missingItem, json: true };
  return { value, diagnostics };
}

function attributeOf(member: JsonMember): Attribute {
  const { file, start, end, name, nameRange } = member;
  return { kind: 'attribute', file, start, end, name, nameRange, value: jsonExpression(member.value) };
}

/** Any JSON value as an expression. */
export function jsonExpression(json: JsonNode): Expression {
  const { file, start, end } = json;
  return { kind: 'json', file, start, end, json };
}

/**
 * Complaints about a property that is written more than once, which blocks may be and arguments may not.
 *
 * @param isBlockless whether the body may hold no blocks at all, as `locals` does: Terraform has other words for it
 */
export function duplicateArguments(first: Attribute, isBlockless = false): Diagnostics {
  const summary = isBlockless ? 'Duplicate attribute definition' : 'Duplicate argument';
  const detail = `The argument "${first.name}" was already set at ${describeRange(first)}.`;
  return (repeats.get(first) ?? []).map((again) => errorAt(again.nameRange, summary, detail));
}

/** Members of an object, or of all objects of an array, in source order. */
function membersOf(node: JsonNode, label: string | undefined, diagnostics: Diagnostic[]): readonly JsonMember[] {
  switch (node.kind) {
    case 'object':
      return node.members;
    case 'array':
      return node.items.flatMap((item) => {
        if (item.kind === 'object') return item.members;
        const purpose =
          label === undefined ? 'to define arguments and child blocks' : `to specify ${label} labels for this block`;
        const detail = `A JSON object is required here, ${purpose}.`;
        diagnostics.push(errorAt(startOf(item), WRONG_TYPE, detail));
        return [];
      });
    default:
      if (node.kind !== 'null' || node.invalid) diagnostics.push(notAnObject(node, label));
      return [];
  }
}

function notAnObject(node: JsonNode, label: string | undefined): Diagnostic {
  const purpose =
    label === undefined ? 'to define arguments and child blocks' : `to specify ${label} labels for this block`;
  const detail = `Either a JSON object or JSON array of objects is required here, ${purpose}.`;
  return errorAt(startOf(node), WRONG_TYPE, detail);
}

// ---- Blocks ----------------------------------------------------------------------------------------------------------

/**
 * The blocks that a property of a JSON body stands for: one object for each label, and at last an object or an array of
 * objects for the blocks themselves.
 *
 * @param property of a JSON body; others of its name in that body are taken along
 * @param labelNames what the labels of this type are called, in order
 */
export function jsonBlocks(property: Attribute, labelNames: readonly string[]): Parsed<readonly Block[]> {
  const unpacker = new Unpacker(property.name, labelNames);
  for (const { value, nameRange } of [property, ...(repeats.get(property) ?? [])]) {
    if (value.kind === 'json') unpacker.unpack(value.json, nameRange, []);
  }
  return { value: unpacker.blocks, diagnostics: unpacker.diagnostics };
}

class Unpacker {
  readonly blocks: Block[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #type: string;
  readonly #labelNames: readonly string[];

  constructor(type: string, labelNames: readonly string[]) {
    this.#type = type;
    this.#labelNames = labelNames;
  }

  unpack(node: JsonNode, typeRange: Range, labels: readonly Label[]): void {
    const labelName = this.#labelNames[labels.length];
    if (labelName === undefined) {
      this.#unpackBodies(node, typeRange, labels);
      return;
    }
    const members = membersOf(node, labelName, this.diagnostics);
    if (members.length === 0) {
      const detail = `At least one object property is required, whose name represents the ${this.#type} block's ${labelName}.`;
      this.diagnostics.push(errorAt(startOf(node), 'Missing block label', detail));
    }
    for (const { nameRange, name, value } of members) {
      this.unpack(value, typeRange, [...labels, { ...nameRange, value: name }]);
    }
  }

  #unpackBodies(node: JsonNode, typeRange: Range, labels: readonly Label[]): void {
    if (node.kind === 'object') {
      this.#add(node, node, typeRange, labels);
    } else if (node.kind === 'array') {
      for (const item of node.items) this.#add(item, node, typeRange, labels);
    } else if (node.kind !== 'null' || node.invalid) {
      const detail = `Either a JSON object or a JSON array is required, representing the contents of one or more "${this.#type}" blocks.`;
      this.diagnostics.push(errorAt(startOf(node), WRONG_TYPE, detail));
    }
  }

  /** @param bracket the object or array whose opening bracket stands for the header */
  #add(node: JsonNode, bracket: JsonNode, typeRange: Range, labels: readonly Label[]): void {
    const { file, start, end } = node;
    const { value: body, diagnostics } = bodyOf(node);
    for (const diagnostic of diagnostics) this.diagnostics.push(diagnostic);
    const header = startOf(bracket);
    this.blocks.push({ kind: 'block', file, start, end, type: this.#type, typeRange, labels, body, header });
  }
}

// ---- Strings ---------------------------------------------------------------------------------------------------------

const templates = new WeakMap<JsonNode, Parsed<Expression>>();

/** The template that a string is; parsed once. Property names of objects are templates, too: `jsonKey` makes them strings. */
export function jsonStringExpression(node: JsonString): Parsed<Expression> {
  const known = templates.get(node);
  if (known !== undefined) return known;
  const { file, start, end } = node;
  const isPlain = isWrittenPlainly(node);
  const { value, diagnostics } = isPlain
    ? parseTemplate(file, start + 1, end - 1)
    : parseDecodedTemplate(file, node.value, placesInJsonString(file.text.slice(start, end), start));
  const result = { value: value ?? { kind: 'invalid', file, start, end }, diagnostics } as const;
  templates.set(node, result);
  return result;
}

const keys = new WeakMap<JsonMember, JsonString>();

/** The name of a member as a string node, which in an expression is a template. */
export function jsonKey(member: JsonMember): JsonString {
  const known = keys.get(member);
  if (known !== undefined) return known;
  const { file, start, end } = member.nameRange;
  const key: JsonString = { kind: 'string', file, start, end, value: member.name };
  keys.set(member, key);
  return key;
}

/** The reference that a string is, where references are not evaluated: `"depends_on": ["a.b"]`. */
export function jsonTraversal(node: JsonNode): Result<TraversalExpression> {
  const text = jsonExpressionText(node);
  if (text !== undefined) return parseTraversal(text.file, text.start, text.end);
  return failed(errorAt(startOf(node), 'Invalid expression', 'A string with a reference in it is required here.'));
}

/**
 * Place of a string's text, to be parsed as native syntax: `"type": "list(string)"`. A string with escapes is a file of
 * its own, since its text stands nowhere. Undefined for anything but a string.
 */
export function jsonExpressionText(node: JsonNode): Range | undefined {
  if (node.kind !== 'string') return undefined;
  const { file, start, end, value } = node;
  if (isWrittenPlainly(node)) return { file, start: start + 1, end: end - 1 };
  return { file: new SourceFile(file.name, value), start: 0, end: value.length };
}

/** Whether the text stands in the file as it is, which it does unless there is an escape. */
function isWrittenPlainly({ file, start, value }: JsonString): boolean {
  return file.text.startsWith(value, start + 1) && file.text[start + 1 + value.length] === '"';
}

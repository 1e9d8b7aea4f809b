/**
 * Values in the place of what a provider would compute: those that a test gives, and where it gives none, eight random
 * characters for a text, 0, false and empty collections.
 */
import { randomInt } from 'node:crypto';
import type { BlockContents, BlockSchema } from '../../core/config/schema.ts';
import type { AttributePath, Diagnostic } from '../../core/diag/diagnostic.ts';
import { convertValue, isFailure } from '../../core/value/convert.ts';
import { numberValue } from '../../core/value/value.ts';
import { setValue } from '../../core/value/set.ts';
import type { Type } from '../../core/value/type.ts';
import {
  FALSE,
  type ObjectValue,
  type Value,
  listValue,
  mapValue,
  nullValue,
  objectValue,
  stringValue,
  tupleValue,
  unknownValue,
} from '../../core/value/value.ts';
import type { StandInValues } from '../../core/config/test-file.ts';
import { describeRange } from '../../core/hcl/template.ts';

/** What becomes of a computed attribute that the configuration leaves out. */
type Fill = (type: Type, given: Value | undefined, path: AttributePath) => Value;

/** The object with everything computed unknown, as a plan shows it. */
export function withUnknowns(contents: BlockContents, object: ObjectValue): ObjectValue {
  return fillObject(contents, object, undefined, [], (type) => unknownValue(type));
}

/** The object with everything computed made up; what the test gives comes first. */
export function withMadeUp(
  contents: BlockContents,
  object: ObjectValue,
  given: StandInValues | undefined,
  diagnostics: Diagnostic[],
): ObjectValue {
  return fillObject(contents, object, given?.values, [], (type, value, path) => {
    if (value === undefined) return madeUp(type);
    const converted = convertValue(value, type);
    if (!isFailure(converted)) return converted;
    diagnostics.push(unsuitable(path, converted.message, given));
    return nullValue(type);
  });
}

function unsuitable(path: AttributePath, message: string, given: StandInValues | undefined): Diagnostic {
  const where = given ? ` at ${describeRange(given.range)}` : '';
  const detail = `The value that the test gives${where} for ${path.join('.')} does not fit this attribute: ${message}.`;
  // The configuration does not have the attribute, so the block that lacks it is pointed at.
  return { severity: 'error', summary: 'Failed to compute attribute', detail, path: path.slice(0, -1) };
}

function fillObject(
  contents: BlockContents,
  object: ObjectValue,
  given: ObjectValue | undefined,
  path: AttributePath,
  fill: Fill,
): ObjectValue {
  const attributes = new Map<string, Value>(object.attributes);
  for (const [name, { use, type }] of Object.entries(contents.attributes)) {
    const value = attributes.get(name);
    const open = value === undefined || value.kind === 'null' || value.kind === 'unknown';
    const computed = use === 'computed' || use === 'optional-computed';
    if (open && computed) attributes.set(name, fill(type, given?.attributes.get(name), [...path, name]));
  }
  for (const [name, block] of Object.entries(contents.blocks)) {
    const value = attributes.get(name);
    const inside = given?.attributes.get(name);
    const values = inside?.kind === 'object' ? inside : undefined;
    if (value) attributes.set(name, fillBlocks(block, value, values, [...path, name], fill));
  }
  return objectValue(attributes, object.marks);
}

function fillBlocks(
  block: BlockSchema,
  value: Value,
  given: ObjectValue | undefined,
  path: AttributePath,
  fill: Fill,
): Value {
  const one = (element: Value, step: AttributePath): Value =>
    element.kind === 'object' ? fillObject(block, element, given, [...path, ...step], fill) : element;
  switch (value.kind) {
    case 'object':
      return one(value, []);
    case 'list':
      return listValue(
        value.element,
        value.elements.map((element, index) => one(element, [index])),
        value.marks,
      );
    case 'set':
      return setValue(
        value.element,
        value.elements.map((element) => one(element, [])),
        value.marks,
      );
    case 'map':
      return mapValue(
        value.element,
        [...value.entries].map(([key, element]) => [key, one(element, [key])] as const),
        value.marks,
      );
    default:
      return value;
  }
}

/** A value of the type that nobody has given. */
export function madeUp(type: Type): Value {
  switch (type.kind) {
    case 'string':
      return stringValue(randomText());
    case 'number':
      return numberValue(0);
    case 'bool':
      return FALSE;
    case 'list':
      return listValue(type.element, []);
    case 'set':
      return setValue(type.element, []);
    case 'map':
      return mapValue(type.element, []);
    case 'tuple':
      return tupleValue(type.elements.map(madeUp));
    case 'object':
      return objectValue([...type.attributes].map(([name, attribute]) => [name, madeUp(attribute)] as const));
    case 'dynamic':
      return nullValue(type);
  }
}

const CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 8;

function randomText(): string {
  return Array.from({ length: LENGTH }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join('');
}

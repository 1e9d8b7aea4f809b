/**
 * Values as YAML, byte for byte as Terraform writes it: every string and key in quotes, those of several lines as literal
 * blocks, long ones folded after column 80.
 */
import { invariant } from '../../diag/invariant.ts';
import { containsUnknown } from '../../value/marks.ts';
import { formatNum } from '../../value/number.ts';
import { DYNAMIC, STRING } from '../../value/type.ts';
import { type Value, stringValue, unknownValue } from '../../value/value.ts';
import { NOT_NULL, argumentAt, defineFunction, parameter } from './define.ts';

const yamlencode = defineFunction({
  name: 'yamlencode',
  parameters: [parameter('value', DYNAMIC, { nullable: true, acceptsDynamic: true })],
  returns: STRING,
  call: (args) => {
    const value = argumentAt(args, 0);
    if (containsUnknown(value)) return unknownValue(STRING, NOT_NULL);
    const text = nodeText(value, { indent: 0, column: 0, inner: 2 });
    const isPlain = value.kind === 'number' || value.kind === 'bool' || value.kind === 'null';
    return stringValue(isPlain ? `${text}...\n` : text);
  },
});

/** Where a node begins: its first line is there already, further ones start at `indent`, those of a scalar at `inner`. */
interface Place {
  readonly indent: number;
  readonly column: number;
  readonly inner: number;
}

/** Ends with a line break. */
function nodeText(value: Value, place: Place): string {
  switch (value.kind) {
    case 'list':
    case 'set':
    case 'tuple':
      return value.elements.length === 0 ? '[]\n' : sequenceText(value.elements, place.indent);
    case 'map':
      return value.entries.size === 0 ? '{}\n' : mappingText(value.entries, place.indent);
    case 'object':
      return value.attributes.size === 0 ? '{}\n' : mappingText(value.attributes, place.indent);
    case 'string':
      return stringText(value.value, place);
    case 'number':
      return `${formatNum(value.value)}\n`;
    case 'bool':
      return `${value.value}\n`;
    case 'null':
      return 'null\n';
    case 'unknown':
      invariant(false, 'an unknown value has no YAML');
  }
}

function nested(indent: number): Place {
  return { indent: indent + 2, column: indent + 2, inner: indent + 2 };
}

function sequenceText(elements: readonly Value[], indent: number): string {
  const items = elements.map((element) => `- ${nodeText(element, nested(indent))}`);
  return items.join(' '.repeat(indent));
}

function mappingText(entries: ReadonlyMap<string, Value>, indent: number): string {
  return Array.from(entries, ([name, value]) => entryText(name, value, indent)).join(' '.repeat(indent));
}

/** Bytes of a key beyond which it is written as `? key` on a line of its own. */
const LONGEST_KEY = 128;

function entryText(name: string, value: Value, indent: number): string {
  if (name.includes('\n') || Buffer.byteLength(name) > LONGEST_KEY) {
    const key = stringText(name, nested(indent));
    return `? ${key}${' '.repeat(indent)}: ${nodeText(value, nested(indent))}`;
  }
  const key = quoted(name, undefined);
  if (isBlock(value, 'sequence'))
    return `${key}:\n${' '.repeat(indent)}${nodeText(value, { ...nested(indent), indent })}`;
  if (isBlock(value, 'mapping')) return `${key}:\n${' '.repeat(indent + 2)}${nodeText(value, nested(indent))}`;
  return `${key}: ${nodeText(value, { ...nested(indent), column: indent + [...key].length + 2 })}`;
}

/** Collections that take lines of their own, which empty ones do not. */
function isBlock(value: Value, kind: 'sequence' | 'mapping'): boolean {
  switch (value.kind) {
    case 'list':
    case 'set':
    case 'tuple':
      return kind === 'sequence' && value.elements.length > 0;
    case 'map':
      return kind === 'mapping' && value.entries.size > 0;
    case 'object':
      return kind === 'mapping' && value.attributes.size > 0;
    default:
      return false;
  }
}

function stringText(text: string, place: Place): string {
  return isLiteral(text) ? literalText(text, place.inner) : `${quoted(text, place)}\n`;
}

/** Of several lines, and nothing in it that would be lost in a block. */
function isLiteral(text: string): boolean {
  return text.includes('\n') && !/ $| \n/.test(text) && !UNPRINTABLE.test(text);
}

function literalText(text: string, indent: number): string {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = text.endsWith('\n\n') || text === '\n' ? '+' : text.endsWith('\n') ? '' : '-';
  const lines = text.replace(/\n$/, '').split('\n');
  const body = lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line)).join('\n');
  return `|${hint}${chomp}\n${body}\n`;
}

/** Everything but what YAML calls printable: also tabs, and characters beyond the basic plane. */
const UNPRINTABLE = /[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;

const ESCAPES = new Map([
  ['\0', '0'],
  ['\x07', 'a'],
  ['\b', 'b'],
  ['\t', 't'],
  ['\n', 'n'],
  ['\v', 'v'],
  ['\f', 'f'],
  ['\r', 'r'],
  ['\x1b', 'e'],
  ['"', '"'],
  ['\\', '\\'],
  ['\x85', 'N'],
  ['\u2028', 'L'],
  ['\u2029', 'P'],
]);

const LINE_WIDTH = 80;

/** In double quotes; folded at a space beyond the width when a place to continue is given. */
function quoted(text: string, place: Place | undefined): string {
  const characters = [...text];
  let result = '"';
  let column = (place?.column ?? 0) + 1;
  let afterSpace = false;
  for (const [index, character] of characters.entries()) {
    const isInside = index > 0 && index < characters.length - 1;
    if (place !== undefined && character === ' ' && !afterSpace && column > LINE_WIDTH && isInside) {
      const backslash = characters[index + 1] === ' ' ? '\\' : '';
      result += `\n${' '.repeat(place.inner)}${backslash}`;
      column = place.inner + backslash.length;
    } else {
      const escaped = escapeCharacter(character);
      result += escaped;
      column += escaped.length;
    }
    afterSpace = character === ' ';
  }
  return `${result}"`;
}

function escapeCharacter(character: string): string {
  const short = ESCAPES.get(character);
  if (short !== undefined) return `\\${short}`;
  if (!UNPRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

export const yamlEncodeFunctions = [yamlencode];

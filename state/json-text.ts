/**
 * JSON texts as state files need them: indented and escaped the way Go's encoder does it, fields in a given order, so
 * that a file that nothing changed keeps its bytes. Knows nothing of what a text means.
 */
import { ExactNumber, type Json, type JsonObject } from '../core/value/json.ts';
import { compareUtf8 } from '../core/value/type.ts';

/** A JSON object whose names keep the order given here; `undefined` leaves a name out. */
export type Ordered = readonly (readonly [name: string, text: string | undefined])[];

/** What Go writes for an indented object: each value is a text made at one level deeper than `indent`. */
export function orderedText(entries: Ordered, indent: string): string {
  const inner = `${indent}  `;
  const lines = entries.flatMap(([name, text]) => (text === undefined ? [] : [`${inner}${stringText(name)}: ${text}`]));
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
}

/** Elements are texts made at one level deeper than `indent`. */
export function arrayText(elements: readonly string[], indent: string): string {
  if (elements.length === 0) return '[]';
  return `[\n${elements.map((element) => `${indent}  ${element}`).join(',\n')}\n${indent}]`;
}

/**
 * Names keep their order, which in what Terraform wrote is that of their UTF-8 bytes (`value` before `type` where the
 * schema says "dynamic" aside). Names that look like indexes lose it in JavaScript, so their object is sorted again.
 */
export function jsonText(json: Json, indent: string): string {
  if (json === null) return 'null';
  if (typeof json === 'string') return stringText(json);
  if (typeof json === 'number') return numberText(json);
  if (typeof json === 'boolean') return String(json);
  if (json instanceof ExactNumber) return json.text;
  const inner = `${indent}  `;
  if (Array.isArray(json))
    return arrayText(
      (json as readonly Json[]).map((element) => jsonText(element, inner)),
      indent,
    );
  const object = json as JsonObject;
  const names = Object.keys(object);
  if (names.some((name) => /^\d+$/.test(name))) names.sort(compareUtf8);
  return orderedText(
    names.map((name) => [name, jsonText(object[name] ?? null, inner)]),
    indent,
  );
}

/** Plain digits where JavaScript would write an exponent. */
function numberText(number: number): string {
  const text = String(number);
  return text.includes('e') && Number.isInteger(number) ? BigInt(number).toString() : text;
}

const ESCAPED = /["\\<>&\u2028\u2029\p{Cc}\p{Cs}]/gu;

/** A string as Go's encoder writes it: `<`, `>` and `&` are escaped too, half a surrogate pair becomes U+FFFD. */
export function stringText(text: string): string {
  return `"${text.replace(ESCAPED, escapeOf)}"`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function escapeOf(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.charCodeAt(0);
  if (code >= 0x7f && code <= 0x9f) return character;
  return code >= 0xd800 && code <= 0xdfff ? '\\ufffd' : `\\u${code.toString(16).padStart(4, '0')}`;
}

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
  if (isSimple(json)) return simpleText(json, indent);
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

/** Whether JavaScript's own encoder, which is much faster, writes it as Go would. */
function isSimple(json: Json): boolean {
  if (typeof json === 'number') return Math.abs(json) < 1e15 && Number.isInteger(json);
  if (json === null || typeof json !== 'object') return true;
  if (json instanceof ExactNumber) return false;
  if (Array.isArray(json)) return (json as readonly Json[]).every(isSimple);
  return Object.entries(json).every(([name, value]) => !/^\d/.test(name) && isSimple(value));
}

/** Line breaks are between values only: inside of strings they are escaped. */
function simpleText(json: Json, indent: string): string {
  const text = JSON.stringify(json, undefined, 2).replaceAll('\n', `\n${indent}`);
  return DIFFERENT.test(text) ? text.replace(/\p{Cs}/gu, '\ufffd').replace(ESCAPED, escapeOf) : text;
}

/** Plain digits where JavaScript would write an exponent. */
function numberText(number: number): string {
  const text = String(number);
  return text.includes('e') && Number.isInteger(number) ? BigInt(number).toString() : text;
}

/** What JavaScript writes otherwise than Go, and what may be half of a pair. */
const DIFFERENT = /[<>&\u2028\u2029\ud800-\udfff]/;
const ESCAPED = /[<>&\u2028\u2029\p{Cs}]/gu;

/** A string as Go's encoder writes it: `<`, `>` and `&` are escaped too, half a surrogate pair becomes U+FFFD. */
export function stringText(text: string): string {
  if (!DIFFERENT.test(text)) return JSON.stringify(text);
  return JSON.stringify(text.replace(/\p{Cs}/gu, '\ufffd')).replace(ESCAPED, escapeOf);
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Text to the form it has between quotes: the reverse of `string-literal.ts`. */

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };

/** Text as it is written between quotes. */
export function escapeText(value: string): string {
  return value
    .replace(/[\n\r\t"\\]/g, (character) => ESCAPES[character] ?? character)
    .replace(/[$%](?=\{)/g, (mark) => mark + mark)
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, escapeCodePoint);
}

function escapeCodePoint(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return code > 0xffff ? `\\U${digits.padStart(8, '0')}` : `\\u${digits.padStart(4, '0')}`;
}

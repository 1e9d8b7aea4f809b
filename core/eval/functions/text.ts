/** Text as the functions see it: grapheme clusters, code points, quoted forms. Knows nothing of values. */

let segmenter: Intl.Segmenter | undefined;

/** What a reader takes for one character each. */
export function graphemesOf(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the class is exactly "ASCII except CR"
  if (/^[\x00-\x0c\x0e-\x7f]*$/.test(text)) return text.split('');
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const clusters = Array.from(segmenter.segment(text), (cluster) => cluster.segment);
  return VIRAMA.test(text) ? clusters.flatMap((cluster) => cluster.split(CONJUNCT)) : clusters;
}

/** Terraform's Unicode does not yet join the consonants of an Indic conjunct into one cluster. */
const VIRAMA = /[\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d]/;
const CONJUNCT = /(?<=[\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d][\p{M}\u200d]*)(?=\p{Lo})/u;

const SHORT_ESCAPES = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
]);

/** In double quotes, with everything that is not printable escaped. */
export function quote(text: string): string {
  let quoted = '"';
  for (const character of text) quoted += SHORT_ESCAPES.get(character) ?? escapeUnlessPrintable(character);
  return `${quoted}"`;
}

function escapeUnlessPrintable(character: string): string {
  if (character === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Bytes as text, or undefined when they are not UTF-8. A byte order mark stays. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Bytes of standard base64, with padding; line breaks are skipped. Or the offset of the character that is wrong.
 */
export function decodeBase64(text: string): Buffer | { readonly badOffset: number } {
  const compact = text.replace(/[\r\n]/g, '');
  const badOffset = findBadBase64(compact);
  return badOffset === undefined ? Buffer.from(compact, 'base64') : { badOffset };
}

/** The decoder reads four characters at a time, and names the first one of them that cannot stand where it does. */
function findBadBase64(text: string): number | undefined {
  const body = /^[A-Za-z0-9+/]*/.exec(text)?.[0].length ?? 0;
  const rest = text.length - body;
  if (rest === 0) return body % 4 === 0 ? undefined : body - (body % 4);
  const padding = text.slice(body);
  const inGroup = body % 4;
  if (text[body] !== '=' || inGroup < 2) return body;
  const wanted = inGroup === 2 ? '==' : '=';
  if (padding === wanted) return undefined;
  if (padding.startsWith(wanted)) return body + wanted.length;
  return padding.length === 1 ? body + 1 : body;
}

/** The digraphs whose title form is neither upper nor lower case. */
const TITLE_DIGRAPHS = new Map<string, string>();
for (const [first, title] of [
  [0x1c4, 0x1c5],
  [0x1c7, 0x1c8],
  [0x1ca, 0x1cb],
  [0x1f1, 0x1f2],
] as const) {
  for (let code = first; code < first + 3; code++) {
    TITLE_DIGRAPHS.set(String.fromCharCode(code), String.fromCharCode(title));
  }
}

/** Upper case code point by code point: what becomes several (ß) stays, but for Greek letters with iota. */
export function upperCase(text: string): string {
  return mapCodePoints(text, upperOf);
}

function upperOf(character: string): string {
  const upper = character.toUpperCase();
  if (!isSeveral(upper)) return upper;
  const code = character.codePointAt(0) ?? 0;
  if ((code >= 0x1f80 && code <= 0x1faf && code % 16 < 8) || [0x1fb3, 0x1fc3, 0x1ff3].includes(code)) {
    return String.fromCharCode(code + (code >= 0x1fb0 ? 9 : 8));
  }
  return character;
}

/** Lower case code point by code point: no final sigma. */
export function lowerCase(text: string): string {
  return mapCodePoints(text, (character) => (character === '\u0130' ? 'i' : character.toLowerCase()));
}

/** The first letter of each word in title case, the rest as it is. */
export function titleCase(text: string): string {
  let previous = ' ';
  return mapCodePoints(text, (character) => {
    const mapped = isSeparator(previous) ? titleOf(character) : character;
    previous = character;
    return mapped;
  });
}

function titleOf(character: string): string {
  // Georgian letters have capitals that no title uses.
  if (/^[\u10d0-\u10ff]$/.test(character)) return character;
  return TITLE_DIGRAPHS.get(character) ?? upperOf(character);
}

function isSeparator(character: string): boolean {
  if (character.charCodeAt(0) < 0x80) return !/^\w$/.test(character);
  return !/^[\p{L}\p{Nd}]$/u.test(character) && SPACE.test(character);
}

function mapCodePoints(text: string, map: (character: string) => string): string {
  let result = '';
  for (const character of text) result += map(character);
  return result;
}

function isSeveral(text: string): boolean {
  return text.length > 1 && text.length > String.fromCodePoint(text.codePointAt(0) ?? 0).length;
}

/** White space by Unicode: unlike in a regular expression's \s, U+0085 is and U+FEFF is not. */
const SPACE = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

export function trimSpace(text: string): string {
  return trimWhile(text, (character) => SPACE.test(character));
}

/** Takes code points off both ends while they are to go. */
export function trimWhile(text: string, goes: (character: string) => boolean): string {
  const characters = [...text];
  let start = 0;
  let end = characters.length;
  while (start < end && goes(characters[start] ?? '')) start++;
  while (end > start && goes(characters[end - 1] ?? '')) end--;
  return characters.slice(start, end).join('');
}

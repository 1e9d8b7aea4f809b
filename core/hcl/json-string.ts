/** The text of a JSON string, with a map back to where each character was written. */

const SIMPLE: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

export interface DecodedString {
  readonly value: string;
  /** Behind the first character that is wrong, as an offset into the token. */
  readonly errorAt?: number;
}

/** @param token with its quotes; the closing one may be missing */
export function decodeJsonString(token: string): DecodedString {
  if (token.length < 2 || !token.endsWith('"')) return { value: '', errorAt: token.length };
  if (!token.includes('\\')) return { value: token.slice(1, -1) };
  let value = '';
  let at = 1;
  while (at < token.length - 1) {
    const found = decodeCharacter(token, at);
    if (found.value === undefined) return { value: '', errorAt: found.end };
    value += found.value;
    at = found.end;
  }
  // The last quote was escaped and closes nothing.
  return at === token.length - 1
    ? { value: value.replace(/\p{Surrogate}/gu, '\ufffd') }
    : { value: '', errorAt: token.length };
}

/**
 * Offset of each character of the decoded string in the token, and of its end.
 *
 * @param token a valid string with its quotes
 * @param start offset that the token itself has
 */
export function placesInJsonString(token: string, start: number): Int32Array {
  const places: number[] = [];
  let at = 1;
  while (at < token.length - 1) {
    const { value = '', end } = decodeCharacter(token, at);
    for (let index = 0; index < value.length; index++) places.push(start + at);
    at = end;
  }
  places.push(start + at);
  return Int32Array.from(places);
}

/** One UTF-16 code unit, be it written as an escape or not; `value` is undefined for a wrong escape. */
function decodeCharacter(token: string, at: number): { readonly value: string | undefined; readonly end: number } {
  if (token[at] !== '\\') return { value: token.charAt(at), end: at + 1 };
  const selector = token.charAt(at + 1);
  if (selector !== 'u') return { value: SIMPLE[selector], end: at + 2 };
  const digits = /^[0-9a-fA-F]*/.exec(token.slice(at + 2, at + 6))?.[0] ?? '';
  if (digits.length < 4) return { value: undefined, end: at + 3 + digits.length };
  return { value: String.fromCharCode(Number.parseInt(digits, 16)), end: at + 6 };
}

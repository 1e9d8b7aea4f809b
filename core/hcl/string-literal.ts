/** The text of one template token with its escapes resolved. Knows escapes and nothing of what stands around them. */
import { isDigit } from './characters.ts';

/** Offsets are relative to the start of the token. */
export interface EscapeError {
  readonly start: number;
  readonly end: number;
  readonly detail: string;
}

/** Text of a heredoc or bare template: only `$${` and `%%{` mean something else than they say. */
export function plainText(token: string): string {
  return token.startsWith('$${') || token.startsWith('%%{') ? token.slice(1) : token;
}

/**
 * Text of a quoted string. A wrong escape is reported and its text kept.
 *
 * @param report is told of every escape that is not one
 */
export function unescapeText(token: string, report: (error: EscapeError) => void): string {
  if (!token.includes('\\')) return plainText(token);
  let result = '';
  let at = 0;
  for (;;) {
    const backslash = token.indexOf('\\', at);
    if (backslash === -1) return result + token.slice(at);
    result += token.slice(at, backslash);
    const found = readEscape(token, backslash);
    if (found.error !== undefined) report({ start: backslash, end: found.end, detail: found.error });
    result += found.value;
    at = found.end;
  }
}

interface Escape {
  readonly end: number;
  readonly value: string;
  readonly error?: string;
}

const SIMPLE: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

function readEscape(token: string, start: number): Escape {
  const selector = String.fromCodePoint(token.codePointAt(start + 1) ?? 0xfffd);
  if (selector === 'u') return readCodePoint(token, start, 4, 'four');
  if (selector === 'U') return readCodePoint(token, start, 8, 'eight');
  const end = start + 1 + selector.length;
  const simple = SIMPLE[selector];
  if (simple !== undefined) return { end, value: simple };
  return { end, value: selector, error: `The symbol ${quoted(selector)} is not a valid escape sequence selector.` };
}

/** `\uXXXX` and `\UXXXXXXXX`. */
function readCodePoint(token: string, start: number, digits: number, digitsInWords: string): Escape {
  let end = start + 2;
  while (end < start + 2 + digits && isHexDigit(token.charCodeAt(end))) end++;
  const value = token.slice(start, end);
  if (end < start + 2 + digits) {
    const kind = value.slice(0, 2);
    return {
      end,
      value,
      error: `The ${kind} escape sequence must be followed by ${digitsInWords} hexadecimal digits.`,
    };
  }
  const code = Number.parseInt(value.slice(2), 16);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    return { end, value, error: `Cannot encode character U+${code.toString(16).padStart(4, '0')} in UTF-8.` };
  }
  return { end, value: String.fromCodePoint(code) };
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

function quoted(symbol: string): string {
  return symbol === '"' ? '"\\""' : `"${symbol}"`;
}

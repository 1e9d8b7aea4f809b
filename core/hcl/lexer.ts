/**
 * Text to tokens. Never fails: what belongs to no token of the language becomes one of the kinds that nobody wants, and
 * `lexical-errors.ts` has the words for it. Knows which bracket ends an interpolation, but no grammar.
 *
 * A stack of frames says how the text at hand is read: as code, as a quoted string, as a heredoc or as a bare template.
 * `"`, `<<NAME` and `${` push a frame, their ends pop it.
 */
import { isDigit, isNamePart, isNameStart, trimBlanks } from './characters.ts';
import { Token, type TokenKind, TokenList } from './token.ts';

export type LexMode = 'config' | 'template';

/** @param text read up to its end; offsets of tokens are offsets into it, from `start` on */
export function lex(text: string, mode: LexMode = 'config', start = 0): TokenList {
  return new Lexer(text, mode, start).run();
}

type Frame =
  | { readonly kind: 'code'; depth: number; readonly nested: boolean }
  | { readonly kind: 'quoted' }
  | { readonly kind: 'heredoc'; readonly marker: string; lineStart: boolean }
  | { readonly kind: 'bare' };

const Char = {
  newline: 10,
  carriageReturn: 13,
  quote: 34,
  hash: 35,
  dollar: 36,
  percent: 37,
  star: 42,
  dash: 45,
  dot: 46,
  slash: 47,
  less: 60,
  backslash: 92,
  openBrace: 123,
  closeBrace: 125,
  tilde: 126,
} as const;

const BYTE_ORDER_MARK = 0xfeff;

/** Punctuation of one character, by its code; 0 where there is none. */
const SINGLE = new Uint8Array(128);
/** The second character and the kind of punctuation of two characters, by the first. */
const DOUBLE: (readonly (readonly [number, TokenKind])[] | undefined)[] = new Array(128);

function defineSingle(text: string, kind: TokenKind): void {
  SINGLE[text.charCodeAt(0)] = kind;
}

function defineDouble(text: string, kind: TokenKind): void {
  const first = text.charCodeAt(0);
  DOUBLE[first] = [...(DOUBLE[first] ?? []), [text.charCodeAt(1), kind]];
}

const SINGLES: readonly (readonly [string, TokenKind])[] = [
  ['[', Token.openBracket],
  [']', Token.closeBracket],
  ['(', Token.openParen],
  [')', Token.closeParen],
  ['.', Token.dot],
  [',', Token.comma],
  [':', Token.colon],
  ['?', Token.question],
  ['=', Token.equals],
  ['*', Token.star],
  ['/', Token.slash],
  ['%', Token.percent],
  ['+', Token.plus],
  ['-', Token.minus],
  ['!', Token.bang],
  ['<', Token.less],
  ['>', Token.greater],
  ['&', Token.bitAnd],
  ['|', Token.bitOr],
  ['^', Token.bitXor],
  ['~', Token.bitNot],
  [';', Token.semicolon],
  ['`', Token.backtick],
  ["'", Token.apostrophe],
];
for (const [text, kind] of SINGLES) defineSingle(text, kind);

const DOUBLES: readonly (readonly [string, TokenKind])[] = [
  ['==', Token.equalEqual],
  ['=>', Token.fatArrow],
  ['!=', Token.notEqual],
  ['<=', Token.lessOrEqual],
  ['>=', Token.greaterOrEqual],
  ['&&', Token.and],
  ['||', Token.or],
  ['::', Token.doubleColon],
];
for (const [text, kind] of DOUBLES) defineDouble(text, kind);

const IS_NAME_START = 1;
const IS_NAME_PART = 2;
const IS_BLANK = 4;
const IS_DIGIT = 8;
const ENDS_QUOTED_TEXT = 16;
const ENDS_TEMPLATE_TEXT = 32;

/** What the ASCII characters are good for: one look in a table instead of comparisons, most of a file is this. */
const TRAITS = new Uint8Array(128);
for (let code = 0; code < TRAITS.length; code++) {
  const character = String.fromCharCode(code);
  let traits = 0;
  if (isNameStart(code)) traits |= IS_NAME_START;
  if (isNamePart(code)) traits |= IS_NAME_PART;
  if (isDigit(code)) traits |= IS_DIGIT;
  if (' \t'.includes(character)) traits |= IS_BLANK;
  if ('"$%\\\r\n'.includes(character)) traits |= ENDS_QUOTED_TEXT;
  if ('$%\r\n'.includes(character)) traits |= ENDS_TEMPLATE_TEXT;
  TRAITS[code] = traits;
}

/** Offset of the first character from `at` on that is not ASCII or (`wanted`) has or (else) lacks one of the traits. */
function skip(text: string, at: number, traits: number, wanted: boolean): number {
  let end = at;
  for (;;) {
    const found = TRAITS[text.charCodeAt(end)];
    if (found === undefined || ((found & traits) !== 0) === wanted) return end;
    end++;
  }
}

class Lexer {
  readonly #text: string;
  readonly #tokens: TokenList;
  readonly #frames: Frame[];
  #at: number;
  /** Behind this offset there is no end of a block comment; spares a search per unclosed comment. */
  #noCommentEndAfter = Number.POSITIVE_INFINITY;

  constructor(text: string, mode: LexMode, start: number) {
    this.#text = text;
    this.#tokens = new TokenList(text, start);
    this.#frames = [mode === 'template' ? { kind: 'bare' } : { kind: 'code', depth: 0, nested: false }];
    this.#at = start === 0 && text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : start;
  }

  run(): TokenList {
    while (this.#at < this.#text.length) {
      const frame = this.#frames[this.#frames.length - 1];
      if (frame === undefined) break;
      if (frame.kind === 'code') this.#code(frame);
      else if (frame.kind === 'quoted') this.#quoted();
      else if (frame.kind === 'heredoc') this.#heredoc(frame);
      else this.#bare();
    }
    this.#tokens.push(Token.endOfFile, this.#text.length, this.#text.length);
    return this.#tokens;
  }

  #emit(kind: TokenKind, end: number): void {
    this.#tokens.push(kind, this.#at, end);
    this.#at = end;
  }

  // ---- Code ------------------------------------------------------------------------------------------------------

  /** Tokens of code, until a template begins or an interpolation ends. */
  #code(frame: Frame & { kind: 'code' }): void {
    const text = this.#text;
    const depth = this.#frames.length;
    while (this.#frames.length === depth) {
      const at = skip(text, this.#at, IS_BLANK, false);
      this.#at = at;
      if (at >= text.length) return;
      const code = text.charCodeAt(at);
      const traits = TRAITS[code];
      if (traits === undefined) this.#beyondAscii();
      else if ((traits & IS_NAME_START) !== 0) this.#emit(Token.identifier, nameEnd(text, at));
      else if ((traits & IS_DIGIT) !== 0) this.#number();
      else this.#asciiSymbol(code, frame);
    }
  }

  #asciiSymbol(code: number, frame: Frame & { kind: 'code' }) {
    switch (code) {
      case Char.newline:
        return this.#emit(Token.newline, this.#at + 1);
      case Char.carriageReturn:
        if (this.#text.charCodeAt(this.#at + 1) === Char.newline) return this.#emit(Token.newline, this.#at + 2);
        return this.#emit(Token.invalid, this.#at + 1);
      case Char.quote:
        this.#emit(Token.openQuote, this.#at + 1);
        this.#frames.push({ kind: 'quoted' });
        return;
      case Char.hash:
        return this.#lineComment();
      case Char.slash:
        return this.#slash();
      case Char.openBrace:
        frame.depth++;
        return this.#emit(Token.openBrace, this.#at + 1);
      case Char.closeBrace:
        return this.#closeBrace(frame, 1);
      default:
        return this.#punctuation(code, frame);
    }
  }

  /** Punctuation, longest first. */
  #punctuation(code: number, frame: Frame & { kind: 'code' }) {
    const next = this.#text.charCodeAt(this.#at + 1);
    if (code === Char.tilde && next === Char.closeBrace) return this.#closeBrace(frame, 2);
    if (code === Char.dot && next === Char.dot && this.#text.charCodeAt(this.#at + 2) === Char.dot) {
      return this.#emit(Token.ellipsis, this.#at + 3);
    }
    if (code === Char.less && next === Char.less && this.#openHeredoc()) return;
    for (const [second, kind] of DOUBLE[code] ?? []) {
      if (second === next) return this.#emit(kind, this.#at + 2);
    }
    const kind = SINGLE[code];
    this.#emit(kind ? (kind as TokenKind) : Token.invalid, this.#at + 1);
  }

  /** `}` ends the interpolation when it closes no brace opened in it. `~}` (length 2) is meant to and says so anyway. */
  #closeBrace(frame: Frame & { kind: 'code' }, length: number): void {
    if (frame.depth === 0 && frame.nested) {
      this.#emit(Token.closeSequence, this.#at + length);
      this.#frames.pop();
      return;
    }
    frame.depth--;
    this.#emit(length === 2 ? Token.closeSequence : Token.closeBrace, this.#at + length);
  }

  /** digit (digit | "." | ("e" | "E") ("+" | "-")? digit)*, given back up to the last character that is not a dot. */
  #number(): void {
    const text = this.#text;
    let at = this.#at;
    let end = at;
    for (;;) {
      const code = text.charCodeAt(at);
      if (isDigit(code)) {
        end = ++at;
      } else if (code === Char.dot) {
        at++;
      } else if (code === 101 || code === 69) {
        const sign = text.charCodeAt(at + 1);
        const digits = sign === 43 || sign === 45 ? at + 2 : at + 1;
        if (!isDigit(text.charCodeAt(digits))) break;
        end = at = digits + 1;
      } else {
        break;
      }
    }
    this.#emit(Token.number, end);
  }

  #beyondAscii(): void {
    const code = this.#text.codePointAt(this.#at) ?? 0;
    if (isNameStart(code)) this.#emit(Token.identifier, nameEnd(this.#text, this.#at));
    else this.#emit(Token.invalid, this.#at + (code > 0xffff ? 2 : 1));
  }

  #lineComment(): void {
    const newline = this.#text.indexOf('\n', this.#at);
    if (newline === -1) this.#emit(Token.comment, this.#text.length);
    else this.#emit(Token.lineComment, newline + 1);
  }

  #slash() {
    const next = this.#text.charCodeAt(this.#at + 1);
    if (next === Char.slash) return this.#lineComment();
    const end = next === Char.star ? this.#commentEnd() : -1;
    if (end === -1) this.#emit(Token.slash, this.#at + 1);
    else this.#emit(Token.comment, end);
  }

  #commentEnd(): number {
    if (this.#at >= this.#noCommentEndAfter) return -1;
    const end = this.#text.indexOf('*/', this.#at + 2);
    if (end !== -1) return end + 2;
    this.#noCommentEndAfter = this.#at;
    return -1;
  }

  // ---- Templates -------------------------------------------------------------------------------------------------

  /** `<<` `-`? name newline, with nothing between. */
  #openHeredoc(): boolean {
    const text = this.#text;
    const start = text.charCodeAt(this.#at + 2) === Char.dash ? this.#at + 3 : this.#at + 2;
    if (!isNameStart(text.codePointAt(start) ?? 0)) return false;
    const end = nameEnd(text, start);
    const newline = text.charCodeAt(end) === Char.carriageReturn ? end + 1 : end;
    if (text.charCodeAt(newline) !== Char.newline) return false;
    this.#emit(Token.openHeredoc, newline + 1);
    this.#frames.push({ kind: 'heredoc', marker: text.slice(start, end), lineStart: true });
    return true;
  }

  /** `${`, `%{` and their `~` forms. */
  #openSequence(): boolean {
    const code = this.#text.charCodeAt(this.#at);
    if (code !== Char.dollar && code !== Char.percent) return false;
    if (this.#text.charCodeAt(this.#at + 1) !== Char.openBrace) return false;
    const end = this.#text.charCodeAt(this.#at + 2) === Char.tilde ? this.#at + 3 : this.#at + 2;
    this.#emit(code === Char.dollar ? Token.openInterpolation : Token.openDirective, end);
    this.#frames.push({ kind: 'code', depth: 0, nested: true });
    return true;
  }

  /** End of the `$` or `%` at hand that opens nothing: `$${` and `$${~` are one escape, any other stands alone. */
  #literalMarkEnd(): number {
    const text = this.#text;
    const at = this.#at;
    const doubled = text.charCodeAt(at + 1) === text.charCodeAt(at) && text.charCodeAt(at + 2) === Char.openBrace;
    if (!doubled) return at + 1;
    return text.charCodeAt(at + 3) === Char.tilde ? at + 4 : at + 3;
  }

  #quoted(): void {
    const code = this.#text.charCodeAt(this.#at);
    if (code === Char.quote) {
      this.#emit(Token.closeQuote, this.#at + 1);
      this.#frames.pop();
    } else if (code === Char.newline || code === Char.carriageReturn) {
      this.#emit(Token.quotedNewline, this.#lineBreaksEnd());
    } else if (code === Char.dollar || code === Char.percent) {
      if (!this.#openSequence()) this.#emit(Token.quotedText, this.#literalMarkEnd());
    } else {
      const end = this.#quotedTextEnd();
      if (end > this.#at) this.#emit(Token.quotedText, end);
      else this.#emit(Token.invalid, this.#at + 1);
    }
  }

  #lineBreaksEnd(): number {
    let end = this.#at;
    while (isLineBreak(this.#text.charCodeAt(end))) end++;
    return end;
  }

  /** End of plain characters and of backslashes with the character behind them, which must be on the same line. */
  #quotedTextEnd(): number {
    const text = this.#text;
    let at = this.#at;
    for (;;) {
      at = skip(text, at, ENDS_QUOTED_TEXT, true);
      const code = text.charCodeAt(at);
      if (code >= 128) {
        at++;
      } else if (code === Char.backslash && at + 1 < text.length && !isLineBreak(text.charCodeAt(at + 1))) {
        at += (text.codePointAt(at + 1) ?? 0) > 0xffff ? 3 : 2;
      } else {
        return at;
      }
    }
  }

  #heredoc(frame: Frame & { kind: 'heredoc' }): void {
    const code = this.#text.charCodeAt(this.#at);
    if (code === Char.dollar || code === Char.percent) {
      frame.lineStart = false;
      if (!this.#openSequence()) this.#emit(Token.templateText, this.#literalMarkEnd());
      return;
    }
    const end = this.#templateTextEnd();
    const lineEnd = newlineEnd(this.#text, end);
    if (lineEnd === -1) {
      frame.lineStart = false;
      if (end > this.#at) this.#emit(Token.templateText, end);
      else this.#emit(Token.invalid, this.#text.length);
    } else if (frame.lineStart && trimBlanks(this.#text.slice(this.#at, end)) === frame.marker) {
      this.#frames.pop();
      this.#emit(Token.closeHeredoc, end);
      this.#emit(Token.newline, lineEnd);
    } else {
      frame.lineStart = true;
      this.#emit(Token.templateText, lineEnd);
    }
  }

  /** A bare template has no end but the text's, and takes anything as text. */
  #bare(): void {
    const code = this.#text.charCodeAt(this.#at);
    if (code === Char.dollar || code === Char.percent) {
      if (!this.#openSequence()) this.#emit(Token.templateText, this.#literalMarkEnd());
      return;
    }
    const end = this.#templateTextEnd();
    const lineEnd = newlineEnd(this.#text, end);
    this.#emit(Token.templateText, lineEnd === -1 ? Math.max(end, this.#at + 1) : lineEnd);
  }

  /** End of characters that are neither line breaks nor begin a sequence. */
  #templateTextEnd(): number {
    const text = this.#text;
    let at = this.#at;
    for (;;) {
      at = skip(text, at, ENDS_TEMPLATE_TEXT, true);
      if (!(text.charCodeAt(at) >= 128)) return at;
      at++;
    }
  }
}

function isLineBreak(code: number): boolean {
  return code === Char.newline || code === Char.carriageReturn;
}

/** Offset behind the newline at `at`, or -1 when there is none (a carriage return alone is none). */
function newlineEnd(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === Char.newline) return at + 1;
  return code === Char.carriageReturn && text.charCodeAt(at + 1) === Char.newline ? at + 2 : -1;
}

function nameEnd(text: string, start: number): number {
  let at = start;
  for (;;) {
    at = skip(text, at, IS_NAME_PART, false);
    const point = text.codePointAt(at);
    if (point === undefined || point < 128 || !isNamePart(point)) return at;
    at += point > 0xffff ? 2 : 1;
  }
}

/**
 * The alphabet between lexer and parser: token kinds and the packed list of tokens of one text. Knows no grammar.
 */

/** Kinds are small numbers, so that a whole file's kinds fit a byte array. The first four are what a parser may skip. */
export const Token = {
  endOfFile: 0,
  newline: 1,
  /** `/* *\/`, or a line comment that ends with the file. */
  comment: 2,
  /** A line comment together with the newline that ends it, for which it also stands. */
  lineComment: 3,
  identifier: 4,
  number: 5,

  openQuote: 6,
  closeQuote: 7,
  /** `<<NAME` or `<<-NAME` with its newline. */
  openHeredoc: 8,
  /** The closing name with the blanks around it, without the newline. */
  closeHeredoc: 9,
  /** Text of a quoted string, escapes untouched. */
  quotedText: 10,
  /** Text of a heredoc (at most one line) or of a bare template. */
  templateText: 11,
  /** Line breaks inside a quoted string, where they are an error. */
  quotedNewline: 12,
  /** `${` or `${~` */
  openInterpolation: 13,
  /** `%{` or `%{~` */
  openDirective: 14,
  /** `}` or `~}` */
  closeSequence: 15,

  openBrace: 16,
  closeBrace: 17,
  openBracket: 18,
  closeBracket: 19,
  openParen: 20,
  closeParen: 21,

  dot: 22,
  comma: 23,
  colon: 24,
  doubleColon: 25,
  question: 26,
  ellipsis: 27,
  fatArrow: 28,
  equals: 29,

  star: 30,
  slash: 31,
  percent: 32,
  plus: 33,
  minus: 34,
  bang: 35,
  equalEqual: 36,
  notEqual: 37,
  less: 38,
  lessOrEqual: 39,
  greater: 40,
  greaterOrEqual: 41,
  and: 42,
  or: 43,

  // Tokens that no grammar rule wants; each has a diagnostic of its own.
  bitAnd: 44,
  bitOr: 45,
  bitXor: 46,
  bitNot: 47,
  semicolon: 48,
  backtick: 49,
  apostrophe: 50,
  invalid: 51,
} as const;

export type TokenKind = (typeof Token)[keyof typeof Token];

/** The token that closes what `kind` opens and the reverse; -1 for a kind that does neither. */
export function oppositeOf(kind: number): number {
  return OPPOSITES[kind] ?? -1;
}

const OPPOSITES: Readonly<Record<number, number>> = {
  [Token.openBrace]: Token.closeBrace,
  [Token.openBracket]: Token.closeBracket,
  [Token.openParen]: Token.closeParen,
  [Token.openQuote]: Token.closeQuote,
  [Token.openHeredoc]: Token.closeHeredoc,
  [Token.openInterpolation]: Token.closeSequence,
  [Token.openDirective]: Token.closeSequence,
  [Token.closeBrace]: Token.openBrace,
  [Token.closeBracket]: Token.openBracket,
  [Token.closeParen]: Token.openParen,
  [Token.closeQuote]: Token.openQuote,
  [Token.closeHeredoc]: Token.openHeredoc,
  [Token.closeSequence]: Token.openInterpolation,
};

/**
 * Tokens in source order, the last one `endOfFile`. Only blanks, tabs and a byte order mark lie between them. Packed
 * into arrays of numbers: a file of 230 KB has some 60,000 tokens.
 */
export class TokenList {
  readonly text: string;
  count = 0;
  kinds: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;

  /** @param start offset behind which tokens are expected, to reserve room for them */
  constructor(text: string, start = 0) {
    const capacity = Math.ceil((text.length - start) / 3) + 16;
    this.text = text;
    this.kinds = new Uint8Array(capacity);
    this.starts = new Int32Array(capacity);
    this.ends = new Int32Array(capacity);
  }

  push(kind: TokenKind, start: number, end: number): void {
    if (this.count === this.kinds.length) this.#grow();
    this.kinds[this.count] = kind;
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.count++;
  }

  kind(index: number): number {
    return this.kinds[index] ?? Token.endOfFile;
  }

  start(index: number): number {
    return this.starts[index] ?? this.text.length;
  }

  end(index: number): number {
    return this.ends[index] ?? this.text.length;
  }

  textOf(index: number): string {
    return this.text.slice(this.start(index), this.end(index));
  }

  #grow(): void {
    const capacity = this.kinds.length * 2;
    const kinds = new Uint8Array(capacity);
    const starts = new Int32Array(capacity);
    const ends = new Int32Array(capacity);
    kinds.set(this.kinds);
    starts.set(this.starts);
    ends.set(this.ends);
    this.kinds = kinds;
    this.starts = starts;
    this.ends = ends;
  }
}

/**
 * Reading tokens one after the other, and getting back to a sensible place after a mistake. The grammar stands on this;
 * nothing here knows it.
 */
import type { Diagnostic } from '../diag/diagnostic.ts';
import { errorAt } from '../diag/diagnostic.ts';
import type { Range, SourceFile } from '../diag/source.ts';
import type { InvalidExpression } from './ast.ts';
import { oppositeOf, Token, type TokenList } from './token.ts';

/** A stretch of a file that is read as tokens. */
export interface TokenSource {
  readonly file: SourceFile;
  readonly tokens: TokenList;
  /** Offset in the file of each offset in the tokens' text, where the two differ: a JSON string with escapes. */
  readonly places?: Int32Array;
}

/** An index into the token list. */
export type TokenIndex = number;

export class TokenCursor {
  readonly file: SourceFile;
  readonly tokens: TokenList;
  readonly diagnostics: Diagnostic[] = [];
  /**
   * Set by a mistake until the parser is sure of its place again; what a mistake may bring about is not reported while
   * it is set.
   */
  recovering = false;
  readonly #places: Int32Array | undefined;
  #next: TokenIndex = 0;
  #seesNewlines = true;

  constructor(source: TokenSource) {
    this.file = source.file;
    this.tokens = source.tokens;
    this.#places = source.places;
  }

  // ---- Reading ---------------------------------------------------------------------------------------------------

  /** The next token that counts: comments do not, newlines only outside brackets. At the end, always the end. */
  peek(): TokenIndex {
    const { kinds } = this.tokens;
    let index = this.#next;
    for (;;) {
      const kind = kinds[index] ?? Token.endOfFile;
      if (kind > Token.lineComment) return index;
      if (kind === Token.endOfFile) return this.tokens.count - 1;
      if (kind !== Token.comment && this.#seesNewlines) return index;
      index++;
    }
  }

  peekKind(): number {
    return this.kindOf(this.peek());
  }

  read(): TokenIndex {
    const index = this.peek();
    this.#next = index + 1;
    return index;
  }

  /** Reads the next token if it is of this kind. */
  accept(kind: number): TokenIndex | undefined {
    return this.peekKind() === kind ? this.read() : undefined;
  }

  /** The token read last, comments included; the first one before anything was read. */
  previous(): TokenIndex {
    if (this.#next === 0) return this.peek();
    return Math.min(this.#next, this.tokens.count) - 1;
  }

  /** A line comment stands for its newline, too. */
  kindOf(index: TokenIndex): number {
    const kind = this.tokens.kind(index);
    return kind === Token.lineComment ? Token.newline : kind;
  }

  textOf(index: TokenIndex): string {
    return this.tokens.textOf(index);
  }

  isWord(index: TokenIndex, word: string): boolean {
    return this.tokens.kind(index) === Token.identifier && this.tokens.textOf(index) === word;
  }

  /** Whether newlines count from now on; returns how it was, to be set back. */
  seeNewlines(sees: boolean): boolean {
    const before = this.#seesNewlines;
    this.#seesNewlines = sees;
    return before;
  }

  // ---- Places ----------------------------------------------------------------------------------------------------

  place(offset: number): number {
    return this.#places === undefined ? offset : (this.#places[offset] ?? offset);
  }

  startOf(index: TokenIndex): number {
    return this.place(this.tokens.start(index));
  }

  endOf(index: TokenIndex): number {
    return this.place(this.tokens.end(index));
  }

  rangeOf(first: TokenIndex, last: TokenIndex = first): Range {
    return { file: this.file, start: this.startOf(first), end: this.endOf(last) };
  }

  /** From the start of one token or node to the end of another. */
  rangeBetween(start: number, end: number): Range {
    return { file: this.file, start, end };
  }

  // ---- Mistakes --------------------------------------------------------------------------------------------------

  /** @param context where what is shown should begin */
  error(at: Range | TokenIndex, summary: string, detail: string, context?: TokenIndex): void {
    const subject = typeof at === 'number' ? this.rangeOf(at) : at;
    const extra = context === undefined ? {} : { context: this.rangeBetween(this.startOf(context), subject.end) };
    this.diagnostics.push(errorAt(subject, summary, detail, extra));
  }

  /** The same, unless it may follow from an earlier mistake. */
  errorUnlessRecovering(at: Range | TokenIndex, summary: string, detail: string, context?: TokenIndex): void {
    if (!this.recovering) this.error(at, summary, detail, context);
  }

  /** Whether a part that was begun with `mark` diagnostics has failed such that the place in the tokens is unsure. */
  hasFailedSince(mark: number): boolean {
    return this.recovering && this.diagnostics.length > mark;
  }

  invalid(first: TokenIndex, last: TokenIndex = first): InvalidExpression {
    return { kind: 'invalid', file: this.file, start: this.startOf(first), end: this.endOf(last) };
  }

  /** Reads up to and with the closing token of this kind that belongs to no bracket opened meanwhile, or to the end. */
  recoverBehind(closing: number): TokenIndex {
    this.recovering = true;
    const opening = oppositeOf(closing);
    let nesting = 0;
    for (;;) {
      const token = this.read();
      const kind = this.kindOf(token);
      if (kind === Token.endOfFile) return token;
      if (kind === opening || (closing === Token.closeSequence && kind === Token.openDirective)) {
        nesting++;
      } else if (kind === closing) {
        if (nesting === 0) return token;
        nesting--;
      }
    }
  }

  /** Reads behind the next pair of brackets of this kind. */
  recoverOver(opening: number): void {
    for (;;) {
      const kind = this.kindOf(this.read());
      if (kind === opening || kind === Token.endOfFile) break;
    }
    this.recoverBehind(oppositeOf(opening));
  }

  /** Reads behind the newline that ends the argument or block at hand, brackets that it opens included. */
  recoverBehindItem(): void {
    this.recovering = true;
    const open: number[] = [];
    for (;;) {
      const kind = this.kindOf(this.read());
      if (kind === Token.endOfFile || (kind === Token.newline && open.length === 0)) return;
      if (opensBracket(kind)) open.push(oppositeOf(kind));
      else if (oppositeOf(kind) !== -1) closeDownTo(open, kind);
    }
  }
}

function opensBracket(kind: number): boolean {
  switch (kind) {
    case Token.openBrace:
    case Token.openBracket:
    case Token.openParen:
    case Token.openQuote:
    case Token.openHeredoc:
    case Token.openInterpolation:
    case Token.openDirective:
      return true;
    default:
      return false;
  }
}

/** Closes the innermost bracket that `closing` fits, and with it the ones inside that were left open. */
function closeDownTo(open: number[], closing: number): void {
  while (open.length > 0 && open[open.length - 1] !== closing) open.pop();
  open.pop();
}

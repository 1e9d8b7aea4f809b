/**
 * The template grammar: what stands between quotes, in a heredoc or in a template file. Three passes: tokens to pieces
 * (escapes and `~` trims applied), the indentation of `<<-`, pieces to a tree of directives. Expressions are parsed by
 * whoever calls.
 */
import { suggestion } from '../diag/did-you-mean.ts';
import type { Range } from '../diag/source.ts';
import type {
  Expression,
  Name,
  TemplateExpression,
  TemplateFor,
  TemplateIf,
  TemplatePart,
  TemplateWrapExpression,
} from './ast.ts';
import { trimBlanksEnd, trimBlanksStart } from './characters.ts';
import type { TokenCursor, TokenIndex } from './cursor.ts';
import { trimmed } from './list.ts';
import { plainText, unescapeText } from './string-literal.ts';
import { Token } from './token.ts';

export type TemplateRoot = TemplateExpression | TemplateWrapExpression;

type Parse = () => Expression;

type EndWord = 'else' | 'endif' | 'endfor';

/** A piece is a text, an interpolation or one directive: the flat form that the tree is made of. */
type Piece =
  | ({ readonly kind: 'text'; value: string } & Range)
  | ({ readonly kind: 'interpolation'; readonly expression: Expression } & Range)
  | ({ readonly kind: 'if'; readonly condition: Expression } & Range)
  | ({
      readonly kind: 'for';
      readonly key: Name | undefined;
      readonly value: Name;
      readonly collection: Expression;
    } & Range)
  | ({ readonly kind: 'end-word'; readonly word: EndWord } & Range);

/**
 * Reads a template behind its opening token, with its closing one.
 *
 * @param open the opening token, or undefined for a template that is a whole text
 * @param closing kind of the closing token
 */
export function parseTemplateUntil(
  cursor: TokenCursor,
  open: TokenIndex | undefined,
  closing: number,
  parse: Parse,
): TemplateRoot {
  const start = open === undefined ? cursor.startOf(cursor.peek()) : cursor.startOf(open);
  const reader = new PieceReader(cursor, closing, parse);
  const pieces = reader.readPieces();
  const isHeredoc = closing === Token.closeHeredoc;
  if (isHeredoc && open !== undefined && cursor.textOf(open).startsWith('<<-')) removeIndentation(pieces);
  const joined = joinTexts(pieces);
  const parts = new TreeBuilder(cursor, joined, reader.endRange).build();
  const { file } = cursor;
  const end = cursor.endOf(cursor.previous());
  const [only] = parts;
  if (joined.length === 1 && only?.kind === 'interpolation') {
    return { kind: 'template-wrap', file, start, end, wrapped: only.expression };
  }
  const kept = parts.filter((part) => part.kind !== 'text' || part.value !== '');
  return { kind: 'template', file, start, end, parts: trimmed(kept), heredoc: isHeredoc };
}

/**
 * Most strings by far are `""` or one stretch of text without escapes: these need no passes.
 *
 * @param open the opening token, which was read
 * @returns undefined, with nothing read, for any other template
 */
export function parsePlainString(cursor: TokenCursor, open: TokenIndex): TemplateExpression | undefined {
  const { file, tokens } = cursor;
  if (tokens.kind(open) !== Token.openQuote) return undefined;
  const hasText = tokens.kind(open + 1) === Token.quotedText;
  const close = hasText ? open + 2 : open + 1;
  if (tokens.kind(close) !== Token.closeQuote) return undefined;
  const part = hasText ? plainPart(cursor, open + 1) : undefined;
  if (hasText && part === undefined) return undefined;
  if (hasText) cursor.read();
  cursor.read();
  const parts = part === undefined ? NO_PARTS : [part];
  return { kind: 'template', file, start: cursor.startOf(open), end: cursor.endOf(close), parts, heredoc: false };
}

const NO_PARTS: readonly TemplatePart[] = [];

/** Undefined for a text with escapes. */
function plainPart(cursor: TokenCursor, token: TokenIndex): TemplatePart | undefined {
  const value = cursor.tokens.textOf(token);
  if (value.includes('\\') || value.startsWith('$${') || value.startsWith('%%{')) return undefined;
  return { kind: 'text', file: cursor.file, start: cursor.startOf(token), end: cursor.endOf(token), value };
}

// ---- Tokens to pieces ------------------------------------------------------------------------------------------------

class PieceReader {
  readonly #cursor: TokenCursor;
  readonly #closing: number;
  readonly #parse: Parse;
  readonly #pieces: Piece[] = [];
  /** The first token of the template. */
  readonly #first: TokenIndex;
  /** The token read last was text, which a `~` may trim. */
  #textBefore = false;
  /** The sequence read last ended in `~}`. */
  #trimsNext = false;
  /** Where the template ends: its closing token. */
  endRange: Range;

  constructor(cursor: TokenCursor, closing: number, parse: Parse) {
    this.#cursor = cursor;
    this.#closing = closing;
    this.#parse = parse;
    this.#first = cursor.peek();
    this.endRange = cursor.rangeOf(this.#first);
  }

  readPieces(): Piece[] {
    const cursor = this.#cursor;
    for (;;) {
      const token = cursor.read();
      const kind = cursor.kindOf(token);
      if (kind === this.#closing) {
        this.endRange = cursor.rangeOf(token);
        return this.#pieces;
      }
      if (!this.#readPiece(token, kind)) {
        const detail = 'No closing marker was found for the string.';
        cursor.errorUnlessRecovering(token, 'Unterminated template string', detail, this.#first);
        // The place is lost already when the token at hand is the end.
        const end = kind === Token.endOfFile ? token : cursor.recoverBehind(this.#closing);
        cursor.recovering = true;
        this.endRange = cursor.rangeOf(end);
        return this.#pieces;
      }
    }
  }

  /** False for a token that is no part of a template. */
  #readPiece(token: TokenIndex, kind: number): boolean {
    const trims = this.#trimsNext;
    const textBefore = this.#textBefore;
    this.#trimsNext = false;
    this.#textBefore = false;
    switch (kind) {
      case Token.quotedText:
      case Token.templateText:
        this.#readText(token, kind, trims);
        return true;
      case Token.openInterpolation:
        this.#trimBefore(token, textBefore);
        this.#readInterpolation(token);
        return true;
      case Token.openDirective:
        this.#trimBefore(token, textBefore);
        this.#readDirective(token);
        return true;
      default:
        return false;
    }
  }

  #readText(token: TokenIndex, kind: number, trims: boolean): void {
    const cursor = this.#cursor;
    const { file } = cursor;
    const text = cursor.textOf(token);
    const raw = kind === Token.quotedText ? this.#unescape(token, text) : plainText(text);
    const value = trims ? trimBlanksStart(raw) : raw;
    this.#pieces.push({ kind: 'text', file, start: cursor.startOf(token), end: cursor.endOf(token), value });
    this.#textBefore = true;
  }

  #unescape(token: TokenIndex, text: string): string {
    const cursor = this.#cursor;
    return unescapeText(text, ({ start, end, detail }) => {
      const offset = cursor.tokens.start(token);
      const range = cursor.rangeBetween(cursor.place(offset + start), cursor.place(offset + end));
      cursor.error(range, 'Invalid escape sequence', detail);
    });
  }

  #trimBefore(open: TokenIndex, textBefore: boolean): void {
    if (!textBefore || !this.#cursor.textOf(open).endsWith('~')) return;
    const last = this.#pieces[this.#pieces.length - 1];
    if (last?.kind === 'text') last.value = trimBlanksEnd(last.value);
  }

  /** Interpolation = ("${" | "${~") Expression ("}" | "~}") */
  #readInterpolation(open: TokenIndex): void {
    const cursor = this.#cursor;
    const newlines = cursor.seeNewlines(false);
    const expression = this.#parse();
    const close = cursor.peek();
    if (cursor.kindOf(close) !== Token.closeSequence) this.#reportInterpolationEnd(close);
    this.#readClose();
    cursor.seeNewlines(newlines);
    const { file } = cursor;
    const start = cursor.startOf(open);
    this.#pieces.push({ kind: 'interpolation', file, start, end: cursor.endOf(close), expression });
  }

  /** Reads the `}` or `~}` at hand, or up to one. */
  #readClose(): void {
    const cursor = this.#cursor;
    const close = cursor.accept(Token.closeSequence);
    if (close === undefined) cursor.recoverBehind(Token.closeSequence);
    else this.#trimsNext = cursor.textOf(close).startsWith('~');
  }

  #reportInterpolationEnd(found: TokenIndex): void {
    const cursor = this.#cursor;
    const kind = cursor.kindOf(found);
    const inQuotes = this.#closing === Token.closeQuote && (kind === Token.closeQuote || kind === Token.openQuote);
    if (kind === Token.endOfFile || inQuotes) {
      const end = inQuotes ? 'quoted template' : 'file';
      const detail = `There is no closing brace for this interpolation sequence before the end of the ${end}. This might be caused by incorrect nesting inside the given expression.`;
      cursor.errorUnlessRecovering(this.#first, 'Unclosed template interpolation sequence', detail);
    } else {
      const detail = kind === Token.colon ? UNEXPECTED_COLON : UNEXPECTED_CHARACTERS;
      const summary = 'Extra characters after interpolation expression';
      cursor.errorUnlessRecovering(found, summary, detail, this.#first);
    }
  }

  /** Directive = ("%{" | "%{~") ("if" Expression | "else" | "endif" | "for" Names Expression | "endfor") ("}" | "~}") */
  #readDirective(open: TokenIndex): void {
    const cursor = this.#cursor;
    const newlines = cursor.seeNewlines(false);
    const word = cursor.peek();
    const piece = this.#readDirectiveContent(open, word);
    if (piece === undefined) {
      cursor.recoverBehind(Token.closeSequence);
    } else {
      this.#pieces.push(piece);
      const found = cursor.peek();
      if (cursor.kindOf(found) !== Token.closeSequence) {
        const detail = 'Expected a closing brace to end the sequence, but found extra characters.';
        const summary = `Extra characters in ${cursor.textOf(word)} marker`;
        cursor.errorUnlessRecovering(found, summary, detail, this.#first);
      }
      this.#readClose();
    }
    cursor.seeNewlines(newlines);
  }

  /** The piece that a directive is; undefined after a mistake. Its range ends with its closing brace. */
  #readDirectiveContent(open: TokenIndex, word: TokenIndex): Piece | undefined {
    const cursor = this.#cursor;
    if (cursor.kindOf(word) !== Token.identifier) {
      const detail = 'A template directive keyword ("if", "for", etc) is expected at the beginning of a %{ sequence.';
      cursor.errorUnlessRecovering(word, 'Invalid template directive', detail, open);
      return undefined;
    }
    cursor.read();
    const text = cursor.textOf(word);
    switch (text) {
      case 'if': {
        const condition = this.#parse();
        return { kind: 'if', ...cursor.rangeOf(open, cursor.peek()), condition };
      }
      case 'for':
        return this.#readFor(open);
      case 'else':
      case 'endif':
      case 'endfor':
        return { kind: 'end-word', ...cursor.rangeOf(open, cursor.peek()), word: text };
      default: {
        const near = suggestion(text, ['if', 'for', 'else', 'endif', 'endfor']);
        const detail = `"${text}" is not a valid template control keyword.${near}`;
        cursor.errorUnlessRecovering(word, 'Invalid template control keyword', detail, open);
        return undefined;
      }
    }
  }

  #readFor(open: TokenIndex): Piece | undefined {
    const cursor = this.#cursor;
    const first = cursor.accept(Token.identifier);
    if (first === undefined) return this.#reportFor("For directive requires variable name after 'for'.");
    let second: TokenIndex | undefined;
    if (cursor.accept(Token.comma) !== undefined) {
      second = cursor.accept(Token.identifier);
      if (second === undefined) return this.#reportFor('For directive requires value variable name after comma.');
    }
    if (!cursor.isWord(cursor.peek(), 'in')) return this.#reportFor("For directive requires 'in' keyword after names.");
    cursor.read();
    const collection = this.#parse();
    const name = (token: TokenIndex): Name => ({ ...cursor.rangeOf(token), name: cursor.textOf(token) });
    const names =
      second === undefined ? { key: undefined, value: name(first) } : { key: name(first), value: name(second) };
    return { kind: 'for', ...cursor.rangeOf(open, cursor.peek()), ...names, collection };
  }

  #reportFor(detail: string): undefined {
    this.#cursor.errorUnlessRecovering(this.#cursor.peek(), "Invalid 'for' directive", detail);
    return undefined;
  }
}

const UNEXPECTED_COLON =
  'Template interpolation doesn\'t expect a colon at this location. Did you intend this to be a literal sequence to be processed as part of another language? If so, you can escape it by starting with "$${" instead of just "${".';
const UNEXPECTED_CHARACTERS =
  'Expected a closing brace to end the interpolation expression, but found extra characters.\n\nThis can happen when you include interpolation syntax for another language, such as shell scripting, but forget to escape the interpolation start token. If this is an embedded sequence for another language, escape it by starting with "$${" instead of just "${".';

// ---- Indentation -----------------------------------------------------------------------------------------------------

/**
 * `<<-`: takes from every line as many blanks as the least indented one has. Lines that are blank do not count, lines
 * that begin with a sequence have no indentation.
 */
function removeIndentation(pieces: readonly Piece[]): void {
  const lineStarts = pieces.filter((_, index) => index === 0 || endsLine(pieces[index - 1]));
  let least = Number.POSITIVE_INFINITY;
  const indented: (Piece & { kind: 'text' })[] = [];
  for (const piece of lineStarts) {
    if (piece.kind !== 'text') {
      least = 0;
    } else if (!isBlankLine(piece.value)) {
      indented.push(piece);
      least = Math.min(least, indentationOf(piece.value));
    }
  }
  for (const piece of indented) piece.value = piece.value.slice(least);
}

function endsLine(piece: Piece | undefined): boolean {
  return piece?.kind === 'text' && piece.value.endsWith('\n');
}

function isBlankLine(text: string): boolean {
  return text.endsWith('\n') && trimBlanksStart(text) === '';
}

/** Each character of white space is one UTF-16 code unit, so this is a count of characters. */
function indentationOf(text: string): number {
  return text.length - trimBlanksStart(text).length;
}

/** Neighbouring texts become one. */
function joinTexts(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined[joined.length - 1];
    if (piece.kind === 'text' && last?.kind === 'text') {
      joined[joined.length - 1] = { ...last, end: piece.end, value: last.value + piece.value };
    } else {
      joined.push(piece);
    }
  }
  return joined;
}

// ---- Pieces to a tree ------------------------------------------------------------------------------------------------

class TreeBuilder {
  readonly #cursor: TokenCursor;
  readonly #pieces: readonly Piece[];
  readonly #endRange: Range;
  #next = 0;

  constructor(cursor: TokenCursor, pieces: readonly Piece[], endRange: Range) {
    this.#cursor = cursor;
    this.#pieces = pieces;
    this.#endRange = endRange;
  }

  build(): TemplatePart[] {
    const parts: TemplatePart[] = [];
    for (let piece = this.#read(); piece !== undefined; piece = this.#read()) {
      if (piece.kind === 'end-word') {
        this.#report(piece, 'The control directives within this template are unbalanced.');
      } else {
        this.#add(parts, piece);
      }
    }
    return parts;
  }

  #read(): Piece | undefined {
    return this.#pieces[this.#next++];
  }

  #report(word: Piece & { kind: 'end-word' }, detail: string): void {
    this.#cursor.error(word, `Unexpected ${word.word} directive`, detail);
  }

  /** A directive that could not be completed leaves nothing. */
  #add(parts: TemplatePart[], piece: Exclude<Piece, { kind: 'end-word' }>): void {
    switch (piece.kind) {
      case 'text':
      case 'interpolation':
        parts.push(piece);
        return;
      case 'if':
      case 'for': {
        const part = piece.kind === 'if' ? this.#buildIf(piece) : this.#buildFor(piece);
        if (part !== undefined) parts.push(part);
      }
    }
  }

  #buildIf(open: Piece & { kind: 'if' }): TemplateIf | undefined {
    const consequent: TemplatePart[] = [];
    const alternate: TemplatePart[] = [];
    let current = consequent;
    for (let piece = this.#read(); piece !== undefined; piece = this.#read()) {
      if (piece.kind !== 'end-word') {
        this.#add(current, piece);
      } else if (piece.word === 'endif') {
        const { file, start, condition } = open;
        return { kind: 'if', file, start, end: piece.end, condition, consequent, alternate };
      } else if (piece.word === 'else' && current === consequent) {
        current = alternate;
      } else {
        const place = describeRange(open);
        const isElse = piece.word === 'else';
        this.#report(
          piece,
          isElse
            ? `Already in the else clause for the if started at ${place}.`
            : `Expecting an endif directive for the if started at ${place}.`,
        );
        return undefined;
      }
    }
    return this.#reportUnclosed(open, 'endif');
  }

  #buildFor(open: Piece & { kind: 'for' }): TemplateFor | undefined {
    const body: TemplatePart[] = [];
    for (let piece = this.#read(); piece !== undefined; piece = this.#read()) {
      if (piece.kind !== 'end-word') {
        this.#add(body, piece);
      } else if (piece.word === 'endfor') {
        const { file, start, key, value, collection } = open;
        return { kind: 'for', file, start, end: piece.end, key, value, collection, body };
      } else {
        const expected = `Expecting an endfor directive corresponding to the for directive at ${describeRange(open)}.`;
        this.#report(piece, piece.word === 'else' ? 'An else clause is not expected for a for directive.' : expected);
        return undefined;
      }
    }
    return this.#reportUnclosed(open, 'endfor');
  }

  #reportUnclosed(open: Piece & { kind: 'if' | 'for' }, word: EndWord): undefined {
    const detail = `The ${open.kind} directive at ${describeRange(open)} is missing its corresponding ${word} directive.`;
    this.#cursor.error(this.#endRange, 'Unexpected end of template', detail);
    // The outer directives are as unclosed, and the reader has been told.
    this.#next = this.#pieces.length + 1;
    return undefined;
  }
}

/** `main.tf:2,8-23`, or `main.tf:3,1-4,2` for more than one line. */
export function describeRange({ file, start, end }: Range): string {
  const first = file.position(start);
  const last = file.position(end);
  const lastLine = last.line === first.line ? '' : `${last.line},`;
  return `${file.name}:${first.line},${first.column}-${lastLine}${last.column}`;
}

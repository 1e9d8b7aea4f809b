/**
 * The structure grammar: arguments and blocks. A file always gives a body; one mistake gives one diagnostic, the item it
 * is in is skipped and the rest is checked. Knows no block types.
 */
import type { Diagnostic, Result } from '../diag/diagnostic.ts';
import { type Range, SourceFile } from '../diag/source.ts';
import type { Attribute, Block, Body, Expression, Label, TraversalExpression, TraversalStep } from './ast.ts';
import type { TokenIndex, TokenSource } from './cursor.ts';
import { ExpressionParser } from './expression.ts';
import { lexicalErrors } from './lexical-errors.ts';
import { type LexMode, lex } from './lexer.ts';
import { trimmed } from './list.ts';
import { plainText, unescapeText } from './string-literal.ts';
import { describeRange, parseTemplateUntil, type TemplateRoot } from './template.ts';
import { Token } from './token.ts';

/** Parses a whole file of native syntax. There is always a body, beside errors one with what could be understood. */
export function parseConfig(file: SourceFile): { value: Body; diagnostics: readonly Diagnostic[] } {
  const parser = new Parser({ file, tokens: lex(file.text) });
  const value = parser.parseFile();
  return { value, diagnostics: parser.diagnostics };
}

/** Parses `[start, end)` of a file as one expression, in which newlines have no meaning. */
export function parseExpression(file: SourceFile, start = 0, end = file.text.length): Result<Expression> {
  const parser = parserOf(file, 'config', start, end);
  parser.seeNewlines(false);
  const value = parser.parseExpression();
  const rest = parser.peek();
  if (parser.kindOf(rest) !== Token.endOfFile) {
    const detail = 'An expression was successfully parsed, but extra characters were found after it.';
    parser.errorUnlessRecovering(rest, 'Extra characters after expression', detail);
  }
  return { value, diagnostics: parser.diagnostics };
}

/** Parses `[start, end)` of a file as a template without quotes around it, as template files have it. */
export function parseTemplate(file: SourceFile, start = 0, end = file.text.length): Result<TemplateRoot> {
  return templateOf(parserOf(file, 'template', start, end));
}

/**
 * Parses a template whose text was decoded from a file: a JSON string.
 *
 * @param places offset in the file of each offset in the text, its end included
 */
export function parseDecodedTemplate(file: SourceFile, text: string, places: Int32Array): Result<TemplateRoot> {
  return templateOf(new Parser({ file, tokens: lex(text, 'template'), places }));
}

function templateOf(parser: Parser): Result<TemplateRoot> {
  const value = parseTemplateUntil(parser, undefined, Token.endOfFile, () => parser.parseExpression());
  return { value, diagnostics: parser.diagnostics };
}

/**
 * Parses a name with constant steps, such as a reference in a JSON string or a flag. Splats are refused.
 *
 * @param source a text of its own, or a file of which `[start, end)` is read
 */
export function parseTraversal(source: SourceFile | string, start = 0, end?: number): Result<TraversalExpression> {
  const file = typeof source === 'string' ? new SourceFile('', source) : source;
  const parser = parserOf(file, 'config', start, end ?? file.text.length);
  parser.seeNewlines(false);
  const value = parser.parseTraversal();
  return { value, diagnostics: parser.diagnostics };
}

function parserOf(file: SourceFile, mode: LexMode, start: number, end: number): Parser {
  const text = end < file.text.length ? file.text.slice(0, end) : file.text;
  return new Parser({ file, tokens: lex(text, mode, start) });
}

const DEFINITION_REQUIRED = 'Argument or block definition required';
const DEFINITION_REQUIRED_DETAIL = 'An argument or block definition is required here.';
const USE_EQUALS_HINT = ' To set an argument, use the equals sign "=" to introduce the argument value.';
const SINGLE_ARGUMENT = 'Invalid single-argument block definition';
const UNCLOSED_BLOCK = 'Unclosed configuration block';
const UNCLOSED_BLOCK_DETAIL =
  'There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.';

function closesBracket(kind: number): boolean {
  return kind === Token.closeBrace || kind === Token.closeBracket || kind === Token.closeParen;
}

class Parser extends ExpressionParser {
  /** False when a quoted string runs over a line: what follows is read with text and code swapped. */
  readonly #canResume: boolean;
  /** How many of the diagnostics, the first ones, are about characters. */
  readonly #lexicalErrors: number;

  constructor(source: TokenSource) {
    super(source);
    const { tokens } = source;
    const errors = lexicalErrors(tokens, (start, end) => this.rangeBetween(this.place(start), this.place(end)));
    for (const error of errors) this.diagnostics.push(error);
    this.#lexicalErrors = errors.length;
    this.#canResume = errors.length === 0 || !tokens.kinds.subarray(0, tokens.count).includes(Token.quotedNewline);
  }

  // ---- Bodies ----------------------------------------------------------------------------------------------------

  parseFile(): Body {
    return this.#parseBody(Token.endOfFile);
  }

  /** Body = (newline | Attribute | Block)* closing */
  #parseBody(closing: number): Body {
    const attributes = new Map<string, Attribute>();
    const blocks: Block[] = [];
    const first = this.previous();
    const mark = this.diagnostics.length;
    for (;;) {
      const next = this.peek();
      const kind = this.kindOf(next);
      if (kind === closing || kind === Token.endOfFile) {
        this.read();
        // A mistake inside may have taken the brace away with it.
        if (kind !== closing && this.diagnostics.length === mark) {
          this.errorUnlessRecovering(first, UNCLOSED_BLOCK, UNCLOSED_BLOCK_DETAIL);
        }
        break;
      }
      if (kind === Token.newline) {
        this.read();
      } else if (kind === Token.identifier) {
        if (this.#canResume) this.recovering = false;
        this.#parseItem(attributes, blocks);
      } else if (!this.#skipBadItem(next)) {
        this.recoverBehind(closing);
        break;
      }
    }
    return this.#bodyBetween(first, this.previous(), attributes, blocks);
  }

  #bodyBetween(
    first: TokenIndex,
    last: TokenIndex,
    attributes: ReadonlyMap<string, Attribute>,
    blocks: readonly Block[],
  ): Body {
    const range = this.rangeOf(first, last);
    const { file, start, end } = range;
    const missingItem = this.#firstCharacter(start);
    return { kind: 'body', file, start, end, attributes, blocks: trimmed(blocks), missingItem };
  }

  #firstCharacter(start: number): Range {
    return this.rangeBetween(start, Math.min(start + 1, this.file.text.length));
  }

  /** Reports what begins no item and skips its line. False when there is no sense in looking at the next one. */
  #skipBadItem(token: TokenIndex): boolean {
    const kind = this.kindOf(token);
    if (kind === Token.openQuote) {
      this.errorUnlessRecovering(token, 'Invalid argument name', 'Argument names must not be quoted.');
    } else if (!closesBracket(kind) || this.diagnostics.length === this.#lexicalErrors) {
      // A closing bracket behind a mistake most likely closes what that mistake opened.
      this.errorUnlessRecovering(token, DEFINITION_REQUIRED, DEFINITION_REQUIRED_DETAIL);
    }
    if (!this.#canResume || this.#opensEndlessComment(token)) return false;
    this.recoverBehindItem();
    return true;
  }

  #opensEndlessComment(token: TokenIndex): boolean {
    return this.kindOf(token) === Token.slash && this.tokens.text.startsWith('/*', this.tokens.start(token));
  }

  /** Item = Attribute | Block */
  #parseItem(attributes: Map<string, Attribute>, blocks: Block[]): void {
    const name = this.read();
    switch (this.peekKind()) {
      case Token.equals:
        this.#addAttribute(attributes, this.#parseAttribute(name));
        return;
      case Token.openQuote:
      case Token.openBrace:
      case Token.identifier:
        blocks.push(this.#parseBlock(name));
        return;
      default:
        this.error(name, DEFINITION_REQUIRED, DEFINITION_REQUIRED_DETAIL + USE_EQUALS_HINT);
        this.recoverBehindItem();
    }
  }

  #addAttribute(attributes: Map<string, Attribute>, attribute: Attribute): void {
    const { name } = attribute;
    const existing = attributes.get(name);
    if (existing === undefined) {
      attributes.set(name, attribute);
      return;
    }
    const detail = `The argument "${name}" was already set at ${describeRange(existing.nameRange)}. Each argument may be set only once.`;
    this.error(attribute.nameRange, 'Attribute redefined', detail);
  }

  // ---- Attributes ------------------------------------------------------------------------------------------------

  /** Attribute = identifier "=" Expression newline */
  #parseAttribute(name: TokenIndex): Attribute {
    const mark = this.diagnostics.length;
    const attribute = this.#parseAssignment(name);
    if (this.hasFailedSince(mark)) {
      this.recoverBehindItem();
      return attribute;
    }
    const end = this.peek();
    const kind = this.kindOf(end);
    if (kind === Token.newline || kind === Token.endOfFile) {
      this.read();
    } else {
      this.#reportAttributeEnd(name, end);
      this.recoverBehindItem();
    }
    return attribute;
  }

  /** identifier "=" Expression */
  #parseAssignment(name: TokenIndex): Attribute {
    this.read();
    const value = this.parseExpression();
    const { file } = this;
    const end = this.endOf(this.previous());
    const nameRange = this.rangeOf(name);
    return { kind: 'attribute', file, start: nameRange.start, end, name: this.textOf(name), nameRange, value };
  }

  #reportAttributeEnd(name: TokenIndex, end: TokenIndex): void {
    const rule = 'An argument definition must end with a newline.';
    if (this.kindOf(end) === Token.comma) {
      const detail = `Argument definitions must be separated by newlines, not commas. ${rule}`;
      this.errorUnlessRecovering(end, 'Unexpected comma after argument', detail, name);
    } else {
      this.errorUnlessRecovering(end, 'Missing newline after argument', rule, name);
    }
  }

  // ---- Blocks ----------------------------------------------------------------------------------------------------

  /** Block = identifier (string | identifier)* "{" (Body | identifier "=" Expression "}") newline */
  #parseBlock(type: TokenIndex): Block {
    const labels = this.#parseLabels();
    const header = this.rangeOf(type);
    const headerEnd = labels[labels.length - 1]?.end ?? header.end;
    const open = this.accept(Token.openBrace);
    const body = open === undefined ? this.#reportHeader(type) : this.#parseBlockBody(type, open);
    const { file } = this;
    const { start } = header;
    return {
      kind: 'block',
      file,
      start,
      end: Math.max(body.end, headerEnd),
      type: this.textOf(type),
      typeRange: header,
      labels,
      body,
      header: labels.length === 0 ? header : { file, start, end: headerEnd },
    };
  }

  #parseLabels(): readonly Label[] {
    const labels: Label[] = [];
    for (;;) {
      const kind = this.peekKind();
      if (kind === Token.identifier) {
        const token = this.read();
        labels.push(this.#labelOf(token, token, this.textOf(token)));
      } else if (kind === Token.openQuote) {
        labels.push(this.parseQuotedLabel());
      } else {
        return trimmed(labels);
      }
    }
  }

  #labelOf(first: TokenIndex, last: TokenIndex, value: string): Label {
    return { file: this.file, start: this.startOf(first), end: this.endOf(last), value };
  }

  #reportHeader(type: TokenIndex): Body {
    const found = this.peek();
    const summary = 'Invalid block definition';
    if (this.kindOf(found) === Token.equals) {
      const detail =
        'The equals sign "=" indicates an argument definition, and must not be used when defining a block.';
      this.error(found, summary, detail, type);
    } else if (this.kindOf(found) === Token.newline) {
      const detail =
        'A block definition must have block content delimited by "{" and "}", starting on the same line as the block header.';
      this.error(found, summary, detail, type);
    } else {
      const detail = 'Either a quoted string block label or an opening brace ("{") is expected here.';
      this.errorUnlessRecovering(found, summary, detail, type);
    }
    this.recoverBehindItem();
    return this.#bodyBetween(type, type, new Map(), []);
  }

  #parseBlockBody(type: TokenIndex, open: TokenIndex): Body {
    const parse = () => this.#parseBracedBody(type, open);
    return this.nested(parse, () => {
      this.recoverBehind(Token.closeBrace);
      this.recoverBehindItem();
      return this.#bodyBetween(open, open, new Map(), []);
    });
  }

  #parseBracedBody(type: TokenIndex, open: TokenIndex): Body {
    const kind = this.peekKind();
    let body: Body | undefined;
    if (kind === Token.newline || kind === Token.endOfFile || kind === Token.closeBrace) {
      body = this.#parseBody(Token.closeBrace);
    } else {
      body = this.#parseSingleLine(type, open);
      if (body === undefined) return this.#bodyBetween(open, this.previous(), new Map(), []);
    }
    const end = this.peek();
    if (this.kindOf(end) === Token.newline || this.kindOf(end) === Token.endOfFile) {
      this.read();
    } else {
      const detail = 'A block definition must end with a newline.';
      this.errorUnlessRecovering(end, 'Missing newline after block definition', detail, type);
      this.recoverBehindItem();
    }
    return body;
  }

  /** SingleLine = identifier "=" Expression "}"; undefined when a mistake made it skip the line */
  #parseSingleLine(type: TokenIndex, open: TokenIndex): Body | undefined {
    const name = this.read();
    const next = this.peekKind();
    if (this.kindOf(name) !== Token.identifier) {
      this.error(name, DEFINITION_REQUIRED, DEFINITION_REQUIRED_DETAIL);
    } else if (next === Token.openQuote || next === Token.openBrace || next === Token.identifier) {
      const detail = `A single-line block definition can contain only a single argument. If you meant to define argument "${this.textOf(name)}", use an equals sign to assign it a value. To define a nested block, place it on a line of its own within its parent block.`;
      this.error(this.rangeOf(name, this.peek()), 'Argument definition required', detail);
    } else if (next !== Token.equals) {
      this.error(name, DEFINITION_REQUIRED, DEFINITION_REQUIRED_DETAIL + USE_EQUALS_HINT);
    } else {
      const mark = this.diagnostics.length;
      const attribute = this.#parseAssignment(name);
      if (!this.hasFailedSince(mark)) {
        this.#closeSingleLine(type, open);
        return this.#bodyBetween(open, this.previous(), new Map([[attribute.name, attribute]]), []);
      }
    }
    this.recoverBehindItem();
    if (!this.#canResume) this.recoverBehind(Token.closeBrace);
    return undefined;
  }

  #closeSingleLine(type: TokenIndex, open: TokenIndex): void {
    if (this.accept(Token.closeBrace) !== undefined) return;
    const found = this.peek();
    switch (this.kindOf(found)) {
      case Token.comma:
        this.error(
          found,
          SINGLE_ARGUMENT,
          'Single-line block syntax can include only one argument definition. To define multiple arguments, use the multi-line block syntax with one argument definition per line.',
        );
        break;
      case Token.newline:
        this.error(
          found,
          SINGLE_ARGUMENT,
          "An argument definition on the same line as its containing block creates a single-line block definition, which must also be closed on the same line. Place the block's closing brace immediately after the argument definition.",
        );
        break;
      case Token.endOfFile:
        this.errorUnlessRecovering(open, UNCLOSED_BLOCK, UNCLOSED_BLOCK_DETAIL, type);
        break;
      default: {
        const detail =
          'A single-line block definition must end with a closing brace immediately after its single argument definition.';
        this.errorUnlessRecovering(found, SINGLE_ARGUMENT, detail);
      }
    }
    this.recoverBehind(Token.closeBrace);
  }

  // ---- Strings without templates ---------------------------------------------------------------------------------

  /** A quoted string in which templates are not allowed. */
  parseQuotedLabel(): Label {
    const open = this.read();
    let value = '';
    for (;;) {
      const token = this.read();
      const kind = this.kindOf(token);
      if (kind === Token.closeQuote) return this.#labelOf(open, token, value);
      if (kind === Token.quotedText) {
        value += this.#unescapeLabel(token);
      } else if (kind === Token.openInterpolation || kind === Token.openDirective) {
        value += this.#reportLabelTemplate(open, token, kind === Token.openInterpolation ? '$' : '%');
      } else {
        this.#reportLabelEnd(open, token, kind);
        return this.#labelOf(open, token, value);
      }
    }
  }

  #unescapeLabel(token: TokenIndex): string {
    const text = this.textOf(token);
    if (!text.includes('\\')) return plainText(text);
    return unescapeText(text, ({ start, end, detail }) => {
      const offset = this.tokens.start(token);
      const range = this.rangeBetween(this.place(offset + start), this.place(offset + end));
      this.error(range, 'Invalid escape sequence', detail);
    });
  }

  #reportLabelTemplate(open: TokenIndex, token: TokenIndex, mark: '$' | '%'): string {
    const detail = `Template sequences are not allowed in this string. To include a literal "${mark}", double it (as "${mark}${mark}") to escape it.`;
    this.error(token, 'Invalid string literal', detail, open);
    this.recoverBehind(Token.closeSequence);
    return `${mark}{ ... }`;
  }

  #reportLabelEnd(open: TokenIndex, token: TokenIndex, kind: number): void {
    if (kind === Token.endOfFile) {
      const detail = 'Unable to find the closing quote mark before the end of the file.';
      this.error(token, 'Unterminated string literal', detail, open);
    } else {
      this.error(token, 'Invalid string literal', 'This item is not valid in a string literal.', open);
      this.recoverBehind(Token.closeQuote);
    }
  }

  // ---- Traversals ------------------------------------------------------------------------------------------------

  /** Traversal = identifier ("." identifier | "[" (number | string) "]")* end; undefined after a mistake */
  parseTraversal(): TraversalExpression | undefined {
    const first = this.read();
    if (this.kindOf(first) !== Token.identifier) {
      this.error(first, 'Variable name required', 'Must begin with a variable name.');
      return undefined;
    }
    const root = this.nameOf(first);
    const steps: TraversalStep[] = [];
    while (this.peekKind() !== Token.endOfFile) {
      const mark = this.diagnostics.length;
      const step = this.#parseTraversalStep(first);
      if (step === undefined || this.diagnostics.length > mark) return undefined;
      steps.push(step);
    }
    const { file, start } = root;
    return { kind: 'traversal', file, start, end: steps[steps.length - 1]?.end ?? root.end, root, steps };
  }

  #parseTraversalStep(first: TokenIndex): TraversalStep | undefined {
    const open = this.read();
    switch (this.kindOf(open)) {
      case Token.dot:
        return this.#parseTraversalAttribute(first, open);
      case Token.openBracket:
        return this.#parseTraversalIndex(first, open);
      default:
        this.error(open, 'Invalid character', 'Expected an attribute access or an index operator.', first);
        return undefined;
    }
  }

  #parseTraversalAttribute(first: TokenIndex, dot: TokenIndex): TraversalStep | undefined {
    const name = this.read();
    if (this.kindOf(name) === Token.identifier) {
      return { kind: 'attribute', ...this.rangeOf(dot, name), name: this.textOf(name) };
    }
    const isStar = this.kindOf(name) === Token.star;
    const detail = isStar ? 'Splat expressions (.*) may not be used here.' : 'Dot must be followed by attribute name.';
    this.error(name, 'Attribute name required', detail, first);
    return undefined;
  }

  #parseTraversalIndex(first: TokenIndex, open: TokenIndex): TraversalStep | undefined {
    const key = this.#parseTraversalKey(first);
    if (key === undefined) return undefined;
    const close = this.read();
    if (this.kindOf(close) !== Token.closeBracket) {
      this.error(close, 'Unclosed index brackets', 'Index key must be followed by a closing bracket.', open);
    }
    return { kind: 'index', ...this.rangeOf(open, close), key, legacy: false };
  }

  #parseTraversalKey(first: TokenIndex): string | number | undefined {
    const next = this.peek();
    switch (this.kindOf(next)) {
      case Token.number:
        this.read();
        return Number(this.textOf(next));
      case Token.openQuote:
        return this.parseQuotedLabel().value;
      case Token.star:
        this.error(next, 'Attribute name required', 'Splat expressions ([*]) may not be used here.', first);
        return undefined;
      default:
        this.error(
          next,
          'Index value required',
          'Index brackets must contain either a literal number or a literal string.',
          first,
        );
        return undefined;
    }
  }
}

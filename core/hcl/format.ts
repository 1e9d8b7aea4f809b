/**
 * The canonical layout of native syntax, byte for byte that of `terraform fmt`. Works on tokens, so that comments stay
 * where they are; the tree is only asked where arguments and labels are, for the few things that are rewritten:
 * `"${x}"` to `x`, quoted type names, labels without quotes.
 */
import type { Result } from '../diag/diagnostic.ts';
import { hasErrors } from '../diag/diagnostic.ts';
import type { SourceFile } from '../diag/source.ts';
import type { Attribute, Block, Body } from './ast.ts';
import { escapeText } from './escape.ts';
import { type LayoutToken, layOut } from './layout.ts';
import { lex } from './lexer.ts';
import { parseConfig } from './parser.ts';
import { Token, type TokenKind, type TokenList } from './token.ts';

/** The file's text in canonical layout. A file with syntax errors gives these and no text. */
export function formatConfig(file: SourceFile): Result<string> {
  const { value: body, diagnostics } = parseConfig(file);
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  const tokens = lex(file.text);
  const edits = new EditCollector(tokens);
  edits.visitBody(body, []);
  const edited = edits.apply();
  layOut(edited);
  return { value: edited.map(({ spaces, text }) => ' '.repeat(spaces) + text).join(''), diagnostics };
}

/** Text that is right already, laid out: only the spaces change. */
export function formatTokens(text: string): string {
  const tokens = new EditCollector(lex(text)).apply();
  layOut(tokens);
  return tokens.map(({ spaces, text: each }) => ' '.repeat(spaces) + each).join('');
}

/** Replaces the tokens `[first, end)`. */
interface Edit {
  readonly first: number;
  readonly end: number;
  readonly replacement: readonly LayoutToken[];
}

class EditCollector {
  readonly #tokens: TokenList;
  readonly #edits: Edit[] = [];

  constructor(tokens: TokenList) {
    this.#tokens = tokens;
  }

  /** @param parents types of the blocks that the body is in */
  visitBody(body: Body, parents: readonly string[]): void {
    for (const attribute of body.attributes.values()) this.#visitAttribute(attribute, parents);
    for (const block of body.blocks) {
      this.#visitLabels(block);
      this.visitBody(block.body, [...parents, block.type]);
    }
  }

  #visitAttribute({ name, value }: Attribute, parents: readonly string[]): void {
    const first = this.#indexAt(value.start);
    const end = this.#indexAt(value.end);
    const isType = parents.length === 1 && parents[0] === 'variable' && name === 'type';
    const tokens = this.#slice(first, end);
    const replacement = isType ? rewriteType(tokens) : rewriteValue(tokens);
    if (replacement !== undefined) this.#edits.push({ first, end, replacement });
  }

  /** Labels are quoted, with nothing between them. */
  #visitLabels({ typeRange, labels }: Block): void {
    const last = labels[labels.length - 1];
    if (last === undefined) return;
    const replacement = labels.flatMap((label) => {
      const first = this.#indexAt(label.start);
      const tokens = this.#slice(first, this.#indexAt(label.end));
      // A label in several pieces has template marks in it, which no name can have: it is not ours to mend.
      return tokens.length > 3 ? tokens : quotedTokens(label.value);
    });
    this.#edits.push({ first: this.#indexAt(typeRange.start) + 1, end: this.#indexAt(last.end), replacement });
  }

  /** Index of the first token that starts at or behind an offset. */
  #indexAt(offset: number): number {
    let low = 0;
    let high = this.#tokens.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#tokens.start(middle) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #slice(first: number, end: number): LayoutToken[] {
    const result: LayoutToken[] = [];
    for (let index = first; index < end; index++) result.push(this.#token(index));
    return result;
  }

  #token(index: number): LayoutToken {
    const previousEnd = index === 0 ? 0 : this.#tokens.end(index - 1);
    const spaces = this.#tokens.start(index) - previousEnd;
    return { kind: this.#tokens.kind(index), text: this.#tokens.textOf(index), spaces };
  }

  apply(): LayoutToken[] {
    const result: LayoutToken[] = [];
    let next = 0;
    for (const { first, end, replacement } of this.#edits.sort((a, b) => a.first - b.first)) {
      for (; next < first; next++) result.push(this.#token(next));
      for (const token of replacement) result.push(token);
      next = end;
    }
    for (; next < this.#tokens.count; next++) result.push(this.#token(next));
    return result;
  }
}

function newToken(kind: TokenKind, text: string): LayoutToken {
  return { kind, text, spaces: 0 };
}

function quotedTokens(value: string): LayoutToken[] {
  const text = escapeText(value);
  const inner = text === '' ? [] : [newToken(Token.quotedText, text)];
  return [newToken(Token.openQuote, '"'), ...inner, newToken(Token.closeQuote, '"')];
}

// ---- Types -----------------------------------------------------------------------------------------------------------

/** `list` is `list(any)`; the quoted names of Terraform 0.11 lose their quotes, collections of which hold strings. */
function rewriteType(tokens: readonly LayoutToken[]): readonly LayoutToken[] | undefined {
  const [first, second] = tokens;
  if (tokens.length === 1 && first?.kind === Token.identifier) {
    return /^(list|map|set)$/.test(first.text) ? [first, ...inParens('any')] : undefined;
  }
  if (tokens.length !== 3 || first?.kind !== Token.openQuote || second?.kind !== Token.quotedText) return undefined;
  const type = newToken(Token.identifier, second.text);
  if (second.text === 'string') return [type];
  return second.text === 'list' || second.text === 'map' ? [type, ...inParens('string')] : undefined;
}

function inParens(name: string): LayoutToken[] {
  return [newToken(Token.openParen, '('), newToken(Token.identifier, name), newToken(Token.closeParen, ')')];
}

// ---- Values ----------------------------------------------------------------------------------------------------------

/** `"${x}"` as a whole value becomes `x`, in parentheses when it runs over several lines. */
function rewriteValue(tokens: readonly LayoutToken[]): readonly LayoutToken[] | undefined {
  if (!isWrapped(tokens)) return undefined;
  const inside = tokens.slice(2, -2);
  if (!isSingleSequence(inside)) return undefined;
  const trimmed = trimNewlines(inside);
  const isMultiLine = trimmed.some(({ kind }) => kind === Token.newline);
  const isInParens = trimmed[0]?.kind === Token.openParen && trimmed[trimmed.length - 1]?.kind === Token.closeParen;
  if (!isMultiLine || isInParens) return trimmed;
  return [newToken(Token.openParen, '('), ...trimmed, newToken(Token.closeParen, ')')];
}

function isWrapped(tokens: readonly LayoutToken[]): boolean {
  return (
    tokens.length >= 5 &&
    tokens[0]?.kind === Token.openQuote &&
    tokens[1]?.kind === Token.openInterpolation &&
    tokens[tokens.length - 2]?.kind === Token.closeSequence &&
    tokens[tokens.length - 1]?.kind === Token.closeQuote
  );
}

/** Whether there is no text and no other sequence on this level. */
function isSingleSequence(inside: readonly LayoutToken[]): boolean {
  let quotes = 0;
  for (const { kind } of inside) {
    if (kind === Token.openQuote) quotes++;
    else if (kind === Token.closeQuote) quotes--;
    else if (quotes > 0) continue;
    else if (kind === Token.openInterpolation || kind === Token.closeSequence || kind === Token.quotedText)
      return false;
  }
  return true;
}

function trimNewlines(tokens: readonly LayoutToken[]): readonly LayoutToken[] {
  let start = 0;
  let end = tokens.length;
  while (start < end && tokens[start]?.kind === Token.newline) start++;
  while (end > start && tokens[end - 1]?.kind === Token.newline) end--;
  return tokens.slice(start, end);
}

/**
 * Where the spaces of canonical layout go: indentation, the gaps within a line, and the columns that equals signs and
 * comments of neighbouring lines share. Changes nothing but the number of spaces before each token.
 */
import { countGraphemes } from '../diag/source.ts';
import { Token } from './token.ts';

export interface LayoutToken {
  readonly kind: number;
  readonly text: string;
  /** Spaces before it. */
  spaces: number;
}

/** The parts of a line that are moved on their own. */
interface Line {
  lead: readonly LayoutToken[];
  /** From the equals sign on, when what is assigned ends on this line. */
  assign: readonly LayoutToken[];
  /** A comment behind something else, as a list of at most one. */
  comment: readonly LayoutToken[];
}

/** Lays tokens out in place. What precedes the end of the file stays. */
export function layOut(tokens: readonly LayoutToken[]): void {
  const lines = splitLines(tokens).map(splitCells);
  indent(lines);
  for (const line of lines) spaceCells(line);
  alignCells(lines);
}

// ---- Lines -----------------------------------------------------------------------------------------------------------

/** A line ends with a newline of code: one inside a heredoc or block comment ends none. */
function splitLines(tokens: readonly LayoutToken[]): (readonly LayoutToken[])[] {
  const lines: (readonly LayoutToken[])[] = [];
  let start = 0;
  tokens.forEach((token, index) => {
    const isEnd = token.kind === Token.endOfFile;
    if (!isEnd && token.kind !== Token.newline && token.kind !== Token.lineComment) return;
    lines.push(tokens.slice(start, isEnd ? index : index + 1));
    start = index + 1;
  });
  return lines;
}

function splitCells(tokens: readonly LayoutToken[]): Line {
  let lead = tokens;
  let comment: readonly LayoutToken[] = [];
  const last = tokens[tokens.length - 1];
  if (tokens.length > 1 && (last?.kind === Token.comment || last?.kind === Token.lineComment)) {
    lead = tokens.slice(0, -1);
    comment = tokens.slice(-1);
  }
  const equals = lead.findIndex(({ kind }, index) => index > 0 && kind === Token.equals);
  if (equals === -1 || bracketsIn(lead.slice(equals)) !== 0) return { lead, assign: [], comment };
  return { lead: lead.slice(0, equals), assign: lead.slice(equals), comment };
}

function bracketsIn(tokens: readonly LayoutToken[]): number {
  return tokens.reduce((sum, token) => sum + bracketChange(token), 0);
}

function bracketChange({ kind }: LayoutToken): number {
  switch (kind) {
    case Token.openBrace:
    case Token.openBracket:
    case Token.openParen:
    case Token.openDirective:
    case Token.openInterpolation:
      return 1;
    case Token.closeBrace:
    case Token.closeBracket:
    case Token.closeParen:
    case Token.closeSequence:
      return -1;
    default:
      return 0;
  }
}

// ---- Indentation -----------------------------------------------------------------------------------------------------

/**
 * However many brackets a line opens, what is inside is indented by one level: the stack holds the number of brackets
 * for each level, and a line that closes brackets leaves the levels that it closes completely.
 */
function indent(lines: readonly Line[]): void {
  const levels: number[] = [];
  for (const line of lines) {
    const [first] = line.lead;
    if (first === undefined) continue;
    if (first.kind === Token.newline) {
      first.spaces = 0;
      continue;
    }
    const change = leadBrackets(line.lead) + bracketsIn(line.assign);
    if (change < 0) closeLevels(levels, -change);
    first.spaces = 2 * levels.length;
    if (change > 0) levels.push(change);
  }
}

/** Brackets up to a heredoc, whose sequences do not count. */
function leadBrackets(lead: readonly LayoutToken[]): number {
  const heredoc = lead.findIndex(({ kind }) => kind === Token.openHeredoc);
  return bracketsIn(heredoc === -1 ? lead : lead.slice(0, heredoc));
}

function closeLevels(levels: number[], brackets: number): void {
  let left = brackets;
  while (left > 0) {
    const opened = levels.pop();
    if (opened === undefined) return;
    if (opened > left) levels.push(opened - left);
    left -= opened;
  }
}

// ---- Gaps ------------------------------------------------------------------------------------------------------------

function spaceCells({ lead, assign }: Line): void {
  spaceTokens(lead);
  const [equals] = assign;
  if (equals !== undefined) equals.spaces = 1;
  spaceTokens(assign);
}

function spaceTokens(tokens: readonly LayoutToken[]): void {
  for (let index = 1; index < tokens.length; index++) {
    const [before, token, after] = [tokens[index - 2], tokens[index - 1], tokens[index]];
    if (token !== undefined && after !== undefined) after.spaces = hasGap(before, token, after) ? 1 : 0;
  }
}

/** Whether a space stands between `token` and `after`. The order of the rules matters. */
function hasGap(before: LayoutToken | undefined, token: LayoutToken, after: LayoutToken): boolean {
  if (after.kind === Token.newline || joinsNames(token.kind, after.kind)) return false;
  if (after.kind === Token.comma || after.kind === Token.ellipsis) return false;
  if (token.kind === Token.comma) return true;
  if (isInTemplate(token.kind, after.kind)) return false;
  if (token.kind === Token.identifier && token.text === 'in' && before?.kind === Token.identifier) return true;
  if (after.kind === Token.openBracket && isIndexed(token)) return false;
  if (token.kind === Token.bang) return false;
  if (token.kind === Token.minus) return before !== undefined && !NEGATED_AFTER.has(before.kind);
  if (token.kind === Token.openBrace || after.kind === Token.closeBrace) {
    return token.kind !== Token.openBrace || after.kind !== Token.closeBrace;
  }
  if (opensSequence(token.kind) && after.kind === Token.openBrace) return true;
  if (token.kind === Token.closeBrace && after.kind === Token.closeSequence) return true;
  if (token.kind === Token.closeSequence && opensSequence(after.kind)) return false;
  return bracketChange(token) <= 0 && bracketChange(after) >= 0;
}

/** The parts of `a.b`, `f(` and `a::b`. */
function joinsNames(kind: number, next: number): boolean {
  if (kind === Token.dot || next === Token.dot) return true;
  if (kind === Token.identifier) return next === Token.openParen || next === Token.doubleColon;
  return kind === Token.doubleColon && next === Token.identifier;
}

function isInTemplate(kind: number, next: number): boolean {
  switch (kind) {
    case Token.quotedText:
    case Token.templateText:
    case Token.openQuote:
    case Token.openHeredoc:
      return true;
  }
  switch (next) {
    case Token.quotedText:
    case Token.templateText:
    case Token.closeQuote:
    case Token.closeHeredoc:
      return true;
    default:
      return false;
  }
}

function isIndexed(token: LayoutToken): boolean {
  return token.kind === Token.identifier || token.kind === Token.number || bracketChange(token) < 0;
}

function opensSequence(kind: number): boolean {
  return kind === Token.openInterpolation || kind === Token.openDirective;
}

/** Behind these no expression has ended, so that a minus is a sign. */
const NEGATED_AFTER: ReadonlySet<number> = new Set([
  Token.openParen,
  Token.openBrace,
  Token.openBracket,
  Token.equals,
  Token.colon,
  Token.comma,
  Token.question,
  Token.plus,
  Token.star,
  Token.slash,
  Token.percent,
  Token.minus,
  Token.equalEqual,
  Token.notEqual,
  Token.greater,
  Token.greaterOrEqual,
  Token.less,
  Token.lessOrEqual,
  Token.and,
  Token.or,
  Token.bang,
]);

// ---- Columns ---------------------------------------------------------------------------------------------------------

/** Equals signs first, since comments stand behind what they move. */
function alignCells(lines: readonly Line[]): void {
  alignChains(
    lines,
    ({ assign }) => assign[0],
    ({ lead }) => columnsOf(lead),
  );
  alignChains(
    lines,
    ({ comment }) => comment[0],
    ({ lead, assign }) => columnsOf(lead) + columnsOf(assign),
  );
}

/** Lines in a row that have the cell get it in the column behind the widest of what precedes it. */
function alignChains(
  lines: readonly Line[],
  cellOf: (line: Line) => LayoutToken | undefined,
  widthBefore: (line: Line) => number,
): void {
  let chain: { readonly cell: LayoutToken; readonly width: number }[] = [];
  const close = () => {
    const widest = chain.reduce((most, { width }) => Math.max(most, width), 0);
    for (const { cell, width } of chain) cell.spaces = widest - width + 1;
    chain = [];
  };
  for (const line of lines) {
    const cell = cellOf(line);
    if (cell === undefined) close();
    else chain.push({ cell, width: widthBefore(line) });
  }
  close();
}

function columnsOf(tokens: readonly LayoutToken[]): number {
  return tokens.reduce((sum, { spaces, text }) => sum + spaces + countGraphemes(text), 0);
}

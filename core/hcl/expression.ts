/**
 * The expression grammar, one rule to a method. Gives a tree for any tokens: what could not be understood is an
 * `invalid` node, and there is a diagnostic for it. Knows nothing of what names and functions mean.
 */
import type { Range } from '../diag/source.ts';
import type {
  BinaryOperator,
  CallExpression,
  Expression,
  ForExpression,
  InvalidExpression,
  LiteralExpression,
  Name,
  ObjectItem,
  SplatStep,
  TraversalExpression,
  TraversalStep,
} from './ast.ts';
import { TokenCursor, type TokenIndex } from './cursor.ts';
import { trimmed } from './list.ts';
import { parsePlainString, parseTemplateUntil, type TemplateRoot } from './template.ts';
import { oppositeOf, Token } from './token.ts';

/** Brackets, blocks, calls and templates may be nested this deep: the tree is walked by recursion. */
export const MAXIMUM_NESTING = 400;

const NUMBER = /^\d+(\.\d*)?([eE][+-]?\d+)?$/;

interface Binary {
  /** The loosest are on level 1; operators of a level associate to the left. */
  readonly level: number;
  readonly operator: BinaryOperator;
}

const LEVELS: readonly (readonly (readonly [number, BinaryOperator])[])[] = [
  [[Token.or, '||']],
  [[Token.and, '&&']],
  [
    [Token.equalEqual, '=='],
    [Token.notEqual, '!='],
  ],
  [
    [Token.greater, '>'],
    [Token.greaterOrEqual, '>='],
    [Token.less, '<'],
    [Token.lessOrEqual, '<='],
  ],
  [
    [Token.plus, '+'],
    [Token.minus, '-'],
  ],
  [
    [Token.star, '*'],
    [Token.slash, '/'],
    [Token.percent, '%'],
  ],
];

/** By token kind. */
const BINARY: (Binary | undefined)[] = new Array(64).fill(undefined);
LEVELS.forEach((operators, index) => {
  for (const [kind, operator] of operators) BINARY[kind] = { level: index + 1, operator };
});

const NO_STEPS: readonly TraversalStep[] = [];

interface Steps {
  readonly steps: SplatStep[];
  /** Something else than a step stands behind a dot. */
  readonly failed: boolean;
}

export class ExpressionParser extends TokenCursor {
  #nesting = 0;

  /** Runs `parse` one level deeper; past the limit it is not run and a diagnostic says so. */
  nested<T>(parse: () => T, otherwise: () => T): T {
    if (this.#nesting >= MAXIMUM_NESTING) {
      this.#reportNesting();
      return otherwise();
    }
    this.#nesting++;
    try {
      return parse();
    } finally {
      this.#nesting--;
    }
  }

  #reportNesting(): void {
    const detail = `Expressions and blocks can be nested at most ${MAXIMUM_NESTING} levels deep.`;
    this.errorUnlessRecovering(this.peek(), 'Nesting too deep', detail);
    this.recovering = true;
  }

  // ---- Operators -------------------------------------------------------------------------------------------------

  /** Expression = Binary ("?" Expression ":" Expression)? */
  parseExpression(): Expression {
    if (this.#nesting >= MAXIMUM_NESTING) {
      this.#reportNesting();
      return this.invalid(this.peek());
    }
    this.#nesting++;
    const first = this.peek();
    const mark = this.diagnostics.length;
    const condition = this.#parseBinary(1);
    const isDone = this.hasFailedSince(mark) || this.peekKind() !== Token.question;
    const result = isDone ? condition : this.#parseConditional(first, condition);
    this.#nesting--;
    return result;
  }

  #parseConditional(first: TokenIndex, condition: Expression): Expression {
    this.read();
    const mark = this.diagnostics.length;
    const consequent = this.parseExpression();
    if (this.hasFailedSince(mark)) return this.invalid(first, this.previous());
    const colon = this.peek();
    if (this.kindOf(colon) !== Token.colon) {
      this.error(
        colon,
        'Missing false expression in conditional',
        'The conditional operator (...?...:...) requires a false expression, delimited by a colon.',
        first,
      );
      return this.invalid(first, this.previous());
    }
    this.read();
    const alternate = this.parseExpression();
    if (this.hasFailedSince(mark)) return this.invalid(first, this.previous());
    const { file } = this;
    return { kind: 'conditional', file, start: condition.start, end: alternate.end, condition, consequent, alternate };
  }

  /** Binary = Binary operator Binary | Operand, an operator of a higher level binding tighter */
  #parseBinary(level: number): Expression {
    const { file } = this;
    let mark = this.diagnostics.length;
    let left = this.#parseOperand();
    for (;;) {
      if (this.hasFailedSince(mark)) return left;
      const operatorToken = this.peek();
      const binary = BINARY[this.tokens.kind(operatorToken)];
      if (binary === undefined || binary.level < level) return left;
      this.read();
      mark = this.diagnostics.length;
      const right = this.#parseBinary(binary.level + 1);
      if (this.hasFailedSince(mark)) return left;
      const { operator } = binary;
      const operatorRange = this.rangeOf(operatorToken);
      left = { kind: 'binary', file, start: left.start, end: right.end, operator, operatorRange, left, right };
    }
  }

  /** Operand = Term Step* */
  #parseOperand(): Expression {
    const term = this.#parseTerm();
    const kind = this.peekKind();
    if (kind !== Token.dot && kind !== Token.openBracket) return term;
    const { steps, failed } = this.#parseSteps();
    if (failed) return { kind: 'invalid', file: this.file, start: term.start, end: this.endOf(this.previous()) };
    return applySteps(term, steps);
  }

  // ---- Terms -----------------------------------------------------------------------------------------------------

  /** Term = number | Name | Call | Template | "(" Expression ")" | Tuple | Object | For | ("-" | "!") Operand */
  #parseTerm(): Expression {
    switch (this.peekKind()) {
      case Token.identifier:
        return this.#parseNameOrCall();
      case Token.openQuote:
      case Token.openHeredoc:
        return this.#parseTemplate();
      case Token.number:
        return this.#parseNumber();
      case Token.openBracket:
        return this.#parseTuple();
      case Token.openBrace:
        return this.#parseObject();
      case Token.openParen:
        return this.#parseParentheses();
      case Token.minus:
      case Token.bang:
        return this.#parseUnary();
      default:
        return this.#reportMissingTerm();
    }
  }

  #reportMissingTerm(): InvalidExpression {
    const found = this.peek();
    if (this.kindOf(found) === Token.endOfFile) {
      const detail = 'Expected the start of an expression, but found the end of the file.';
      this.errorUnlessRecovering(found, 'Missing expression', detail);
    } else {
      const detail = 'Expected the start of an expression, but found an invalid expression token.';
      this.errorUnlessRecovering(found, 'Invalid expression', detail);
    }
    this.recovering = true;
    return this.invalid(found);
  }

  #parseNumber(): LiteralExpression | InvalidExpression {
    const token = this.read();
    const text = this.textOf(token);
    if (!NUMBER.test(text)) {
      this.error(token, 'Invalid number literal', 'Failed to recognize the value of this number literal.');
      return this.invalid(token);
    }
    const { file } = this;
    const start = this.startOf(token);
    return { kind: 'literal', file, start, end: this.endOf(token), literal: { type: 'number', text } };
  }

  /** NameOrCall = identifier | "true" | "false" | "null" | identifier ("::" identifier)* "(" ... */
  #parseNameOrCall(): Expression {
    const token = this.read();
    const next = this.peekKind();
    if (next === Token.openParen || next === Token.doubleColon) return this.#parseCall(token);
    const { file } = this;
    const start = this.startOf(token);
    const end = this.endOf(token);
    const name = this.textOf(token);
    switch (name) {
      case 'true':
      case 'false':
        return { kind: 'literal', file, start, end, literal: { type: 'bool', value: name === 'true' } };
      case 'null':
        return { kind: 'literal', file, start, end, literal: { type: 'null' } };
      default:
        return { kind: 'traversal', file, start, end, root: { file, start, end, name }, steps: NO_STEPS };
    }
  }

  /** Template = openQuote part* closeQuote | openHeredoc part* closeHeredoc */
  #parseTemplate(): TemplateRoot | InvalidExpression {
    const open = this.read();
    const plain = parsePlainString(this, open);
    if (plain !== undefined) return plain;
    const parse = () => parseTemplateUntil(this, open, oppositeOf(this.kindOf(open)), () => this.parseExpression());
    return this.nested<TemplateRoot | InvalidExpression>(parse, () => this.invalid(open));
  }

  /** Unary = ("-" | "!") Operand: binds tighter than any binary operator */
  #parseUnary(): Expression {
    const sign = this.read();
    const operator = this.kindOf(sign) === Token.minus ? '-' : '!';
    const parse = () => this.#parseOperand();
    const operand = this.nested<Expression>(parse, () => this.invalid(sign));
    return { kind: 'unary', file: this.file, start: this.startOf(sign), end: operand.end, operator, operand };
  }

  /** Parentheses = "(" Expression ")" */
  #parseParentheses(): Expression {
    const open = this.read();
    const newlines = this.seeNewlines(false);
    const mark = this.diagnostics.length;
    const inner = this.parseExpression();
    if (this.diagnostics.length > mark) {
      this.recoverBehind(Token.closeParen);
      this.seeNewlines(newlines);
      return inner;
    }
    const close = this.peek();
    if (this.kindOf(close) !== Token.closeParen) {
      const detail = 'Expected a closing parenthesis to terminate the expression.';
      this.error(close, 'Unbalanced parentheses', detail, open);
      this.recovering = true;
    }
    this.read();
    this.seeNewlines(newlines);
    return { kind: 'parentheses', ...this.rangeOf(open, close), inner };
  }

  // ---- Calls -----------------------------------------------------------------------------------------------------

  /** Call = identifier ("::" identifier)* "(" Arguments ")" */
  #parseCall(first: TokenIndex): Expression {
    let last = first;
    let name = this.textOf(first);
    let open = this.read();
    while (this.kindOf(open) === Token.doubleColon) {
      const part = this.read();
      if (this.kindOf(part) !== Token.identifier) {
        const detail = 'Function scope resolution symbol :: must be followed by a function name in this scope.';
        return this.#reportCall(part, 'Missing function name', detail, first);
      }
      last = part;
      name += `::${this.textOf(part)}`;
      open = this.read();
    }
    if (this.kindOf(open) !== Token.openParen) {
      const detail = 'Function selector must be followed by an open parenthesis to begin the function call.';
      return this.#reportCall(open, 'Missing open parenthesis', detail, first);
    }
    return this.#parseArguments(first, open, name, this.rangeOf(first, last));
  }

  #reportCall(at: TokenIndex, summary: string, detail: string, first: TokenIndex): InvalidExpression {
    this.error(at, summary, detail, first);
    const result = this.invalid(first, at);
    this.recoverOver(Token.openParen);
    return result;
  }

  /** Arguments = (Expression ("," Expression)* ("," | "...")?)? */
  #parseArguments(first: TokenIndex, open: TokenIndex, name: string, nameRange: Range): CallExpression {
    const newlines = this.seeNewlines(false);
    const args: Expression[] = [];
    let expandFinal = false;
    for (;;) {
      if (this.accept(Token.closeParen) !== undefined) break;
      const mark = this.diagnostics.length;
      args.push(this.parseExpression());
      if (this.hasFailedSince(mark)) {
        this.recoverBehind(Token.closeParen);
        break;
      }
      const separator = this.read();
      const kind = this.kindOf(separator);
      if (kind === Token.comma) continue;
      expandFinal = kind === Token.ellipsis;
      if (kind !== Token.closeParen) this.#endArguments(first, open, separator);
      break;
    }
    this.seeNewlines(newlines);
    const close = this.previous();
    const { file } = this;
    const [start, end] = [nameRange.start, this.endOf(close)];
    const openParen = this.rangeOf(open);
    const closeParen = this.rangeOf(close);
    return { kind: 'call', file, start, end, name, nameRange, args: trimmed(args), expandFinal, openParen, closeParen };
  }

  /** Reads the ")" behind "...", or reports what stands instead of a separator. */
  #endArguments(first: TokenIndex, open: TokenIndex, separator: TokenIndex): void {
    const kind = this.kindOf(separator);
    if (kind === Token.ellipsis) {
      if (this.accept(Token.closeParen) !== undefined) return;
      const detail = 'An expanded function argument (with ...) must be immediately followed by closing parentheses.';
      this.errorUnlessRecovering(separator, 'Missing closing parenthesis', detail, first);
    } else if (kind === Token.endOfFile) {
      const detail =
        'There is no closing parenthesis for this function call before the end of the file. This may be caused by incorrect parenthesis nesting elsewhere in this file.';
      this.error(this.rangeOf(first, open), 'Unterminated function call', detail);
    } else {
      const detail = 'A comma is required to separate each function argument from the next.';
      this.error(separator, 'Missing argument separator', detail, first);
    }
    this.recoverBehind(Token.closeParen);
  }

  // ---- Collections -----------------------------------------------------------------------------------------------

  /** Tuple = "[" (Expression ("," Expression)* ","?)? "]" | "[" For "]" */
  #parseTuple(): Expression {
    const open = this.read();
    const newlines = this.seeNewlines(false);
    const result = this.isWord(this.peek(), 'for') ? this.#parseFor(open) : this.#parseElements(open);
    this.seeNewlines(newlines);
    return result;
  }

  #parseElements(open: TokenIndex): Expression {
    const elements: Expression[] = [];
    while (this.accept(Token.closeBracket) === undefined) {
      const mark = this.diagnostics.length;
      elements.push(this.parseExpression());
      if (this.hasFailedSince(mark)) {
        this.recoverBehind(Token.closeBracket);
        break;
      }
      if (this.accept(Token.comma) !== undefined) continue;
      if (this.accept(Token.closeBracket) === undefined) this.#reportElementEnd(open);
      break;
    }
    const { file } = this;
    const end = this.endOf(this.previous());
    return { kind: 'tuple', file, start: this.startOf(open), end, elements: trimmed(elements) };
  }

  #reportElementEnd(open: TokenIndex): void {
    const found = this.peek();
    if (this.kindOf(found) === Token.endOfFile) {
      const detail =
        'There is no corresponding closing bracket before the end of the file. This may be caused by incorrect bracket nesting elsewhere in this file.';
      this.errorUnlessRecovering(open, 'Unterminated tuple constructor expression', detail);
    } else {
      const detail = 'Expected a comma to mark the beginning of the next item.';
      this.errorUnlessRecovering(found, 'Missing item separator', detail, open);
    }
    this.recoverBehind(Token.closeBracket);
  }

  /** Object = "{" newline* (Item ((","  | newline) newline* Item)* ","?)? newline* "}" | "{" For "}" */
  #parseObject(): Expression {
    const open = this.read();
    const newlines = this.seeNewlines(false);
    let result: Expression;
    if (this.isWord(this.peek(), 'for')) {
      result = this.#parseFor(open);
    } else {
      this.seeNewlines(true);
      result = this.#parseItems(open);
    }
    this.seeNewlines(newlines);
    return result;
  }

  #parseItems(open: TokenIndex): Expression {
    const items: ObjectItem[] = [];
    for (;;) {
      if (this.accept(Token.newline) !== undefined) continue;
      if (this.accept(Token.closeBrace) !== undefined) break;
      const item = this.#parseItem(open);
      if (item === undefined) {
        this.recoverBehind(Token.closeBrace);
        break;
      }
      items.push(item);
      if (this.accept(Token.comma) !== undefined || this.accept(Token.newline) !== undefined) continue;
      if (this.accept(Token.closeBrace) === undefined) {
        this.#reportItemEnd(open);
        this.recoverBehind(Token.closeBrace);
      }
      break;
    }
    const { file } = this;
    const end = this.endOf(this.previous());
    return { kind: 'object', file, start: this.startOf(open), end, items: trimmed(items) };
  }

  /** Item = Expression ("=" | ":") Expression; undefined after a mistake */
  #parseItem(open: TokenIndex): ObjectItem | undefined {
    const mark = this.diagnostics.length;
    const key = this.parseExpression();
    if (this.hasFailedSince(mark)) return undefined;
    const separator = this.peek();
    const kind = this.kindOf(separator);
    if (kind !== Token.equals && kind !== Token.colon) {
      this.#reportSeparator(open, separator);
      return undefined;
    }
    this.read();
    const value = this.parseExpression();
    if (this.hasFailedSince(mark)) return undefined;
    const keyName = bareKeyName(key);
    const { file, start } = key;
    const keyNode: Expression = keyName !== undefined && key.kind === 'literal' ? nameAsTraversal(key, keyName) : key;
    return { file, start, end: value.end, keyName, key: keyNode, value };
  }

  #reportSeparator(open: TokenIndex, found: TokenIndex) {
    const kind = this.kindOf(found);
    if (kind === Token.endOfFile) return this.#reportUnclosedObject(open);
    if (kind === Token.newline || kind === Token.comma) {
      const detail = 'Expected an attribute value, introduced by an equals sign ("=").';
      return this.errorUnlessRecovering(found, 'Missing attribute value', detail, open);
    }
    const hint =
      kind === Token.identifier
        ? ' If you intended to given an attribute name containing periods or spaces, write the name in quotes to create a string literal.'
        : '';
    const detail = `Expected an equals sign ("=") to mark the beginning of the attribute value.${hint}`;
    this.errorUnlessRecovering(found, 'Missing key/value separator', detail, open);
  }

  #reportItemEnd(open: TokenIndex) {
    const found = this.peek();
    if (this.kindOf(found) === Token.endOfFile) return this.#reportUnclosedObject(open);
    const detail = 'Expected a newline or comma to mark the beginning of the next attribute.';
    this.errorUnlessRecovering(found, 'Missing attribute separator', detail, open);
  }

  #reportUnclosedObject(open: TokenIndex): void {
    const detail =
      'There is no corresponding closing brace before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.';
    this.errorUnlessRecovering(open, 'Unterminated object constructor expression', detail);
  }

  // ---- For -------------------------------------------------------------------------------------------------------

  /** For = "for" Names "in" Expression ":" (Expression "=>")? Expression "..."? ("if" Expression)? */
  #parseFor(open: TokenIndex): Expression {
    const closing = oppositeOf(this.kindOf(open));
    const result = this.#parseForBody(open, closing);
    if (result !== undefined) return result;
    return this.invalid(open, this.recoverBehind(closing));
  }

  #reportFor(open: TokenIndex, detail: string): undefined {
    this.errorUnlessRecovering(this.peek(), "Invalid 'for' expression", detail, open);
    return undefined;
  }

  #parseForBody(open: TokenIndex, closing: number): ForExpression | undefined {
    this.read();
    const names = this.#parseForNames(open);
    if (names === undefined) return undefined;
    const mark = this.diagnostics.length;
    const collection = this.parseExpression();
    if (this.hasFailedSince(mark)) return undefined;
    if (this.accept(Token.colon) === undefined) {
      return this.#reportFor(open, 'For expression requires a colon after the collection expression.');
    }
    let resultKey: Expression | undefined;
    let result = this.parseExpression();
    if (this.accept(Token.fatArrow) !== undefined) {
      resultKey = result;
      result = this.parseExpression();
    }
    if (this.hasFailedSince(mark)) return undefined;
    const ellipsis = this.accept(Token.ellipsis);
    const condition = this.#parseForCondition();
    if (this.hasFailedSince(mark)) return undefined;
    const close = this.#closeFor(open, closing);
    const brackets = closing === Token.closeBrace ? 'object' : 'tuple';
    const node: ForExpression = {
      kind: 'for',
      ...this.rangeOf(open, close),
      brackets,
      ...names,
      collection,
      resultKey,
      result,
      grouping: ellipsis !== undefined,
      condition,
    };
    this.#checkForResult(node, ellipsis);
    return node;
  }

  /** Names = identifier ("," identifier)? "in" */
  #parseForNames(open: TokenIndex): { key: Name | undefined; value: Name } | undefined {
    const first = this.accept(Token.identifier);
    if (first === undefined) return this.#reportFor(open, "For expression requires variable name after 'for'.");
    let second: TokenIndex | undefined;
    if (this.accept(Token.comma) !== undefined) {
      second = this.accept(Token.identifier);
      if (second === undefined) {
        return this.#reportFor(open, 'For expression requires value variable name after comma.');
      }
    }
    if (!this.isWord(this.peek(), 'in')) {
      return this.#reportFor(open, "For expression requires the 'in' keyword after its name declarations.");
    }
    this.read();
    if (second === undefined) return { key: undefined, value: this.nameOf(first) };
    return { key: this.nameOf(first), value: this.nameOf(second) };
  }

  #parseForCondition(): Expression | undefined {
    if (!this.isWord(this.peek(), 'if')) return undefined;
    this.read();
    return this.parseExpression();
  }

  #closeFor(open: TokenIndex, closing: number): TokenIndex {
    const close = this.accept(closing);
    if (close !== undefined) return close;
    this.#reportFor(open, "Extra characters after the end of the 'for' expression.");
    return this.recoverBehind(closing);
  }

  #checkForResult(node: ForExpression, ellipsis: TokenIndex | undefined): void {
    const summary = "Invalid 'for' expression";
    const report = (subject: Range, detail: string) => {
      this.diagnostics.push({ severity: 'error', summary, detail, subject, context: node });
    };
    if (node.brackets === 'object') {
      if (node.resultKey === undefined) report(node.result, 'Key expression is required when building an object.');
      return;
    }
    if (node.resultKey !== undefined) {
      report(node.resultKey, 'Key expression is not valid when building a tuple.');
    }
    if (ellipsis !== undefined) {
      report(this.rangeOf(ellipsis), 'Grouping ellipsis (...) cannot be used when building a tuple.');
    }
  }

  nameOf(token: TokenIndex): Name {
    return { file: this.file, start: this.startOf(token), end: this.endOf(token), name: this.textOf(token) };
  }

  // ---- Steps -----------------------------------------------------------------------------------------------------

  /** Step = "." identifier | "." number | ".*" ("." identifier | "." number)* | "[" Expression "]" | "[*]" Step* */
  #parseSteps(): Steps {
    const steps: SplatStep[] = [];
    let failed = false;
    for (;;) {
      const kind = this.peekKind();
      if (kind === Token.dot) {
        failed = !this.#parseDotStep(steps) || failed;
      } else if (kind === Token.openBracket) {
        failed = !this.#parseBracketStep(steps) || failed;
      } else {
        return { steps, failed };
      }
    }
  }

  #parseDotStep(steps: SplatStep[]): boolean {
    const dot = this.read();
    switch (this.peekKind()) {
      case Token.identifier:
        steps.push(this.#attributeStep(dot));
        return true;
      case Token.number:
        return this.#parseLegacyIndex(dot, steps, LEGACY_INDEX_HINT);
      case Token.star:
        return this.#parseAttributeSplat(dot, steps);
      default:
        this.error(this.peek(), 'Invalid attribute name', 'An attribute name is required after a dot.');
        this.recovering = true;
        return false;
    }
  }

  #attributeStep(dot: TokenIndex): TraversalStep {
    const name = this.read();
    const { file } = this;
    return { kind: 'attribute', file, start: this.startOf(dot), end: this.endOf(name), name: this.textOf(name) };
  }

  /** `.0`, what Terraform 0.11 had for `[0]`. Two of them look like a number with a fraction and are refused. */
  #parseLegacyIndex(dot: TokenIndex, steps: SplatStep[], hint: string, subject?: TokenIndex): boolean {
    const token = this.read();
    const text = this.textOf(token);
    const point = text.indexOf('.');
    if (point !== -1) {
      const indexes = `[${text.slice(0, point)}][${text.slice(point + 1)}]`;
      const detail = `When using the legacy index syntax, chaining two indexes together is not permitted. ${hint}, like ${indexes}.`;
      this.error(subject ?? token, 'Invalid legacy index syntax', detail);
      return false;
    }
    steps.push({ kind: 'index', ...this.rangeOf(dot, token), key: Number(text), legacy: true });
    return true;
  }

  /** What follows ".*": attributes and legacy indexes of each element. Whatever comes behind applies to the result. */
  #parseAttributeSplat(dot: TokenIndex, steps: SplatStep[]): boolean {
    const star = this.read();
    const each: SplatStep[] = [];
    while (this.peekKind() === Token.dot) {
      const stepDot = this.read();
      const kind = this.peekKind();
      if (kind === Token.identifier) {
        each.push(this.#attributeStep(stepDot));
      } else if (kind === Token.number) {
        if (!this.#parseLegacyIndex(stepDot, each, LEGACY_SPLAT_INDEX_HINT, star)) return false;
      } else {
        this.#reportSplatStep(star);
        return false;
      }
    }
    const marker = this.rangeOf(dot, star);
    const end = this.endOf(this.previous());
    steps.push({ kind: 'nested-splat', file: this.file, start: marker.start, end, full: false, each, marker });
    return true;
  }

  #reportSplatStep(star: TokenIndex): void {
    const found = this.peek();
    if (this.kindOf(found) === Token.star) {
      const detail = 'A splat expression (*) cannot be used inside another attribute-only splat expression.';
      this.errorUnlessRecovering(found, 'Nested splat expression not allowed', detail);
    } else {
      const detail = 'An attribute name is required after a dot.';
      this.errorUnlessRecovering(star, 'Invalid attribute name', detail);
    }
    this.recovering = true;
  }

  #parseBracketStep(steps: SplatStep[]): boolean {
    const open = this.read();
    if (this.peekKind() === Token.star) return this.#parseFullSplat(open, steps);
    const newlines = this.seeNewlines(false);
    const mark = this.diagnostics.length;
    const index = this.parseExpression();
    let close: TokenIndex;
    if (this.hasFailedSince(mark)) {
      close = this.recoverBehind(Token.closeBracket);
    } else {
      close = this.#closeBracket(
        'Missing close bracket on index',
        'The index operator must end with a closing bracket ("]").',
      );
    }
    this.seeNewlines(newlines);
    steps.push(indexStep(this.rangeOf(open, close), index));
    return true;
  }

  /** Reads "]". Reports the place where one was found after all, as Terraform does. */
  #closeBracket(summary: string, detail: string): TokenIndex {
    const close = this.read();
    if (this.kindOf(close) === Token.closeBracket || this.recovering) return close;
    const found = this.recoverBehind(Token.closeBracket);
    this.error(found, summary, detail);
    return found;
  }

  /** `[*]` takes every step behind it to each element. */
  #parseFullSplat(open: TokenIndex, steps: SplatStep[]): boolean {
    this.read();
    const close = this.#closeBracket(
      'Missing close bracket on splat index',
      'The star for a full splat operator must be immediately followed by a closing bracket ("]").',
    );
    const marker = this.rangeOf(open, close);
    const rest = this.nested(
      () => this.#parseSteps(),
      () => ({ steps: [], failed: true }),
    );
    const end = rest.steps.length > 0 ? this.endOf(this.previous()) : marker.end;
    const { file } = this;
    steps.push({ kind: 'nested-splat', file, start: marker.start, end, full: true, each: rest.steps, marker });
    return !rest.failed;
  }
}

const LEGACY_INDEX_HINT = 'Use the proper index syntax instead';
const LEGACY_SPLAT_INDEX_HINT = 'Use the proper index syntax with a full splat expression [*] instead';

/** A step for `[key]`: constant if the key is a string or a plain whole number, else to be evaluated. */
function indexStep(range: Range, index: Expression): SplatStep {
  const key = constantKey(index);
  if (key === undefined) return { kind: 'dynamic-index', ...range, index };
  return { kind: 'index', ...range, key, legacy: false };
}

function constantKey(index: Expression): string | number | undefined {
  if (index.kind === 'literal' && index.literal.type === 'number') {
    return /^\d{1,15}$/.test(index.literal.text) ? Number(index.literal.text) : undefined;
  }
  if (index.kind !== 'template') return undefined;
  const [part, ...others] = index.parts;
  if (part === undefined) return '';
  return part.kind === 'text' && others.length === 0 ? part.value : undefined;
}

/** The name that an object key without parentheses is; `true`, `false` and `null` are names there, too. */
function bareKeyName(key: Expression): string | undefined {
  if (key.kind === 'traversal') return key.steps.length === 0 ? key.root.name : undefined;
  if (key.kind !== 'literal') return undefined;
  const { literal } = key;
  if (literal.type === 'null') return 'null';
  return literal.type === 'bool' ? String(literal.value) : undefined;
}

function nameAsTraversal({ file, start, end }: Range, name: string): TraversalExpression {
  return { kind: 'traversal', file, start, end, root: { file, start, end, name }, steps: NO_STEPS };
}

function isConstant(step: SplatStep): step is TraversalStep {
  return step.kind === 'attribute' || step.kind === 'index';
}

/** Puts steps on a term, constant ones in a row as one traversal. */
function applySteps(term: Expression, steps: readonly SplatStep[]): Expression {
  if (steps.every(isConstant)) return traverse(term, steps);
  let result = term;
  let constants: TraversalStep[] = [];
  const flush = () => {
    if (constants.length > 0) result = traverse(result, constants);
    constants = [];
  };
  for (const step of steps) {
    if (isConstant(step)) {
      constants.push(step);
    } else {
      flush();
      result = applyStep(result, step);
    }
  }
  flush();
  return result;
}

function traverse(source: Expression, steps: readonly TraversalStep[]): Expression {
  const { file, start } = source;
  const end = steps[steps.length - 1]?.end ?? source.end;
  const own = trimmed(steps);
  if (source.kind === 'traversal') return { kind: 'traversal', file, start, end, root: source.root, steps: own };
  return { kind: 'relative-traversal', file, start, end, source, steps: own };
}

function applyStep(source: Expression, step: Exclude<SplatStep, TraversalStep>): Expression {
  const { file, start } = source;
  const { end } = step;
  if (step.kind === 'nested-splat') {
    return { kind: 'splat', file, start, end, source, full: step.full, each: step.each, marker: step.marker };
  }
  const openBracket = { file, start: step.start, end: step.start + 1 };
  return { kind: 'index', file, start, end, collection: source, index: step.index, openBracket };
}

/**
 * JSON text to a tree with places. Stricter words and laxer reading than `JSON.parse`: a mistake is reported where it is
 * and what stands around it is still read. Knows nothing of what the values mean.
 */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { suggestion } from '../diag/did-you-mean.ts';
import type { Range, SourceFile } from '../diag/source.ts';
import type { JsonMember, JsonNode } from './ast.ts';
import { decodeJsonString } from './json-string.ts';

type Kind = '{' | '}' | '[' | ']' | ',' | ':' | '=' | 'string' | 'number' | 'word' | 'end' | 'invalid';

interface JsonToken extends Range {
  readonly kind: Kind;
}

const MAXIMUM_NESTING = 400;
const VALUE_STARTS = 'A JSON value must start with a brace, a bracket, a number, a string, or a keyword.';
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** Parses a whole file. Without a usable value there is a null marked `invalid`. */
export function parseJson(file: SourceFile): { value: JsonNode; diagnostics: readonly Diagnostic[] } {
  const parser = new JsonParser(file);
  const value = parser.parseFile();
  return { value, diagnostics: parser.diagnostics };
}

// ---- Tokens ----------------------------------------------------------------------------------------------------------

const TOKEN = /([{}[\],:=])|([-+.0-9][-+.eE0-9]*)|([A-Za-z][A-Za-z_]*)/y;
const BLANKS = /[ \t\r\n]*/y;

/** The end follows the first character that begins no token: nothing behind it would be read. */
function readTokens(file: SourceFile): JsonToken[] {
  const { text } = file;
  const tokens: JsonToken[] = [];
  let at = blanksEnd(text, text.charCodeAt(0) === 0xfeff ? 1 : 0);
  for (;;) {
    const token = readToken(file, at);
    if (token === undefined) break;
    tokens.push(token);
    at = blanksEnd(text, token.end);
  }
  if (at < text.length) tokens.push({ kind: 'invalid', file, start: at, end: at + 1 });
  const end = Math.min(at + 1, text.length);
  tokens.push({ kind: 'end', file, start: end, end });
  return tokens;
}

function blanksEnd(text: string, at: number): number {
  BLANKS.lastIndex = at;
  BLANKS.test(text);
  return BLANKS.lastIndex;
}

function readToken(file: SourceFile, start: number): JsonToken | undefined {
  const { text } = file;
  if (text[start] === '"') return { kind: 'string', file, start, end: stringEnd(text, start) };
  TOKEN.lastIndex = start;
  const match = TOKEN.exec(text);
  if (match === null) return undefined;
  const end = TOKEN.lastIndex;
  if (match[1] !== undefined) return { kind: match[1] as Kind, file, start, end };
  return { kind: match[2] === undefined ? 'word' : 'number', file, start, end };
}

/** A string ends behind its closing quote, or before a control character: none is allowed in it. */
function stringEnd(text: string, start: number): number {
  let isEscaped = false;
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 32) return at;
    if (code === 34 && !isEscaped) return at + 1;
    isEscaped = code === 92 && !isEscaped;
  }
  return text.length;
}

// ---- Values ----------------------------------------------------------------------------------------------------------

class JsonParser {
  readonly diagnostics: Diagnostic[] = [];
  readonly #file: SourceFile;
  readonly #tokens: readonly JsonToken[];
  readonly #end: JsonToken;
  #next = 0;
  #nesting = 0;
  /** Set when nothing more is to be said about this file. */
  #isSilent = false;

  constructor(file: SourceFile) {
    this.#file = file;
    this.#tokens = readTokens(file);
    this.#end = { kind: 'end', file, start: file.text.length, end: file.text.length };
  }

  /** File = Value end */
  parseFile(): JsonNode {
    const value = this.#parseValue();
    const rest = this.#peek();
    if (this.diagnostics.length === 0 && rest.kind !== 'end') {
      this.#error(rest, 'Extraneous data after value', 'Extra characters appear after the JSON value.');
    }
    return value;
  }

  #peek(): JsonToken {
    return this.#tokens[this.#next] ?? this.#tokens[this.#tokens.length - 1] ?? this.#end;
  }

  #read(): JsonToken {
    const token = this.#peek();
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  #error(at: Range, summary: string, detail: string): undefined {
    if (!this.#isSilent) {
      const { file, start, end } = at;
      this.diagnostics.push(errorAt({ file, start, end }, summary, detail));
    }
    return undefined;
  }

  /** Value = Object | Array | string | number | "true" | "false" | "null" */
  #parseValue(): JsonNode {
    const token = this.#peek();
    const { file, start, end } = token;
    return this.#parseKind(token) ?? { kind: 'null', file, start, end, invalid: true };
  }

  #parseKind(token: JsonToken): JsonNode | undefined {
    switch (token.kind) {
      case '{':
      case '[':
        return this.#parseNested(token);
      case 'string':
        return this.#parseString();
      case 'number':
        return this.#parseNumber();
      case 'word':
        return this.#parseWord();
      case '}':
        return this.#error(token, 'Missing JSON value', VALUE_STARTS);
      case ']':
        return this.#error(token, 'Missing array element value', VALUE_STARTS);
      case 'end':
        return this.#error(token, 'Missing value', 'The JSON data ends prematurely.');
      default:
        return this.#error(token, 'Invalid start of value', VALUE_STARTS);
    }
  }

  #parseNested(open: JsonToken): JsonNode | undefined {
    if (this.#nesting === MAXIMUM_NESTING) {
      this.#error(open, 'Nesting too deep', `JSON values can be nested at most ${MAXIMUM_NESTING} levels deep.`);
      this.#isSilent = true;
      this.#next = this.#tokens.length - 1;
      return undefined;
    }
    this.#nesting++;
    const value = open.kind === '{' ? this.#parseObject() : this.#parseArray();
    this.#nesting--;
    return value;
  }

  #parseNumber(): JsonNode | undefined {
    const { file, start, end } = this.#read();
    const text = file.text.slice(start, end);
    if (NUMBER.test(text)) return { kind: 'number', file, start, end, text };
    return this.#error(
      { file, start, end },
      'Invalid JSON number',
      'There is a syntax error in the given JSON number.',
    );
  }

  #parseString(): (JsonNode & { kind: 'string' }) | undefined {
    const { file, start, end } = this.#read();
    const decoded = decodeJsonString(file.text.slice(start, end));
    if (decoded.errorAt === undefined) return { kind: 'string', file, start, end, value: decoded.value };
    const at = Math.min(start + decoded.errorAt, file.text.length);
    const subject = { file, start: at, end: Math.min(at + 1, file.text.length) };
    return this.#error(subject, 'Invalid JSON string', 'There is a syntax error in the given JSON string.');
  }

  #parseWord(): JsonNode | undefined {
    const { file, start, end } = this.#read();
    const word = file.text.slice(start, end);
    switch (word) {
      case 'true':
      case 'false':
        return { kind: 'bool', file, start, end, value: word === 'true' };
      case 'null':
        return { kind: 'null', file, start, end };
      default: {
        const isJavaScript = word === 'undefined' || word === 'NaN' || word === 'Infinity';
        const detail = isJavaScript
          ? `The JavaScript identifier "${word}" cannot be used in JSON.`
          : `"${word}" is not a valid JSON keyword.${suggestion(word, ['true', 'false', 'null'])}`;
        return this.#error({ file, start, end }, 'Invalid JSON keyword', detail);
      }
    }
  }

  // ---- Objects ---------------------------------------------------------------------------------------------------

  /** Object = "{" (Member ("," Member)*)? "}" */
  #parseObject(): JsonNode | undefined {
    const open = this.#read();
    const members: JsonMember[] = [];
    while (this.#peek().kind !== '}') {
      const member = this.#parseMember();
      if (member === undefined) return undefined;
      members.push(member);
      const next = this.#peek();
      if (next.kind === '}') break;
      if (!this.#continuesObject(open, next)) return undefined;
    }
    const close = this.#read();
    return { kind: 'object', file: this.#file, start: open.start, end: close.end, members };
  }

  /** Member = string ":" Value */
  #parseMember(): JsonMember | undefined {
    const name = this.#parseValue();
    if (name.kind !== 'string') {
      const { file, start, end } = startOf(name);
      const detail = 'A JSON object property name must be a string';
      return this.#error({ file, start, end }, 'Invalid object property name', detail);
    }
    const colon = this.#read();
    if (colon.kind !== ':') {
      this.#recover(colon, '{', '}');
      return this.#reportColon(colon);
    }
    const value = this.#parseValue();
    const { file, start, end } = name;
    return { file, start, end: value.end, name: name.value, nameRange: { file, start, end }, value };
  }

  #reportColon(found: JsonToken): undefined {
    if (found.kind === '}' || found.kind === ',') {
      const detail = 'A JSON object attribute must have a value, introduced by a colon.';
      return this.#error(found, 'Missing object value', detail);
    }
    const detail =
      found.kind === '='
        ? 'JSON uses a colon as its name/value delimiter, not an equals sign.'
        : "A colon must appear between an object property's name and its value.";
    return this.#error(found, 'Missing property value colon', detail);
  }

  /** Reads the comma behind a member, or reports what stands there. */
  #continuesObject(open: JsonToken, next: JsonToken): boolean {
    switch (next.kind) {
      case ',':
        this.#read();
        if (this.#peek().kind !== '}') return true;
        this.#read();
        this.#error(
          next,
          'Trailing comma in object',
          'JSON does not permit a trailing comma after the final property in an object.',
        );
        return false;
      case 'end':
        this.#error(open, 'Unclosed object', 'No closing brace was found for this JSON object.');
        return false;
      case ']':
        this.#read();
        this.#error(this.#peek(), 'Mismatched braces', 'A JSON object must be closed with a brace, not a bracket.');
        return false;
      default: {
        this.#recover(this.#read(), '{', '}');
        const detail = 'A comma must appear between each property definition in an object.';
        this.#error(this.#peek(), 'Missing attribute seperator comma', detail);
        return false;
      }
    }
  }

  // ---- Arrays ----------------------------------------------------------------------------------------------------

  /** Array = "[" (Value ("," Value)*)? "]" */
  #parseArray(): JsonNode | undefined {
    const open = this.#read();
    const items: JsonNode[] = [];
    while (this.#peek().kind !== ']') {
      items.push(this.#parseValue());
      const next = this.#peek();
      if (next.kind === ']') break;
      if (!this.#continuesArray(open, next)) return undefined;
    }
    const close = this.#read();
    return { kind: 'array', file: this.#file, start: open.start, end: close.end, items };
  }

  /** Reads the comma behind an item, or reports what stands there. */
  #continuesArray(open: JsonToken, next: JsonToken): boolean {
    this.#read();
    if (next.kind === ',') {
      if (this.#peek().kind !== ']') return true;
      this.#read();
      const detail = 'JSON does not permit a trailing comma after the final value in an array.';
      this.#error(next, 'Trailing comma in array', detail);
      return false;
    }
    this.#recover(next, '[', ']');
    switch (next.kind) {
      case ':':
        this.#error(this.#peek(), 'Invalid array value', 'A colon is not used to introduce values in a JSON array.');
        return false;
      case 'end':
        this.#error(open, 'Unclosed object', 'No closing bracket was found for this JSON array.');
        return false;
      case '}':
        this.#error(this.#peek(), 'Mismatched brackets', 'A JSON array must be closed with a bracket, not a brace.');
        return false;
      default: {
        const detail = 'A comma must appear between each value in an array.';
        this.#error(this.#peek(), 'Missing attribute seperator comma', detail);
        return false;
      }
    }
  }

  /** Reads up to what seems to be the end of the object or array that `token` is in. */
  #recover(token: JsonToken, opening: Kind, closing: Kind): void {
    let nesting = 1;
    for (let at = token; at.kind !== 'end'; at = this.#read()) {
      if (at.kind === opening) nesting++;
      if (at.kind === closing) nesting--;
      if (at.kind === closing && nesting <= 1) return;
    }
  }
}

/** What is underlined of a value: of objects and arrays only the opening bracket. */
export function startOf(node: JsonNode): Range {
  const { file, start, end } = node;
  return { file, start, end: node.kind === 'object' || node.kind === 'array' ? start + 1 : end };
}

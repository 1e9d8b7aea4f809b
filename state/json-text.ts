/**
 * JSON texts as state files need them: read with every digit of every number, written the way Go's encoder indents
 * and escapes, so that a file that nothing changed keeps its bytes. Knows nothing of what a text means.
 */
import { ExactNumber, type Json, type JsonObject } from '../core/value/json.ts';
import { compareUtf8 } from '../core/value/type.ts';

export type ParsedJson = { readonly json: Json } | { readonly error: string; readonly offset: number };

/** A number that a JavaScript number might not hold; also found in strings, which then only costs time. */
const SUSPICIOUS_NUMBER = /(?:^|[:[,])\s*-?(?:\d{16}|\d+[.eE]|0\s*(?:$|[,\]}]))/;

/** `offset` counts UTF-16 units and points at what could not be read. */
export function parseJson(text: string): ParsedJson {
  if (!SUSPICIOUS_NUMBER.test(text)) {
    try {
      return { json: JSON.parse(text) as Json };
    } catch {
      // The slow reader below says where the mistake is.
    }
  }
  try {
    return { json: new Reader(text).document() };
  } catch (error) {
    if (error instanceof Mistake) return { error: error.message, offset: error.offset };
    throw error;
  }
}

class Mistake extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const STRING_TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"/sy;
const NUMBER_TOKEN = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;
const WORDS: readonly (readonly [string, Json])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];
const DEEPEST = 2000;

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Json {
    const json = this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#fail('there is more text after the end of the JSON value');
    return json;
  }

  #value(): Json {
    this.#space();
    const first = this.#text[this.#at];
    if (first === '{') return this.#nested(() => this.#object());
    if (first === '[') return this.#nested(() => this.#array());
    if (first === '"') return this.#string();
    const word = WORDS.find(([name]) => this.#text.startsWith(name, this.#at));
    if (word === undefined) return this.#number();
    this.#at += word[0].length;
    return word[1];
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > DEEPEST) this.#fail(`values are nested more than ${DEEPEST} deep`);
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): JsonObject {
    const entries: [string, Json][] = [];
    this.#at++;
    if (!this.#accept('}')) {
      do {
        this.#space();
        if (this.#text[this.#at] !== '"') this.#fail('expected a name in double quotes');
        const name = this.#string();
        if (!this.#accept(':')) this.#fail('expected a colon after the name');
        entries.push([name, this.#value()]);
      } while (this.#accept(','));
      if (!this.#accept('}')) this.#fail('expected a comma or a closing brace');
    }
    return Object.fromEntries(entries);
  }

  #array(): Json[] {
    const elements: Json[] = [];
    this.#at++;
    if (this.#accept(']')) return elements;
    do elements.push(this.#value());
    while (this.#accept(','));
    if (!this.#accept(']')) this.#fail('expected a comma or a closing bracket');
    return elements;
  }

  #string(): string {
    const token = this.#match(STRING_TOKEN);
    if (token === undefined) this.#fail('this string does not end');
    try {
      return JSON.parse(token) as string;
    } catch {
      this.#at -= token.length;
      this.#fail('this string holds a character or an escape that JSON forbids');
    }
  }

  #number(): Json {
    const token = this.#match(NUMBER_TOKEN);
    if (token === undefined) this.#fail(this.#at < this.#text.length ? 'expected a value' : 'the text ends too early');
    const number = Number(token);
    return String(number) === token ? number : new ExactNumber(token);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #space(): void {
    this.#match(SPACE);
  }

  #accept(character: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #fail(message: string): never {
    throw new Mistake(message, this.#at);
  }
}

/** A JSON object whose names keep the order given here; `undefined` leaves a name out. */
export type Ordered = readonly (readonly [name: string, text: string | undefined])[];

/** What Go writes for an indented object: each value is a text made at one level deeper than `indent`. */
export function orderedText(entries: Ordered, indent: string): string {
  const inner = `${indent}  `;
  const lines = entries.flatMap(([name, text]) => (text === undefined ? [] : [`${inner}${stringText(name)}: ${text}`]));
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
}

/** Elements are texts made at one level deeper than `indent`. */
export function arrayText(elements: readonly string[], indent: string): string {
  if (elements.length === 0) return '[]';
  return `[\n${elements.map((element) => `${indent}  ${element}`).join(',\n')}\n${indent}]`;
}

/**
 * Names keep their order, which in what Terraform wrote is that of their UTF-8 bytes (`value` before `type` where the
 * schema says "dynamic" aside). Names that look like indexes lose it in JavaScript, so their object is sorted again.
 */
export function jsonText(json: Json, indent: string): string {
  if (json === null) return 'null';
  if (typeof json === 'string') return stringText(json);
  if (typeof json === 'number') return numberText(json);
  if (typeof json === 'boolean') return String(json);
  if (json instanceof ExactNumber) return json.text;
  const inner = `${indent}  `;
  if (Array.isArray(json))
    return arrayText(
      (json as readonly Json[]).map((element) => jsonText(element, inner)),
      indent,
    );
  const object = json as JsonObject;
  const names = Object.keys(object);
  if (names.some((name) => /^\d+$/.test(name))) names.sort(compareUtf8);
  return orderedText(
    names.map((name) => [name, jsonText(object[name] ?? null, inner)]),
    indent,
  );
}

/** Plain digits where JavaScript would write an exponent. */
function numberText(number: number): string {
  const text = String(number);
  return text.includes('e') && Number.isInteger(number) ? BigInt(number).toString() : text;
}

const ESCAPED = /["\\<>&\u2028\u2029\p{Cc}\p{Cs}]/gu;

/** A string as Go's encoder writes it: `<`, `>` and `&` are escaped too, half a surrogate pair becomes U+FFFD. */
export function stringText(text: string): string {
  return `"${text.replace(ESCAPED, escapeOf)}"`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function escapeOf(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.charCodeAt(0);
  if (code >= 0x7f && code <= 0x9f) return character;
  return code >= 0xd800 && code <= 0xdfff ? '\\ufffd' : `\\u${code.toString(16).padStart(4, '0')}`;
}

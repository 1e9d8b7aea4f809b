/**
 * JSON text to a value whose types follow from the text: arrays are tuples, objects objects. Complaints use the words of
 * Go's decoder, which reads bytes: a character beyond ASCII is named by its first one.
 */
import { parseNum } from '../../value/number.ts';
import { NULL, type Value, boolValue, numberValue, objectValue, stringValue, tupleValue } from '../../value/value.ts';

type Read = { readonly value: Value } | { readonly problem: string };

export function readJson(text: string): Read {
  const reader = new JsonReader(text);
  const value = reader.whole();
  return reader.problem === undefined ? { value } : { problem: reader.problem };
}

const MOST_LEVELS = 1000;
const VALUE = ' looking for beginning of value';

/** After a problem everything returns at once; what it returns then is of no use. */
class JsonReader {
  readonly #text: string;
  #at = 0;
  #level = 0;
  problem: string | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Value {
    const value = this.#value('EOF');
    this.#skipSpace();
    // A stray closing bracket at the end is overlooked, as in Terraform.
    const next = this.#text[this.#at];
    if (next !== undefined && next !== '}' && next !== ']') this.#fail('extraneous data after JSON object');
    return value;
  }

  #fail(problem: string): Value {
    this.problem ??= problem;
    return NULL;
  }

  /** The character here does not belong; at the end of the text that is the problem. */
  #unexpected(context: string, atEnd = 'EOF'): Value {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) return this.#fail(atEnd);
    const byte = Buffer.from(String.fromCodePoint(code))[0] ?? 0;
    return this.#fail(`invalid character ${quoteByte(byte)}${context}`);
  }

  #skipSpace(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) this.#at++;
  }

  #value(atEnd: string): Value {
    this.#skipSpace();
    const first = this.#text[this.#at];
    if (first === '{' || first === '[') return this.#nested(first);
    if (first === '"') return stringValue(this.#string());
    if (first === 't') return this.#word('true', boolValue(true));
    if (first === 'f') return this.#word('false', boolValue(false));
    if (first === 'n') return this.#word('null', NULL);
    if (first === '-' || (first !== undefined && first >= '0' && first <= '9')) return this.#number();
    return this.#unexpected(VALUE, atEnd);
  }

  #nested(bracket: '{' | '['): Value {
    if (++this.#level > MOST_LEVELS) return this.#fail('exceeded max depth');
    this.#at++;
    const value = bracket === '{' ? this.#object() : this.#array();
    this.#level--;
    return value;
  }

  #object(): Value {
    const attributes = new Map<string, Value>();
    for (let first = true; this.problem === undefined; first = false) {
      this.#skipSpace();
      if (first && this.#take('}')) return objectValue([]);
      if (this.#text[this.#at] !== '"') {
        return this.#unexpected(first ? '' : ' looking for beginning of object key string');
      }
      const name = this.#string().normalize('NFC');
      this.#skipSpace();
      if (this.problem === undefined && !this.#take(':')) return this.#unexpected(' after object key');
      attributes.set(name, this.#value('EOF'));
      this.#skipSpace();
      if (this.#take('}')) return objectValue(attributes);
      if (!this.#take(',')) return this.#unexpected(' after object key:value pair');
    }
    return NULL;
  }

  #array(): Value {
    const elements: Value[] = [];
    for (let first = true; this.problem === undefined; first = false) {
      this.#skipSpace();
      if (first && this.#take(']')) return tupleValue([]);
      elements.push(this.#value('EOF'));
      this.#skipSpace();
      if (this.#take(']')) return tupleValue(elements);
      if (!this.#take(',')) return this.#unexpected(' after array element');
    }
    return NULL;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #word(word: string, value: Value): Value {
    for (const letter of word) {
      if (!this.#take(letter)) {
        return this.#unexpected(` in literal ${word} (expecting '${letter}')`, 'unexpected EOF');
      }
    }
    return value;
  }

  #number(): Value {
    const start = this.#at;
    this.#take('-');
    if (!this.#take('0') && !this.#digits()) return this.#unexpected(' in numeric literal', 'unexpected EOF');
    if (this.#take('.') && !this.#digits()) {
      return this.#unexpected(' after decimal point in numeric literal', 'unexpected EOF');
    }
    if (this.#take('e') || this.#take('E')) {
      if (!this.#take('+')) this.#take('-');
      if (!this.#digits()) return this.#unexpected(' in exponent of numeric literal', 'unexpected EOF');
    }
    const number = parseNum(this.#text.slice(start, this.#at));
    return number === undefined ? this.#fail('number out of range') : numberValue(number);
  }

  #digits(): boolean {
    const start = this.#at;
    while (/[0-9]/.test(this.#text[this.#at] ?? '')) this.#at++;
    return this.#at > start;
  }

  /** Half of a surrogate pair becomes U+FFFD. */
  #string(): string {
    let result = '';
    this.#at++;
    for (;;) {
      const end = this.#plainEnd();
      result += this.#text.slice(this.#at, end);
      this.#at = end;
      if (this.#take('"')) return result.replace(/[\ud800-\udfff]/gu, '\ufffd');
      if (this.#text[this.#at] !== '\\') {
        this.#unexpected(' in string literal', 'unexpected EOF');
        return '';
      }
      this.#at++;
      result += this.#escape();
      if (this.problem !== undefined) return '';
    }
  }

  /** Where text that stands for itself ends. */
  #plainEnd(): number {
    let end = this.#at;
    for (; end < this.#text.length; end++) {
      const code = this.#text.charCodeAt(end);
      if (code < 0x20 || code === 0x22 || code === 0x5c) break;
    }
    return end;
  }

  #escape(): string {
    const letter = this.#text[this.#at] ?? '';
    const plain = ESCAPES[letter];
    if (plain !== undefined) {
      this.#at++;
      return plain;
    }
    if (letter !== 'u') {
      this.#unexpected(' in string escape code', 'unexpected EOF');
      return '';
    }
    this.#at++;
    const start = this.#at;
    for (; this.#at < start + 4; this.#at++) {
      if (!/[0-9a-fA-F]/.test(this.#text[this.#at] ?? '')) {
        this.#unexpected(' in \\u hexadecimal character escape', 'unexpected EOF');
        return '';
      }
    }
    return String.fromCharCode(Number.parseInt(this.#text.slice(start, this.#at), 16));
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

function quoteByte(byte: number): string {
  if (byte === 0x27) return "'\\''";
  if (byte === 0x22) return "'\"'";
  const text = JSON.stringify(String.fromCharCode(byte)).slice(1, -1);
  return `'${/^\\u00/.test(text) ? `\\x${text.slice(4)}` : text}'`;
}

/**
 * The second layer of secrecy. Marks keep secret values out of renderings; this keeps out their copies, wherever a
 * program, a daemon or a file has put them. It knows the secrets of one run and nothing of what it is applied to.
 */
import { formatNum } from '../../core/value/number.ts';
import { SENSITIVE, type Value } from '../../core/value/value.ts';

const MASK = '(sensitive value)';
/** Shorter ones would be found everywhere by chance, and masking them would give them away. */
const SHORTEST = 4;
const SHORTEST_LINE = 8;
const TOO_COMMON: ReadonlySet<string> = new Set([
  'true',
  'false',
  'null',
  'none',
  'default',
  'localhost',
  'root',
  'admin',
]);

export class Redactor {
  readonly #secrets = new Set<string>();
  #pattern: RegExp | undefined;

  /** Learns every sensitive value at any depth. */
  learn(value: Value): void {
    collect(value, false, (text) => this.#add(text));
  }

  /** The text with every known secret masked. */
  text(text: string): string {
    if (this.#secrets.size === 0) return text;
    this.#pattern ??= new RegExp(
      [...this.#secrets]
        .sort((a, b) => b.length - a.length)
        .map(escaped)
        .join('|'),
      'g',
    );
    return text.replace(this.#pattern, MASK);
  }

  #add(text: string): void {
    for (const form of formsOf(text)) {
      if (form.length < SHORTEST || TOO_COMMON.has(form) || this.#secrets.has(form)) continue;
      this.#secrets.add(form);
      this.#pattern = undefined;
    }
  }
}

/** As it is, inside a JSON or HCL string, in base64, and each long line of it. */
function formsOf(text: string): string[] {
  const lines = text.includes('\n') ? text.split('\n').filter((line) => line.trim().length >= SHORTEST_LINE) : [];
  const encoded = text.length >= SHORTEST_LINE ? [Buffer.from(text).toString('base64')] : [];
  return [text, JSON.stringify(text).slice(1, -1), ...encoded, ...lines];
}

function collect(value: Value, inherited: boolean, add: (text: string) => void): void {
  const secret = inherited || (value.marks & SENSITIVE) !== 0;
  switch (value.kind) {
    case 'string':
      if (secret) add(value.value);
      return;
    case 'number':
      if (secret) add(formatNum(value.value));
      return;
    case 'list':
    case 'set':
    case 'tuple':
      for (const element of value.elements) collect(element, secret, add);
      return;
    case 'map':
      for (const entry of value.entries.values()) collect(entry, secret, add);
      return;
    case 'object':
      for (const attribute of value.attributes.values()) collect(attribute, secret, add);
      return;
    case 'bool':
    case 'null':
    case 'unknown':
      return;
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

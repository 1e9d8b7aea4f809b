/** The syntax of format strings: text and verbs such as `%-5.2[1]f`. Knows nothing of what a verb does. */

export interface Verb {
  /** As written. */
  readonly raw: string;
  /** Of its `%`, in bytes. */
  readonly offset: number;
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  /** Index of the argument it asks for, from 1; undefined for the one after the previous verb's. */
  readonly argument: number | undefined;
  readonly mode: string;
}

export interface FormatSyntaxError {
  readonly kind: 'format-syntax-error';
  readonly message: string;
}

/** Parts in order: literal text, verbs, and last of all the error that ended the reading, if any. */
export function parseFormat(format: string): (string | Verb | FormatSyntaxError)[] {
  const parts: (string | Verb | FormatSyntaxError)[] = [];
  let at = 0;
  while (at < format.length) {
    const percent = format.indexOf('%', at);
    const end = percent === -1 ? format.length : percent;
    if (end > at) parts.push(format.slice(at, end));
    if (percent === -1) break;
    if (format[percent + 1] === '%') {
      parts.push('%');
      at = percent + 2;
      continue;
    }
    const verb = readVerb(format, percent);
    parts.push(verb);
    if ('kind' in verb) break;
    at = percent + verb.raw.length;
  }
  return parts;
}

const VERB = /%([-0#+ ]*)([1-9]\d*)?(?:\.(\d*))?(?:\[([1-9]\d*)\])?([A-Za-z])/y;
/** As much of a verb as there is. */
const BEGINNING = /%[-0#+ ]*(?:[1-9]\d*)?(?:\.\d*)?(?:\[(?:[1-9]\d*\]?)?)?/y;

function readVerb(format: string, start: number): Verb | FormatSyntaxError {
  const offset = Buffer.byteLength(format.slice(0, start));
  VERB.lastIndex = start;
  const match = VERB.exec(format);
  if (match === null) return syntaxError(format, start);
  const [raw, flags = '', width, precision, argument, mode = ''] = match;
  return {
    raw,
    offset,
    flags,
    width: width === undefined ? undefined : Number(width),
    precision: precision === undefined ? undefined : Number(precision),
    argument: argument === undefined ? undefined : Number(argument),
    mode,
  };
}

function syntaxError(format: string, start: number): FormatSyntaxError {
  BEGINNING.lastIndex = start;
  const end = start + (BEGINNING.exec(format)?.[0].length ?? 1);
  const offset = Buffer.byteLength(format.slice(0, end));
  const code = format.codePointAt(end);
  if (code === undefined) {
    return { kind: 'format-syntax-error', message: `invalid format string starting at offset ${offset}` };
  }
  const character = quoteCharacter(String.fromCodePoint(code));
  return { kind: 'format-syntax-error', message: `unrecognized format character ${character} at offset ${offset}` };
}

/** In single quotes, line breaks and tabs escaped. */
function quoteCharacter(character: string): string {
  const escaped = JSON.stringify(character).slice(1, -1);
  return `'${character === '"' ? '"' : character === "'" ? "\\'" : escaped}'`;
}

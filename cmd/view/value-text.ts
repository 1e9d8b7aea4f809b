/** Values as a person reads them: as `output` and `console` show them, in an HCL that could be pasted back. */
import { formatNum } from '../../core/value/number.ts';
import { friendlyTypeName } from '../../core/value/show.ts';
import { EPHEMERAL, SENSITIVE, type Value } from '../../core/value/value.ts';

export const KNOWN_AFTER_APPLY = '(known after apply)';
export const SENSITIVE_VALUE = '(sensitive value)';
export const EPHEMERAL_VALUE = '(ephemeral value)';

/** What stands in the place of a value that must not or cannot be shown; undefined for all others. */
export function placeholder(value: Value): string | undefined {
  if ((value.marks & SENSITIVE) !== 0) return SENSITIVE_VALUE;
  if ((value.marks & EPHEMERAL) !== 0) return EPHEMERAL_VALUE;
  return value.kind === 'unknown' ? KNOWN_AFTER_APPLY : undefined;
}

/** @param indent spaces before the line on which the value begins */
export function valueText(value: Value, indent = 0): string {
  const hidden = placeholder(value);
  if (hidden !== undefined) return hidden;
  switch (value.kind) {
    case 'null':
      return nullText(value);
    case 'string':
      return multiLineText(value.value, indent) ?? goQuote(value.value);
    case 'number':
      return formatNum(value.value);
    case 'bool':
      return String(value.value);
    case 'object':
      return mappingText(value.attributes, indent);
    case 'map':
      return `tomap(${mappingText(value.entries, indent)})`;
    case 'tuple':
      return sequenceText(value.elements, indent);
    case 'list':
      return `tolist(${sequenceText(value.elements, indent)})`;
    case 'set':
      return `toset(${sequenceText(value.elements, indent)})`;
    case 'unknown':
      return KNOWN_AFTER_APPLY;
  }
}

function nullText({ type }: Extract<Value, { kind: 'null' }>): string {
  switch (type.kind) {
    case 'dynamic':
      return 'null';
    case 'string':
    case 'number':
    case 'bool':
      return `to${type.kind}(null)`;
    case 'list':
    case 'set':
    case 'map':
      return `to${type.kind}(null) /* of ${friendlyTypeName(type.element)} */`;
    case 'tuple':
    case 'object':
      return `null /* ${friendlyTypeName(type)} */`;
  }
}

function mappingText(entries: ReadonlyMap<string, Value>, indent: number): string {
  if (entries.size === 0) return '{}';
  const inner = ' '.repeat(indent + 2);
  const lines = [...entries].map(
    ([name, value]) => `${inner}${keyText(name, indent + 2)} = ${valueText(value, indent + 2)}`,
  );
  return `{\n${lines.join('\n')}\n${' '.repeat(indent)}}`;
}

function keyText(name: string, indent: number): string {
  return multiLineText(name, indent) ?? goQuote(name);
}

function sequenceText(elements: readonly Value[], indent: number): string {
  if (elements.length === 0) return '[]';
  const inner = ' '.repeat(indent + 2);
  const lines = elements.map((element) => `${inner}${valueText(element, indent + 2)},`);
  return `[\n${lines.join('\n')}\n${' '.repeat(indent)}]`;
}

/** A heredoc for text of several lines; undefined for one line. */
function multiLineText(text: string, indent: number): string | undefined {
  const lines = text.split('\n');
  if (lines.length < 2) return undefined;
  const space = ' '.repeat(indent);
  const delimiter = heredocDelimiter(lines);
  const body = lines.map((line) => `${space}${line}`).join('\n');
  return `${indent > 0 ? '<<-' : '<<'}${delimiter}\n${body}\n${space}${delimiter}`;
}

export function heredocDelimiter(lines: readonly string[]): string {
  let delimiter = 'EOT';
  while (lines.some((line) => line.trim() === delimiter)) delimiter += '_';
  return delimiter;
}

const QUOTED = /["\\]|[^\P{C}]|(?! )\p{Z}/gu;
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** A string in double quotes as Go prints it: what cannot be seen is escaped. */
export function goQuote(text: string): string {
  return `"${text.replace(QUOTED, goEscape)}"`;
}

function goEscape(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

/** Sets: their order and what counts as the same element. */
import { equalKnown } from './equal.ts';
import { marksIn, unmarkDeep } from './marks.ts';
import { compareNum, decimalDigits, isInfiniteNum, type Num, signNum } from './number.ts';
import { compareUtf8, type Type } from './type.ts';
import { type Marks, NO_MARKS, type SetValue, type Value } from './value.ts';

/**
 * A set of these elements, all of the type `element` already: sorted, equal ones once, marks of elements moved to the
 * set. An element that is unknown in some part equals no other.
 */
export function setValue(element: Type, elements: readonly Value[], marks: Marks = NO_MARKS): SetValue {
  let all = marks;
  for (const value of elements) all |= marksIn(value);
  const plain = all === marks ? [...elements] : elements.map((value) => unmarkDeep(value));
  plain.sort(compareElements);
  const unique: Value[] = [];
  for (const value of plain) {
    const last = unique.at(-1);
    if (last === undefined || !isAmong(unique, value)) unique.push(value);
  }
  return { kind: 'set', element, elements: unique, marks: all };
}

/** True when the set certainly has this element; unknown parts equal nothing. */
export function setHas(set: SetValue, value: Value): boolean {
  return set.elements.some((element) => equalKnown(element, value));
}

/** Looks back through those that sort like the value: two elements with one key may still differ. */
function isAmong(sorted: readonly Value[], value: Value): boolean {
  for (let index = sorted.length - 1; index >= 0; index--) {
    const candidate = sorted[index];
    if (candidate === undefined || compareElements(candidate, value) !== 0) return false;
    if (equalKnown(candidate, value)) return true;
  }
  return false;
}

/** Terraform's order: numbers by size, strings by UTF-8 bytes, false before true, nulls late, unknowns last. */
export function compareElements(a: Value, b: Value): number {
  const order = rank(a) - rank(b);
  if (order !== 0 || rank(a) !== 0) return order;
  if (a.kind === 'string' && b.kind === 'string') return compareUtf8(a.value, b.value);
  if (a.kind === 'number' && b.kind === 'number') return compareNum(a.value, b.value);
  if (a.kind === 'bool' && b.kind === 'bool') return Number(a.value) - Number(b.value);
  return compareUtf8(sortKey(a), sortKey(b));
}

function rank(value: Value): number {
  return value.kind === 'unknown' ? 2 : value.kind === 'null' ? 1 : 0;
}

/** Text that compound elements are ordered by. */
function sortKey(value: Value): string {
  switch (value.kind) {
    case 'unknown':
      return '?';
    case 'null':
      return '~';
    case 'string':
      return quoted(value.value);
    case 'number':
      return tenDigits(value.value);
    case 'bool':
      return value.value ? 'T' : 'F';
    case 'list':
    case 'set':
      return `[${value.elements.map((element) => `${sortKey(element)};`).join('')}]`;
    case 'tuple':
      return `<${value.elements.map((element) => `${sortKey(element)};`).join('')}>`;
    case 'map':
      return `{${[...value.entries].map(([key, entry]) => `${quoted(key)}:${sortKey(entry)};`).join('')}}`;
    case 'object':
      return `<${[...value.attributes.values()].map((attribute) => `${sortKey(attribute)};`).join('')}>`;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be escaped
  const escaped = text.replace(/["\\\x00-\x1f\x7f]/g, (character) => {
    return ESCAPES[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `"${escaped}"`;
}

/** Ten significant digits, with an exponent where C's %g would have one. */
function tenDigits(num: Num): string {
  if (isInfiniteNum(num)) return signNum(num) < 0 ? '-Inf' : '+Inf';
  if (signNum(num) === 0) return '0';
  const sign = signNum(num) < 0 ? '-' : '';
  let { digits, point } = decimalDigits(num);
  if (digits.length > 10) {
    const up = digits.charCodeAt(10) >= 53;
    const kept = (BigInt(digits.slice(0, 10)) + (up ? 1n : 0n)).toString();
    point += kept.length - 10;
    digits = kept.replace(/0+$/, '');
  }
  if (point - 1 < -4 || point - 1 >= 10) {
    const exponent = Math.abs(point - 1)
      .toString()
      .padStart(2, '0');
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits.charAt(0)}${fraction}e${point - 1 < 0 ? '-' : '+'}${exponent}`;
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

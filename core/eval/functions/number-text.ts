/** Numbers in the notations of %d, %x, %f, %e and %g. Exact: every digit asked for is the true one. */
import { type BigFloat, decimalDigits, isInfiniteNum, signNum } from '../../value/number.ts';
import type { Num } from '../../value/value.ts';
import type { Verb } from './format-verb.ts';

/** `0.d1d2d3... * 10 ** point`, without zeros at either end. No digits: zero. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

const BASES = new Map([
  ['b', { base: 2, prefix: '0b' }],
  ['o', { base: 8, prefix: '0' }],
  ['d', { base: 10, prefix: '' }],
  ['x', { base: 16, prefix: '0x' }],
  ['X', { base: 16, prefix: '0X' }],
]);

export function formatInteger(value: bigint, verb: Verb): string {
  const { base, prefix: basePrefix } = BASES.get(verb.mode) ?? { base: 10, prefix: '' };
  const magnitude = (value < 0n ? -value : value).toString(base);
  const plain = verb.mode === 'X' ? magnitude.toUpperCase() : magnitude;
  const { precision = 0, flags } = verb;
  if (verb.precision === 0 && value === 0n) return '';
  const sign = signText(value < 0n, flags);
  const prefix = flags.includes('#') ? basePrefix : '';
  const digits = plain.padStart(precision, '0');
  if (flags.includes('0') && !flags.includes('-') && verb.precision === undefined) {
    return sign + prefix + digits.padStart((verb.width ?? 0) - sign.length - prefix.length, '0');
  }
  return justify(sign + prefix + digits, verb);
}

export function formatFloat(value: Num, verb: Verb): string {
  const { flags } = verb;
  const infinite = isInfiniteNum(value);
  const negative = signNum(value) < 0 || isNegativeZero(value);
  const sign = infinite && !negative ? (flags.includes(' ') ? ' ' : '+') : signText(negative, flags);
  const body = infinite ? 'Inf' : magnitudeText(value, verb.mode, verb.precision);
  if (flags.includes('0') && !flags.includes('-') && !infinite) {
    return sign + body.padStart((verb.width ?? 0) - sign.length, '0');
  }
  return justify(sign + body, verb);
}

function justify(text: string, { width = 0, flags }: Verb): string {
  return flags.includes('-') ? text.padEnd(width) : text.padStart(width);
}

function signText(negative: boolean, flags: string): string {
  if (negative) return '-';
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
}

function isNegativeZero(value: Num): boolean {
  return typeof value !== 'number' && value.negative;
}

/** As `%v` shows a number. */
export function generalText(value: Num): string {
  if (isInfiniteNum(value)) return signNum(value) < 0 ? '-Inf' : '+Inf';
  return (signNum(value) < 0 || isNegativeZero(value) ? '-' : '') + magnitudeText(value, 'g', undefined);
}

function magnitudeText(value: Num, mode: string, precision: number | undefined): string {
  switch (mode) {
    case 'f':
      return fixedText(exactDecimal(value), precision ?? 6);
    case 'e':
      return exponentText(exactDecimal(value), precision ?? 6, 'e');
    case 'E':
      return exponentText(exactDecimal(value), precision ?? 6, 'E');
    default:
      return shorterText(value, precision, mode === 'G' ? 'E' : 'e');
  }
}

/** With an exponent only where the plain notation would be long. */
function shorterText(value: Num, precision: number | undefined, letter: 'e' | 'E'): string {
  const wanted = precision === 0 ? 1 : precision;
  const decimal = wanted === undefined ? shortestDecimal(value) : roundDecimal(exactDecimal(value), wanted);
  const { digits, point } = decimal;
  let limit = wanted ?? 6;
  if (limit > digits.length && digits.length >= point) limit = digits.length;
  if (wanted === undefined) limit = 6;
  const exponent = point - 1;
  if (digits !== '' && (exponent < -4 || exponent >= limit)) {
    return exponentText(decimal, digits.length - 1, letter);
  }
  return fixedText(decimal, Math.max(digits.length - point, 0));
}

function fixedText(decimal: Decimal, places: number): string {
  const { digits, point } = roundDecimal(decimal, decimal.point + places);
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (places === 0) return whole;
  const fraction = '0'.repeat(Math.min(places, Math.max(0, -point))) + digits.slice(Math.max(0, point));
  return `${whole}.${fraction.padEnd(places, '0').slice(0, places)}`;
}

function exponentText(decimal: Decimal, places: number, letter: 'e' | 'E'): string {
  const { digits, point } = roundDecimal(decimal, places + 1);
  const exponent = digits === '' ? 0 : point - 1;
  const fraction = places > 0 ? `.${digits.slice(1).padEnd(places, '0')}` : '';
  const sign = exponent < 0 ? '-' : '+';
  return `${digits.charAt(0) || '0'}${fraction}${letter}${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** To that many digits, a half to the even one. None or fewer leave zero, or one digit when it rounds up. */
function roundDecimal(decimal: Decimal, count: number): Decimal {
  const { digits, point } = decimal;
  if (count >= digits.length) return decimal;
  if (count < 0) return { digits: '', point: 0 };
  const kept = digits.slice(0, count);
  if (!roundsUp(digits, count)) return trimmed(kept, point);
  const raised = (BigInt(kept || '0') + 1n).toString();
  return trimmed(raised.padStart(count, '0'), raised.length > count ? point + 1 : point);
}

function roundsUp(digits: string, count: number): boolean {
  const next = digits.charCodeAt(count) - 48;
  if (next !== 5 || count + 1 < digits.length) return next >= 5;
  return count > 0 && (digits.charCodeAt(count - 1) - 48) % 2 === 1;
}

function trimmed(digits: string, point: number): Decimal {
  const trimmedDigits = digits.replace(/0+$/, '');
  return trimmedDigits === '' ? { digits: '', point: 0 } : { digits: trimmedDigits, point };
}

function shortestDecimal(value: Num): Decimal {
  return signNum(value) === 0 ? { digits: '', point: 0 } : decimalDigits(value);
}

/** All digits that the binary fraction has. */
function exactDecimal(value: Num): Decimal {
  if (signNum(value) === 0) return { digits: '', point: 0 };
  if (typeof value === 'number') {
    const digits = String(Math.abs(value));
    return trimmed(digits, digits.length);
  }
  return exactBinary(value);
}

function exactBinary({ mantissa, exponent }: BigFloat): Decimal {
  if (exponent >= 0) {
    const digits = (mantissa << BigInt(exponent)).toString();
    return trimmed(digits, digits.length);
  }
  const digits = (mantissa * 5n ** BigInt(-exponent)).toString();
  return trimmed(digits, digits.length + exponent);
}

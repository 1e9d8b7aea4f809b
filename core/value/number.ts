/**
 * Terraform's numbers: binary floats of 512 bits of mantissa, of which a JavaScript number stands for the safe integers.
 * Knows arithmetic, notation and order; it does not know values, and what an error of arithmetic is called in a diagnostic.
 */

/** A JavaScript number while it is a safe integer (never -0), an exact binary float otherwise. */
export type Num = number | BigFloat;

/** Bits of mantissa of whatever was written as a literal or in a text. */
const PRECISION = 512;
/** Bits of mantissa of a float64, which `pow` and `log` give. It decides how many digits are printed. */
const FLOAT64_PRECISION = 53;
/** Beyond this binary exponent a number is an infinity or zero: 300,000 digits are a mistake, not a quantity. */
const MAXIMUM_EXPONENT = 1 << 20;

/** A number that is no safe integer: fractions, large integers, infinities and -0. `mantissa * 2 ** exponent`. */
export class BigFloat {
  readonly kind = 'big-float';
  readonly negative: boolean;
  /** Odd, or 0 for -0 and for infinities. */
  readonly mantissa: bigint;
  readonly exponent: number;
  readonly precision: number;
  readonly infinite: boolean;
  #text: string | undefined;

  constructor(negative: boolean, mantissa: bigint, exponent: number, precision: number, infinite = false) {
    this.negative = negative;
    this.mantissa = mantissa;
    this.exponent = exponent;
    this.precision = precision;
    this.infinite = infinite;
  }

  /** As `tostring` prints it. */
  toString(): string {
    this.#text ??= textOf(this);
    return this.#text;
  }
}

export const INFINITY = new BigFloat(false, 0n, 0, PRECISION, true);
export const NEGATIVE_INFINITY = new BigFloat(true, 0n, 0, PRECISION, true);
const NEGATIVE_ZERO = new BigFloat(true, 0n, 0, PRECISION);

/** An operation without a result; `message` in Terraform's words. */
export class ArithmeticError {
  readonly kind = 'arithmetic-error';
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export function isArithmeticError(result: Num | ArithmeticError): result is ArithmeticError {
  return typeof result === 'object' && result.kind === 'arithmetic-error';
}

// ---- From text -------------------------------------------------------------------------------------------------

const LITERAL = /^[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?$/;
const JSON_NUMBER = /^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;
const NUMBER_TEXT = /^([+-]?)(?:(inf|Inf)|([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:([eEpP])([+-]?[0-9]+))?$/;

/** The number that an HCL or JSON literal's digits stand for; undefined when they are no literal of either. */
export function parseNum(text: string): Num | undefined {
  return LITERAL.test(text) || JSON_NUMBER.test(text) ? parseNumText(text) : undefined;
}

/** What `tonumber` accepts: also a sign, `.5`, `inf`, and `p` for a binary exponent. */
export function parseNumText(text: string): Num | undefined {
  if (text.length < 16 && /^(0|[1-9][0-9]*)$/.test(text)) return Number(text);
  const match = NUMBER_TEXT.exec(text);
  if (match === null) return undefined;
  const negative = match[1] === '-';
  if (match[2] !== undefined) return match[6] === undefined ? infinity(negative) : undefined;
  const fraction = match[4] ?? match[5] ?? '';
  const digits = BigInt((match[3] ?? '') + fraction);
  const exponent = Number(match[7] ?? 0);
  const binary = match[6] === 'p' || match[6] === 'P';
  if (Math.abs(exponent) > MAXIMUM_EXPONENT) return digits === 0n ? signedZero(negative) : undefined;
  return scaled(negative, digits, (binary ? 0 : exponent) - fraction.length, binary ? exponent : 0);
}

/** `digits * 10 ** decimal * 2 ** binary`, rounded. */
function scaled(negative: boolean, digits: bigint, decimal: number, binary: number): Num {
  if (decimal >= 0) {
    const power = powerOfFive(decimal);
    return rounded(negative, digits * power.mantissa, binary + decimal + power.exponent, PRECISION);
  }
  const power = powerOfFive(-decimal);
  return quotient(negative, digits, binary + decimal, power.mantissa, power.exponent, PRECISION);
}

/** 5 ** n: exact while that is cheap, with 128 guard bits beyond. */
function powerOfFive(n: number): { mantissa: bigint; exponent: number } {
  if (n <= 8192) return { mantissa: 5n ** BigInt(n), exponent: 0 };
  let mantissa = 1n;
  let exponent = 0;
  for (const bit of n.toString(2)) {
    mantissa = mantissa * mantissa * (bit === '1' ? 5n : 1n);
    exponent *= 2;
    const excess = bitLength(mantissa) - PRECISION - 128;
    if (excess > 0) {
      mantissa >>= BigInt(excess);
      exponent += excess;
    }
  }
  return { mantissa, exponent };
}

// ---- From and to JavaScript ------------------------------------------------------------------------------------

/** Any float64 but NaN, infinities included. */
export function numFromFloat(float: number): Num {
  if (Number.isSafeInteger(float)) return Object.is(float, -0) ? NEGATIVE_ZERO : float;
  if (!Number.isFinite(float)) return infinity(float < 0);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, Math.abs(float));
  const raw = bits.getBigUint64(0);
  const biased = Number(raw >> 52n);
  const fraction = raw & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
  return rounded(float < 0, mantissa, Math.max(biased, 1) - 1075, FLOAT64_PRECISION);
}

export function numFromBigInt(integer: bigint): Num {
  return rounded(integer < 0n, integer < 0n ? -integer : integer, 0, PRECISION);
}

/** The nearest float64; infinities stay what they are. */
export function numToFloat(num: Num): number {
  if (typeof num === 'number') return num;
  if (num.infinite) return num.negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (num.mantissa === 0n) return -0;
  const bits = bitLength(num.mantissa);
  if (bits + num.exponent > 1024 || bits + num.exponent < -1000) return Number(num.toString());
  const near = rounded(false, num.mantissa, num.exponent, FLOAT64_PRECISION);
  const magnitude = typeof near === 'number' ? near : Number(near.mantissa) * 2 ** near.exponent;
  return num.negative ? -magnitude : magnitude;
}

/** The number itself when it is a whole number that JavaScript can hold exactly. */
export function numToInteger(num: Num): number | undefined {
  if (typeof num === 'number') return num;
  return num.mantissa === 0n && !num.infinite ? 0 : undefined;
}

/** Exact whole number, or undefined when there is a fraction or the number is infinite. */
export function numToBigInt(num: Num): bigint | undefined {
  if (typeof num === 'number') return BigInt(num);
  if (num.infinite || num.exponent < 0) return undefined;
  const magnitude = num.mantissa << BigInt(num.exponent);
  return num.negative ? -magnitude : magnitude;
}

/** Towards zero. Undefined for an infinity. */
export function truncateNum(num: Num): bigint | undefined {
  if (typeof num === 'number') return BigInt(num);
  if (num.infinite) return undefined;
  const magnitude = num.exponent >= 0 ? num.mantissa << BigInt(num.exponent) : num.mantissa >> BigInt(-num.exponent);
  return num.negative ? -magnitude : magnitude;
}

export function isIntegerNum(num: Num): boolean {
  return typeof num === 'number' || (!num.infinite && num.exponent >= 0);
}

export function isInfiniteNum(num: Num): boolean {
  return typeof num !== 'number' && num.infinite;
}

/** -1, 0 or 1; 0 for -0. */
export function signNum(num: Num): -1 | 0 | 1 {
  if (typeof num === 'number') return num < 0 ? -1 : num > 0 ? 1 : 0;
  if (num.mantissa === 0n && !num.infinite) return 0;
  return num.negative ? -1 : 1;
}

/** As `tostring` prints it: never an exponent, the fewest digits that give the number back. */
export function formatNum(num: Num): string {
  return typeof num === 'number' ? String(num) : num.toString();
}

// ---- Arithmetic ------------------------------------------------------------------------------------------------

export function addNum(a: Num, b: Num): Num | ArithmeticError {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return sum(partsOf(a), partsOf(b), "can't compute sum of opposing infinities");
}

export function subNum(a: Num, b: Num): Num | ArithmeticError {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return sum(partsOf(a), partsOf(negNum(b)), "can't subtract infinity from itself");
}

export function mulNum(a: Num, b: Num): Num | ArithmeticError {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (Number.isSafeInteger(product)) return Object.is(product, -0) ? NEGATIVE_ZERO : product;
  }
  const left = partsOf(a);
  const right = partsOf(b);
  const negative = left.negative !== right.negative;
  if (left.infinite || right.infinite) {
    if (signNum(a) === 0 || signNum(b) === 0) return new ArithmeticError("can't multiply zero by infinity");
    return infinity(negative);
  }
  // The product keeps all the bits it needs, up to the full precision, even between two float64.
  return rounded(negative, left.mantissa * right.mantissa, left.exponent + right.exponent, PRECISION);
}

export function divNum(a: Num, b: Num): Num | ArithmeticError {
  if (typeof a === 'number' && typeof b === 'number' && b !== 0 && a % b === 0) {
    const exact = a / b;
    return Object.is(exact, -0) ? NEGATIVE_ZERO : exact;
  }
  const left = partsOf(a);
  const right = partsOf(b);
  const negative = left.negative !== right.negative;
  const zeros = signNum(a) === 0 && signNum(b) === 0;
  if (zeros || (left.infinite && right.infinite)) {
    return new ArithmeticError("can't divide zero by zero or infinity by infinity");
  }
  if (left.infinite || right.mantissa === 0n) return right.infinite ? signedZero(negative) : infinity(negative);
  const precision = Math.max(left.precision, right.precision);
  return quotient(negative, left.mantissa, left.exponent, right.mantissa, right.exponent, precision);
}

/** Remainder with the sign of `a`; by zero it is `a`. Computed as Terraform does, so with its noise. */
export function modNum(a: Num, b: Num): Num | ArithmeticError {
  if (typeof a === 'number' && typeof b === 'number' && b !== 0) {
    const rest = a % b;
    return Object.is(rest, -0) ? 0 : rest;
  }
  if (isInfiniteNum(a) || isInfiniteNum(b)) {
    const product = mulNum(a, b);
    return isArithmeticError(product) ? new ArithmeticError("can't use modulo with zero and infinity") : product;
  }
  if (signNum(b) === 0) return a;
  const ratio = divNum(a, b);
  if (isArithmeticError(ratio)) return ratio;
  const whole = truncateNum(ratio) ?? 0n;
  const divisor = partsOf(b);
  const magnitude = whole < 0n ? -whole : whole;
  const precision = Math.max(divisor.precision, bitLength(magnitude));
  const negative = divisor.negative !== whole < 0n;
  return subNum(a, rounded(negative, magnitude * divisor.mantissa, divisor.exponent, precision));
}

export function negNum(num: Num): Num {
  if (typeof num === 'number') return num === 0 ? NEGATIVE_ZERO : -num;
  if (num.infinite) return infinity(!num.negative);
  if (num.mantissa === 0n) return 0;
  return new BigFloat(!num.negative, num.mantissa, num.exponent, num.precision);
}

export function absNum(num: Num): Num {
  if (typeof num === 'number') return Math.abs(num);
  return num.negative ? negNum(num) : num;
}

/** Exact order; -0 equals 0. */
export function compareNum(a: Num, b: Num): -1 | 0 | 1 {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  const signA = signNum(a);
  const signB = signNum(b);
  if (signA !== signB) return signA < signB ? -1 : 1;
  if (signA === 0) return 0;
  const order = compareMagnitude(partsOf(a), partsOf(b));
  return signA > 0 || order === 0 ? order : order === 1 ? -1 : 1;
}

/** Terraform's equality: the same when they print the same, which matters only between a float64 and a literal. */
export function equalNum(a: Num, b: Num): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a === b;
  const order = compareNum(a, b);
  if (order === 0) return true;
  const left = partsOf(a);
  const right = partsOf(b);
  if (left.precision === right.precision || isInfiniteNum(a) || isInfiniteNum(b)) return false;
  if (isIntegerNum(a) && isIntegerNum(b)) return false;
  return formatNum(a) === formatNum(b);
}

interface Parts {
  readonly negative: boolean;
  readonly mantissa: bigint;
  readonly exponent: number;
  readonly precision: number;
  readonly infinite: boolean;
}

function partsOf(num: Num): Parts {
  if (typeof num !== 'number') return num;
  return { negative: num < 0, mantissa: BigInt(Math.abs(num)), exponent: 0, precision: PRECISION, infinite: false };
}

function sum(a: Parts, b: Parts, complaint: string): Num | ArithmeticError {
  if (a.infinite || b.infinite) {
    if (a.infinite && b.infinite && a.negative !== b.negative) return new ArithmeticError(complaint);
    return infinity(a.infinite ? a.negative : b.negative);
  }
  if (a.mantissa === 0n && b.mantissa === 0n) return signedZero(a.negative && b.negative);
  const precision = Math.max(a.precision, b.precision);
  const [left, right] = withinReach(a, b, precision);
  const exponent = Math.min(left.exponent, right.exponent);
  const total = signedAt(left, exponent) + signedAt(right, exponent);
  return rounded(total < 0n, total < 0n ? -total : total, exponent, precision);
}

/** Replaces a term too small to matter by one just small enough to break a tie, so that shifts stay short. */
function withinReach(a: Parts, b: Parts, precision: number): [Parts, Parts] {
  if (a.mantissa === 0n || b.mantissa === 0n) return [a, b];
  const topA = a.exponent + bitLength(a.mantissa);
  const topB = b.exponent + bitLength(b.mantissa);
  const reach = 2 * precision + 64;
  if (topA - topB > reach) return [a, { ...b, mantissa: 1n, exponent: topA - reach }];
  if (topB - topA > reach) return [{ ...a, mantissa: 1n, exponent: topB - reach }, b];
  return [a, b];
}

function signedAt(parts: Parts, exponent: number): bigint {
  const magnitude = parts.mantissa << BigInt(parts.mantissa === 0n ? 0 : parts.exponent - exponent);
  return parts.negative ? -magnitude : magnitude;
}

function compareMagnitude(a: Parts, b: Parts): -1 | 0 | 1 {
  if (a.infinite || b.infinite) return a.infinite === b.infinite ? 0 : a.infinite ? 1 : -1;
  const topA = a.exponent + bitLength(a.mantissa);
  const topB = b.exponent + bitLength(b.mantissa);
  if (topA !== topB) return topA < topB ? -1 : 1;
  const exponent = Math.min(a.exponent, b.exponent);
  const left = a.mantissa << BigInt(a.exponent - exponent);
  const right = b.mantissa << BigInt(b.exponent - exponent);
  return left < right ? -1 : left > right ? 1 : 0;
}

function quotient(
  negative: boolean,
  dividend: bigint,
  dividendExponent: number,
  divisor: bigint,
  divisorExponent: number,
  precision: number,
): Num {
  const shift = Math.max(0, precision + 2 + bitLength(divisor) - bitLength(dividend));
  const shifted = dividend << BigInt(shift);
  const whole = shifted / divisor;
  const rest = shifted - whole * divisor;
  // One more bit stands for whatever the division left, so that rounding sees it.
  const mantissa = (whole << 1n) | (rest === 0n ? 0n : 1n);
  return rounded(negative, mantissa, dividendExponent - divisorExponent - shift - 1, precision);
}

/** The number with this magnitude, rounded half to even. */
function rounded(negative: boolean, mantissa: bigint, exponent: number, precision: number): Num {
  if (mantissa === 0n) return signedZero(negative);
  let bits = mantissa;
  let power = exponent;
  const excess = bitLength(bits) - precision;
  if (excess > 0) {
    const shift = BigInt(excess);
    const kept = bits >> shift;
    const rest = bits - (kept << shift);
    const half = 1n << (shift - 1n);
    bits = rest > half || (rest === half && (kept & 1n) === 1n) ? kept + 1n : kept;
    power += excess;
  }
  const zeros = trailingZeros(bits);
  bits >>= BigInt(zeros);
  power += zeros;
  const top = bitLength(bits) + power;
  if (power >= 0 && top <= 53) return (negative ? -1 : 1) * Number(bits) * 2 ** power;
  if (top > MAXIMUM_EXPONENT) return infinity(negative);
  if (top < -MAXIMUM_EXPONENT) return signedZero(negative);
  return new BigFloat(negative, bits, power, precision);
}

function infinity(negative: boolean): BigFloat {
  return negative ? NEGATIVE_INFINITY : INFINITY;
}

function signedZero(negative: boolean): Num {
  return negative ? NEGATIVE_ZERO : 0;
}

function bitLength(magnitude: bigint): number {
  if (magnitude === 0n) return 0;
  const hex = magnitude.toString(16);
  return hex.length * 4 - (Math.clz32(Number.parseInt(hex.charAt(0), 16)) - 28);
}

function trailingZeros(magnitude: bigint): number {
  let zeros = 0;
  let rest = magnitude;
  while ((rest & 0xffffffffn) === 0n) {
    rest >>= 32n;
    zeros += 32;
  }
  const low = Number(rest & 0xffffffffn);
  return zeros + (31 - Math.clz32(low & -low));
}

// ---- To text ---------------------------------------------------------------------------------------------------

/** Digits and the place of the point: "125" with point 1 is 1.25, with point -1 is 0.0125. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

function textOf(num: BigFloat): string {
  const sign = num.negative ? '-' : '';
  if (num.infinite) return num.negative ? '-Inf' : '+Inf';
  if (num.mantissa === 0n) return `${sign}0`;
  return sign + plainNotation(shortestDecimal(num));
}

/** Significant digits and decimal exponent (`0.d1d2... * 10 ** point`) of the shortest text of a number but 0. */
export function decimalDigits(num: Num): Decimal {
  if (typeof num === 'number') {
    const digits = String(Math.abs(num));
    return { digits: trimZeros(digits), point: digits.length };
  }
  return shortestDecimal(num);
}

function plainNotation({ digits, point }: Decimal): string {
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return digits + '0'.repeat(point - digits.length);
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** The fewest digits that lie nearer to this float than to its neighbours of the same precision. */
function shortestDecimal(num: BigFloat): Decimal {
  const bits = bitLength(num.mantissa);
  const exact = decimalOf(num.mantissa, num.exponent);
  if (num.exponent >= 0 && bits + num.exponent <= num.precision) return exact;
  const shift = num.precision + 1 - bits;
  const middle = num.mantissa << BigInt(shift);
  const lower = decimalOf(middle - 1n, num.exponent - shift);
  const upper = decimalOf(middle + 1n, num.exponent - shift);
  const inclusive = (middle & 2n) === 0n;
  for (let index = 0; index < exact.digits.length; index++) {
    const digit = digitAt(exact, index);
    const low = digitAt(lower, index);
    const high = digitAt(upper, index);
    const down = low !== digit || (inclusive && index + 1 === lower.digits.length);
    const up = digit !== high && (inclusive || digit + 1 < high || index + 1 < upper.digits.length);
    if (down && up) return roundsUp(exact, index + 1) ? roundedUp(exact, index + 1) : roundedDown(exact, index + 1);
    if (down) return roundedDown(exact, index + 1);
    if (up) return roundedUp(exact, index + 1);
  }
  return exact;
}

function decimalOf(mantissa: bigint, exponent: number): Decimal {
  if (exponent >= 0) {
    const digits = (mantissa << BigInt(exponent)).toString();
    return { digits: trimZeros(digits), point: digits.length };
  }
  const digits = (mantissa * 5n ** BigInt(-exponent)).toString();
  return { digits: trimZeros(digits), point: digits.length + exponent };
}

function trimZeros(digits: string): string {
  let end = digits.length;
  while (end > 1 && digits.charCodeAt(end - 1) === 48) end--;
  return digits.slice(0, end);
}

function digitAt(decimal: Decimal, index: number): number {
  return index < decimal.digits.length ? decimal.digits.charCodeAt(index) - 48 : 0;
}

function roundsUp(decimal: Decimal, length: number): boolean {
  const next = digitAt(decimal, length);
  if (next === 5 && length + 1 === decimal.digits.length) return digitAt(decimal, length - 1) % 2 === 1;
  return next >= 5;
}

function roundedDown(decimal: Decimal, length: number): Decimal {
  return { digits: trimZeros(decimal.digits.slice(0, length)), point: decimal.point };
}

function roundedUp(decimal: Decimal, length: number): Decimal {
  let last = Math.min(length, decimal.digits.length);
  while (last > 0 && digitAt(decimal, last - 1) === 9) last--;
  if (last === 0) return { digits: '1', point: decimal.point + 1 };
  return { digits: decimal.digits.slice(0, last - 1) + (digitAt(decimal, last - 1) + 1), point: decimal.point };
}

/** Powers of float64 as Terraform rounds them. The last digit shows in plans, so it has to be the same one. */

/**
 * x to the power of y, rounded as Terraform rounds it: by squaring the mantissa, with the exponent kept apart. The
 * engine's own `**` is more exact in its last digit, and that digit would show.
 */
export function power(x: number, y: number): number {
  const isPlain = Number.isFinite(x) && Number.isFinite(y) && x !== 0 && x !== 1 && y !== 0 && y !== 1;
  if (!isPlain) return x === 1 || y === 0 ? 1 : x ** y;
  if (y === 0.5) return Math.sqrt(x);
  if (y === -0.5) return 1 / Math.sqrt(x);
  let whole = Math.trunc(Math.abs(y));
  let fraction = Math.abs(y) - whole;
  if (fraction !== 0 && x < 0) return Number.NaN;
  if (whole >= 2 ** 63) return x ** y;
  let mantissa = 1;
  if (fraction !== 0) {
    if (fraction > 0.5) {
      fraction--;
      whole++;
    }
    mantissa = exponential(fraction * Math.log(x));
  }
  return powerOfWhole(x, whole, mantissa, y < 0);
}

function powerOfWhole(x: number, whole: number, start: number, inverted: boolean): number {
  let result = start;
  let exponent = 0;
  let [factor, factorExponent] = splitFloat(x);
  for (let rest = BigInt(whole); rest !== 0n; rest >>= 1n) {
    if (Math.abs(factorExponent) > 4096) {
      exponent += factorExponent;
      break;
    }
    if ((rest & 1n) === 1n) {
      result *= factor;
      exponent += factorExponent;
    }
    factor *= factor;
    factorExponent *= 2;
    if (factor < 0.5) {
      factor *= 2;
      factorExponent--;
    }
  }
  return inverted ? scaleFloat(1 / result, -exponent) : scaleFloat(result, exponent);
}

/** The mantissa, from 0.5 to 1 in magnitude, and the exponent of two. */
function splitFloat(value: number): [mantissa: number, exponent: number] {
  let mantissa = value;
  let exponent = 0;
  while (Math.abs(mantissa) >= 1) {
    mantissa /= 2;
    exponent++;
  }
  while (Math.abs(mantissa) < 0.5) {
    mantissa *= 2;
    exponent--;
  }
  return [mantissa, exponent];
}

/** value * 2^exponent, rounded once: only the last factor can leave the normal range. */
function scaleFloat(value: number, exponent: number): number {
  let result = value;
  let rest = exponent;
  for (; rest > 1000 && Number.isFinite(result); rest -= 1000) result *= 2 ** 1000;
  for (; rest < -1000 && result !== 0; rest += 1000) result *= 2 ** -1000;
  return result * 2 ** Math.max(-1000, Math.min(1000, rest));
}

const LN2_UPPER = 0.693147180559663;
const LN2_LOWER = 2.8235290563031577e-13;
/** 1/8!, 1/7! and so on to 1/1!. */
const TAYLOR = [40320, 5040, 720, 120, 24, 6, 2, 1].map((factorial) => 1 / factorial);

/** e to the power of x: the rest beyond a power of two, a sixteenth of it by its series, squared four times. */
function exponential(x: number): number {
  const twos = Math.round(Math.LOG2E * x);
  const rest = (x - twos * LN2_UPPER - twos * LN2_LOWER) / 16;
  const series = TAYLOR.reduce((sum, coefficient) => sum * rest + coefficient);
  let result = rest * series;
  for (let squaring = 0; squaring < 4; squaring++) result *= result + 2;
  return (result + 1) * 2 ** twos;
}

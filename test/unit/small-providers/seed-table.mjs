// Makes providers/random/seed-table.ts: the 607 numbers that are mixed into every seed of Go's generator. They are the
// state of an additive lagged Fibonacci generator (lags 607 and 273, modulo 2^64) after 7.8e12 draws, which nobody
// waits for: a linear recurrence is carried forward by raising z to that power modulo its characteristic polynomial.
// usage: node test/unit/small-providers/seed-table.mjs > providers/random/seed-table.ts
const LENGTH = 607;
const LAG = 273;
const DRAWS = 7_800_000_000_000n;

/** The state before the first draw, from the seed 1: three steps of a minimal standard generator for each number. */
function initialState() {
  let x = 1n;
  const next = () => (x = (48271n * x) % 2147483647n);
  for (let skipped = 0; skipped < 20; skipped += 1) next();
  return Array.from({ length: LENGTH }, () => (next() << 20n) ^ (next() << 10n) ^ next());
}

/** Polynomials are arrays of coefficients modulo 2^64, lowest power first; z^607 = z^334 + 1. */
function reduce(product) {
  for (let power = product.length - 1; power >= LENGTH; power -= 1) {
    product[power - LAG] += product[power];
    product[power - LENGTH] += product[power];
  }
  return product.slice(0, LENGTH).map((coefficient) => BigInt.asUintN(64, coefficient));
}

function square(polynomial) {
  const product = new Array(2 * LENGTH - 1).fill(0n);
  for (const [i, a] of polynomial.entries())
    if (a !== 0n) for (const [j, b] of polynomial.entries()) product[i + j] += a * b;
  return reduce(product);
}

function powerOfZ(exponent) {
  let result = [1n, ...new Array(LENGTH - 1).fill(0n)];
  for (const bit of exponent.toString(2)) {
    result = square(result);
    if (bit === '1') result = reduce([0n, ...result]);
  }
  return result;
}

function table() {
  const vector = initialState();
  const slot = (index) => (((334 - index) % LENGTH) + LENGTH) % LENGTH;
  // sequence[i] is draw number i - 606; what was there before the first draw counts as draws -606 to 0.
  const sequence = Array.from({ length: LENGTH }, (_, index) => vector[slot(index - 606)]);
  for (let index = LENGTH; index < 2 * LENGTH; index += 1)
    sequence.push(BigInt.asUintN(64, sequence[index - LENGTH] + sequence[index - LAG]));
  const coefficients = powerOfZ(DRAWS);
  const result = new Array(LENGTH);
  for (let ahead = 0; ahead < LENGTH; ahead += 1) {
    const sum = coefficients.reduce((total, coefficient, index) => total + coefficient * sequence[index + ahead], 0n);
    result[slot(Number(DRAWS % BigInt(LENGTH)) - 606 + ahead)] = BigInt.asUintN(64, sum);
  }
  return result;
}

const bytes = Buffer.alloc(LENGTH * 8);
for (const [index, value] of table().entries()) bytes.writeBigUInt64LE(value, index * 8);
const lines = bytes.toString('base64').match(/.{1,114}/g) ?? [];
console.log(`/** Numbers that are mixed into every seed; made by test/unit/small-providers/seed-table.mjs. 64 bits each, low byte first. */
export const SEED_TABLE = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('');`);

/**
 * The generator of Go's math/rand, since the numbers that a seed gives are to be the ones it gave so far: an additive
 * lagged Fibonacci generator (lags 607 and 273), seeded with the CRC-64 of a text.
 */
import { type RandomSource, insideOut } from './permutation.ts';
import { SEED_TABLE } from './seed-table.ts';

const LENGTH = 607;
const LAG = 273;
const MODULUS = 2147483647n;

export class SeededSource implements RandomSource {
  readonly #state: BigUint64Array;
  #tap = 0;
  #feed = LENGTH - LAG;

  constructor(seed: string) {
    this.#state = seededState(BigInt.asIntN(64, crc64(Buffer.from(seed))));
  }

  /** Below 2^31 a draw has 31 bits, else 63: each limit uses up as many draws as it always did. */
  below(limit: bigint): bigint {
    return limit < 1n << 31n ? this.#bounded(limit, 31n) : this.#bounded(limit, 63n);
  }

  permutation(length: number): number[] {
    return insideOut(length, (limit) => Number(this.below(BigInt(limit))));
  }

  /** Draws that would make the low numbers likelier are thrown away. */
  #bounded(limit: bigint, bits: bigint): bigint {
    const span = 1n << bits;
    const usable = span - (span % limit);
    for (;;) {
      const drawn = this.#draw() >> (63n - bits);
      if (drawn < usable) return drawn % limit;
    }
  }

  /** 63 bits. */
  #draw(): bigint {
    this.#tap = (this.#tap + LENGTH - 1) % LENGTH;
    this.#feed = (this.#feed + LENGTH - 1) % LENGTH;
    const sum = (this.#state[this.#feed] ?? 0n) + (this.#state[this.#tap] ?? 0n);
    this.#state[this.#feed] = sum;
    return BigInt.asUintN(63, sum);
  }
}

function seededState(seed: bigint): BigUint64Array {
  const table = Buffer.from(SEED_TABLE, 'base64');
  let x = ((seed % MODULUS) + MODULUS) % MODULUS || 89482311n;
  const next = () => {
    x = (48271n * x) % MODULUS;
    return x;
  };
  for (let skipped = 0; skipped < 20; skipped++) next();
  const mixed = (index: number) => (next() << 40n) ^ (next() << 20n) ^ next() ^ table.readBigUInt64LE(index * 8);
  return BigUint64Array.from({ length: LENGTH }, (_, index) => mixed(index));
}

/** CRC-64 of ISO 3309. */
function crc64(bytes: Buffer): bigint {
  let crc = 0xffffffffffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0xd800000000000000n : crc >> 1n;
  }
  return crc ^ 0xffffffffffffffffn;
}

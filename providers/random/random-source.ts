/**
 * Where random whole numbers come from: the system's source, or a generator that a seed determines. The seeded one is
 * loaded when a seed is given.
 */
import { randomBytes } from 'node:crypto';
import { type RandomSource, insideOut } from './permutation.ts';

/** An empty seed is none. */
export async function randomSource(seed: string | undefined): Promise<RandomSource> {
  if (seed === undefined || seed === '') return { below: systemBelow, permutation: systemPermutation };
  const { SeededSource } = await import('./seeded-source.ts');
  return new SeededSource(seed);
}

/** Draws that would make the low numbers likelier are thrown away. */
function systemBelow(limit: bigint): bigint {
  const span = 1n << 128n;
  const usable = span - (span % limit);
  for (;;) {
    const drawn = BigInt(`0x${randomBytes(16).toString('hex')}`);
    if (drawn < usable) return drawn % limit;
  }
}

function systemPermutation(length: number): number[] {
  return insideOut(length, (limit) => Number(systemBelow(BigInt(limit))));
}

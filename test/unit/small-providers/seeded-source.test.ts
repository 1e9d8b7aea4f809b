import { describe, expect, test } from 'vitest';
import { randomSource } from '../../../providers/random/random-source.ts';
import { SeededSource } from '../../../providers/random/seeded-source.ts';

// What the real provider made of these seeds.
describe('a seed gives the numbers that it gives in Terraform', () => {
  test.each([
    ['abc', 1n, 100n, 45n],
    ['hello', 1n, 9_000_000_000_000_000n, 1_331_017_870_751_455n],
  ])('random_integer with seed %s from %d to %d', (seed, min, max, result) => {
    expect(min + new SeededSource(seed).below(max - min + 1n)).toBe(result);
  });

  test.each([
    ['seedy', ['a', 'b', 'c', 'd', 'e', 'f'], 'acefbd'],
    ['s', ['a', 'b', 'c'], 'cab'],
  ])('random_shuffle with seed %s', (seed, input, result) => {
    const order = new SeededSource(seed).permutation(input.length);
    expect(order.map((index) => input[index]).join('')).toBe(result);
  });

  test('several permutations follow each other', () => {
    const source = new SeededSource('s');
    const letters = [0, 1, 2].flatMap(() => source.permutation(3)).map((index) => 'abc'[index]);
    expect(letters.join('').slice(0, 7)).toBe('cabacbb');
  });
});

describe('without a seed', () => {
  test('every number of a range comes, and no other', async () => {
    const source = await randomSource('');
    const drawn = new Set(Array.from({ length: 400 }, () => source.below(5n)));
    expect([...drawn].sort()).toEqual([0n, 1n, 2n, 3n, 4n]);
  });

  test('a permutation has every index once, and not always the same order', async () => {
    const source = await randomSource(undefined);
    const orders = Array.from({ length: 20 }, () => source.permutation(8));
    for (const order of orders) expect([...order].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(orders.map(String)).size).toBeGreaterThan(10);
  });
});

/** What a source of random whole numbers gives, and how a random order is made of them. */

export interface RandomSource {
  /** Uniform from 0 to `limit - 1`. */
  below(limit: bigint): bigint;
  /** The numbers from 0 to `length - 1` in random order. */
  permutation(length: number): number[];
}

/** Each number takes the place of one that was drawn before it, which moves to the end. */
export function insideOut(length: number, below: (limit: number) => number): number[] {
  const order: number[] = [];
  for (let next = 0; next < length; next++) {
    const place = below(next + 1);
    order.push(order[place] ?? next);
    order[place] = next;
  }
  return order;
}

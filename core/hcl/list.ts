/** Lists of a tree's nodes: most have one or two elements, and there are very many of them. */

const EMPTY: readonly never[] = [];

/** The same elements without the room that an array keeps for more: 16 places in one that was filled by `push`. */
export function trimmed<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? EMPTY : list.slice();
}

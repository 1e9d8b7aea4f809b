/** Sizes as people write them for Docker: `512m`, `1GiB`, `10 gb`, plain bytes. All units are powers of 1024. */
const POWERS: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/** Bytes, rounded down; undefined when the text is not a size. */
export function parseByteSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(text.trim());
  const power = POWERS[match?.[2]?.toLowerCase() ?? ''];
  return match === null || power === undefined ? undefined : Math.floor(Number(match[1]) * 1024 ** power);
}

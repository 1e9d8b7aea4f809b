/** IPv4 and IPv6 addresses and blocks as numbers and as text. */

export interface Address {
  readonly address: bigint;
  /** 32 or 128. */
  readonly bits: number;
}

/** All addresses that begin with the same `length` bits; the others are zero in `address`. */
export interface Block extends Address {
  readonly length: number;
}

const MAPPED = 0xffffn << 32n;

/** True also for an IPv4 address in its IPv6 form, `::ffff:1.2.3.4`. */
export function isVersion4({ address, bits }: Address): boolean {
  return bits === 32 || address >> 32n === MAPPED >> 32n;
}

export function maskOf(length: number, bits: number): bigint {
  return ((1n << BigInt(length)) - 1n) << BigInt(bits - length);
}

export function lastOf({ address, bits, length }: Block): bigint {
  return address | ((1n << BigInt(bits - length)) - 1n);
}

export function parseBlock(text: string): Block | undefined {
  const [, before = '', digits] = /^([^/]*)\/(\d+)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const inner = parseAddress(before);
  const length = Number(digits);
  if (inner === undefined || length > inner.bits) return undefined;
  return { ...inner, address: inner.address & maskOf(length, inner.bits), length };
}

export function parseAddress(text: string): Address | undefined {
  const address = text.includes(':') ? parseVersion6(text) : parseVersion4(text);
  return address === undefined ? undefined : { address, bits: text.includes(':') ? 128 : 32 };
}

/** Leading zeros are decimal all the same. */
function parseVersion4(text: string): bigint | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => /^\d+$/.test(octet) && Number(octet) <= 255)) return undefined;
  return octets.reduce((address, octet) => (address << 8n) | BigInt(octet), 0n);
}

function parseVersion6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, index) => parseGroups(half, index === halves.length - 1));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...(tail ?? [])];
  return groups.reduce((address, group) => (address << 16n) | BigInt(group), 0n);
}

/** Groups of 16 bits; the last two may be written as an IPv4 address. */
function parseGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (isEnd && index === parts.length - 1 && part.includes('.')) {
      const version4 = parseVersion4(part);
      if (version4 === undefined) return undefined;
      groups.push(Number(version4 >> 16n), Number(version4 & 0xffffn));
    } else {
      if (!/^[0-9a-f]+$/i.test(part) || Number.parseInt(part, 16) > 0xffff) return undefined;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}

/** An IPv4 address with dots, also in its IPv6 form; otherwise the longest run of zero groups becomes `::`. */
export function addressText(address: bigint, bits: number): string {
  if (isVersion4({ address, bits })) {
    return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join('.');
  }
  const groups = Array.from({ length: 8 }, (_, index) => (address >> BigInt(112 - 16 * index)) & 0xffffn);
  const { start, size } = longestZeros(groups);
  const texts = groups.map((group) => group.toString(16));
  if (size < 2) return texts.join(':');
  return `${texts.slice(0, start).join(':')}::${texts.slice(start + size).join(':')}`;
}

function longestZeros(groups: readonly bigint[]): { start: number; size: number } {
  let best = { start: 0, size: 0 };
  let size = 0;
  for (const [index, group] of groups.entries()) {
    size = group === 0n ? size + 1 : 0;
    if (size > best.size) best = { start: index - size + 1, size };
  }
  return best;
}

export function blockText(block: Block): string {
  const isMapped = block.bits === 128 && isVersion4(block);
  return `${addressText(block.address, block.bits)}/${isMapped ? block.length - 96 : block.length}`;
}

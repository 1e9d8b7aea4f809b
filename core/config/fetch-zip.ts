/** Reads zip archives. Their content is compressed by zlib's own method, so nothing but a table has to be understood. */
import { inflateRawSync } from 'node:zlib';

export interface ArchiveEntry {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'link';
  readonly content: Buffer;
  readonly executable: boolean;
  /** Where a link leads. */
  readonly link?: string;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/** Undefined when this is no zip archive, or one that needs more than is known here: encrypted, larger than 4 GiB. */
export function readZip(archive: Buffer): ArchiveEntry[] | undefined {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end + 22 > archive.length || archive.readUInt32LE(end) !== END_OF_DIRECTORY) return undefined;
  const entries: ArchiveEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    if (at + 46 > archive.length || archive.readUInt32LE(at) !== DIRECTORY_ENTRY) return undefined;
    const entry = readEntry(archive, at);
    if (entry === undefined) return undefined;
    entries.push(entry);
    at += 46 + archive.readUInt16LE(at + 28) + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

function readEntry(archive: Buffer, at: number): ArchiveEntry | undefined {
  const encrypted = (archive.readUInt16LE(at + 8) & 1) === 1;
  const method = archive.readUInt16LE(at + 10);
  const [packedSize, size] = [archive.readUInt32LE(at + 20), archive.readUInt32LE(at + 24)];
  const path = archive.toString('utf8', at + 46, at + 46 + archive.readUInt16LE(at + 28));
  // The upper half is what stat gives, when a Unix made the archive.
  const mode = archive.readUInt16LE(at + 40);
  const local = archive.readUInt32LE(at + 42);
  if (encrypted || local + 30 > archive.length) return undefined;
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(start, start + packedSize);
  const content = unpack(packed, method, size);
  if (content === undefined) return undefined;
  const isLink = (mode & 0o170000) === 0o120000;
  const kind = path.endsWith('/') ? 'directory' : isLink ? 'link' : 'file';
  return { path, kind, content, executable: (mode & 0o111) !== 0, ...(isLink ? { link: content.toString() } : {}) };
}

function unpack(packed: Buffer, method: number, size: number): Buffer | undefined {
  if (method === STORED) return packed.length === size ? packed : undefined;
  if (method !== DEFLATED) return undefined;
  try {
    const content = inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
    return content.length === size ? content : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Files that upload blocks put into a container: which file of several blocks counts, what it holds, and whether two
 * lists of blocks mean the same. Two blocks for one path: the last one in the set's order counts, everywhere.
 */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../core/value/json.ts';
import { cleanPath } from './container-notation.ts';
import { type Plain, type PlainObject, plainList, plainObject, plainText } from './container-plain.ts';

/** What the live container holds at a path. */
export interface LiveFile {
  readonly bytes: Buffer;
  /** Permission bits. */
  readonly mode: number;
}

/** Blocks by the path that they write, in the order of the set. */
export function uploadsByFile(blocks: Plain | undefined): ReadonlyMap<string, PlainObject> {
  return new Map(plainList(blocks).map((item) => [uploadPath(plainObject(item)), plainObject(item)]));
}

export function uploadPath(block: PlainObject): string {
  return cleanPath(`/${plainText(block.file).replace(/^\/+/, '')}`);
}

/** Permission bits: `permissions`, else 0744 or 0644. */
export function uploadMode(block: PlainObject): number {
  const permissions = plainText(block.permissions);
  if (permissions !== '') return Number.parseInt(permissions, 8);
  return block.executable === true ? 0o744 : 0o644;
}

/** What the block itself holds; undefined when a local file does. */
export function uploadBytes(block: PlainObject): Buffer | undefined {
  if (plainText(block.source) !== '') return undefined;
  const base64 = plainText(block.content_base64);
  return base64 === '' ? Buffer.from(plainText(block.content), 'utf8') : Buffer.from(base64, 'base64');
}

/** Equal for two blocks that put the same bytes with the same mode at the same place. */
function uploadForm(block: PlainObject): string {
  const bytes = uploadBytes(block);
  const content = bytes === undefined ? `source ${plainText(block.source)}` : `bytes ${sha256(bytes)}`;
  return JSON.stringify([content, plainText(block.source_hash), uploadMode(block)]);
}

export function sameUploads(wanted: Plain, there: Plain): boolean {
  const { changed, removed } = uploadChanges(wanted, there);
  return changed.length === 0 && removed.length === 0;
}

export interface UploadChanges {
  /** Blocks to send again. */
  readonly changed: readonly PlainObject[];
  /** Paths that nothing writes any more. */
  readonly removed: readonly string[];
}

export function uploadChanges(wanted: Plain, there: Plain): UploadChanges {
  const [next, before] = [uploadsByFile(wanted), uploadsByFile(there)];
  const changed = [...next].filter(([path, block]) => {
    const old = before.get(path);
    return old === undefined || uploadForm(old) !== uploadForm(block);
  });
  return { changed: changed.map(([, block]) => block), removed: [...before.keys()].filter((path) => !next.has(path)) };
}

/** A file as a step's argument. */
export function uploadArgument(block: PlainObject): JsonObject {
  const bytes = uploadBytes(block);
  const place = { file: uploadPath(block), mode: uploadMode(block) };
  return bytes === undefined
    ? { ...place, source: plainText(block.source) }
    : { ...place, base64: bytes.toString('base64') };
}

/** The block as the live file would have been written, when it is not what the block says; undefined when it is. */
export function driftedBlock(
  block: PlainObject,
  live: LiveFile | 'absent',
  source: Buffer | undefined,
): PlainObject | undefined {
  const wanted = uploadBytes(block) ?? source;
  if (wanted === undefined) return undefined;
  if (live === 'absent') return { ...block, permissions: '', source_hash: 'absent' };
  const sameMode = live.mode === uploadMode(block);
  const mode: PlainObject = sameMode ? {} : { permissions: live.mode.toString(8).padStart(4, '0') };
  if (live.bytes.equals(wanted)) return sameMode ? undefined : { ...block, ...mode };
  if (plainText(block.source) !== '') return { ...block, ...mode, source_hash: sha256(live.bytes) };
  if (plainText(block.content_base64) !== '')
    return { ...block, ...mode, content_base64: live.bytes.toString('base64') };
  return { ...block, ...mode, content: live.bytes.toString('utf8') };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

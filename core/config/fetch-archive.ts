/** Unpacks archives into a directory. Whatever they say, nothing is written outside it. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, relative, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Fetched, wordsOf } from './fetch-http.ts';
import type { ArchiveEntry } from './fetch-zip.ts';

export type ArchiveKind = 'zip' | 'tar' | 'tar.gz' | 'unsupported';

const KINDS: Readonly<Record<string, ArchiveKind>> = {
  zip: 'zip',
  tar: 'tar',
  'tar.gz': 'tar.gz',
  tgz: 'tar.gz',
  'tar.bz2': 'unsupported',
  tbz2: 'unsupported',
  'tar.xz': 'unsupported',
  txz: 'unsupported',
  'tar.zst': 'unsupported',
  tzst: 'unsupported',
};

/** By the `archive` argument or the file's name; undefined when it is no archive. */
export function archiveKind(url: URL): ArchiveKind | undefined {
  const given = url.searchParams.get('archive');
  if (given === 'false' || given === '0') return undefined;
  if (given) return KINDS[given] ?? 'unsupported';
  const name = url.pathname.toLowerCase();
  return KINDS[Object.keys(KINDS).find((ending) => name.endsWith(`.${ending}`)) ?? ''];
}

export async function unpackArchive(archive: Buffer, kind: ArchiveKind, target: string): Promise<Fetched<true>> {
  if (kind === 'unsupported')
    return { problem: 'archives have to be .zip, .tar or .tar.gz: no other kind can be unpacked' };
  try {
    const entries = kind === 'zip' ? (await import('./fetch-zip.ts')).readZip(archive) : await readTar(archive, kind);
    if (entries === undefined)
      return { problem: 'the archive is damaged, encrypted, or not the .zip that it is called' };
    const links = entries.filter(({ kind: each }) => each === 'link').map(({ path }) => `${normalize(path)}/`);
    const outside = entries.find(
      (entry) => leavesTarget(entry) || links.some((link) => normalize(entry.path).startsWith(link)),
    );
    if (outside) return { problem: `the archive holds "${outside.path}", which would lie outside of the module` };
    await mkdir(target, { recursive: true });
    // Links come last: nothing is written through one.
    for (const entry of entries) if (entry.kind !== 'link') await writeEntry(entry, target);
    for (const { path, link } of entries) {
      if (link === undefined) continue;
      await mkdir(dirname(join(target, path)), { recursive: true });
      await symlink(link, join(target, path));
    }
    return { value: true };
  } catch (error) {
    return { problem: `the archive cannot be unpacked: ${wordsOf(error)}` };
  }
}

async function writeEntry({ path, kind, content, executable }: ArchiveEntry, target: string): Promise<void> {
  const place = join(target, path);
  if (kind === 'directory') {
    await mkdir(place, { recursive: true });
    return;
  }
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, content);
  if (executable) await chmod(place, 0o755);
}

function leavesTarget({ path, link }: ArchiveEntry): boolean {
  if (isOutside(path)) return true;
  return link !== undefined && isOutside(join(dirname(path), link), link);
}

function isOutside(path: string, asWritten = path): boolean {
  return isAbsolute(asWritten) || normalize(path).split(/[/\\]/)[0] === '..' || path.includes('\0');
}

async function readTar(archive: Buffer, kind: 'tar' | 'tar.gz'): Promise<ArchiveEntry[]> {
  const { default: tarStream } = await import('tar-stream');
  const entries: ArchiveEntry[] = [];
  const extract = tarStream.extract();
  extract.end(kind === 'tar' ? archive : gunzipSync(archive));
  for await (const stream of extract) {
    const { name, type, mode = 0, linkname } = stream.header;
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const entry = { path: name, content: Buffer.concat(chunks), executable: (mode & 0o111) !== 0 };
    if (type === 'symlink') entries.push({ ...entry, kind: 'link', link: linkname ?? '' });
    else if (type === 'directory') entries.push({ ...entry, kind: 'directory' });
    else if (type === 'file' || type === 'contiguous-file') entries.push({ ...entry, kind: 'file' });
  }
  return entries;
}

/** `checksum=sha256:...` of a source; undefined when it is right. */
export function checksumProblem(archive: Buffer, wanted: string): string | undefined {
  const [, named, digest = ''] = /^(?:(md5|sha1|sha256|sha512):)?([0-9a-fA-F]+)$/.exec(wanted) ?? [];
  const algorithm = named ?? { 32: 'md5', 40: 'sha1', 64: 'sha256', 128: 'sha512' }[digest.length];
  if (algorithm === undefined) return `the checksum "${wanted}" is none of md5, sha1, sha256 and sha512`;
  const found = createHash(algorithm).update(archive).digest('hex');
  return found === digest.toLowerCase() ? undefined : `its ${algorithm} is ${found}, but the source asks for ${digest}`;
}

/** Whether a path stays inside a directory. */
export function isInside(path: string, directory: string): boolean {
  const way = relative(resolve(directory), resolve(path));
  return way !== '..' && !way.startsWith('../') && !isAbsolute(way);
}

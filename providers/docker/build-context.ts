/**
 * The folder that is sent to a builder: which files `.dockerignore` leaves, a digest of them that does not depend on
 * times, owners or the umask, and the archive. Knows nothing of the engine.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile, readdir, readlink, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import type { Ignore } from '@balena/dockerignore';
import { type Diagnostic, type Result, failed, ok } from '../../core/diag/diagnostic.ts';

export interface ContextAsk {
  /** As written: absolute, relative to the working directory, or with `~`. */
  readonly context: string;
  readonly dockerfile: string;
  readonly workingDirectory: string;
  readonly home: string | undefined;
}

export interface BuildContext {
  readonly root: string;
  /** What the builder is told; a Dockerfile from outside travels under a name of its own. */
  readonly dockerfile: string;
  /** In order of their paths; the Dockerfile from outside comes last. */
  readonly entries: readonly ContextEntry[];
}

export interface ContextEntry {
  /** Relative, with slashes. */
  readonly path: string;
  readonly file: string;
  readonly kind: 'file' | 'folder' | 'link';
  readonly mode: number;
  readonly size: number;
  readonly modified: Date;
  readonly link: string | undefined;
}

export interface ContextDigest {
  readonly hash: string;
  /** A short digest of each file, to say later which have changed. */
  readonly files: Readonly<Record<string, string>>;
}

const OUTSIDE_DOCKERFILE = '.stowage.Dockerfile';

/** Lists what would be sent. Fails when the folder or the Dockerfile is not there or cannot be read. */
export async function scanContext(ask: ContextAsk): Promise<Result<BuildContext>> {
  const root = contextFolder(ask);
  if (!(await isFolder(root))) return failed(missingContext(ask.context, root));
  const dockerfile = await findDockerfile(ask, root);
  if (dockerfile === undefined) return failed(missingDockerfile(ask, root));
  const inside = insidePath(root, dockerfile);
  try {
    const ignore = await ignoreRules(root, dockerfile, inside);
    const entries = await walk(root, '', ignore);
    if (inside !== undefined) return ok({ root, dockerfile: inside, entries });
    return ok({
      root,
      dockerfile: OUTSIDE_DOCKERFILE,
      entries: [...entries, await entryOf(dockerfile, OUTSIDE_DOCKERFILE)],
    });
  } catch (error) {
    return failed(unreadable(root, error));
  }
}

/** Absolute path of the context. */
export function contextFolder(ask: Pick<ContextAsk, 'context' | 'workingDirectory' | 'home'>): string {
  const expanded = ask.context.replace(/^~(?=\/|$)/, ask.home ?? homedir());
  return resolve(ask.workingDirectory, expanded);
}

/** In the context, as everywhere else with Docker; in the working directory when there is none. */
async function findDockerfile(ask: ContextAsk, root: string): Promise<string | undefined> {
  const places = isAbsolute(ask.dockerfile) ? [''] : [root, ask.workingDirectory];
  for (const place of places) {
    const file = resolve(place, ask.dockerfile);
    if (await isFile(file)) return file;
  }
  return undefined;
}

function insidePath(root: string, file: string): string | undefined {
  const path = relative(root, file).split(sep).join('/');
  return path.startsWith('../') || path === '..' || isAbsolute(path) ? undefined : path;
}

async function ignoreRules(root: string, dockerfile: string, inside: string | undefined): Promise<Rules | undefined> {
  const own = await readOptional(`${dockerfile}.dockerignore`);
  const text = own ?? (await readOptional(join(root, '.dockerignore')));
  if (text === undefined) return undefined;
  const loaded = await import('@balena/dockerignore');
  // Its types say that it is an ES module, which it is not.
  const dockerignore = loaded.default as unknown as (options: { ignorecase: boolean }) => Ignore;
  // The builder needs these two whatever the rules say.
  const ignore = dockerignore({ ignorecase: false })
    .add(text)
    .add(['!.dockerignore', ...(inside === undefined ? [] : [`!${inside}`])]);
  const written = text.split(/\r?\n/).some((line) => line.trim().startsWith('!'));
  return { ignore, exceptions: written, keep: ['.dockerignore', ...(inside === undefined ? [] : [inside])] };
}

interface Rules {
  readonly ignore: Ignore;
  /** Something below an ignored folder may be wanted after all. */
  readonly exceptions: boolean;
  readonly keep: readonly string[];
}

async function walk(root: string, folder: string, rules: Rules | undefined): Promise<ContextEntry[]> {
  const names = (await readdir(join(root, folder))).sort();
  const entries: ContextEntry[] = [];
  for (const name of names) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const entry = await entryOf(join(root, path), path);
    const ignored = rules?.ignore.ignores(path) ?? false;
    if (!ignored && isSendable(entry)) entries.push(entry);
    if (entry.kind === 'folder' && (!ignored || mayHoldWanted(path, rules))) {
      const below = await walk(root, path, rules);
      // The folders above an exception are sent, the folder itself being ignored or not.
      if (ignored && below.length > 0) entries.push(entry);
      entries.push(...below);
    }
  }
  return entries;
}

function mayHoldWanted(folder: string, rules: Rules | undefined): boolean {
  return rules !== undefined && (rules.exceptions || rules.keep.some((path) => path.startsWith(`${folder}/`)));
}

/** Sockets, pipes and devices make no sense in an image. */
function isSendable(entry: ContextEntry): boolean {
  return entry.size >= 0;
}

async function entryOf(file: string, path: string): Promise<ContextEntry> {
  const { mode, size, mtime, ...info } = await lstatPlain(file);
  const common = { path, file, mode: mode & 0o7777, modified: mtime };
  if (info.link) return { ...common, kind: 'link', size: 0, link: await readlink(file) };
  if (info.folder) return { ...common, kind: 'folder', size: 0, link: undefined };
  return { ...common, kind: 'file', size: info.regular ? size : -1, link: undefined };
}

async function lstatPlain(file: string) {
  const info = await lstat(file);
  const { mode, size, mtime } = info;
  return { mode, size, mtime, link: info.isSymbolicLink(), folder: info.isDirectory(), regular: info.isFile() };
}

// ---- Digest ------------------------------------------------------------------------------------------------------

/** Digest over paths, permissions (without what the umask decides) and contents. */
export async function digestContext(context: BuildContext): Promise<ContextDigest> {
  const whole = createHash('sha256').update(context.dockerfile);
  const files: Record<string, string> = {};
  for (const entry of context.entries) {
    const digest = await digestEntry(entry);
    whole.update(`${entry.path}\0${digest}\0`);
    if (entry.kind !== 'folder') files[entry.path] = digest.slice(0, 12);
  }
  return { hash: whole.digest('hex'), files };
}

async function digestEntry(entry: ContextEntry): Promise<string> {
  const hash = createHash('sha256').update(`${entry.kind}\0${(entry.mode & 0o755).toString(8)}\0${entry.link ?? ''}\0`);
  if (entry.kind === 'file') for await (const chunk of createReadStream(entry.file)) hash.update(chunk);
  return hash.digest('hex');
}

/** Paths that were added, changed or removed between two digests, in order. */
export function changedFiles(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...paths].filter((path) => before[path] !== after[path]).sort();
}

// ---- Archive -----------------------------------------------------------------------------------------------------

/** A tar of the context, made while it is read. Everything in it belongs to root. */
export async function archiveContext(context: BuildContext): Promise<Readable> {
  // Bundled, a CommonJS package has a default export alone.
  const { default: tarStream } = await import('tar-stream');
  const pack = tarStream.pack();
  void (async () => {
    for (const entry of context.entries) await addEntry(pack, entry);
    pack.finalize();
  })().catch((error: unknown) => pack.destroy(error instanceof Error ? error : new Error(String(error))));
  return pack as unknown as Readable;
}

type Pack = ReturnType<typeof import('tar-stream').pack>;

function addEntry(pack: Pack, entry: ContextEntry): Promise<void> {
  const common = { name: entry.path, mode: entry.mode, uid: 0, gid: 0, mtime: entry.modified };
  return new Promise((resolvePromise, reject) => {
    const done = (error?: Error | null): void => (error ? reject(error) : resolvePromise());
    if (entry.kind === 'folder') pack.entry({ ...common, name: `${entry.path}/`, type: 'directory' }, done);
    else if (entry.kind === 'link') pack.entry({ ...common, type: 'symlink', linkname: entry.link ?? '' }, done);
    else sendFile(pack.entry({ ...common, type: 'file', size: entry.size }, done), entry, reject);
  });
}

/** Exactly as many bytes as were announced: a file that grows meanwhile is cut, one that shrinks is an error. */
function sendFile(sink: NodeJS.WritableStream, entry: ContextEntry, reject: (error: Error) => void): void {
  if (entry.size === 0) {
    sink.end();
    return;
  }
  createReadStream(entry.file, { end: entry.size - 1 })
    .on('error', reject)
    .pipe(sink);
}

// ---- Words -------------------------------------------------------------------------------------------------------

function missingContext(written: string, root: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'Build context not found',
    detail: `The folder "${written}" (${root}) does not exist or is not a folder. "context" is relative to the working directory; use "\${path.module}/..." for one beside the configuration.`,
    path: ['build'],
  };
}

function missingDockerfile(ask: ContextAsk, root: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'Dockerfile not found',
    detail: `There is no "${ask.dockerfile}" in the build context ${root}. "dockerfile" is relative to "context".`,
    path: ['build'],
  };
}

function unreadable(root: string, error: unknown): Diagnostic {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    severity: 'error',
    summary: 'Build context cannot be read',
    detail: `Reading ${root} failed: ${reason}. Files that the build does not need can be left out with a .dockerignore file.`,
    path: ['build'],
  };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}

async function readOptional(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

/**
 * Files on this machine. A file that is written appears as a whole or not at all: its content goes to a new file beside
 * it, which then takes its name. Failures are answers; nothing here throws for what the file system says.
 */
import { randomBytes } from 'node:crypto';
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export type FileAnswer<T> = { readonly value: T } | { readonly absent: boolean; readonly reason: string };

export async function readWhole(path: string): Promise<FileAnswer<Buffer>> {
  return attempt(() => readFile(path));
}

/** Directories that are missing are made. Modes are what the umask leaves of them. */
export async function writeWhole(
  path: string,
  content: Buffer,
  modes: { readonly file: number; readonly directory: number },
): Promise<FileAnswer<true>> {
  return attempt(async () => {
    await mkdir(dirname(path), { recursive: true, mode: modes.directory });
    // What a link points to is written, and the link stays.
    const target = await realpath(path).catch(() => path);
    const existing = await stat(target).catch(() => undefined);
    if (existing && !existing.isFile()) await writeFile(target, content);
    else await replaceFile(target, content, modes.file);
    return true as const;
  });
}

async function replaceFile(path: string, content: Buffer, mode: number): Promise<void> {
  const beside = join(dirname(path), `.${basename(path).slice(0, 200)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeNew(beside, content, mode);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    throw error;
  }
}

async function writeNew(path: string, content: Buffer, mode: number): Promise<void> {
  const file: FileHandle = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A file that is gone already counts as removed. */
export async function removeFile(path: string): Promise<FileAnswer<true>> {
  const removed = await attempt(async () => {
    await lstat(path);
    await unlink(path);
    return true as const;
  });
  return 'absent' in removed && removed.absent ? { value: true } : removed;
}

async function attempt<T>(act: () => Promise<T>): Promise<FileAnswer<T>> {
  try {
    return { value: await act() };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { absent: code === 'ENOENT', reason: message };
  }
}

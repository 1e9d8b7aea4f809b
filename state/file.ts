/** Files that are either the old one or the new one, whenever the machine stops. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Writes beside the target, makes it durable, then takes the target's name. A symbolic link keeps pointing at the file.
 * @param mode permissions; state and everything derived from it is for its owner alone
 * @throws the error of the system call that failed; the target is then as it was
 */
export async function writeDurably(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const target = await finalPath(path);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeSynced(temporary, content, mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(target));
}

async function writeSynced(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Where a path leads through symbolic links, also when its last part does not exist yet. */
export async function finalPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    const absolute = resolve(path);
    return join(await realpath(dirname(absolute)), basename(absolute));
  }
}

/** A rename is durable only when its directory is. Some file systems cannot do it and say so: nothing to be done. */
export async function syncDirectory(path: string): Promise<void> {
  let directory: FileHandle | undefined;
  try {
    directory = await open(path, 'r');
    await directory.sync();
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    await directory?.close();
  }
}

/** `ENOENT` and its like; undefined for what is no system error. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** A system error in words for a diagnostic; what is none is our own bug and is thrown on. */
export function systemErrorText(error: unknown): string {
  if (errorCode(error) === undefined) throw error;
  return error instanceof Error ? error.message : String(error);
}

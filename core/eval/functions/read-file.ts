/**
 * How functions reach files: relative paths start from the context's directory, `~` is the home directory, and every
 * file read is told of. Complaints name paths as the configuration does.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CallContext, CallError } from '../scope.ts';
import { callError, shown } from './define.ts';
import { quote } from './text.ts';

export interface Place {
  /** Cleaned, relative if it was written so. */
  readonly shown: string;
  readonly absolute: string;
}

const NO_SUCH_HOME = 'cannot expand user-specific home dir';

/** `~` and `~/x`; other users' homes are not known. */
export function expandHome(text: string, context: CallContext): string | CallError {
  if (!text.startsWith('~')) return text;
  if (text !== '~' && text[1] !== '/') return callError(NO_SUCH_HOME);
  return cleanPath(path.posix.join(context.homeDirectory, text.slice(1)));
}

/** Without `.`, `..` where they can be resolved, doubled or trailing slashes. */
export function cleanPath(text: string): string {
  const normal = path.posix.normalize(text);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

export function placeOf(text: string, context: CallContext): Place | CallError {
  const expanded = expandHome(text, context);
  if (typeof expanded === 'object') return callError(`failed to expand ~: ${expanded.message}`);
  const clean = cleanPath(expanded);
  return { shown: clean, absolute: path.resolve(context.baseDirectory, clean) };
}

const SYSTEM_WORDS = new Map([
  ['ENOENT', 'no such file or directory'],
  ['ENOTDIR', 'not a directory'],
  ['EISDIR', 'is a directory'],
  ['EACCES', 'permission denied'],
  ['ELOOP', 'too many levels of symbolic links'],
  ['ENAMETOOLONG', 'file name too long'],
]);

export function systemCode(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code ?? String(error);
}

/** What went wrong, as the operating system puts it. */
export function systemWords(error: unknown): string {
  return SYSTEM_WORDS.get(systemCode(error)) ?? systemCode(error);
}

/** Contents of a file, or the operating system's complaint. */
export function readBytes(text: string, context: CallContext): Buffer | CallError {
  const place = placeOf(text, context);
  if ('kind' in place) return place;
  try {
    const bytes = readFileSync(place.absolute);
    context.onFileRead?.(place.absolute);
    return bytes;
  } catch (error) {
    const verb = systemCode(error) === 'EISDIR' ? 'read' : 'open';
    return callError(`${verb} ${place.shown}: ${systemWords(error)}`);
  }
}

const NO_FILE =
  'this function works only with files that are distributed as part of the configuration source code, so if this file will be created by a resource in this configuration you must instead obtain this result from an attribute of that resource';

/** The same with advice for a file that is not there; complaints are about the first argument. */
export function readSource(text: string, marks: number, context: CallContext): Buffer | CallError {
  const bytes = readBytes(text, context);
  if (!('kind' in bytes)) return bytes;
  if (bytes.message.endsWith('no such file or directory')) {
    return callError(`no file exists at ${shown(quote(text), marks)}; ${NO_FILE}`, 0);
  }
  const isDirectory = bytes.message.endsWith('is a directory');
  return callError(isDirectory ? `failed to read file: ${bytes.message}` : bytes.message, 0);
}

/** The complaint about a text file that is none. */
export function notUtf8(text: string, marks: number): CallError {
  const advice =
    'use the filebase64 function to obtain the Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to obtain file hashing results instead';
  return callError(`contents of ${shown(quote(text), marks)} are not valid UTF-8; ${advice}`);
}

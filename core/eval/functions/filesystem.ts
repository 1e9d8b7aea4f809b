/** Files and paths. Paths are taken as text; only `file`, `filebase64` and `fileexists` look at the disk. */
import { type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { BOOL, STRING } from '../../value/type.ts';
import { FALSE, TRUE, type Value, stringValue, withMarks } from '../../value/value.ts';
import type { CallContext, CallError } from '../scope.ts';
import { argumentAt, callError, defineFunction, parameter, shown, textOf } from './define.ts';
import { cleanPath, expandHome, notUtf8, placeOf, readSource, systemCode } from './read-file.ts';
import { decodeUtf8, quote } from './text.ts';

const markedPath = parameter('path', STRING, { acceptsMarks: true });

const file = defineFunction({
  name: 'file',
  parameters: [markedPath],
  returns: STRING,
  call: (args, context) => {
    const { marks } = argumentAt(args, 0);
    const bytes = readSource(textOf(args, 0), marks, context);
    if ('kind' in bytes) return bytes;
    const text = decodeUtf8(bytes);
    return text === undefined ? notUtf8(textOf(args, 0), marks) : stringValue(text, marks);
  },
});

const filebase64 = defineFunction({
  name: 'filebase64',
  parameters: [markedPath],
  returns: STRING,
  call: (args, context) => {
    const { marks } = argumentAt(args, 0);
    const bytes = readSource(textOf(args, 0), marks, context);
    return 'kind' in bytes ? bytes : stringValue(bytes.toString('base64'), marks);
  },
});

const fileexists = defineFunction({
  name: 'fileexists',
  parameters: [markedPath],
  returns: BOOL,
  call: (args, context) => {
    const { marks } = argumentAt(args, 0);
    const found = fileFound(textOf(args, 0), marks, context);
    return found.kind === 'call-error' ? found : withMarks(found, marks);
  },
});

function fileFound(text: string, marks: number, context: CallContext): Value | CallError {
  const place = placeOf(text, context);
  if ('kind' in place) return place;
  const name = shown(quote(place.shown), marks);
  try {
    const stats = statSync(place.absolute);
    const kind = otherKind(stats);
    return kind === undefined ? TRUE : callError(`${name} is ${kind}`);
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? FALSE : callError(`failed to stat ${name}`);
  }
}

function otherKind(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return 'a directory, not a file';
  if (stats.isFIFO()) return 'a named pipe, not a regular file';
  if (stats.isSocket()) return 'a unix domain socket, not a regular file';
  return 'a device node, not a regular file';
}

function mapPath(name: string, map: (text: string, context: CallContext) => string | CallError) {
  return defineFunction({
    name,
    parameters: [parameter('path', STRING)],
    returns: STRING,
    call: (args, context) => {
      const mapped = map(textOf(args, 0), context);
      return typeof mapped === 'string' ? stringValue(mapped) : mapped;
    },
  });
}

const abspath = mapPath('abspath', (text, context) => path.resolve(context.baseDirectory, text));
const basename = mapPath('basename', baseName);
const dirname = mapPath('dirname', (text) => cleanPath(text.slice(0, text.lastIndexOf('/') + 1)));
const pathexpand = mapPath('pathexpand', expandHome);

function baseName(text: string): string {
  if (text === '') return '.';
  return text.replace(/\/+$/, '').split('/').at(-1) || '/';
}

export const filesystemFunctions = [abspath, basename, dirname, file, filebase64, fileexists, pathexpand];

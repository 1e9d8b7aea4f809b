/**
 * `fileset`: the files below a directory whose names match a pattern. `**` stands for any directories, however deep;
 * dot files are like others; directories reached by a symbolic link count; only regular files are listed.
 */
import { type Dirent, type Stats, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { setValue } from '../../value/set.ts';
import { STRING, setType } from '../../value/type.ts';
import { stringValue, withMarks } from '../../value/value.ts';
import type { CallContext, CallError } from '../scope.ts';
import { argumentAt, callError, defineFunction, isCallError, parameter, shown, textOf } from './define.ts';
import { cleanPath, placeOf, systemWords } from './read-file.ts';
import { quote } from './text.ts';

const fileset = defineFunction({
  name: 'fileset',
  parameters: [parameter('path', STRING, { acceptsMarks: true }), parameter('pattern', STRING, { acceptsMarks: true })],
  returns: setType(STRING),
  call: (args, context) => {
    const marks = argumentAt(args, 0).marks | argumentAt(args, 1).marks;
    const place = placeOf(textOf(args, 0), context);
    if ('kind' in place) return place;
    // Joined first and cleaned as one, so a pattern may start with `..`, and the directory may be a pattern too.
    const pattern = cleanPath(`${place.shown}/${textOf(args, 1)}`);
    const found = new Search(pattern, marks, context).run();
    if (isCallError(found)) return found;
    const names = found.paths.map((match) => stringValue(path.posix.relative(place.shown, match)));
    return withMarks(setValue(STRING, names), marks);
  },
});

interface Found {
  readonly kind: 'found';
  readonly paths: readonly string[];
}

/** One walk along the segments of a pattern. Stops at the first error. */
class Search {
  readonly #pattern: string;
  readonly #marks: number;
  readonly #context: CallContext;
  readonly #paths = new Set<string>();
  readonly #matchers = new Map<string, RegExp | undefined>();
  #error: CallError | undefined;

  constructor(pattern: string, marks: number, context: CallContext) {
    this.#pattern = pattern;
    this.#marks = marks;
    this.#context = context;
  }

  run(): Found | CallError {
    const absolute = this.#pattern.startsWith('/');
    const segments = this.#pattern.split('/').filter((segment) => segment !== '' && segment !== '.');
    this.#enter(absolute ? '/' : '', segments, []);
    return this.#error ?? { kind: 'found', paths: [...this.#paths] };
  }

  /** @param above real paths of the directories that `**` came through, since links may form a ring */
  #enter(directory: string, segments: readonly string[], above: readonly string[]): void {
    const [segment, ...rest] = segments;
    if (this.#error !== undefined || segment === undefined) return;
    if (segment === '..') this.#enter(joined(directory, '..'), rest, above);
    else if (segment === '**') this.#enterAll(directory, rest, above);
    else this.#match(directory, segment, rest);
  }

  #match(directory: string, segment: string, rest: readonly string[]): void {
    const entries = this.#list(directory);
    if (entries.length === 0) return;
    const matcher = this.#matcher(segment);
    if (matcher === undefined) {
      this.#error ??= callError(
        `failed to glob pattern ${shown(quote(this.#pattern), this.#marks)}: syntax error in pattern`,
      );
      return;
    }
    for (const entry of entries) {
      if (!matcher.test(entry.name)) continue;
      const found = joined(directory, entry.name);
      if (rest.length === 0) this.#add(found, entry, true);
      else if (this.#isDirectory(found, entry)) this.#enter(found, rest, []);
    }
  }

  /** `**`: the directory itself and all beneath it. */
  #enterAll(directory: string, rest: readonly string[], above: readonly string[]): void {
    const real = this.#realPath(directory);
    if (real === undefined || above.includes(real)) return;
    if (rest.length > 0) this.#enter(directory, rest, above);
    for (const entry of this.#list(directory)) {
      const found = joined(directory, entry.name);
      if (this.#isDirectory(found, entry)) this.#enterAll(found, rest, [...above, real]);
      else if (rest.length === 0) this.#add(found, entry, false);
    }
  }

  #add(found: string, entry: Dirent, mustExist: boolean): void {
    const stats = entry.isSymbolicLink() ? this.#stat(found) : entry;
    if (typeof stats === 'string') {
      if (mustExist)
        this.#error ??= callError(`failed to stat ${shown(quote(found), this.#marks)}: stat ${found}: ${stats}`);
    } else if (stats.isFile()) {
      this.#paths.add(found);
    }
  }

  #isDirectory(found: string, entry: Dirent): boolean {
    if (!entry.isSymbolicLink()) return entry.isDirectory();
    const stats = this.#stat(found);
    return typeof stats !== 'string' && stats.isDirectory();
  }

  #stat(found: string): Stats | string {
    try {
      return statSync(this.#absolute(found));
    } catch (error) {
      return systemWords(error);
    }
  }

  /** Nothing for what is no directory or cannot be read. */
  #list(directory: string): Dirent[] {
    try {
      return readdirSync(this.#absolute(directory), { withFileTypes: true });
    } catch {
      return [];
    }
  }

  #realPath(directory: string): string | undefined {
    try {
      return realpathSync(this.#absolute(directory));
    } catch {
      return undefined;
    }
  }

  #absolute(name: string): string {
    return path.resolve(this.#context.baseDirectory, name);
  }

  #matcher(segment: string): RegExp | undefined {
    if (!this.#matchers.has(segment)) this.#matchers.set(segment, segmentMatcher(segment));
    return this.#matchers.get(segment);
  }
}

function joined(directory: string, name: string): string {
  if (directory === '') return name;
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

const GLOB_PART = /\\(.)|\[(\^?)((?:\\.|[^\]\\])+)\]|(\*+)|(\?)|([{},])|([^\\[])/suy;

/** Undefined when the pattern is not well-formed. */
function segmentMatcher(segment: string): RegExp | undefined {
  let source = '';
  let depth = 0;
  GLOB_PART.lastIndex = 0;
  while (GLOB_PART.lastIndex < segment.length) {
    const match = GLOB_PART.exec(segment);
    if (match === null) return undefined;
    const [, escaped, negated, members, stars, question, brace, plain] = match;
    if (escaped !== undefined) source += literal(escaped);
    else if (members !== undefined) source += `[${negated}${classMembers(members)}]`;
    else if (stars !== undefined) source += '.*';
    else if (question !== undefined) source += '.';
    else if (brace === '{') {
      depth++;
      source += '(?:';
    } else if (brace === '}' && depth > 0) {
      depth--;
      source += ')';
    } else if (brace === ',' && depth > 0) source += '|';
    else source += literal(plain ?? brace ?? '');
  }
  return depth === 0 ? new RegExp(`^${source}$`, 'su') : undefined;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (character) => `\\${character}`);
}

/** Single characters and ranges; a range the wrong way round holds nothing. */
function classMembers(members: string): string {
  let source = '';
  for (const [, first = '', last] of members.matchAll(/(\\?.)(?:-(\\?.))?/gsu)) {
    const from = first.replace(/^\\(?=.)/s, '');
    const to = last?.replace(/^\\(?=.)/s, '');
    if (to === undefined) source += literal(from);
    else if (from <= to) source += `${literal(from)}-${literal(to)}`;
  }
  return source;
}

export const filesetFunctions = [fileset];

/**
 * Regular expressions, RE2's: linear in the text, no lookaround, no backreferences. Everything that needs the library
 * is here, so that nothing else loads it. `replace` is here because a pattern may be what it is given.
 */
import { type Matcher, RE2JS } from 're2js';
import { DYNAMIC, STRING, type Type, listType, objectType, tupleType } from '../../value/type.ts';
import { type Value, listValue, nullValue, objectValue, stringValue, tupleValue } from '../../value/value.ts';
import type { CallError } from '../scope.ts';
import { argumentAt, callError, defineFunction, isCallError, parameter, textOf } from './define.ts';

interface Pattern {
  readonly kind: 'pattern';
  readonly compiled: RE2JS;
  /** Name of each group from 1 on; undefined where it has none. */
  readonly names: readonly (string | undefined)[];
}

interface PatternError {
  readonly kind: 'pattern-error';
  /** As Go's library words it, and the same in Terraform's own sentence. */
  readonly message: string;
  readonly sentence: string;
}

/** Patterns are compiled once, few programs have many. */
const compiledPatterns = new Map<string, Pattern | PatternError>();
const MOST_PATTERNS = 500;

function compile(text: string): Pattern | PatternError {
  let pattern = compiledPatterns.get(text);
  if (pattern === undefined) {
    pattern = compileNew(text);
    if (compiledPatterns.size >= MOST_PATTERNS) compiledPatterns.clear();
    compiledPatterns.set(text, pattern);
  }
  return pattern;
}

function compileNew(text: string): Pattern | PatternError {
  const named = /\(\?P?</.test(text) ? withUniqueNames(text) : { source: text, names: new Map<string, string>() };
  try {
    const compiled = RE2JS.compile(named.source);
    const names = new Array<string | undefined>(compiled.groupCount()).fill(undefined);
    for (const [unique, index] of Object.entries(compiled.namedGroups())) {
      names[index - 1] = named.names.get(unique) ?? unique;
    }
    return { kind: 'pattern', compiled, names };
  } catch (error) {
    return patternError(error);
  }
}

function patternError(error: unknown): PatternError {
  const given = error instanceof Error ? error.message : String(error);
  const message = given.endsWith('`') ? given : `${given}: \`\``;
  const [, code = message, part = ''] = /^error parsing regexp: (.*?)(?:: `(.*)`)?$/s.exec(message) ?? [];
  return { kind: 'pattern-error', message, sentence: `invalid regexp pattern: ${code} in ${part}` };
}

/** The library wants every name once, the language lets the last one win. */
function withUniqueNames(text: string): { source: string; names: Map<string, string> } {
  const names = new Map<string, string>();
  const source = text.replace(
    /\\Q.*?(?:\\E|$)|\\.|\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]|\(\?P?<(\w+)>/gs,
    (part: string, name: string | undefined) => {
      if (name === undefined) return part;
      const isFirst = !names.has(name);
      const unique = isFirst ? name : `${name}_${names.size}_`;
      names.set(unique, name);
      return isFirst ? part : `(?P<${unique}>`;
    },
  );
  return { source, names };
}

/** A string, a tuple of the groups, or an object when they have names. */
function resultType({ names }: Pattern): Type | CallError {
  if (names.length === 0) return STRING;
  const given = names.filter((name) => name !== undefined);
  if (given.length === 0) return tupleType(names.map(() => STRING));
  if (given.length === names.length) return objectType(given.map((name) => [name, STRING] as const));
  return callError('invalid regexp pattern: cannot mix both named and unnamed capture groups', 0);
}

function matchValue(matcher: Matcher, { names }: Pattern): Value {
  if (names.length === 0) return stringValue(matcher.group() ?? '');
  const groups = names.map((_, index) => groupValue(matcher.group(index + 1)));
  if (names[0] === undefined) return tupleValue(groups);
  return objectValue(groups.map((group, index) => [names[index] ?? '', group] as const));
}

function groupValue(text: string | null): Value {
  return text === null ? nullValue(STRING) : stringValue(text);
}

/** The pattern of the first argument and the type of what it matches. */
function patternOf(args: readonly Value[]): { pattern: Pattern; type: Type } | CallError {
  const pattern = compile(textOf(args, 0));
  if (pattern.kind === 'pattern-error') return callError(pattern.sentence, 0);
  const type = resultType(pattern);
  return isCallError(type) ? type : { pattern, type };
}

const parameters = [parameter('pattern', STRING), parameter('string', STRING)];

const regex = defineFunction({
  name: 'regex',
  parameters,
  returns: (args) => typeOrUnknown(args),
  call: (args) => {
    const found = patternOf(args);
    if ('kind' in found) return found;
    const matcher = found.pattern.compiled.matcher(textOf(args, 1));
    if (!matcher.find()) return callError('pattern did not match any part of the given string');
    return matchValue(matcher, found.pattern);
  },
});

function typeOrUnknown(args: readonly Value[]): Type | CallError {
  if (argumentAt(args, 0).kind !== 'string') return DYNAMIC;
  const found = patternOf(args);
  return 'kind' in found ? found : found.type;
}

const regexall = defineFunction({
  name: 'regexall',
  parameters,
  returns: (args) => {
    const type = typeOrUnknown(args);
    return isCallError(type) ? type : listType(type);
  },
  call: (args) => {
    const found = patternOf(args);
    if ('kind' in found) return found;
    const matches: Value[] = [];
    for (const matcher of allMatches(found.pattern, textOf(args, 1))) matches.push(matchValue(matcher, found.pattern));
    return listValue(found.type, matches);
  },
});

/** Matches from left to right; an empty one right after another match does not count. */
function* allMatches(pattern: Pattern, text: string): Generator<Matcher> {
  const matcher = pattern.compiled.matcher(text);
  let previousEnd = -1;
  while (matcher.find()) {
    const isEmpty = matcher.start() === matcher.end();
    if (!isEmpty || matcher.start() !== previousEnd) yield matcher;
    previousEnd = matcher.end();
  }
}

const replace = defineFunction({
  name: 'replace',
  parameters: [parameter('str', STRING), parameter('substr', STRING), parameter('replace', STRING)],
  returns: STRING,
  call: (args) => {
    const [text, sought, replacement] = [textOf(args, 0), textOf(args, 1), textOf(args, 2)];
    const isPattern = sought.length > 1 && sought.startsWith('/') && sought.endsWith('/');
    if (!isPattern) return stringValue(replacePlain(text, sought, replacement));
    const pattern = compile(sought.slice(1, -1));
    if (pattern.kind === 'pattern-error') return callError(pattern.message);
    return stringValue(replacePattern(text, pattern, replacement));
  },
});

/** Nothing stands between all code points. */
function replacePlain(text: string, sought: string, replacement: string): string {
  return sought === '' ? ['', ...text, ''].join(replacement) : text.split(sought).join(replacement);
}

function replacePattern(text: string, pattern: Pattern, replacement: string): string {
  let result = '';
  let copied = 0;
  for (const matcher of allMatches(pattern, text)) {
    result += text.slice(copied, matcher.start()) + expand(replacement, matcher, pattern);
    copied = matcher.end();
  }
  return result + text.slice(copied);
}

/** `$1`, `$name` (as long as it can be), `${name}` and `$$`; what names no group that matched is nothing. */
function expand(replacement: string, matcher: Matcher, pattern: Pattern): string {
  return replacement.replace(
    /\$(?:(\$)|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu,
    (_, dollar: string | undefined, bare: string | undefined, braced: string | undefined) => {
      const name = bare ?? braced;
      return name === undefined ? (dollar ?? '') : groupText(name, matcher, pattern);
    },
  );
}

function groupText(name: string, matcher: Matcher, { names }: Pattern): string {
  if (/^(0|[1-9]\d{0,7})$/.test(name)) {
    const index = Number(name);
    return index <= names.length ? (matcher.group(index) ?? '') : '';
  }
  for (const [index, candidate] of names.entries()) {
    const text = candidate === name ? matcher.group(index + 1) : null;
    if (text !== null) return text;
  }
  return '';
}

export const regexFunctions = [regex, regexall, replace];

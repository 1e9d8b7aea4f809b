/** What the tests of the language share: places as people write them, trees without places, recorded data. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Diagnostic, Diagnostics } from '../../../core/diag/diagnostic.ts';
import { SourceFile } from '../../../core/diag/source.ts';
import { parseConfig, parseExpression } from '../../../core/hcl/parser.ts';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export function readLines<T>(path: string): T[] {
  const text = readFileSync(new URL(`../../data/${path}`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

export interface FormatCase {
  readonly name: string;
  readonly input: string;
  /** Standard output of `terraform fmt -`, which ends with a newline whatever was formatted. */
  readonly output?: string;
  readonly error?: string;
  /** What formatting the output again gives, where that is something else. */
  readonly again?: string;
}

export const formatCases = (): FormatCase[] => readLines('vectors/fmt/cases.jsonl');

/** Start line and column, end line and column, from 1. */
export type Place = readonly number[];

export function placeOf({ subject }: Diagnostic): Place {
  if (subject === undefined) return [];
  const start = subject.file.position(subject.start);
  const end = subject.file.position(subject.end);
  return [start.line, start.column, end.line, end.column];
}

/** `2,7-8 Summary` */
export function short(diagnostic: Diagnostic): string {
  const [line, column, endLine, endColumn] = placeOf(diagnostic);
  const end = line === endLine ? `${endColumn}` : `${endLine},${endColumn}`;
  return `${line},${column}-${end} ${diagnostic.summary}`;
}

export function errorsIn(text: string): string[] {
  return parseConfig(new SourceFile('main.tf', text)).diagnostics.map(short);
}

/** The characters that the diagnostics of a text underline. */
export function underlined(diagnostics: Diagnostics): string[] {
  return diagnostics.map(({ subject }) => subject?.file.text.slice(subject.start, subject.end) ?? '');
}

const PLACES = new Set(
  [
    'file start end nameRange typeRange operatorRange openParen closeParen openBracket marker header missingItem'.split(
      ' ',
    ),
  ].flat(),
);

/** A tree without places, as plain data. */
export function shape(tree: unknown): unknown {
  if (tree instanceof Map) return Object.fromEntries([...tree].map(([name, value]) => [name, shape(value)]));
  if (Array.isArray(tree)) return tree.map(shape);
  if (tree === null || typeof tree !== 'object') return tree;
  const members = Object.entries(tree).filter(([name, value]) => !PLACES.has(name) && value !== undefined);
  return Object.fromEntries(members.map(([name, value]) => [name, shape(value)]));
}

export function shapeOf(text: string): unknown {
  const { value, diagnostics } = parseExpression(new SourceFile('test.tf', text));
  if (diagnostics.length > 0) throw new Error(`${text}: ${diagnostics.map(short).join('; ')}`);
  return shape(value);
}

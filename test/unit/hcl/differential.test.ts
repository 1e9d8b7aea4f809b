/**
 * HashiCorp's own parser, compiled to JavaScript, and ours: over every file of native syntax in this repository they
 * accept and refuse the same, and see the same arguments, blocks, lists and objects.
 *
 * Left aside is what hcl2-parser does not keep: it gives `"$${x}"` and `"${x}"` the same text, takes `"${x}"` for `x` and
 * drops the marks of `~`, so text is not compared. It crashes on blocks of one type with different numbers of labels, and
 * of an argument and blocks of the same name it shows the argument only.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SourceFile } from '../../../core/diag/source.ts';
import type { Block, Body, Expression } from '../../../core/hcl/ast.ts';
import { parseConfig } from '../../../core/hcl/parser.ts';
import { formatCases, ROOT, readLines } from './support.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

// By `require`: importing it costs 100 ms more.
const oracle = createRequire(import.meta.url)('hcl2-parser') as {
  parseToObject(text: string): readonly [Json, unknown];
};

const FOLDERS_ASIDE = new Set(['node_modules', 'dist', '.git']);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return FOLDERS_ASIDE.has(entry.name) ? [] : filesBelow(path);
    return entry.name.endsWith('.tf') ? [path] : [];
  });
}

interface Source {
  readonly name: string;
  readonly text: string;
}

/** Script tests carry their files below the commands: `-- main.tf --`. */
function filesInScripts(): Source[] {
  const folder = join(ROOT, 'test/scripts');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txtar'))
    .flatMap((name) => {
      const [, ...parts] = readFileSync(join(folder, name), 'utf8').split(/^-- (.*) --\n/m);
      const files: Source[] = [];
      for (let index = 0; index + 1 < parts.length; index += 2) {
        const path = parts[index] ?? '';
        if (path.endsWith('.tf')) files.push({ name: `${name} ${path}`, text: parts[index + 1] ?? '' });
      }
      return files;
    });
}

const sources: Source[] = [
  ...['examples', 'test']
    .flatMap((folder) => filesBelow(join(ROOT, folder)))
    .map((path) => ({ name: relative(ROOT, path), text: readFileSync(path, 'utf8') })),
  ...filesInScripts(),
  ...formatCases().flatMap(({ name, input, output }) => [
    { name: `fmt ${name}`, text: input },
    { name: `fmt ${name}, formatted`, text: output ?? input },
  ]),
  ...['hcl/expression-errors.jsonl', 'hcl/program-errors.jsonl'].flatMap((path) => readLines<Source>(path)),
];

// ---- What both can tell ----------------------------------------------------------------------------------------------

/** Lists by their elements, objects by their keys; anything else is a value. */
type Outline = 'value' | readonly Outline[] | { readonly [name: string]: Outline };

function outlineOfJson(value: Json): Outline {
  if (Array.isArray(value)) return value.map(outlineOfJson);
  if (value === null || typeof value !== 'object') return 'value';
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, outlineOfJson(each)]));
}

function outlineOfBody(body: Body): Outline {
  const outline: Record<string, Outline> = {};
  for (const block of body.blocks) addBlock(outline, [block.type, ...block.labels.map(({ value }) => value)], block);
  for (const { name, value } of body.attributes.values()) outline[name] = outlineOfExpression(value);
  return outline;
}

/** Blocks stand in lists below their type and labels. */
function addBlock(into: Record<string, Outline>, names: readonly string[], block: Block): void {
  const [name = '', ...rest] = names;
  if (rest.length === 0) {
    const others = into[name];
    into[name] = [...(Array.isArray(others) ? others : []), outlineOfBody(block.body)];
    return;
  }
  const below = { ...((into[name] as Record<string, Outline> | undefined) ?? {}) };
  addBlock(below, rest, block);
  into[name] = below;
}

function outlineOfExpression(expression: Expression): Outline {
  if (expression.kind === 'tuple') return expression.elements.map(outlineOfExpression);
  if (expression.kind !== 'object') return 'value';
  const outline: Record<string, Outline> = {};
  for (const { keyName, key, value } of expression.items) {
    const name = keyName ?? constantText(key);
    if (name === undefined) return 'value';
    outline[name] = outlineOfExpression(value);
  }
  return outline;
}

function constantText(key: Expression): string | undefined {
  if (key.kind === 'literal' && key.literal.type === 'number') return key.literal.text;
  if (key.kind !== 'template') return undefined;
  const [part, ...others] = key.parts;
  if (part === undefined) return '';
  return part.kind === 'text' && others.length === 0 ? part.value : undefined;
}

/** Where we see a value (a computed key makes one of an object), nothing is compared. */
function agree(ours: Outline, theirs: Outline): boolean {
  if (ours === 'value') return true;
  if (typeof theirs === 'string' || typeof ours === 'string') return false;
  if (Array.isArray(ours) || Array.isArray(theirs)) {
    return Array.isArray(ours) && Array.isArray(theirs) && ours.length === theirs.length && agreeEach(ours, theirs);
  }
  return Object.keys(ours).sort().join() === Object.keys(theirs).sort().join() && agreeEach(ours, theirs);
}

function agreeEach(ours: object, theirs: object): boolean {
  return Object.entries(ours).every(([name, each]) => agree(each, Reflect.get(theirs, name)));
}

/** Blocks of one type with more and with fewer labels in one body. */
function mixesLabels(body: Body): boolean {
  const counts = new Map<string, number>();
  return body.blocks.some(({ type, labels, body: inner }) => {
    const before = counts.get(type);
    counts.set(type, labels.length);
    return (before !== undefined && before !== labels.length) || mixesLabels(inner);
  });
}

// ---- The comparison --------------------------------------------------------------------------------------------------

describe('the same as hcl2-parser', () => {
  test('there is enough to compare', () => {
    expect(sources.length).toBeGreaterThan(500);
  });

  test.each(sources)('$name', ({ text }) => {
    const { value: body, diagnostics } = parseConfig(new SourceFile('main.tf', text));
    const isRefused = diagnostics.length > 0 || text.includes('::');
    if (diagnostics.length === 0 && mixesLabels(body)) {
      expect(() => oracle.parseToObject(text)).toThrow('interface conversion');
      return;
    }
    const [theirs] = oracle.parseToObject(text);
    expect({ refused: isRefused }).toEqual({ refused: theirs === null });
    if (theirs === null) return;
    const [ours, other] = [outlineOfBody(body), outlineOfJson(theirs)];
    if (!agree(ours, other)) expect(ours).toEqual(other);
  });
});

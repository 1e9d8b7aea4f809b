import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cyclesOf, importsOf, lintImports, processUses, tokens } from './lint-imports.mjs';

const folders = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Lints a tree given as { path: text } and returns its problems as "file:line: message". */
function lint(files) {
  const root = mkdtempSync(join(tmpdir(), 'stowage-lint-'));
  folders.push(root);
  const all = { 'package.json': '{ "dependencies": { "dockerode": "1", "yargs": "1" } }', ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return lintImports(root).map(({ file, line, message }) => `${file}:${line}: ${message}`);
}

const imports = (source) => importsOf(tokens(source)).map(({ specifier }) => specifier);

describe('import directions', () => {
  it('accepts what the design allows', () => {
    const problems = lint({
      'cmd/main.ts':
        "import '../core/plan/plan.ts';\nimport { a } from '../providers/docker/daemon.ts';\nprocess.exit(a);",
      'cmd/cli.ts': "import yargs from 'yargs';\nexport const b = () => import('../state/codec.ts');",
      'providers/docker/daemon.ts': "import Docker from 'dockerode';\nimport type { A } from '../../core/provider.ts';",
      'state/codec.ts': "import type { A } from '../core/state.ts';",
      'core/provider.ts': "import type { A } from './config/schema.ts';\nimport type { S } from './state.ts';",
      'core/state.ts': '',
      'core/config/schema.ts': '',
      'core/plan/plan.ts': "export * from '../provider.ts';",
    });
    expect(problems).toEqual([]);
  });

  it.each([
    [
      'core/diag/a.ts',
      "import type { T } from '../value/b.ts';",
      'core/value/b.ts',
      'diag must not import core/value/b.ts',
    ],
    [
      'core/eval/functions/a.ts',
      "import('../../config/b.ts');",
      'core/config/b.ts',
      'eval must not import core/config/b.ts',
    ],
    [
      'core/config/a.ts',
      "import { T } from '../provider.ts';",
      'core/provider.ts',
      'config must not import core/provider.ts',
    ],
    [
      'core/plan/a.ts',
      "type T = import('../apply/b.ts').T;",
      'core/apply/b.ts',
      'plan must not import core/apply/b.ts',
    ],
    [
      'core/plan/a.ts',
      "export { x } from '../../state/b.ts';",
      'state/b.ts',
      'core must not import state (state/b.ts)',
    ],
    ['state/a.ts', "import '../providers/b.ts';", 'providers/b.ts', 'state must not import providers (providers/b.ts)'],
    ['providers/a.ts', "import '../cmd/b.ts';", 'cmd/b.ts', 'providers must not import cmd (cmd/b.ts)'],
    ['cmd/a.ts', "import '../test/b.ts';", 'test/b.ts', 'test/b.ts is outside the rooms'],
  ])('refuses %s: %s', (from, text, to, message) => {
    const problems = lint({ [from]: `\n${text}`, [to]: '' });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${from}:2: `);
    expect(problems[0]).toContain(message);
  });

  it('refuses a file of core that has no place in the order', () => {
    expect(lint({ 'core/misc/a.ts': '' })).toEqual(['core/misc/a.ts:1: core has no place for this file in its order']);
  });

  it('refuses an import that does not name a file', () => {
    expect(lint({ 'cmd/a.ts': "import './b';", 'cmd/b.ts': '' })).toEqual([
      'cmd/a.ts:1: ./b is not a file (an import names it with its extension)',
    ]);
  });

  it('refuses a cycle through a type-only import', () => {
    const problems = lint({
      'state/a.ts': "import type { B } from './b.ts';",
      'state/b.ts': "import { c } from './c.ts';",
      'state/c.ts': "const load = () => import('./a.ts');",
    });
    expect(problems).toEqual(['state/a.ts:1: import cycle: state/a.ts -> state/b.ts -> state/c.ts -> state/a.ts']);
  });
});

describe('packages and the process', () => {
  it('lets one file import dockerode, types included', () => {
    expect(lint({ 'providers/docker/image.ts': "import type Docker from 'dockerode';" })).toEqual([
      'providers/docker/image.ts:1: only providers/docker/daemon.ts may import dockerode',
    ]);
  });

  it('refuses packages that a user would not have, and unprefixed modules of Node', () => {
    expect(lint({ 'state/a.ts': "import 'vitest';\nimport 'fs';\nimport 'node:fs/promises';" })).toEqual([
      'state/a.ts:1: vitest is not among the dependencies of package.json',
      'state/a.ts:2: write node:fs',
    ]);
  });

  it('lets only the entry touch the process', () => {
    const problems = lint({
      'cmd/main.ts': 'process.argv;',
      'cmd/a.ts': "import p from 'node:process';\nconst e = process.env;",
    });
    expect(problems).toEqual([
      'cmd/a.ts:1: node:process belongs to the files that may touch the process',
      'cmd/a.ts:2: touches process: take what is needed as an argument',
    ]);
  });

  it('does not take a property or a key for the global', () => {
    expect(processUses(tokens('x.process; const y = { process: 1 }; interface Z { a: 1; process?: 2 }'))).toEqual([]);
    expect(processUses(tokens('interface Z { readonly process?: 2 }'))).toEqual([]);
    expect(processUses(tokens('a ? process : 1;\nglobalThis.b = process;'))).toEqual([1, 2]);
    expect(processUses(tokens('const env = globalThis.process.env;'))).toEqual([1]);
  });

  it('does not take a variable or parameter of that name for the global', () => {
    expect(processUses(tokens('const process = read(x);\nreturn { process, id: process.id };'))).toEqual([]);
    expect(processUses(tokens('function f(process: Process) { return process.id; }'))).toEqual([]);
    expect(processUses(tokens('const process = 1;\nglobalThis.process.exit();'))).toEqual([2]);
  });
});

describe('reading imports', () => {
  it('sees through comments, strings, templates and regular expressions', () => {
    expect(imports("// import 'a'\n/* import 'b' */ const s = \"import 'c'\"; import 'd';")).toEqual(['d']);
    expect(imports("const t = `import 'a' ${f(`${{ x: 1 }.x}`)} import 'b'`; import 'c';")).toEqual(['c']);
    expect(imports("const r = /[/'\"`]/; const q = a / b; import 'x'; const z = (1) / 2; import 'y';")).toEqual([
      'x',
      'y',
    ]);
    expect(imports("f(`${await import('./in-template.ts')}`)")).toEqual(['./in-template.ts']);
  });

  it('reads every form', () => {
    expect(imports('import a, { type B as C, default as d } from \'one\'; import * as e from "two";')).toEqual([
      'one',
      'two',
    ]);
    expect(
      imports("export * as ns from 'one'; export type { T } from 'two'; export const x = { from: 'no' };"),
    ).toEqual(['one', 'two']);
    expect(imports("export interface A {}\nimport { b } from 'c';")).toEqual(['c']);
    expect(imports('const m = await import(name); import.meta.url;')).toEqual([undefined]);
  });

  it('counts lines through multi-line tokens', () => {
    expect(importsOf(tokens("/*\n\n*/ const a = `\n${1}\n`;\nimport 'x';"))).toEqual([{ specifier: 'x', line: 6 }]);
  });

  it('finds each cycle by its closing edge', () => {
    const graph = new Map([
      ['a', ['b', 'c']],
      ['b', ['a']],
      ['c', ['c']],
    ]);
    expect(cyclesOf(graph)).toEqual([
      ['a', 'b', 'a'],
      ['c', 'c'],
    ]);
  });
});

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Printed, commandLine } from '../../support/command-line.ts';
import { folder, writeFiles } from '../modules/install.ts';

const MAIN = `resource "terraform_data" "a" {
  input = "hello"
}
resource "terraform_data" "c" {
  count = 2
  input = count.index
}
resource "terraform_data" "d" {
  input = terraform_data.a.id
}
module "m" {
  source   = "./m"
  for_each = toset(["k"])
}
`;

const FILES = { 'main.tf': MAIN, 'm/main.tf': 'resource "terraform_data" "in" {}\n' };

async function applied(files: Readonly<Record<string, string>> = FILES): Promise<string> {
  const directory = folder(files);
  expect((await run(directory, 'apply', '-auto-approve')).code).toBe(0);
  return directory;
}

function run(directory: string, ...args: readonly string[]): Promise<Printed> {
  return commandLine(args, { directory });
}

async function list(directory: string): Promise<string[]> {
  return (await run(directory, 'state', 'list')).out.trim().split('\n');
}

interface StateFile {
  serial: number;
  lineage: string;
  resources: {
    name: string;
    module?: string;
    provider: string;
    instances: { status?: string; dependencies?: string[] }[];
  }[];
}

function stateOf(directory: string): StateFile {
  return JSON.parse(readFileSync(join(directory, 'terraform.tfstate'), 'utf8')) as StateFile;
}

const ALL = [
  'module.m["k"].terraform_data.in',
  'terraform_data.a',
  'terraform_data.c[0]',
  'terraform_data.c[1]',
  'terraform_data.d',
];

test.each([
  ['terraform_data.a', 'terraform_data.b', ['terraform_data.b'], ['terraform_data.a']],
  ['terraform_data.c[0]', 'terraform_data.e["x"]', ['terraform_data.e["x"]'], ['terraform_data.c[0]']],
  [
    'terraform_data.c',
    'module.x.terraform_data.c',
    ['module.x.terraform_data.c[0]', 'module.x.terraform_data.c[1]'],
    ['terraform_data.c[0]', 'terraform_data.c[1]'],
  ],
  ['module.m["k"]', 'module.n[0]', ['module.n[0].terraform_data.in'], ['module.m["k"].terraform_data.in']],
  ['module.m', 'module.n.module.o', ['module.n.module.o["k"].terraform_data.in'], ['module.m["k"].terraform_data.in']],
  ['terraform_data.a', 'terraform_data.a[0]', ['terraform_data.a[0]'], ['terraform_data.a']],
])('state mv %s %s', async (from, to, come, go) => {
  const directory = await applied();
  const before = stateOf(directory).serial;
  const { code, out, error } = await run(directory, 'state', 'mv', from, to);
  expect(error).toBe('');
  expect(code).toBe(0);
  expect(out).toBe(
    `Move ${JSON.stringify(from)} to ${JSON.stringify(to)}\nSuccessfully moved ${come.length} object(s).\n`,
  );
  expect((await list(directory)).sort()).toEqual([...ALL.filter((each) => !go.includes(each)), ...come].sort());
  expect(stateOf(directory).serial).toBe(before + 1);
});

test('what depends on it follows a move, and the next plan is empty', async () => {
  const directory = await applied();
  await run(directory, 'state', 'mv', 'terraform_data.a', 'terraform_data.b');
  expect(stateOf(directory).resources.find(({ name }) => name === 'd')?.instances[0]?.dependencies).toEqual([
    'terraform_data.b',
  ]);
  writeFiles(directory, { 'main.tf': MAIN.replaceAll('"a"', '"b"').replaceAll('_data.a', '_data.b') });
  expect((await run(directory, 'plan', '-detailed-exitcode')).code).toBe(0);
});

test.each([
  [['terraform_data.nope', 'terraform_data.x'], 'Invalid source address'],
  [['terraform_data.a', 'terraform_data.d'], 'Invalid target address'],
  [['terraform_data.a', 'other_thing.a'], 'Invalid state move request'],
  [['terraform_data.a', 'module.x'], 'Invalid state move request'],
  [['x[', 'b'], 'Invalid address'],
])('state mv %s: %s', async (words, summary) => {
  const directory = await applied();
  const before = readFileSync(join(directory, 'terraform.tfstate'), 'utf8');
  const { code, error } = await run(directory, 'state', 'mv', ...words);
  expect(code).toBe(1);
  expect(error).toContain(`Error: ${summary}\n`);
  expect(readFileSync(join(directory, 'terraform.tfstate'), 'utf8')).toBe(before);
});

test('a dry run writes nothing', async () => {
  const directory = await applied();
  const before = readFileSync(join(directory, 'terraform.tfstate'), 'utf8');
  const moved = await run(directory, 'state', 'mv', '-dry-run', 'terraform_data.a', 'terraform_data.b');
  expect(moved.out).toBe('Would move "terraform_data.a" to "terraform_data.b"\n');
  expect((await run(directory, 'state', 'rm', '-dry-run', 'module.m')).out).toBe(
    'Would remove module.m["k"].terraform_data.in\n',
  );
  expect(readFileSync(join(directory, 'terraform.tfstate'), 'utf8')).toBe(before);
});

test.each([
  [['terraform_data.c[1]'], ['terraform_data.c[1]']],
  [
    ['terraform_data.c', 'terraform_data.a'],
    ['terraform_data.a', 'terraform_data.c[0]', 'terraform_data.c[1]'],
  ],
  [['module.m'], ['module.m["k"].terraform_data.in']],
])('state rm %s', async (words, gone) => {
  const directory = await applied();
  const { out } = await run(directory, 'state', 'rm', ...words);
  const lines = gone.map((each) => `Removed ${each}\n`).join('');
  expect(out).toBe(`${lines}Successfully removed ${gone.length} resource instance(s).\n`);
  expect(await list(directory)).toEqual(ALL.filter((each) => !gone.includes(each)));
});

test('state rm of nothing', async () => {
  const { code, error } = await run(await applied(), 'state', 'rm', 'terraform_data.nope');
  expect(code).toBe(1);
  expect(error).toContain('Invalid target address');
});

test('without a state nothing can be changed', async () => {
  for (const words of [
    ['mv', 'a.b', 'a.c'],
    ['rm', 'a.b'],
    ['replace-provider', '-auto-approve', 'a/b', 'a/c'],
  ]) {
    const { code, error } = await run(folder(), 'state', ...words);
    expect(code).toBe(1);
    expect(error).toContain('No state file was found!');
  }
});

test('pull and push', async () => {
  const directory = await applied();
  const pulled = (await run(directory, 'state', 'pull')).out;
  expect(pulled).toBe(readFileSync(join(directory, 'terraform.tfstate'), 'utf8'));
  const state = JSON.parse(pulled) as StateFile;
  const push = (changed: Partial<StateFile>, ...flags: string[]) => {
    writeFiles(directory, { pushed: JSON.stringify({ ...state, ...changed }) });
    return run(directory, 'state', 'push', ...flags, 'pushed');
  };
  expect((await push({})).code).toBe(0);
  expect((await push({ resources: [] })).error).toContain('is not newer');
  expect((await push({ lineage: 'x', serial: 99 })).error).toContain('they belong to different things');
  expect((await push({ resources: [], serial: state.serial + 5 })).code).toBe(0);
  expect(stateOf(directory)).toMatchObject({ serial: state.serial + 5, lineage: state.lineage, resources: [] });
  expect((await push({ lineage: 'x', serial: 1 }, '-force')).code).toBe(0);
  expect(stateOf(directory)).toMatchObject({ serial: state.serial + 6, lineage: state.lineage });
  expect(stateOf(directory).resources).toHaveLength(state.resources.length);
  const { code } = await commandLine(['state', 'push', '-'], {
    directory,
    input: JSON.stringify({ ...state, serial: 50 }),
  });
  expect([code, stateOf(directory).serial]).toEqual([0, 50]);
});

test('a state pushed to where there is none', async () => {
  const directory = folder({ pushed: readFileSync(join(await applied(), 'terraform.tfstate'), 'utf8') });
  expect((await run(directory, 'state', 'push', 'pushed')).code).toBe(0);
  expect(await list(directory)).toEqual(ALL);
});

test('taint makes the next plan replace, untaint takes that back', async () => {
  const directory = await applied();
  expect((await run(directory, 'taint', 'terraform_data.c[1]')).out).toBe(
    'Resource instance terraform_data.c[1] has been marked as tainted.\n',
  );
  expect((await run(directory, 'plan')).out).toContain('Plan: 1 to add, 0 to change, 1 to destroy.');
  expect((await run(directory, 'untaint', 'terraform_data.c[1]')).out).toBe(
    'Resource instance terraform_data.c[1] has been successfully untainted.\n',
  );
  expect((await run(directory, 'plan', '-detailed-exitcode')).code).toBe(0);
});

test.each([
  [['taint', 'terraform_data.nope'], 1, 'Error: No such resource instance'],
  [['taint', '-allow-missing', 'terraform_data.nope'], 0, 'Warning: No such resource instance'],
  [['untaint', 'terraform_data.a'], 1, 'Error: Resource instance is not tainted'],
  [['taint', 'module.m'], 1, 'Error: Invalid address'],
  [['taint', 'data.x.y'], 1, 'Error: Resource instance cannot be tainted'],
])('%s', async (words, exit, text) => {
  const { code, error } = await run(await applied(), ...words);
  expect(code).toBe(exit);
  expect(error).toContain(text);
});

test('replace-provider', async () => {
  const directory = await applied();
  const replace = (input: string, ...words: string[]) =>
    commandLine(['state', 'replace-provider', ...words], { directory, input });
  const words = ['terraform.io/builtin/terraform', 'hashicorp/null'];
  expect((await replace('no\n', ...words)).code).toBe(1);
  expect(stateOf(directory).resources[0]?.provider).toBe('provider["terraform.io/builtin/terraform"]');
  const done = await replace('yes\n', ...words);
  expect(done.out).toContain('Successfully replaced provider for 4 resources.');
  expect(new Set(stateOf(directory).resources.map(({ provider }) => provider))).toEqual(
    new Set(['provider["registry.terraform.io/hashicorp/null"]']),
  );
  expect((await replace('', '-auto-approve', 'foo/bar', 'foo/baz')).out).toBe('No matching resources found.\n');
});

test('the real program reads what was changed', async () => {
  const directory = await applied({ 'main.tf': 'resource "terraform_data" "a" {}\n' });
  await run(directory, 'state', 'mv', 'terraform_data.a', 'module.x["k"].terraform_data.b');
  const environment = { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null' };
  const said = execFileSync('terraform', ['state', 'list'], { cwd: directory, env: environment, encoding: 'utf8' });
  expect(said).toBe('module.x["k"].terraform_data.b\n');
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine } from '../../support/command-line.ts';
import { folder, writeFiles } from '../modules/install.ts';

const MAIN = `variable "v" {}
resource "terraform_data" "a" {
  input = var.v
}
resource "terraform_data" "c" {
  count = 1
}
module "m" {
  source   = "./m"
  for_each = toset(["k"])
}
resource "terraform_data" "other" {}
`;

function prepared(): string {
  return folder({
    'main.tf': MAIN,
    'm/main.tf': 'resource "terraform_data" "in" {}\n',
    'terraform.tfvars': 'v = "value"\n',
  });
}

function importing(directory: string, ...words: readonly string[]) {
  return commandLine(['import', ...words], { directory });
}

async function list(directory: string): Promise<string> {
  return (await commandLine(['state', 'list'], { directory })).out;
}

test.each(['terraform_data.a', 'terraform_data.c[0]', 'module.m["k"].terraform_data.in'])(
  '%s comes into the state, and nothing else',
  async (address) => {
    const directory = prepared();
    const { code, out, error } = await importing(directory, address, 'my "${id}');
    expect(error).toBe('');
    expect(code).toBe(0);
    expect(out).toContain(`${address}: Importing from ID "my \\"\${id}"...\n`);
    expect(out).toContain('Import successful!');
    expect(await list(directory)).toBe(`${address}\n`);
    expect(readFileSync(join(directory, 'terraform.tfstate'), 'utf8')).toContain('"id": "my \\"${id}"');
  },
);

test('nothing is applied: what differs is for the next plan', async () => {
  const directory = prepared();
  await importing(directory, 'terraform_data.a', 'x');
  expect((await commandLine(['plan', '-target=terraform_data.a'], { directory })).out).toContain(
    'Plan: 0 to add, 1 to change, 0 to destroy.',
  );
});

test('import blocks of the configuration wait for their plan', async () => {
  const directory = prepared();
  writeFiles(directory, { 'import.tf': 'import {\n  to = terraform_data.other\n  id = "o"\n}\n' });
  expect((await importing(directory, 'terraform_data.a', 'x')).code).toBe(0);
  expect(await list(directory)).toBe('terraform_data.a\n');
});

test.each([
  ['terraform_data.nope', 'Resource not declared'],
  ['module.x.terraform_data.a', 'nor the module module.x'],
  ['terraform_data.c[5]', 'Configuration for import target does not exist'],
  ['terraform_data.c', 'Configuration for import target does not exist'],
  ['module.m', 'Invalid address'],
  ['data.a.b', 'Invalid import address'],
])('%s: %s', async (address, words) => {
  const directory = prepared();
  const { code, error } = await importing(directory, address, 'x');
  expect(code).toBe(1);
  expect(error.replaceAll(/\s+/g, ' ')).toContain(words);
});

test('what is managed already', async () => {
  const directory = prepared();
  await importing(directory, 'terraform_data.a', 'x');
  const { code, error } = await importing(directory, 'terraform_data.a', 'y');
  expect(code).toBe(1);
  expect(error).toContain('Resource already managed by Stowage');
});

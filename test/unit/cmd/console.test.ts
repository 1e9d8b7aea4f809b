import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { commandLine } from '../../support/command-line.ts';
import { folder } from '../modules/install.ts';

interface Vector {
  readonly id: string;
  readonly expr: string;
  readonly setup?: string;
  readonly console?: string;
  readonly type_text?: string;
}

const FILE = fileURLToPath(new URL('../../data/vectors/expressions.jsonl.gz', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../../data/vectors/fixtures', import.meta.url));
const VECTORS = gunzipSync(readFileSync(FILE))
  .toString('utf8')
  .split('\n')
  .filter((line) => line.includes('"console"'))
  .map((line) => JSON.parse(line) as Vector)
  .filter(({ setup }) => setup === undefined);

async function ask(input: string, directory: string, args: readonly string[] = []) {
  return commandLine(['console', ...args], { directory, input: `${input}\n` });
}

describe('as Terraform renders values and types', () => {
  test.each(VECTORS)('$id $expr', async ({ expr, console: rendered, type_text: type }) => {
    const directory = folder();
    cpSync(FIXTURES, join(directory, 'fixtures'), { recursive: true });
    const shown = await ask(expr, directory);
    expect(shown.error).toBe('');
    expect(shown.out).toBe(`${rendered}\n`);
    if (type !== undefined) expect((await ask(`type(${expr})`, directory)).out).toBe(`${type}\n`);
  });
});

const MAIN = `variable "v" {
  default = "vee"
}
variable "required" {}
variable "s" {
  default   = "sec"
  sensitive = true
}
locals {
  l = [terraform_data.a.output, 1]
}
resource "terraform_data" "a" {
  input = "hello"
}
resource "terraform_data" "c" {
  count = 2
  input = count.index
}
module "m" {
  source = "./m"
}
`;

const MODULE = `output "x" {
  value = [for q in terraform_data.q : q.input]
}
resource "terraform_data" "q" {
  for_each = toset(["p", "q"])
  input    = each.key
}
`;

async function applied(): Promise<string> {
  const directory = folder({ 'main.tf': MAIN, 'm/main.tf': MODULE });
  expect((await commandLine(['apply', '-auto-approve', '-var', 'required=1'], { directory })).code).toBe(0);
  return directory;
}

test.each([
  ['var.v', '"vee"'],
  ['var.required', '(known after apply)'],
  ['var.s', '(sensitive value)'],
  ['type(var.s)', 'string'],
  ['type(type(1))', 'type'],
  ['local.l', '[\n  "hello",\n  1,\n]'],
  ['terraform_data.a.output', '"hello"'],
  ['terraform_data.c[*].input', '[\n  0,\n  1,\n]'],
  ['terraform_data.c[1].input', '1'],
  ['module.m', '{\n  "x" = [\n    "p",\n    "q",\n  ]\n}'],
  ['terraform.workspace', '"default"'],
  ['path.module', '"."'],
  ['{\n  a = 1\n  b = [\n    1,\n  ]\n}', '{\n  "a" = 1\n  "b" = [\n    1,\n  ]\n}'],
  ['<<EOT\nfoo\nEOT\n', '<<EOT\nfoo\n\nEOT'],
  ['upper("a") # comment', '"A"'],
  ['1\n2', '2'],
  ['1\nexit\n2', undefined],
  ['', ''],
])('%s', async (input, output) => {
  const { code, out, error } = await ask(input, await applied());
  expect(error).toBe('');
  expect(code).toBe(0);
  expect(out).toBe(output === undefined ? '' : `${output}\n`);
});

test('values of the command line', async () => {
  expect((await ask('var.v', await applied(), ['-var', 'v=other'])).out).toBe('"other"\n');
});

test('without a state everything is still to come', async () => {
  const directory = folder({ 'main.tf': MAIN, 'm/main.tf': MODULE });
  expect((await ask('terraform_data.a.id', directory)).out).toBe('(known after apply)\n');
});

test.each([
  ['foo', 'Invalid reference'],
  ['var.nope\n5', 'Reference to undeclared input variable'],
  ['1 2', 'Extra characters after expression'],
  ['[1,', 'Missing expression'],
  ['[type(1)]', 'Invalid use of type function'],
  ['type()', 'Not enough function arguments'],
  ['type(1, 2)', 'Too many function arguments'],
  ['nope(1)', 'Call to unknown function'],
  ['terraform_data.c[5].id', 'Invalid index'],
  ['each.key', 'Reference to "each" in context without for_each'],
  ['terraform_data.a.nope', 'Unsupported attribute'],
])('%s: %s', async (input, summary) => {
  const { code, out, error } = await ask(input, await applied());
  expect(code).toBe(1);
  expect(out).toBe('');
  expect(error).toContain(`Error: ${summary}\n`);
});

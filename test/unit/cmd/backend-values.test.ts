/** Where the state is may be said by variables, as in OpenTofu. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine } from '../../support/command-line.ts';
import { folder } from '../modules/install.ts';

function files(path: string, more = ''): Record<string, string> {
  return {
    'main.tf': `terraform {\n  backend "local" {\n    path = ${path}\n  }\n}\nvariable "name" {\n  default = "given"\n}\nlocals {\n  folder = join("-", ["state", var.name])\n}\noutput "o" {\n  value = 1\n}\n${more}`,
  };
}

test('variables, locals and functions', async () => {
  const directory = folder(files('"${local.folder}/my.tfstate"'));
  expect((await commandLine(['init'], { directory })).error).toBe('');
  expect((await commandLine(['apply', '-auto-approve'], { directory })).code).toBe(0);
  expect(existsSync(join(directory, 'state-given/my.tfstate'))).toBe(true);
  expect((await commandLine(['output', 'o'], { directory })).out).toBe('1\n');
});

test('values of the command line, the environment and a saved plan', async () => {
  const directory = folder(files('"${var.name}.tfstate"'));
  await commandLine(['apply', '-auto-approve', '-var', 'name=line'], { directory });
  await commandLine(['apply', '-auto-approve'], { directory, environment: { TF_VAR_name: 'environment' } });
  await commandLine(['plan', '-out=p', '-var', 'name=saved'], { directory });
  await commandLine(['apply', 'p'], { directory });
  for (const name of ['line', 'environment', 'saved'])
    expect(existsSync(join(directory, `${name}.tfstate`))).toBe(true);
});

test.each([
  ['terraform_data.a.id', 'Variables not allowed', 'can only refer to variables', 'resource "terraform_data" "a" {}\n'],
  ['var.missing', 'Variables not allowed', 'There is no var.missing', ''],
  ['var.unset', 'No value for required variable', 'TF_VAR_unset', 'variable "unset" {}\n'],
  [
    'var.secret',
    'Sensitive value not allowed',
    'cannot be a secret',
    'variable "secret" {\n  default = "x"\n  sensitive = true\n}\n',
  ],
  ['local.a', 'Variables not allowed', 'refers to itself', 'locals {\n  a = local.b\n  b = local.a\n}\n'],
  ['[var.name]', 'Unsuitable value type', 'string', ''],
])('%s: %s', async (path, summary, why, more) => {
  const directory = folder(files(path, more));
  const { code, error } = await commandLine(['init'], { directory });
  expect(code).toBe(1);
  expect(error).toContain(summary);
  expect(error.replaceAll(/\s+/g, ' ')).toContain(why);
});

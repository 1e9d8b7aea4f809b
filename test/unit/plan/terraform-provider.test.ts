/** What the provider `terraform` offers beside its resource, as the real one answered. */
import { expect, test } from 'vitest';
import { commandLine } from '../../support/command-line.ts';
import { folder, outputs } from '../modules/install.ts';

const REQUIRED =
  'terraform {\n  required_providers {\n    tf = {\n      source = "terraform.io/builtin/terraform"\n    }\n  }\n}\n';

function outputOf(expression: string): Promise<unknown> {
  const directory = folder({ 'main.tf': `${REQUIRED}output "o" {\n  value = ${expression}\n}\n` });
  return outputs(directory).then(({ o }) => o);
}

test.each([
  [
    'encode_tfvars({ aaa = 1, b = "x", c = [{ x = 1, yyyy = [] }, {}, { "for" = 1 }], d = {}, eeee = [[1, { a = { bb = 2, c = 3 } }], "z"] })',
    'aaa = 1\nb   = "x"\nc = [{\n  x    = 1\n  yyyy = []\n  }, {}, {\n  for = 1\n}]\nd = {}\neeee = [[1, {\n  a = {\n    bb = 2\n    c  = 3\n  }\n}], "z"]\n',
  ],
  [
    'encode_expr({ "true" = 1, "null" = 2, "1a" = "$${x} %%{y} \\t\\r\\"\\\\", "é" = 0.5, n = -0.5e-10, big = 1e30, s = toset(["b", "a"]), deep = { a = { bbb = 1, c = { x = 1 } } }, u = "\\u2028\\u0001é" })',
    '{\n  "1a" = "$${x} %%{y} \\t\\r\\"\\\\"\n  big  = 1000000000000000000000000000000\n  deep = {\n    a = {\n      bbb = 1\n      c = {\n        x = 1\n      }\n    }\n  }\n  n    = -0.00000000005\n  null = 2\n  s    = ["a", "b"]\n  true = 1\n  u    = "\\u2028\\u0001é"\n  é    = 0.5\n}',
  ],
  ['encode_expr([{ a = 1, bb = [{ c = 1 }] }])', '[{\n  a = 1\n  bb = [{\n    c = 1\n  }]\n}]'],
  ['encode_expr([true, -1, [], {}, [[], {}]])', '[true, -1, [], {}, [[], {}]]'],
  ['encode_tfvars({})', ''],
  ['encode_tfvars(tomap({ b = "x", a = "y" }))', 'a = "y"\nb = "x"\n'],
  ['decode_tfvars("b = [1, null]\\na = { x = \\"y\\" }\\n")', { a: { x: 'y' }, b: [1, null] }],
])('provider::tf::%s', async (call, value) => expect(await outputOf(`provider::tf::${call}`)).toEqual(value));

test.each([
  ['tf::encode_tfvars({ "a b" = 1 })', 'invalid variable name "a b"'],
  ['tf::decode_tfvars("a = foo\\n")', '<decode_tfvars argument>:1,5-8: Variables not allowed'],
  ['tf::decode_tfvars("a {\\n}\\n")', 'Unexpected "a" block'],
  ['tf::decode_tfvars("a = upper(\\"x\\")\\n")', '<decode_tfvars argument>:1,5-15: Function calls not allowed'],
  ['terraform::encode_expr(1)', 'Unknown provider function'],
  ['tf::nosuch(1)', 'Unknown provider function'],
])('provider::%s is refused', async (call, words) => {
  const directory = folder({ 'main.tf': `${REQUIRED}output "o" {\n  value = provider::${call}\n}\n` });
  const { code, error } = await commandLine(['validate'], { directory });
  expect(code).toBe(1);
  expect(error.replaceAll(/\s+/g, ' ')).toContain(words);
});

function reading(settings: string): string {
  return `data "terraform_remote_state" "s" {\n${settings}\n}\noutput "o" {\n  value = data.terraform_remote_state.s.outputs\n}\n`;
}

const STATE = JSON.stringify({
  version: 4,
  terraform_version: '1.11.4',
  serial: 1,
  lineage: 'x',
  outputs: { a: { value: ['x', 1], type: ['tuple', ['string', 'number']] } },
  resources: [],
});

test.each([
  ['terraform.tfstate', 'backend = "local"\nconfig = { path = "other/terraform.tfstate" }'],
  [
    'terraform.tfstate.d/w/terraform.tfstate',
    'backend = "local"\nworkspace = "w"\nconfig = { workspace_dir = "other/terraform.tfstate.d" }',
  ],
])('the outputs of %s', async (path, settings) => {
  const directory = folder({ 'main.tf': reading(settings), [`other/${path}`]: STATE });
  expect(await outputs(directory)).toEqual({ o: { a: ['x', 1] } });
});

test.each([
  ['backend = "s3"', 'Invalid backend configuration', 'from files only'],
  ['backend = "nope"', 'Invalid backend configuration', 'There is no backend type named "nope"'],
  ['backend = "local"\nconfig = { pth = "x" }', 'Invalid backend configuration', 'unexpected attribute "pth"'],
  ['backend = "local"\nconfig = "x"', 'Invalid backend configuration', 'an object is required'],
  ['backend = "local"\nconfig = { path = "main.tf" }', 'Failed to read remote state', 'it is not the JSON of a state'],
])('%s: %s', async (settings, summary, why) => {
  const directory = folder({ 'main.tf': reading(settings) });
  const { code, error } = await commandLine(['plan'], { directory });
  expect(code).toBe(1);
  expect(error).toContain(summary);
  expect(error.replaceAll(/\s+/g, ' ')).toContain(why);
});

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandLine } from '../../support/command-line.ts';
import { folder } from '../modules/install.ts';

const FILES = {
  'main.tf': `data "terraform_remote_state" "r" {
  backend = "local"
  config  = { path = terraform_data.z.output }
}
locals {
  all = [module.m.x, terraform_data.z.id, data.terraform_remote_state.r.outputs]
}
resource "terraform_data" "a" {
  input = local.all
}
resource "terraform_data" "last" {
  depends_on = [module.m, terraform_data.a]
}
module "m" {
  source = "./m"
  v      = terraform_data.z.output
}
resource "terraform_data" "z" {}
module "b" {
  source = "./m/n"
  count  = 2
}
`,
  'm/main.tf': `variable "v" {}
resource "terraform_data" "one" {
  input = var.v
}
resource "terraform_data" "two" {
  input = [terraform_data.one.id, module.n.y]
}
module "n" {
  source = "./n"
}
output "x" {
  value = terraform_data.two.id
}
`,
  'm/n/main.tf': `resource "terraform_data" "q" {}
resource "terraform_data" "r" {
  input = terraform_data.q.id
}
output "y" {
  value = terraform_data.r.id
}
`,
};

function terraform(directory: string, ...args: readonly string[]): string {
  const environment = { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null' };
  return execFileSync('terraform', [...args], { cwd: directory, env: environment, encoding: 'utf8' });
}

test('DOT as Terraform writes it', async () => {
  const directory = folder(FILES);
  terraform(directory, 'init');
  const { code, out } = await commandLine(['graph'], { directory });
  expect(code).toBe(0);
  expect(out).toBe(terraform(directory, 'graph'));
  expect(out).toContain('  "data.terraform_remote_state.r" -> "terraform_data.z";\n');
});

test('Mermaid', async () => {
  const directory = folder({
    'main.tf': 'resource "terraform_data" "a" {\n  input = module.m.y\n}\nmodule "m" {\n  source = "./n"\n}\n',
    'n/main.tf': FILES['m/n/main.tf'],
  });
  expect((await commandLine(['graph', '-format=mermaid'], { directory })).out).toBe(`flowchart RL
  n0["terraform_data.a"]
  subgraph m1["module.m"]
    n1["terraform_data.q"]
    n2["terraform_data.r"]
  end
  n0 --> n2
  n2 --> n1
`);
});

test('of a saved plan: what is done, and what first', async () => {
  const directory = folder({
    'main.tf':
      'resource "terraform_data" "a" {\n  for_each = toset(["x"])\n}\nresource "terraform_data" "b" {\n  input = terraform_data.a["x"].id\n}\n',
  });
  await commandLine(['plan', '-out=p'], { directory });
  expect((await commandLine(['graph', '-plan=p'], { directory })).out).toBe(`digraph G {
  rankdir = "RL";
  node [shape = rect, fontname = "sans-serif"];
  "terraform_data.a[\\"x\\"]" [label="terraform_data.a[\\"x\\"] (create)"];
  "terraform_data.b" [label="terraform_data.b (create)"];
  "terraform_data.b" -> "terraform_data.a[\\"x\\"]";
}
`);
  const mermaid = (await commandLine(['graph', '-plan=p', '-format=mermaid'], { directory })).out;
  expect(mermaid).toContain('n0["terraform_data.a[#34;x#34;] (create)"]');
});

test('nothing to draw', async () => {
  const { code, out } = await commandLine(['graph'], { directory: folder() });
  expect(code).toBe(0);
  expect(out).toContain('digraph G {');
  expect(out).toContain('This configuration does not contain any resources.');
});

test.each([
  [['-format=png'], 'it is dot or mermaid'],
  [['-plan=absent'], 'Failed to read plan file'],
])('%s is refused', async (flags, words) => {
  const { code, error } = await commandLine(['graph', ...flags], { directory: folder(FILES) });
  expect(code).toBe(1);
  expect(error).toContain(words);
});

test('blocks that wait for each other', async () => {
  const directory = folder({
    'main.tf':
      'resource "terraform_data" "a" {\n  input = terraform_data.b.id\n}\nresource "terraform_data" "b" {\n  input = terraform_data.a.id\n}\n',
  });
  const { code, error } = await commandLine(['graph'], { directory });
  expect(code).toBe(1);
  expect(error).toContain('Error: Cycle: ');
});

test('providers as a tree of modules, and those of the state', async () => {
  const directory = folder({
    ...FILES,
    'versions.tf':
      'terraform {\n  required_providers {\n    docker = {\n      source  = "kreuzwerker/docker"\n      version = "~> 4.0"\n    }\n  }\n}\n',
  });
  const { out } = await commandLine(['providers'], { directory });
  expect(out).toContain(`
Providers required by configuration:
.
├── provider[registry.terraform.io/kreuzwerker/docker] ~> 4.0
├── provider[terraform.io/builtin/terraform]
├── module.b
│   └── provider[terraform.io/builtin/terraform]
└── module.m
    ├── provider[terraform.io/builtin/terraform]
    └── module.n
        └── provider[terraform.io/builtin/terraform]
`);
  expect(out).not.toContain('required by state');
});

test('a provider that the state needs', async () => {
  const directory = folder({ 'main.tf': 'resource "terraform_data" "a" {}\n' });
  await commandLine(['apply', '-auto-approve'], { directory });
  const { out } = await commandLine(['providers'], { directory });
  expect(out).toContain('Providers required by state:\n\n    provider[terraform.io/builtin/terraform]\n');
});

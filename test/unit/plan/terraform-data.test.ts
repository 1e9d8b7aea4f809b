import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Workbench, planLines, summaries } from '../../support/workbench.ts';

const CHAIN = `
resource "terraform_data" "a" {
  triggers_replace = var.v
}
resource "terraform_data" "b" {
  input            = terraform_data.a.id
  triggers_replace = var.also ? terraform_data.a.id : "fixed"
}
variable "v" {
  default = 1
}
variable "also" {
  default = true
}
`;

async function replan(bench: Workbench): Promise<string[]> {
  const { plan, diagnostics } = await bench.plan();
  expect(summaries(diagnostics)).toEqual([]);
  return planLines(plan);
}

describe('planning', () => {
  test('creates in the order of references, and then has nothing to do', async () => {
    using bench = new Workbench({ 'main.tf': CHAIN });
    expect(await replan(bench)).toEqual(['[] -> #0 terraform_data.a, create', '[0] -> #1 terraform_data.b, create']);
    expect((await bench.apply()).counts.added).toBe(2);
    expect(bench.takeOperations()).toEqual(['create terraform_data.a', 'create terraform_data.b']);
    expect(await replan(bench)).toEqual([]);
  });

  test('a replaced dependency goes after what depends on it and comes before', async () => {
    using bench = new Workbench({ 'main.tf': CHAIN });
    await bench.apply();
    bench.takeOperations();
    bench.write({ 'terraform.tfvars': 'v = 2' });
    expect(await replan(bench)).toEqual([
      '[] -> #0 terraform_data.a, replace, replace_because_cannot_update triggers_replace!',
      '[0] -> #1 terraform_data.b, replace, replace_because_cannot_update input triggers_replace!',
    ]);
    await bench.apply();
    expect(bench.takeOperations()).toEqual([
      'delete terraform_data.b',
      'delete terraform_data.a',
      'create terraform_data.a',
      'create terraform_data.b',
    ]);
  });

  test('with create_before_destroy users move to the new object before the old one goes', async () => {
    const files = {
      'main.tf': CHAIN.replace(
        'triggers_replace = var.v',
        'triggers_replace = var.v\n  lifecycle {\n    create_before_destroy = true\n  }',
      ),
    };
    using bench = new Workbench({ ...files, 'terraform.tfvars': 'also = false' });
    await bench.apply();
    bench.takeOperations();
    bench.write({ 'terraform.tfvars': 'also = false\nv = 2' });
    await bench.apply();
    expect(bench.takeOperations()).toEqual(
      ['create terraform_data.a', 'update terraform_data.b', 'delete terraform_data.a (deposed object)'].map((line) =>
        expect.stringContaining(line.replace(' (deposed object)', '')),
      ),
    );
    expect(bench.state.resources.map(({ name, instances }) => [name, instances.length])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
  });

  test('what is gone from the configuration is deleted in the order of the state', async () => {
    using bench = new Workbench({ 'main.tf': CHAIN });
    await bench.apply();
    bench.takeOperations();
    bench.write({ 'main.tf': 'variable "v" {\n  default = 1\n}\n' });
    expect(await replan(bench)).toEqual([
      '[1] -> #0 terraform_data.a, delete, delete_because_no_resource_config',
      '[] -> #1 terraform_data.b, delete, delete_because_no_resource_config',
    ]);
    await bench.apply();
    expect(bench.takeOperations()).toEqual(['delete terraform_data.b', 'delete terraform_data.a']);
    expect(bench.state.resources).toEqual([]);
  });

  test('a renamed key of for_each deletes one instance and creates another', async () => {
    const file = (keys: string) => ({
      'main.tf': `resource "terraform_data" "x" {\n  for_each = toset([${keys}])\n}\n`,
    });
    using bench = new Workbench(file('"a", "b"'));
    await bench.apply();
    bench.write(file('"a", "c"'));
    expect(await replan(bench)).toEqual([
      '[] -> #1 terraform_data.x["b"], delete, delete_because_each_key',
      '[] -> #2 terraform_data.x["c"], create',
    ]);
  });

  test('count appearing and going moves the instance', async () => {
    using bench = new Workbench({ 'main.tf': 'resource "terraform_data" "x" {\n}\n' });
    await bench.apply();
    bench.write({ 'main.tf': 'resource "terraform_data" "x" {\n  count = 1\n}\n' });
    const { plan } = await bench.plan();
    expect(plan?.changes.map(({ text, previousAddress, action }) => [text, previousAddress, action])).toEqual([
      ['terraform_data.x[0]', 'terraform_data.x', 'no-op'],
    ]);
    expect(plan?.applyable).toBe(true);
    await bench.apply();
    expect(bench.state.resources[0]?.instances[0]?.indexKey).toBe(0);
    expect(await replan(bench)).toEqual([]);
  });

  test('destroys everything and keeps the lineage', async () => {
    using bench = new Workbench({ 'main.tf': `${CHAIN}\noutput "o" {\n  value = terraform_data.b.input\n}\n` });
    await bench.apply();
    bench.takeOperations();
    expect([...bench.state.outputs.keys()]).toEqual(['o']);
    const { counts } = await bench.apply({ mode: 'destroy' });
    expect(counts.destroyed).toBe(2);
    expect(bench.takeOperations()).toEqual(['delete terraform_data.b', 'delete terraform_data.a']);
    expect([bench.state.resources.length, bench.state.outputs.size]).toEqual([0, 0]);
  });

  test('a cycle is reported with its path', async () => {
    using bench = new Workbench({
      'main.tf': 'locals {\n  a = local.b\n  b = local.c\n  c = local.a\n}\n',
    });
    const { diagnostics } = await bench.plan();
    expect(diagnostics.map(({ summary }) => summary)).toEqual([
      'Cycle: local.a (expand), local.b (expand), local.c (expand)',
    ]);
    expect(diagnostics[0]?.detail).toContain(
      'local.a (expand) -> local.b (expand) -> local.c (expand) -> local.a (expand)',
    );
  });

  test('a count that is known only after apply says what to do', async () => {
    using bench = new Workbench({
      'main.tf':
        'resource "terraform_data" "a" {\n}\nresource "terraform_data" "b" {\n  count = terraform_data.a.id == "x" ? 1 : 2\n}\n',
    });
    const { diagnostics } = await bench.plan();
    expect(diagnostics.map(({ summary }) => summary)).toEqual(['Invalid count argument']);
    expect(diagnostics[0]?.detail).toContain('-target');
  });
});

describe('provisioners', () => {
  const FILE = `
resource "terraform_data" "a" {
  input = "x"
  provisioner "local-exec" {
    command = "echo made \${self.output} >> log"
  }
  provisioner "local-exec" {
    when    = destroy
    command = "echo gone \${self.output} >> log"
  }
}
`;

  test('run when an object has been made and before it goes, in the working directory', async () => {
    using bench = new Workbench({ 'main.tf': FILE });
    await bench.apply();
    await bench.apply({ mode: 'destroy' });
    expect(readFileSync(join(bench.directory, 'log'), 'utf8')).toBe('made x\ngone x\n');
  });

  test('a failing one taints the object and says what it printed', async () => {
    using bench = new Workbench({ 'main.tf': FILE.replace('echo made', 'echo broken; exit 3;') });
    const { diagnostics } = await bench.apply();
    expect(summaries(diagnostics)).toEqual([
      expect.stringMatching(/local-exec provisioner error: .*exit status 3.*broken/),
    ]);
    expect(bench.state.resources[0]?.instances[0]?.status).toBe('tainted');
    bench.write({ 'main.tf': FILE });
    expect(await replan(bench)).toEqual(['[] -> #0 terraform_data.a, replace, replace_because_tainted']);
  });

  test('one that needs another machine is refused before anything is done', async () => {
    using bench = new Workbench({ 'main.tf': FILE.replace('"local-exec"', '"remote-exec"') });
    const { diagnostics } = await bench.plan();
    expect(diagnostics.map(({ summary }) => summary)).toEqual(['Provisioner not supported']);
  });
});

describe('enabled', () => {
  const file = (enabled: boolean) => ({
    'main.tf': `resource "terraform_data" "a" {\n  lifecycle {\n    enabled = ${enabled}\n  }\n}\noutput "all" {\n  value = keys(terraform_data.a)\n}\n`,
  });

  test('a resource that is switched off goes, and apply sees as many instances as the plan', async () => {
    using bench = new Workbench(file(true));
    expect((await bench.apply()).counts.added).toBe(1);
    bench.write(file(false));
    const { counts, diagnostics } = await bench.apply();
    expect(summaries(diagnostics)).toEqual([]);
    expect(counts.destroyed).toBe(1);
    expect(bench.state.outputs.get('all')?.value).toEqual([]);
    expect(await replan(bench)).toEqual([]);
  });
});

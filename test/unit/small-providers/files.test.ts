import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Journal, JournalIntent } from '../../../core/apply/journal.ts';
import { Workbench, planLines, summaries } from '../../support/workbench.ts';

const FILE = 'resource "local_file" "a" {\n  filename = "out/deep/a.txt"\n  content  = "one"\n}\n';

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

async function replan(bench: Workbench): Promise<string[]> {
  const { plan, diagnostics } = await bench.plan();
  expect(summaries(diagnostics)).toEqual([]);
  return planLines(plan);
}

describe('local_file', () => {
  test('a plan writes nothing; an apply writes the file, its directories, and nothing beside them', async () => {
    using bench = new Workbench({
      'main.tf': FILE.replace('\n}', '\n  file_permission = "0640"\n  directory_permission = "0750"\n}'),
    });
    await replan(bench);
    expect(readdirSync(bench.directory)).toEqual(['main.tf']);
    await bench.apply();
    const folder = join(bench.directory, 'out/deep');
    expect(readdirSync(folder)).toEqual(['a.txt']);
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('one');
    const umask = process.umask();
    const expected = [0o640, 0o750, 0o750].map((mode) => (mode & ~umask).toString(8));
    expect([modeOf(join(folder, 'a.txt')), modeOf(folder), modeOf(join(folder, '..'))]).toEqual(expected);
  });

  test.each([
    ['is another', (path: string) => writeFileSync(path, 'two')],
    ['is empty', (path: string) => writeFileSync(path, '')],
    ['is gone with its file', (path: string) => rmSync(path)],
  ])('a file whose content %s is made again', async (_, change) => {
    using bench = new Workbench({ 'main.tf': FILE });
    await bench.apply();
    const path = join(bench.directory, 'out/deep/a.txt');
    change(path);
    expect(await replan(bench)).toEqual(['[] -> #0 local_file.a, create']);
    await bench.apply();
    expect(readFileSync(path, 'utf8')).toBe('one');
    expect(await replan(bench)).toEqual([]);
  });

  test('a mode that somebody changed is no difference', async () => {
    using bench = new Workbench({ 'main.tf': FILE });
    await bench.apply();
    chmodSync(join(bench.directory, 'out/deep/a.txt'), 0o600);
    expect(await replan(bench)).toEqual([]);
  });

  test('another name moves the file, and a destroy removes it', async () => {
    using bench = new Workbench({ 'main.tf': FILE });
    await bench.apply();
    bench.write({ 'main.tf': FILE.replace('a.txt', 'b.txt') });
    expect(await replan(bench)).toEqual(['[] -> #0 local_file.a, replace, replace_because_cannot_update filename!']);
    await bench.apply();
    expect(readdirSync(join(bench.directory, 'out/deep'))).toEqual(['b.txt']);
    await bench.apply({ mode: 'destroy' });
    expect(readdirSync(join(bench.directory, 'out/deep'))).toEqual([]);
  });

  test('a file that somebody removed is no obstacle to a destroy', async () => {
    using bench = new Workbench({ 'main.tf': FILE });
    await bench.apply();
    bench.write({ 'main.tf': '' });
    const { plan } = await bench.plan({ refresh: false });
    rmSync(join(bench.directory, 'out'), { recursive: true });
    expect(plan).toBeDefined();
    if (plan) expect(summaries((await bench.applyPlan(plan)).diagnostics)).toEqual([]);
    expect(bench.state.resources).toEqual([]);
  });

  test('with create_before_destroy under the same name, the new file stays', async () => {
    const lasting = FILE.replace('\n}', '\n  lifecycle {\n    create_before_destroy = true\n  }\n}');
    using bench = new Workbench({ 'main.tf': lasting });
    await bench.apply();
    bench.write({ 'main.tf': lasting.replace('"one"', '"two"') });
    await bench.apply();
    expect(readFileSync(join(bench.directory, 'out/deep/a.txt'), 'utf8')).toBe('two');
    expect(await replan(bench)).toEqual([]);
  });

  test('with create_before_destroy under a name that is known only later, the new file stays', async () => {
    const main = (name: string) => `
resource "terraform_data" "n" {
  input = "${name}"
}
resource "local_file" "a" {
  filename = terraform_data.n.output
  content  = var.content
  lifecycle {
    create_before_destroy = true
  }
}
variable "content" {
}
`;
    using bench = new Workbench({ 'main.tf': main('./a'), 'terraform.tfvars': 'content = "one"\n' });
    await bench.apply();
    bench.write({ 'main.tf': main('a'), 'terraform.tfvars': 'content = "two"\n' });
    expect(await replan(bench)).toContain(
      '[1] -> #0 local_file.a, replace, replace_because_cannot_update content! filename!',
    );
    await bench.apply();
    expect(readFileSync(join(bench.directory, 'a'), 'utf8')).toBe('two');
  });

  test('a link stays a link', async () => {
    using bench = new Workbench({ 'main.tf': FILE, 'target.txt': 'old' });
    mkdirSync(join(bench.directory, 'out/deep'), { recursive: true });
    symlinkSync(join(bench.directory, 'target.txt'), join(bench.directory, 'out/deep/a.txt'));
    await bench.apply();
    expect(lstatSync(join(bench.directory, 'out/deep/a.txt')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(bench.directory, 'target.txt'), 'utf8')).toBe('one');
  });

  test.each([
    ['a directory in its place', 'content = "x"\n  filename = "taken"', 'EISDIR'],
    ['a source that is not there', 'source = "nowhere"\n  filename = "a"', 'ENOENT'],
    ['bytes that are not base64', 'content_base64 = "x"\n  filename = "a"', 'not padded base64'],
  ])('%s is an error at its resource', async (_, body, reason) => {
    using bench = new Workbench({ 'main.tf': `resource "local_file" "a" {\n  ${body}\n}\n`, 'taken/x': '' });
    const { diagnostics } = await bench.apply();
    expect(summaries(diagnostics)).toEqual([expect.stringMatching(/^local_file\.a Create local file error: /)]);
    expect(diagnostics[0]?.detail).toContain(reason);
    expect(bench.state.resources).toEqual([]);
    expect(readdirSync(bench.directory).sort()).toEqual(['main.tf', 'taken']);
  });

  test('each effect is in the journal before it happens', async () => {
    const intents: JournalIntent[] = [];
    const nothing = async () => {};
    const journal: Journal = {
      intent: async (entry) => void intents.push(entry),
      outcome: nothing,
      folded: nothing,
      close: nothing,
    };
    using bench = new Workbench({ 'main.tf': `${FILE}resource "random_password" "p" {\n  length = 9\n}\n` });
    bench.journal = journal;
    await bench.apply();
    await bench.apply({ mode: 'destroy' });
    const kinds = intents.map(({ address, kind, identity }) => `${address} ${kind} ${identity ?? ''}`.trim()).sort();
    expect(kinds).toEqual([
      'local_file.a file.remove out/deep/a.txt',
      'local_file.a file.write out/deep/a.txt',
      'random_password.p value.forget',
      'random_password.p value.store',
    ]);
    const password = intents.find(({ kind }) => kind === 'value.store');
    expect(password?.arguments).toEqual({});
  });
});

describe('secrets', () => {
  test('what the schemas keep secret is marked in the state', async () => {
    using bench = new Workbench({
      'main.tf': `
resource "local_sensitive_file" "f" {
  filename = "f"
  content  = random_password.p.result
}
resource "random_password" "p" {
  length = 9
}
resource "random_bytes" "b" {
  length = 2
}
resource "random_string" "s" {
  length = 9
}
data "local_sensitive_file" "d" {
  filename = local_sensitive_file.f.filename
}
`,
    });
    await bench.apply();
    expect(await replan(bench)).toEqual([]);
    const secret = bench.state.resources.map(({ type, instances }) => [
      type,
      instances
        .flatMap(({ sensitiveAttributes }) => sensitiveAttributes.map((path) => JSON.stringify(path)))
        .map((path) => /"value":"(\w+)"/.exec(path)?.[1])
        .sort(),
    ]);
    expect(secret).toEqual([
      ['local_sensitive_file', ['content', 'content_base64']],
      ['local_sensitive_file', ['content', 'content_base64']],
      ['random_bytes', ['base64', 'hex']],
      ['random_password', ['bcrypt_hash', 'result']],
      ['random_string', []],
    ]);
    expect(modeOf(join(bench.directory, 'f'))).toBe('700');
  });
});

describe('data sources', () => {
  test('a file as it is, and null_data_source', async () => {
    using bench = new Workbench({
      'in.txt': 'hello\n',
      'main.tf': `
data "local_file" "d" {
  filename = "in.txt"
}
data "null_data_source" "n" {
  inputs = { a = "b" }
}
output "o" {
  value = [data.local_file.d.content, data.local_file.d.content_base64, data.local_file.d.id, data.null_data_source.n.outputs, data.null_data_source.n.has_computed_default, data.null_data_source.n.id]
}
`,
    });
    await bench.apply();
    const sha1 = 'f572d396fae9206628714fb2ce00f72e94f2258f';
    expect(bench.state.outputs.get('o')?.value).toEqual(['hello\n', 'aGVsbG8K', sha1, { a: 'b' }, 'default', 'static']);
  });

  test('a file that is not there is an error', async () => {
    using bench = new Workbench({ 'main.tf': 'data "local_file" "d" {\n  filename = "nowhere"\n}\n' });
    const { diagnostics } = await bench.plan();
    expect(diagnostics.map(({ summary }) => summary)).toEqual(['Read local file data source error']);
  });
});

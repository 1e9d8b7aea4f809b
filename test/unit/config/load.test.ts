// Where modules come from: directories beside each other, what init has installed, and what is said when they are not there.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { moduleText } from '../../../core/addr/address.ts';
import { type LoadOptions, loadConfiguration } from '../../../core/config/load.ts';

const made: string[] = [];

afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true });
});

function load(files: Readonly<Record<string, string>>, options: Partial<LoadOptions> = {}, root = '.') {
  const directory = mkdtempSync(join(tmpdir(), 'stowage-load-'));
  made.push(directory);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return loadConfiguration(root, { workingDirectory: directory, ...options });
}

async function said(...args: Parameters<typeof load>): Promise<string[]> {
  const { diagnostics } = await load(...args);
  return diagnostics.map(({ summary, detail, subject }) => `${subject?.file.name ?? ''}: ${summary}: ${detail}`);
}

const call = (name: string, source: string) => `module "${name}" {\n  source = "${source}"\n}\n`;

describe('loadConfiguration', () => {
  it('follows local modules and knows where each one is', async () => {
    const { value, diagnostics } = await load({
      'main.tf': call('a', './modules/a') + call('b', './modules/b'),
      'modules/a/main.tf': call('inner', '../b'),
      'modules/b/main.tf': 'output "x" {\n  value = path.module\n}\n',
    });
    expect(diagnostics).toEqual([]);
    const places = [...(value?.modules ?? [])].map(([text, module]) => [text, module.directory]);
    expect(places).toEqual([
      ['', '.'],
      ['module.a', 'modules/a'],
      ['module.a.module.inner', 'modules/b'],
      ['module.b', 'modules/b'],
    ]);
    const inner = value?.root.children.get('a')?.children.get('inner');
    expect(inner?.parent && moduleText(inner.parent.path)).toBe('module.a');
    expect(inner?.outputs.get('x')?.range.file.name).toBe('modules/b/main.tf');
  });

  it('names files from the working directory when the root is elsewhere', async () => {
    const { value } = await load(
      { 'deep/main.tf': call('a', '../m'), 'm/main.tf': 'locals {\n  a = 1\n}\n' },
      {},
      'deep',
    );
    expect(value?.root.directory).toBe('deep');
    expect(value?.root.children.get('a')?.locals.get('a')?.range.file.name).toBe('m/main.tf');
  });

  it('finds what init has installed, by the path of the call', async () => {
    const manifest = {
      Modules: [
        { Key: '', Source: '', Dir: '.' },
        { Key: 'reg', Source: 'registry.terraform.io/a/b/c', Version: '1.2.3', Dir: '.terraform/modules/reg' },
        { Key: 'reg.sub', Source: 'git::https://example.com/x.git//deep', Dir: '.terraform/modules/reg.sub/deep' },
      ],
    };
    const { value, diagnostics } = await load({
      'main.tf': 'module "reg" {\n  source  = "a/b/c"\n  version = "~> 1.2"\n}\n',
      '.terraform/modules/modules.json': JSON.stringify(manifest),
      '.terraform/modules/reg/main.tf': call('sub', 'git::https://example.com/x.git//deep'),
      '.terraform/modules/reg.sub/deep/main.tf': '',
    });
    expect(diagnostics).toEqual([]);
    expect([...(value?.modules.keys() ?? [])]).toEqual(['', 'module.reg', 'module.reg.module.sub']);
  });

  it('says what is not installed', async () => {
    expect(await said({ 'main.tf': call('a', 'a/b/c') })).toEqual([
      'main.tf: Module not installed: The module "a" comes from a/b/c and has not been fetched yet. Run "stowage init" to fetch all modules that this configuration calls.',
    ]);
  });

  it('says of a directory that is not there what init says', async () => {
    expect(await said({ 'main.tf': call('m', './absent') }, { purpose: 'init' })).toEqual([
      ': Unreadable module directory: Unable to evaluate directory symlink: lstat absent: no such file or directory',
      ': Unreadable module directory: The directory  could not be read for module "m" at main.tf:1.',
    ]);
  });

  it('stops at a module that calls itself', async () => {
    const summaries = (await said({ 'main.tf': call('a', './m'), 'm/main.tf': call('again', '../m') })).map(
      (text) => text.split(': ')[1],
    );
    expect(summaries).toEqual(['Module calls itself']);
  });

  it('leaves out what editors left behind, hidden files and directories', async () => {
    const { value } = await load({
      'a.tf': 'locals {\n  a = 1\n}\n',
      'a.tf~': 'broken {',
      '.b.tf': 'broken {',
      '#c.tf#': 'broken {',
      'd.tf/readme': 'a directory',
      'e.txt': 'broken {',
    });
    expect([...(value?.root.locals.keys() ?? [])]).toEqual(['a']);
  });

  it('reports a root directory that cannot be read', async () => {
    const { value, diagnostics } = await load({}, {}, 'nowhere');
    expect(value).toBeUndefined();
    expect(diagnostics[0]?.summary).toBe('Failed to read module directory');
  });

  it('says nothing else of a configuration in another version of the language', async () => {
    const main = 'terraform {\n  required_version = "< 1.0"\n}\n';
    expect((await said({ 'main.tf': main }, { languageVersion: '0.15.0' })).length).toBe(0);
    expect((await said({ 'main.tf': main })).map((text) => text.split(': ')[1])).toEqual([
      'Unsupported Terraform Core version',
    ]);
  });
});

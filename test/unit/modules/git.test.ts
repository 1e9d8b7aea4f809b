import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine } from '../../support/command-line.ts';
import { bareRepository, folder, git, init, manifest, outputs, telling, writeFiles } from './install.ts';

function calling(source: string, more = ''): string {
  return `module "a" {\n  source = "${source}"\n${more}}\noutput "value" {\n  value = module.a.value\n}\n`;
}

test('a repository is cloned, and its module used', async () => {
  const repository = bareRepository({ 'main.tf': telling('one') });
  const directory = folder({ 'main.tf': calling(`git::file://${repository}`) });
  const done = await init(directory);
  expect(done.error).toBe('');
  expect(done.out).toContain(`Downloading git::file://${repository} for a...\n- a in .terraform/modules/a\n`);
  expect(manifest(directory)).toEqual([
    { Key: '', Source: '', Dir: '.' },
    { Key: 'a', Source: `git::file://${repository}`, Dir: '.terraform/modules/a' },
  ]);
  expect(await outputs(directory)).toEqual({ value: 'one' });
});

test('the real program accepts what was installed', async () => {
  const repository = bareRepository({ 'sub/main.tf': telling('one') });
  const directory = folder({ 'main.tf': calling(`git::file://${repository}//sub?ref=v1`) });
  expect((await init(directory)).code).toBe(0);
  const environment = { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null' };
  const said = execFileSync('terraform', ['validate', '-no-color'], {
    cwd: directory,
    env: environment,
    encoding: 'utf8',
  });
  expect(said).toContain('Success!');
});

test('ref chooses a tag, a branch or a commit', async () => {
  const repository = bareRepository({ 'main.tf': telling('one') }, { 'main.tf': telling('two') });
  const commit = git(repository, 'rev-parse', 'v1').trim();
  for (const [ref, value] of [
    ['v1', 'one'],
    ['main', 'two'],
    [commit, 'one'],
  ]) {
    const directory = folder({ 'main.tf': calling(`git::file://${repository}?ref=${ref}`) });
    expect((await init(directory)).error).toBe('');
    expect(await outputs(directory)).toEqual({ value });
  }
});

test('depth fetches no more than it says', async () => {
  const repository = bareRepository({ 'main.tf': telling('one') }, { 'main.tf': telling('two') });
  const directory = folder({ 'main.tf': calling(`git::file://${repository}?depth=1&ref=v2`) });
  expect((await init(directory)).error).toBe('');
  expect(git(join(directory, '.terraform/modules/a'), 'rev-list', '--count', 'HEAD').trim()).toBe('1');
});

test('a directory inside, and modules that are called from there', async () => {
  const outer = 'module "inner" {\n  source = "../other"\n}\noutput "value" {\n  value = module.inner.value\n}\n';
  const repository = bareRepository({ 'mods/outer/main.tf': outer, 'mods/other/main.tf': telling('inner') });
  const directory = folder({ 'main.tf': calling(`git::file://${repository}//mods/outer?ref=v1`) });
  expect((await init(directory)).error).toBe('');
  expect(manifest(directory)).toEqual([
    { Key: '', Source: '', Dir: '.' },
    { Key: 'a', Source: `git::file://${repository}//mods/outer?ref=v1`, Dir: '.terraform/modules/a/mods/outer' },
    { Key: 'a.inner', Source: '../other', Dir: '.terraform/modules/a/mods/other' },
  ]);
  expect(await outputs(directory)).toEqual({ value: 'inner' });
});

test('a fetched module may call one that has to be fetched, too', async () => {
  const inner = bareRepository({ 'main.tf': telling('deep') });
  const outer = bareRepository({ 'main.tf': calling(`git::file://${inner}`) });
  const directory = folder({ 'main.tf': calling(`git::file://${outer}`) });
  expect((await init(directory)).error).toBe('');
  expect(await outputs(directory)).toEqual({ value: 'deep' });
});

test('what is there stays, until an upgrade is asked for', async () => {
  const repository = bareRepository({ 'main.tf': telling('one') }, { 'main.tf': telling('two') });
  const directory = folder({ 'main.tf': calling(`git::file://${repository}`) });
  git(repository, 'update-ref', 'refs/heads/main', 'v1');
  await init(directory);
  git(repository, 'update-ref', 'refs/heads/main', 'v2');
  expect((await init(directory)).out).not.toContain('Downloading');
  expect(await outputs(directory)).toEqual({ value: 'one' });
  expect((await init(directory, ['-upgrade'])).out).toContain('Downloading');
  expect(await outputs(directory)).toEqual({ value: 'two' });
});

test('an upgrade that fails leaves what is there', async () => {
  const repository = bareRepository({ 'main.tf': telling('one') });
  const directory = folder({ 'main.tf': calling(`git::file://${repository}`) });
  await init(directory);
  renameSync(repository, `${repository}.away`);
  expect((await init(directory, ['-upgrade'])).code).toBe(1);
  expect(await outputs(directory)).toEqual({ value: 'one' });
  expect(readdirSync(join(directory, '.terraform/modules')).sort()).toEqual(['a', 'modules.json']);
});

test('a source that has changed needs an init', async () => {
  const repository = bareRepository({ 'main.tf': telling('one') }, { 'main.tf': telling('two') });
  const directory = folder({ 'main.tf': calling(`git::file://${repository}?ref=v1`) });
  await init(directory);
  writeFiles(directory, { 'main.tf': calling(`git::file://${repository}?ref=v2`) });
  const refused = await commandLine(['validate'], { directory });
  expect(refused.error).toContain('Module source has changed');
  expect(refused.error).toContain('main.tf line 2');
  await init(directory);
  expect(await outputs(directory)).toEqual({ value: 'two' });
});

test('get fetches as init does, and -update fetches again', async () => {
  const repository = bareRepository({ 'main.tf': telling('one') });
  const directory = folder({ 'main.tf': calling(`git::file://${repository}`) });
  const get = (...args: string[]) => commandLine(['get', ...args], { directory });
  expect((await get()).out).toBe(`Downloading git::file://${repository} for a...\n- a in .terraform/modules/a\n`);
  expect((await get()).out).toBe('');
  expect((await get('-update')).out).toContain('Downloading');
});

test('init -get=false fetches nothing', async () => {
  const repository = bareRepository({ 'main.tf': telling('one') });
  const directory = folder({ 'main.tf': calling(`git::file://${repository}`) });
  const refused = await init(directory, ['-get=false']);
  expect(refused.code).toBe(1);
  expect(refused.error).toContain('Module not installed');
  expect(existsSync(join(directory, '.terraform'))).toBe(false);
});

test.each([
  ['?ref=nowhere', 'nowhere', 'main.tf line 1'],
  ['?ref=--upload-pack', 'begins with a dash', 'main.tf line 1'],
  ['?depth=many', 'depth has to be a whole number', 'main.tf line 1'],
  ['//absent', 'there is no directory "absent" in it', 'main.tf line 2'],
  ['//../..', 'there is no directory "../.." in it', 'main.tf line 2'],
])('%s: names the module, the source, the place and why', async (rest, why, place) => {
  const repository = bareRepository({ 'main.tf': telling('one') });
  const directory = folder({ 'main.tf': calling(`git::file://${repository}${rest}`) });
  const { code, error } = await init(directory);
  const text = error.replaceAll(/\s+/g, ' ');
  expect(code).toBe(1);
  expect(text).toContain('module "a" (main.tf:1');
  expect(text).toContain(repository);
  expect(text).toContain(why);
  expect(text).toContain(place);
});

test('a repository that is not there', async () => {
  const directory = folder({ 'main.tf': calling('git::file:///nowhere/at-all.git') });
  const { code, error } = await init(directory);
  expect(code).toBe(1);
  expect(error).toContain('Failed to download module');
  expect(error.replaceAll(/\s+/g, ' ')).toContain("'/nowhere/at-all.git' does not appear to be a git repository");
});

test('without git the message says what is missing', async () => {
  const directory = folder({ 'main.tf': calling('git::file:///nowhere/at-all.git') });
  const { error } = await init(directory, [], { PATH: '/nowhere' });
  expect(error.replaceAll(/\s+/g, ' ')).toContain('the program git is needed for this source');
});

test('a password in a source is not shown', async () => {
  const directory = folder({ 'main.tf': calling('git::http://me:hunter2@127.0.0.1:1/x.git') });
  const { code, error, out } = await init(directory);
  expect(code).toBe(1);
  expect(error.replace(/^.*│.*source = .*$/gm, '').replace(/^ *2:.*$/gm, '') + out).not.toContain('hunter2');
});

test('a local module must not leave the package of its caller', async () => {
  const repository = bareRepository({ 'main.tf': 'module "up" {\n  source = "../../../outside"\n}\n' });
  const directory = folder({
    'main.tf': `module "a" {\n  source = "git::file://${repository}"\n}\n`,
    'outside/main.tf': '',
  });
  const { code, error } = await init(directory);
  expect(code).toBe(1);
  expect(error).toContain('Local module path escapes module package');
});

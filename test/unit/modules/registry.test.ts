import { expect, test } from 'vitest';
import { commandLine } from '../../support/command-line.ts';
import {
  type Files,
  bareRepository,
  folder,
  init,
  manifest,
  outputs,
  serve,
  tarball,
  telling,
  writeFiles,
} from './install.ts';

interface Registry {
  readonly host: string;
  /** Paths in order, with the token that came along. */
  readonly asked: string[];
}

/** Serves `acme/web/docker` in these versions. */
async function registry(versions: readonly string[], location?: string, token?: string): Promise<Registry> {
  const asked: string[] = [];
  const host = await serve((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const [, version] = /^\/v1\/acme\/web\/docker\/([^/]+)\/download$/.exec(path) ?? [];
    const [, packed] = /^\/files\/(.+)\.tar\.gz$/.exec(path) ?? [];
    if (path === '/.well-known/terraform.json') response.end('{"modules.v1":"/v1/"}');
    else if (token !== undefined && request.headers.authorization !== `Bearer ${token}` && !packed)
      response.writeHead(401).end();
    else if (path === '/v1/acme/web/docker/versions') {
      response.end(JSON.stringify({ modules: [{ versions: versions.map((each) => ({ version: each })) }] }));
    } else if (version) response.writeHead(204, { 'x-terraform-get': location ?? `/files/${version}.tar.gz` }).end();
    else if (packed) response.end(tarball({ 'main.tf': telling(packed), 'modules/x/main.tf': telling(`x ${packed}`) }));
    else response.writeHead(404).end();
  });
  return { host, asked };
}

function calling(source: string, version?: string): Files {
  const constraint = version === undefined ? '' : `  version = "${version}"\n`;
  return {
    'main.tf': `module "a" {\n  source = "${source}"\n${constraint}}\noutput "value" {\n  value = module.a.value\n}\n`,
  };
}

const VERSIONS = ['0.9.0', '1.10.0', '1.2.0', '2.0.0-beta1', '1.9.5'];

test.each([
  [undefined, '1.10.0'],
  ['~> 1.2.0', '1.2.0'],
  ['>= 1.0, < 1.10', '1.9.5'],
  ['2.0.0-beta1', '2.0.0-beta1'],
  ['!= 1.10.0', '1.9.5'],
])('version %s gives %s', async (constraint, version) => {
  const { host } = await registry(VERSIONS);
  const directory = folder(calling(`${host}/acme/web/docker`, constraint));
  expect((await init(directory)).error).toBe('');
  expect(manifest(directory)).toContainEqual({
    Key: 'a',
    Source: `${host}/acme/web/docker`,
    Version: version,
    Dir: '.terraform/modules/a',
  });
  expect(await outputs(directory)).toEqual({ value: version });
});

test('a directory inside the module', async () => {
  const { host } = await registry(VERSIONS);
  const directory = folder(calling(`${host}/acme/web/docker//modules/x`));
  expect((await init(directory)).error).toBe('');
  expect(await outputs(directory)).toEqual({ value: 'x 1.10.0' });
});

test('the registry may name a repository', async () => {
  const repository = bareRepository({ 'pack/main.tf': telling('from git') });
  const { host } = await registry(VERSIONS, `git::file://${repository}//pack?ref=v1`);
  const directory = folder(calling(`${host}/acme/web/docker`));
  expect((await init(directory)).error).toBe('');
  expect(await outputs(directory)).toEqual({ value: 'from git' });
});

test('each question is asked once, and an installed module is not asked for again', async () => {
  const { host, asked } = await registry(VERSIONS);
  const call = (name: string) => `module "${name}" {\n  source = "${host}/acme/web/docker"\n}\n`;
  const directory = folder({ 'main.tf': call('a') + call('b') });
  await init(directory);
  expect(asked.filter((path) => path.endsWith('/versions'))).toHaveLength(1);
  expect(asked.filter((path) => path.startsWith('/files/'))).toHaveLength(1);
  const before = asked.length;
  await init(directory);
  expect(asked).toHaveLength(before);
});

test('a newer constraint needs an init, which fetches the other version', async () => {
  const { host } = await registry(VERSIONS);
  const directory = folder(calling(`${host}/acme/web/docker`, '1.2.0'));
  await init(directory);
  writeFiles(directory, calling(`${host}/acme/web/docker`, '>= 1.9.0'));
  const refused = await commandLine(['validate'], { directory });
  expect(refused.error).toContain('Module version requirements have changed');
  await init(directory);
  expect(await outputs(directory)).toEqual({ value: '1.10.0' });
});

test('a host of the command line configuration is asked where that says', async () => {
  const { host, asked } = await registry(VERSIONS);
  const directory = folder({
    ...calling('registry.example.com/acme/web/docker'),
    'cli.rc': `host "registry.example.com" {\n  services = {\n    "modules.v1" = "http://${host}/v1/"\n  }\n}\n`,
  });
  expect((await init(directory, [], { TF_CLI_CONFIG_FILE: 'cli.rc' })).error).toBe('');
  expect(asked[0]).toBe('/v1/acme/web/docker/versions');
  expect(await outputs(directory)).toEqual({ value: '1.10.0' });
});

test('a token comes from the environment or the command line configuration', async () => {
  const { host } = await registry(VERSIONS, undefined, 'secret-token');
  const directory = folder({
    ...calling(`${host}/acme/web/docker`),
    'cli.rc': `credentials "${host}" {\n  token = "secret-token"\n}\n`,
  });
  const refused = await init(directory);
  expect(refused.error).toContain('status 401');
  expect((await init(directory, [], { TF_TOKEN_127_0_0_1: 'secret-token' })).error).toBe('');
  expect((await init(directory, ['-upgrade'], { TF_CLI_CONFIG_FILE: 'cli.rc' })).error).toBe('');
});

test.each([
  ['acme/none/docker', undefined, 'Module not found', 'has no module acme/none/docker'],
  ['acme/web/docker', '> 3', 'Unresolvable module version constraint', 'The newest one is 1.10.0'],
  ['acme/web/docker//absent', undefined, 'Unreadable module subdirectory', 'there is no directory "absent"'],
])('%s %s: %s', async (path, version, summary, why) => {
  const { host } = await registry(VERSIONS);
  const directory = folder(calling(`${host}/${path}`, version));
  const { code, error } = await init(directory);
  const text = error.replaceAll(/\s+/g, ' ');
  expect(code).toBe(1);
  expect(text).toContain(summary);
  expect(text).toContain(why);
  expect(text).toContain(`module "a" (main.tf:1, source "${host}/${path}")`);
});

test('a host without a registry, and one that is not there', async () => {
  const host = await serve((_, response) => response.end('{}'));
  const directory = folder(calling(`${host}/acme/web/docker`));
  expect((await init(directory)).error.replaceAll(/\s+/g, ' ')).toContain('has no module registry');
  writeFiles(directory, calling('127.0.0.1:1/acme/web/docker'));
  expect((await init(directory)).error).toContain('ECONNREFUSED');
});

/** Which engine is meant: arguments, environment, docker contexts, TLS material, and what is said when it is none. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../core/value/json.ts';
import { unknownValue } from '../../../core/value/value.ts';
import { STRING } from '../../../core/value/type.ts';
import { withAttributes } from '../../../providers/docker/attributes.ts';
import { DEFAULT_HOST, resolveConnection } from '../../../providers/docker/connection.ts';
import { dockerProvider } from '../../../providers/docker/provider.ts';
import { providerSchema } from '../../../providers/docker/schema/provider.ts';
import { decode } from './recorded.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sti-connection-'));
  await context('near', 'unix:///run/near.sock');
  await context('far', 'tcp://far.example:2376', { 'ca.pem': 'CA', 'cert.pem': 'CERT', 'key.pem': 'KEY' });
  await writeFile(join(folder, 'config.json'), JSON.stringify({ currentContext: 'near' }));
  await mkdir(join(folder, 'certs'));
  for (const name of ['ca.pem', 'cert.pem', 'key.pem']) await writeFile(join(folder, 'certs', name), `file ${name}`);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function context(name: string, host: string, tls: Record<string, string> = {}): Promise<void> {
  const id = createHash('sha256').update(name).digest('hex');
  await mkdir(join(folder, 'contexts', 'meta', id), { recursive: true });
  const meta = { Name: name, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } };
  await writeFile(join(folder, 'contexts', 'meta', id, 'meta.json'), JSON.stringify(meta));
  for (const [file, text] of Object.entries(tls)) {
    await mkdir(join(folder, 'contexts', 'tls', id, 'docker'), { recursive: true });
    await writeFile(join(folder, 'contexts', 'tls', id, 'docker', file), text);
  }
}

const configOf = (json: JsonObject) => decode(providerSchema, { registry_auth: [], ...json });

async function resolved(json: JsonObject, environment: Record<string, string>): Promise<string> {
  const result = await resolveConnection(configOf(json), { HOME: '/nonexistent', ...environment });
  return result.value === undefined
    ? `error: ${result.diagnostics[0]?.detail}`
    : `${result.value.address} from ${result.value.origin}`;
}

const unix = { host: 'unix:///a.sock' };

describe('which address counts', () => {
  const rows: readonly (readonly [string, JsonObject, Record<string, string>, string | RegExp])[] = [
    ['the argument', unix, { DOCKER_HOST: 'unix:///b.sock' }, 'unix:///a.sock from the argument "host"'],
    ['DOCKER_HOST', {}, { DOCKER_HOST: 'unix:///b.sock' }, 'unix:///b.sock from DOCKER_HOST'],
    ['an empty argument', { host: '' }, { DOCKER_HOST: 'unix:///b.sock' }, 'unix:///b.sock from DOCKER_HOST'],
    ['nothing', {}, { DOCKER_HOST: '' }, new RegExp(`^${DEFAULT_HOST} from the default`)],
    [
      'a context by argument, over everything',
      { ...unix, context: 'far' },
      { DOCKER_HOST: 'unix:///b.sock' },
      'tcp://far.example:2376 from the docker context "far" (the argument "context")',
    ],
    [
      'DOCKER_CONTEXT, over the host',
      unix,
      { DOCKER_CONTEXT: 'near' },
      'unix:///run/near.sock from the docker context "near" (DOCKER_CONTEXT)',
    ],
    [
      'the current context, under DOCKER_HOST',
      {},
      { DOCKER_HOST: 'unix:///b.sock' },
      'unix:///b.sock from DOCKER_HOST',
    ],
    [
      'the current context',
      {},
      {},
      /^unix:\/\/\/run\/near\.sock from the docker context "near" \("currentContext" in .*config\.json\)$/,
    ],
    ['the context "default"', { context: 'default' }, {}, new RegExp(`^${DEFAULT_HOST} from the default`)],
    [
      'the context "default", with DOCKER_HOST',
      {},
      { DOCKER_CONTEXT: 'default', DOCKER_HOST: 'unix:///b.sock' },
      'unix:///b.sock from DOCKER_HOST',
    ],
    [
      'a context that is not there',
      { context: 'none' },
      {},
      /^error: The docker context "none" is named by the argument "context", but it has no address/,
    ],
  ];
  for (const [title, config, environment, expected] of rows) {
    test(title, async () => {
      // "nothing" must not find the context that is the current one of the folder.
      const home: Record<string, string> = title === 'nothing' ? {} : { DOCKER_CONFIG: folder };
      const found = await resolved(config, { ...home, ...environment });
      if (typeof expected === 'string') expect(found).toBe(expected);
      else expect(found).toMatch(expected);
    });
  }
});

describe('addresses', () => {
  test.each([
    ['unix:///var/run/docker.sock', { kind: 'unix', socketPath: '/var/run/docker.sock' }],
    ['tcp://10.0.0.1', { kind: 'tcp', host: '10.0.0.1', port: 2375, path: '', tls: undefined }],
    ['tcp://10.0.0.1:4243/prefix', { kind: 'tcp', host: '10.0.0.1', port: 4243, path: '/prefix', tls: undefined }],
    ['tcp://[fd00::1]:2375', { kind: 'tcp', host: 'fd00::1', port: 2375, path: '', tls: undefined }],
    ['http://host:80', { kind: 'tcp', host: 'host', port: 80, path: '', tls: undefined }],
  ])('%s', async (host, endpoint) => {
    expect((await resolveConnection(configOf({ host }), {})).value?.endpoint).toEqual(endpoint);
  });

  test('https without material is checked against the public authorities', async () => {
    const tls = { ca: undefined, cert: undefined, key: undefined, verify: true };
    expect((await resolveConnection(configOf({ host: 'https://h' }), {})).value?.endpoint).toMatchObject({
      port: 443,
      tls,
    });
  });

  test.each([
    ['/var/run/docker.sock', 'Invalid Docker host'],
    ['docker.example:2375', 'Invalid Docker host'],
    ['unix://', 'Invalid Docker host'],
    ['tcp://', 'Invalid Docker host'],
    ['ftp://a', 'Invalid Docker host'],
  ])('%s is refused', async (host, summary) => {
    const [diagnostic] = (await resolveConnection(configOf({ host }), {})).diagnostics;
    expect(diagnostic).toMatchObject({ severity: 'error', summary, path: ['host'] });
    expect(diagnostic?.detail).toContain(`"${host}" (from the argument "host")`);
  });
});

describe('TLS material', () => {
  const tcp = { host: 'tcp://h:2376' };
  const rows: readonly (readonly [string, JsonObject, () => Record<string, string>, unknown])[] = [
    [
      'cert_path',
      tcp,
      () => ({ DOCKER_CERT_PATH: join(folder, 'certs') }),
      { ca: 'file ca.pem', cert: 'file cert.pem', key: 'file key.pem', verify: true },
    ],
    [
      'material',
      { ...tcp, ca_material: 'A', cert_material: 'C', key_material: 'K' },
      () => ({}),
      { ca: 'A', cert: 'C', key: 'K', verify: true },
    ],
    [
      'material without an authority',
      { ...tcp, cert_material: 'C', key_material: 'K' },
      () => ({}),
      { ca: undefined, cert: 'C', key: 'K', verify: false },
    ],
    [
      'material of the environment',
      tcp,
      () => ({ DOCKER_CA_MATERIAL: 'A', DOCKER_CERT_MATERIAL: 'C', DOCKER_KEY_MATERIAL: 'K' }),
      { ca: 'A', cert: 'C', key: 'K', verify: true },
    ],
    [
      'of a context',
      { context: 'far' },
      () => ({ DOCKER_CONFIG: folder }),
      { ca: 'CA', cert: 'CERT', key: 'KEY', verify: true },
    ],
    [
      'DOCKER_TLS_VERIFY alone',
      tcp,
      () => ({ DOCKER_TLS_VERIFY: '1', DOCKER_CONFIG: join(folder, 'certs') }),
      { ca: 'file ca.pem', cert: 'file cert.pem', key: 'file key.pem', verify: true },
    ],
    ['an authority alone', { ...tcp, ca_material: 'garbage' }, () => ({}), undefined],
  ];
  for (const [title, config, environment, tls] of rows) {
    test(title, async () => {
      const { value } = await resolveConnection(configOf(config), environment());
      expect(value?.endpoint).toMatchObject({ kind: 'tcp', tls });
    });
  }

  test.each([
    [{ cert_material: 'C' }, /"key_material" is missing/],
    [{ key_material: 'K' }, /"cert_material" is missing/],
    [{ cert_material: 'C', key_material: 'K', cert_path: '/x' }, /"cert_path" cannot stand beside/],
    [{ cert_path: '/nonexistent' }, /\/nonexistent\/ca\.pem.*cannot be read/],
  ])('%o is refused', async (material, detail) => {
    const [diagnostic] = (await resolveConnection(configOf({ ...tcp, ...material }), {})).diagnostics;
    expect(diagnostic).toMatchObject({ summary: 'Invalid TLS material', detail: expect.stringMatching(detail) });
  });
});

test('a host that is known only after apply is an error, never the default engine', async () => {
  const config = withAttributes(configOf({}), [['host', unknownValue(STRING)]]);
  const signal = new AbortController().signal;
  const context = { environment: {}, workingDirectory: '/', signal, parallelism: 1, events: () => undefined };
  const { value, diagnostics } = await dockerProvider.configure(config, context);
  expect(value).toBeUndefined();
  expect(diagnostics).toMatchObject([{ summary: 'Provider configuration not known yet', path: ['host'] }]);
});

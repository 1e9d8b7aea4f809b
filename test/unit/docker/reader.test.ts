/**
 * A plan changes nothing: whatever is refreshed and planned, the engine sees GET and HEAD alone. The engine here is a
 * socket that writes down what it is asked; the same socket proves that its record of methods can tell a write.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PlanAsk, Prior } from '../../../core/provider.ts';
import type { Connection } from '../../../providers/docker/connection.ts';
import { DockerReader, DockerWriter, compareVersions } from '../../../providers/docker/daemon.ts';
import { failureDiagnostic, isFailure } from '../../../providers/docker/outcome.ts';
import { dockerProvider } from '../../../providers/docker/provider.ts';
import { addressOf, configFromPlan, priorFromState, recordedCases } from './recorded.ts';
import { type Harness, openHarness } from './harness.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
}

let folder: string;
let server: http.Server;
let connection: Connection;
let asked: Asked[] = [];
let apiVersion = '1.41';
let answer: (asked: Asked) => { status: number; body: unknown } | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sti-reader-'));
  server = http.createServer((request, response) => {
    const ask = { method: request.method ?? '', path: request.url ?? '' };
    asked.push(ask);
    const { status, body } = answer(ask) ?? { status: 404, body: { message: 'nothing here' } };
    response.writeHead(status, { 'Api-Version': apiVersion, 'Content-Type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(join(folder, 'docker.sock'), resolve));
  const socketPath = join(folder, 'docker.sock');
  connection = { endpoint: { kind: 'unix', socketPath }, address: `unix://${socketPath}`, origin: 'the test' };
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => {
  asked = [];
  apiVersion = '1.41';
  answer = ({ path }) => {
    if (path === '/_ping') return { status: 200, body: 'OK' };
    if (/\/(networks|containers\/json\?all=1|images\/json)$/.test(path)) return { status: 200, body: [] };
    return path.endsWith('/info') ? { status: 200, body: {} } : undefined;
  };
});

const methods = (): readonly string[] => [...new Set(asked.map(({ method }) => method))];

for (const type of dockerProvider.resourceTypes.keys()) {
  test(`${type}: refreshing and planning every recorded object sends nothing but GET and HEAD`, async () => {
    const harness: Harness = await openHarness({
      provider: { host: connection.address },
      environment: {},
      workingDirectory: folder,
    });
    const resource = await harness.provider.resource(type);
    const { priors, asks } = recordedAsks(type);
    expect(priors.length).toBeGreaterThan(1);
    await resource.refresh(priors.map((prior) => ({ address: 'a', prior })));
    await resource.plan(asks);
    for (const prior of priors.slice(0, 5)) await resource.importState(String(prior.value.attributes.get('id')));
    expect(asked.length).toBeGreaterThan(0);
    expect(methods().filter((method) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
    await harness.close();
  });
}

function recordedAsks(type: string): { priors: readonly Prior[]; asks: readonly PlanAsk[] } {
  const priors: Prior[] = [];
  const asks: PlanAsk[] = [];
  for (const step of recordedCases().flatMap((it) => it.steps)) {
    for (const instance of step.state) {
      if (instance.type !== type || instance.mode !== 'managed') continue;
      const prior = priorFromState(dockerProvider, instance);
      priors.push(prior);
      const change = step.changes.find((it) => it.address === addressOf(instance) && it.after !== undefined);
      const schema = dockerProvider.resourceTypes.get(type)?.schema;
      if (change?.after === undefined || schema === undefined) continue;
      const config = configFromPlan(schema, change.after, change.unknown);
      for (const mode of ['any', 'replace'] as const)
        asks.push({ address: 'a', prior, config, proposed: config, mode });
      asks.push({ address: 'a', prior: null, config, proposed: config, mode: 'any' });
      asks.push({ address: 'a', prior, config: null, proposed: null, mode: 'delete' });
    }
  }
  return { priors, asks };
}

test('the transport of the reader refuses any other method, also when it is asked from within', async () => {
  const reader = new DockerReader(connection);
  const names = Object.getOwnPropertyNames(DockerReader.prototype);
  expect(names.filter((name) => /post|put|delete|patch|send|request/i.test(name))).toEqual([]);
  await reader.get('/networks');
  expect(methods()).toEqual(['GET']);
  reader.close();
});

test('the record tells a write: the writer sends POST and DELETE, and no body in an address', async () => {
  const reader = new DockerReader(connection);
  const writer = new DockerWriter(reader);
  await writer.send((engine) => engine.getNetwork('a').remove());
  await writer.send((engine) => engine.createNetwork({ Name: 'a' }));
  await writer.send((engine) =>
    engine.createContainer({ name: 'c', platform: 'linux', Image: 'i', Env: ['SECRET=1'] }),
  );
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /_ping',
    'DELETE /v1.41/networks/a',
    'POST /v1.41/networks/create?',
    'POST /v1.41/containers/create?name=c&platform=linux',
  ]);
  reader.close();
});

test('the API version is that of the older side, asked for once', async () => {
  const reader = new DockerReader(connection);
  expect(await reader.apiVersion()).toEqual({ kind: 'done', value: '1.41' });
  expect(await reader.needs('1.41')).toBeUndefined();
  expect(await reader.needs('1.42')).toEqual({ kind: 'too-old', needs: '1.42', has: '1.41' });
  expect(asked).toHaveLength(1);
  apiVersion = '1.99';
  const newer = new DockerReader(connection);
  expect(await newer.apiVersion()).toEqual({ kind: 'done', value: '1.47' });
  await newer.get('/networks');
  expect(asked.at(-1)?.path).toBe('/v1.47/networks');
  reader.close();
  newer.close();
});

test('versions are ordered by their numbers, not as text', () => {
  expect(compareVersions('1.9', '1.41')).toBe(-1);
  expect(compareVersions('1.41', '1.41')).toBe(0);
  expect(compareVersions('2.0', '1.99')).toBe(1);
});

test('images and /info are asked for once per run, and again after an effect', async () => {
  answer = ({ path }) => ({ status: 200, body: path === '/_ping' ? 'OK' : { Id: 'sha256:1' } });
  const reader = new DockerReader(connection);
  await Promise.all([reader.inspectImage('a:1'), reader.inspectImage('a:1'), reader.info(), reader.info()]);
  expect(asked.map(({ path }) => path).sort()).toEqual(['/_ping', '/v1.41/images/a:1/json', '/v1.41/info']);
  reader.forget();
  await reader.inspectImage('a:1');
  expect(asked).toHaveLength(4);
  reader.close();
});

test.each([
  [304, 'unchanged'],
  [404, 'absent'],
  [409, 'conflict'],
  [500, 'refused'],
])('a status of %i is the outcome "%s", for reader and writer alike', async (status, kind) => {
  const reader = new DockerReader(connection);
  await reader.apiVersion();
  answer = () => ({ status, body: status === 304 ? '' : { message: 'the words' } });
  const sent = await new DockerWriter(reader).send((engine) => engine.getContainer('a').start());
  expect(sent).toMatchObject(status === 304 ? { kind } : { kind, message: 'the words' });
  if (status !== 304) expect(await reader.get('/networks')).toMatchObject({ kind, message: 'the words' });
  reader.close();
});

test('an error line in a stream is a refusal, though the status was 200', async () => {
  answer = ({ path }) => {
    const lines = [
      '{"status":"Pulling","id":"a"}',
      '{"errorDetail":{"message":"no space left"},"error":"no space left"}',
    ];
    return { status: 200, body: path === '/_ping' ? 'OK' : `${lines.join('\r\n')}\r\n` };
  };
  const reader = new DockerReader(connection);
  const seen: unknown[] = [];
  const followed = await new DockerWriter(reader).follow(
    (engine) => engine.createImage({}, { fromImage: 'a' }),
    (line) => seen.push(line),
  );
  expect(followed).toEqual({ kind: 'refused', status: 0, message: 'no space left' });
  expect(seen).toEqual([{ status: 'Pulling', id: 'a' }]);
  reader.close();
});

test('an engine that does not answer is reported with what was tried and where the address came from', async () => {
  const socketPath = join(folder, 'none.sock');
  const reader = new DockerReader({
    endpoint: { kind: 'unix', socketPath },
    address: `unix://${socketPath}`,
    origin: 'DOCKER_HOST',
  });
  const answered = await reader.networks();
  expect(isFailure(answered) && failureDiagnostic(answered, 'list the networks')).toMatchObject({
    summary: 'Docker Engine does not answer',
    detail: expect.stringContaining(`no answer from unix://${socketPath}, the address from DOCKER_HOST`),
    cause: expect.stringContaining('ENOENT'),
  });
});

test('answers that are not JSON, or not what was expected, are nothing rather than a crash', async () => {
  const reader = new DockerReader(connection);
  await reader.apiVersion();
  for (const body of ['', 'not json', 'null', '[null, 1, "a", {}]', '{"Volumes": 7}']) {
    answer = () => ({ status: 200, body });
    expect((await reader.networks()).kind).toBe('done');
    expect((await reader.volumes()).kind).toBe('done');
    expect((await reader.inspectVolume('a')).kind).toBe('done');
  }
  reader.close();
});

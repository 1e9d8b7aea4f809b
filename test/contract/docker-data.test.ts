/** The data sources that ask the engine, on a real one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invariant } from '../../core/diag/invariant.ts';
import type { Diagnostics } from '../../core/diag/diagnostic.ts';
import { type JsonObject, valueToJson } from '../../core/value/json.ts';
import { engineTime } from '../../providers/docker/data-logs.ts';
import { dockerProvider } from '../../providers/docker/provider.ts';
import { ensureEngine } from '../support/docker-engine.mjs';
import { engine, sweep } from '../support/engine-api.mjs';
import { type Harness, openHarness } from '../unit/docker/harness.ts';
import { decode } from '../unit/docker/recorded.ts';

const PREFIX = 'sts-data-';
let harness: Harness;
let imageId: string;

beforeAll(async () => {
  await ensureEngine();
  await sweep(PREFIX);
  harness = await openHarness();
  imageId = ((await engine('GET', '/v1.41/images/busybox:local/json')).body as { Id: string }).Id;
});

afterAll(async () => {
  await harness.close();
  await sweep(PREFIX);
});

async function read(type: string, json: JsonObject): Promise<{ value: JsonObject; diagnostics: Diagnostics }> {
  const schema = dockerProvider.dataSources.get(type);
  invariant(schema, `there is no data source ${type}`);
  const source = await harness.provider.dataSource(type);
  const { value, diagnostics } = await source.read(decode(schema, json));
  return { value: value === undefined ? {} : (valueToJson(value) as JsonObject), diagnostics };
}

/** A container that has run to its end; its ID. */
async function ran(name: string, command: string, more: object = {}): Promise<string> {
  const { body } = await engine('POST', `/v1.41/containers/create?name=${name}`, {
    Image: 'busybox:local',
    Cmd: ['sh', '-c', command],
    Labels: { who: 'me' },
    ...more,
  });
  const { Id } = body as { Id: string };
  await engine('POST', `/v1.41/containers/${Id}/start`);
  await engine('POST', `/v1.41/containers/${Id}/wait`);
  return Id;
}

describe('docker_image', () => {
  test('by name and by ID', async () => {
    const expected = { id: imageId, repo_digest: '' };
    expect((await read('docker_image', { name: 'busybox:local' })).value).toEqual({
      name: 'busybox:local',
      ...expected,
    });
    expect((await read('docker_image', { name: imageId })).value).toEqual({ name: imageId, ...expected });
  });

  test('one that is not there', async () => {
    const { diagnostics } = await read('docker_image', { name: 'sts-no-such:1' });
    expect(diagnostics.map(({ summary }) => summary)).toEqual(["did not find docker image 'sts-no-such:1'"]);
  });
});

describe('docker_network', () => {
  test('with pools and containers', async () => {
    const { body } = await engine('POST', '/v1.41/networks/create', {
      Name: `${PREFIX}net`,
      IPAM: { Config: [{ Subnet: '10.217.77.0/24', Gateway: '10.217.77.1' }] },
    });
    const { Id } = body as { Id: string };
    const created = await engine('POST', `/v1.41/containers/create?name=${PREFIX}on-net`, {
      Image: 'busybox:local',
      Cmd: ['sleep', '60'],
      HostConfig: { NetworkMode: `${PREFIX}net` },
    });
    const container = (created.body as { Id: string }).Id;
    await engine('POST', `/v1.41/containers/${container}/start`);
    const { value } = await read('docker_network', { name: `${PREFIX}net` });
    expect(value).toMatchObject({
      id: Id,
      driver: 'bridge',
      internal: false,
      options: {},
      scope: 'local',
      ipam_config: [{ subnet: '10.217.77.0/24', gateway: '10.217.77.1', ip_range: '', aux_address: {} }],
      containers: [
        { container_id: container, name: `${PREFIX}on-net`, ipv4_address: '10.217.77.2/24', ipv6_address: '' },
      ],
    });
    await engine('DELETE', `/v1.41/containers/${container}?force=1`);
  });

  test('host has neither', async () => {
    const { value } = await read('docker_network', { name: 'host' });
    expect(value).toMatchObject({ driver: 'host', ipam_config: [], containers: [] });
  });

  test('one that is not there', async () => {
    const { diagnostics } = await read('docker_network', { name: 'sts-none' });
    expect(diagnostics.map(({ summary }) => summary)).toEqual([
      'Could not find docker network: Error response from daemon: network sts-none not found',
    ]);
  });
});

test('docker_containers lists all, in the order of their IDs', async () => {
  const id = await ran(`${PREFIX}listed`, 'true');
  const { value } = await read('docker_containers', {});
  const containers = value.containers as readonly JsonObject[];
  expect(value.id).toBe('docker_containers');
  expect(containers.find((it) => it.id === id)).toEqual({
    id,
    names: [`/${PREFIX}listed`],
    image: 'busybox:local',
    image_id: imageId,
    command: 'sh -c true',
    created: expect.any(Number),
    state: 'exited',
    status: expect.stringMatching(/^Exited \(0\)/),
    labels: { who: 'me' },
  });
  const ids = containers.map((it) => String(it.id));
  expect(ids).toEqual([...ids].sort());
});

describe('docker_logs', () => {
  const BOTH = 'echo first; sleep 0.2; echo second >&2; sleep 0.2; printf "third\\nfourth\\n"';

  test('both outputs in their order, whole lines', async () => {
    await ran(`${PREFIX}logs`, BOTH);
    const { value } = await read('docker_logs', { name: `${PREFIX}logs` });
    expect(value).toEqual({
      id: `${PREFIX}logs`,
      name: `${PREFIX}logs`,
      logs_list_string: ['first', 'second', 'third', 'fourth'],
      logs_list_string_enabled: true,
      discard_headers: true,
      show_stdout: true,
      show_stderr: true,
      since: null,
      until: null,
      timestamps: false,
      follow: false,
      tail: null,
      details: false,
    });
  });

  test('options choose lines', async () => {
    const lines = async (options: JsonObject) =>
      (await read('docker_logs', { name: `${PREFIX}logs`, ...options })).value.logs_list_string;
    expect(await lines({ show_stderr: false })).toEqual(['first', 'third', 'fourth']);
    expect(await lines({ tail: '1' })).toEqual(['fourth']);
    expect(await lines({ since: '2099-01-01T00:00:00Z' })).toEqual([]);
    expect(await lines({ until: '2020-01-01T00:00:00Z' })).toEqual([]);
    expect(await lines({ since: '2020-01-01T00:00:00Z', tail: '1', details: true })).toEqual([' fourth']);
    expect(await lines({ follow: true, tail: '1' })).toEqual(['fourth']);
    expect(await lines({ timestamps: true, tail: '1' })).toEqual([expect.stringMatching(/^2\d{3}-.*Z fourth$/)]);
    expect(await lines({ logs_list_string_enabled: false })).toBeNull();
  });

  test('a terminal has no headers to cut, and long lines stay whole', async () => {
    await ran(`${PREFIX}tty`, 'echo x; echo y', { Tty: true });
    expect((await read('docker_logs', { name: `${PREFIX}tty` })).value.logs_list_string).toEqual(['x', 'y']);
    await ran(`${PREFIX}long`, 'head -c 100000 /dev/zero | tr "\\0" a; echo');
    const { value } = await read('docker_logs', { name: `${PREFIX}long` });
    expect((value.logs_list_string as string[]).map((line) => line.length)).toEqual([100_000]);
  });

  test('no container', async () => {
    const { diagnostics } = await read('docker_logs', { name: 'sts-none' });
    expect(diagnostics[0]?.detail).toMatch(/No such container: sts-none/);
  });

  test('times are seconds, durations count back from now', () => {
    expect(engineTime('2020-01-01T00:00:00Z')).toBe('1577836800.000');
    expect(engineTime('10m', 1_000_000)).toBe('400.000');
    expect(engineTime('1577836800')).toBe('1577836800');
  });
});

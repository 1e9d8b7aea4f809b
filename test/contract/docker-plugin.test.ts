/** docker_plugin and its data source, with a plugin of our own in a registry on loopback. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invariant } from '../../core/diag/invariant.ts';
import type { Applied, Prior } from '../../core/provider.ts';
import { type JsonObject, valueToJson } from '../../core/value/json.ts';
import { dockerProvider } from '../../providers/docker/provider.ts';
import { fullReference } from '../../providers/docker/schema/plugin.ts';
import { ensureEngine } from '../support/docker-engine.mjs';
import { engine } from '../support/engine-api.mjs';
// @ts-expect-error: plain JavaScript, as the other helpers of the tests.
import { tar } from '../support/tar.mjs';
import { type Harness, type ResourceHarness, changed, jsonOf, openHarness } from '../unit/docker/harness.ts';
import { decode } from '../unit/docker/recorded.ts';
import { type TestRegistry, registryMissing, startRegistry } from '../unit/docker/registry.ts';

const BUSYBOX = '/bin/busybox';
const missing = registryMissing() ?? (existsSync(BUSYBOX) ? undefined : 'there is no static busybox');
let registry: TestRegistry;
let harness: Harness;
let plugin: ResourceHarness;
let name: string;

beforeAll(async () => {
  await ensureEngine();
  if (missing !== undefined) return;
  registry = await startRegistry();
  name = `${registry.host}/sts/plug:1`;
  await publish(name);
  harness = await openHarness();
  plugin = harness.of('docker_plugin');
}, 60_000);

afterAll(async () => {
  await harness?.close();
  for (const alias of ['sts-plug:latest', name]) await engine('DELETE', `/v1.41/plugins/${alias}?force=1`);
  await registry?.stop();
}, 60_000);

/** Makes a plugin that asks for the network of the host and has one setting, and pushes it. */
async function publish(reference: string): Promise<void> {
  const config = {
    description: 'test',
    documentation: '',
    entrypoint: ['/bin/busybox', 'sleep', '3600'],
    interface: { types: ['docker.dummy/1.0'], socket: 'sts.sock' },
    network: { type: 'host' },
    env: [{ name: 'LEVEL', description: '', settable: ['value'], value: 'info' }],
  };
  const context = tar([
    { name: 'config.json', mode: 0o644, content: Buffer.from(JSON.stringify(config)) },
    { name: 'rootfs/', mode: 0o755 },
    { name: 'rootfs/bin/', mode: 0o755 },
    { name: 'rootfs/bin/busybox', mode: 0o755, content: readFileSync(BUSYBOX) },
  ]);
  const created = await engine('POST', `/v1.41/plugins/create?name=${encodeURIComponent(reference)}`, context);
  invariant(created.status === 204, JSON.stringify(created));
  const pushed = await engine('POST', `/v1.41/plugins/${reference}/push`, {});
  invariant(pushed.status === 200, JSON.stringify(pushed));
  await engine('DELETE', `/v1.41/plugins/${reference}?force=1`);
}

async function live(reference: string): Promise<JsonObject | undefined> {
  const { status, body } = await engine('GET', `/v1.41/plugins/${reference}/json`);
  return status === 200 ? (body as JsonObject) : undefined;
}

function priorOf({ value, private: data }: Applied): Prior {
  invariant(value, 'there is a plugin');
  return { value, private: data, tainted: false };
}

describe.skipIf(missing !== undefined)('docker_plugin', () => {
  test('is installed, set, and removed as recorded', { timeout: 60_000 }, async () => {
    const config = (level: string): JsonObject => ({
      name,
      alias: 'sts-plug',
      enabled: false,
      grant_all_permissions: true,
      env: [`LEVEL=${level}`],
    });
    const prior = await plugin.create(config('debug'));
    expect(jsonOf(prior.value)).toEqual({
      ...config('debug'),
      alias: 'sts-plug:latest',
      id: (await live('sts-plug:latest'))?.Id,
      plugin_reference: name,
      enable_timeout: null,
      force_destroy: null,
      force_disable: null,
      grant_permissions: [],
    });
    const refreshed = await plugin.refresh(prior);
    expect(changed(await plugin.plan(refreshed ?? null, config('debug')))).toEqual([]);
    const applied = await plugin.apply(refreshed ?? null, config('warn'));
    expect([applied.diagnostics, applied.planned.replacePaths, changed(applied.planned)]).toEqual([[], [], ['env']]);
    expect((await live('sts-plug:latest'))?.Settings).toMatchObject({ Env: ['LEVEL=warn'] });
    expect((await plugin.destroy(priorOf(applied))).diagnostics).toEqual([]);
    expect(await live('sts-plug:latest')).toBeUndefined();
    expect(await plugin.refresh(prior)).toBeUndefined();
  });

  test('is found by its data source under its name', { timeout: 60_000 }, async () => {
    const prior = await plugin.create({ name, enabled: false, grant_all_permissions: true });
    expect(jsonOf(prior.value)).toMatchObject({ alias: name, env: ['LEVEL=info'] });
    const schema = dockerProvider.dataSources.get('docker_plugin');
    invariant(schema, 'the data source is there');
    const source = await harness.provider.dataSource('docker_plugin');
    const { value } = await source.read(decode(schema, { alias: name }));
    expect(value && valueToJson(value)).toEqual({
      id: jsonOf(prior.value).id,
      alias: name,
      name,
      plugin_reference: name,
      enabled: false,
      grant_all_permissions: null,
      env: ['LEVEL=info'],
    });
    const both = await source.read(decode(schema, { alias: name, id: 'x' }));
    expect(both.diagnostics.map((it) => it.summary)).toEqual(['Invalid combination of arguments']);
    const imported = await (await plugin.resource()).importState(name);
    const config = { name, enabled: false, grant_all_permissions: true };
    const left = await plugin.plan(imported.value?.[0] ?? null, config);
    expect([left.replacePaths, left.impact]).toEqual([[], 'none']);
    await plugin.destroy(prior);
  });

  test('gets no privilege that is not granted', async () => {
    const grant = (value: string): JsonObject => ({
      name,
      enabled: false,
      grant_permissions: [{ name: 'network', value: [value] }],
    });
    const denied = await plugin.apply(null, grant('bridge'));
    expect([denied.value, denied.diagnostics[0]?.summary]).toEqual([
      undefined,
      'Plugin asks for more privileges than are granted',
    ]);
    expect(denied.diagnostics[0]?.detail).toContain('network = ["host"]');
    const granted = await plugin.create(grant('host'));
    await plugin.destroy(granted);
  });

  test('one that is not in the registry is an error', async () => {
    const { value, diagnostics } = await plugin.apply(null, { name: `${registry.host}/sts/none:1` });
    expect([value, diagnostics.length]).toEqual([undefined, 1]);
  });
});

test('names mean the same with and without what is not written', () => {
  expect(fullReference('busybox')).toBe('docker.io/library/busybox:latest');
  expect(fullReference('vieux/sshfs:next')).toBe('docker.io/vieux/sshfs:next');
  expect(fullReference('docker.io/vieux/sshfs')).toBe('docker.io/vieux/sshfs:latest');
  expect(fullReference('127.0.0.1:5000/a/b:1')).toBe('127.0.0.1:5000/a/b:1');
});

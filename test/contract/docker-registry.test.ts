/** docker_registry_image and the data sources that ask a registry, with a real one on loopback. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invariant } from '../../core/diag/invariant.ts';
import type { Applied, Prior } from '../../core/provider.ts';
import { type JsonObject, valueToJson } from '../../core/value/json.ts';
import { dockerProvider } from '../../providers/docker/provider.ts';
import { ensureEngine } from '../support/docker-engine.mjs';
import { engine } from '../support/engine-api.mjs';
import { type Harness, changed, jsonOf, openHarness } from '../unit/docker/harness.ts';
import { decode } from '../unit/docker/recorded.ts';
import { type TestRegistry, registryMissing, startRegistry } from '../unit/docker/registry.ts';

const missing = registryMissing();
const LOGIN = { user: 'sts', password: 'secret' };
let open: TestRegistry;
let locked: TestRegistry;
const harnesses: Harness[] = [];

beforeAll(async () => {
  await ensureEngine();
  if (missing !== undefined) return;
  [open, locked] = await Promise.all([startRegistry(), startRegistry(LOGIN)]);
}, 60_000);

afterAll(async () => {
  await Promise.all(harnesses.map((it) => it.close()));
  await Promise.all([open?.stop(), locked?.stop()]);
  const { body } = await engine('GET', '/v1.41/images/json');
  const images = body as { RepoTags: string[] | null; RepoDigests: string[] | null }[];
  const tags = images.flatMap((it) => [...(it.RepoTags ?? []), ...(it.RepoDigests ?? [])]);
  for (const tag of tags) if (/\/sts-reg/.test(tag)) await engine('DELETE', `/v1.41/images/${tag}`);
});

async function harness(auth: readonly JsonObject[] = []): Promise<Harness> {
  const opened = await openHarness({ provider: { registry_auth: auth }, environment: {} });
  harnesses.push(opened);
  return opened;
}

/** An image that differs from others by `mark`, under this name. */
async function image(name: string, mark: string): Promise<void> {
  const { body } = await engine('POST', '/v1.41/containers/create', {
    Image: 'busybox:local',
    Cmd: ['true'],
    Env: [`MARK=${mark}`],
  });
  const { Id } = body as { Id: string };
  const colon = name.lastIndexOf(':');
  await engine('POST', `/v1.41/commit?container=${Id}&repo=${name.slice(0, colon)}&tag=${name.slice(colon + 1)}`, {});
  await engine('DELETE', `/v1.41/containers/${Id}`);
}

async function remote(
  host: string,
  repository: string,
  tag: string,
  authorization?: string,
): Promise<string | undefined> {
  const headers = {
    Accept: 'application/vnd.docker.distribution.manifest.v2+json',
    ...(authorization ? { Authorization: authorization } : {}),
  };
  const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, { headers });
  return answer.status === 200 ? (answer.headers.get('docker-content-digest') ?? undefined) : undefined;
}

async function read(from: Harness, type: string, json: JsonObject) {
  const schema = dockerProvider.dataSources.get(type);
  invariant(schema, `there is no data source ${type}`);
  const empty = Object.fromEntries(Object.keys(schema.blocks).map((name) => [name, []]));
  const { value, diagnostics } = await (await from.provider.dataSource(type)).read(
    decode(schema, { ...empty, ...json }),
  );
  return { value: value === undefined ? {} : (valueToJson(value) as JsonObject), diagnostics };
}

function priorOf({ value, private: data }: Applied): Prior {
  invariant(value, 'there is an image');
  return { value, private: data, tainted: false };
}

describe.skipIf(missing !== undefined)('docker_registry_image', () => {
  test('is pushed without any credentials, found again, and deleted', async () => {
    const name = `${open.host}/sts-reg/life:1`;
    await image(name, 'life');
    const resource = (await harness()).of('docker_registry_image');
    const prior = await resource.create({ name });
    const digest = await remote(open.host, 'sts-reg/life', '1');
    expect(jsonOf(prior.value)).toMatchObject({
      id: digest,
      sha256_digest: digest,
      keep_remotely: false,
      triggers: null,
      timeouts: null,
    });
    expect(changed(await resource.plan((await resource.refresh(prior)) ?? null, { name }))).toEqual([]);
    expect((await resource.destroy(prior)).diagnostics).toEqual([]);
    expect(await remote(open.host, 'sts-reg/life', '1')).toBeUndefined();
    expect(await resource.refresh(prior)).toBeUndefined();
  });

  test('keep_remotely leaves it there; a trigger pushes again', async () => {
    const name = `${open.host}/sts-reg/kept:1`;
    await image(name, 'kept');
    const resource = (await harness()).of('docker_registry_image');
    const prior = await resource.create({ name, triggers: { a: '1' } });
    const again = await resource.apply(prior, { name, triggers: { a: '2' }, keep_remotely: true });
    expect([again.diagnostics, again.planned.replacePaths]).toEqual([[], [['triggers']]]);
    await resource.destroy(priorOf(again));
    expect(await remote(open.host, 'sts-reg/kept', '1')).toBeDefined();
  });

  test('another image under the name is pushed, and what somebody else pushed is pushed over but never deleted', async () => {
    const name = `${open.host}/sts-reg/moved:1`;
    await image(name, 'one');
    const prior = await (await harness()).of('docker_registry_image').create({ name });
    await image(name, 'two');
    const resource = (await harness()).of('docker_registry_image');
    const applied = await resource.apply((await resource.refresh(prior)) ?? null, { name });
    expect(applied.planned.causes.map((it) => it.author)).toEqual(['image']);
    const second = await remote(open.host, 'sts-reg/moved', '1');
    expect(jsonOf(applied.value)).toMatchObject({ id: jsonOf(prior.value).id, sha256_digest: second });
    // Somebody else.
    await image(name, 'three');
    await (await harness()).of('docker_registry_image').create({ name });
    const { diagnostics } = await (await harness()).of('docker_registry_image').destroy(priorOf(applied));
    expect(diagnostics.map((it) => [it.severity, it.summary])).toEqual([['warning', 'Image left in the registry']]);
    expect(await remote(open.host, 'sts-reg/moved', '1')).toBeDefined();
  });

  test('credentials: of the provider, of the resource, and wrong ones', async () => {
    const name = `${locked.host}/sts-reg/locked:1`;
    await image(name, 'locked');
    const { user: username, password } = LOGIN;
    const known = await harness([{ address: `http://${locked.host}`, username, password }]);
    const prior = await known.of('docker_registry_image').create({ name });
    expect(await known.of('docker_registry_image').refresh(prior)).toBeDefined();
    const stranger = (await harness()).of('docker_registry_image');
    const own = await stranger.create({
      name,
      auth_config: [{ address: `http://${locked.host}`, username, password }],
    });
    expect(await stranger.refresh(own)).toBeDefined();
    const { value, diagnostics } = await stranger.apply(null, {
      name,
      auth_config: [{ address: locked.host, username, password: 'wrong' }],
    });
    expect([value, diagnostics[0]?.summary]).toEqual([undefined, 'Error pushing docker image']);
    expect(diagnostics[0]?.detail).toMatch(/unauthorized|no basic auth/);
  });

  test('a registry that does not let us in, or is down, changes nothing in the state', async () => {
    const name = `${locked.host}/sts-reg/shut:1`;
    await image(name, 'shut');
    const { user: username, password } = LOGIN;
    const prior = await (await harness([{ address: locked.host, username, password }]))
      .of('docker_registry_image')
      .create({ name });
    const resource = await (await harness()).of('docker_registry_image').resource();
    const [result] = await resource.refresh([{ address: 'x', prior }]);
    expect([result?.value?.outcome, result?.diagnostics.map((it) => it.severity)]).toEqual(['unchecked', ['warning']]);
  });

  test('an image that the engine does not have is an error that says so', async () => {
    const { diagnostics } = await (await harness())
      .of('docker_registry_image')
      .apply(null, { name: `${open.host}/sts-reg/none:1` });
    expect(diagnostics[0]?.detail).toMatch(/does not exist.*docker_image resource/s);
  });
});

describe.skipIf(missing !== undefined)('data sources', () => {
  test('digest, tags and manifests', async () => {
    const opened = await harness();
    for (const tag of ['1.0.0', '1.2', 'v1.3.0', '2.0.0-rc1', 'latest']) {
      await image(`${open.host}/sts-reg/data:${tag}`, tag);
      await opened.of('docker_registry_image').create({ name: `${open.host}/sts-reg/data:${tag}` });
    }
    const digest = await remote(open.host, 'sts-reg/data', '1.0.0');
    const type = 'application/vnd.docker.distribution.manifest';
    const list = {
      schemaVersion: 2,
      mediaType: `${type}.list.v2+json`,
      manifests: [{ mediaType: `${type}.v2+json`, size: 1, digest, platform: { os: 'linux', architecture: 'arm64' } }],
    };
    const headers = { 'Content-Type': `${type}.list.v2+json` };
    await fetch(`http://${open.host}/v2/sts-reg/data/manifests/multi`, {
      method: 'PUT',
      headers,
      body: JSON.stringify(list),
    });

    const name = `${open.host}/sts-reg/data`;
    expect((await read(opened, 'docker_registry_image', { name: `${name}:1.0.0` })).value).toEqual({
      id: digest,
      sha256_digest: digest,
      name: `${name}:1.0.0`,
      insecure_skip_verify: false,
    });
    expect((await read(opened, 'docker_registry_image_manifests', { name: `${name}:multi` })).value).toEqual({
      auth_config: null,
      id: 'sts-reg/data:multi',
      name: `${name}:multi`,
      insecure_skip_verify: false,
      manifests: [{ media_type: `${type}.v2+json`, sha256_digest: digest, architecture: 'arm64', os: 'linux' }],
    });
    const tags = async (more: JsonObject) =>
      (await read(opened, 'docker_registry_image_tags', { name, ...more })).value;
    expect(await tags({})).toMatchObject({
      id: name,
      tags: ['1.0.0', '1.2', '2.0.0-rc1', 'latest', 'multi', 'v1.3.0'],
    });
    expect(await tags({ strict_semver: true })).toMatchObject({ tags: ['1.0.0', '1.2', 'v1.3.0'] });
    const single = await read(opened, 'docker_registry_image_manifests', { name: `${name}:1.0.0` });
    expect(single.diagnostics[0]?.summary).toBe('Got no manifest list from the registry');
  });

  test('refusals in the words of the registry', async () => {
    const opened = await harness();
    const denied = await read(opened, 'docker_registry_image', { name: `${locked.host}/sts-reg/x:1` });
    expect(denied.diagnostics.map((it) => it.summary)).toEqual([
      'Got error when attempting to fetch image version sts-reg/x:1 from registry: bad credentials: 401 Unauthorized',
    ]);
    const absent = await read(opened, 'docker_registry_image_tags', { name: `${open.host}/sts-reg/nothing` });
    expect(absent.diagnostics.map((it) => it.summary)).toEqual(['Docker registry tags lookup failed']);
    const down = await read(opened, 'docker_registry_image', { name: '127.0.0.1:1/sts-reg/x:1' });
    expect(down.diagnostics[0]?.detail).toMatch(/ECONNREFUSED/);
  });
});

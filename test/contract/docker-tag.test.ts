/** docker_tag on the real engine: a name is given, looked after, moved and taken away. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureEngine } from '../support/docker-engine.mjs';
import { engine } from '../support/engine-api.mjs';
import { type Harness, type ResourceHarness, changed, jsonOf, openHarness } from '../unit/docker/harness.ts';

const NAMES = ['a', 'b', 'c', 'other'].map((tag) => `sts-tag:${tag}`);
let harness: Harness;
let tag: ResourceHarness;
let busyboxId: string;

beforeAll(async () => {
  await ensureEngine();
  await sweepNames();
  busyboxId = (await idOf('busybox:local')) ?? '';
  harness = await openHarness();
  tag = harness.of('docker_tag');
});

afterAll(async () => {
  await harness.close();
  await sweepNames();
});

async function sweepNames(): Promise<void> {
  for (const name of NAMES) await engine('DELETE', `/v1.41/images/${name}`);
}

async function idOf(name: string): Promise<string | undefined> {
  const { status, body } = await engine('GET', `/v1.41/images/${name}/json`);
  return status === 200 ? (body as { Id: string }).Id : undefined;
}

/** Another image under this name: the same with one more variable. */
async function moveName(name: string): Promise<void> {
  const { body } = await engine('POST', '/v1.41/containers/create?name=sts-tag-source', {
    Image: 'busybox:local',
    Cmd: ['true'],
  });
  const { Id } = body as { Id: string };
  const [repo, version] = name.split(':');
  await engine('POST', `/v1.41/commit?container=${Id}&repo=${repo}&tag=${version}`, { Env: ['STS=1'] });
  await engine('DELETE', `/v1.41/containers/${Id}`);
}

const BASE = { source_image: 'busybox:local', target_image: 'sts-tag:a' };

describe('docker_tag', () => {
  test('is created as recorded, and there is nothing left to do', async () => {
    const prior = await tag.create(BASE);
    expect(jsonOf(prior.value)).toEqual({
      ...BASE,
      id: 'busybox:local.sts-tag:a',
      source_image_id: busyboxId,
      tag_triggers: null,
    });
    expect(await idOf('sts-tag:a')).toBe(busyboxId);
    const refreshed = await tag.refresh(prior);
    expect(changed(await tag.plan(refreshed ?? null, BASE))).toEqual([]);
    await tag.destroy(prior);
    expect(await idOf('sts-tag:a')).toBeUndefined();
  });

  test('another target or a trigger replaces', async () => {
    const prior = await tag.create(BASE);
    const other = await tag.apply(prior, { ...BASE, target_image: 'sts-tag:b' });
    expect(other.planned.replacePaths).toEqual([['target_image']]);
    expect(await idOf('sts-tag:a')).toBeUndefined();
    expect(await idOf('sts-tag:b')).toBe(busyboxId);
    const again = await tag.plan(
      { value: other.value ?? prior.value, private: other.private, tainted: false },
      { ...BASE, target_image: 'sts-tag:b', tag_triggers: ['x'] },
    );
    expect(again.replacePaths).toEqual([['tag_triggers']]);
    await engine('DELETE', '/v1.41/images/sts-tag:b');
  });

  test('one that was removed by hand is gone', async () => {
    const prior = await tag.create(BASE);
    await engine('DELETE', '/v1.41/images/sts-tag:a');
    const fresh = await openHarness();
    expect(await fresh.of('docker_tag').refresh(prior)).toBeUndefined();
    await fresh.close();
  });

  test('one that somebody moved is given back', async () => {
    const config = { ...BASE, target_image: 'sts-tag:c' };
    const prior = await tag.create(config);
    await moveName('sts-tag:c');
    const fresh = await openHarness();
    const drifted = await fresh.of('docker_tag').refresh(prior);
    const { planned, diagnostics } = await fresh.of('docker_tag').apply(drifted ?? null, config);
    expect(diagnostics).toEqual([]);
    expect(planned.causes.map(({ path, author }) => [path, author])).toEqual([[['source_image_id'], 'drift']]);
    expect(planned.replacePaths).toEqual([]);
    expect(await idOf('sts-tag:c')).toBe(busyboxId);
    await fresh.close();
  });

  test('a name that belongs to another image by now is left alone', async () => {
    const config = { ...BASE, target_image: 'sts-tag:other' };
    const prior = await tag.create(config);
    await moveName('sts-tag:other');
    const fresh = await openHarness();
    const { value, diagnostics } = await fresh.of('docker_tag').destroy(prior);
    expect([value, diagnostics]).toEqual([undefined, []]);
    expect(await idOf('sts-tag:other')).not.toBeUndefined();
    await fresh.close();
  });

  test('a source that is not there is an error that says so', async () => {
    const { value, diagnostics } = await tag.apply(null, { ...BASE, source_image: 'sts-none:1' });
    expect(value).toBeUndefined();
    expect(diagnostics.map(({ summary, path }) => [summary, path])).toEqual([
      ['Docker object not found', ['source_image']],
    ]);
  });
});

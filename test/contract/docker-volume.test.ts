/** docker_volume on the real engine: every argument is applied, planned again, changed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Prior } from '../../core/provider.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { ensureEngine } from '../support/docker-engine.mjs';
import { engine, inspect, sweep } from '../support/engine-api.mjs';
import { type Harness, type ResourceHarness, changed, jsonOf, openHarness } from '../unit/docker/harness.ts';

const PREFIX = 'sti-vol-';
let harness: Harness;
let volume: ResourceHarness;

beforeAll(async () => {
  await ensureEngine();
  await sweep(PREFIX);
  harness = await openHarness();
  volume = harness.of('docker_volume');
});

afterAll(async () => {
  await harness.close();
  await sweep(PREFIX);
});

interface Row {
  readonly argument: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
}

const tmpfs = (size: string): JsonObject => ({ type: 'tmpfs', device: 'tmpfs', o: `size=${size}` });

/** `before` and `after` are laid over a volume that says nothing but its name. */
const ROWS: readonly Row[] = [
  { argument: 'name', before: { name: `${PREFIX}row-a` }, after: { name: `${PREFIX}row-b` } },
  { argument: 'driver_opts', before: { driver_opts: tmpfs('16m') }, after: { driver_opts: tmpfs('32m') } },
  {
    argument: 'labels',
    before: { labels: [{ label: 'a', value: '1' }] },
    after: { labels: [{ label: 'a', value: '2' }] },
  },
];

/** What this engine cannot do, and its own answer. `driver` has no second value that could be applied here. */
const NOT_HERE: readonly { readonly argument: string; readonly config: JsonObject; readonly answer: RegExp }[] = [
  { argument: 'driver', config: { driver: 'sti-no-such-driver' }, answer: /not found/ },
  { argument: 'cluster', config: { cluster: [{ scope: 'single' }] }, answer: /API 1\.42, and this one speaks 1\.41/ },
];

describe('every argument', () => {
  for (const { argument, before, after } of ROWS) {
    test(`${argument}: applied, nothing left to do, exactly that change`, async () => {
      const base = { name: `${PREFIX}row` };
      const prior = await volume.create({ ...base, ...before });
      expect(changed(await volume.plan(prior, { ...base, ...before }))).toEqual([]);
      const refreshed = await volume.refresh(prior);
      expect(changed(await volume.plan(refreshed ?? null, { ...base, ...before }))).toEqual([]);
      const planned = await volume.plan(refreshed ?? null, { ...base, ...after });
      expect(changed(planned)).toEqual([argument]);
      expect(planned.replacePaths).toEqual([[argument]]);
      const applied = await volume.apply(refreshed ?? null, { ...base, ...after });
      expect(applied.diagnostics).toEqual([]);
      expect(applied.planned.impact).toBe('data-at-risk');
      const next: Prior = { value: applied.value ?? prior.value, private: applied.private, tainted: false };
      expect(changed(await volume.plan((await volume.refresh(next)) ?? null, { ...base, ...after }))).toEqual([]);
      expect((await volume.destroy(next)).diagnostics).toEqual([]);
      expect(await volume.refresh(next)).toBeUndefined();
    });
  }

  for (const { argument, config, answer } of NOT_HERE) {
    test(`${argument}: this engine refuses, and says why`, { timeout: 60_000 }, async () => {
      const applied = await volume.apply(null, { name: `${PREFIX}refused`, ...config });
      expect(applied.value).toBeUndefined();
      expect(applied.diagnostics.map((it) => it.detail).join()).toMatch(answer);
      expect(await inspect('volume', `${PREFIX}refused`)).toBeUndefined();
    });
  }

  test('driver = "local" written out is no difference', async () => {
    const prior = await volume.create({ name: `${PREFIX}driver`, driver: 'local' });
    expect(changed(await volume.plan(prior, { name: `${PREFIX}driver` }))).toEqual([]);
    await volume.destroy(prior);
  });
});

describe('the state', () => {
  test('is what Terraform writes: null after the apply where the refresh has an empty map', async () => {
    const prior = await volume.create({ name: `${PREFIX}state` });
    const mountpoint = jsonOf(prior.value).mountpoint;
    const common = {
      cluster: [],
      driver: 'local',
      id: `${PREFIX}state`,
      labels: [],
      mountpoint,
      name: `${PREFIX}state`,
    };
    expect(jsonOf(prior.value)).toEqual({ ...common, driver_opts: null });
    expect(jsonOf((await volume.refresh(prior))?.value)).toEqual({ ...common, driver_opts: {} });
    expect(Buffer.from(prior.private ?? '', 'base64').toString()).toBe('{"schema_version":"1"}');
    await volume.destroy(prior);
  });

  test('a volume without a name gets one from us, in the step that is journalled', async () => {
    const prior = await volume.create({ labels: [{ label: 'sti', value: 'unnamed' }] });
    const { name, id } = jsonOf(prior.value);
    expect(name).toMatch(/^[0-9a-f]{64}$/);
    expect(id).toBe(name);
    expect(harness.performed.at(-1)?.arguments.Name).toBe(name);
    expect(changed(await volume.plan(prior, { labels: [{ label: 'sti', value: 'unnamed' }] }))).toEqual([]);
    await volume.destroy(prior);
  });

  test('can be imported by name', async () => {
    const prior = await volume.create({ name: `${PREFIX}import`, labels: [{ label: 'a', value: 'b' }] });
    const imported = (await (await volume.resource()).importState(`${PREFIX}import`)).value?.[0];
    expect(
      changed(await volume.plan(imported ?? null, { name: `${PREFIX}import`, labels: [{ label: 'a', value: 'b' }] })),
    ).toEqual([]);
    await volume.destroy(prior);
  });
});

describe('a volume that is there already', () => {
  const config = { name: `${PREFIX}there` };

  test('is taken over with a warning, and what else it bears is no difference afterwards', async () => {
    await engine('POST', '/volumes/create', { Name: `${PREFIX}there`, Labels: { by: 'hand' } });
    const applied = await volume.apply(null, config);
    expect(applied.diagnostics.map((it) => [it.severity, it.summary])).toEqual([
      ['warning', 'Existing volume taken over'],
    ]);
    const prior: Prior = { value: applied.value ?? fail(), private: applied.private, tainted: false };
    expect(changed(await volume.plan((await volume.refresh(prior)) ?? null, config))).toEqual([]);
    await volume.destroy(prior);
  });

  test('is refused when it is not what was asked for', async () => {
    await engine('POST', '/volumes/create', { Name: `${PREFIX}other`, Labels: { a: '1' } });
    const applied = await volume.apply(null, { name: `${PREFIX}other`, labels: [{ label: 'a', value: '2' }] });
    expect(applied.diagnostics.map((it) => it.summary)).toEqual(['Volume already exists']);
    expect(applied.value).toBeUndefined();
    expect(await inspect('volume', `${PREFIX}other`)).toBeDefined();
  });
});

describe('failures', () => {
  test('a volume in use stays, and the state keeps it', { timeout: 30_000 }, async () => {
    const prior = await volume.create({ name: `${PREFIX}busy` });
    const created = await engine('POST', `/containers/create?name=${PREFIX}busy`, {
      Image: 'busybox:local',
      Cmd: ['true'],
      HostConfig: { Binds: [`${PREFIX}busy:/data`] },
    });
    expect(created.status).toBe(201);
    const applied = await volume.destroy(prior);
    expect(applied.diagnostics[0]?.detail).toMatch(/volume is in use/);
    expect(applied.value).toEqual(prior.value);
    await engine('DELETE', `/containers/${PREFIX}busy?force=1`);
    expect((await volume.destroy(prior)).diagnostics).toEqual([]);
  });

  test('an interrupted creation is found again by its name', async () => {
    const planned = await volume.plan(null, { name: `${PREFIX}lost` });
    const step = planned.steps.items[0];
    const resource = await volume.resource();
    expect(step && (await resource.locate?.(step))).toBe('absent');
    const prior = await volume.create({ name: `${PREFIX}lost` });
    const located = step && (await resource.locate?.(step));
    expect(typeof located === 'object' && jsonOf(located.value).name).toBe(`${PREFIX}lost`);
    await volume.destroy(prior);
  });
});

function fail(): never {
  throw new Error('the volume was not made');
}

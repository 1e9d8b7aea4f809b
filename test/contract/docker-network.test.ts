/** docker_network on the real engine: every argument is applied, planned again, changed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invariant } from '../../core/diag/invariant.ts';
import type { Prior } from '../../core/provider.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { ensureBusyboxImage, ensureEngine } from '../support/docker-engine.mjs';
import { engine, objectsOf, sweep } from '../support/engine-api.mjs';
import { type Harness, type ResourceHarness, changed, jsonOf, openHarness } from '../unit/docker/harness.ts';
import { whileSwarmRests } from '../unit/docker/service-swarm.ts';

const PREFIX = 'sti-net-';
let harness: Harness;
let network: ResourceHarness;

beforeAll(async () => {
  await ensureEngine();
  await ensureBusyboxImage();
  await sweep(PREFIX);
  harness = await openHarness();
  network = harness.of('docker_network');
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

const pool = (subnet: string, more: JsonObject = {}): JsonObject => ({ ipam_config: [{ subnet, ...more }] });
const mtu = (value: string): JsonObject => ({ options: { 'com.docker.network.driver.mtu': value } });
const SUBNET = '10.237.1.0/24';

/** `before` and `after` are laid over a network that says nothing but its name. */
const ROWS: readonly Row[] = [
  { argument: 'name', before: {}, after: { name: `${PREFIX}renamed` } },
  { argument: 'options', before: mtu('1400'), after: mtu('1300') },
  { argument: 'internal', before: {}, after: { internal: true } },
  { argument: 'attachable', before: { attachable: true }, after: { attachable: false } },
  { argument: 'ipv6', before: pool('fd00:237::/64'), after: { ...pool('fd00:237::/64'), ipv6: true } },
  { argument: 'ipam_options', before: { ipam_options: { a: '1' } }, after: { ipam_options: { a: '2' } } },
  { argument: 'labels', before: { labels: [{ label: 'a', value: '1' }] }, after: { labels: [] } },
  { argument: 'ipam_config', before: pool(SUBNET), after: pool('10.237.2.0/24') },
  {
    argument: 'ipam_config',
    before: pool(SUBNET, { gateway: '10.237.1.1' }),
    after: pool(SUBNET, { gateway: '10.237.1.9' }),
  },
  {
    argument: 'ipam_config',
    before: pool(SUBNET, { ip_range: '10.237.1.128/25' }),
    after: pool(SUBNET, { ip_range: '10.237.1.0/25' }),
  },
  {
    argument: 'ipam_config',
    before: pool(SUBNET, { aux_address: { router: '10.237.1.5' } }),
    after: pool(SUBNET, { aux_address: { router: '10.237.1.6' } }),
  },
];

/** What this engine cannot do here, and its own answer. */
const NOT_HERE: readonly { readonly argument: string; readonly config: JsonObject; readonly answer: RegExp }[] = [
  { argument: 'ipam_driver', config: { ipam_driver: 'sti-no-such-driver' }, answer: /not found/ },
  { argument: 'ingress', config: { ingress: true, driver: 'overlay' }, answer: /swarm/i },
  { argument: 'driver', config: { driver: 'overlay' }, answer: /swarm/i },
  { argument: 'driver', config: { driver: 'sti-none' }, answer: /not found.*The driver is not installed/s },
];

describe('every argument', () => {
  for (const { argument, before, after } of ROWS) {
    test(`${argument}: ${JSON.stringify(before)}, nothing left to do, exactly that change`, async () => {
      const base = { name: `${PREFIX}row` };
      const prior = await network.create({ ...base, ...before });
      expect(changed(await network.plan(prior, { ...base, ...before }))).toEqual([]);
      const refreshed = (await network.refresh(prior)) ?? null;
      expect(changed(await network.plan(refreshed, { ...base, ...before }))).toEqual([]);
      const planned = await network.plan(refreshed, { ...base, ...after });
      expect(changed(planned)).toEqual([argument]);
      expect(planned.replacePaths).toEqual([[argument]]);
      const applied = await network.apply(refreshed, { ...base, ...after });
      expect(applied.diagnostics).toEqual([]);
      invariant(applied.value, 'the network was made again');
      const next: Prior = { value: applied.value, private: applied.private, tainted: false };
      expect(changed(await network.plan((await network.refresh(next)) ?? null, { ...base, ...after }))).toEqual([]);
      expect((await network.destroy(next)).diagnostics).toEqual([]);
      expect(await network.refresh(next)).toBeUndefined();
    });
  }

  for (const { argument, config, answer } of NOT_HERE) {
    test(`${argument} ${JSON.stringify(config)}: this engine refuses, and says why`, { timeout: 180_000 }, async () => {
      if (config.driver === 'overlay') return await whileSwarmRests((active) => refused(config, answer, active));
      await refused(config, answer, false);
    });
  }

  /** With a Swarm of somebody's own the engine can do it, and there is nothing to refuse. */
  async function refused(config: JsonObject, answer: RegExp, canDoIt: boolean): Promise<void> {
    if (canDoIt) return;
    const applied = await network.apply(null, { name: `${PREFIX}refused`, ...config });
    expect(applied.value).toBeUndefined();
    expect(applied.diagnostics.map((it) => it.detail).join()).toMatch(answer);
    expect(await objectsOf(`${PREFIX}refused`)).toEqual([]);
  }
});

test('driver: a change of it alone is planned as a replacement', async () => {
  const prior = await network.create({ name: `${PREFIX}driver` });
  const planned = await network.plan(prior, { name: `${PREFIX}driver`, driver: 'macvlan' });
  expect([changed(planned), planned.replacePaths]).toEqual([['driver'], [['driver']]]);
  await network.destroy(prior);
});

test('a pool of IPv4 that is taken out of the configuration is a change, though the engine would add one', async () => {
  const both = { ipv6: true, ipam_config: [{ subnet: '10.237.9.0/24' }, { subnet: 'fd00:240::/64' }] };
  const prior = await network.create({ name: `${PREFIX}both`, ...both });
  const planned = await network.plan(prior, { name: `${PREFIX}both`, ipv6: true, ...pool('fd00:240::/64') });
  expect(changed(planned)).toEqual(['ipam_config']);
  await network.destroy(prior);
});

/** Notations that mean the same: what is applied, and what is planned over it. */
const SAME: readonly (readonly [string, JsonObject, JsonObject])[] = [
  [
    'the defaults written out',
    {},
    { driver: 'bridge', internal: false, attachable: false, ipv6: false, ingress: false, ipam_driver: 'default' },
  ],
  ['empty collections', {}, { options: {}, ipam_options: {}, labels: [], ipam_config: [] }],
  ['a pool whose gateway the engine chooses', pool('10.237.3.0/24'), pool('10.237.3.0/24')],
  ['a pool with host bits', pool('10.237.4.7/24'), pool('10.237.4.7/24')],
  [
    'an IPv6 pool alone, to which the engine adds one of IPv4',
    { ...pool('fd00:238::/64'), ipv6: true },
    { ...pool('fd00:238::/64'), ipv6: true },
  ],
  [
    'pools in another order',
    { ipv6: true, ipam_config: [{ subnet: '10.237.5.0/24' }, { subnet: 'fd00:239::/64' }] },
    { ipv6: true, ipam_config: [{ subnet: 'fd00:239::/64' }, { subnet: '10.237.5.0/24' }] },
  ],
  [
    'empty texts in a pool',
    pool('10.237.6.0/24'),
    pool('10.237.6.0/24', { gateway: '', ip_range: '', aux_address: {} }),
  ],
  [
    'a label twice',
    { labels: [{ label: 'a', value: 'b' }] },
    {
      labels: [
        { label: 'a', value: 'b' },
        { label: 'a', value: 'b' },
      ],
    },
  ],
];

describe('no false difference', () => {
  for (const [title, applied, planned] of SAME) {
    test(title, async () => {
      const base = { name: `${PREFIX}same` };
      const prior = await network.create({ ...base, ...applied });
      const refreshed = (await network.refresh(prior)) ?? null;
      expect(changed(await network.plan(refreshed, { ...base, ...planned }))).toEqual([]);
      await network.destroy(prior);
    });
  }
});

describe('the state', () => {
  test('is what Terraform writes', async () => {
    const prior = await network.create({ name: `${PREFIX}state`, ...pool('10.237.7.0/24', { gateway: '10.237.7.1' }) });
    const { id } = jsonOf(prior.value);
    const common = {
      id,
      name: `${PREFIX}state`,
      driver: 'bridge',
      scope: 'local',
      labels: [],
      options: {},
      ipam_driver: 'default',
    };
    const flags = { attachable: false, ingress: false, internal: false, ipv6: false };
    const config = { gateway: '10.237.7.1', ip_range: '', subnet: '10.237.7.0/24' };
    expect(jsonOf(prior.value)).toEqual({
      ...common,
      ...flags,
      ipam_options: null,
      ipam_config: [{ ...config, aux_address: null }],
    });
    const refreshed = await network.refresh(prior);
    expect(jsonOf(refreshed?.value)).toEqual({
      ...common,
      ...flags,
      ipam_options: {},
      ipam_config: [{ ...config, aux_address: {} }],
    });
    expect(Buffer.from(prior.private ?? '', 'base64').toString()).toBe('{"schema_version":"1"}');
    await network.destroy(prior);
  });

  test('can be imported by name, ID and short ID', async () => {
    const prior = await network.create({ name: `${PREFIX}import` });
    const id = String(jsonOf(prior.value).id);
    for (const key of [`${PREFIX}import`, id, id.slice(0, 12)]) {
      const imported = (await (await network.resource()).importState(key)).value?.[0];
      expect(jsonOf(imported?.value).id).toBe(id);
      expect(changed(await network.plan(imported ?? null, { name: `${PREFIX}import` }))).toEqual([]);
    }
    await network.destroy(prior);
  });

  test('a network that was made again by hand is followed by its name', async () => {
    const prior = await network.create({ name: `${PREFIX}again` });
    await engine('DELETE', `/networks/${PREFIX}again`);
    await engine('POST', '/networks/create', { Name: `${PREFIX}again`, Labels: { by: 'hand' } });
    const refreshed = await network.refresh(prior);
    expect(jsonOf(refreshed?.value).id).not.toBe(jsonOf(prior.value).id);
    expect(changed(await network.plan(refreshed ?? null, { name: `${PREFIX}again` }))).toEqual(['labels']);
    await network.destroy(refreshed ?? prior);
  });
});

describe('failures', () => {
  test('an existing name is refused, and nothing is made', async () => {
    await engine('POST', '/networks/create', { Name: `${PREFIX}taken` });
    const applied = await network.apply(null, { name: `${PREFIX}taken` });
    expect(applied.value).toBeUndefined();
    expect(applied.diagnostics.map((it) => [it.summary, it.path])).toEqual([['Network already exists', ['name']]]);
    expect(applied.diagnostics[0]?.detail).toMatch(/import block/);
    expect(await objectsOf(`${PREFIX}taken`)).toHaveLength(1);
  });

  test('addresses that another network has are refused with a remedy', async () => {
    const prior = await network.create({ name: `${PREFIX}first`, ...pool('10.237.8.0/24') });
    const applied = await network.apply(null, { name: `${PREFIX}second`, ...pool('10.237.8.0/25') });
    expect(applied.diagnostics[0]?.detail).toMatch(/overlaps.*choose another subnet/s);
    await network.destroy(prior);
  });

  test('a network in use stays, and the state keeps it', { timeout: 30_000 }, async () => {
    const prior = await network.create({ name: `${PREFIX}busy` });
    const body = {
      Image: 'busybox:local',
      Cmd: ['sleep', '60'],
      HostConfig: { NetworkMode: `${PREFIX}busy` },
      StopSignal: 'KILL',
    };
    expect((await engine('POST', `/containers/create?name=${PREFIX}busy`, body)).status).toBe(201);
    expect((await engine('POST', `/containers/${PREFIX}busy/start`)).status).toBe(204);
    const applied = await network.destroy(prior);
    expect(applied.diagnostics[0]?.detail).toMatch(/active endpoints/);
    expect(applied.value).toEqual(prior.value);
    await engine('DELETE', `/containers/${PREFIX}busy?force=1`);
    expect((await network.destroy(prior)).diagnostics).toEqual([]);
  });

  test('every step that makes or removes one knows how to take that back', async () => {
    const prior = await network.create({ name: `${PREFIX}undo`, ...mtu('1400') });
    const writer = await harness.provider.openWriter();
    const context = { address: 'test', signal: new AbortController().signal, progress: () => undefined };
    const [remove] = (await network.plan(prior, null)).steps.items;
    invariant(remove?.undo, 'a removal can be undone');
    expect((await writer.perform(remove, context)).diagnostics).toEqual([]);
    const undone = await writer.perform(remove.undo, context);
    const again: Prior | undefined = (await (await network.resource()).importState(undone.value?.id ?? '')).value?.[0];
    expect(changed(await network.plan(again ?? null, { name: `${PREFIX}undo`, ...mtu('1400') }))).toEqual([]);
    await network.destroy(again ?? prior);
  });
});

/** docker_container on the real engine: the `timeouts` block ends what takes longer, and says which one it was. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { invariant } from '../../core/diag/invariant.ts';
import type { Applied, Prior } from '../../core/provider.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { fieldOf, textOf } from '../../providers/docker/inspect.ts';
import { busyboxImage, ensureBusyboxImage, ensureEngine } from '../support/docker-engine.mjs';
import { engine, inspect, objectsOf, sweep } from '../support/engine-api.mjs';
import { type Harness, type ResourceHarness, openHarness } from '../unit/docker/harness.ts';

const NAME = 'stn-time';
let harness: Harness;
let container: ResourceHarness;

beforeAll(async () => {
  await ensureEngine();
  await ensureBusyboxImage();
  harness = await openHarness();
  container = harness.of('docker_container');
});
beforeEach(() => sweep(NAME));
afterAll(async () => {
  await harness.close();
  await sweep(NAME);
});

/** `sleep` as the first process of a container does not listen to SIGTERM. */
function config(more: JsonObject = {}): JsonObject {
  return { name: NAME, image: busyboxImage, command: ['sleep', '3600'], destroy_grace_seconds: 0, ...more };
}

function healthy(test: readonly string[], timeouts: JsonObject): JsonObject {
  const healthcheck = [{ test: ['CMD', ...test], interval: '200ms', timeout: '5s', retries: 100 }];
  return { wait: true, wait_timeout: 60, healthcheck, timeouts };
}

function timeoutsOf({ diagnostics }: Applied) {
  return diagnostics.flatMap(({ summary, detail, path }) =>
    summary === 'Operation timed out' ? [{ detail, path }] : [],
  );
}

async function elapsed<T>(work: Promise<T>): Promise<{ result: T; ms: number }> {
  const startedAt = Date.now();
  return { result: await work, ms: Date.now() - startedAt };
}

test('create: a wait for health that takes longer is given up; the container is there, tainted', async () => {
  const wanted = config(healthy(['false'], { create: '6s', update: '1h' }));
  const { result, ms } = await elapsed(container.apply(null, wanted));
  expect(timeoutsOf(result)).toEqual([
    {
      detail: expect.stringMatching(/Creating .*"stn-time" took longer than 6s, .*"create" timeout.* step "healthy"/),
      path: ['timeouts', 'create'],
    },
  ]);
  expect(result.diagnostics.map(({ summary }) => summary)).toEqual(['Operation timed out', 'Container not healthy']);
  expect([ms >= 5900, ms < 30_000]).toEqual([true, true]);
  expect(result.tainted).toBe(true);
  expect(textOf(await inspect('container', NAME), 'State', 'Status')).toBe('running');
});

test('create: nothing is said when the time is enough', async () => {
  const applied = await container.apply(null, config(healthy(['true'], { create: '1m' })));
  expect([applied.diagnostics, applied.tainted]).toEqual([[], false]);
});

test('create: the end of a job is not waited for longer', async () => {
  const wanted = config({ attach: true, must_run: false, timeouts: { create: '6s' } });
  const { result, ms } = await elapsed(container.apply(null, wanted));
  expect(timeoutsOf(result).map(({ detail }) => detail)).toEqual([expect.stringMatching(/step "attach"/)]);
  expect(ms).toBeLessThan(30_000);
  expect(result.tainted).toBe(true);
});

test('update: what was done is taken back, for which there is time', async () => {
  const script = 'if [ -e /seen ]; then rm -f /ok; else touch /seen /ok; fi; exec sleep 3600';
  const wanted = config({
    ...healthy(['test', '-e', '/ok'], { update: '5s' }),
    command: ['sh', '-c', script],
    stop_timeout: 1,
  });
  const prior = await container.create(wanted);
  await engine('POST', `/containers/${NAME}/stop?t=0`);
  const result = await container.apply((await container.refresh(prior)) ?? null, wanted);
  expect(timeoutsOf(result)).toEqual([
    { detail: expect.stringMatching(/^Updating .*longer than 5s.*"update" timeout/), path: ['timeouts', 'update'] },
  ]);
  expect(harness.performed.at(-1)?.kind).toBe('container.stop');
  expect(textOf(await inspect('container', NAME), 'State', 'Status')).toBe('exited');
});

test('delete: a stop that takes longer is given up, and the state keeps the container', async () => {
  const prior = await container.create(config({ destroy_grace_seconds: 15, timeouts: { delete: '1s' } }));
  const { result, ms } = await elapsed(container.destroy(prior));
  expect(timeoutsOf(result)).toEqual([
    { detail: expect.stringMatching(/^Deleting .*1s.*"delete" timeout.* step "stop"/), path: ['timeouts', 'delete'] },
  ]);
  expect(ms).toBeLessThan(10_000);
  expect(result.value).toEqual(prior.value);
  expect(await objectsOf(NAME)).toHaveLength(1);
});

test('delete: the time is the one that Terraform has written into the state', async () => {
  const prior = await container.create(config({ destroy_grace_seconds: 15 }));
  const key = 'e2bfb730-ecaa-11e6-8f88-34363bc7c4c0';
  const data = { [key]: { create: 60e9, delete: 1500e6, update: 60e9 }, schema_version: '2' };
  const written: Prior = { ...prior, private: Buffer.from(JSON.stringify(data)).toString('base64') };
  const result = await container.destroy(written);
  expect(timeoutsOf(result).map(({ detail }) => detail)).toEqual([expect.stringMatching(/longer than 1\.5s/)]);
});

test('a failure of another kind is reported as what it is', async () => {
  const result = await container.apply(null, config({ command: ['/no-such-program'], timeouts: { create: '30s' } }));
  expect(timeoutsOf(result)).toEqual([]);
  expect(result.diagnostics.map(({ path }) => path)).toEqual([['command']]);
});

test('no step of the plan itself names a time', async () => {
  const planned = await container.plan(null, config({ timeouts: { create: '30s' } }));
  const start = planned.steps.items.find(({ kind }) => kind === 'container.start');
  invariant(start, 'it is started');
  expect(fieldOf(start.arguments, 'timeoutMs')).toBeUndefined();
});

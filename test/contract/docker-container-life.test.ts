/**
 * docker_container on the real engine: what somebody changes by hand, what does not start, what ends by itself, and
 * what was made without us. Ports 20150 to 20199.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { invariant } from '../../core/diag/invariant.ts';
import type { Planned, Prior } from '../../core/provider.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { fieldOf, textOf } from '../../providers/docker/inspect.ts';
import { busyboxImage, ensureBusyboxImage, ensureEngine } from '../support/docker-engine.mjs';
import { engine, inspect, sweep } from '../support/engine-api.mjs';
import { type Harness, type ResourceHarness, changed, jsonOf, openHarness } from '../unit/docker/harness.ts';

const NAME = 'stc-life';
const NETWORK = `${NAME}-net`;
let harness: Harness;
let container: ResourceHarness;

beforeAll(async () => {
  await ensureEngine();
  await ensureBusyboxImage();
  harness = await openHarness();
  container = harness.of('docker_container');
});

beforeEach(async () => {
  await sweep(NAME);
});

afterAll(async () => {
  await harness.close();
  await sweep(NAME);
});

function config(more: JsonObject = {}): JsonObject {
  return { name: NAME, image: busyboxImage, command: ['sleep', '3600'], destroy_grace_seconds: 0, ...more };
}

const post = (path: string, body?: unknown) => engine('POST', `/containers/${NAME}${path}`, body);

async function planAfterRefresh(prior: Prior, json: JsonObject): Promise<{ live: Prior; planned: Planned }> {
  const live = await container.refresh(prior);
  invariant(live, 'the container is there');
  return { live, planned: await container.plan(live, json) };
}

/** In another run, which remembers nothing of what this one has asked. */
async function laterAuthors(prior: Prior, json: JsonObject): Promise<readonly string[]> {
  const later = await openHarness();
  const live = await later.of('docker_container').refresh(prior);
  const planned = await later.of('docker_container').plan(live ?? null, json);
  await later.close();
  return authors(planned);
}

function authors(planned: Planned): readonly string[] {
  return planned.causes.map(({ path, author }) => `${path.join('.')} by ${author}`);
}

interface Drift {
  readonly what: string;
  readonly config?: JsonObject;
  readonly byHand: () => Promise<unknown>;
  readonly found: readonly string[];
  readonly back: readonly [path: string, wanted: unknown];
  readonly replaces?: true;
}

const DRIFTS: readonly Drift[] = [
  { what: 'stopped', byHand: () => post('/kill'), found: ['must_run by drift'], back: ['State.Running', true] },
  {
    what: 'stopped, with a published port',
    config: { ports: [{ internal: 80, external: 20150 }], restart: 'always' },
    byHand: () => post('/kill'),
    found: ['must_run by drift'],
    back: ['State.Running', true],
  },
  { what: 'paused', byHand: () => post('/pause'), found: ['must_run by drift'], back: ['State.Paused', false] },
  {
    what: 'renamed',
    byHand: () => post(`/rename?name=${NAME}-other`),
    found: ['name by drift'],
    back: ['Name', `/${NAME}`],
  },
  {
    what: 'limited in memory',
    config: { memory: 64, memory_swap: 64 },
    byHand: () => post('/update', { Memory: 2 ** 27, MemorySwap: 2 ** 27 }),
    found: ['memory by drift', 'memory_swap by drift'],
    back: ['HostConfig.Memory', 2 ** 26],
  },
  {
    what: 'given a limit that is not configured',
    byHand: () => post('/update', { NanoCpus: 1.5e9 }),
    found: ['cpus by drift'],
    back: ['HostConfig.NanoCpus', 0],
    replaces: true,
  },
  {
    what: 'given another restart policy',
    config: { restart: 'always' },
    byHand: () => post('/update', { RestartPolicy: { Name: 'no' } }),
    found: ['restart by drift'],
    back: ['HostConfig.RestartPolicy.Name', 'always'],
  },
  {
    what: 'taken off the default network',
    byHand: () => engine('POST', '/networks/bridge/disconnect', { Container: NAME }),
    found: ['networks_advanced by drift'],
    back: ['NetworkSettings.Networks.bridge.Gateway', expect.stringMatching(/./)],
  },
  {
    what: 'written to',
    config: { upload: [{ file: '/etc/f', content: 'one' }] },
    byHand: async () => {
      const created = await post('/exec', { Cmd: ['sh', '-c', 'echo changed > /etc/f'] });
      await engine('POST', `/exec/${textOf(created.body, 'Id')}/start`, { Detach: false });
    },
    found: ['upload by drift'],
    back: ['State.Running', true],
  },
  {
    what: 'made anew by hand under its name',
    config: { env: ['A=1'] },
    byHand: async () => {
      await engine('DELETE', `/containers/${NAME}?force=1`);
      const body = { Image: busyboxImage, Cmd: ['sleep', '3600'], Env: ['A=9'] };
      await engine('POST', `/containers/create?name=${NAME}`, body);
      await post('/start');
    },
    found: ['env by drift'],
    back: ['Config.Env', ['A=1', 'PATH=/bin']],
    replaces: true,
  },
];

describe('changed by hand', () => {
  for (const { what, config: more, byHand, found, back, replaces } of DRIFTS) {
    test(what, async () => {
      const prior = await container.create(config(more));
      const id = jsonOf(prior.value).id;
      await byHand();
      const { live, planned } = await planAfterRefresh(prior, config(more));
      expect(authors(planned).toSorted()).toEqual(found.toSorted());
      expect(planned.replacePaths.length > 0).toBe(replaces === true);
      const applied = await container.apply(live, config(more));
      expect(applied.diagnostics).toEqual([]);
      const there = await inspect('container', NAME);
      expect(fieldOf(there, ...back[0].split('.'))).toEqual(back[1]);
      if (replaces !== true) expect(textOf(there, 'Id')).toBe(id);
      invariant(applied.value, 'there is a container');
      const again = await planAfterRefresh(
        { value: applied.value, private: applied.private, tainted: false },
        config(more),
      );
      expect(changed(again.planned)).toEqual([]);
    });
  }

  test('removed', async () => {
    const prior = await container.create(config());
    await engine('DELETE', `/containers/${NAME}?force=1`);
    expect(await container.refresh(prior)).toBeUndefined();
  });

  test('connected to another network', async () => {
    await engine('POST', '/networks/create', { Name: NETWORK });
    const prior = await container.create(config());
    await engine('POST', `/networks/${NETWORK}/connect`, { Container: NAME });
    const { live, planned } = await planAfterRefresh(prior, config());
    expect(authors(planned)).toEqual(['networks_advanced by drift']);
    await container.apply(live, config());
    expect(Object.keys(Object(fieldOf(await inspect('container', NAME), 'NetworkSettings', 'Networks')))).toEqual([
      'bridge',
    ]);
  });
});

describe('ends by itself', () => {
  const JOBS: readonly (readonly [string, JsonObject])[] = [
    ['at once and well', { command: ['true'] }],
    ['and was waited for', { attach: true, logs: true, command: ['echo', 'hi'] }],
    ['with an error that is allowed', { attach: true, must_run: false, command: ['sh', '-c', 'exit 3'] }],
    ['and removes itself', { rm: true, must_run: false, command: ['true'] }],
    [
      'and removes itself, waited for',
      { rm: true, must_run: false, attach: true, logs: true, command: ['echo', 'hi'] },
    ],
  ];
  for (const [what, more] of JOBS) {
    test(what, async () => {
      const prior = await container.create(config(more));
      if (more.logs === true) expect(jsonOf(prior.value).container_logs).toBe('hi\n');
      await new Promise((resolve) => setTimeout(resolve, 400));
      const { planned } = await planAfterRefresh(prior, config(more));
      expect(changed(planned)).toEqual([]);
    });
  }
});

describe('does not start', () => {
  test('a command that is not there: tainted, with the words of the engine', async () => {
    const applied = await container.apply(null, config({ command: ['nosuchprogram'] }));
    expect(applied.tainted).toBe(true);
    expect(jsonOf(applied.value).name).toBe(NAME);
    expect(applied.diagnostics[0]?.detail).toMatch(
      /executable file not found.*Check that the program is in the image/s,
    );
  });

  test('a port that is taken', async () => {
    const ports = {
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '20160' }] } },
    };
    await engine('POST', `/containers/create?name=${NAME}-other`, {
      Image: busyboxImage,
      Cmd: ['sleep', '9'],
      ...ports,
    });
    await engine('POST', `/containers/${NAME}-other/start`);
    const applied = await container.apply(null, config({ ports: [{ internal: 80, external: 20160 }] }));
    expect(applied.tainted).toBe(true);
    expect(applied.diagnostics[0]).toMatchObject({ path: ['ports'] });
    expect(applied.diagnostics[0]?.detail).toMatch(/port is already allocated.*publish another one/s);
  });

  test('a name that is taken: nothing is recorded', async () => {
    await engine('POST', `/containers/create?name=${NAME}`, { Image: busyboxImage, Cmd: ['sleep', '9'] });
    const applied = await container.apply(null, config());
    expect(applied.value).toBeUndefined();
    expect(applied.diagnostics[0]?.detail).toMatch(/is already in use.*import block/s);
  });

  test('never healthy: probes and log are shown', async () => {
    const test = ['CMD-SHELL', 'echo not yet; false'];
    const healthcheck = [{ test, interval: '200ms', retries: 1 }];
    const command = ['sh', '-c', 'echo starting; sleep 3600'];
    const applied = await container.apply(null, config({ command, healthcheck, wait: true, wait_timeout: 1 }));
    expect(applied.tainted).toBe(true);
    expect(applied.diagnostics[0]?.summary).toBe('Container not healthy');
    expect(applied.diagnostics[0]?.detail).toMatch(/within 1 s.*not yet.*starting/s);
  });
});

describe('made without us', () => {
  test('imported by name, ID and short ID, and nothing but bookkeeping is left to do', async () => {
    const body = {
      Image: busyboxImage,
      Cmd: ['sleep', '3600'],
      Env: ['A=1'],
      Labels: { x: 'y' },
      ExposedPorts: { '80/tcp': {} },
      HostConfig: {
        PortBindings: { '80/tcp': [{ HostPort: '20170' }] },
        Binds: [`${NAME}-v:/data`],
        Memory: 2 ** 26,
        RestartPolicy: { Name: 'unless-stopped' },
      },
    };
    const created = await engine('POST', `/containers/create?name=${NAME}`, body);
    await post('/start');
    const id = textOf(created.body, 'Id');
    const wanted = config({
      env: ['A=1'],
      labels: [{ label: 'x', value: 'y' }],
      ports: [{ internal: 80, external: 20170 }],
      volumes: [{ volume_name: `${NAME}-v`, container_path: '/data' }],
      memory: 64,
      restart: 'unless-stopped',
    });
    for (const key of [NAME, id, id.slice(0, 12)]) {
      const [prior] = (await (await container.resource()).importState(key)).value ?? [];
      invariant(prior, 'was imported');
      expect(jsonOf(prior.value).env).toEqual(['A=1']);
      const { planned } = await planAfterRefresh(prior, wanted);
      expect(planned.replacePaths).toEqual([]);
      expect(planned.steps.items).toEqual([]);
    }
  });

  test('an image whose tag has moved is followed', async () => {
    await engine('POST', `/images/${busyboxImage}/tag?repo=${NAME}&tag=moving`);
    const wanted = config({ image: `${NAME}:moving` });
    const prior = await container.create(wanted);
    const other = await engine('POST', `/commit?container=${NAME}&repo=${NAME}&tag=moving`, { Env: ['Z=2'] });
    expect(other.status).toBe(201);
    expect(await laterAuthors(prior, wanted)).toEqual(['image by image']);
    await engine('DELETE', `/images/${NAME}:moving`);
    expect(await laterAuthors(prior, wanted)).toEqual([]);
  });
});

test('create before destroy under one name: the old one steps aside, and comes back when the new one fails', async () => {
  const prior = await container.create(config());
  const id = jsonOf(prior.value).id;
  const resource = await container.resource();
  const desired = container.config(config({ entrypoint: ['/nosuch'] }));
  const ask = {
    address: 'test',
    prior,
    config: desired,
    proposed: desired,
    mode: 'replace',
    createBeforeDestroy: true,
  } as const;
  const [planned] = await resource.plan([ask]);
  expect(planned?.value?.steps.items.map(({ id: step }) => step)).toEqual([
    'rename-aside',
    'create',
    'start',
    'stop',
    'remove',
  ]);
  const signal = new AbortController().signal;
  const writer = await harness.provider.openWriter();
  invariant(planned?.value, 'was planned');
  const applied = await resource.apply(planned.value, {
    signal,
    phase: 'make',
    progress: () => undefined,
    step: (step) => writer.perform(step, { address: 'test', signal, progress: () => undefined }),
  });
  expect(applied.value).toBeUndefined();
  const there = await inspect('container', NAME);
  expect(textOf(there, 'Id')).toBe(id);
  expect(fieldOf(there, 'State', 'Running')).toBe(true);
});

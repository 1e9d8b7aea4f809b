/** The pure half of planning a container: facts in, a whole plan out. */
import { describe, expect, test } from 'vitest';
import { invariant } from '../../../core/diag/invariant.ts';
import type { PlanAsk, Planned, Prior } from '../../../core/provider.ts';
import type { JsonObject } from '../../../core/value/json.ts';
import { decideContainer } from '../../../providers/docker/container-decide.ts';
import { importedValue } from '../../../providers/docker/container-read.ts';
import { EMPTY_SCENE, type Scene } from '../../../providers/docker/container-scene.ts';
import { containerSchema } from '../../../providers/docker/container-schema.ts';
import { validateContainer } from '../../../providers/docker/container-validate.ts';
import type { Inspected } from '../../../providers/docker/inspect.ts';
import { encodePrivate } from '../../../providers/docker/private-data.ts';
import { decode } from './recorded.ts';

const ID = 'a'.repeat(64);
const IMAGE = `sha256:${'b'.repeat(64)}`;
const image: Inspected = { Id: IMAGE, Architecture: 'amd64', Config: { Env: ['PATH=/bin'], Cmd: ['sh'], User: '7' } };
const scene: Scene = { ...EMPTY_SCENE, imageId: IMAGE, liveImage: image };

function live(host: JsonObject = {}, config: JsonObject = {}, state: JsonObject = {}): Inspected {
  return {
    Id: ID,
    Name: '/app',
    Image: IMAGE,
    Platform: 'linux',
    State: { Running: true, Status: 'running', ...state },
    Config: {
      Image: 'busybox',
      Hostname: ID.slice(0, 12),
      Env: ['PATH=/bin'],
      Cmd: ['sh'],
      User: '7',
      Labels: {},
      ...config,
    },
    HostConfig: {
      NetworkMode: 'bridge',
      RestartPolicy: { Name: 'no' },
      ShmSize: 67108864,
      IpcMode: 'private',
      Runtime: 'runc',
      LogConfig: { Type: 'json-file' },
      MaskedPaths: ['/proc/kcore'],
      ...host,
    },
    NetworkSettings: { Networks: { bridge: { NetworkID: 'n' } }, Ports: {} },
  };
}

function configOf(json: JsonObject) {
  const empty = Object.keys(containerSchema.blocks).filter((name) => name !== 'timeouts');
  const blocks = Object.fromEntries(empty.map((name) => [name, []]));
  return decode(containerSchema, { name: 'app', image: 'busybox', ...blocks, ...json });
}

const DEFAULTS: JsonObject = {
  start: true,
  must_run: true,
  wait: false,
  wait_timeout: 60,
  attach: false,
  logs: false,
  remove_volumes: true,
  container_read_refresh_timeout_milliseconds: 15000,
};

function priorOf(container: Inspected, configured: readonly string[]): Prior {
  const value = importedValue(container, scene);
  const attributes = new Map(value.attributes);
  for (const [name, it] of decode(containerSchema, DEFAULTS).attributes) if (name in DEFAULTS) attributes.set(name, it);
  const data = encodePrivate({ schemaVersion: 2, ours: { id: ID, configured, applied: {} } });
  return { value: { ...value, attributes }, private: data, tainted: false };
}

function decide(
  json: JsonObject,
  container: Inspected,
  configured: readonly string[] = [],
  more: Partial<PlanAsk> = {},
): Planned {
  const config = configOf(json);
  const ask: PlanAsk = {
    address: 'a',
    prior: priorOf(container, configured),
    observed: container,
    config,
    proposed: config,
    mode: 'any',
    ...more,
  };
  const { value } = decideContainer(ask, scene);
  invariant(value, 'always decides');
  return value;
}

const summary = ({ causes, impact, steps, replacePaths }: Planned) => ({
  causes: causes.map(({ path, author, note }) => [path.join('.'), author, ...(note ? [note] : [])]),
  impact,
  steps: steps.items.map(({ kind, arguments: args }) => [kind, args]),
  replacePaths,
});

const NOTHING = { causes: [], impact: 'none', steps: [], replacePaths: [] };

describe('defaults are no differences', () => {
  test('of image and engine', () => {
    expect(summary(decide({}, live()))).toEqual(NOTHING);
  });

  test('whatever the engine made of what was never set', () => {
    const container = live({ ShmSize: 1, LogConfig: { Type: 'journald' }, Runtime: 'kata', CgroupnsMode: 'host' });
    expect(summary(decide({}, container))).toEqual(NOTHING);
  });

  test('a plan that changes nothing is the prior value itself', () => {
    const container = live();
    const planned = decide({}, container);
    expect(planned.value).toBe(planned.prior?.value);
  });
});

describe('what was taken out of the configuration goes back', () => {
  for (const [name, container] of [
    ['env', live({}, { Env: ['A=1', 'PATH=/bin'] })],
    ['user', live({}, { User: '1000' })],
    ['shm_size', live({ ShmSize: 1 })],
    ['labels', live({}, { Labels: { a: '1' } })],
    ['hostname', live({}, { Hostname: 'x' })],
  ] as const) {
    test(name, () => {
      expect(decide({}, container, [name]).replacePaths).toEqual([[name]]);
      expect(decide({}, container, []).replacePaths).toEqual([]);
    });
  }
});

describe('in place', () => {
  test('limits: one call with what changes, and the call that takes it back', () => {
    const planned = decide({ memory: 128, cpus: '1.5' }, live({ Memory: 2 ** 26, MemorySwap: 2 ** 27 }), ['memory']);
    expect(summary(planned)).toEqual({
      causes: [
        ['memory', 'configuration'],
        ['cpus', 'configuration'],
      ],
      impact: 'in-place',
      steps: [['container.update', { body: { Memory: 2 ** 27, MemorySwap: 2 ** 28, NanoCpus: 1.5e9 } }]],
      replacePaths: [],
    });
    expect(planned.steps.items[0]?.undo?.arguments).toEqual({
      body: { Memory: 2 ** 26, MemorySwap: 2 ** 27, NanoCpus: 0 },
    });
  });

  test('name', () => {
    const planned = decide({ name: 'other' }, live());
    expect(planned.steps.items).toEqual([
      {
        id: 'rename',
        kind: 'container.rename',
        phase: 'make',
        target: { id: ID },
        arguments: { name: 'other' },
        undo: {
          id: 'undo-rename',
          kind: 'container.rename',
          phase: 'make',
          target: { id: ID },
          arguments: { name: 'app' },
        },
      },
    ]);
  });

  test('a stopped one is started, a paused one resumed', () => {
    const stopped = decide({}, live({}, {}, { Running: false, Status: 'exited', ExitCode: 137 }));
    expect(stopped.steps.items.map(({ kind }) => kind)).toEqual(['container.start']);
    expect(decide({}, live({}, {}, { Paused: true })).steps.items.map(({ kind }) => kind)).toEqual([
      'container.unpause',
    ]);
  });
});

describe('a new one is needed', () => {
  test('for a limit that cannot be taken away, with the reason', () => {
    const { causes, impact } = decide({}, live({ CpuShares: 512 }), ['cpu_shares']);
    expect(causes).toMatchObject([
      {
        path: ['cpu_shares'],
        forcesReplacement: true,
        note: 'The Docker Engine cannot take a limit away from a container that has one.',
      },
    ]);
    expect(impact).toBe('recreate');
  });

  test('data is at risk with an anonymous volume, unless volumes are kept', () => {
    const container = { ...live(), Mounts: [{ Type: 'volume', Name: 'c'.repeat(64), Destination: '/data' }] };
    expect(decide({ env: ['A=1'] }, container).impact).toBe('data-at-risk');
  });

  test('the old one is stopped with its own grace and removed before the new one is made', () => {
    const planned = decide({ env: ['A=1'] }, live(), [], { mode: 'replace' });
    expect(planned.steps.items.map(({ id, phase }) => `${phase} ${id}`)).toEqual([
      'retire stop',
      'retire remove',
      'make create',
      'make start',
    ]);
    expect(planned.steps.items[0]?.arguments).toEqual({ name: 'app' });
  });
});

describe('values that make no sense', () => {
  const paths = (json: JsonObject) => validateContainer(configOf(json)).map(({ path }) => path);
  test('each has its place', () => {
    expect(paths({ name: 'a b' })).toEqual([['name']]);
    expect(paths({ cpus: 'many' })).toEqual([['cpus']]);
    expect(paths({ gpus: 'all', device_requests: [{ count: 1 }] })).toEqual([['device_requests']]);
    expect(paths({ upload: [{ file: '/a', content: 'x', source: 'y' }] })).toEqual([['upload']]);
    expect(paths({ upload: [{ file: '/a', content: '' }] })).toEqual([]);
    expect(paths({ volumes: [{ volume_name: 'v' }] })).toEqual([['volumes']]);
    expect(paths({ ports: [{ internal: 80 }, { internal: 70000 }] })).toEqual([['ports', 1]]);
    expect(paths({ timeouts: { create: 'soon' } })).toEqual([['timeouts', 'create']]);
  });
});

/** docker_service on a real Swarm of one node: every argument is applied, planned again, changed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invariant } from '../../core/diag/invariant.ts';
import type { Applied, Planned, Prior } from '../../core/provider.ts';
import type { Json, JsonObject } from '../../core/value/json.ts';
import { ensureEngine } from '../support/docker-engine.mjs';
import { engine, sweep } from '../support/engine-api.mjs';
import { type Harness, type ResourceHarness, changed, jsonOf, openHarness } from '../unit/docker/harness.ts';
import { ensureSwarm, sweepSwarm } from '../unit/docker/service-swarm.ts';

const PREFIX = 'sts-svc-';
let harness: Harness;
let service: ResourceHarness;
let leave: () => Promise<void>;

beforeAll(async () => {
  await ensureEngine();
  leave = await ensureSwarm();
  await sweepSwarm(PREFIX);
  await sweep(PREFIX);
  harness = await openHarness();
  service = harness.of('docker_service');
}, 60_000);

afterAll(async () => {
  await harness.close();
  await sweepSwarm(PREFIX);
  await sweep(PREFIX);
  await leave();
}, 60_000);

interface Parts {
  readonly container?: JsonObject;
  readonly task?: JsonObject;
  readonly service?: JsonObject;
}

const NONE: JsonObject = {
  labels: [],
  privileges: [],
  mounts: [],
  healthcheck: [],
  hosts: [],
  dns_config: [],
  secrets: [],
  configs: [],
};
const NO_TASK: JsonObject = { resources: [], restart_policy: [], placement: [], networks_advanced: [], log_driver: [] };

/** A service that says nothing but these parts; no tasks unless `mode` says so. */
function config(name: string, { container = {}, task = {}, service: more = {} }: Parts): JsonObject {
  const spec = { image: 'busybox:local', command: ['sleep', '3600'], ...NONE, ...container };
  return {
    name: PREFIX + name,
    mode: [{ global: false, replicated: [{ replicas: 0 }] }],
    task_spec: [{ container_spec: [spec], ...NO_TASK, ...task }],
    ...more,
  };
}

async function live(idOrName: string): Promise<JsonObject | undefined> {
  const { status, body } = await engine('GET', `/v1.41/services/${idOrName}`);
  return status === 200 ? (body as JsonObject) : undefined;
}

function at(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let found: unknown = value;
  for (const step of path) found = (found as Readonly<Record<string | number, unknown>> | undefined)?.[step];
  return found as Json | undefined;
}

const CONTAINER = ['Spec', 'TaskTemplate', 'ContainerSpec'] as const;
const TASK = ['Spec', 'TaskTemplate'] as const;

interface Row {
  readonly argument: string;
  readonly before: Parts;
  readonly after: Parts;
  /** Where the engine has it, and what it has there after the change. */
  readonly live: readonly [path: readonly (string | number)[], value: Json | undefined];
}

function container(name: string, before: Json, after: Json, field: string, value: Json | undefined): Row {
  return {
    argument: name,
    before: { container: { [name]: before } },
    after: { container: { [name]: after } },
    live: [[...CONTAINER, field], value],
  };
}

function task(name: string, before: Json, after: Json, field: string, value: Json | undefined): Row {
  return {
    argument: name,
    before: { task: { [name]: before } },
    after: { task: { [name]: after } },
    live: [[...TASK, field], value],
  };
}

function whole(
  name: string,
  before: Json,
  after: Json,
  path: readonly (string | number)[],
  value: Json | undefined,
): Row {
  return {
    argument: name,
    before: { service: { [name]: before } },
    after: { service: { [name]: after } },
    live: [path, value],
  };
}

const label = (value: string): JsonObject[] => [{ label: 'a', value }];
const mount = (target: string, more: JsonObject): JsonObject => ({
  target,
  bind_options: [],
  volume_options: [],
  tmpfs_options: [],
  ...more,
});
const rollout = (parallelism: number, ratio: string): JsonObject[] => [
  {
    parallelism,
    delay: '90s',
    failure_action: 'continue',
    monitor: '1m30s',
    max_failure_ratio: ratio,
    order: 'start-first',
  },
];
const port = (target: number, published: number | null, more: JsonObject = {}): JsonObject => ({
  target_port: target,
  published_port: published,
  ...more,
});

const ROWS: readonly Row[] = [
  container('image', 'busybox:local', 'busybox:none', 'Image', 'busybox:none'),
  container('command', ['sleep', '1'], ['sleep', '2'], 'Command', ['sleep', '2']),
  container('args', ['a'], ['b', 'c'], 'Args', ['b', 'c']),
  container('hostname', 'h-{{.Task.Slot}}', 'other', 'Hostname', 'other'),
  container('env', { A: '1', B: 'x=y' }, { A: '2', B: 'x=y' }, 'Env', ['A=2', 'B=x=y']),
  container('dir', '/tmp', '/', 'Dir', '/'),
  container('user', '1000', '1001', 'User', '1001'),
  container('groups', ['10'], ['10', '27'], 'Groups', ['10', '27']),
  container('read_only', true, false, 'ReadOnly', undefined),
  container('stop_signal', 'SIGINT', 'SIGTERM', 'StopSignal', 'SIGTERM'),
  container('stop_grace_period', '90s', '1m', 'StopGracePeriod', 60e9),
  container('isolation', 'default', 'process', 'Isolation', 'process'),
  container('sysctl', { 'net.ipv4.ip_forward': '1' }, { 'net.ipv4.ip_forward': '0' }, 'Sysctls', {
    'net.ipv4.ip_forward': '0',
  }),
  container('cap_add', ['NET_ADMIN'], ['CAP_SYS_TIME'], 'CapabilityAdd', ['CAP_SYS_TIME']),
  container('cap_drop', ['CAP_MKNOD'], [], 'CapabilityDrop', undefined),
  container('init', true, false, 'Init', false),
  container('labels', label('1'), label('2'), 'Labels', { a: '2' }),
  container(
    'privileges',
    [{ credential_spec: [], se_linux_context: [{ user: 'u', level: 'l' }] }],
    [{ credential_spec: [], se_linux_context: [{ disable: true }] }],
    'Privileges',
    { CredentialSpec: null, SELinuxContext: { Disable: true, User: '', Role: '', Type: '', Level: '' } },
  ),
  container(
    'mounts',
    [
      mount('/v', {
        type: 'volume',
        source: 'sts-v',
        volume_options: [
          {
            no_copy: true,
            driver_name: 'local',
            driver_options: { type: 'tmpfs', device: 'tmpfs' },
            labels: label('1'),
          },
        ],
      }),
      mount('/t', { type: 'tmpfs', tmpfs_options: [{ size_bytes: 1048576, mode: 511 }] }),
      mount('/b', { type: 'bind', source: '/tmp', read_only: true, bind_options: [{ propagation: 'rslave' }] }),
    ],
    [mount('/w', { type: 'volume', source: 'sts-v' })],
    'Mounts',
    [{ Type: 'volume', Source: 'sts-v', Target: '/w' }],
  ),
  container(
    'healthcheck',
    [{ test: ['CMD', 'true'], interval: '90s', retries: 2 }],
    [{ test: ['CMD', 'true'], interval: '1m', timeout: '1500ms' }],
    'Healthcheck',
    {
      Test: ['CMD', 'true'],
      Interval: 60e9,
      Timeout: 1.5e9,
    },
  ),
  container('hosts', [{ ip: '10.1.1.1', host: 'h' }], [{ ip: 'fe80::1', host: 'h' }], 'Hosts', ['fe80::1 h']),
  container(
    'dns_config',
    [{ nameservers: ['1.1.1.1'], search: ['x.org'] }],
    [{ nameservers: ['1.1.1.1'], options: ['ndots:1'] }],
    'DNSConfig',
    {
      Nameservers: ['1.1.1.1'],
      Options: ['ndots:1'],
    },
  ),
  task('force_update', 1, 2, 'ForceUpdate', 2),
  task(
    'resources',
    [{ limits: [{ nano_cpus: 500000000, memory_bytes: 67108864 }], reservation: [] }],
    [
      {
        limits: [{ memory_bytes: 67108864 }],
        reservation: [
          {
            memory_bytes: 33554432,
            generic_resources: [{ discrete_resources_spec: ['FPGA=2'], named_resources_spec: ['GPU=a'] }],
          },
        ],
      },
    ],
    'Resources',
    {
      Limits: { MemoryBytes: 67108864 },
      Reservations: {
        MemoryBytes: 33554432,
        GenericResources: [
          { NamedResourceSpec: { Kind: 'GPU', Value: 'a' } },
          { DiscreteResourceSpec: { Kind: 'FPGA', Value: 2 } },
        ],
      },
    },
  ),
  task(
    'restart_policy',
    [{ condition: 'on-failure' }],
    [{ condition: 'none', delay: '60s', max_attempts: 3, window: '90s' }],
    'RestartPolicy',
    {
      Condition: 'none',
      Delay: 60e9,
      MaxAttempts: 3,
      Window: 90e9,
    },
  ),
  task(
    'placement',
    [{ constraints: ['node.role==manager'], platforms: [] }],
    [
      {
        constraints: ['node.role==manager'],
        prefs: ['spread=node.labels.rack'],
        max_replicas: 2,
        platforms: [{ os: 'linux', architecture: 'amd64' }],
      },
    ],
    'Placement',
    {
      Constraints: ['node.role==manager'],
      Preferences: [{ Spread: { SpreadDescriptor: 'spread=node.labels.rack' } }],
      MaxReplicas: 2,
      Platforms: [{ Architecture: 'amd64', OS: 'linux' }],
    },
  ),
  task('log_driver', [{ name: 'json-file', options: { 'max-size': '1m' } }], [{ name: 'json-file' }], 'LogDriver', {
    Name: 'json-file',
  }),
  whole('labels', label('1'), label('2'), ['Spec', 'Labels'], { a: '2' }),
  whole(
    'mode',
    [{ replicated: [{ replicas: 0 }] }],
    [{ replicated: [{ replicas: 2 }] }],
    ['Spec', 'Mode', 'Replicated', 'Replicas'],
    2,
  ),
  whole('update_config', rollout(2, '0.05'), rollout(3, '1'), ['Spec', 'UpdateConfig', 'Parallelism'], 3),
  whole('rollback_config', rollout(2, '0.1'), rollout(3, '0.15'), ['Spec', 'RollbackConfig', 'MaxFailureRatio'], 0.15),
  whole(
    'endpoint_spec',
    [{ ports: [port(81, 21981), port(80, 21980, { protocol: 'udp', name: 'dns' })] }],
    [{ ports: [port(81, 21982, { publish_mode: 'host' })] }],
    ['Spec', 'EndpointSpec', 'Ports'],
    [{ Protocol: 'tcp', TargetPort: 81, PublishedPort: 21982, PublishMode: 'host' }],
  ),
];

function priorOf({ value, private: data }: Applied): Prior {
  invariant(value, 'there is a service');
  return { value, private: data, tainted: false };
}

async function again(prior: Prior, json: JsonObject): Promise<Planned> {
  return service.plan((await service.refresh(prior)) ?? null, json);
}

describe('every argument changes in place', () => {
  for (const row of ROWS) {
    test(row.argument, async () => {
      const name = `row-${row.live[0].join('-').toLowerCase()}`;
      const [before, after] = [config(name, row.before), config(name, row.after)];
      const prior = await service.create(before);
      expect(changed(await again(prior, before))).toEqual([]);
      const applied = await service.apply((await service.refresh(prior)) ?? null, after);
      expect([applied.diagnostics, applied.planned.replacePaths]).toEqual([[], []]);
      expect(applied.planned.causes.length).toBeGreaterThan(0);
      expect(jsonOf(applied.value).id).toBe(jsonOf(prior.value).id);
      const [path, value] = row.live;
      const observed = await live(PREFIX + name);
      expect(at(observed, ...path)).toEqual(value);
      expect(changed(await again(priorOf(applied), after))).toEqual([]);
    });
  }
});

describe('what is taken out of the configuration goes back to the default', () => {
  const rows: readonly (readonly [string, Parts, readonly (string | number)[], unknown])[] = [
    ['labels', { service: { labels: label('1') } }, ['Spec', 'Labels'], {}],
    [
      'endpoint_spec',
      { service: { endpoint_spec: [{ ports: [port(80, 21983)] }] } },
      ['Spec', 'EndpointSpec', 'Ports'],
      undefined,
    ],
    [
      'task_spec.0.restart_policy',
      { task: { restart_policy: [{ condition: 'none' }] } },
      [...TASK, 'RestartPolicy', 'Condition'],
      'any',
    ],
    [
      'task_spec.0.resources',
      { task: { resources: [{ limits: [{ memory_bytes: 67108864 }], reservation: [] }] } },
      [...TASK, 'Resources'],
      {},
    ],
    [
      'task_spec.0.placement',
      { task: { placement: [{ constraints: ['node.role==manager'], platforms: [] }] } },
      [...TASK, 'Placement'],
      {},
    ],
    [
      'task_spec.0.container_spec.0.healthcheck',
      { container: { healthcheck: [{ test: ['NONE'] }] } },
      [...CONTAINER, 'Healthcheck'],
      {},
    ],
    [
      'task_spec.0.container_spec.0.dns_config',
      { container: { dns_config: [{ nameservers: ['1.1.1.1'] }] } },
      [...CONTAINER, 'DNSConfig'],
      {},
    ],
    [
      'task_spec.0.container_spec.0.stop_grace_period',
      { container: { stop_grace_period: '1s' } },
      [...CONTAINER, 'StopGracePeriod'],
      undefined,
    ],
    ['task_spec.0.container_spec.0.init', { container: { init: true } }, [...CONTAINER, 'Init'], undefined],
    ['task_spec.0.container_spec.0.env', { container: { env: { A: '1' } } }, [...CONTAINER, 'Env'], undefined],
    ['update_config', { service: { update_config: rollout(2, '0.1') } }, ['Spec', 'UpdateConfig'], undefined],
  ];
  for (const [path, parts, where, value] of rows) {
    test(path, async () => {
      const name = `reset-${path.replace(/^.*\./, '').replaceAll('_', '-')}`;
      const prior = await service.create(config(name, parts));
      const bare = config(name, {});
      const applied = await service.apply(prior, bare);
      expect([applied.diagnostics, applied.planned.replacePaths, changed(applied.planned)]).toEqual([[], [], [path]]);
      expect(at(await live(PREFIX + name), ...where)).toEqual(value);
      expect(changed(await again(priorOf(applied), bare))).toEqual([]);
    });
  }
});

describe('names and modes', () => {
  test('another name or mode replaces', async () => {
    const prior = await service.create(config('replaced', {}));
    const renamed = await service.plan(prior, config('replaced-b', {}));
    expect(renamed.replacePaths).toEqual([['name']]);
    const global = config('replaced', { service: { mode: [{ global: true, replicated: [] }] } });
    const applied = await service.apply(prior, global);
    expect(applied.planned.replacePaths.length).toBeGreaterThan(0);
    expect(applied.diagnostics).toEqual([]);
    expect(at(await live(`${PREFIX}replaced`), 'Spec', 'Mode')).toEqual({ Global: {} });
    expect(changed(await again(priorOf(applied), global))).toEqual([]);
    await service.destroy(priorOf(applied));
  });

  test('global = false beside replicated is no conflict', async () => {
    const json = config('global-false', { service: { mode: [{ global: false, replicated: [{ replicas: 1 }] }] } });
    const prior = await service.create(json);
    expect(changed(await again(prior, json))).toEqual([]);
    await service.destroy(prior);
  });

  test('a port that the engine chose stays', async () => {
    const json = config('port-chosen', { service: { endpoint_spec: [{ ports: [port(80, null), port(443, null)] }] } });
    const prior = await service.create(json);
    const ports = at(jsonOf(prior.value), 'endpoint_spec', 0, 'ports') as readonly JsonObject[];
    expect(ports.map((it) => it.target_port)).toEqual([80, 443]);
    for (const { published_port } of ports) expect(Number(published_port)).toBeGreaterThanOrEqual(30_000);
    expect(changed(await again(prior, json))).toEqual([]);
  });

  test('a name that is taken is an error that says what to do', async () => {
    await service.create(config('twice', {}));
    const { value, diagnostics } = await service.apply(null, config('twice', {}));
    expect([value, diagnostics[0]?.summary]).toEqual([undefined, 'Service already exists']);
  });
});

describe('networks', () => {
  const network = (more: JsonObject): JsonObject => ({ aliases: [], driver_opts: [], ...more });

  test('by name and by ID are the same, and one more is added in place', async () => {
    const ids: string[] = [];
    for (const name of ['a', 'b']) {
      const { body } = await engine('POST', '/v1.41/networks/create', {
        Name: `${PREFIX}net-${name}`,
        Driver: 'overlay',
      });
      ids.push((body as { Id: string }).Id);
    }
    const networks = (...elements: JsonObject[]): JsonObject =>
      config('networks', { task: { networks_advanced: elements } });
    const byName = networks(network({ name: `${PREFIX}net-a` }));
    const prior = await service.create(byName);
    expect(changed(await again(prior, byName))).toEqual([]);
    const refreshed = await service.refresh(prior);
    const byId = networks(network({ id: ids[0] ?? '' }));
    expect(changed(await service.plan(refreshed ?? null, byId))).toEqual([]);
    expect(changed(await service.plan(refreshed ?? null, networks(network({ name: ids[0] ?? '' }))))).toEqual([]);
    const both = networks(network({ id: ids[0] ?? '' }), network({ id: ids[1] ?? '', aliases: ['x'] }));
    const applied = await service.apply(refreshed ?? null, both);
    expect([applied.diagnostics, applied.planned.replacePaths]).toEqual([[], []]);
    expect(at(await live(`${PREFIX}networks`), ...TASK, 'Networks')).toHaveLength(2);
    expect(changed(await again(priorOf(applied), both))).toEqual([]);
    await service.destroy(priorOf(applied));
    for (const id of ids) await engine('DELETE', `/v1.41/networks/${id}`);
  });
});

describe('drift', () => {
  async function byHand(name: string, change: (spec: JsonObject) => JsonObject): Promise<void> {
    const observed = await live(PREFIX + name);
    const version = at(observed, 'Version', 'Index');
    await engine(
      'POST',
      `/v1.41/services/${PREFIX}${name}/update?version=${version}`,
      change(observed?.Spec as JsonObject),
    );
  }

  test('scaled by hand is scaled back; what the schema does not know stays', async () => {
    const json = config('drift', {});
    const prior = await service.create(json);
    await byHand('drift', (spec) => ({
      ...spec,
      Mode: { Replicated: { Replicas: 1 } },
      TaskTemplate: {
        ...(spec.TaskTemplate as JsonObject),
        ContainerSpec: { ...(at(spec, 'TaskTemplate', 'ContainerSpec') as JsonObject), TTY: true },
      },
    }));
    const refreshed = await service.refresh(prior);
    const applied = await service.apply(refreshed ?? null, json);
    expect(changed(applied.planned)).toEqual(['mode.0.replicated.0.replicas']);
    const observed = await live(`${PREFIX}drift`);
    expect(at(observed, 'Spec', 'Mode')).toEqual({ Replicated: { Replicas: 0 } });
    expect(at(observed, ...CONTAINER, 'TTY')).toBe(true);
  });

  test('a tag that was resolved to a digest is the same image', async () => {
    const json = config('pinned', {});
    const prior = await service.create(json);
    const pinned = `busybox:local@sha256:${'a'.repeat(64)}`;
    await byHand('pinned', (spec) => ({
      ...spec,
      TaskTemplate: {
        ...(spec.TaskTemplate as JsonObject),
        ContainerSpec: { ...(at(spec, 'TaskTemplate', 'ContainerSpec') as JsonObject), Image: pinned },
        Placement: { Platforms: [{ Architecture: 'amd64', OS: 'linux' }] },
      },
    }));
    expect(changed(await again(prior, json))).toEqual([]);
    const labelled = config('pinned', { service: { labels: label('1') } });
    await service.apply((await service.refresh(prior)) ?? null, labelled);
    expect(at(await live(`${PREFIX}pinned`), ...CONTAINER, 'Image')).toBe(pinned);
  });

  test('one that was made again by hand is followed by its name', async () => {
    const json = config('recreated', { container: { env: { A: '1' } } });
    const prior = await service.create(json);
    await engine('DELETE', `/v1.41/services/${PREFIX}recreated`);
    expect(await service.refresh(prior)).toBeUndefined();
    await engine('POST', '/v1.41/services/create', {
      Name: `${PREFIX}recreated`,
      TaskTemplate: { ContainerSpec: { Image: 'busybox:local', Args: ['sleep', '100'], Env: ['A=1'] } },
      Mode: { Replicated: { Replicas: 0 } },
    });
    const refreshed = await service.refresh(prior);
    const applied = await service.apply(refreshed ?? null, json);
    expect([applied.diagnostics, applied.planned.replacePaths]).toEqual([[], []]);
    expect(at(await live(`${PREFIX}recreated`), ...CONTAINER, 'Args')).toBeUndefined();
    expect(changed(await again(priorOf(applied), json))).toEqual([]);
  });
});

describe('tasks', () => {
  const waits = (timeout: string): JsonObject => ({
    mode: [{ global: false, replicated: [{ replicas: 1 }] }],
    converge_config: [{ delay: '100ms', timeout }],
  });
  const quick = { stop_grace_period: '100ms' };

  async function tasks(name: string): Promise<readonly JsonObject[]> {
    const filters = encodeURIComponent(JSON.stringify({ service: [PREFIX + name] }));
    return (await engine('GET', `/v1.41/tasks?filters=${filters}`)).body as JsonObject[];
  }

  test('are waited for, and left alone by a change that is not theirs', { timeout: 90_000 }, async () => {
    const env = { A: '1', B: '2', C: '3', D: '4' };
    const json = (value: string): JsonObject =>
      config('tasks', { container: { ...quick, env }, service: { ...waits('40s'), labels: label(value) } });
    const prior = await service.create(json('1'));
    expect((await tasks('tasks')).map((it) => at(it, 'Status', 'State'))).toEqual(['running']);
    const applied = await service.apply((await service.refresh(prior)) ?? null, json('2'));
    expect([applied.diagnostics, applied.planned.impact]).toEqual([[], 'in-place']);
    expect(await tasks('tasks')).toHaveLength(1);
    const { diagnostics } = await service.destroy(priorOf(applied));
    expect(diagnostics).toEqual([]);
    const filters = encodeURIComponent(JSON.stringify({ name: [`${PREFIX}tasks`] }));
    expect((await engine('GET', `/v1.41/containers/json?all=1&filters=${filters}`)).body).toEqual([]);
  });

  test('that cannot start are an error with their own words, and nothing is deleted', { timeout: 90_000 }, async () => {
    const json = config('broken', {
      container: { ...quick, command: ['/nosuch'] },
      task: { restart_policy: [{ condition: 'none' }] },
      service: waits('6s'),
    });
    const { value, tainted, diagnostics } = await service.apply(null, json);
    const id = String(jsonOf(value).id);
    expect(tainted).toBe(true);
    expect(diagnostics.map((it) => it.summary)).toEqual([`Service with ID (${id}) did not converge after 6s`]);
    expect(diagnostics[0]?.detail).toMatch(/\/nosuch/);
    expect(await live(id)).toBeDefined();
    await engine('DELETE', `/v1.41/services/${id}`);
  });

  test('an update that is rolled back is a failed apply, and the state has what is there', {
    timeout: 120_000,
  }, async () => {
    const update = {
      parallelism: 1,
      delay: '0s',
      failure_action: 'rollback',
      monitor: '2s',
      max_failure_ratio: '0.0',
      order: 'stop-first',
    };
    const json = (command: string[]): JsonObject =>
      config('rollback', { container: { ...quick, command }, service: { ...waits('60s'), update_config: [update] } });
    const prior = await service.create(json(['sleep', '3600']));
    const applied = await service.apply((await service.refresh(prior)) ?? null, json(['/nosuch']));
    expect(applied.diagnostics.map((it) => it.summary)).toEqual(['Service update rolled back']);
    expect(applied.tainted).toBe(false);
    expect(at(jsonOf(applied.value), 'task_spec', 0, 'container_spec', 0, 'command')).toEqual(['sleep', '3600']);
    await service.destroy(priorOf(applied));
  });

  test('a config that is replaced while a service uses it goes when the service has moved', async () => {
    const resource = harness.of('docker_config');
    const file = (data: string): JsonObject => ({ name: `${PREFIX}rollout`, data_raw: data });
    const first = await resource.create(file('one'));
    const uses = (prior: Prior): JsonObject =>
      config('uses', {
        container: {
          configs: [{ config_id: String(jsonOf(prior.value).id), config_name: `${PREFIX}rollout`, file_name: '/x' }],
        },
      });
    const user = await service.create(uses(first));
    const replaced = await resource.apply(first, file('two'));
    expect(replaced.diagnostics).toEqual([]);
    const moved = await service.apply(user, uses(priorOf(replaced)));
    expect([moved.diagnostics, moved.planned.replacePaths]).toEqual([[], []]);
    expect((await engine('GET', `/v1.41/configs/${jsonOf(first.value).id}`)).status).toBe(404);
    await service.destroy(priorOf(moved));
    expect((await resource.destroy(priorOf(replaced))).diagnostics).toEqual([]);
  });
});

test('is imported by ID and by name, and there is nothing to do', async () => {
  await engine('POST', '/v1.41/services/create', {
    Name: `${PREFIX}import`,
    TaskTemplate: {
      ContainerSpec: {
        Image: 'busybox:local',
        Args: ['sleep', '3600'],
        Env: ['A=1'],
        StopGracePeriod: 10e9,
        DNSConfig: {},
      },
      Resources: { Limits: {}, Reservations: {} },
      RestartPolicy: { Condition: 'any', Delay: 5e9, MaxAttempts: 0 },
      Placement: {},
    },
    Mode: { Replicated: { Replicas: 0 } },
  });
  const imported = await (await service.resource()).importState(`${PREFIX}import`);
  const json = config('import', { container: { command: null, args: ['sleep', '3600'], env: { A: '1' } } });
  expect(changed(await service.plan(imported.value?.[0] ?? null, json))).toEqual([]);
});

/**
 * docker_container on the real engine: every argument is applied, planned again and changed, in the notations that
 * people write. Ports 20100 to 20149, addresses in 10.238.0.0/16.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invariant } from '../../core/diag/invariant.ts';
import type { Prior } from '../../core/provider.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { containerSchema } from '../../providers/docker/container-schema.ts';
import { fieldOf } from '../../providers/docker/inspect.ts';
import { busyboxImage, ensureBusyboxImage, ensureEngine } from '../support/docker-engine.mjs';
import { engine, inspect, sweep } from '../support/engine-api.mjs';
import { type Harness, type ResourceHarness, changed, openHarness } from '../unit/docker/harness.ts';

const PREFIX = 'stc-row';
const NETWORK = `${PREFIX}-net`;
const OTHER = `${PREFIX}-other-net`;
const NEIGHBOUR = `${PREFIX}-neighbour`;
let harness: Harness;
let container: ResourceHarness;

beforeAll(async () => {
  await ensureEngine();
  await ensureBusyboxImage();
  await sweep(PREFIX);
  const pool = (subnet: string) => ({ IPAM: { Config: [{ Subnet: subnet }] } });
  await engine('POST', '/networks/create', { Name: NETWORK, ...pool('10.238.1.0/24') });
  await engine('POST', '/networks/create', { Name: OTHER, ...pool('10.238.2.0/24') });
  const host = { IpcMode: 'shareable' };
  const body = { Image: busyboxImage, Cmd: ['sleep', '3600'], HostConfig: host };
  await engine('POST', `/containers/create?name=${NEIGHBOUR}`, body);
  await engine('POST', `/containers/${NEIGHBOUR}/start`);
  harness = await openHarness();
  container = harness.of('docker_container');
});

afterAll(async () => {
  await harness.close();
  await sweep(PREFIX);
});

interface Row {
  readonly argument: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly inPlace?: true;
  /** Path in the inspect answer and what stands there after the change. */
  readonly there?: readonly [path: string, wanted: unknown];
  /** The change of one argument that cannot leave another as it is. */
  readonly along?: readonly string[];
}

const MIB = 1024 * 1024;
const HOST = (name: string, wanted: unknown) => [`HostConfig.${name}`, wanted] as const;
const CONFIG = (name: string, wanted: unknown) => [`Config.${name}`, wanted] as const;
const label = (value: string): JsonObject => ({ labels: [{ label: 'a.b/c', value }] });
const probe = (interval: string): JsonObject => ({ healthcheck: [{ test: ['CMD', 'true'], interval }] });
const port = (external: number, more: JsonObject = {}): JsonObject => ({
  ports: [{ internal: 80, external, ...more }],
});
const network = (name: string, more: JsonObject = {}): JsonObject => ({ name, ...more });
const bind = (source: string, more: JsonObject = {}): JsonObject => ({ type: 'bind', source, target: '/x', ...more });
const rate = (value: number): JsonObject => ({ path: '/dev/null', rate: value });

/** `before` and `after` are laid over a container that says nothing but what it runs. */
const ROWS: readonly Row[] = [
  {
    argument: 'name',
    before: {},
    after: { name: `${PREFIX}-renamed` },
    inPlace: true,
    there: ['Name', `/${PREFIX}-renamed`],
  },
  { argument: 'command', before: {}, after: { command: ['sleep', '3601'] }, there: CONFIG('Cmd', ['sleep', '3601']) },
  {
    argument: 'entrypoint',
    before: { entrypoint: ['sleep'], command: ['3600'] },
    after: { entrypoint: ['/bin/sleep'], command: ['3600'] },
    there: CONFIG('Entrypoint', ['/bin/sleep']),
  },
  {
    argument: 'env',
    before: { env: ['B=2', 'A=x=y', 'A=1'] },
    after: { env: ['A=1', 'B=3'] },
    there: CONFIG('Env', ['A=1', 'B=3', 'PATH=/bin']),
  },
  { argument: 'env', before: { env: ['A=1'] }, after: {}, there: CONFIG('Env', ['PATH=/bin']) },
  { argument: 'env', before: { env: ['A=1'] }, after: { env: [] }, there: CONFIG('Env', ['PATH=/bin']) },
  { argument: 'user', before: { user: '1000:1000' }, after: {}, there: CONFIG('User', '') },
  {
    argument: 'group_add',
    before: { group_add: ['10'] },
    after: { group_add: ['10', '11'] },
    there: HOST('GroupAdd', ['10', '11']),
  },
  {
    argument: 'working_dir',
    before: { working_dir: '/tmp/' },
    after: { working_dir: '/etc' },
    there: CONFIG('WorkingDir', '/etc'),
  },
  {
    argument: 'hostname',
    before: { hostname: 'hh.example.org' },
    after: { hostname: 'h2' },
    there: CONFIG('Hostname', 'h2'),
  },
  { argument: 'hostname', before: { hostname: 'hh' }, after: {} },
  {
    argument: 'domainname',
    before: { domainname: 'a.org' },
    after: { domainname: 'b.org' },
    there: CONFIG('Domainname', 'b.org'),
  },
  { argument: 'tty', before: {}, after: { tty: true }, there: CONFIG('Tty', true) },
  { argument: 'stdin_open', before: {}, after: { stdin_open: true }, there: CONFIG('OpenStdin', true) },
  { argument: 'init', before: { init: true }, after: {}, there: HOST('Init', false) },
  { argument: 'stop_signal', before: { stop_signal: 'SIGINT' }, after: {}, there: CONFIG('StopSignal', undefined) },
  {
    argument: 'stop_timeout',
    before: { stop_timeout: 3 },
    after: { stop_timeout: 4 },
    there: CONFIG('StopTimeout', 4),
  },
  {
    argument: 'restart',
    before: {},
    after: { restart: 'always' },
    inPlace: true,
    there: HOST('RestartPolicy.Name', 'always'),
  },
  {
    argument: 'restart',
    before: { restart: 'unless-stopped' },
    after: {},
    inPlace: true,
    there: HOST('RestartPolicy.Name', 'no'),
  },
  {
    argument: 'max_retry_count',
    before: { restart: 'on-failure', max_retry_count: 2 },
    after: { restart: 'on-failure', max_retry_count: 5 },
    inPlace: true,
    there: HOST('RestartPolicy.MaximumRetryCount', 5),
  },
  { argument: 'rm', before: {}, after: { rm: true }, there: HOST('AutoRemove', true) },
  { argument: 'wait', before: probe('1s'), after: { ...probe('1s'), wait: true }, inPlace: true },
  { argument: 'wait_timeout', before: {}, after: { wait_timeout: 5 }, inPlace: true },
  { argument: 'attach', before: {}, after: { attach: true }, inPlace: true },
  { argument: 'logs', before: {}, after: { logs: true }, inPlace: true },
  { argument: 'must_run', before: {}, after: { must_run: false }, inPlace: true, there: ['State.Running', true] },
  {
    argument: 'start',
    before: { start: false },
    after: {},
    inPlace: true,
    along: ['must_run'],
    there: ['State.Running', true],
  },
  { argument: 'remove_volumes', before: {}, after: { remove_volumes: false }, inPlace: true },
  { argument: 'destroy_grace_seconds', before: {}, after: { destroy_grace_seconds: 1 }, inPlace: true },
  {
    argument: 'container_read_refresh_timeout_milliseconds',
    before: {},
    after: { container_read_refresh_timeout_milliseconds: 1 },
    inPlace: true,
  },
  { argument: 'timeouts', before: {}, after: { timeouts: { create: '1m30s' } }, inPlace: true },
  { argument: 'memory', before: {}, after: { memory: 64 }, inPlace: true, there: HOST('MemorySwap', 128 * MIB) },
  {
    argument: 'memory',
    before: { memory: 64 },
    after: { memory: 256 },
    inPlace: true,
    there: HOST('Memory', 256 * MIB),
  },
  { argument: 'memory', before: { memory: 64 }, after: {}, there: HOST('Memory', 0) },
  {
    argument: 'memory_swap',
    before: { memory: 64, memory_swap: 256 },
    after: { memory: 64 },
    inPlace: true,
    there: HOST('MemorySwap', 128 * MIB),
  },
  {
    argument: 'memory_swap',
    before: { memory: 64, memory_swap: 128 },
    after: { memory: 64, memory_swap: -1 },
    inPlace: true,
    there: HOST('MemorySwap', -1),
  },
  {
    argument: 'memory_reservation',
    before: { memory: 64, memory_reservation: 32 },
    after: { memory: 64, memory_reservation: 48 },
    inPlace: true,
    there: HOST('MemoryReservation', 48 * MIB),
  },
  { argument: 'cpus', before: { cpus: '0.50' }, after: { cpus: '1' }, inPlace: true, there: HOST('NanoCpus', 1e9) },
  { argument: 'cpus', before: { cpus: '1' }, after: {}, there: HOST('NanoCpus', 0) },
  {
    argument: 'cpu_period',
    before: { cpu_period: 100000, cpu_quota: 50000 },
    after: { cpu_period: 50000, cpu_quota: 50000 },
    inPlace: true,
    there: HOST('CpuPeriod', 50000),
  },
  {
    argument: 'cpu_quota',
    before: { cpu_period: 100000, cpu_quota: 50000 },
    after: { cpu_period: 100000, cpu_quota: 80000 },
    inPlace: true,
    there: HOST('CpuQuota', 80000),
  },
  {
    argument: 'cpu_shares',
    before: { cpu_shares: 512 },
    after: { cpu_shares: 256 },
    inPlace: true,
    there: HOST('CpuShares', 256),
  },
  { argument: 'cpu_shares', before: { cpu_shares: 512 }, after: {}, there: HOST('CpuShares', 0) },
  {
    argument: 'cpu_set',
    before: { cpu_set: '0,1' },
    after: { cpu_set: '1' },
    inPlace: true,
    there: HOST('CpusetCpus', '1'),
  },
  { argument: 'shm_size', before: { shm_size: 32 }, after: {}, there: HOST('ShmSize', 64 * MIB) },
  {
    argument: 'privileged',
    before: { start: false, security_opts: ['seccomp=unconfined'] },
    after: { start: false, security_opts: ['seccomp=unconfined'], privileged: true },
    there: HOST('Privileged', true),
  },
  { argument: 'read_only', before: {}, after: { read_only: true }, there: HOST('ReadonlyRootfs', true) },
  {
    argument: 'security_opts',
    before: { security_opts: ['systempaths=unconfined', 'no-new-privileges:true'] },
    after: { security_opts: ['no-new-privileges'] },
  },
  {
    argument: 'security_opts',
    before: { security_opts: ['seccomp=unconfined'] },
    after: {},
    there: HOST('SecurityOpt', null),
  },
  {
    argument: 'sysctls',
    before: { sysctls: { 'net.ipv4.ip_forward': '1' } },
    after: { sysctls: { 'net.ipv4.ip_forward': '0' } },
  },
  { argument: 'runtime', before: { runtime: 'runc' }, after: { runtime: 'stc-no-such' } },
  { argument: 'platform', before: { platform: 'linux/amd64' }, after: { platform: 'linux/arm64' } },
  { argument: 'ipc_mode', before: { ipc_mode: 'host' }, after: {}, there: HOST('IpcMode', 'private') },
  { argument: 'ipc_mode', before: { ipc_mode: `container:${NEIGHBOUR}` }, after: { ipc_mode: 'shareable' } },
  {
    argument: 'pid_mode',
    before: { pid_mode: `container:${NEIGHBOUR}` },
    after: { pid_mode: 'host' },
    there: HOST('PidMode', 'host'),
  },
  { argument: 'userns_mode', before: { userns_mode: 'host' }, after: {}, there: HOST('UsernsMode', '') },
  { argument: 'cgroupns_mode', before: { cgroupns_mode: 'private' }, after: { cgroupns_mode: 'host' } },
  { argument: 'cgroup_parent', before: { cgroup_parent: '/stca' }, after: { cgroup_parent: '/stcb' } },
  {
    argument: 'network_mode',
    before: { network_mode: 'default' },
    after: { network_mode: 'none' },
    along: ['networks_advanced'],
  },
  {
    argument: 'network_mode',
    before: { network_mode: `container:${NEIGHBOUR}` },
    after: { network_mode: NETWORK },
    along: ['networks_advanced'],
  },
  {
    argument: 'dns',
    before: { dns: ['1.1.1.1', '8.8.8.8'] },
    after: { dns: ['8.8.8.8'] },
    there: HOST('Dns', ['8.8.8.8']),
  },
  { argument: 'dns_opts', before: { dns_opts: ['ndots:2'] }, after: { dns_opts: ['ndots:3'] } },
  { argument: 'dns_search', before: { dns_search: ['a.org'] }, after: { dns_search: ['b.org'] } },
  {
    argument: 'publish_all_ports',
    before: {},
    after: { publish_all_ports: true },
    there: HOST('PublishAllPorts', true),
  },
  { argument: 'tmpfs', before: { tmpfs: { '/t': 'size=1m' } }, after: { tmpfs: { '/t': 'size=2m' } } },
  { argument: 'log_driver', before: { log_driver: 'none' }, after: {}, there: HOST('LogConfig.Type', 'json-file') },
  { argument: 'log_opts', before: { log_opts: { 'max-size': '1m' } }, after: {}, there: HOST('LogConfig.Config', {}) },
  {
    argument: 'capabilities',
    before: { capabilities: [{ add: ['net_admin'], drop: ['ALL'] }] },
    after: { capabilities: [{ add: ['CAP_NET_ADMIN', 'CAP_CHOWN'], drop: ['ALL'] }] },
    there: HOST('CapAdd', ['CAP_CHOWN', 'CAP_NET_ADMIN']),
  },
  { argument: 'mounts', before: { mounts: [bind('/tmp/')] }, after: { mounts: [bind('/tmp', { read_only: true })] } },
  {
    argument: 'mounts',
    before: { mounts: [bind('/tmp', { bind_options: [{ propagation: 'rprivate' }] })] },
    after: { mounts: [bind('/tmp', { bind_options: [{ propagation: 'private' }] })] },
  },
  {
    argument: 'mounts',
    before: { mounts: [{ type: 'tmpfs', target: '/x', tmpfs_options: [{ size_bytes: MIB, mode: 511 }] }] },
    after: { mounts: [{ type: 'tmpfs', target: '/x', tmpfs_options: [{ size_bytes: 2 * MIB, mode: 511 }] }] },
  },
  {
    argument: 'mounts',
    before: {
      mounts: [
        {
          type: 'volume',
          target: '/x',
          source: `${PREFIX}-labelled`,
          volume_options: [{ no_copy: true, labels: [{ label: 'a', value: 'b' }] }],
        },
      ],
    },
    after: { mounts: [{ type: 'volume', target: '/x', source: `${PREFIX}-labelled` }] },
  },
  {
    argument: 'volumes',
    before: { volumes: [{ host_path: '/tmp', container_path: '/x', read_only: true }] },
    after: { volumes: [{ host_path: '/tmp', container_path: '/x' }] },
    there: HOST('Binds', ['/tmp:/x:rw']),
  },
  {
    argument: 'volumes',
    before: { volumes: [{ container_path: '/anonymous' }, { volume_name: `${PREFIX}-v`, container_path: '/y' }] },
    after: { volumes: [{ volume_name: `${PREFIX}-v`, container_path: '/y' }] },
  },
  {
    argument: 'volumes',
    before: { volumes: [{ from_container: NEIGHBOUR }] },
    after: {},
    there: HOST('VolumesFrom', null),
  },
  { argument: 'ports', before: port(20101, { ip: '' }), after: port(20102) },
  {
    argument: 'ports',
    before: {
      ports: [
        { internal: 81, external: 20101 },
        { internal: 80, external: 20102, protocol: 'udp' },
      ],
    },
    after: { ports: [{ internal: 80, external: 20102, protocol: 'udp' }] },
  },
  {
    argument: 'ports',
    before: {
      ports: [
        { internal: 80, external: 20102 },
        { internal: 80, external: 20101 },
      ],
    },
    after: {
      ports: [
        { internal: 80, external: 20103 },
        { internal: 80, external: 20101 },
      ],
    },
  },
  { argument: 'ports', before: port(20101, { ip: '::1' }), after: port(20101, { ip: '127.0.0.1' }) },
  { argument: 'ports', before: { ports: [{ internal: 80 }] }, after: port(20104) },
  {
    argument: 'ports',
    before: { network_mode: 'host', ...port(20105) },
    after: { network_mode: 'host', ...port(20106) },
  },
  { argument: 'ports', before: { start: false, ...port(20101) }, after: { start: false, ...port(20102) } },
  {
    argument: 'host',
    before: {
      host: [
        { host: 'six', ip: 'FE80:0::1' },
        { host: 'gate', ip: 'host-gateway' },
      ],
    },
    after: {
      host: [
        { host: 'six', ip: 'fe80::2' },
        { host: 'gate', ip: 'host-gateway' },
      ],
    },
  },
  {
    argument: 'ulimit',
    before: { ulimit: [{ name: 'nofile', soft: 1024, hard: 2048 }] },
    after: { ulimit: [{ name: 'nofile', soft: 512, hard: 2048 }] },
  },
  {
    argument: 'devices',
    before: { devices: [{ host_path: '/dev/null', permissions: 'mrw' }] },
    after: { devices: [{ host_path: '/dev/null', container_path: '/dev/n', permissions: 'r' }] },
  },
  {
    argument: 'device_read_bps',
    before: { start: false, device_read_bps: [rate(1024)] },
    after: { start: false, device_read_bps: [rate(2048)] },
  },
  {
    argument: 'device_read_iops',
    before: { start: false, device_read_iops: [rate(10)] },
    after: { start: false, device_read_iops: [] },
  },
  { argument: 'device_write_bps', before: { start: false }, after: { start: false, device_write_bps: [rate(1024)] } },
  {
    argument: 'device_write_iops',
    before: { start: false, device_write_iops: [rate(10)] },
    after: { start: false, device_write_iops: [rate(20)] },
  },
  { argument: 'gpus', before: { start: false }, after: { start: false, gpus: 'all' } },
  {
    argument: 'gpus',
    before: { start: false, gpus: '"device=0,1",capabilities=utility' },
    after: { start: false, gpus: '2' },
  },
  {
    argument: 'device_requests',
    before: { start: false, device_requests: [{ device_ids: ['vendor.com/device=one'] }] },
    after: { start: false, device_requests: [{ driver: 'nvidia', count: -1, capabilities: ['gpu', 'utility'] }] },
  },
  { argument: 'labels', before: label(''), after: label('2'), there: CONFIG('Labels', { 'a.b/c': '2' }) },
  { argument: 'labels', before: label('1'), after: {}, there: CONFIG('Labels', {}) },
  { argument: 'healthcheck', before: probe('90s'), after: probe('1m31s'), there: CONFIG('Healthcheck.Interval', 91e9) },
  { argument: 'healthcheck', before: probe('60s'), after: {}, there: CONFIG('Healthcheck', undefined) },
  { argument: 'healthcheck', before: {}, after: { healthcheck: [{ test: ['NONE'] }] } },
  {
    argument: 'networks_advanced',
    before: { networks_advanced: [network(NETWORK, { aliases: ['a1', 'a2'], ipv4_address: '10.238.1.77' })] },
    after: { networks_advanced: [network(NETWORK, { aliases: ['b'], ipv4_address: '10.238.1.78' })] },
    inPlace: true,
    there: [`NetworkSettings.Networks.${NETWORK}.IPAddress`, '10.238.1.78'],
  },
  {
    argument: 'networks_advanced',
    before: { networks_advanced: [network(NETWORK)] },
    after: { networks_advanced: [network(NETWORK), network(OTHER)] },
    inPlace: true,
  },
  {
    argument: 'networks_advanced',
    before: { networks_advanced: [network(NETWORK), network('bridge')] },
    after: { networks_advanced: [network(NETWORK)] },
    inPlace: true,
  },
  { argument: 'networks_advanced', before: { networks_advanced: [network(NETWORK)] }, after: {}, inPlace: true },
  {
    argument: 'networks_advanced',
    before: { network_mode: NETWORK, networks_advanced: [network(NETWORK, { aliases: ['al'] })] },
    after: { network_mode: NETWORK, networks_advanced: [network(NETWORK, { aliases: ['other'] })] },
    inPlace: true,
  },
  {
    argument: 'networks_advanced',
    before: { networks_advanced: [network(NETWORK, { mac_address: '02-42-AC-11-65-43' })] },
    after: { networks_advanced: [network(NETWORK, { mac_address: '02:42:ac:11:65:44' })] },
    there: [`NetworkSettings.Networks.${NETWORK}.MacAddress`, '02:42:ac:11:65:44'],
  },
  {
    argument: 'upload',
    before: { upload: [{ file: '/etc/f', content: 'one' }] },
    after: {
      upload: [
        { file: '/etc/f', content: 'two' },
        { file: '/new/deep/g', content_base64: 'eA==', permissions: '0600' },
      ],
    },
    inPlace: true,
  },
  { argument: 'upload', before: { upload: [{ file: '/etc/f', content: '' }] }, after: {} },
];

/** What this engine or machine cannot do, and the engine's own answer. */
const NOT_HERE: readonly { readonly argument: string; readonly config: JsonObject; readonly answer: RegExp }[] = [
  { argument: 'storage_opts', config: { storage_opts: { size: '1G' } }, answer: /pquota/ },
  { argument: 'gpus', config: { gpus: 'all' }, answer: /could not select device driver/ },
  {
    argument: 'device_requests',
    config: { device_requests: [{ count: 1, driver: 'stc' }] },
    answer: /could not select device driver/,
  },
  {
    argument: 'healthcheck',
    config: { healthcheck: [{ test: ['CMD', 'true'], start_interval: '1s' }] },
    answer: /1\.44/,
  },
  {
    argument: 'mounts',
    config: { mounts: [{ type: 'volume', target: '/x', source: `${PREFIX}-sub`, volume_options: [{ subpath: 's' }] }] },
    answer: /1\.45/,
  },
];

/** Arguments that the tables above leave out. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['id', 'chosen by the engine'],
  ['image', 'docker-container-life.test.ts'],
]);

function base(): JsonObject {
  return { name: PREFIX, image: busyboxImage, command: ['sleep', '3600'], destroy_grace_seconds: 0 };
}

async function clean(): Promise<void> {
  for (const name of [PREFIX, `${PREFIX}-renamed`]) await engine('DELETE', `/containers/${name}?force=1&v=1`);
}

async function refreshed(prior: Prior): Promise<Prior> {
  const now = await container.refresh(prior);
  invariant(now, 'the container is there');
  return now;
}

describe('every argument', () => {
  test('stands in a table', () => {
    const shown = new Set([...ROWS, ...NOT_HERE].map(({ argument }) => argument));
    const configurable = [
      ...Object.entries(containerSchema.attributes).flatMap(([name, { use }]) => (use === 'computed' ? [] : [name])),
      ...Object.keys(containerSchema.blocks),
    ];
    expect(configurable.filter((name) => !shown.has(name) && !ELSEWHERE.has(name))).toEqual([]);
  });

  for (const { argument, before, after, inPlace, there, along = [] } of ROWS) {
    test(`${argument}: ${JSON.stringify(before)} to ${JSON.stringify(after)}`, async () => {
      await clean();
      const prior = await container.create({ ...base(), ...before });
      expect(changed(await container.plan(prior, { ...base(), ...before })), 'right after').toEqual([]);
      const live = await refreshed(prior);
      expect(changed(await container.plan(live, { ...base(), ...before })), 'refreshed').toEqual([]);
      const wanted = { ...base(), ...after };
      const planned = await container.plan(live, wanted);
      expect(changed(planned).toSorted()).toEqual([argument, ...along].toSorted());
      expect(planned.replacePaths.length === 0, 'in place').toBe(inPlace === true);
      if (argument === 'runtime' || argument === 'platform') return clean();
      const applied = await container.apply(live, wanted);
      expect(applied.diagnostics).toEqual([]);
      invariant(applied.value, 'there is a container');
      const next = await refreshed({ value: applied.value, private: applied.private, tainted: false });
      expect(changed(await container.plan(next, wanted)), 'afterwards').toEqual([]);
      if (there !== undefined) await expectThere(String(wanted.name), there);
      await clean();
    });
  }
});

async function expectThere(name: string, [path, wanted]: readonly [string, unknown]): Promise<void> {
  const found: unknown = fieldOf(await inspect('container', name), ...splitPath(path));
  expect(Array.isArray(found) ? found.toSorted() : found).toEqual(Array.isArray(wanted) ? wanted.toSorted() : wanted);
}

/** Network names have no dots here. */
function splitPath(path: string): readonly string[] {
  return path.split('.');
}

test('a fixed MAC address holds on a network that is named by its ID', async () => {
  await clean();
  const id = String(fieldOf((await engine('GET', `/networks/${NETWORK}`)).body, 'Id'));
  const mac = '02:42:ac:11:65:45';
  const wanted = { ...base(), networks_advanced: [network(id, { mac_address: mac }), network(OTHER)] };
  const prior = await container.create(wanted);
  expect(changed(await container.plan(await refreshed(prior), wanted))).toEqual([]);
  await expectThere(PREFIX, [`NetworkSettings.Networks.${NETWORK}.MacAddress`, mac]);
  await clean();
});

describe('what this engine cannot do', () => {
  for (const { argument, config, answer } of NOT_HERE) {
    test(`${argument}: ${JSON.stringify(config)}`, async () => {
      await clean();
      const { diagnostics } = await container.apply(null, { ...base(), ...config });
      expect(diagnostics.map((it) => it.detail).join('\n')).toMatch(answer);
      await clean();
    });
  }
});

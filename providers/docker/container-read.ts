/**
 * The engine's answer in the form of the state, as the provider that we stand in for writes it: after a create, after
 * a refresh, after an import. A stored value that means what is there keeps its notation. Pure.
 */
import { objectValue, type ObjectValue, type Value } from '../../core/value/value.ts';
import { type Place, ROWS, isEmptyMeaning, sameMeaning } from './container-attributes.ts';
import {
  type Endpoint,
  hasOwnNetworks,
  liveEndpoints,
  networkMode,
  sameEndpoints,
  wantedEndpoints,
} from './container-endpoints.ts';
import { isFinishedJob, isRunning } from './container-life.ts';
import { formatCpus, hostIp, variableName } from './container-notation.ts';
import {
  type Plain,
  type PlainObject,
  containsUnknownPlain,
  fromPlain,
  isZero,
  objectToPlain,
  plainList,
  plainObject,
  plainText,
} from './container-plain.ts';
import type { Scene } from './container-scene.ts';
import { containerSchema } from './container-schema.ts';
import { formatDurationNs } from './duration.ts';
import { type Inspected, fieldOf, flagOf, listOf, numberOf, recordOf, textMapOf, textOf, textsOf } from './inspect.ts';
import { elementType } from './sdk-plan.ts';

const MIB = 1024 * 1024;
const TYPE = elementType(containerSchema);

// ---- After a refresh ---------------------------------------------------------------------------------------------

/** `prior` with what is otherwise now. Of the same container only what can change is compared. */
export function refreshedValue(prior: ObjectValue, container: Inspected, scene: Scene): ObjectValue {
  const stored = objectToPlain(prior);
  const followed = stored.id !== textOf(container, 'Id');
  let shown: PlainObject | undefined;
  const place: Place = { whole: stored, scene, container };
  const changed: Record<string, Plain> = { ...computedNow(container, stored), id: textOf(container, 'Id') };
  for (const [name, row] of Object.entries(ROWS)) {
    const fixed = (containerSchema.attributes[name] ?? containerSchema.blocks[name])?.change === 'replace';
    if ((fixed && !followed) || row.stored || isAsStored(name, stored, container, place)) continue;
    // Worked out when the first argument is other than stored, which is seldom.
    shown ??= followed ? objectToPlain(importedValue(container, scene)) : shownValue(container);
    changed[name] = name === 'networks_advanced' ? networkBlocks(container, scene, stored) : (shown[name] ?? null);
  }
  const ports = portsNow(stored, container);
  if (ports !== undefined && !('ports' in changed)) changed.ports = ports;
  return withPlain(prior, stored, changed);
}

function isAsStored(name: string, stored: PlainObject, container: Inspected, place: Place): boolean {
  const row = ROWS[name];
  const value = stored[name] ?? null;
  if (row === undefined || (name === 'image' && place.scene.imageId === undefined)) return true;
  const live = row.live(container, place);
  if (!isZero(value)) return (row.same ?? sameMeaning)(row.meaning(value, place), live, place);
  return (row.isDefault === undefined ? isEmptyMeaning(live) : row.isDefault(live, container, place)) ?? true;
}

/** What the engine alone decides, and whether it runs. */
function computedNow(container: Inspected, stored: PlainObject): Record<string, Plain> {
  const data = networkData(container);
  const [first] = data.map(plainObject);
  const stopped = !flagOf(container, 'State', 'Running');
  const fell =
    stored.must_run === true && stored.start !== false && !isRunning(container) && !isFinishedJob(container, stored);
  return {
    network_data: sameNetworkData(stored.network_data, data) ? (stored.network_data ?? null) : data,
    bridge: textOf(container, 'NetworkSettings', 'Bridge'),
    ip_address: first?.ip_address ?? '',
    ip_prefix_length: first?.ip_prefix_length ?? 0,
    gateway: first?.gateway ?? '',
    ...(stopped ? { exit_code: numberOf(container, 'State', 'ExitCode') } : {}),
    ...(fell ? { must_run: false } : {}),
  };
}

/** Their order is the engine's whim. */
function sameNetworkData(stored: Plain | undefined, now: readonly Plain[]): boolean {
  const form = (list: readonly Plain[]): string =>
    JSON.stringify(list.map((item) => JSON.stringify(sortedObject(item))).sort());
  return Array.isArray(stored) && form(stored as readonly Plain[]) === form(now);
}

function sortedObject(item: Plain): Plain {
  return Object.fromEntries(Object.entries(plainObject(item)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Ports that the engine chose may have moved; undefined when there is nothing new. */
function portsNow(stored: PlainObject, container: Inspected): Plain | undefined {
  const blocks = plainList(stored.ports).map(plainObject);
  if (blocks.length === 0 || !isRunning(container)) return undefined;
  const next = blocks.map((block) => (isChosenByEngine(block, container) ? withChosenPort(block, container) : block));
  return JSON.stringify(next) === JSON.stringify(blocks) ? undefined : next;
}

function bindingsOf(block: PlainObject, container: Inspected, of: readonly string[]): readonly unknown[] {
  const key = `${String(block.internal)}/${plainText(block.protocol) || 'tcp'}`;
  const all = listOf(recordOf(fieldOf(container, ...of)), key);
  return all.filter((binding) => hostIp(textOf(binding, 'HostIp')) === hostIp(plainText(block.ip)));
}

function isChosenByEngine(block: PlainObject, container: Inspected): boolean {
  const bindings = bindingsOf(block, container, ['HostConfig', 'PortBindings']);
  return bindings.length > 0 && bindings.every((binding) => /^0?$/.test(textOf(binding, 'HostPort')));
}

function withChosenPort(block: PlainObject, container: Inspected): PlainObject {
  const [binding] = bindingsOf(block, container, ['NetworkSettings', 'Ports']);
  const port = Number(textOf(binding, 'HostPort'));
  return port > 0 ? { ...block, external: port } : block;
}

// ---- After an apply ----------------------------------------------------------------------------------------------

/** What was planned, with everything that was not known filled in from the container. */
export function appliedValue(planned: ObjectValue, container: Inspected): ObjectValue {
  const plain = objectToPlain(planned);
  const shown = shownValue(container);
  const changed: Record<string, Plain> = { ...computedNow(container, plain), id: textOf(container, 'Id') };
  for (const name of TYPE.attributes.keys()) {
    const value = plain[name] ?? null;
    if (name in changed) continue;
    if (name === 'ports') changed.ports = appliedPorts(plain, container);
    else if (value === null || containsUnknownPlain(value)) changed[name] = shown[name] ?? null;
  }
  return withPlain(planned, plain, changed);
}

function appliedPorts(plain: PlainObject, container: Inspected): Plain {
  return plainList(plain.ports).map((item) => {
    const block = plainObject(item);
    const filled = isChosenByEngine(block, container) ? withChosenPort(block, container) : block;
    return containsUnknownPlain(filled.external) ? { ...filled, external: 0 } : filled;
  });
}

/** Values that did not change stay what they are, marks included. */
function withPlain(base: ObjectValue, plain: PlainObject, changed: Readonly<Record<string, Plain>>): ObjectValue {
  return objectValue(
    [...TYPE.attributes].map(([name, type]): [string, Value] => {
      const before = base.attributes.get(name);
      if (before === undefined) return [name, fromPlain(changed[name] ?? null, type)];
      if (!(name in changed) || changed[name] === plain[name]) return [name, before];
      return [name, fromPlain(changed[name] ?? null, type)];
    }),
  );
}

// ---- What a container shows --------------------------------------------------------------------------------------

/** After a create of which nothing was planned: what is empty is null, "" or [], each as the state has it. */
export function shownValue(container: Inspected): PlainObject {
  return {
    ...shownProcess(container),
    ...shownLimits(container),
    ...shownIsolation(container),
    ...shownNetwork(container),
    ...shownStorage(container),
    id: textOf(container, 'Id'),
    name: textOf(container, 'Name').replace(/^\//, ''),
    image: textOf(container, 'Config', 'Image'),
    env: [],
    labels: [],
    networks_advanced: [],
    volumes: [],
    upload: [],
    ports: [],
    ulimit: [],
    devices: [],
    device_requests: [],
  };
}

function shownProcess(it: Inspected): PlainObject {
  return {
    command: textsOf(it, 'Config', 'Cmd'),
    entrypoint: textsOf(it, 'Config', 'Entrypoint'),
    user: textOf(it, 'Config', 'User'),
    working_dir: textOf(it, 'Config', 'WorkingDir'),
    hostname: textOf(it, 'Config', 'Hostname'),
    domainname: textOf(it, 'Config', 'Domainname'),
    tty: flagOf(it, 'Config', 'Tty'),
    stdin_open: flagOf(it, 'Config', 'OpenStdin'),
    init: flagOf(it, 'HostConfig', 'Init'),
    stop_signal: textOf(it, 'Config', 'StopSignal'),
    stop_timeout: numberOf(it, 'Config', 'StopTimeout'),
    healthcheck: shownProbe(it),
    rm: flagOf(it, 'HostConfig', 'AutoRemove'),
    restart: textOf(it, 'HostConfig', 'RestartPolicy', 'Name') || 'no',
    max_retry_count: numberOf(it, 'HostConfig', 'RestartPolicy', 'MaximumRetryCount'),
    group_add: orNull(textsOf(it, 'HostConfig', 'GroupAdd')),
  };
}

function shownProbe(it: Inspected): Plain {
  const probe = fieldOf(it, 'Config', 'Healthcheck');
  if (typeof probe !== 'object' || probe === null) return null;
  return [
    {
      test: textsOf(probe, 'Test'),
      interval: formatDurationNs(numberOf(probe, 'Interval')),
      timeout: formatDurationNs(numberOf(probe, 'Timeout')),
      start_period: formatDurationNs(numberOf(probe, 'StartPeriod')),
      start_interval: formatDurationNs(numberOf(probe, 'StartInterval')),
      retries: numberOf(probe, 'Retries'),
    },
  ];
}

function shownLimits(it: Inspected): PlainObject {
  const host = (name: string): number => numberOf(it, 'HostConfig', name);
  const mebibytes = (name: string): number => (host(name) > 0 ? Math.floor(host(name) / MIB) : host(name));
  return {
    memory: mebibytes('Memory'),
    memory_swap: mebibytes('MemorySwap'),
    memory_reservation: mebibytes('MemoryReservation'),
    shm_size: mebibytes('ShmSize'),
    cpus: host('NanoCpus') > 0 ? formatCpus(host('NanoCpus')) : null,
    cpu_period: host('CpuPeriod') || null,
    cpu_quota: host('CpuQuota') || null,
    cpu_shares: host('CpuShares'),
    cpu_set: textOf(it, 'HostConfig', 'CpusetCpus'),
    device_read_bps: rates(it, 'BlkioDeviceReadBps'),
    device_read_iops: rates(it, 'BlkioDeviceReadIOps'),
    device_write_bps: rates(it, 'BlkioDeviceWriteBps'),
    device_write_iops: rates(it, 'BlkioDeviceWriteIOps'),
  };
}

function rates(it: Inspected, name: string): Plain {
  return listOf(it, 'HostConfig', name).map((item) => ({ path: textOf(item, 'Path'), rate: numberOf(item, 'Rate') }));
}

function shownIsolation(it: Inspected): PlainObject {
  const [add, drop] = [textsOf(it, 'HostConfig', 'CapAdd'), textsOf(it, 'HostConfig', 'CapDrop')];
  return {
    privileged: flagOf(it, 'HostConfig', 'Privileged'),
    read_only: flagOf(it, 'HostConfig', 'ReadonlyRootfs'),
    security_opts: textsOf(it, 'HostConfig', 'SecurityOpt'),
    capabilities: add.length + drop.length === 0 ? [] : [{ add, drop }],
    sysctls: mapOrNull(it, 'Sysctls'),
    runtime: textOf(it, 'HostConfig', 'Runtime'),
    platform: textOf(it, 'Platform'),
    ipc_mode: textOf(it, 'HostConfig', 'IpcMode'),
    pid_mode: textOf(it, 'HostConfig', 'PidMode') || null,
    userns_mode: textOf(it, 'HostConfig', 'UsernsMode'),
    log_driver: textOf(it, 'HostConfig', 'LogConfig', 'Type'),
  };
}

function shownNetwork(it: Inspected): PlainObject {
  return {
    network_mode: textOf(it, 'HostConfig', 'NetworkMode'),
    publish_all_ports: flagOf(it, 'HostConfig', 'PublishAllPorts'),
    dns: orNull(textsOf(it, 'HostConfig', 'Dns')),
    dns_opts: orNull(textsOf(it, 'HostConfig', 'DnsOptions')),
    dns_search: orNull(textsOf(it, 'HostConfig', 'DnsSearch')),
    host: textsOf(it, 'HostConfig', 'ExtraHosts').map((line) => {
      const at = line.indexOf(':');
      return { host: line.slice(0, at), ip: line.slice(at + 1) };
    }),
  };
}

function shownStorage(it: Inspected): PlainObject {
  return {
    mounts: listOf(it, 'HostConfig', 'Mounts').map(shownMount),
    tmpfs: mapOrNull(it, 'Tmpfs'),
    storage_opts: mapOrNull(it, 'StorageOpt'),
  };
}

function shownMount(mount: unknown): Plain {
  const [bind, volume, tmpfs] = ['BindOptions', 'VolumeOptions', 'TmpfsOptions'].map((name) => fieldOf(mount, name));
  return {
    target: textOf(mount, 'Target'),
    source: textOf(mount, 'Source'),
    type: textOf(mount, 'Type'),
    read_only: flagOf(mount, 'ReadOnly'),
    bind_options: bind ? [{ propagation: textOf(bind, 'Propagation') }] : [],
    volume_options: volume ? [shownVolumeOptions(volume)] : [],
    tmpfs_options: tmpfs ? [{ size_bytes: numberOf(tmpfs, 'SizeBytes'), mode: numberOf(tmpfs, 'Mode') }] : [],
  };
}

function shownVolumeOptions(options: unknown): Plain {
  const driver = [...textMapOf(options, 'DriverConfig', 'Options')];
  return {
    no_copy: flagOf(options, 'NoCopy'),
    driver_name: textOf(options, 'DriverConfig', 'Name'),
    driver_options: driver.length === 0 ? null : Object.fromEntries(driver),
    subpath: textOf(options, 'Subpath'),
    labels: labelBlocks([...textMapOf(options, 'Labels')]),
  };
}

function labelBlocks(entries: readonly (readonly [string, string])[]): Plain {
  return entries.map(([label, value]) => ({ label, value }));
}

/** Networks by name, as `network_data` has them. */
export function networkData(container: Inspected): readonly Plain[] {
  const networks = recordOf(fieldOf(container, 'NetworkSettings', 'Networks'));
  return Object.keys(networks)
    .sort()
    .map((name) => ({
      network_name: name,
      ip_address: textOf(networks[name], 'IPAddress'),
      ip_prefix_length: numberOf(networks[name], 'IPPrefixLen'),
      gateway: textOf(networks[name], 'Gateway'),
      global_ipv6_address: textOf(networks[name], 'GlobalIPv6Address'),
      global_ipv6_prefix_length: numberOf(networks[name], 'GlobalIPv6PrefixLen'),
      ipv6_gateway: textOf(networks[name], 'IPv6Gateway'),
      mac_address: textOf(networks[name], 'MacAddress'),
    }));
}

function orNull(texts: readonly string[]): Plain {
  return texts.length === 0 ? null : texts;
}

function mapOrNull(it: Inspected, name: string): Plain {
  const entries = [...textMapOf(it, 'HostConfig', name)];
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

// ---- After an import ---------------------------------------------------------------------------------------------

/** Everything that the container says beyond its image. What no inspection shows is null, as after `terraform import`. */
export function importedValue(container: Inspected, scene: Scene): ObjectValue {
  const shown = shownValue(container);
  const image = scene.liveImage;
  const plain: Record<string, Plain> = {
    ...shown,
    ...computedNow(container, {}),
    env: withoutImage(textsOf(container, 'Config', 'Env'), textsOf(image, 'Config', 'Env')),
    labels: ownLabels(container, image),
    healthcheck: isOwn(container, image, 'Healthcheck') ? (shown.healthcheck ?? null) : null,
    volumes: volumeBlocks(container, image),
    ports: portBlocks(container),
    ulimit: listOf(container, 'HostConfig', 'Ulimits').map((item) => ({
      name: textOf(item, 'Name'),
      soft: numberOf(item, 'Soft'),
      hard: numberOf(item, 'Hard'),
    })),
    devices: deviceBlocks(container),
    device_requests: requestBlocks(container),
    log_opts: logOptions(container),
    networks_advanced: networkBlocks(container, scene, shown),
    cgroup_parent: textOf(container, 'HostConfig', 'CgroupParent') || null,
  };
  return fromPlain({ ...plain, timeouts: null }, TYPE) as ObjectValue;
}

function withoutImage(own: readonly string[], image: readonly string[]): Plain {
  return own.filter((entry) => !image.includes(entry)).filter((entry) => variableName(entry) !== '');
}

function ownLabels(container: Inspected, image: Inspected | undefined): Plain {
  const theirs = textMapOf(image, 'Config', 'Labels');
  return labelBlocks(
    [...textMapOf(container, 'Config', 'Labels')].filter(([name, value]) => theirs.get(name) !== value),
  );
}

function isOwn(container: Inspected, image: Inspected | undefined, name: string): boolean {
  return JSON.stringify(fieldOf(container, 'Config', name)) !== JSON.stringify(fieldOf(image, 'Config', name));
}

function logOptions(container: Inspected): Plain {
  const entries = [...textMapOf(container, 'HostConfig', 'LogConfig', 'Config')];
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

function portBlocks(container: Inspected): Plain {
  const bindings = recordOf(fieldOf(container, 'HostConfig', 'PortBindings'));
  const blocks = Object.entries(bindings).flatMap(([key, list]) => {
    const [internal = '', protocol = 'tcp'] = key.split('/');
    return (Array.isArray(list) ? (list as readonly unknown[]) : []).map((binding) => ({
      internal: Number(internal),
      external: Number(textOf(binding, 'HostPort')) || 0,
      ip: hostIp(textOf(binding, 'HostIp')),
      protocol,
    }));
  });
  const sorted = blocks.sort((a, b) => a.internal - b.internal);
  return sorted.map((block) => (isChosenByEngine(block, container) ? withChosenPort(block, container) : block));
}

function volumeBlocks(container: Inspected, image: Inspected | undefined): Plain {
  const binds = textsOf(container, 'HostConfig', 'Binds').map(bindBlock);
  const taken = new Set(binds.map(({ container_path }) => container_path));
  const theirs = recordOf(fieldOf(image, 'Config', 'Volumes'));
  const anonymous = Object.keys(recordOf(fieldOf(container, 'Config', 'Volumes')));
  return [
    ...binds,
    ...anonymous
      .filter((path) => !taken.has(path) && !(path in theirs))
      .map((path) => ({ ...NO_VOLUME, container_path: path })),
    ...textsOf(container, 'HostConfig', 'VolumesFrom').map((from) => ({
      ...NO_VOLUME,
      from_container: from.split(':')[0] ?? '',
    })),
  ];
}

const NO_VOLUME = {
  from_container: '',
  container_path: '',
  host_path: '',
  volume_name: '',
  read_only: null,
  selinux_relabel: '',
} as const;

function bindBlock(bind: string) {
  const [source = '', target = '', mode = ''] = bind.split(':');
  const flags = mode.split(',');
  const isPath = source.startsWith('/');
  return {
    ...NO_VOLUME,
    container_path: target,
    host_path: isPath ? source : '',
    volume_name: isPath ? '' : source,
    read_only: flags.includes('ro') ? true : null,
    selinux_relabel: flags.find((flag) => flag === 'z' || flag === 'Z') ?? '',
  };
}

function deviceBlocks(container: Inspected): Plain {
  return listOf(container, 'HostConfig', 'Devices').map((item) => ({
    host_path: textOf(item, 'PathOnHost'),
    container_path: textOf(item, 'PathInContainer'),
    permissions: textOf(item, 'CgroupPermissions'),
  }));
}

function requestBlocks(container: Inspected): Plain {
  return listOf(container, 'HostConfig', 'DeviceRequests').map((item) => ({
    driver: textOf(item, 'Driver'),
    count: numberOf(item, 'Count'),
    device_ids: textsOf(item, 'DeviceIDs'),
    capabilities: listOf(item, 'Capabilities').flatMap((group) => (Array.isArray(group) ? (group as string[]) : [])),
    options: Object.fromEntries(textMapOf(item, 'Options')),
  }));
}

// ---- Networks ----------------------------------------------------------------------------------------------------

/**
 * Live endpoints as blocks, each under the name that it is stored with. The network of `network_mode` is left out
 * while nothing but its name is said about it, unless it is stored as a block.
 */
function networkBlocks(container: Inspected, scene: Scene, stored: PlainObject): Plain {
  const mode = networkMode(textOf(container, 'HostConfig', 'NetworkMode'), scene);
  if (!hasOwnNetworks(mode)) return stored.networks_advanced ?? [];
  const blocks = plainList(stored.networks_advanced).map(plainObject);
  const names = new Map(
    blocks.flatMap((block) =>
      [...wantedEndpoints({ networks_advanced: [block] }, scene).keys()].map((key) => [key, block] as const),
    ),
  );
  const live = liveEndpoints(container, scene);
  const bare = wantedEndpoints({ network_mode: stored.network_mode ?? null, networks_advanced: [] }, scene);
  if (blocks.length === 0 && sameEndpoints(bare, live)) return [];
  return [...live]
    .filter(([key, endpoint]) => names.has(key) || key !== mode || hasArguments(endpoint) || mode === 'bridge')
    .map(([key, endpoint]) => networkBlock(endpoint, names.get(key)));
}

function hasArguments({ aliases, ipv4, ipv6 }: Endpoint): boolean {
  return aliases.length > 0 || ipv4 !== '' || ipv6 !== '';
}

function networkBlock(endpoint: Endpoint, stored: PlainObject | undefined): PlainObject {
  return {
    name: stored?.name ?? endpoint.network,
    aliases: endpoint.aliases,
    ipv4_address: endpoint.ipv4,
    ipv6_address: endpoint.ipv6,
    link_local_ips: endpoint.linkLocal,
    mac_address: stored?.mac_address ?? '',
    driver_opts:
      stored?.driver_opts ?? Object.entries(endpoint.driverOptions).map(([name, value]) => `${name}=${value}`),
    gw_priority: stored?.gw_priority ?? null,
  };
}

/**
 * The engine's requests for a container, made from the configuration: create and update. Knows the API's field names;
 * decides nothing.
 */
import { crc32 } from 'node:zlib';
import type { Json, JsonObject } from '../../core/value/json.ts';
import { capability, hostIp, macAddress, nanoCpus, parseGpus, securityOption } from './container-notation.ts';
import {
  type Endpoint,
  endpointRequest,
  hasOwnNetworks,
  minor,
  networkMode,
  wantedEndpoints,
} from './container-endpoints.ts';
import {
  type Plain,
  type PlainObject,
  isZero,
  plainEntries,
  plainList,
  plainNumber,
  plainObject,
  plainText,
  plainTexts,
} from './container-plain.ts';
import type { Scene } from './container-scene.ts';
import { parseDurationNs } from './duration.ts';

const MIB = 1024 * 1024;

/** `whole` has the schema's defaults filled in. What is not known yet is left out. */
export function createBody(whole: PlainObject, scene: Scene): JsonObject {
  return dropUndefined({
    Image: plainText(whole.image),
    Hostname: text(whole.hostname),
    Domainname: text(whole.domainname),
    User: text(whole.user),
    Cmd: listed(whole.command),
    Entrypoint: listed(whole.entrypoint),
    Env: sorted(whole.env),
    Labels: labelMap(whole.labels),
    Tty: whole.tty === true,
    OpenStdin: whole.stdin_open === true,
    StopSignal: text(whole.stop_signal),
    StopTimeout: number(whole.stop_timeout),
    WorkingDir: text(whole.working_dir),
    ExposedPorts: exposedPorts(whole.ports),
    Volumes: volumePaths(whole.volumes),
    Healthcheck: healthcheck(whole.healthcheck),
    MacAddress: fixedMac(whole, scene),
    HostConfig: hostConfig(whole, scene),
    NetworkingConfig: networkingConfig(whole, scene),
  });
}

function hostConfig(whole: PlainObject, scene: Scene): JsonObject {
  return dropUndefined({
    ...limits(whole),
    ...isolation(whole, scene),
    ...storage(whole),
    ...networking(whole, scene),
  });
}

function limits(whole: PlainObject): Record<string, Json | undefined> {
  const nano = nanoCpus(plainText(whole.cpus)) ?? 0;
  return {
    Memory: mebibytes(whole.memory),
    MemorySwap: mebibytes(whole.memory_swap),
    MemoryReservation: mebibytes(whole.memory_reservation),
    ShmSize: mebibytes(whole.shm_size),
    NanoCpus: nano === 0 ? undefined : nano,
    CpuPeriod: nano === 0 ? number(whole.cpu_period) : undefined,
    CpuQuota: nano === 0 ? number(whole.cpu_quota) : undefined,
    CpuShares: number(whole.cpu_shares),
    CpusetCpus: text(whole.cpu_set),
    Ulimits: each(whole.ulimit, (block) => ({
      Name: plainText(block.name),
      Soft: plainNumber(block.soft),
      Hard: plainNumber(block.hard),
    })),
    Devices: each(whole.devices, deviceRequest),
    DeviceRequests: deviceRequests(whole),
    BlkioDeviceReadBps: each(whole.device_read_bps, rate),
    BlkioDeviceReadIOps: each(whole.device_read_iops, rate),
    BlkioDeviceWriteBps: each(whole.device_write_bps, rate),
    BlkioDeviceWriteIOps: each(whole.device_write_iops, rate),
    RestartPolicy: restartPolicy(whole),
    AutoRemove: whole.rm === true,
  };
}

export function restartPolicy(whole: PlainObject): JsonObject {
  return { Name: plainText(whole.restart) || 'no', MaximumRetryCount: plainNumber(whole.max_retry_count) };
}

function isolation(whole: PlainObject, scene: Scene): Record<string, Json | undefined> {
  const options = plainTexts(whole.security_opts).map(securityOption);
  const open = options.includes('systempaths=unconfined');
  const rest = [...new Set(options.filter((option) => option !== 'systempaths=unconfined'))].sort();
  const caps = plainObject(plainList(whole.capabilities)[0]);
  return {
    Privileged: whole.privileged === true,
    ReadonlyRootfs: whole.read_only === true,
    Init: whole.init === true,
    SecurityOpt: rest.length === 0 ? undefined : rest,
    MaskedPaths: open ? [] : undefined,
    ReadonlyPaths: open ? [] : undefined,
    CapAdd: capabilities(caps.add),
    CapDrop: capabilities(caps.drop),
    Sysctls: textMap(whole.sysctls),
    Runtime: text(whole.runtime),
    IpcMode: text(whole.ipc_mode),
    PidMode: text(whole.pid_mode),
    UsernsMode: text(whole.userns_mode),
    CgroupnsMode: minor(scene.apiVersion) >= 41 ? text(whole.cgroupns_mode) : undefined,
    CgroupParent: text(whole.cgroup_parent),
    GroupAdd: sorted(whole.group_add),
    LogConfig: dropUndefined({ Type: text(whole.log_driver), Config: textMap(whole.log_opts) }),
  };
}

/** The engine's own form has the prefix; ALL has none. */
function capabilities(plain: Plain | undefined): Json | undefined {
  const names = plainTexts(plain).map((name) => (capability(name) === 'ALL' ? 'ALL' : `CAP_${capability(name)}`));
  return names.length === 0 ? undefined : [...new Set(names)].sort();
}

function storage(whole: PlainObject): Record<string, Json | undefined> {
  const blocks = plainList(whole.volumes).map(plainObject);
  const binds = blocks.filter(hasSource).map(bind);
  const from = blocks.map((block) => plainText(block.from_container)).filter((name) => name !== '');
  return {
    Binds: binds.length === 0 ? undefined : binds,
    VolumesFrom: from.length === 0 ? undefined : from,
    Mounts: each(whole.mounts, mount),
    Tmpfs: textMap(whole.tmpfs),
    StorageOpt: textMap(whole.storage_opts),
  };
}

function hasSource(block: PlainObject): boolean {
  return plainText(block.from_container) === '' && volumeSource(block) !== '';
}

function volumeSource(block: PlainObject): string {
  return plainText(block.host_path) || plainText(block.volume_name);
}

function bind(block: PlainObject): string {
  const flags = [block.read_only === true ? 'ro' : 'rw', plainText(block.selinux_relabel)].filter((it) => it !== '');
  return [volumeSource(block), plainText(block.container_path), flags.join(',')].join(':');
}

function volumePaths(plain: Plain | undefined): Json | undefined {
  const paths = plainList(plain).map((item) => plainText(plainObject(item).container_path));
  return keyed(paths.filter((path) => path !== ''));
}

function mount(block: PlainObject): JsonObject {
  const type = plainText(block.type);
  const options = plainObject(plainList(block[`${type}_options`])[0]);
  return dropUndefined({
    Type: type,
    Source: text(block.source),
    Target: plainText(block.target),
    ReadOnly: block.read_only === true,
    BindOptions: type === 'bind' && !isZero(options) ? { Propagation: plainText(options.propagation) } : undefined,
    VolumeOptions: type === 'volume' && !isZero(options) ? volumeOptions(options) : undefined,
    TmpfsOptions: type === 'tmpfs' && !isZero(options) ? tmpfsOptions(options) : undefined,
  });
}

function volumeOptions(options: PlainObject): JsonObject {
  const driver = dropUndefined({ Name: text(options.driver_name), Options: textMap(options.driver_options) });
  return dropUndefined({
    NoCopy: options.no_copy === true,
    Labels: labelMap(options.labels),
    DriverConfig: Object.keys(driver).length === 0 ? undefined : driver,
    Subpath: text(options.subpath),
  });
}

function tmpfsOptions(options: PlainObject): JsonObject {
  return dropUndefined({ SizeBytes: number(options.size_bytes), Mode: number(options.mode) });
}

function deviceRequest(block: PlainObject): JsonObject {
  const path = plainText(block.host_path);
  return {
    PathOnHost: path,
    PathInContainer: plainText(block.container_path) || path,
    CgroupPermissions: plainText(block.permissions) || 'rwm',
  };
}

function deviceRequests(whole: PlainObject): Json | undefined {
  const gpus = parseGpus(plainText(whole.gpus));
  if (plainText(whole.gpus) !== '' && typeof gpus !== 'string') {
    const { driver, count, deviceIds, capabilities: needed, options } = gpus;
    const ids = deviceIds.length === 0 ? null : deviceIds;
    return [{ Driver: driver, Count: count, DeviceIDs: ids, Capabilities: [needed], Options: options }];
  }
  return each(whole.device_requests, (block) => ({
    Driver: plainText(block.driver) || 'cdi',
    Count: plainNumber(block.count),
    DeviceIDs: inPeerOrder(block.device_ids),
    Capabilities: [inPeerOrder(block.capabilities)],
    Options: textMap(block.options) ?? {},
  }));
}

/** A set in the order in which the provider that we stand in for sends it: by its checksums, as texts. */
function inPeerOrder(plain: Plain | undefined): readonly string[] {
  const keyed = plainTexts(plain).map((item) => [String(crc32(item)), item] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

function rate(block: PlainObject): JsonObject {
  return { Path: plainText(block.path), Rate: plainNumber(block.rate) };
}

// ---- Network -----------------------------------------------------------------------------------------------------

function networking(whole: PlainObject, scene: Scene): Record<string, Json | undefined> {
  const lines = plainList(whole.host).map((item) => {
    const block = plainObject(item);
    return `${plainText(block.host)}:${plainText(block.ip)}`;
  });
  return {
    NetworkMode: ownEndpoint(whole, scene)?.network ?? (plainText(whole.network_mode) || 'bridge'),
    PortBindings: portBindings(whole.ports),
    PublishAllPorts: whole.publish_all_ports === true,
    Dns: sorted(whole.dns),
    DnsOptions: sorted(whole.dns_opts),
    DnsSearch: sorted(whole.dns_search),
    ExtraHosts: lines.length === 0 ? undefined : lines,
  };
}

function portKey(block: PlainObject): string {
  return `${plainNumber(block.internal)}/${(plainText(block.protocol) || 'tcp').toLowerCase()}`;
}

function exposedPorts(plain: Plain | undefined): Json | undefined {
  return keyed(plainList(plain).map((item) => portKey(plainObject(item))));
}

function portBindings(plain: Plain | undefined): Json | undefined {
  const bindings: Record<string, Json[]> = {};
  for (const item of plainList(plain)) {
    const block = plainObject(item);
    const list = bindings[portKey(block)] ?? [];
    bindings[portKey(block)] = list;
    list.push({ HostIp: hostIp(plainText(block.ip)), HostPort: String(plainNumber(block.external)) });
  }
  return Object.keys(bindings).length === 0 ? undefined : bindings;
}

/** Endpoint arguments of the network that `network_mode` names; others are connected after the create. */
function networkingConfig(whole: PlainObject, scene: Scene): Json | undefined {
  const own = ownEndpoint(whole, scene);
  if (own === undefined) return undefined;
  const request = endpointRequest(own, scene.apiVersion);
  return Object.keys(request).length === 0 ? undefined : { EndpointsConfig: { [own.network]: request } };
}

/**
 * The endpoint that comes with the create, where that is not the default one: that of `network_mode`. Engines before
 * API 1.44 give a fixed MAC address to no other, so a network that asks for one takes the place of the default one.
 */
export function ownEndpoint(whole: PlainObject, scene: Scene): Endpoint | undefined {
  const mode = networkMode(plainText(whole.network_mode), scene);
  const wanted = wantedEndpoints(whole, scene);
  if (mode !== 'bridge') return hasOwnNetworks(mode) ? wanted.get(mode) : undefined;
  if (minor(scene.apiVersion) >= 44) return undefined;
  const [key, endpoint] = [...wanted].find(([, { mac }]) => mac !== '') ?? [];
  // The address is given to the network of that name; by its ID the engine would forget it.
  return key === undefined || endpoint === undefined ? undefined : { ...endpoint, network: networkName(key, scene) };
}

/** The name stands before the IDs. */
function networkName(id: string, scene: Scene): string {
  for (const [name, other] of scene.networks) if (other === id) return name;
  return id;
}

/** Engines before API 1.44 know one address per container, given when it is made. */
function fixedMac(whole: PlainObject, scene: Scene): string | undefined {
  if (minor(scene.apiVersion) >= 44) return undefined;
  const macs = plainList(whole.networks_advanced).map((item) => plainText(plainObject(item).mac_address));
  const [first] = macs.filter((mac) => mac !== '').map(macAddress);
  return first;
}

function healthcheck(plain: Plain | undefined): Json | undefined {
  const [first] = plainList(plain);
  if (first === undefined) return undefined;
  const block = plainObject(first);
  return dropUndefined({
    Test: listed(block.test),
    Interval: nanoseconds(block.interval),
    Timeout: nanoseconds(block.timeout),
    StartPeriod: nanoseconds(block.start_period),
    StartInterval: nanoseconds(block.start_interval),
    Retries: number(block.retries),
  });
}

function nanoseconds(plain: Plain | undefined): number | undefined {
  return parseDurationNs(plainText(plain)) || undefined;
}

// ---- Versions ----------------------------------------------------------------------------------------------------

/** Arguments that an older engine would ignore without a word, and the API that knows them. */
export function neededApis(whole: PlainObject): readonly { readonly argument: string; readonly api: string }[] {
  const probe = plainObject(plainList(whole.healthcheck)[0]);
  const subpaths = plainList(whole.mounts).map(
    (item) => plainObject(plainList(plainObject(item).volume_options)[0]).subpath,
  );
  return [
    ...(nanoseconds(probe.start_interval) === undefined ? [] : [{ argument: 'healthcheck', api: '1.44' }]),
    ...(subpaths.every((path) => isZero(path)) ? [] : [{ argument: 'mounts', api: '1.45' }]),
  ];
}

// ---- Update ------------------------------------------------------------------------------------------------------

const UPDATED: ReadonlySet<string> = new Set([
  'memory',
  'memory_swap',
  'memory_reservation',
  'cpus',
  'cpu_period',
  'cpu_quota',
  'cpu_shares',
  'cpu_set',
  'restart',
  'max_retry_count',
]);

export function isUpdated(name: string): boolean {
  return UPDATED.has(name);
}

/**
 * Only what changes, as one bad field refuses the whole call. Memory and its swap go together: raising one above the
 * other's old value is refused, and a limit without swap means twice the memory, as when it is made.
 */
export function updateBody(whole: PlainObject, changed: ReadonlySet<string>): JsonObject {
  const memory = changed.has('memory') || changed.has('memory_swap');
  // Beside `cpus` period and quota are refused.
  const nano = nanoCpus(plainText(whole.cpus)) ?? 0;
  const bytes = plainNumber(whole.memory) * MIB;
  const swap = isZero(whole.memory_swap) ? 2 * bytes : mebibytes(whole.memory_swap);
  return dropUndefined({
    Memory: memory && bytes > 0 ? bytes : undefined,
    MemorySwap: memory && swap ? swap : undefined,
    MemoryReservation: changed.has('memory_reservation') ? mebibytes(whole.memory_reservation) : undefined,
    NanoCpus: changed.has('cpus') ? nano : undefined,
    CpuPeriod: changed.has('cpu_period') && !nano ? number(whole.cpu_period) : undefined,
    CpuQuota: changed.has('cpu_quota') && !nano ? number(whole.cpu_quota) : undefined,
    CpuShares: changed.has('cpu_shares') ? number(whole.cpu_shares) : undefined,
    CpusetCpus: changed.has('cpu_set') ? text(whole.cpu_set) : undefined,
    RestartPolicy: changed.has('restart') || changed.has('max_retry_count') ? restartPolicy(whole) : undefined,
  });
}

// ---- Fields ------------------------------------------------------------------------------------------------------

function text(plain: Plain | undefined): string | undefined {
  return plainText(plain) || undefined;
}

function number(plain: Plain | undefined): number | undefined {
  return plainNumber(plain) || undefined;
}

function mebibytes(plain: Plain | undefined): number | undefined {
  const value = plainNumber(plain);
  return value > 0 ? value * MIB : value || undefined;
}

function listed(plain: Plain | undefined): Json | undefined {
  const items = plainTexts(plain);
  return items.length === 0 ? undefined : items;
}

/** Sets come in the order of their elements, which is also what is effective where the last of two counts. */
function sorted(plain: Plain | undefined): Json | undefined {
  return listed(plain);
}

function textMap(plain: Plain | undefined): Json | undefined {
  const entries = plainEntries(plain).map(([name, value]) => [name, plainText(value)] as const);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function labelMap(plain: Plain | undefined): Json | undefined {
  const entries = plainList(plain).map((item) => {
    const block = plainObject(item);
    return [plainText(block.label), plainText(block.value)] as const;
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function each(plain: Plain | undefined, form: (block: PlainObject) => JsonObject): Json | undefined {
  const items = plainList(plain).map((item) => form(plainObject(item)));
  return items.length === 0 ? undefined : items;
}

function keyed(names: readonly string[]): Json | undefined {
  return names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, {}]));
}

function dropUndefined(fields: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

/**
 * A service of the engine in the form of the schema. What the engine keeps in another notation or order than it was
 * written in stays as `before` has it, as long as both mean the same. Asks nothing.
 */
import type { BlockContents } from '../../core/config/schema.ts';
import { setValue } from '../../core/value/set.ts';
import { STRING } from '../../core/value/type.ts';
import {
  type ObjectValue,
  type Value,
  boolValue,
  listValue,
  nullValue,
  numberValue,
  objectValue,
  stringValue,
} from '../../core/value/value.ts';
import { blocksAt, labelSet, numberAt, textAt, textMapValue, withAttributes } from './attributes.ts';
import { formatDurationNs } from './duration.ts';
import { type Inspected, fieldOf, flagOf, listOf, numberOf, textMapOf, textOf, textsOf } from './inspect.ts';
import { serviceSchema } from './schema/service.ts';
import { blockType, elementsOf } from './sdk-plan.ts';

/** IDs of networks by their names. */
export type NetworkIds = ReadonlyMap<string, string>;

/** @param before what the state or the plan has; its notations are kept */
export function serviceValue(observed: Inspected, before?: ObjectValue, networks: NetworkIds = new Map()): ObjectValue {
  const spec = fieldOf(observed, 'Spec');
  const value = objectValue([
    ['id', stringValue(textOf(observed, 'ID'))],
    ['name', stringValue(textOf(spec, 'Name'))],
    ['auth', before?.attributes.get('auth') ?? blocks(serviceSchema, 'auth', [])],
    ['labels', labelSet(textMapOf(spec, 'Labels'))],
    ['task_spec', blocks(serviceSchema, 'task_spec', [taskValue(fieldOf(spec, 'TaskTemplate'), before, networks)])],
    ['mode', blocks(serviceSchema, 'mode', [modeValue(fieldOf(spec, 'Mode'))])],
    ['update_config', rollout(spec, 'UpdateConfig', 'update_config')],
    ['rollback_config', rollout(spec, 'RollbackConfig', 'rollback_config')],
    ['endpoint_spec', endpointValue(observed, before)],
    ['converge_config', before?.attributes.get('converge_config') ?? blocks(serviceSchema, 'converge_config', [])],
  ]);
  return before === undefined ? value : keepNotation(serviceSchema, value, before);
}

// ---- Parts of the schema -----------------------------------------------------------------------------------------

function contentsAt(...path: readonly string[]): BlockContents {
  let contents: BlockContents = serviceSchema;
  for (const name of path) contents = contents.blocks[name] ?? { attributes: {}, blocks: {} };
  return contents;
}

const TASK = contentsAt('task_spec');
const CONTAINER = contentsAt('task_spec', 'container_spec');
const PRIVILEGES = contentsAt('task_spec', 'container_spec', 'privileges');
const MOUNTS = contentsAt('task_spec', 'container_spec', 'mounts');
const RESOURCES = contentsAt('task_spec', 'resources');
const RESERVATION = contentsAt('task_spec', 'resources', 'reservation');
const PLACEMENT = contentsAt('task_spec', 'placement');
const MODE = contentsAt('mode');
const ENDPOINT = contentsAt('endpoint_spec');

/** The blocks of one name: a list or a set, as the schema has it. */
function blocks(contents: BlockContents, name: string, elements: readonly ObjectValue[]): Value {
  const block = contents.blocks[name];
  const type = block === undefined ? undefined : blockType(block);
  if (type?.kind === 'set') return setValue(type.element, elements);
  return listValue(type?.kind === 'list' ? type.element : STRING, elements);
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** No block where the engine has nothing at all. */
function optionalBlock(
  contents: BlockContents,
  name: string,
  observed: unknown,
  read: (it: unknown) => ObjectValue,
): Value {
  return blocks(contents, name, isThere(observed) ? [read(observed)] : []);
}

function texts(values: readonly string[]): Value {
  return listValue(
    STRING,
    values.map((text) => stringValue(text)),
  );
}

/** The peer stores null for lists that are not there in some places. */
function textsOrNull(observed: unknown, name: string): Value {
  return isThere(fieldOf(observed, name))
    ? texts(textsOf(observed, name))
    : nullValue({ kind: 'list', element: STRING });
}

function textSet(values: readonly string[]): Value {
  return setValue(
    STRING,
    values.map((text) => stringValue(text)),
  );
}

/** As the peer shortens it: `1m0s` is `1m`. Empty where the engine has none. */
function durationOr(observed: unknown, name: string, absent: string): Value {
  const ns = fieldOf(observed, name);
  return stringValue(typeof ns === 'number' ? shortDuration(ns) : absent);
}

export function shortDuration(ns: number): string {
  return formatDurationNs(ns).replace(/m0s$/, 'm').replace(/h0m$/, 'h');
}

// ---- Task --------------------------------------------------------------------------------------------------------

function taskValue(task: unknown, before: ObjectValue | undefined, networks: NetworkIds): ObjectValue {
  const old = before === undefined ? undefined : blocksAt(before, 'task_spec')[0];
  return objectValue([
    ['force_update', numberValue(numberOf(task, 'ForceUpdate'))],
    ['runtime', stringValue(textOf(task, 'Runtime') || 'container')],
    ['container_spec', blocks(TASK, 'container_spec', [containerValue(fieldOf(task, 'ContainerSpec'), old)])],
    ['resources', optionalBlock(TASK, 'resources', fieldOf(task, 'Resources'), resourcesValue)],
    ['restart_policy', optionalBlock(TASK, 'restart_policy', fieldOf(task, 'RestartPolicy'), restartValue)],
    ['placement', optionalBlock(TASK, 'placement', fieldOf(task, 'Placement'), placementValue)],
    ['networks_advanced', blocks(TASK, 'networks_advanced', networkValues(task, old, networks))],
    ['log_driver', optionalBlock(TASK, 'log_driver', fieldOf(task, 'LogDriver'), logDriverValue)],
  ]);
}

function containerValue(spec: unknown, task: ObjectValue | undefined): ObjectValue {
  const old = task === undefined ? undefined : blocksAt(task, 'container_spec')[0];
  const files = (word: 'secret' | 'config'): readonly ObjectValue[] =>
    listOf(spec, `${capitalized(word)}s`).map((it) =>
      fileValue(it, word, old === undefined ? [] : blocksAt(old, `${word}s`)),
    );
  const text = (name: string): Value => stringValue(textOf(spec, name));
  return objectValue([
    ['image', text('Image')],
    ['command', texts(textsOf(spec, 'Command'))],
    ['args', texts(textsOf(spec, 'Args'))],
    ['hostname', text('Hostname')],
    ['env', textMapValue(environment(textsOf(spec, 'Env')))],
    ['dir', text('Dir')],
    ['user', text('User')],
    ['groups', texts(textsOf(spec, 'Groups'))],
    ['read_only', boolValue(flagOf(spec, 'ReadOnly'))],
    ['stop_signal', text('StopSignal')],
    ['stop_grace_period', durationOr(spec, 'StopGracePeriod', '')],
    ['isolation', stringValue(textOf(spec, 'Isolation') || 'default')],
    ['sysctl', textMapValue(textMapOf(spec, 'Sysctls'))],
    ['cap_add', texts(textsOf(spec, 'CapabilityAdd'))],
    ['cap_drop', texts(textsOf(spec, 'CapabilityDrop'))],
    ['init', boolValue(flagOf(spec, 'Init'))],
    ['labels', labelSet(textMapOf(spec, 'Labels'))],
    ['privileges', optionalBlock(CONTAINER, 'privileges', fieldOf(spec, 'Privileges'), privilegesValue)],
    ['mounts', blocks(CONTAINER, 'mounts', listOf(spec, 'Mounts').map(mountValue))],
    ['healthcheck', optionalBlock(CONTAINER, 'healthcheck', fieldOf(spec, 'Healthcheck'), healthcheckValue)],
    ['hosts', blocks(CONTAINER, 'hosts', textsOf(spec, 'Hosts').map(hostValue))],
    ['dns_config', optionalBlock(CONTAINER, 'dns_config', fieldOf(spec, 'DNSConfig'), dnsValue)],
    ['secrets', blocks(CONTAINER, 'secrets', files('secret'))],
    ['configs', blocks(CONTAINER, 'configs', files('config'))],
  ]);
}

function environment(entries: readonly string[]): readonly (readonly [string, string])[] {
  const pairs = entries.map((entry) => {
    const equals = entry.indexOf('=');
    return equals === -1 ? ([entry, ''] as const) : ([entry.slice(0, equals), entry.slice(equals + 1)] as const);
  });
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1));
}

function privilegesValue(privileges: unknown): ObjectValue {
  const flags = (it: unknown): ObjectValue =>
    objectValue([
      ['disable', boolValue(flagOf(it, 'Disable'))],
      ...['user', 'role', 'type', 'level'].map((name) => [name, stringValue(textOf(it, capitalized(name)))] as const),
    ]);
  const credential = (it: unknown): ObjectValue =>
    objectValue([
      ['file', stringValue(textOf(it, 'File'))],
      ['registry', stringValue(textOf(it, 'Registry'))],
    ]);
  return objectValue([
    [
      'credential_spec',
      optionalBlock(PRIVILEGES, 'credential_spec', fieldOf(privileges, 'CredentialSpec'), credential),
    ],
    ['se_linux_context', optionalBlock(PRIVILEGES, 'se_linux_context', fieldOf(privileges, 'SELinuxContext'), flags)],
  ]);
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function mountValue(mount: unknown): ObjectValue {
  const volumeOptions = contentsAt('task_spec', 'container_spec', 'mounts', 'volume_options');
  const volume = (it: unknown): ObjectValue =>
    objectValue([
      ['no_copy', boolValue(flagOf(it, 'NoCopy'))],
      ['driver_name', stringValue(textOf(it, 'DriverConfig', 'Name'))],
      ['driver_options', textMapValue(textMapOf(it, 'DriverConfig', 'Options'))],
      ['labels', blocks(volumeOptions, 'labels', labelElements(textMapOf(it, 'Labels')))],
    ]);
  const tmpfs = (it: unknown): ObjectValue =>
    objectValue([
      ['size_bytes', numberValue(numberOf(it, 'SizeBytes'))],
      ['mode', numberValue(numberOf(it, 'Mode'))],
    ]);
  const bind = (it: unknown): ObjectValue => objectValue([['propagation', stringValue(textOf(it, 'Propagation'))]]);
  return objectValue([
    ['target', stringValue(textOf(mount, 'Target'))],
    ['source', stringValue(textOf(mount, 'Source'))],
    ['type', stringValue(textOf(mount, 'Type'))],
    ['read_only', boolValue(flagOf(mount, 'ReadOnly'))],
    ['bind_options', optionalBlock(MOUNTS, 'bind_options', fieldOf(mount, 'BindOptions'), bind)],
    ['volume_options', optionalBlock(MOUNTS, 'volume_options', fieldOf(mount, 'VolumeOptions'), volume)],
    ['tmpfs_options', optionalBlock(MOUNTS, 'tmpfs_options', fieldOf(mount, 'TmpfsOptions'), tmpfs)],
  ]);
}

function labelElements(labels: ReadonlyMap<string, string>): readonly ObjectValue[] {
  return elementsOf(labelSet(labels)).filter((element): element is ObjectValue => element.kind === 'object');
}

function healthcheckValue(healthcheck: unknown): ObjectValue {
  return objectValue([
    ['test', texts(textsOf(healthcheck, 'Test'))],
    ['interval', durationOr(healthcheck, 'Interval', '0s')],
    ['timeout', durationOr(healthcheck, 'Timeout', '0s')],
    ['start_period', durationOr(healthcheck, 'StartPeriod', '0s')],
    ['retries', numberValue(numberOf(healthcheck, 'Retries'))],
  ]);
}

/** The engine has a line of /etc/hosts: the address, then the name. */
function hostValue(line: string): ObjectValue {
  const [ip = '', ...names] = line.split(' ');
  return objectValue([
    ['ip', stringValue(ip)],
    ['host', stringValue(names.join(' '))],
  ]);
}

function dnsValue(dns: unknown): ObjectValue {
  return objectValue([
    ['nameservers', textsOrNull(dns, 'Nameservers')],
    ['search', textsOrNull(dns, 'Search')],
    ['options', textsOrNull(dns, 'Options')],
  ]);
}

/** The ID says which one it is; the name stays as it was written, also where the object bears a derived one. */
function fileValue(reference: unknown, word: 'secret' | 'config', before: readonly ObjectValue[]): ObjectValue {
  const file = fieldOf(reference, 'File');
  const id = textOf(reference, `${capitalized(word)}ID`);
  const old = before.find((it) => textAt(it, `${word}_id`) === id)?.attributes.get(`${word}_name`);
  return objectValue([
    [`${word}_id`, stringValue(id)],
    [`${word}_name`, old ?? stringValue(textOf(reference, `${capitalized(word)}Name`))],
    ['file_name', stringValue(textOf(file, 'Name'))],
    ['file_uid', stringValue(textOf(file, 'UID'))],
    ['file_gid', stringValue(textOf(file, 'GID'))],
    ['file_mode', numberValue(numberOf(file, 'Mode'))],
  ]);
}

function resourcesValue(resources: unknown): ObjectValue {
  const amounts = (it: unknown): [string, Value][] => [
    ['nano_cpus', numberValue(numberOf(it, 'NanoCPUs'))],
    ['memory_bytes', numberValue(numberOf(it, 'MemoryBytes'))],
  ];
  const reservation = (it: unknown): ObjectValue =>
    objectValue([
      ...amounts(it),
      ['generic_resources', optionalBlock(RESERVATION, 'generic_resources', presentList(it), genericValue)],
    ]);
  return objectValue([
    ['limits', optionalBlock(RESOURCES, 'limits', fieldOf(resources, 'Limits'), (it) => objectValue(amounts(it)))],
    ['reservation', optionalBlock(RESOURCES, 'reservation', fieldOf(resources, 'Reservations'), reservation)],
  ]);
}

function presentList(reservation: unknown): unknown {
  const generic = listOf(reservation, 'GenericResources');
  return generic.length === 0 ? undefined : generic;
}

function genericValue(resources: unknown): ObjectValue {
  const list = Array.isArray(resources) ? resources : [];
  const named = list.filter((it) => isThere(fieldOf(it, 'NamedResourceSpec')));
  const discrete = list.filter((it) => isThere(fieldOf(it, 'DiscreteResourceSpec')));
  const names = named.map(
    (it) => `${textOf(it, 'NamedResourceSpec', 'Kind')}=${textOf(it, 'NamedResourceSpec', 'Value')}`,
  );
  const counts = discrete.map(
    (it) => `${textOf(it, 'DiscreteResourceSpec', 'Kind')}=${numberOf(it, 'DiscreteResourceSpec', 'Value')}`,
  );
  return objectValue([
    ['named_resources_spec', textSet(names)],
    ['discrete_resources_spec', textSet(counts)],
  ]);
}

function restartValue(policy: unknown): ObjectValue {
  return objectValue([
    ['condition', stringValue(textOf(policy, 'Condition'))],
    ['delay', durationOr(policy, 'Delay', '')],
    ['max_attempts', numberValue(numberOf(policy, 'MaxAttempts'))],
    ['window', durationOr(policy, 'Window', '')],
  ]);
}

function placementValue(placement: unknown): ObjectValue {
  const platforms = listOf(placement, 'Platforms').map((it) =>
    objectValue([
      ['architecture', stringValue(textOf(it, 'Architecture'))],
      ['os', stringValue(textOf(it, 'OS'))],
    ]),
  );
  const prefs = listOf(placement, 'Preferences').map((it) => textOf(it, 'Spread', 'SpreadDescriptor'));
  return objectValue([
    ['constraints', textSet(textsOf(placement, 'Constraints'))],
    ['prefs', textSet(prefs)],
    ['max_replicas', numberValue(numberOf(placement, 'MaxReplicas'))],
    ['platforms', blocks(PLACEMENT, 'platforms', platforms)],
  ]);
}

/** A network that the state has by its name stays so. */
function networkValues(task: unknown, old: ObjectValue | undefined, networks: NetworkIds): readonly ObjectValue[] {
  const named = old === undefined ? [] : blocksAt(old, 'networks_advanced');
  return listOf(task, 'Networks').map((network) => {
    const id = textOf(network, 'Target');
    const before = named.find((it) => networkTarget(it, networks) === id);
    const options = [...textMapOf(network, 'DriverOpts')].map(([name, text]) => `${name}=${text}`);
    return objectValue([
      ['name', before?.attributes.get('name') ?? stringValue('')],
      ['id', before?.attributes.get('id') ?? stringValue(id)],
      ['aliases', textSet(textsOf(network, 'Aliases'))],
      ['driver_opts', textSet(options)],
    ]);
  });
}

/** ID of the network that a block means; the text itself when it is no known name. */
export function networkTarget(network: ObjectValue, networks: NetworkIds): string {
  const text = textAt(network, 'id') || textAt(network, 'name') || '';
  return networks.get(text) ?? text;
}

function logDriverValue(driver: unknown): ObjectValue {
  return objectValue([
    ['name', stringValue(textOf(driver, 'Name'))],
    ['options', textMapValue(textMapOf(driver, 'Options'))],
  ]);
}

// ---- Service -----------------------------------------------------------------------------------------------------

function modeValue(mode: unknown): ObjectValue {
  const replicated = fieldOf(mode, 'Replicated');
  const replicas = (it: unknown): ObjectValue => objectValue([['replicas', numberValue(numberOf(it, 'Replicas'))]]);
  return objectValue([
    ['global', boolValue(isThere(fieldOf(mode, 'Global')))],
    ['replicated', optionalBlock(MODE, 'replicated', replicated, replicas)],
  ]);
}

function rollout(spec: unknown, field: string, name: string): Value {
  return optionalBlock(serviceSchema, name, fieldOf(spec, field), (it) =>
    objectValue([
      ['parallelism', numberValue(numberOf(it, 'Parallelism'))],
      ['delay', durationOr(it, 'Delay', '0s')],
      ['failure_action', stringValue(textOf(it, 'FailureAction'))],
      ['monitor', durationOr(it, 'Monitor', '0s')],
      ['max_failure_ratio', stringValue(ratioText(numberOf(it, 'MaxFailureRatio')))],
      ['order', stringValue(textOf(it, 'Order'))],
    ]),
  );
}

function ratioText(ratio: number): string {
  return Number.isInteger(ratio) ? ratio.toFixed(1) : String(ratio);
}

/** What is published now counts before what was asked for: it has the ports that the engine chose. */
function endpointValue(observed: Inspected, before: ObjectValue | undefined): Value {
  const asked = fieldOf(observed, 'Spec', 'EndpointSpec');
  const actual = fieldOf(observed, 'Endpoint');
  const published = listOf(actual, 'Ports');
  const ports = published.length > 0 ? published : listOf(asked, 'Ports');
  const mode = textOf(actual, 'Spec', 'Mode') || textOf(asked, 'Mode');
  if (mode === '' && ports.length === 0) return blocks(serviceSchema, 'endpoint_spec', []);
  const old = before === undefined ? undefined : blocksAt(before, 'endpoint_spec')[0];
  const values = inOrderOf(old === undefined ? [] : blocksAt(old, 'ports'), ports.map(portValue));
  return blocks(serviceSchema, 'endpoint_spec', [
    objectValue([
      ['mode', stringValue(mode)],
      ['ports', blocks(ENDPOINT, 'ports', values)],
    ]),
  ]);
}

function portValue(port: unknown): ObjectValue {
  return objectValue([
    ['name', stringValue(textOf(port, 'Name'))],
    ['protocol', stringValue(textOf(port, 'Protocol') || 'tcp')],
    ['target_port', numberValue(numberOf(port, 'TargetPort'))],
    ['published_port', numberValue(numberOf(port, 'PublishedPort'))],
    ['publish_mode', stringValue(textOf(port, 'PublishMode') || 'ingress')],
  ]);
}

/** The engine may list ports in another order than they were written in; the order means nothing. */
function inOrderOf(before: readonly ObjectValue[], ports: readonly ObjectValue[]): readonly ObjectValue[] {
  const rest = [...ports];
  const sorted = before.flatMap((old) => {
    const index = rest.findIndex((port) => samePort(old, port));
    return index === -1 ? [] : rest.splice(index, 1);
  });
  return [...sorted, ...rest];
}

function samePort(a: ObjectValue, b: ObjectValue): boolean {
  const published = numberAt(a, 'published_port');
  return (
    numberAt(a, 'target_port') === numberAt(b, 'target_port') &&
    (textAt(a, 'protocol') ?? 'tcp') === textAt(b, 'protocol') &&
    (textAt(a, 'publish_mode') ?? 'ingress') === textAt(b, 'publish_mode') &&
    (published === undefined || published === 0 || published === numberAt(b, 'published_port'))
  );
}

// ---- Notations ---------------------------------------------------------------------------------------------------

/** Texts of `before` in the places of texts that mean the same. Elements of sets are matched by the plan instead. */
function keepNotation(contents: BlockContents, value: ObjectValue, before: ObjectValue): ObjectValue {
  const changes: [string, Value][] = [];
  for (const [name, schema] of Object.entries(contents.attributes)) {
    const [now, old] = [value.attributes.get(name), before.attributes.get(name)];
    if (now && old && isKnown(now) && isKnown(old) && schema.sameMeaning?.(now, old)) changes.push([name, old]);
  }
  for (const [name, block] of Object.entries(contents.blocks)) {
    const [now, old] = [value.attributes.get(name), before.attributes.get(name)];
    if (block.nesting !== 'list' || now?.kind !== 'list' || old?.kind !== 'list') continue;
    const elements = now.elements.map((element, index) => {
      const other = old.elements[index];
      return element.kind === 'object' && other?.kind === 'object' ? keepNotation(block, element, other) : element;
    });
    changes.push([name, listValue(now.element, elements)]);
  }
  return withAttributes(value, changes);
}

function isKnown(value: Value): boolean {
  return value.kind !== 'unknown' && value.kind !== 'null';
}

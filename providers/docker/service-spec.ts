/**
 * A planned service as the engine takes it, and the part of it that differs between two. Only what differs is laid over
 * the live object, so that an unrelated change never makes the tasks anew. Null stands for what is not to be there.
 */
import type { Json, JsonObject } from '../../core/value/json.ts';
import type { ObjectValue } from '../../core/value/value.ts';
import { blocksAt, flagAt, labelsAt, numberAt, textAt, textMapAt, textsAt } from './attributes.ts';
import { parseDurationNs } from './duration.ts';
import { type Inspected, recordOf } from './inspect.ts';

/** The whole request; what is not known yet is left to the engine. */
export function serviceSpec(value: ObjectValue): JsonObject {
  const [task, mode] = [blocksAt(value, 'task_spec')[0], blocksAt(value, 'mode')[0]];
  return {
    Name: textAt(value, 'name') ?? '',
    Labels: labelsAt(value, 'labels'),
    TaskTemplate: task === undefined ? {} : taskSpec(task),
    Mode: modeSpec(mode),
    UpdateConfig: rolloutSpec(blocksAt(value, 'update_config')[0]),
    RollbackConfig: rolloutSpec(blocksAt(value, 'rollback_config')[0]),
    EndpointSpec: endpointSpec(blocksAt(value, 'endpoint_spec')[0]),
  };
}

// ---- Task --------------------------------------------------------------------------------------------------------

function taskSpec(task: ObjectValue): JsonObject {
  const container = blocksAt(task, 'container_spec')[0];
  return {
    ContainerSpec: container === undefined ? {} : containerSpec(container),
    Resources: resourcesSpec(blocksAt(task, 'resources')[0]),
    RestartPolicy: restartSpec(blocksAt(task, 'restart_policy')[0]),
    Placement: placementSpec(blocksAt(task, 'placement')[0]),
    Networks: blocksAt(task, 'networks_advanced').map(networkSpec),
    LogDriver: logDriverSpec(blocksAt(task, 'log_driver')[0]),
    ForceUpdate: numberAt(task, 'force_update') ?? 0,
    Runtime: textAt(task, 'runtime') || 'container',
  };
}

function containerSpec(container: ObjectValue): JsonObject {
  const text = (name: string): string | null => textAt(container, name) || null;
  const texts = (name: string): readonly string[] | null => nothingIsNull(textsAt(container, name));
  return {
    Image: textAt(container, 'image') ?? '',
    Command: texts('command'),
    Args: texts('args'),
    Hostname: text('hostname'),
    Env: nothingIsNull(Object.entries(textMapAt(container, 'env')).map(([name, value]) => `${name}=${value}`)),
    Dir: text('dir'),
    User: text('user'),
    Groups: texts('groups'),
    ReadOnly: flagAt(container, 'read_only') ?? false,
    StopSignal: text('stop_signal'),
    StopGracePeriod: nanoseconds(textAt(container, 'stop_grace_period')),
    Isolation: text('isolation'),
    Sysctls: textMapAt(container, 'sysctl'),
    CapabilityAdd: texts('cap_add'),
    CapabilityDrop: texts('cap_drop'),
    Init: flagAt(container, 'init') ?? null,
    Labels: labelsAt(container, 'labels'),
    Privileges: privilegesSpec(blocksAt(container, 'privileges')[0]),
    Mounts: nothingIsNull(blocksAt(container, 'mounts').map(mountSpec)),
    Healthcheck: healthcheckSpec(blocksAt(container, 'healthcheck')[0]),
    Hosts: nothingIsNull(
      blocksAt(container, 'hosts').map((it) => `${textAt(it, 'ip') ?? ''} ${textAt(it, 'host') ?? ''}`),
    ),
    DNSConfig: dnsSpec(blocksAt(container, 'dns_config')[0]),
    Secrets: nothingIsNull(blocksAt(container, 'secrets').map((it) => fileSpec(it, 'secret', 'Secret'))),
    Configs: nothingIsNull(blocksAt(container, 'configs').map((it) => fileSpec(it, 'config', 'Config'))),
  };
}

function nothingIsNull<T>(values: readonly T[]): readonly T[] | null {
  return values.length === 0 ? null : values;
}

/** Null for no text at all: the engine has a default of its own then. */
function nanoseconds(text: string | undefined): number | null {
  return text === undefined || text === '' ? null : (parseDurationNs(text) ?? null);
}

function privilegesSpec(privileges: ObjectValue | undefined): JsonObject | null {
  if (privileges === undefined) return null;
  const [credential, labels] = [
    blocksAt(privileges, 'credential_spec')[0],
    blocksAt(privileges, 'se_linux_context')[0],
  ];
  return {
    CredentialSpec: credential === undefined ? null : credentialSpec(credential),
    SELinuxContext: labels === undefined ? null : seLinuxSpec(labels),
  };
}

function credentialSpec(credential: ObjectValue): JsonObject {
  const [file, registry] = [textAt(credential, 'file') ?? '', textAt(credential, 'registry') ?? ''];
  return { ...(file === '' ? {} : { File: file }), ...(registry === '' ? {} : { Registry: registry }) };
}

function seLinuxSpec(labels: ObjectValue): JsonObject {
  return {
    Disable: flagAt(labels, 'disable') ?? false,
    User: textAt(labels, 'user') ?? '',
    Role: textAt(labels, 'role') ?? '',
    Type: textAt(labels, 'type') ?? '',
    Level: textAt(labels, 'level') ?? '',
  };
}

function mountSpec(mount: ObjectValue): JsonObject {
  const [bind, volume, tmpfs] = ['bind_options', 'volume_options', 'tmpfs_options'].map(
    (name) => blocksAt(mount, name)[0],
  );
  const source = textAt(mount, 'source') ?? '';
  return {
    Type: textAt(mount, 'type') ?? '',
    ...(source === '' ? {} : { Source: source }),
    Target: textAt(mount, 'target') ?? '',
    ReadOnly: flagAt(mount, 'read_only') ?? false,
    ...(bind === undefined ? {} : { BindOptions: { Propagation: textAt(bind, 'propagation') ?? '' } }),
    ...(volume === undefined ? {} : { VolumeOptions: volumeOptions(volume) }),
    ...(tmpfs === undefined ? {} : { TmpfsOptions: tmpfsOptions(tmpfs) }),
  };
}

function volumeOptions(volume: ObjectValue): JsonObject {
  const name = textAt(volume, 'driver_name') ?? '';
  return {
    NoCopy: flagAt(volume, 'no_copy') ?? false,
    Labels: labelsAt(volume, 'labels'),
    DriverConfig: { ...(name === '' ? {} : { Name: name }), Options: textMapAt(volume, 'driver_options') },
  };
}

function tmpfsOptions(tmpfs: ObjectValue): JsonObject {
  return { SizeBytes: numberAt(tmpfs, 'size_bytes') ?? 0, Mode: numberAt(tmpfs, 'mode') ?? 0 };
}

function healthcheckSpec(healthcheck: ObjectValue | undefined): JsonObject {
  if (healthcheck === undefined) return {};
  const entries: [string, Json][] = [
    ['Test', nothingIsNull(textsAt(healthcheck, 'test'))],
    ['Interval', nanoseconds(textAt(healthcheck, 'interval'))],
    ['Timeout', nanoseconds(textAt(healthcheck, 'timeout'))],
    ['StartPeriod', nanoseconds(textAt(healthcheck, 'start_period'))],
    ['Retries', numberAt(healthcheck, 'retries') ?? 0],
  ];
  return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== 0));
}

function dnsSpec(dns: ObjectValue | undefined): JsonObject {
  if (dns === undefined) return {};
  const entries = ['Nameservers', 'Search', 'Options'].map((name) => [name, textsAt(dns, name.toLowerCase())] as const);
  return Object.fromEntries(entries.filter(([, values]) => values.length > 0));
}

function fileSpec(file: ObjectValue, word: string, title: string): JsonObject {
  return {
    [`${title}ID`]: textAt(file, `${word}_id`) ?? '',
    [`${title}Name`]: textAt(file, `${word}_name`) ?? '',
    File: {
      Name: textAt(file, 'file_name') ?? '',
      UID: textAt(file, 'file_uid') || '0',
      GID: textAt(file, 'file_gid') || '0',
      Mode: numberAt(file, 'file_mode') ?? 0o444,
    },
  };
}

function resourcesSpec(resources: ObjectValue | undefined): JsonObject {
  if (resources === undefined) return {};
  const [limits, reservation] = [blocksAt(resources, 'limits')[0], blocksAt(resources, 'reservation')[0]];
  return {
    ...(limits === undefined ? {} : { Limits: amounts(limits) }),
    ...(reservation === undefined ? {} : { Reservations: { ...amounts(reservation), ...genericSpec(reservation) } }),
  };
}

function amounts(block: ObjectValue): JsonObject {
  return { NanoCPUs: numberAt(block, 'nano_cpus') ?? 0, MemoryBytes: numberAt(block, 'memory_bytes') ?? 0 };
}

function genericSpec(reservation: ObjectValue): JsonObject {
  const generic = blocksAt(reservation, 'generic_resources')[0];
  if (generic === undefined) return {};
  const named = textsAt(generic, 'named_resources_spec').map((text) => {
    const [kind, value] = halves(text);
    return { NamedResourceSpec: { Kind: kind, Value: value } };
  });
  const discrete = textsAt(generic, 'discrete_resources_spec').map((text) => {
    const [kind, value] = halves(text);
    return { DiscreteResourceSpec: { Kind: kind, Value: Number(value) || 0 } };
  });
  return { GenericResources: [...named, ...discrete] };
}

function halves(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  return equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}

/** What a written block leaves out is 0, as with the peer; what the engine reported as not there stays so. */
function restartSpec(policy: ObjectValue | undefined): JsonObject {
  if (policy === undefined) return {};
  const time = (name: string): JsonObject => {
    const text = textAt(policy, name.toLowerCase());
    return text === '' ? {} : { [name]: nanoseconds(text) ?? 0 };
  };
  const condition = textAt(policy, 'condition') ?? '';
  return {
    ...(condition === '' ? {} : { Condition: condition }),
    ...time('Delay'),
    MaxAttempts: numberAt(policy, 'max_attempts') ?? 0,
    ...time('Window'),
  };
}

function placementSpec(placement: ObjectValue | undefined): JsonObject {
  if (placement === undefined) return {};
  const platforms = blocksAt(placement, 'platforms').map((it) => ({
    Architecture: textAt(it, 'architecture') ?? '',
    OS: textAt(it, 'os') ?? '',
  }));
  const prefs = textsAt(placement, 'prefs').map((it) => ({ Spread: { SpreadDescriptor: it } }));
  return {
    Constraints: textsAt(placement, 'constraints'),
    Preferences: prefs,
    MaxReplicas: numberAt(placement, 'max_replicas') ?? 0,
    Platforms: platforms,
  };
}

function networkSpec(network: ObjectValue): JsonObject {
  const options = textsAt(network, 'driver_opts').map(halves);
  return {
    Target: textAt(network, 'id') || textAt(network, 'name') || '',
    Aliases: textsAt(network, 'aliases'),
    DriverOpts: Object.fromEntries(options),
  };
}

function logDriverSpec(driver: ObjectValue | undefined): JsonObject | null {
  return driver === undefined ? null : { Name: textAt(driver, 'name') ?? '', Options: textMapAt(driver, 'options') };
}

// ---- Service -----------------------------------------------------------------------------------------------------

function modeSpec(mode: ObjectValue | undefined): JsonObject {
  if (mode !== undefined && flagAt(mode, 'global') === true) return { Global: {} };
  const replicated = mode === undefined ? undefined : blocksAt(mode, 'replicated')[0];
  return { Replicated: { Replicas: (replicated && numberAt(replicated, 'replicas')) ?? 1 } };
}

function rolloutSpec(rollout: ObjectValue | undefined): JsonObject | null {
  if (rollout === undefined) return null;
  return {
    Parallelism: numberAt(rollout, 'parallelism') ?? 1,
    Delay: nanoseconds(textAt(rollout, 'delay')) ?? 0,
    FailureAction: textAt(rollout, 'failure_action') || 'pause',
    Monitor: nanoseconds(textAt(rollout, 'monitor')) ?? 5e9,
    MaxFailureRatio: Number(textAt(rollout, 'max_failure_ratio') || '0'),
    Order: textAt(rollout, 'order') || 'stop-first',
  };
}

function endpointSpec(endpoint: ObjectValue | undefined): JsonObject {
  if (endpoint === undefined) return {};
  const mode = textAt(endpoint, 'mode') ?? '';
  return { ...(mode === '' ? {} : { Mode: mode }), Ports: blocksAt(endpoint, 'ports').map(portSpec) };
}

function portSpec(port: ObjectValue): JsonObject {
  const name = textAt(port, 'name') ?? '';
  return {
    ...(name === '' ? {} : { Name: name }),
    Protocol: textAt(port, 'protocol') || 'tcp',
    TargetPort: numberAt(port, 'target_port') ?? 0,
    PublishedPort: numberAt(port, 'published_port') ?? 0,
    PublishMode: textAt(port, 'publish_mode') || 'ingress',
  };
}

// ---- Differences -------------------------------------------------------------------------------------------------

/** Objects whose entries are compared one by one; everything below is laid over as a whole. */
const OPEN: ReadonlySet<string> = new Set(['TaskTemplate', 'ContainerSpec']);

/** The entries of `after` that are not as in `before`. */
export function specDifference(before: JsonObject, after: JsonObject): JsonObject {
  const entries: [string, Json][] = [];
  for (const [key, value] of Object.entries(after)) {
    const old = before[key] ?? null;
    if (JSON.stringify(old) === JSON.stringify(value)) continue;
    entries.push([key, OPEN.has(key) && isObject(value) && isObject(old) ? specDifference(old, value) : value]);
  }
  return Object.fromEntries(entries);
}

/** The live object with a difference laid over it; nulls take entries away. */
export function patchedSpec(live: Inspected, patch: Inspected): Inspected {
  const result: Record<string, unknown> = { ...live };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = OPEN.has(key) ? patchedSpec(recordOf(live[key]), recordOf(value)) : value;
  }
  return result;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

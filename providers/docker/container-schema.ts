/**
 * What a `docker_container` may say: every argument with its type, default, rule and how a change of it reaches the
 * container. `change` is the one source of truth for what is done in place. Light, as it is always loaded; it knows
 * nothing of the engine's API.
 */
import type { AttributeSchema, BlockSchema, Schema } from '../../core/config/schema.ts';
import { BOOL, NUMBER, STRING, listType, mapType, objectType, setType } from '../../core/value/type.ts';
import type { ResourceSchema } from '../../core/provider.ts';
import { absoluteHostPath, atLeast, base64Text, durationText, matches } from './container-rules.ts';
import { completeContainer } from './container-legacy.ts';
import { upgradeContainer } from './container-upgrade.ts';
import { validateContainer } from './container-validate.ts';
import { labelsBlock } from './schema/labels.ts';
import { block, computed, oneOf, optional, optionalComputed, required, timeoutsBlock } from './schema/notation.ts';
import { wholeNumber } from './schema/whole-number.ts';

const replace = { change: 'replace' } as const;
const inPlace = { change: 'in-place' } as const;
const bookkeeping = { change: 'bookkeeping' } as const;
const texts = setType(STRING);
const textMap = mapType(STRING);

function limit(least: number, description: string, change: AttributeSchema['change'], rest: object = {}) {
  return optional(NUMBER, description, { change, validate: atLeast(least), ...rest } as Partial<AttributeSchema>);
}

function throttle(what: string): BlockSchema {
  return block(
    'set',
    `Cap on ${what} of a device.`,
    {
      attributes: {
        path: required(STRING, 'Block device on the host.', replace),
        rate: required(NUMBER, `The cap: ${what}.`, { ...replace, validate: atLeast(0) }),
      },
    },
    replace,
  );
}

function legacy(type: AttributeSchema['type'], description: string): AttributeSchema {
  return computed(type, description, { legacy: true, deprecated: 'Use network_data instead.' });
}

const networkDatum = objectType([
  ['network_name', STRING],
  ['ip_address', STRING],
  ['ip_prefix_length', NUMBER],
  ['gateway', STRING],
  ['global_ipv6_address', STRING],
  ['global_ipv6_prefix_length', NUMBER],
  ['ipv6_gateway', STRING],
  ['mac_address', STRING],
]);

const attributes: Readonly<Record<string, AttributeSchema>> = {
  id: optionalComputed(STRING, 'Container ID.'),
  name: required(STRING, 'Container name.', inPlace),
  image: required(STRING, 'Image to run: a name or an ID.', replace),

  // What runs, and as whom.
  command: optionalComputed(listType(STRING), "Arguments; the image's when nothing is said.", replace),
  entrypoint: optionalComputed(
    listType(STRING),
    "Program in front of the arguments; the image's when nothing is said.",
    replace,
  ),
  env: optionalComputed(texts, 'Environment variables as `NAME=value`, beside those of the image.', replace),
  user: optional(STRING, "User, and group behind a colon; the image's when nothing is said.", replace),
  group_add: optional(texts, 'More groups of the process.', replace),
  working_dir: optional(STRING, "Working directory; the image's when nothing is said.", replace),
  hostname: optionalComputed(STRING, 'Host name inside; the short container ID when nothing is said.', replace),
  domainname: optional(STRING, 'Domain name inside.', replace),
  tty: optional(BOOL, 'Give the process a terminal.', { ...replace, default: false }),
  stdin_open: optional(BOOL, 'Keep standard input open.', { ...replace, default: false }),
  init: optionalComputed(BOOL, 'Run an init process that reaps children.', replace),
  stop_signal: optionalComputed(STRING, "Signal that stops the process; the image's when nothing is said.", replace),
  stop_timeout: optionalComputed(NUMBER, 'Seconds between that signal and the kill.', {
    ...replace,
    validate: wholeNumber,
  }),

  // Life.
  start: optional(BOOL, 'Start the container once it is made.', { ...inPlace, default: true }),
  must_run: optional(BOOL, 'Start the container again when it is found stopped.', { ...inPlace, default: true }),
  restart: optional(STRING, 'When the engine starts it again by itself.', {
    ...inPlace,
    default: 'no',
    validate: oneOf('no', 'on-failure', 'always', 'unless-stopped'),
  }),
  max_retry_count: optional(NUMBER, 'How often, with `on-failure`.', { ...inPlace, validate: wholeNumber }),
  rm: optional(BOOL, 'The engine removes the container once it has ended.', { ...replace, default: false }),
  wait: optional(BOOL, 'Wait until the container is healthy.', { ...bookkeeping, default: false }),
  wait_timeout: optional(NUMBER, 'Seconds to wait for that.', { ...bookkeeping, default: 60, validate: wholeNumber }),
  attach: optional(BOOL, 'Wait until the process has ended.', { ...bookkeeping, default: false }),
  logs: optional(BOOL, 'Keep its output in `container_logs`, with `attach`.', { ...bookkeeping, default: false }),
  remove_volumes: optional(BOOL, 'Remove anonymous volumes along with the container.', {
    ...bookkeeping,
    default: true,
  }),
  destroy_grace_seconds: optional(NUMBER, 'Seconds to let the process end when the container is removed.', {
    ...bookkeeping,
    validate: wholeNumber,
  }),
  container_read_refresh_timeout_milliseconds: optional(NUMBER, 'Accepted for compatibility; nothing waits for it.', {
    ...bookkeeping,
    default: 15000,
    validate: wholeNumber,
  }),

  // Resources.
  memory: limit(0, 'Memory limit in MiB.', 'in-place'),
  memory_swap: limit(-1, 'Limit of memory and swap in MiB; -1 is none.', 'in-place'),
  memory_reservation: limit(0, 'Memory in MiB to shrink to when the host runs short.', 'in-place', { default: 0 }),
  cpus: optional(STRING, 'Processors, as in "1.5".', inPlace),
  cpu_period: limit(0, 'Length of a scheduling period in microseconds; not beside `cpus`.', 'in-place'),
  cpu_quota: limit(0, 'Processor time per period in microseconds; not beside `cpus`.', 'in-place'),
  cpu_shares: limit(0, 'Weight among others that want the processor.', 'in-place'),
  cpu_set: optional(STRING, 'Processors it may run on, as in "0-2,4".', {
    ...inPlace,
    validate: matches(/^\d+([,-]\d+)*$/, 'a list of processors such as "0-2,4"'),
  }),
  shm_size: optionalComputed(NUMBER, 'Size of /dev/shm in MiB.', { ...replace, validate: atLeast(0) }),
  gpus: optional(STRING, 'GPUs, as `docker run --gpus` takes them.', replace),

  // Isolation.
  privileged: optional(BOOL, 'Nearly all rights of the host.', replace),
  read_only: optional(BOOL, 'Mount the root file system read-only.', { ...replace, default: false }),
  security_opts: optionalComputed(texts, 'Security options.', replace),
  sysctls: optional(textMap, 'Kernel parameters of its namespaces.', replace),
  runtime: optionalComputed(STRING, "OCI runtime; the engine's default when nothing is said.", replace),
  platform: optionalComputed(STRING, 'Platform, as in "linux/amd64".', replace),
  ipc_mode: optionalComputed(STRING, 'IPC namespace.', replace),
  pid_mode: optional(STRING, 'PID namespace.', replace),
  userns_mode: optional(STRING, 'User namespace.', replace),
  cgroupns_mode: optional(STRING, 'Control group namespace: `private` or `host`.', replace),
  cgroup_parent: optional(STRING, 'Control group above its own.', replace),

  // Network.
  network_mode: optional(STRING, 'Network, or the way it has none of its own.', { ...replace, default: 'bridge' }),
  dns: optional(texts, 'Name servers.', replace),
  dns_opts: optional(texts, 'Options of the resolver.', replace),
  dns_search: optional(texts, 'Domains to search in.', replace),
  publish_all_ports: optional(BOOL, 'Publish every exposed port on a port that the engine chooses.', replace),
  bridge: computed(STRING, 'Bridge of the default network, where the engine says so.'),
  network_data: computed(listType(networkDatum), 'One entry per network that it is connected to.'),
  ip_address: legacy(STRING, 'Address in the first network.'),
  ip_prefix_length: legacy(NUMBER, 'Length of its prefix.'),
  gateway: legacy(STRING, 'Gateway of the first network.'),

  // Storage and logs.
  tmpfs: optional(textMap, 'Folders in memory, with their mount options.', replace),
  storage_opts: optional(textMap, 'Options of the storage driver.', replace),
  log_driver: optionalComputed(STRING, "Logging driver; the engine's default when nothing is said.", replace),
  log_opts: optional(textMap, 'Options of the logging driver.', replace),
  container_logs: computed(STRING, 'Output of the process, with `attach` and `logs`.'),
  exit_code: computed(NUMBER, 'Exit code of the process once it has ended.'),
};

const mounts: BlockSchema = block(
  'set',
  'A mount.',
  {
    attributes: {
      target: required(STRING, 'Where it is mounted.', replace),
      source: optional(STRING, 'Host path or volume name.', replace),
      type: required(STRING, 'Kind of the mount.', { ...replace, validate: oneOf('bind', 'volume', 'tmpfs') }),
      read_only: optional(BOOL, 'Mount it read-only.', replace),
    },
    blocks: {
      bind_options: block(
        'list',
        'For a mount of a host path.',
        {
          attributes: {
            propagation: optional(STRING, 'How mounts beneath it spread.', {
              ...replace,
              validate: oneOf('private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'),
            }),
          },
        },
        { ...replace, maxItems: 1 },
      ),
      volume_options: block(
        'list',
        'For a mount of a volume.',
        {
          attributes: {
            no_copy: optional(BOOL, 'Do not fill a new volume from the image.', replace),
            driver_name: optional(STRING, 'Driver of a volume that the mount makes.', replace),
            driver_options: optional(textMap, 'Options of that driver.', replace),
            subpath: optional(STRING, 'Folder of the volume to mount. Needs an engine with API 1.45.', replace),
          },
          blocks: { labels: labelsBlock('Labels of a volume that the mount makes.') },
        },
        { ...replace, maxItems: 1 },
      ),
      tmpfs_options: block(
        'list',
        'For a file system in memory.',
        {
          attributes: {
            size_bytes: optional(NUMBER, 'Size in bytes.', { ...replace, validate: wholeNumber }),
            mode: optional(NUMBER, 'File mode as a decimal number.', { ...replace, validate: wholeNumber }),
          },
        },
        { ...replace, maxItems: 1 },
      ),
    },
  },
  replace,
);

const volumes: BlockSchema = block(
  'set',
  'A volume or host folder.',
  {
    attributes: {
      from_container: optional(STRING, 'Container whose volumes are taken over.', replace),
      container_path: optional(STRING, 'Where it is mounted.', replace),
      host_path: optional(STRING, 'Folder of the host.', { ...replace, validate: absoluteHostPath }),
      volume_name: optional(STRING, 'Name of a volume.', replace),
      read_only: optional(BOOL, 'Mount it read-only.', replace),
      selinux_relabel: optional(STRING, 'SELinux label: shared or private.', { ...replace, validate: oneOf('z', 'Z') }),
    },
  },
  replace,
);

const ports: BlockSchema = block(
  'list',
  'A published port.',
  {
    attributes: {
      internal: required(NUMBER, 'Port of the container.', { ...replace, validate: wholeNumber }),
      external: optionalComputed(NUMBER, 'Port of the host; the engine chooses when nothing is said.', {
        ...replace,
        validate: wholeNumber,
      }),
      ip: optional(STRING, 'Address of the host.', { ...replace, default: '0.0.0.0' }),
      protocol: optional(STRING, 'Protocol.', { ...replace, default: 'tcp' }),
    },
  },
  replace,
);

const networksAdvanced: BlockSchema = block(
  'set',
  'A network to connect to.',
  {
    attributes: {
      name: required(STRING, 'Name or ID of the network.', inPlace),
      aliases: optional(texts, 'More names on the network.', inPlace),
      ipv4_address: optional(STRING, 'Fixed IPv4 address.', inPlace),
      ipv6_address: optional(STRING, 'Fixed IPv6 address.', inPlace),
      link_local_ips: optional(texts, 'Link-local addresses.', inPlace),
      mac_address: optional(STRING, 'Fixed MAC address.', replace),
      driver_opts: optional(texts, 'Options of the endpoint as `key=value`.', inPlace),
      gw_priority: limit(0, 'Priority as the default gateway. Engines before API 1.48 do not know it.', 'in-place'),
    },
  },
  inPlace,
);

const upload: BlockSchema = block(
  'set',
  'A file to put into the container: exactly one of `content`, `content_base64` and `source`.',
  {
    attributes: {
      content: optional(STRING, 'Text of the file.', inPlace),
      content_base64: optional(STRING, 'Bytes of the file in base64.', { ...inPlace, validate: base64Text }),
      source: optional(STRING, 'Local file.', inPlace),
      source_hash: optional(STRING, 'Changes when the local file does; not needed, as the file is looked at.', inPlace),
      file: required(STRING, 'Path in the container.', inPlace),
      executable: optional(BOOL, 'Mode 0744 instead of 0644.', { ...inPlace, default: false }),
      permissions: optional(STRING, 'Mode in octal, as in "0600".', {
        ...inPlace,
        validate: matches(/^0[0-7]{3}$/, 'a mode such as "0644"'),
      }),
    },
  },
  inPlace,
);

const duration = { ...replace, default: '0s', validate: durationText } as const;

const blocks: Readonly<Record<string, BlockSchema>> = {
  capabilities: block(
    'set',
    'Linux capabilities, with or without `CAP_`.',
    { attributes: { add: optional(texts, 'To grant.', replace), drop: optional(texts, 'To take away.', replace) } },
    { ...replace, maxItems: 1 },
  ),
  mounts,
  volumes,
  ports,
  host: block(
    'set',
    'A line of /etc/hosts.',
    { attributes: { host: required(STRING, 'Name.', replace), ip: required(STRING, 'Address.', replace) } },
    replace,
  ),
  ulimit: block(
    'set',
    'A limit of the process.',
    {
      attributes: {
        name: required(STRING, 'Name of the limit.', replace),
        soft: required(NUMBER, 'What it is.', { ...replace, validate: wholeNumber }),
        hard: required(NUMBER, 'What it can be raised to.', { ...replace, validate: wholeNumber }),
      },
    },
    replace,
  ),
  devices: block(
    'set',
    'A device of the host.',
    {
      attributes: {
        host_path: required(STRING, 'Device on the host.', replace),
        container_path: optional(STRING, 'Its path inside; the same when nothing is said.', replace),
        permissions: optional(STRING, 'What is allowed: r, w, m.', { ...replace, default: 'rwm' }),
      },
    },
    replace,
  ),
  device_read_bps: throttle('bytes read per second'),
  device_read_iops: throttle('reads per second'),
  device_write_bps: throttle('bytes written per second'),
  device_write_iops: throttle('writes per second'),
  device_requests: block(
    'set',
    'Devices that a driver is asked for; not beside `gpus`.',
    {
      attributes: {
        driver: optional(STRING, 'Name of the driver.', { ...replace, default: 'cdi' }),
        count: optional(NUMBER, 'How many; -1 is all.', { ...replace, default: 0, validate: wholeNumber }),
        device_ids: optional(texts, 'Which.', replace),
        capabilities: optional(texts, 'What they must be able to do.', replace),
        options: optional(textMap, 'Options of the driver.', replace),
      },
    },
    replace,
  ),
  labels: { ...labelsBlock('Labels, beside those of the image.'), computed: true },
  networks_advanced: networksAdvanced,
  upload,
  healthcheck: block(
    'list',
    "How health is probed; the image's probe when nothing is said.",
    {
      attributes: {
        test: optional(listType(STRING), 'The probe: CMD, CMD-SHELL or NONE first.', replace),
        interval: optional(STRING, 'Pause between two probes.', duration),
        timeout: optional(STRING, 'Limit of one probe.', duration),
        start_period: optional(STRING, 'Time in which failures do not count.', duration),
        start_interval: optional(STRING, 'Pause between probes in that time. Needs an engine with API 1.44.', duration),
        retries: optional(NUMBER, 'Failures until it is unhealthy.', { ...replace, default: 0, validate: atLeast(0) }),
      },
    },
    { ...replace, maxItems: 1, computed: true },
  ),
  timeouts: timeoutsBlock(['create', 'update', 'delete']),
};

export const containerSchema: Schema = { version: 2, description: 'A container.', attributes, blocks };

export const containerResource: ResourceSchema = {
  schema: containerSchema,
  validate: validateContainer,
  upgrade: upgradeContainer,
  complete: completeContainer,
  importHint: 'name, ID or short ID',
};

/** What a `docker_service` may say. */
import type { AttributeSchema, BlockContents, BlockSchema, Schema } from '../../../core/config/schema.ts';
import { ok } from '../../../core/diag/diagnostic.ts';
import type { AttributePath, Diagnostics } from '../../../core/diag/diagnostic.ts';
import type { ResourceSchema } from '../../../core/provider.ts';
import { type Json, type JsonObject, isJsonArray, isJsonObject } from '../../../core/value/json.ts';
import { BOOL, NUMBER, STRING, listType, mapType, setType } from '../../../core/value/type.ts';
import type { ObjectValue, Value } from '../../../core/value/value.ts';
import { blocksAt } from '../attributes.ts';
import { elementsOf } from '../sdk-plan.ts';
import { parseDurationNs } from '../duration.ts';
import { block, invalid, notEmpty, oneOf, optional, optionalComputed, required } from './notation.ts';
import { changeableLabels } from './swarm.ts';
import { wholeNumber } from './whole-number.ts';

const replace = { change: 'replace' } as const;
const inPlace = { change: 'in-place' } as const;
const strings = listType(STRING);
const one = { ...inPlace, maxItems: 1 } as const;

// ---- Kinds of arguments ------------------------------------------------------------------------------------------

/** Durations mean the same in any notation: 90s is 1m30s. */
function duration(description: string, details: Partial<AttributeSchema> = {}): AttributeSchema {
  return optional(STRING, description, { ...inPlace, validate: durationText, sameMeaning: sameDuration, ...details });
}

function durationText(value: Value, path: AttributePath): Diagnostics {
  if (value.kind !== 'string' || value.value === '') return [];
  const ns = parseDurationNs(value.value);
  if (ns !== undefined && ns >= 0) return [];
  return [invalid(path, `"${value.value}" is not a duration such as "10s" or "1m30s", or it is negative.`)];
}

function sameDuration(a: Value, b: Value): boolean {
  if (a.kind !== 'string' || b.kind !== 'string') return false;
  const [left, right] = [parseDurationNs(a.value), parseDurationNs(b.value)];
  return left !== undefined && left === right;
}

function whole(description: string, details: Partial<AttributeSchema> = {}): AttributeSchema {
  return optional(NUMBER, description, { ...inPlace, validate: wholeNumber, ...details });
}

function count(description: string, details: Partial<AttributeSchema> = {}): AttributeSchema {
  return whole(description, { validate: notNegative, ...details });
}

function notNegative(value: Value, path: AttributePath): Diagnostics {
  if (value.kind === 'number' && typeof value.value === 'number' && value.value < 0)
    return [invalid(path, 'A number below 0 makes no sense here.')];
  return wholeNumber(value, path);
}

function ratio(value: Value, path: AttributePath): Diagnostics {
  if (value.kind !== 'string') return [];
  const number = value.value.trim() === '' ? Number.NaN : Number(value.value);
  if (number >= 0 && number <= 1) return [];
  return [invalid(path, `"${value.value}" is not a number between 0 and 1, such as "0.1".`)];
}

function sameNumber(a: Value, b: Value): boolean {
  return a.kind === 'string' && b.kind === 'string' && Number(a.value) === Number(b.value);
}

// ---- Blocks ------------------------------------------------------------------------------------------------------

const authBlock = block(
  'list',
  'Credentials for the registry, sent to the nodes.',
  {
    attributes: {
      server_address: required(STRING, 'Registry host.', inPlace),
      username: optional(STRING, 'Name to log in with. `DOCKER_REGISTRY_USER` when nothing is said.', {
        ...inPlace,
      }),
      password: optional(STRING, 'Password or token. `DOCKER_REGISTRY_PASS` when nothing is said.', {
        sensitive: true,
        ...inPlace,
      }),
    },
  },
  one,
);

function rolloutBlock(description: string, actions: readonly string[]): BlockSchema {
  return block(
    'list',
    description,
    {
      attributes: {
        parallelism: count('Tasks at a time; 0 is all of them.', { default: 1 }),
        delay: duration('Time between two.', { default: '0s' }),
        failure_action: optional(STRING, 'What happens when a task fails.', {
          ...inPlace,
          default: 'pause',
          validate: oneOf(...actions),
        }),
        monitor: duration('How long a new task is watched.', { default: '5s' }),
        max_failure_ratio: optional(STRING, 'Share of tasks that may fail, from 0 to 1.', {
          ...inPlace,
          default: '0.0',
          validate: ratio,
          sameMeaning: sameNumber,
        }),
        order: optional(STRING, 'Whether the old task stops before the new one starts.', {
          ...inPlace,
          default: 'stop-first',
          validate: oneOf('stop-first', 'start-first'),
        }),
      },
    },
    one,
  );
}

const mountsBlock = block(
  'set',
  'Something that is mounted into the tasks.',
  {
    attributes: {
      target: required(STRING, 'Path in the container.', inPlace),
      source: optional(STRING, 'Volume name or path on the host.', inPlace),
      type: required(STRING, 'Kind of mount.', { ...inPlace, validate: oneOf('bind', 'volume', 'tmpfs', 'npipe') }),
      read_only: optional(BOOL, 'No writing.', inPlace),
    },
    blocks: {
      bind_options: block(
        'list',
        'For a path of the host.',
        {
          attributes: {
            propagation: optional(STRING, 'How later mounts are passed on.', {
              ...inPlace,
              default: 'rprivate',
              validate: oneOf('private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'),
            }),
          },
        },
        one,
      ),
      volume_options: block(
        'list',
        'For a volume that has to be made.',
        {
          attributes: {
            no_copy: optional(BOOL, 'Do not copy what the image has there.', inPlace),
            driver_name: optional(STRING, 'Volume driver.', inPlace),
            driver_options: optional(mapType(STRING), 'Options of the driver.', inPlace),
          },
          blocks: { labels: changeableLabels('Labels of the volume.') },
        },
        one,
      ),
      tmpfs_options: block(
        'list',
        'For a file system in memory.',
        { attributes: { size_bytes: whole('Size in bytes.'), mode: whole('Permissions, as a decimal number.') } },
        one,
      ),
    },
  },
  inPlace,
);

const healthcheckBlock = block(
  'list',
  'How the tasks are probed.',
  {
    attributes: {
      test: optional(strings, 'Command, with `CMD` or `CMD-SHELL` in front.', inPlace),
      interval: duration('Time between two probes.', { default: '0s' }),
      timeout: duration('How long a probe may take.', { default: '0s' }),
      start_period: duration('Time at the start in which failures do not count.', { default: '0s' }),
      retries: count('Failures until a task is unhealthy.', { default: 0 }),
    },
  },
  { ...one, computed: true },
);

function filesBlock(word: 'secret' | 'config'): BlockSchema {
  return block(
    'set',
    `A ${word} as a file in the tasks.`,
    {
      attributes: {
        [`${word}_id`]: required(STRING, `ID of the ${word}.`, inPlace),
        [`${word}_name`]: optional(STRING, `Name of the ${word}.`, inPlace),
        file_name: required(STRING, 'Path of the file.', inPlace),
        file_uid: optional(STRING, 'User that owns it.', { ...inPlace, default: '0' }),
        file_gid: optional(STRING, 'Group that owns it.', { ...inPlace, default: '0' }),
        file_mode: count('Permissions, as a decimal number.', { default: 0o444 }),
      },
    },
    inPlace,
  );
}

const privilegesBlock = block(
  'list',
  'Security of the tasks.',
  {
    blocks: {
      credential_spec: block(
        'list',
        'Credentials of Windows containers.',
        {
          attributes: {
            file: optional(STRING, 'File that holds them.', inPlace),
            registry: optional(STRING, 'Key of the Windows registry that holds them.', inPlace),
          },
        },
        one,
      ),
      se_linux_context: block(
        'list',
        'SELinux labels.',
        {
          attributes: {
            disable: optional(BOOL, 'No labels.', inPlace),
            user: optional(STRING, 'User label.', inPlace),
            role: optional(STRING, 'Role label.', inPlace),
            type: optional(STRING, 'Type label.', inPlace),
            level: optional(STRING, 'Level label.', inPlace),
          },
        },
        one,
      ),
    },
  },
  one,
);

const containerSpec: BlockContents = {
  attributes: {
    image: required(STRING, 'Image of the tasks.', { ...inPlace, validate: notEmpty, sameMeaning: sameImage }),
    command: optional(strings, "Instead of the image's entrypoint.", inPlace),
    args: optional(strings, 'Arguments of the command.', inPlace),
    hostname: optional(STRING, 'Host name of the tasks; may be a template.', inPlace),
    env: optional(mapType(STRING), 'Environment variables.', inPlace),
    dir: optional(STRING, 'Working directory.', inPlace),
    user: optional(STRING, 'User that runs the command.', inPlace),
    groups: optional(strings, 'More groups of the user.', inPlace),
    read_only: optional(BOOL, 'The root file system takes no writing.', inPlace),
    stop_signal: optional(STRING, 'Signal that ends a task.', inPlace),
    stop_grace_period: optionalComputed(STRING, 'Time to end in before a task is killed; 10s when nothing is said.', {
      ...inPlace,
      validate: durationText,
      sameMeaning: sameDuration,
    }),
    isolation: optional(STRING, 'Isolation of Windows containers.', {
      ...inPlace,
      default: 'default',
      validate: oneOf('default', 'process', 'hyperv'),
    }),
    sysctl: optional(mapType(STRING), 'Kernel parameters.', inPlace),
    cap_add: optional(strings, 'Capabilities beyond the usual ones.', { ...inPlace, sameMeaning: sameCapabilities }),
    cap_drop: optional(strings, 'Usual capabilities that are taken away.', {
      ...inPlace,
      sameMeaning: sameCapabilities,
    }),
    init: optionalComputed(BOOL, 'Run an init process that reaps children.', inPlace),
  },
  blocks: {
    labels: changeableLabels('Labels of the containers.'),
    privileges: privilegesBlock,
    mounts: mountsBlock,
    healthcheck: healthcheckBlock,
    hosts: block(
      'set',
      'A line for /etc/hosts.',
      {
        attributes: {
          ip: required(STRING, 'Address.', inPlace),
          host: required(STRING, 'Name.', inPlace),
        },
      },
      inPlace,
    ),
    dns_config: block(
      'list',
      'Name servers of the tasks.',
      {
        attributes: {
          nameservers: required(strings, 'Addresses.', inPlace),
          search: optional(strings, 'Search domains.', inPlace),
          options: optional(strings, 'Options of the resolver.', inPlace),
        },
      },
      { ...one, computed: true },
    ),
    secrets: filesBlock('secret'),
    configs: filesBlock('config'),
  },
};

/** The engine keeps the digest that a tag had, `name:tag@sha256:...`; a configuration that names the tag means that. */
function sameImage(a: Value, b: Value): boolean {
  return a.kind === 'string' && b.kind === 'string' && a.value.startsWith(`${b.value}@sha256:`);
}

/** With or without `CAP_`, in any case of letters and any order. */
function sameCapabilities(a: Value, b: Value): boolean {
  return capabilities(a) === capabilities(b);
}

function capabilities(value: Value): string {
  const names = elementsOf(value).map((it) => (it.kind === 'string' ? it.value.toUpperCase() : ''));
  return names
    .map((name) => (name === 'ALL' || name.startsWith('CAP_') ? name : `CAP_${name}`))
    .sort()
    .join();
}

const limits = { nano_cpus: whole('Billionths of a processor.'), memory_bytes: whole('Bytes of memory.') };

const taskSpec: BlockContents = {
  attributes: {
    force_update: optionalComputed(NUMBER, 'A change makes all tasks anew.', { ...inPlace, validate: notNegative }),
    runtime: optionalComputed(STRING, 'What runs the tasks.', {
      ...inPlace,
      validate: oneOf('container', 'plugin'),
    }),
  },
  blocks: {
    container_spec: block('list', 'What runs in a task.', containerSpec, { ...one, minItems: 1 }),
    resources: block(
      'list',
      'What the tasks may use.',
      {
        blocks: {
          limits: block('list', 'The most that a task gets.', { attributes: limits }, one),
          reservation: block(
            'list',
            'What a node must have left for a task.',
            {
              attributes: limits,
              blocks: {
                generic_resources: block(
                  'list',
                  'Resources that the nodes declare.',
                  {
                    attributes: {
                      named_resources_spec: optional(setType(STRING), 'As `KIND=name`.', inPlace),
                      discrete_resources_spec: optional(setType(STRING), 'As `KIND=count`.', inPlace),
                    },
                  },
                  one,
                ),
              },
            },
            one,
          ),
        },
      },
      { ...one, computed: true },
    ),
    restart_policy: block(
      'list',
      'When an ended task is started again.',
      {
        attributes: {
          condition: optional(STRING, 'Which ends count.', {
            ...inPlace,
            validate: oneOf('none', 'on-failure', 'any'),
          }),
          delay: duration('Time before the next start.'),
          max_attempts: count('How often; 0 is without end.'),
          window: duration('Time in which the attempts are counted.'),
        },
      },
      { ...one, computed: true },
    ),
    placement: block(
      'list',
      'On which nodes the tasks run.',
      {
        attributes: {
          constraints: optional(setType(STRING), 'What a node must be, as in `node.role==manager`.', inPlace),
          prefs: optional(setType(STRING), 'What the tasks are spread over.', inPlace),
          max_replicas: count('The most tasks on one node; 0 is any number.'),
        },
        blocks: {
          platforms: block(
            'set',
            'A platform that a node may have.',
            {
              attributes: {
                architecture: required(STRING, 'Processor.', inPlace),
                os: required(STRING, 'Operating system.', inPlace),
              },
            },
            inPlace,
          ),
        },
      },
      { ...one, computed: true },
    ),
    networks_advanced: block(
      'set',
      'A network that the tasks join.',
      {
        attributes: {
          name: optional(STRING, 'Network name.', { ...inPlace, deprecated: 'Use id instead.' }),
          id: optional(STRING, 'Network ID.', inPlace),
          aliases: optional(setType(STRING), 'More names of the tasks in the network.', inPlace),
          driver_opts: optional(setType(STRING), 'Options for the driver, as `name=value`.', inPlace),
        },
      },
      inPlace,
    ),
    log_driver: block(
      'list',
      'Where the output of the tasks goes.',
      {
        attributes: {
          name: required(STRING, 'Log driver.', inPlace),
          options: optional(mapType(STRING), 'Options of the driver.', inPlace),
        },
      },
      one,
    ),
  },
};

export const serviceSchema: Schema = {
  version: 2,
  description: 'A service of a Swarm.',
  attributes: {
    id: optionalComputed(STRING, 'Service ID.'),
    name: required(STRING, 'Service name.', { ...replace, validate: notEmpty }),
  },
  blocks: {
    auth: authBlock,
    labels: { ...changeableLabels('Labels of the service.'), computed: true },
    task_spec: block('list', 'What a task is.', taskSpec, { ...one, minItems: 1 }),
    mode: block(
      'list',
      'How many tasks there are.',
      {
        attributes: { global: optional(BOOL, 'One on every node.', { ...replace, default: false }) },
        blocks: {
          replicated: block(
            'list',
            'A fixed number.',
            { attributes: { replicas: count('How many.', { default: 1 }) } },
            { ...one, computed: true },
          ),
        },
      },
      { ...replace, maxItems: 1, computed: true },
    ),
    update_config: rolloutBlock('How an update goes through the tasks.', ['pause', 'continue', 'rollback']),
    rollback_config: rolloutBlock('How a return to the last state goes through the tasks.', ['pause', 'continue']),
    endpoint_spec: block(
      'list',
      'How the service is reached.',
      {
        attributes: {
          mode: optionalComputed(STRING, 'One address for all tasks, or all of theirs.', {
            ...inPlace,
            validate: oneOf('vip', 'dnsrr'),
          }),
        },
        blocks: {
          ports: block(
            'list',
            'A port that is published.',
            {
              attributes: {
                name: optional(STRING, 'Any name.', inPlace),
                protocol: optional(STRING, 'Protocol.', {
                  ...inPlace,
                  default: 'tcp',
                  validate: oneOf('tcp', 'udp', 'sctp'),
                }),
                target_port: required(NUMBER, 'Port in the container.', { ...inPlace, validate: notNegative }),
                published_port: optionalComputed(
                  NUMBER,
                  'Port of the nodes; the engine chooses when nothing is said.',
                  {
                    ...inPlace,
                    validate: notNegative,
                  },
                ),
                publish_mode: optional(STRING, 'On every node, or only where a task runs.', {
                  ...inPlace,
                  default: 'ingress',
                  validate: oneOf('host', 'ingress'),
                }),
              },
            },
            inPlace,
          ),
        },
      },
      { ...one, computed: true },
    ),
    converge_config: block(
      'list',
      'Wait until the tasks run.',
      {
        attributes: {
          delay: duration('Time before the first look.', { default: '7s', change: 'bookkeeping' }),
          timeout: duration('How long it may take.', { default: '3m', change: 'bookkeeping' }),
        },
      },
      { change: 'bookkeeping', maxItems: 1 },
    ),
  },
};

export const serviceResource: ResourceSchema = {
  schema: serviceSchema,
  validate: validateService,
  upgrade: (attributes, version) => ok(version < 2 ? upgraded(attributes) : attributes),
  importHint: 'name or ID',
};

// ---- Checks ------------------------------------------------------------------------------------------------------

/** Tasks on every node and a number of tasks exclude each other; networks need a name or an ID. */
function validateService(config: ObjectValue): Diagnostics {
  return [...checkMode(config), ...blocksAt(config, 'task_spec').flatMap(checkNetworks)];
}

function checkMode(config: ObjectValue): Diagnostics {
  const [mode] = blocksAt(config, 'mode');
  const global = mode?.attributes.get('global');
  if (mode === undefined || global?.kind !== 'bool' || !global.value || blocksAt(mode, 'replicated').length === 0)
    return [];
  const detail = 'A service runs one task on every node, or a number of tasks. Keep "global" or the replicated block.';
  return [{ severity: 'error', summary: 'Conflicting configuration arguments', detail, path: ['mode', 0, 'global'] }];
}

function checkNetworks(task: ObjectValue): Diagnostics {
  const said = (network: ObjectValue, name: string): boolean => {
    const value = network.attributes.get(name);
    return value?.kind === 'unknown' || (value?.kind === 'string' && value.value !== '');
  };
  return blocksAt(task, 'networks_advanced')
    .filter((network) => !said(network, 'id') && !said(network, 'name'))
    .map(() => invalid(['task_spec', 0, 'networks_advanced'], 'A network needs an "id", or a "name".'));
}

// ---- Older states ------------------------------------------------------------------------------------------------

/** Maps of version 1 are lists of one block now; labels that are still maps are lists of labels. */
function upgraded(attributes: JsonObject): JsonObject {
  const tasks = isJsonArray(attributes.task_spec) ? attributes.task_spec : [];
  return {
    ...attributes,
    auth: asBlocks(attributes.auth),
    labels: asLabels(attributes.labels),
    task_spec: tasks.map((task) =>
      isJsonObject(task)
        ? {
            ...task,
            restart_policy: asBlocks(task.restart_policy),
            container_spec: containersUpgraded(task.container_spec),
          }
        : task,
    ),
  };
}

function containersUpgraded(containers: Json | undefined): Json {
  return (isJsonArray(containers) ? containers : []).map((container) =>
    isJsonObject(container) ? { ...container, labels: asLabels(container.labels) } : container,
  );
}

function asBlocks(value: Json | undefined): Json {
  if (isJsonArray(value)) return value;
  return isJsonObject(value) && Object.keys(value).length > 0 ? [value] : [];
}

function asLabels(value: Json | undefined): Json {
  if (!isJsonObject(value)) return value ?? [];
  return Object.entries(value).map(([label, text]) => ({ label, value: text }));
}

/** What a `docker_image` may say. */
import type { BlockSchema, Schema } from '../../../core/config/schema.ts';
import type { Diagnostics } from '../../../core/diag/diagnostic.ts';
import type { ResourceSchema } from '../../../core/provider.ts';
import type { ObjectValue } from '../../../core/value/value.ts';
import { parseImageName } from '../image-name.ts';
import { BOOL, NUMBER, STRING, type Type, listType, mapType, setType } from '../../../core/value/type.ts';
import { block, computed, notEmpty, optional, required, timeoutsBlock } from './notation.ts';
import { wholeNumber } from './whole-number.ts';

const replace = { change: 'replace' } as const;
const strings: Type = listType(STRING);

const whole = { ...replace, validate: wholeNumber };

/** The `build` block, also of `docker_registry_image`. */
export const buildBlock: BlockSchema = block(
  'set',
  'How to build the image instead of pulling it.',
  {
    formerly: { path: { now: 'context', note: 'It is called context now.' } },
    attributes: {
      context: required(STRING, 'Folder that is sent to the builder.', replace),
      dockerfile: optional(STRING, 'Path of the Dockerfile.', { ...replace, default: 'Dockerfile' }),
      tag: optional(strings, 'More names for the result.', replace),
      remove: optional(BOOL, 'Remove the containers between the steps.', { ...replace, default: true }),
      label: optional(mapType(STRING), 'Labels of the image.', replace),
      labels: optional(mapType(STRING), 'Labels of the image.', replace),
      build_args: optional(mapType(STRING), 'Values for the ARGs of the Dockerfile.', replace),
      target: optional(STRING, 'Stage to stop at.', replace),
      platform: optional(STRING, 'Platform to build for.', replace),
      no_cache: optional(BOOL, 'Run every step again.', replace),
      pull_parent: optional(BOOL, 'Pull base images even when they are there.', replace),
      force_remove: optional(BOOL, 'Remove the containers between the steps after a failure as well.', replace),
      suppress_output: optional(BOOL, 'Keep no log.', replace),
      squash: optional(BOOL, 'Make one layer of the new ones.', replace),
      remote_context: optional(STRING, 'Git repository or archive address to build from.', replace),
      isolation: optional(STRING, 'Isolation of the steps.', replace),
      cpu_set_cpus: optional(STRING, 'Processors that the steps may use.', replace),
      cpu_set_mems: optional(STRING, 'Memory nodes that the steps may use.', replace),
      cpu_shares: optional(NUMBER, 'Weight among others that want the processor.', whole),
      cpu_quota: optional(NUMBER, 'Microseconds of processor time per period.', whole),
      cpu_period: optional(NUMBER, 'Length of a period in microseconds.', whole),
      memory: optional(NUMBER, 'Memory limit in bytes.', whole),
      memory_swap: optional(NUMBER, 'Limit of memory and swap in bytes; -1 is none.', whole),
      shm_size: optional(NUMBER, 'Size of /dev/shm in bytes.', whole),
      cgroup_parent: optional(STRING, 'Control group above that of the steps.', replace),
      network_mode: optional(STRING, 'Network of the steps.', replace),
      additional_contexts: optional(strings, 'Named contexts, as `name=value`.', replace),
      cache_from: optional(strings, 'Images whose layers may be used again.', replace),
      cache_to: optional(strings, 'Where the cache is stored.', replace),
      security_opt: optional(strings, 'Security options of the steps.', replace),
      extra_hosts: optional(strings, 'Host names for the steps, as `name:address`.', replace),
      session_id: optional(STRING, 'Session of the builder.', replace),
      version: optional(STRING, 'Version of the builder.', replace),
      build_id: optional(STRING, 'Name of the build, chosen by the client.', replace),
      use_legacy_builder: optional(BOOL, "Use the engine's own builder.", { ...replace, default: false }),
      builder: optional(STRING, 'Builder instance of buildx.', replace),
      build_log_file: optional(STRING, 'File that the log is appended to.', replace),
      provenance: optional(STRING, 'Provenance attestation.', replace),
      sbom: optional(STRING, 'Bill of materials attestation.', replace),
    },
    blocks: {
      secrets: block(
        'list',
        'A secret for the steps.',
        {
          attributes: {
            id: required(STRING, 'Name of the secret.', replace),
            src: optional(STRING, 'File that holds it.', replace),
            env: optional(STRING, 'Environment variable that holds it.', replace),
          },
        },
        replace,
      ),
      ulimit: block(
        'list',
        'A limit for the steps.',
        {
          attributes: {
            name: required(STRING, 'Name of the limit.', replace),
            hard: required(NUMBER, 'What it can be raised to.', whole),
            soft: required(NUMBER, 'What it is.', whole),
          },
        },
        replace,
      ),
      auth_config: block(
        'list',
        'Credentials for the registry of a base image.',
        {
          attributes: {
            host_name: required(STRING, 'Registry host.', replace),
            user_name: optional(STRING, 'Name to log in with.', replace),
            password: optional(STRING, 'Password or token.', replace),
            auth: optional(STRING, 'Both of them, encoded.', replace),
            email: optional(STRING, 'Mail address of the account.', replace),
            server_address: optional(STRING, 'Address of the registry.', replace),
            identity_token: optional(STRING, 'Refresh token.', replace),
            registry_token: optional(STRING, 'Bearer token.', replace),
          },
        },
        replace,
      ),
    },
  },
  { ...replace, maxItems: 1 },
);

export const imageSchema: Schema = {
  version: 0,
  description: 'An image that the engine has: pulled, or built from a folder.',
  attributes: {
    id: computed(STRING, 'Image ID with the name behind it.'),
    name: required(STRING, 'Name to pull, or to give to what is built.', { ...replace, validate: notEmpty }),
    image_id: computed(STRING, 'Image ID; what containers should refer to.'),
    repo_digest: computed(STRING, 'Name with the digest under which the registry has it; empty when there is none.'),
    latest: computed(STRING, 'Image ID, as older versions called it.', {
      legacy: true,
      deprecated: 'Use image_id instead.',
    }),
    keep_locally: optional(BOOL, 'Leave the image there when the resource is destroyed.', { change: 'bookkeeping' }),
    force_remove: optional(BOOL, 'Remove the image by force when the resource is destroyed.', {
      change: 'bookkeeping',
    }),
    pull_triggers: optional(setType(STRING), 'Values that pull the image again when they change.', replace),
    triggers: optional(mapType(STRING), 'Values that make the image again when they change.', replace),
    platform: optional(STRING, 'Platform to pull.', replace),
  },
  blocks: { build: buildBlock, timeouts: timeoutsBlock(['create', 'update', 'delete']) },
};

export const imageResource: ResourceSchema = {
  schema: imageSchema,
  validate: validateImage,
  complete: (attributes) => ({ ...attributes, latest: attributes.image_id ?? null }),
};

/** The name has to be one, and an image is either built or pulled. */
function validateImage(config: ObjectValue): Diagnostics {
  return [...checkName(config), ...checkConflict(config)];
}

function checkName(config: ObjectValue): Diagnostics {
  const name = config.attributes.get('name');
  if (name?.kind !== 'string' || name.value === '' || parseImageName(name.value) !== undefined) return [];
  const detail =
    `"${name.value}" is not an image name. A name is made of lower-case letters, digits and ". _ - /", with a registry ` +
    'in front and a ":tag" or an "@sha256:..." digest behind where they are needed.';
  return [{ severity: 'error', summary: 'Invalid image name', detail, path: ['name'] }];
}

function checkConflict(config: ObjectValue): Diagnostics {
  const [build, triggers] = [config.attributes.get('build'), config.attributes.get('pull_triggers')];
  if (build?.kind !== 'set' || build.elements.length === 0) return [];
  if (triggers === undefined || triggers.kind === 'null' || triggers.kind === 'unknown') return [];
  const detail = 'An image that is built is never pulled. Use "triggers" to build it again, or leave "build" out.';
  return [{ severity: 'error', summary: 'Conflicting configuration arguments', detail, path: ['pull_triggers'] }];
}

/** What the data sources may be asked, and what they answer. */
import type { BlockSchema, Schema } from '../../../core/config/schema.ts';
import { BOOL, NUMBER, STRING, type Type, listType, mapType, objectType, setType } from '../../../core/value/type.ts';
import { block, computed, notEmpty, optional, optionalComputed, required } from './notation.ts';

function dataSchema(
  description: string,
  attributes: Schema['attributes'],
  blocks: Readonly<Record<string, BlockSchema>> = {},
): Schema {
  return { version: 0, description, attributes, blocks };
}

const texts = (...names: readonly string[]): readonly (readonly [string, Type])[] =>
  names.map((name) => [name, STRING] as const);

export const POOL_TYPE = objectType([...texts('subnet', 'ip_range', 'gateway'), ['aux_address', mapType(STRING)]]);

export const ENDPOINT_TYPE = objectType(
  texts('container_id', 'name', 'endpoint_id', 'mac_address', 'ipv4_address', 'ipv6_address'),
);

export const LISTED_CONTAINER_TYPE = objectType([
  ['id', STRING],
  ['names', listType(STRING)],
  ['image', STRING],
  ['image_id', STRING],
  ['command', STRING],
  ['created', NUMBER],
  ['state', STRING],
  ['status', STRING],
  ['labels', mapType(STRING)],
]);

export const MANIFEST_TYPE = objectType(texts('media_type', 'sha256_digest', 'architecture', 'os'));

export const imageData = dataSchema('An image that the engine has.', {
  id: optionalComputed(STRING, 'Image ID.'),
  name: required(STRING, 'Name, digest or ID of the image.', { validate: notEmpty }),
  repo_digest: computed(STRING, 'Name with the digest under which the registry has it; empty when there is none.'),
});

export const networkData = dataSchema('A network that the engine has.', {
  id: computed(STRING, 'Network ID.'),
  name: required(STRING, 'Name or ID of the network.', { validate: notEmpty }),
  driver: computed(STRING, 'Network driver.'),
  options: computed(mapType(STRING), 'Options of the driver.'),
  internal: computed(BOOL, 'No way out of the network.'),
  ipam_config: computed(setType(POOL_TYPE), 'Pools of addresses.'),
  scope: computed(STRING, 'Reach of the network: `local` or `swarm`.'),
  containers: computed(listType(ENDPOINT_TYPE), 'Containers that are connected, in the order of their IDs.'),
});

export const containersData = dataSchema('All containers of the engine, running or not.', {
  id: computed(STRING, 'Always `docker_containers`.'),
  containers: computed(listType(LISTED_CONTAINER_TYPE), 'Containers in the order of their IDs.'),
});

export const logsData = dataSchema('What a container has written.', {
  id: optionalComputed(STRING, 'The name that was asked for.'),
  name: required(STRING, 'Name or ID of the container.', { validate: notEmpty }),
  logs_list_string: computed(listType(STRING), 'Lines.'),
  logs_list_string_enabled: optional(BOOL, 'Read the lines at all.', { default: true }),
  discard_headers: optional(BOOL, 'Leave the frame headers of the stream out.', { default: true }),
  show_stdout: optional(BOOL, 'Lines of the standard output.', { default: true }),
  show_stderr: optional(BOOL, 'Lines of the standard error.', { default: true }),
  since: optional(STRING, 'Only what is not older: a time, or a duration before now.', { default: '' }),
  until: optional(STRING, 'Only what is older: a time, or a duration before now.', { default: '' }),
  timestamps: optional(BOOL, 'A time before each line.', { default: false }),
  follow: optional(BOOL, 'Read on until the container stops.', { default: false }),
  tail: optional(STRING, 'How many lines of the end, or `all`.', { default: '' }),
  details: optional(BOOL, 'What the log driver adds to each line.', { default: false }),
});

export const pluginData = dataSchema('A plugin that the engine has.', {
  id: optional(STRING, 'Plugin ID. Either this or `alias`.'),
  alias: optional(STRING, 'Local name. Either this or `id`.'),
  name: computed(STRING, 'Name in the registry.'),
  plugin_reference: computed(STRING, 'Name in the registry.'),
  enabled: computed(BOOL, 'Whether it runs.'),
  grant_all_permissions: computed(BOOL, 'Not known to the engine.'),
  env: computed(setType(STRING), 'Settings, as `NAME=value`.'),
});

/** Credentials of one object instead of those of the provider; also of `docker_registry_image`. */
export const authConfigBlock: BlockSchema = block(
  'list',
  'Credentials instead of those of the provider.',
  {
    attributes: {
      address: required(STRING, 'Registry host, with or without a scheme.', { change: 'bookkeeping' }),
      username: optional(STRING, 'Name to log in with.', { change: 'bookkeeping' }),
      password: optional(STRING, 'Password or token.', { sensitive: true, change: 'bookkeeping' }),
    },
  },
  { maxItems: 1, change: 'bookkeeping' },
);

const skipVerify = optional(BOOL, 'Do not check the certificate of the registry.', { default: false });

export const registryImageData = dataSchema('The digest that a registry has under a name.', {
  id: optionalComputed(STRING, 'The digest.'),
  name: required(STRING, 'Image name, with a tag or with both tag and digest.', { validate: notEmpty }),
  sha256_digest: computed(STRING, 'The digest.'),
  insecure_skip_verify: skipVerify,
});

export const registryManifestsData = dataSchema(
  'The images for several platforms that a registry has under one name.',
  {
    id: optionalComputed(STRING, 'Repository and tag.'),
    name: required(STRING, 'Image name.', { validate: notEmpty }),
    manifests: computed(setType(MANIFEST_TYPE), 'One entry per platform.'),
    insecure_skip_verify: skipVerify,
  },
  { auth_config: authConfigBlock },
);

export const registryTagsData = dataSchema('The tags that a registry has of an image.', {
  id: computed(STRING, 'Registry and repository.'),
  name: required(STRING, 'Image name; a tag or a digest behind it does not matter.', { validate: notEmpty }),
  insecure_skip_verify: optional(BOOL, 'Do not check the certificate of the registry.'),
  strict_semver: optional(BOOL, 'Only versions, and no pre-releases.'),
  tags: computed(listType(STRING), 'Tags, sorted as texts.'),
});

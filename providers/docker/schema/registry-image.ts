/** What a `docker_registry_image` may say. */
import type { Schema } from '../../../core/config/schema.ts';
import type { ResourceSchema } from '../../../core/provider.ts';
import { BOOL, STRING, mapType } from '../../../core/value/type.ts';
import { authConfigBlock } from './data.ts';
import { buildBlock } from './image.ts';
import { computed, notEmpty, optional, optionalComputed, required, timeoutsBlock } from './notation.ts';

const replace = { change: 'replace' } as const;
const bookkeeping = { change: 'bookkeeping' } as const;

export const registryImageSchema: Schema = {
  version: 0,
  description: 'An image in a registry, pushed from the engine.',
  attributes: {
    id: optionalComputed(STRING, 'Digest that the image had when it was first pushed.'),
    name: required(STRING, 'Image name, with the registry in front.', { ...replace, validate: notEmpty }),
    keep_remotely: optional(BOOL, 'Leave the image in the registry when the resource is destroyed.', {
      ...bookkeeping,
      default: false,
    }),
    insecure_skip_verify: optional(BOOL, 'Do not check the certificate of the registry.', {
      ...bookkeeping,
      default: false,
    }),
    triggers: optional(mapType(STRING), 'Values that push the image again when they change.', replace),
    sha256_digest: computed(STRING, 'Digest that the registry has under the name.'),
  },
  blocks: {
    build: buildBlock,
    auth_config: authConfigBlock,
    timeouts: timeoutsBlock(['create', 'update', 'delete']),
  },
};

export const registryImageResource: ResourceSchema = { schema: registryImageSchema };

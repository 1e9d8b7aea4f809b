/** What a `docker_volume` may say. */
import type { Schema } from '../../../core/config/schema.ts';
import { ok } from '../../../core/diag/diagnostic.ts';
import type { ResourceSchema } from '../../../core/provider.ts';
import { STRING, mapType } from '../../../core/value/type.ts';
import { labelBlocks, labelsBlock } from './labels.ts';
import { block, computed, oneOf, optional, optionalComputed } from './notation.ts';

const replace = { change: 'replace' } as const;

export const volumeSchema: Schema = {
  version: 1,
  description: 'A volume that outlives the containers that use it.',
  attributes: {
    id: optionalComputed(STRING, 'Volume name.'),
    name: optionalComputed(STRING, 'Volume name; invented when nothing is said.', replace),
    driver: optionalComputed(STRING, 'Volume driver; `local` when nothing is said.', replace),
    driver_opts: optional(mapType(STRING), 'Options of the driver.', replace),
    mountpoint: computed(STRING, 'Where the data are on the host.'),
  },
  blocks: {
    labels: labelsBlock('Labels of the volume.'),
    cluster: block(
      'list',
      'A volume of a Swarm cluster. Needs an engine with API 1.42.',
      {
        attributes: {
          id: computed(STRING, 'ID of the cluster volume.'),
          scope: optional(STRING, 'Used by one node at a time or by several.', {
            ...replace,
            default: 'single',
            validate: oneOf('single', 'multi'),
          }),
          sharing: optional(STRING, 'How tasks may share it.', {
            ...replace,
            default: 'none',
            validate: oneOf('none', 'readonly', 'onewriter', 'all'),
          }),
          type: optional(STRING, 'A file system or a block device.', {
            ...replace,
            default: 'block',
            validate: oneOf('mount', 'block'),
          }),
          topology_preferred: optional(
            STRING,
            'Where it should be: `key=value` segments with commas between.',
            replace,
          ),
          topology_required: optional(STRING, 'Where it must be: `key=value` segments with commas between.', replace),
          required_bytes: optional(STRING, 'Least size, as in `1GiB`.', replace),
          limit_bytes: optional(STRING, 'Greatest size, as in `10GiB`.', replace),
          group: optional(STRING, 'Group of volumes that it belongs to.', replace),
          availability: optional(STRING, 'Whether the scheduler may use it.', {
            change: 'in-place',
            default: 'active',
            validate: oneOf('active', 'pause', 'drain'),
          }),
        },
      },
      { change: 'replace', maxItems: 1 },
    ),
  },
};

export const volumeResource: ResourceSchema = {
  schema: volumeSchema,
  upgrade: (attributes, version) =>
    ok(version < 1 ? { ...attributes, labels: labelBlocks(attributes.labels) } : attributes),
  importHint: 'name',
};

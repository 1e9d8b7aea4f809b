/** What a `docker_network` may say. */
import type { Schema } from '../../../core/config/schema.ts';
import { ok } from '../../../core/diag/diagnostic.ts';
import type { ResourceSchema } from '../../../core/provider.ts';
import { BOOL, STRING, mapType } from '../../../core/value/type.ts';
import { block, computed, notEmpty, optional, optionalComputed, required } from './notation.ts';
import { labelBlocks, labelsBlock } from './labels.ts';

const replace = { change: 'replace' } as const;

export const networkSchema: Schema = {
  version: 1,
  description: 'A network that containers are connected to.',
  formerly: {
    check_duplicate: { note: 'It has no effect: the engine decides about names that are taken. Leave it out.' },
  },
  attributes: {
    id: optionalComputed(STRING, 'Network ID.'),
    name: required(STRING, 'Network name.', { ...replace, validate: notEmpty }),
    driver: optionalComputed(STRING, 'Network driver; `bridge` when nothing is said.', replace),
    options: optionalComputed(mapType(STRING), 'Options of the driver.', replace),
    internal: optionalComputed(BOOL, 'No way out of the network.', replace),
    attachable: optional(BOOL, 'Containers outside of services may join an overlay network.', replace),
    ingress: optional(BOOL, 'This is the network of the routing mesh.', replace),
    ipv6: optional(BOOL, 'Give IPv6 addresses.', replace),
    ipam_driver: optional(STRING, 'Driver that manages the addresses.', { ...replace, default: 'default' }),
    ipam_options: optional(mapType(STRING), 'Options of the address driver.', replace),
    scope: computed(STRING, 'Reach of the network: `local` or `swarm`.'),
  },
  blocks: {
    labels: labelsBlock('Labels of the network.'),
    ipam_config: block(
      'set',
      'A pool of addresses.',
      {
        attributes: {
          subnet: optional(STRING, 'Addresses of the pool, as in `10.1.0.0/16`.', replace),
          ip_range: optional(STRING, 'The part of the pool that containers get addresses from.', replace),
          gateway: optional(STRING, 'Address of the gateway.', replace),
          aux_address: optional(mapType(STRING), 'Addresses that are taken, by name.', replace),
        },
      },
      { ...replace, computed: true },
    ),
  },
};

export const networkResource: ResourceSchema = {
  schema: networkSchema,
  upgrade: (attributes, version) =>
    ok(version < 1 ? { ...attributes, labels: labelBlocks(attributes.labels) } : attributes),
  importHint: 'name, ID or short ID',
};

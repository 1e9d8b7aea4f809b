/** data.docker_network: a network of the engine, with who is connected. */
import { failed, ok } from '../../core/diag/diagnostic.ts';
import type { DataSource } from '../../core/provider.ts';
import { setValue } from '../../core/value/set.ts';
import { type ObjectValue, boolValue, listValue, objectValue, stringValue } from '../../core/value/value.ts';
import { textAt, textMapValue, withAttributes } from './attributes.ts';
import { type Inspected, fieldOf, flagOf, listOf, recordOf, textMapOf, textOf } from './inspect.ts';
import { failureDiagnostic, isFailure } from './outcome.ts';
import type { DockerContext } from './resource-module.ts';
import { ENDPOINT_TYPE, POOL_TYPE } from './schema/data.ts';

export function networkDataSource({ reader }: DockerContext): DataSource {
  return {
    async read(config) {
      const name = textAt(config, 'name') ?? '';
      const answer = await reader.inspectNetwork(name);
      if (answer.kind === 'absent') return failed(notThere(name, answer.message));
      if (isFailure(answer)) return failed(failureDiagnostic(answer, `read the network "${name}"`));
      return ok(answer.kind === 'done' ? networkAnswer(config, answer.value) : config);
    },
  };
}

function notThere(name: string, message: string) {
  return {
    severity: 'error',
    summary: `Could not find docker network: Error response from daemon: ${message.trim()}`,
    detail: `The engine has no network "${name}". Networks of this configuration are referred to as docker_network resources.`,
    path: ['name'],
  } as const;
}

function networkAnswer(config: ObjectValue, network: Inspected): ObjectValue {
  return withAttributes(config, [
    ['id', stringValue(textOf(network, 'Id'))],
    ['driver', stringValue(textOf(network, 'Driver'))],
    ['options', textMapValue(textMapOf(network, 'Options'))],
    ['internal', boolValue(flagOf(network, 'Internal'))],
    ['scope', stringValue(textOf(network, 'Scope'))],
    ['ipam_config', setValue(POOL_TYPE, listOf(network, 'IPAM', 'Config').map(pool))],
    ['containers', listValue(ENDPOINT_TYPE, endpoints(network))],
  ]);
}

function pool(config: unknown): ObjectValue {
  return objectValue([
    ['subnet', stringValue(textOf(config, 'Subnet'))],
    ['ip_range', stringValue(textOf(config, 'IPRange'))],
    ['gateway', stringValue(textOf(config, 'Gateway'))],
    ['aux_address', textMapValue(textMapOf(config, 'AuxiliaryAddresses'))],
  ]);
}

function endpoints(network: Inspected): readonly ObjectValue[] {
  const byId = Object.entries(recordOf(fieldOf(network, 'Containers'))).sort(([a], [b]) => (a < b ? -1 : 1));
  return byId.map(([id, endpoint]) =>
    objectValue([
      ['container_id', stringValue(id)],
      ['name', stringValue(textOf(endpoint, 'Name'))],
      ['endpoint_id', stringValue(textOf(endpoint, 'EndpointID'))],
      ['mac_address', stringValue(textOf(endpoint, 'MacAddress'))],
      ['ipv4_address', stringValue(textOf(endpoint, 'IPv4Address'))],
      ['ipv6_address', stringValue(textOf(endpoint, 'IPv6Address'))],
    ]),
  );
}

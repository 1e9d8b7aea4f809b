/**
 * The containers that are connected to a network, and what becomes of their connections when the network is made anew:
 * gathered by reading alone, then turned into steps. Knows nothing of who manages a container.
 */
import { BlockList } from 'node:net';
import { type Diagnostic, type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type { Step } from '../../core/provider.ts';
import type { Json, JsonObject } from '../../core/value/json.ts';
import type { ObjectValue } from '../../core/value/value.ts';
import { blocksAt, textAt, textMapAt } from './attributes.ts';
import { type Endpoint, endpointRequest, liveEndpoints, minor } from './container-endpoints.ts';
import { ipAddress, macAddress } from './container-notation.ts';
import { EMPTY_SCENE } from './container-scene.ts';
import type { DockerReader } from './daemon.ts';
import { type Inspected, fieldOf, flagOf, recordOf, textOf, textsOf } from './inspect.ts';
import { type Answer, failureDiagnostic, isFailure } from './outcome.ts';

/** One container's connection, with all that is needed to make it again. */
export interface Connection {
  readonly container: string;
  readonly name: string;
  readonly running: boolean;
  readonly endpoint: Endpoint;
  /** Other containers under names of their own, `web:db`. */
  readonly links: readonly string[];
  /** A container that never ran may know the network by its ID, which has to be taken out once the network is gone. */
  readonly byId: boolean;
}

export interface Connections {
  readonly apiVersion: string;
  readonly items: readonly Connection[];
}

export const NO_CONNECTIONS: Connections = Object.freeze({ apiVersion: EMPTY_SCENE.apiVersion, items: [] });

// ---- Gather ------------------------------------------------------------------------------------------------------

/** Running, stopped and never started ones; undefined when there is no such network. */
export async function gatherConnections(id: string, reader: DockerReader): Promise<Result<Connections | 'absent'>> {
  const [network, containers, version] = await Promise.all([
    reader.inspectNetwork(id),
    reader.containers(),
    reader.apiVersion(),
  ]);
  if (network.kind === 'absent') return ok('absent');
  const answers: readonly Answer<unknown>[] = [network, containers, version];
  for (const answer of answers)
    if (isFailure(answer)) return failed(failureDiagnostic(answer, 'read which containers use the network'));
  if (network.kind !== 'done' || containers.kind !== 'done' || version.kind !== 'done') return ok(NO_CONNECTIONS);
  const there = containers.value.filter((container) => keyOf(container, network.value) !== undefined);
  const inspected = await Promise.all(there.map((container) => reader.inspectContainer(textOf(container, 'Id'))));
  const items = inspected.flatMap((answer) => {
    const found = answer.kind === 'done' ? connectionOf(answer.value, network.value, version.value) : undefined;
    return found ?? [];
  });
  return ok({ apiVersion: version.value, items: items.sort(fixedFirst) });
}

/** Under which name the container has this network. One that never ran has no ID of it. */
function keyOf(container: Inspected, network: Inspected): string | undefined {
  const [id, name] = [textOf(network, 'Id'), textOf(network, 'Name')];
  const networks = Object.entries(recordOf(fieldOf(container, 'NetworkSettings', 'Networks')));
  const found = networks.find(([key, value]) => {
    const known = textOf(value, 'NetworkID');
    return known === '' ? key === id || key === name : known === id;
  });
  return found?.[0];
}

function connectionOf(container: Inspected, network: Inspected, apiVersion: string): Connection | undefined {
  const key = keyOf(container, network);
  const live = [...liveEndpoints(container, EMPTY_SCENE).values()].find((endpoint) => endpoint.network === key);
  if (key === undefined || live === undefined) return undefined;
  return {
    container: textOf(container, 'Id'),
    name: textOf(container, 'Name').replace(/^\//, ''),
    running: flagOf(container, 'State', 'Running'),
    endpoint: { ...live, mac: minor(apiVersion) >= 44 ? chosenMac(container, live) : '' },
    links: textsOf(container, 'NetworkSettings', 'Networks', key, 'Links'),
    byId: key === textOf(network, 'Id'),
  };
}

/** One that the engine gave is not to be kept: it would be fixed from then on. */
function chosenMac(container: Inspected, { mac }: Endpoint): string {
  return mac === macAddress(textOf(container, 'Config', 'MacAddress')) ? mac : '';
}

/** Those with an address of their own get it before another one is given it. */
function fixedFirst(a: Connection, b: Connection): number {
  return Number(isFixed(b)) - Number(isFixed(a)) || (a.name < b.name ? -1 : 1);
}

function isFixed({ endpoint }: Connection): boolean {
  return endpoint.ipv4 !== '' || endpoint.ipv6 !== '';
}

// ---- What fits the new network -----------------------------------------------------------------------------------

export interface Moved {
  readonly connection: Connection;
  /** As it will be on the new network. */
  readonly endpoint: Endpoint;
  /** Fixed addresses that the new network does not have. */
  readonly dropped: readonly string[];
}

/** `network` as planned. An address can be kept only inside of a subnet that is configured. */
export function movedTo(network: ObjectValue, { items }: Connections): readonly Moved[] {
  const pools = blocksAt(network, 'ipam_config');
  return items.map((connection) => {
    const { ipv4, ipv6 } = connection.endpoint;
    const endpoint = {
      ...connection.endpoint,
      ipv4: fits(ipv4, pools) ? ipv4 : '',
      ipv6: fits(ipv6, pools) ? ipv6 : '',
    };
    return { connection, endpoint, dropped: [ipv4, ipv6].filter((text) => text !== '' && !fits(text, pools)) };
  });
}

function fits(address: string, pools: readonly ObjectValue[]): boolean {
  return pools.some((pool) => {
    const taken = [textAt(pool, 'gateway') ?? '', ...Object.values(textMapAt(pool, 'aux_address'))].map(ipAddress);
    return isWithin(address, textAt(pool, 'subnet') ?? '') && !taken.includes(ipAddress(address));
  });
}

/** False as well for what is no address or no subnet. */
function isWithin(address: string, subnet: string): boolean {
  const [network = '', prefix] = subnet.split('/');
  const family = familyOf(subnet);
  if (address === '' || prefix === undefined || familyOf(address) !== family) return false;
  try {
    const list = new BlockList();
    list.addSubnet(network, Number(prefix), family);
    return list.check(address, family);
  } catch {
    return false;
  }
}

function familyOf(text: string): 'ipv4' | 'ipv6' {
  return text.includes(':') ? 'ipv6' : 'ipv4';
}

/** Whether two subnets have an address in common: then one begins inside of the other. */
export function overlaps(a: string, b: string): boolean {
  return isWithin(a.split('/')[0] ?? '', b) || isWithin(b.split('/')[0] ?? '', a);
}

// ---- Steps -------------------------------------------------------------------------------------------------------

export interface OldNetwork {
  readonly id: string;
  readonly name: string;
}

/** Takes each container off the network `old`; the way back joins it as it was. */
export function disconnectSteps(
  old: OldNetwork,
  { items, apiVersion }: Connections,
  phase: Step['phase'],
): readonly Step[] {
  return items.map((connection) => {
    const common = { phase, target: { id: old.id } };
    const who = { Container: connection.container, container: connection.name, network: old.name };
    return {
      ...common,
      id: `disconnect ${connection.name}`,
      kind: 'network.disconnect',
      arguments: who,
      undo: {
        ...common,
        id: `undo-disconnect ${connection.name}`,
        kind: 'network.connect',
        arguments: { ...who, EndpointConfig: requestOf(connection.endpoint, connection, apiVersion) },
      },
    };
  });
}

/** Joins each to the network that the step `create` made. */
export function connectSteps(name: string, moved: readonly Moved[], { apiVersion }: Connections): readonly Step[] {
  return moved.map(({ connection, endpoint }) => {
    const common = { phase: 'make', target: { outcomeOf: 'create' } } as const;
    const who = { Container: connection.container, container: connection.name, network: name };
    return {
      ...common,
      id: `connect ${connection.name}`,
      kind: 'network.connect',
      arguments: { ...who, EndpointConfig: requestOf(endpoint, connection, apiVersion) },
      undo: { ...common, id: `undo-connect ${connection.name}`, kind: 'network.disconnect', arguments: who },
    };
  });
}

/** Once the network `old` is gone: takes out what still names it by its ID. */
export function forgetSteps(old: OldNetwork, { items }: Connections, phase: Step['phase']): readonly Step[] {
  return items
    .filter(({ byId }) => byId)
    .map(({ container, name }) => ({
      id: `forget ${name}`,
      kind: 'network.disconnect',
      phase,
      target: { id: old.id },
      arguments: { Container: container, container: name, network: old.name },
    }));
}

function requestOf(endpoint: Endpoint, { links }: Connection, apiVersion: string): JsonObject {
  return { ...endpointRequest(endpoint, apiVersion), ...(links.length === 0 ? {} : { Links: links as Json }) };
}

// ---- Words -------------------------------------------------------------------------------------------------------

/** What a plan says about the containers; undefined when there are none. */
export function moveNote({ items }: Connections): string | undefined {
  const running = items.filter((item) => item.running).map(({ name }) => name);
  const stopped = items.filter((item) => !item.running).map(({ name }) => name);
  const parts = [
    running.length === 0 ? '' : `${listed(running)} will lose this network for a moment`,
    stopped.length === 0 ? '' : `${listed(stopped)}, not running, will be connected to the new one`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? undefined : parts.join('; ');
}

function listed(names: readonly string[]): string {
  return `${names.length === 1 ? 'container' : 'containers'} ${[...names].sort().join(', ')}`;
}

/** Addresses that cannot be kept are not lost in silence. */
export function droppedWarning(name: string, moved: readonly Moved[]): readonly Diagnostic[] {
  const lost = moved.filter(({ dropped }) => dropped.length > 0);
  if (lost.length === 0) return [];
  const lines = lost.map(({ connection, dropped }) => `    ${connection.name}: ${dropped.join(', ')}`).sort();
  return [
    {
      severity: 'warning',
      summary: 'Fixed address cannot be kept',
      detail:
        `The new network "${name}" has no configured subnet for addresses that containers on it have been given:\n\n` +
        `${lines.join('\n')}\n\nThey will be connected with addresses that the engine chooses.`,
      path: ['ipam_config'],
    },
  ];
}

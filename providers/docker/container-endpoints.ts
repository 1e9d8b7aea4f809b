/**
 * The networks that a container is connected to: as configured, as found, and in the engine's request. The network of
 * `network_mode` counts unless networks are listed and the mode is the default one.
 */
import type { JsonObject } from '../../core/value/json.ts';
import { ipAddress, macAddress, variableName } from './container-notation.ts';
import {
  type Plain,
  type PlainObject,
  plainList,
  plainNumber,
  plainObject,
  plainText,
  plainTexts,
} from './container-plain.ts';
import type { Scene } from './container-scene.ts';
import { type Inspected, fieldOf, recordOf, textMapOf, textOf, textsOf } from './inspect.ts';

export interface Endpoint {
  /** As written, or the network's name when it was found. */
  readonly network: string;
  readonly aliases: readonly string[];
  readonly ipv4: string;
  readonly ipv6: string;
  readonly linkLocal: readonly string[];
  readonly driverOptions: Readonly<Record<string, string>>;
  /** Empty: any. */
  readonly mac: string;
  readonly priority: number;
}

export type Endpoints = ReadonlyMap<string, Endpoint>;

const BARE: Omit<Endpoint, 'network'> = {
  aliases: [],
  ipv4: '',
  ipv6: '',
  linkLocal: [],
  driverOptions: {},
  mac: '',
  priority: 0,
};

/** `bridge`, `host`, `none`, `container:ID`, or the ID of a network where it is known, else its name. */
export function networkMode(text: string, scene: Scene): string {
  if (text === '' || text === 'default' || text === 'bridge') return 'bridge';
  if (text.startsWith('container:')) return namespaceMode(text, scene);
  if (text === 'host' || text === 'none') return text;
  return networkKey(text, scene);
}

/** `container:NAME` is `container:ID`; anything else is as it is. */
export function namespaceMode(text: string, scene: Scene): string {
  if (!text.startsWith('container:')) return text;
  const name = text.slice('container:'.length).replace(/^\//, '');
  return `container:${scene.containers.get(name) ?? name}`;
}

/** The default bridge has one name everywhere. */
function networkKey(name: string, scene: Scene): string {
  if (name === 'default' || name === 'bridge') return 'bridge';
  const id = scene.networks.get(name);
  return id !== undefined && id === scene.networks.get('bridge') ? 'bridge' : (id ?? name);
}

/** Networks of its own: none with `host`, `none` or another container's. */
export function hasOwnNetworks(mode: string): boolean {
  return mode !== 'host' && mode !== 'none' && !mode.startsWith('container:');
}

/** By the network's ID, or by its name as far as that is unknown. */
export function wantedEndpoints(whole: PlainObject, scene: Scene): Endpoints {
  const mode = networkMode(plainText(whole.network_mode), scene);
  const listed = plainList(whole.networks_advanced).map(plainObject);
  const endpoints = new Map<string, Endpoint>();
  if (hasOwnNetworks(mode) && !(mode === 'bridge' && listed.length > 0)) {
    endpoints.set(mode, { ...BARE, network: mode === 'bridge' ? 'bridge' : plainText(whole.network_mode) });
  }
  if (!hasOwnNetworks(mode) && listed.length === 0 && (mode === 'host' || mode === 'none')) {
    endpoints.set(mode, { ...BARE, network: mode });
  }
  for (const block of listed) endpoints.set(networkKey(plainText(block.name), scene), wantedEndpoint(block));
  return endpoints;
}

function wantedEndpoint(block: PlainObject): Endpoint {
  return {
    network: plainText(block.name),
    aliases: unique(plainTexts(block.aliases)),
    ipv4: plainText(block.ipv4_address),
    ipv6: ipAddress(plainText(block.ipv6_address)),
    linkLocal: unique(plainTexts(block.link_local_ips).map(ipAddress)),
    driverOptions: driverOptions(block.driver_opts),
    mac: macAddress(plainText(block.mac_address)),
    priority: plainNumber(block.gw_priority),
  };
}

/** Entries without `=` are no options; the provider that people come from drops them as well. */
function driverOptions(plain: Plain | undefined): Readonly<Record<string, string>> {
  const pairs = plainTexts(plain).filter((text) => text.includes('='));
  return Object.fromEntries(pairs.map((text) => [variableName(text), text.slice(text.indexOf('=') + 1)]).sort());
}

/** As the engine has them. The short ID, which it adds to the aliases by itself, is left out. */
export function liveEndpoints(container: Inspected, scene: Scene): Endpoints {
  const networks = recordOf(fieldOf(container, 'NetworkSettings', 'Networks'));
  const shortId = textOf(container, 'Id').slice(0, 12);
  const configMac = macAddress(textOf(container, 'Config', 'MacAddress'));
  const endpoints = new Map<string, Endpoint>();
  for (const [name, value] of Object.entries(networks)) {
    const key = name === 'bridge' || name === 'host' || name === 'none' ? name : keyOf(name, value, scene);
    endpoints.set(key, {
      network: name,
      aliases: unique(textsOf(value, 'Aliases').filter((alias) => alias !== shortId)),
      ipv4: textOf(value, 'IPAMConfig', 'IPv4Address'),
      ipv6: ipAddress(textOf(value, 'IPAMConfig', 'IPv6Address')),
      linkLocal: unique(textsOf(value, 'IPAMConfig', 'LinkLocalIPs').map(ipAddress)),
      driverOptions: Object.fromEntries([...textMapOf(value, 'DriverOpts')].sort()),
      mac: macAddress(textOf(value, 'MacAddress')) || configMac,
      priority: typeof fieldOf(value, 'GwPriority') === 'number' ? Number(fieldOf(value, 'GwPriority')) : -1,
    });
  }
  return endpoints;
}

/** A container that was never started has no network IDs yet, and may name a network by its ID. */
function keyOf(name: string, value: unknown, scene: Scene): string {
  return textOf(value, 'NetworkID') || scene.networks.get(name) || name;
}

export function sameEndpoint(wanted: Endpoint, there: Endpoint): boolean {
  return (
    JSON.stringify(comparable(wanted)) === JSON.stringify(comparable(there)) &&
    (wanted.mac === '' || wanted.mac === there.mac) &&
    (there.priority < 0 || wanted.priority === there.priority)
  );
}

function comparable({ aliases, ipv4, ipv6, linkLocal, driverOptions }: Endpoint): object {
  return { aliases, ipv4, ipv6, linkLocal, driverOptions: Object.entries(driverOptions) };
}

export function sameEndpoints(wanted: Endpoints, there: Endpoints): boolean {
  if (wanted.size !== there.size) return false;
  for (const [key, endpoint] of wanted) {
    const other = there.get(key);
    if (other === undefined || !sameEndpoint(endpoint, other)) return false;
  }
  return true;
}

/** The engine's `EndpointSettings`. */
export function endpointRequest(endpoint: Endpoint, apiVersion: string): JsonObject {
  const { aliases, ipv4, ipv6, linkLocal, driverOptions: options, mac, priority } = endpoint;
  const ipam: JsonObject = {
    ...(ipv4 === '' ? {} : { IPv4Address: ipv4 }),
    ...(ipv6 === '' ? {} : { IPv6Address: ipv6 }),
    ...(linkLocal.length === 0 ? {} : { LinkLocalIPs: linkLocal }),
  };
  return {
    ...(aliases.length === 0 ? {} : { Aliases: aliases }),
    ...(Object.keys(ipam).length === 0 ? {} : { IPAMConfig: ipam }),
    ...(Object.keys(options).length === 0 ? {} : { DriverOpts: options }),
    ...(mac !== '' && minor(apiVersion) >= 44 ? { MacAddress: mac } : {}),
    ...(priority > 0 && minor(apiVersion) >= 48 ? { GwPriority: priority } : {}),
  };
}

export function minor(apiVersion: string): number {
  return Number(apiVersion.split('.')[1] ?? 0);
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}

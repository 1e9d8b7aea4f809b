/**
 * What each argument of a container means, and where the engine keeps it: one row per argument, which turns a value of
 * the configuration and the live container into one form, so that they can be compared whatever the notation. The
 * schema says how a change is made; this file does not.
 */
import {
  architecture,
  capability,
  cleanPath,
  cpuList,
  hostIp,
  ipAddress,
  nanoCpus,
  parseGpus,
  permissionLetters,
  platform,
  securityOption,
  variableName,
} from './container-notation.ts';
import {
  hasOwnNetworks,
  liveEndpoints,
  namespaceMode,
  networkMode,
  sameEndpoints,
  wantedEndpoints,
} from './container-endpoints.ts';
import {
  type Plain,
  type PlainObject,
  isZero,
  plainEntries,
  plainList,
  plainNumber,
  plainObject,
  plainText,
  plainTexts,
} from './container-plain.ts';
import type { Scene } from './container-scene.ts';
import { sameUploads } from './container-uploads.ts';
import { parseDurationNs } from './duration.ts';
import { type Inspected, fieldOf, flagOf, listOf, numberOf, recordOf, textMapOf, textOf, textsOf } from './inspect.ts';

/** Plain JSON in which equal meaning is equal text. */
export type Meaning = string | number | boolean | null | readonly Meaning[] | { readonly [name: string]: Meaning };

/** Where a comparison happens. `whole` is the object that a configured or stored value stands in. */
export interface Place {
  readonly whole: PlainObject;
  readonly scene: Scene;
  /** Undefined when only the state is there to compare with. */
  readonly container: Inspected | undefined;
  /** The state, where that is compared with. */
  readonly prior?: PlainObject;
}

export interface Row {
  /** Of a value that says something. */
  meaning(value: Plain, place: Place): Meaning;
  /** Of the live container. */
  live(container: Inspected, place: Place): Meaning;
  /**
   * Whether the live container has what it would have had if nothing had been said; undefined when that cannot be
   * known. Without it the default is the zero value.
   */
  isDefault?(live: Meaning, container: Inspected, place: Place): boolean | undefined;
  /** Compared with the state alone. */
  readonly stored?: true;
  /** When equal text is not all there is to sameness. `there` is live, or the meaning of the stored value. */
  same?(wanted: Meaning, there: Meaning, place: Place): boolean;
}

const MIB = 1024 * 1024;

// ---- Builders ----------------------------------------------------------------------------------------------------

type Field = readonly string[];

const config = (name: string): Field => ['Config', name];
const host = (name: string): Field => ['HostConfig', name];

function text(field: Field, form: (value: string) => string = (value) => value, rest: Partial<Row> = {}): Row {
  return { meaning: (value) => form(plainText(value)), live: (it) => form(textOf(it, ...field)), ...rest };
}

function flag(field: Field): Row {
  return { meaning: (value) => value === true, live: (it) => flagOf(it, ...field) };
}

function count(field: Field, unit = 1, rest: Partial<Row> = {}): Row {
  const scaled = (value: number): number => (value > 0 ? value * unit : value);
  return { meaning: (value) => scaled(plainNumber(value)), live: (it) => numberOf(it, ...field), ...rest };
}

function texts(field: Field, form: (value: string) => string = (value) => value): Row {
  return {
    meaning: (value) => sortedTexts(plainTexts(value).map(form)),
    live: (it) => sortedTexts(textsOf(it, ...field).map(form)),
  };
}

function textMap(field: Field, rest: Partial<Row> = {}): Row {
  return {
    meaning: (value) => sortedMap(plainEntries(value).map(([name, item]) => [name, plainText(item)])),
    live: (it) => sortedMap([...textMapOf(it, ...field)]),
    ...rest,
  };
}

/** A set of blocks or of the engine's objects, each in one form. */
function blocks(field: Field, wanted: (block: PlainObject) => Meaning, there: (item: Inspected) => Meaning): Row {
  return {
    meaning: (value) => sortedForms(plainList(value).map((item) => wanted(plainObject(item)))),
    live: (it) => sortedForms(listOf(it, ...field).map((item) => there(recordOf(item)))),
  };
}

function sortedTexts(items: readonly string[]): readonly string[] {
  return [...new Set(items)].sort();
}

function sortedMap(entries: readonly (readonly [string, string])[]): Meaning {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sortedForms(items: readonly Meaning[]): readonly Meaning[] {
  return [...new Set(items.map((item) => JSON.stringify(item)))].sort().map((item) => JSON.parse(item) as Meaning);
}

export function sameMeaning(a: Meaning, b: Meaning): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Zero, "", false, null or nothing in it. */
export function isEmptyMeaning(meaning: Meaning): boolean {
  return isZero(meaning as Plain);
}

// ---- Image -------------------------------------------------------------------------------------------------------

const image: Row = {
  meaning: (value, { scene, container }) =>
    container !== undefined && scene.imageId !== undefined ? scene.imageId : imageText(plainText(value)),
  live: (container, { scene }) =>
    scene.imageId === undefined ? imageText(textOf(container, 'Config', 'Image')) : textOf(container, 'Image'),
  same(wanted, there, { scene, container, whole }) {
    if (sameMeaning(wanted, there)) return true;
    // An image that is not there by its name any more runs on in the container that was made from it.
    if (container === undefined || scene.imageId !== undefined) return false;
    return imageText(plainText(whole.image)) === textOf(container, 'Image');
  },
};

/** A name without a tag means `latest`. */
function imageText(name: string): string {
  if (name.startsWith('sha256:') || name.includes('@')) return name;
  return name.indexOf(':', name.lastIndexOf('/') + 1) === -1 && !/^[0-9a-f]{12,64}$/.test(name)
    ? `${name}:latest`
    : name;
}

/** The part of the image's own configuration that a container takes over. */
function ofImage(scene: Scene, name: string): unknown {
  return fieldOf(scene.liveImage, 'Config', name);
}

// ---- What runs ---------------------------------------------------------------------------------------------------

const command: Row = {
  meaning: (value) => plainTexts(value),
  live: (container) => textsOf(container, 'Config', 'Cmd'),
  isDefault(live, _container, { whole, scene }) {
    if (!isZero(whole.entrypoint)) return isEmptyMeaning(live);
    return scene.liveImage && sameMeaning(live, textsOf(scene.liveImage, 'Config', 'Cmd'));
  },
};

const entrypoint: Row = {
  meaning: (value) => plainTexts(value),
  live: (container) => textsOf(container, 'Config', 'Entrypoint'),
  isDefault: (live, _container, { scene }) =>
    scene.liveImage && sameMeaning(live, textsOf(scene.liveImage, 'Config', 'Entrypoint')),
};

/** Of the user, and those of the image that the user does not set. */
const env: Row = {
  meaning: (value, { scene }) => mergedEnv(plainTexts(value), textsOf(scene.liveImage, 'Config', 'Env')),
  live: (container) => sortedTexts(textsOf(container, 'Config', 'Env')),
  isDefault: (live, _container, { scene }) =>
    scene.liveImage && sameMeaning(live, sortedTexts(textsOf(scene.liveImage, 'Config', 'Env'))),
  same(wanted, there, { scene, container }) {
    if (container === undefined || scene.liveImage !== undefined) return sameMeaning(wanted, there);
    return isSubset(wanted, there);
  },
};

function mergedEnv(own: readonly string[], fromImage: readonly string[]): readonly string[] {
  const names = new Set(own.map(variableName));
  return sortedTexts([...own, ...fromImage.filter((entry) => !names.has(variableName(entry)))]);
}

function isSubset(wanted: Meaning, there: Meaning): boolean {
  const all = new Set((there as readonly Meaning[]).map((item) => JSON.stringify(item)));
  return (wanted as readonly Meaning[]).every((item) => all.has(JSON.stringify(item)));
}

const labels: Row = {
  meaning(value, { scene }) {
    const own = plainList(value).map((item) => labelEntry(plainObject(item)));
    return labelForms([...textMapOf(scene.liveImage, 'Config', 'Labels'), ...own]);
  },
  live: (container) => labelForms([...textMapOf(container, 'Config', 'Labels')]),
  isDefault: (live, _container, { scene }) =>
    scene.liveImage && sameMeaning(live, labelForms([...textMapOf(scene.liveImage, 'Config', 'Labels')])),
  same: (wanted, there, place) => env.same?.(wanted, there, place) ?? false,
};

function labelEntry(block: PlainObject): readonly [string, string] {
  return [plainText(block.label), plainText(block.value)];
}

function labelForms(entries: readonly (readonly [string, string])[]): Meaning {
  return [...new Map(entries)].sort(([a], [b]) => (a < b ? -1 : 1));
}

const hostname: Row = text(config('Hostname'), (value) => value, {
  isDefault(live, container, { whole, scene }) {
    if (live === textOf(container, 'Id').slice(0, 12) || live === '') return true;
    return hasOwnNetworks(networkMode(plainText(whole.network_mode), scene)) ? false : undefined;
  },
});

/** A text that the image has a default for. */
function imageDefault(name: string, form: (value: string) => string = (value) => value): Row {
  return text(config(name), form, {
    isDefault: (live, _container, { scene }) =>
      scene.liveImage && live === form(textOf(scene.liveImage, 'Config', name)),
  });
}

interface Probe {
  readonly test: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}

/** Fields that are not said come from the image's probe. */
const healthcheck: Row = {
  meaning(value, { scene }) {
    const block = plainObject(plainList(value)[0]);
    const own: Probe = {
      test: plainTexts(block.test),
      interval: parseDurationNs(plainText(block.interval)) ?? 0,
      timeout: parseDurationNs(plainText(block.timeout)) ?? 0,
      startPeriod: parseDurationNs(plainText(block.start_period)) ?? 0,
      startInterval: parseDurationNs(plainText(block.start_interval)) ?? 0,
      retries: plainNumber(block.retries),
    };
    return probeMeaning(mergedProbe(own, liveProbe(scene.liveImage)));
  },
  live: (container) => (fieldOf(container, 'Config', 'Healthcheck') ? probeMeaning(liveProbe(container)) : null),
  isDefault(live, _container, { scene }) {
    if (scene.liveImage === undefined) return undefined;
    return sameMeaning(live, ofImage(scene, 'Healthcheck') ? probeMeaning(liveProbe(scene.liveImage)) : null);
  },
};

function probeMeaning(probe: Probe): Meaning {
  return { ...probe };
}

function liveProbe(holder: Inspected | undefined): Probe {
  const probe = fieldOf(holder, 'Config', 'Healthcheck');
  return {
    test: textsOf(probe, 'Test'),
    interval: numberOf(probe, 'Interval'),
    timeout: numberOf(probe, 'Timeout'),
    startPeriod: numberOf(probe, 'StartPeriod'),
    startInterval: numberOf(probe, 'StartInterval'),
    retries: numberOf(probe, 'Retries'),
  };
}

function mergedProbe(own: Probe, base: Probe): Probe {
  return {
    test: own.test.length > 0 ? own.test : base.test,
    interval: own.interval || base.interval,
    timeout: own.timeout || base.timeout,
    startPeriod: own.startPeriod || base.startPeriod,
    startInterval: own.startInterval || base.startInterval,
    retries: own.retries || base.retries,
  };
}

// ---- Resources ---------------------------------------------------------------------------------------------------

/** The engine makes twice the memory of it when nothing is said. */
const memorySwap: Row = count(host('MemorySwap'), MIB, {
  isDefault: (live, container, { whole }) =>
    isDefaultSwap(Number(live), plainNumber(whole.memory) * MIB) ||
    isDefaultSwap(Number(live), numberOf(container, 'HostConfig', 'Memory')),
});

/** -1: the kernel cannot limit swap, and the engine drops the limit. */
export function isDefaultSwap(swapBytes: number, memoryBytes: number): boolean {
  return memoryBytes === 0 ? swapBytes <= 0 : swapBytes === 2 * memoryBytes || swapBytes === -1 || swapBytes === 0;
}

/** Period and quota do nothing beside `cpus`. */
function besideCpus(name: string, field: Field): Row {
  return {
    meaning: (value) => plainNumber(value),
    live: (container) => numberOf(container, ...field),
    isDefault: (live, _container, { whole }) => live === 0 || !isZero(whole.cpus),
    same(wanted, there, { whole, prior, container }) {
      const matters = container === undefined || isZero(whole.cpus);
      return wanted === (matters ? there : prior === undefined ? wanted : plainNumber(prior[name]));
    },
  };
}

const cpus: Row = {
  meaning: (value) => nanoCpus(plainText(value)) ?? plainText(value),
  live: (container) => numberOf(container, 'HostConfig', 'NanoCpus'),
};

const shmSize: Row = count(host('ShmSize'), MIB, {
  isDefault: (live) => (live === 64 * MIB || live === 0 ? true : undefined),
});

// ---- Isolation ---------------------------------------------------------------------------------------------------

/** The engine adds `label=disable` by itself where the host's namespaces are shared. */
const securityOpts: Row = {
  meaning: (value) => sortedTexts(plainTexts(value).map(securityOption)),
  live(container) {
    const listed = textsOf(container, 'HostConfig', 'SecurityOpt').map(securityOption);
    return sortedTexts(hasMaskedPaths(container) ? listed : [...listed, SYSTEMPATHS]);
  },
  isDefault: (live, _container, place) => isEmptyMeaning(withoutImplied(live, place)),
  same: (wanted, there, place) => sameMeaning(withoutImplied(wanted, place), withoutImplied(there, place)),
};

const SYSTEMPATHS = 'systempaths=unconfined';

function sharesHost(whole: PlainObject): boolean {
  return whole.privileged === true || whole.ipc_mode === 'host' || whole.pid_mode === 'host';
}

function withoutImplied(options: Meaning, { whole, container }: Place): readonly Meaning[] {
  const open = container !== undefined && flagOf(container, 'HostConfig', 'Privileged');
  const implied = new Set<Meaning>([...(sharesHost(whole) ? ['label=disable'] : []), ...(open ? [SYSTEMPATHS] : [])]);
  return (options as readonly Meaning[]).filter((option) => !implied.has(option));
}

function hasMaskedPaths(container: Inspected): boolean {
  const masked = fieldOf(container, 'HostConfig', 'MaskedPaths');
  return !Array.isArray(masked) || masked.length > 0;
}

const capabilities: Row = {
  meaning(value) {
    const block = plainObject(plainList(value)[0]);
    return capabilityForms(plainTexts(block.add), plainTexts(block.drop));
  },
  live: (it) => capabilityForms(textsOf(it, 'HostConfig', 'CapAdd'), textsOf(it, 'HostConfig', 'CapDrop')),
  isDefault: (live) => sameMeaning(live, capabilityForms([], [])),
};

function capabilityForms(add: readonly string[], drop: readonly string[]): Meaning {
  return { add: sortedTexts(add.map(capability)), drop: sortedTexts(drop.map(capability)) };
}

/** The state has an ID where the configuration has a name; when that cannot be looked up, nothing says they differ. */
function sameNamespace(wanted: Meaning, there: Meaning, { container }: Place): boolean {
  if (wanted === there) return true;
  const [name, id] = [String(wanted), String(there)];
  return container === undefined && /^container:[0-9a-f]{64}$/.test(id) && /^container:(?![0-9a-f]{12})/.test(name);
}

function namespace(name: string, isDefault: (live: string) => boolean | undefined): Row {
  return {
    meaning: (value, { scene }) => namespaceMode(plainText(value), scene),
    live: (container, { scene }) => namespaceMode(textOf(container, 'HostConfig', name), scene),
    isDefault: (live) => isDefault(String(live)),
    same: sameNamespace,
  };
}

/** What the engine itself would take, as `/info` tells. */
function engineDefault(field: Field, infoName: string, stock: string): Row {
  return text(field, (value) => value, {
    isDefault(live, _container, { scene }) {
      if (live === '' || live === textOf(scene.info, infoName)) return true;
      return scene.info === undefined ? (live === stock ? true : undefined) : false;
    },
    same: (wanted, there, { container }) => wanted === there || (container !== undefined && there === ''),
  });
}

/** Only parts that both say are compared; the engine reads back no more than the system. */
const platformRow: Row = {
  meaning: (value) => ({ ...platform(plainText(value)) }),
  live: (container, { scene }) => ({
    os: textOf(container, 'Platform').toLowerCase(),
    architecture: architecture(textOf(scene.liveImage, 'Architecture')),
  }),
  isDefault: () => true,
  same(wanted, there) {
    const [a, b] = [wanted as unknown as Platform, there as unknown as Platform];
    return agree(a.os, b.os) && agree(a.architecture, b.architecture);
  },
};

interface Platform {
  readonly os: string;
  readonly architecture: string;
}

function agree(a: string, b: string): boolean {
  return a === '' || b === '' || a === b;
}

// ---- Network -----------------------------------------------------------------------------------------------------

const networkModeRow: Row = {
  meaning: (value, { scene }) => networkMode(plainText(value), scene),
  live: (container, { scene }) => networkMode(textOf(container, 'HostConfig', 'NetworkMode'), scene),
  isDefault: (live, _container, place) => live === 'bridge' || carriesMac(String(live), place),
  same: (wanted, there, place) =>
    sameNamespace(wanted, there, place) || (wanted === 'bridge' && carriesMac(String(there), place)),
};

/** A network with a fixed MAC address takes the place of the default one; see `ownEndpoint`. */
function carriesMac(mode: string, { whole, scene }: Place): boolean {
  return (wantedEndpoints(whole, scene).get(mode)?.mac ?? '') !== '';
}

/** Which networks it is on, whatever put it there; the arguments of the endpoints are compared by `same`. */
const networksAdvanced: Row = {
  meaning: (value) => sortedForms(plainList(value) as readonly Meaning[]),
  live: () => null,
  isDefault: (_live, container, place) => sameNetworks(container, place),
  same: (wanted, there, place) =>
    place.container === undefined ? sameStored(wanted, there, place) : sameNetworks(place.container, place),
};

function sameNetworks(container: Inspected, { whole, scene }: Place): boolean {
  return sameEndpoints(wantedEndpoints(whole, scene), liveEndpoints(container, scene));
}

function sameStored(wanted: Meaning, there: Meaning, { scene }: Place): boolean {
  const endpoints = (blocks: Meaning) =>
    wantedEndpoints({ network_mode: 'bridge', networks_advanced: blocks as Plain }, scene);
  return sameEndpoints(endpoints(wanted), endpoints(there));
}

interface Port {
  readonly internal: number;
  readonly protocol: string;
  readonly ip: string;
  /** "" when the engine chooses. */
  readonly external: string;
}

/** The intent, not what the engine made of it: a stopped container has no ports. */
const ports: Row = {
  meaning: (value) => portForms(plainList(value).map((item) => portOf(plainObject(item)))),
  live: (container) => portForms(livePorts(container)),
  same(wanted, there, place) {
    const { container, whole, scene } = place;
    if (sameMeaning(wanted, there)) return true;
    if (container === undefined && samePorts(wanted, there)) return true;
    if (container === undefined) return isEmptyMeaning(there) && mayShowNoPorts(place);
    if (sameMeaning(wanted, portForms(livePorts(container).map((port) => withChosen(port, container))))) return true;
    return isEmptyMeaning(there) && !hasOwnNetworks(networkMode(plainText(whole.network_mode), scene));
  },
};

function portOf(block: PlainObject): Port {
  const external = plainNumber(block.external);
  return {
    internal: plainNumber(block.internal),
    protocol: plainText(block.protocol).toLowerCase() || 'tcp',
    ip: hostIp(plainText(block.ip)),
    external: external === 0 ? '' : String(external),
  };
}

function livePorts(container: Inspected): readonly Port[] {
  const bindings = recordOf(fieldOf(container, 'HostConfig', 'PortBindings'));
  return Object.entries(bindings).flatMap(([key, list]) => {
    const [internal = '', protocol = 'tcp'] = key.split('/');
    return (Array.isArray(list) ? list : []).map((binding: unknown) => ({
      internal: Number(internal),
      protocol,
      ip: hostIp(textOf(binding, 'HostIp')),
      external: textOf(binding, 'HostPort').replace(/^0$/, ''),
    }));
  });
}

/** The peer stores the ports that the engine has open: none without a network of its own, and none while stopped. */
function mayShowNoPorts({ whole, scene, prior }: Place): boolean {
  return prior?.must_run === false || !hasOwnNetworks(networkMode(plainText(whole.network_mode), scene));
}

/** With the port that the engine chose, as the state holds it and `ignore_changes` hands it back. */
function withChosen(port: Port, container: Inspected): Port {
  if (port.external !== '') return port;
  const bindings = listOf(container, 'NetworkSettings', 'Ports', `${port.internal}/${port.protocol}`);
  const chosen = bindings.find((binding) => hostIp(textOf(binding, 'HostIp')) === port.ip);
  return { ...port, external: textOf(chosen, 'HostPort') };
}

function portForms(items: readonly Port[]): Meaning {
  return sortedForms(items.map(({ internal, protocol, ip, external }) => ({ internal, protocol, ip, external })));
}

/** The state holds ports that the engine chose, where the configuration says none. */
function samePorts(wanted: Meaning, there: Meaning): boolean {
  const rest = [...(there as unknown as readonly Port[])];
  const all = [...(wanted as unknown as readonly Port[])].sort(
    (a, b) => Number(a.external === '') - Number(b.external === ''),
  );
  for (const port of all) {
    const index = rest.findIndex(
      (other) =>
        other.internal === port.internal &&
        other.protocol === port.protocol &&
        other.ip === port.ip &&
        (port.external === '' || other.external === port.external),
    );
    if (index === -1) return false;
    rest.splice(index, 1);
  }
  return rest.length === 0;
}

const hosts: Row = {
  meaning: (value) =>
    sortedTexts(
      plainList(value).map((item) => {
        const block = plainObject(item);
        return `${plainText(block.host)}:${ipAddress(plainText(block.ip))}`;
      }),
    ),
  live: (container) => sortedTexts(textsOf(container, 'HostConfig', 'ExtraHosts').map(hostLine)),
};

function hostLine(line: string): string {
  const at = line.indexOf(':');
  return at < 0 ? line : `${line.slice(0, at)}:${ipAddress(line.slice(at + 1))}`;
}

// ---- Storage -----------------------------------------------------------------------------------------------------

/** Options of another type of mount do nothing. */
const mounts: Row = blocks(host('Mounts'), wantedMount, liveMount);

function wantedMount(block: PlainObject): Meaning {
  const type = plainText(block.type);
  const bind = plainObject(plainList(block.bind_options)[0]);
  const volume = plainObject(plainList(block.volume_options)[0]);
  const tmpfs = plainObject(plainList(block.tmpfs_options)[0]);
  return {
    type,
    target: cleanPath(plainText(block.target)),
    source: type === 'tmpfs' ? '' : mountSource(type, plainText(block.source)),
    readOnly: block.read_only === true,
    propagation: type === 'bind' ? propagation(plainText(bind.propagation)) : '',
    noCopy: type === 'volume' && volume.no_copy === true,
    driver: type === 'volume' ? plainText(volume.driver_name) : '',
    options: type === 'volume' ? sortedMap(plainEntries(volume.driver_options).map(([k, v]) => [k, plainText(v)])) : {},
    labels: type === 'volume' ? labelForms(plainList(volume.labels).map((item) => labelEntry(plainObject(item)))) : [],
    subpath: type === 'volume' ? plainText(volume.subpath) : '',
    size: type === 'tmpfs' ? plainNumber(tmpfs.size_bytes) : 0,
    mode: type === 'tmpfs' ? plainNumber(tmpfs.mode) : 0,
  };
}

function liveMount(mount: Inspected): Meaning {
  const type = textOf(mount, 'Type');
  const driver = fieldOf(mount, 'VolumeOptions', 'DriverConfig');
  return {
    type,
    target: cleanPath(textOf(mount, 'Target')),
    source: type === 'tmpfs' ? '' : mountSource(type, textOf(mount, 'Source')),
    readOnly: flagOf(mount, 'ReadOnly'),
    propagation: type === 'bind' ? propagation(textOf(mount, 'BindOptions', 'Propagation')) : '',
    noCopy: flagOf(mount, 'VolumeOptions', 'NoCopy'),
    driver: textOf(driver, 'Name'),
    options: sortedMap([...textMapOf(driver, 'Options')]),
    labels: labelForms([...textMapOf(mount, 'VolumeOptions', 'Labels')]),
    subpath: textOf(mount, 'VolumeOptions', 'Subpath'),
    size: numberOf(mount, 'TmpfsOptions', 'SizeBytes'),
    mode: numberOf(mount, 'TmpfsOptions', 'Mode'),
  };
}

function mountSource(type: string, source: string): string {
  return type === 'bind' ? cleanPath(source) : source;
}

/** The engine's default. */
function propagation(text: string): string {
  return text === '' ? 'rprivate' : text;
}

/** `from:NAME`, `anonymous:PATH`, `SOURCE:PATH:FLAGS`. */
const volumes: Row = {
  meaning: (value, { scene }) => sortedTexts(plainList(value).map((item) => volumeForm(plainObject(item), scene))),
  live: (container, { scene }) => sortedTexts(liveVolumes(container, scene)),
};

function volumeForm(block: PlainObject, scene: Scene): string {
  const from = plainText(block.from_container);
  if (from !== '') return fromForm(from, scene);
  const source = plainText(block.host_path) || plainText(block.volume_name);
  const target = plainText(block.container_path);
  if (source === '') return `anonymous:${cleanPath(target)}`;
  const mode = [block.read_only === true ? 'ro' : 'rw', plainText(block.selinux_relabel)].filter((flag) => flag !== '');
  return bindForm(source, target, mode);
}

function fromForm(from: string, scene: Scene): string {
  const [name = '', mode = 'rw'] = from.split(':');
  return `from:${scene.containers.get(name) ?? name}:${mode}`;
}

function bindForm(source: string, target: string, flags: readonly string[]): string {
  const said = flags.filter((flag) => flag !== 'rw').sort();
  return [source.startsWith('/') ? cleanPath(source) : source, cleanPath(target), said.join(',')].join(':');
}

function liveVolumes(container: Inspected, scene: Scene): readonly string[] {
  const binds = textsOf(container, 'HostConfig', 'Binds');
  const bound = new Set(binds.map((bind) => cleanPath(bindTarget(bind))));
  const ofMounts = listOf(container, 'HostConfig', 'Mounts').map((mount) => cleanPath(textOf(mount, 'Target')));
  const fromImage = Object.keys(recordOf(ofImage(scene, 'Volumes'))).map(cleanPath);
  const known = new Set([...bound, ...ofMounts, ...(scene.liveImage ? fromImage : anonymousPaths(container))]);
  return [
    ...textsOf(container, 'HostConfig', 'VolumesFrom').map((from) => fromForm(from, scene)),
    ...binds.map((bind) => liveBind(bind)),
    ...anonymousPaths(container)
      .filter((path) => !known.has(path))
      .map((path) => `anonymous:${path}`),
  ];
}

function anonymousPaths(container: Inspected): readonly string[] {
  return Object.keys(recordOf(fieldOf(container, 'Config', 'Volumes'))).map(cleanPath);
}

function bindTarget(bind: string): string {
  return bind.split(':')[1] ?? '';
}

function liveBind(bind: string): string {
  const [source = '', target = '', mode = ''] = bind.split(':');
  return bindForm(source, target, mode === '' ? [] : mode.split(','));
}

const tmpfs = textMap(host('Tmpfs'));

/** The engine adds the options of its own configuration to a driver that is its default. */
const logOpts: Row = textMap(['HostConfig', 'LogConfig', 'Config'], {
  isDefault: (live) => (isEmptyMeaning(live) ? true : undefined),
  same(wanted, there, { container }) {
    if (container === undefined) return sameMeaning(wanted, there);
    const [own, all] = [wanted as Record<string, Meaning>, there as Record<string, Meaning>];
    return Object.entries(own).every(([name, value]) => all[name] === value);
  },
});

// ---- Devices and limits ------------------------------------------------------------------------------------------

const devices: Row = blocks(
  host('Devices'),
  (block) => ({
    path: plainText(block.host_path),
    inside: plainText(block.container_path) || plainText(block.host_path),
    permissions: permissionLetters(plainText(block.permissions) || 'rwm'),
  }),
  (item) => ({
    path: textOf(item, 'PathOnHost'),
    inside: textOf(item, 'PathInContainer') || textOf(item, 'PathOnHost'),
    permissions: permissionLetters(textOf(item, 'CgroupPermissions') || 'rwm'),
  }),
);

function throttle(name: string): Row {
  return blocks(
    host(name),
    (block) => ({ path: plainText(block.path), rate: plainNumber(block.rate) }),
    (item) => ({ path: textOf(item, 'Path'), rate: numberOf(item, 'Rate') }),
  );
}

/** An engine may add limits of its own configuration. */
const ulimit: Row = {
  ...blocks(
    host('Ulimits'),
    (block) => ({ name: plainText(block.name), soft: plainNumber(block.soft), hard: plainNumber(block.hard) }),
    (item) => ({ name: textOf(item, 'Name'), soft: numberOf(item, 'Soft'), hard: numberOf(item, 'Hard') }),
  ),
  isDefault: (live) => (isEmptyMeaning(live) ? true : undefined),
  same: (wanted, there, { container }) =>
    container === undefined ? sameMeaning(wanted, there) : isSubset(wanted, there),
};

const deviceRequests: Row = {
  ...blocks(
    host('DeviceRequests'),
    (block) => ({
      driver: plainText(block.driver) || 'cdi',
      count: plainNumber(block.count),
      ids: sortedTexts(plainTexts(block.device_ids)),
      capabilities: sortedTexts(plainTexts(block.capabilities)),
      options: sortedMap(plainEntries(block.options).map(([name, value]) => [name, plainText(value)])),
    }),
    liveRequest,
  ),
  isDefault: (live, _container, { whole }) => isEmptyMeaning(live) || !isZero(whole.gpus),
};

function liveRequest(item: Inspected): Meaning {
  const groups = listOf(item, 'Capabilities').flatMap((group) => (Array.isArray(group) ? (group as unknown[]) : []));
  return {
    driver: textOf(item, 'Driver'),
    count: numberOf(item, 'Count'),
    ids: sortedTexts(textsOf(item, 'DeviceIDs')),
    capabilities: sortedTexts(groups.filter((name): name is string => typeof name === 'string')),
    options: sortedMap([...textMapOf(item, 'Options')]),
  };
}

const gpus: Row = {
  meaning(value, { container }) {
    const request = parseGpus(plainText(value));
    if (typeof request === 'string' || container === undefined) return plainText(value).replaceAll('"', '');
    const { driver, count: number, deviceIds, capabilities: needed, options } = request;
    const form = {
      driver,
      count: number,
      ids: sortedTexts(deviceIds),
      capabilities: sortedTexts(needed),
      options: sortedMap(Object.entries(options)),
    };
    return [form];
  },
  live: (container) => deviceRequests.live(container, { whole: {}, scene: NO_SCENE, container }),
  isDefault: (live, _container, { whole }) => isEmptyMeaning(live) || !isZero(whole.device_requests),
};

const NO_SCENE = {} as Scene;

/** Inspection does not show files: a refresh looks at them and writes what it found into the state's blocks. */
const upload: Row = {
  meaning: (value) => plainList(value) as readonly Meaning[],
  live: () => null,
  same: (wanted, there) => sameUploads(wanted as Plain, there as Plain),
  stored: true,
};

// ---- The table ---------------------------------------------------------------------------------------------------

const name: Row = text(['Name'], (value) => value.replace(/^\//, ''));

const restart: Row = text(['HostConfig', 'RestartPolicy', 'Name'], (value) => value || 'no', {
  isDefault: (live) => live === 'no',
});

/** Every argument that the live container shows. What is missing here is bookkeeping or life; see `container-decide.ts`. */
export const ROWS: Readonly<Record<string, Row>> = {
  name,
  image,
  command,
  entrypoint,
  env,
  labels,
  user: imageDefault('User'),
  working_dir: imageDefault('WorkingDir', cleanPath),
  hostname,
  domainname: text(config('Domainname')),
  tty: flag(config('Tty')),
  stdin_open: flag(config('OpenStdin')),
  stop_signal: imageDefault('StopSignal'),
  stop_timeout: count(config('StopTimeout')),
  healthcheck,
  init: flag(host('Init')),
  group_add: texts(host('GroupAdd')),
  rm: flag(host('AutoRemove')),
  restart,
  max_retry_count: count(['HostConfig', 'RestartPolicy', 'MaximumRetryCount']),
  memory: count(host('Memory'), MIB),
  memory_swap: memorySwap,
  memory_reservation: count(host('MemoryReservation'), MIB),
  cpus,
  cpu_period: besideCpus('cpu_period', host('CpuPeriod')),
  cpu_quota: besideCpus('cpu_quota', host('CpuQuota')),
  cpu_shares: count(host('CpuShares')),
  cpu_set: text(host('CpusetCpus'), (value) => (value === '' ? '' : cpuList(value))),
  shm_size: shmSize,
  gpus,
  device_requests: deviceRequests,
  devices,
  device_read_bps: throttle('BlkioDeviceReadBps'),
  device_read_iops: throttle('BlkioDeviceReadIOps'),
  device_write_bps: throttle('BlkioDeviceWriteBps'),
  device_write_iops: throttle('BlkioDeviceWriteIOps'),
  ulimit,
  privileged: flag(host('Privileged')),
  read_only: flag(host('ReadonlyRootfs')),
  security_opts: securityOpts,
  capabilities,
  sysctls: textMap(host('Sysctls')),
  runtime: engineDefault(host('Runtime'), 'DefaultRuntime', 'runc'),
  platform: platformRow,
  ipc_mode: namespace('IpcMode', (live) => live === '' || live === 'private' || live === 'shareable'),
  pid_mode: namespace('PidMode', (live) => live === ''),
  userns_mode: text(host('UsernsMode')),
  cgroupns_mode: text(host('CgroupnsMode'), (value) => value, { isDefault: () => undefined }),
  cgroup_parent: text(host('CgroupParent')),
  network_mode: networkModeRow,
  networks_advanced: networksAdvanced,
  ports,
  publish_all_ports: flag(host('PublishAllPorts')),
  dns: texts(host('Dns'), ipAddress),
  dns_opts: texts(host('DnsOptions')),
  dns_search: texts(host('DnsSearch')),
  host: hosts,
  mounts,
  volumes,
  tmpfs,
  storage_opts: textMap(host('StorageOpt')),
  log_driver: engineDefault(['HostConfig', 'LogConfig', 'Type'], 'LoggingDriver', 'json-file'),
  log_opts: logOpts,
  upload,
};

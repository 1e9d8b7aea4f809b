/**
 * Which arguments of a container differ from what is there: configuration against the live container, the defaults of
 * image and engine, and what was last applied; or against the state alone, when the container was not looked at. Pure.
 * The same comparison checks after an apply that every change took effect.
 */
import type { AttributeSchema, BlockSchema, ChangeMode } from '../../core/config/schema.ts';
import {
  type Meaning,
  type Place,
  ROWS,
  type Row,
  isDefaultSwap,
  isEmptyMeaning,
  sameMeaning,
} from './container-attributes.ts';
import { liveEndpoints, wantedEndpoints } from './container-endpoints.ts';
import { digestOf } from './container-memory.ts';
import {
  type Plain,
  type PlainObject,
  containsUnknownPlain,
  isZero,
  plainNumber,
  plainText,
} from './container-plain.ts';
import { EMPTY_SCENE, type Memory, type Scene } from './container-scene.ts';
import { containerSchema } from './container-schema.ts';
import { uploadChanges } from './container-uploads.ts';
import { type Inspected, flagOf, numberOf, textOf } from './inspect.ts';

export interface Comparison {
  /** As configured. */
  readonly config: PlainObject;
  /** As stored and refreshed; undefined when only the live container counts. */
  readonly prior: PlainObject | undefined;
  readonly container: Inspected | undefined;
  readonly scene: Scene;
  readonly memory: Memory | undefined;
}

export interface Difference {
  readonly name: string;
  readonly mode: ChangeMode;
  readonly author: 'configuration' | 'drift' | 'image';
  /** Why it cannot be done in place, where the argument as such can. */
  readonly note?: string;
}

const MIB = 1024 * 1024;

const ATTRIBUTES = Object.entries(containerSchema.attributes);
const ARGUMENTS: readonly (readonly [string, AttributeSchema | BlockSchema])[] = [
  ...ATTRIBUTES,
  ...Object.entries(containerSchema.blocks),
];
/** Asked for twice in every decision. */
const FILLED = new WeakMap<PlainObject, PlainObject>();

/** The configuration with the schema's defaults where it says nothing. */
export function withDefaults(config: PlainObject): PlainObject {
  const known = FILLED.get(config);
  if (known !== undefined) return known;
  const filled: Record<string, Plain> = { ...config };
  for (const [name, schema] of ATTRIBUTES) filled[name] ??= schema.default ?? null;
  FILLED.set(config, filled);
  return filled;
}

/** `comparison.config` without defaults. In the order of the schema. */
export function differencesOf(comparison: Comparison): readonly Difference[] {
  const whole = withDefaults(comparison.config);
  const found: Difference[] = [];
  for (const [name, schema] of ARGUMENTS) {
    const difference = compareOne(name, schema, whole, comparison);
    if (difference !== undefined) found.push(difference);
  }
  return found;
}

function compareOne(
  name: string,
  schema: AttributeSchema | BlockSchema,
  whole: PlainObject,
  comparison: Comparison,
): Difference | undefined {
  const row = ROWS[name];
  const mode = schema.change;
  if (mode === undefined) return undefined;
  const wanted = whole[name] ?? null;
  if (containsUnknownPlain(wanted)) return unknownDifference(name, mode, comparison);
  if (row === undefined) return compareStored(name, wanted, comparison);
  const place: Place = placeOf(row, whole, comparison);
  if (!differs(name, row, wanted, place, comparison)) return name === 'image' ? renewedImage(comparison) : undefined;
  const author = authorOf(name, row, wanted, place, comparison);
  const note = mode === 'in-place' ? whyNotInPlace(name, whole, comparison) : undefined;
  return note === undefined ? { name, mode, author } : { name, mode: 'replace', author, note };
}

/** The name is to stand for another image in a moment, so the container that runs the old one is not what it says. */
function renewedImage({ prior, scene }: Comparison): Difference | undefined {
  if (prior === undefined || scene.imageMaker === undefined) return undefined;
  const note = `${scene.imageMaker} makes this image anew, and a container keeps the one that it was made from.`;
  return { name: 'image', mode: 'replace', author: 'image', note };
}

/** What is not known yet may differ. A network that is not there yet cannot be joined before the old one is left. */
function unknownDifference(name: string, mode: ChangeMode, { prior }: Comparison): Difference | undefined {
  if (prior === undefined) return undefined;
  const later = 'It is known only after apply.';
  if (name === 'networks_advanced') return { name, mode: 'replace', author: 'configuration', note: later };
  return { name, mode, author: 'configuration' };
}

/** Arguments that no inspection shows: `start`, `wait`, `timeouts` ... `must_run` is life, see `container-decide.ts`. */
function compareStored(name: string, wanted: Plain, { prior }: Comparison): Difference | undefined {
  if (prior === undefined || name === 'must_run') return undefined;
  const there = prior[name] ?? null;
  if ((isZero(wanted) && isZero(there)) || JSON.stringify(wanted) === JSON.stringify(there)) return undefined;
  return { name, mode: 'bookkeeping', author: 'configuration' };
}

/** Against the state alone nothing of the image or the engine is mixed in. */
function placeOf(row: Row, whole: PlainObject, { container, scene }: Comparison): Place {
  if (container !== undefined && row.stored === undefined) return { whole, scene, container };
  return {
    whole,
    scene: { ...EMPTY_SCENE, networks: scene.networks, containers: scene.containers },
    container: undefined,
  };
}

function differs(name: string, row: Row, wanted: Plain, place: Place, comparison: Comparison): boolean {
  if (place.container === undefined) return differsFromState(name, row, wanted, place, comparison);
  const live = row.live(place.container, place);
  if (!isZero(wanted))
    return !(row.same ?? sameMeaning)(row.meaning(wanted, place), live, placeWith(place, comparison));
  return !isDefaultLive(name, row, live, place.container, place, comparison);
}

function placeWith(place: Place, { prior }: Comparison): Place {
  return prior === undefined ? place : { ...place, prior };
}

function isDefaultLive(
  name: string,
  row: Row,
  live: Meaning,
  container: Inspected,
  place: Place,
  { memory, prior }: Comparison,
): boolean {
  // What was not set before and cannot change is a default, whatever the engine's configuration makes of it.
  if (memory !== undefined && isFixed(name) && !memory.configured.has(name)) return true;
  const known = row.isDefault === undefined ? isEmptyMeaning(live) : row.isDefault(live, container, place);
  if (known !== undefined) return known;
  if (memory !== undefined) return !memory.configured.has(name);
  return isComputed(name) || isZero(prior?.[name]);
}

function differsFromState(name: string, row: Row, wanted: Plain, place: Place, { prior, config }: Comparison): boolean {
  if (prior === undefined) return false;
  const stored = prior[name] ?? null;
  const there = row.meaning(stored, { ...place, whole: prior });
  if (!isZero(wanted)) return !(row.same ?? sameMeaning)(row.meaning(wanted, place), there, { ...place, prior });
  if (isZero(stored)) return false;
  if (isComputed(name)) return saysEmpty(name, config[name]);
  if (name === 'memory_swap') return !isDefaultSwap(plainNumber(stored) * MIB, plainNumber(prior.memory) * MIB);
  return !(name === 'restart' && stored === 'no');
}

/** `env = []` and `init = false` ask for none; null, 0 and "" leave it to the provider. */
function saysEmpty(name: string, configured: Plain | undefined): boolean {
  return configured === false || (Array.isArray(configured) && containerSchema.attributes[name] !== undefined);
}

function isComputed(name: string): boolean {
  const schema = containerSchema.attributes[name];
  return schema ? schema.use === 'optional-computed' : containerSchema.blocks[name]?.computed === true;
}

function isFixed(name: string): boolean {
  return (containerSchema.attributes[name] ?? containerSchema.blocks[name])?.change === 'replace';
}

function authorOf(
  name: string,
  row: Row,
  wanted: Plain,
  place: Place,
  { memory, prior }: Comparison,
): Difference['author'] {
  if (prior === undefined) return 'configuration';
  if (name === 'image') return plainText(wanted) === plainText(prior.image) ? 'image' : 'configuration';
  const applied = memory?.applied[name];
  if (applied !== undefined) return applied === digestOf(row.meaning(wanted, place)) ? 'drift' : 'configuration';
  if (memory !== undefined && isZero(wanted) && !memory.configured.has(name)) return 'drift';
  return 'configuration';
}

// ---- What the engine cannot do in place ----------------------------------------------------------------------------

const NO_WAY_BACK = 'The Docker Engine cannot take a limit away from a container that has one.';

function whyNotInPlace(name: string, whole: PlainObject, comparison: Comparison): string | undefined {
  switch (name) {
    case 'memory':
    case 'memory_reservation':
    case 'cpu_shares':
    case 'cpu_set':
      return isZero(whole[name]) ? NO_WAY_BACK : undefined;
    case 'memory_swap':
      return isZero(whole.memory_swap) && isZero(whole.memory) ? NO_WAY_BACK : undefined;
    case 'cpus':
      return isZero(whole.cpus) ? NO_WAY_BACK : otherCpuLimit(name, comparison);
    case 'cpu_period':
    case 'cpu_quota':
      if (!isZero(whole.cpus)) return undefined;
      return isZero(whole[name]) ? NO_WAY_BACK : otherCpuLimit(name, comparison);
    case 'restart':
    case 'max_retry_count':
      return removesItself(comparison) ? 'A container that removes itself has no restart policy.' : undefined;
    case 'networks_advanced':
      return whyNotReconnect(whole, comparison);
    case 'upload':
      return whyNotUpload(whole, comparison);
    default:
      return undefined;
  }
}

/** `cpus` and quota exclude each other, and neither can be taken back. */
function otherCpuLimit(name: string, { container, prior }: Comparison): string | undefined {
  const nano = container ? numberOf(container, 'HostConfig', 'NanoCpus') : isZero(prior?.cpus) ? 0 : 1;
  const quota = container
    ? numberOf(container, 'HostConfig', 'CpuQuota') + numberOf(container, 'HostConfig', 'CpuPeriod')
    : plainNumber(prior?.cpu_quota) + plainNumber(prior?.cpu_period);
  return (name === 'cpus' ? quota : nano) === 0 ? undefined : NO_WAY_BACK;
}

function removesItself({ container, prior }: Comparison): boolean {
  return container ? flagOf(container, 'HostConfig', 'AutoRemove') : prior?.rm === true;
}

/** The address of the card is fixed when the container is made, and a network has to be there to be joined. */
function whyNotReconnect(whole: PlainObject, { container, scene }: Comparison): string | undefined {
  if (container === undefined) return undefined;
  const [wanted, there] = [wantedEndpoints(whole, scene), liveEndpoints(container, scene)];
  for (const [key, endpoint] of wanted) {
    if (endpoint.mac !== '' && there.get(key)?.mac !== endpoint.mac)
      return 'The MAC address is fixed when the container is made.';
    if (!there.has(key) && key !== 'bridge' && !scene.networks.has(endpoint.network)) {
      return `The network ${endpoint.network} is not there yet.`;
    }
    if (key === 'host' || key === 'none') return `A container cannot be connected to ${key} later.`;
  }
  return undefined;
}

function whyNotUpload(whole: PlainObject, { prior, container }: Comparison): string | undefined {
  const { removed, changed } = uploadChanges(whole.upload ?? null, prior?.upload ?? null);
  if (removed.length > 0) return `Nothing takes ${removed[0]} out of a container.`;
  const readOnly = container ? flagOf(container, 'HostConfig', 'ReadonlyRootfs') : prior?.read_only === true;
  return changed.length > 0 && readOnly ? 'The root file system is read-only.' : undefined;
}

/** The ID of the container that a comparison is about. */
export function comparedId({ container, prior }: Pick<Comparison, 'container' | 'prior'>): string {
  return container ? textOf(container, 'Id') : plainText(prior?.id);
}

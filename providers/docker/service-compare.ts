/**
 * What differs between a service and its configuration, by the rules of the schema and three more: what the engine fills
 * in is no difference, a network is the same by name and by ID, and a block that is taken out of the configuration goes
 * back to what the engine does by itself. Pure.
 */
import type { AttributePath } from '../../core/diag/diagnostic.ts';
import type { Prior } from '../../core/provider.ts';
import { setValue } from '../../core/value/set.ts';
import { type ObjectValue, type Value, listValue, unknownValue } from '../../core/value/value.ts';
import { blocksAt, textAt, withAttributes } from './attributes.ts';
import { parseDurationNs } from './duration.ts';
import { serviceSchema } from './schema/service.ts';
import { type SchemaChange, type SchemaPlan, elementsOf, isZero, planFromSchema } from './sdk-plan.ts';
import { type NetworkIds, networkTarget } from './service-read.ts';

export function compareService(
  prior: Prior | null,
  config: ObjectValue,
  mode: 'any' | 'replace',
  networks: NetworkIds = new Map(),
): SchemaPlan {
  if (prior === null || mode === 'replace') {
    return planFromSchema({ schema: serviceSchema, prior: prior?.value ?? null, config, mode });
  }
  const plan = planFromSchema({
    schema: serviceSchema,
    prior: prior.value,
    config: likePrior(prior.value, config, networks),
    mode,
  });
  return withResets(plan, prior.value, config);
}

// ---- What the engine fills in ------------------------------------------------------------------------------------

/** The configuration with the engine's own additions, and with networks in the form that the state has them in. */
function likePrior(prior: ObjectValue, config: ObjectValue, networks: NetworkIds): ObjectValue {
  return inBlock(prior, config, 'task_spec', (task, wanted) => {
    const steps = [
      inBlock(task, wanted, 'restart_policy', filledRestart),
      inBlock(task, wanted, 'placement', (old, placement) => filledPlacement(task, old, placement)),
      inBlock(task, wanted, 'resources', filledResources),
    ];
    const changes = ['restart_policy', 'placement', 'resources'].map(
      (name, index) => [name, steps[index]?.attributes.get(name)] as const,
    );
    const known = changes.filter((change): change is readonly [string, Value] => change[1] !== undefined);
    return withAttributes(wanted, [...known, ...sameNetworks(task, wanted, networks)]);
  });
}

/** Changes the one block of a name, when both sides have it. */
function inBlock(
  prior: ObjectValue,
  config: ObjectValue,
  name: string,
  change: (prior: ObjectValue, config: ObjectValue) => ObjectValue,
): ObjectValue {
  const [before, wanted] = [blocksAt(prior, name)[0], blocksAt(config, name)[0]];
  const list = config.attributes.get(name);
  if (before === undefined || wanted === undefined || list?.kind !== 'list') return config;
  return withAttributes(config, [[name, listValue(list.element, [change(before, wanted)], list.marks)]]);
}

function isUnset(value: Value | undefined): boolean {
  return value === undefined || value.kind === 'null' || (value.kind === 'string' && value.value === '');
}

/** Of a policy that says something the engine shows the rest as well: any condition, no time. */
function filledRestart(prior: ObjectValue, config: ObjectValue): ObjectValue {
  const filled = ['delay', 'window', 'condition'].filter((name) => {
    const text = textAt(prior, name);
    const usual = name === 'condition' ? text === 'any' : text !== undefined && parseDurationNs(text) === 0;
    return isUnset(config.attributes.get(name)) && usual;
  });
  return keeping(prior, config, filled);
}

/** Whoever resolves a tag to a digest notes the platforms that the image has. */
function filledPlacement(task: ObjectValue, prior: ObjectValue, config: ObjectValue): ObjectValue {
  const container = blocksAt(task, 'container_spec')[0];
  const pinned = container !== undefined && (textAt(container, 'image') ?? '').includes('@');
  return pinned && blocksAt(config, 'platforms').length === 0 ? keeping(prior, config, ['platforms']) : config;
}

/** An amount of nothing is as good as none. */
function filledResources(prior: ObjectValue, config: ObjectValue): ObjectValue {
  const empty = ['limits', 'reservation'].filter(
    (name) => blocksAt(config, name).length === 0 && isNothing(prior.attributes.get(name)),
  );
  return keeping(prior, config, empty);
}

function keeping(prior: ObjectValue, config: ObjectValue, names: readonly string[]): ObjectValue {
  const kept = names.flatMap((name) => {
    const value = prior.attributes.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return kept.length === 0 ? config : withAttributes(config, kept);
}

/** Networks of the configuration in the words of the state, where both name the same one. */
function sameNetworks(prior: ObjectValue, config: ObjectValue, networks: NetworkIds): [string, Value][] {
  const wanted = config.attributes.get('networks_advanced');
  if (wanted?.kind !== 'set') return [];
  const there = blocksAt(prior, 'networks_advanced');
  const elements = wanted.elements.map((element) => {
    if (element.kind !== 'object' || [...element.attributes.values()].some((it) => it.kind === 'unknown'))
      return element;
    const target = networkTarget(element, networks);
    const same = there.find((old) => networkTarget(old, networks) === target);
    return same === undefined ? element : keeping(same, element, ['id', 'name']);
  });
  return [['networks_advanced', setValue(wanted.element, elements)]];
}

// ---- What is taken out of the configuration ----------------------------------------------------------------------

interface Place {
  readonly path: AttributePath;
  readonly name: string;
  /** Whether the engine would have it so by itself. */
  readonly usual: (value: Value) => boolean;
}

const TASK: AttributePath = ['task_spec', 0];
const CONTAINER: AttributePath = ['task_spec', 0, 'container_spec', 0];

const PLACES: readonly Place[] = [
  { path: [], name: 'labels', usual: isZero },
  { path: [], name: 'endpoint_spec', usual: (value) => everyBlock(value, usualEndpoint) },
  { path: TASK, name: 'resources', usual: isNothing },
  { path: TASK, name: 'restart_policy', usual: (value) => everyBlock(value, usualRestart) },
  { path: TASK, name: 'placement', usual: (value) => everyBlock(value, usualPlacement) },
  { path: CONTAINER, name: 'healthcheck', usual: isNothing },
  { path: CONTAINER, name: 'dns_config', usual: isNothing },
  { path: CONTAINER, name: 'stop_grace_period', usual: (value) => isDuration(value, 0, 10e9) },
  { path: CONTAINER, name: 'init', usual: isZero },
];

function withResets(plan: SchemaPlan, prior: ObjectValue, config: ObjectValue): SchemaPlan {
  let { value } = plan;
  const changes: SchemaChange[] = [];
  for (const { path, name, usual } of PLACES) {
    const before = objectAt(prior, path)?.attributes.get(name);
    if (!isLeftOut(objectAt(config, path)?.attributes.get(name)) || before === undefined || usual(before)) continue;
    const after = afterReset(before);
    value = replaceAt(value, path, name, after);
    changes.push({ path: [...path, name], before, after, mode: 'in-place' });
  }
  if (changes.length === 0) return plan;
  const causes = changes.map((change) => ({
    path: change.path,
    before: change.before,
    after: change.after,
    forcesReplacement: false,
    author: 'configuration' as const,
    note: 'no longer configured',
  }));
  return { ...plan, value, changes: [...plan.changes, ...changes], causes: [...plan.causes, ...causes] };
}

/** Nothing is said; where the surrounding block is not there either, nothing can be said. */
function isLeftOut(value: Value | undefined): boolean {
  return value !== undefined && value.kind !== 'unknown' && isZero(value) && value.kind !== 'bool';
}

function afterReset(before: Value): Value {
  if (before.kind === 'set') return setValue(before.element, []);
  if (before.kind === 'list') return unknownValue({ kind: 'list', element: before.element });
  return unknownValue({ kind: before.kind === 'bool' ? 'bool' : 'string' });
}

function objectAt(value: ObjectValue, path: AttributePath): ObjectValue | undefined {
  let at: Value | undefined = value;
  for (const step of path) {
    if (typeof step === 'string') at = at?.kind === 'object' ? at.attributes.get(step) : undefined;
    else at = at === undefined ? undefined : elementsOf(at)[step];
  }
  return at?.kind === 'object' ? at : undefined;
}

function replaceAt(value: ObjectValue, path: AttributePath, name: string, after: Value): ObjectValue {
  const [block, index, ...rest] = path;
  if (typeof block !== 'string' || typeof index !== 'number') return withAttributes(value, [[name, after]]);
  const list = value.attributes.get(block);
  const element = list?.kind === 'list' ? list.elements[index] : undefined;
  if (list?.kind !== 'list' || element?.kind !== 'object') return value;
  const elements = list.elements.with(index, replaceAt(element, rest, name, after));
  return withAttributes(value, [[block, listValue(list.element, elements, list.marks)]]);
}

// ---- What the engine does by itself ------------------------------------------------------------------------------

/** Nothing at any depth: no text, no number but 0, no time. */
export function isNothing(value: Value | undefined): boolean {
  if (value === undefined || isZero(value) || isDuration(value, 0)) return true;
  if (value.kind === 'object') return [...value.attributes.values()].every(isNothing);
  return (value.kind === 'list' || value.kind === 'set') && value.elements.every(isNothing);
}

function isDuration(value: Value | undefined, ...ns: readonly number[]): boolean {
  if (value?.kind !== 'string') return false;
  const parsed = value.value === '' ? 0 : parseDurationNs(value.value);
  return parsed !== undefined && ns.includes(parsed);
}

function everyBlock(value: Value, usual: (block: ObjectValue) => boolean): boolean {
  return elementsOf(value).every((element) => element.kind === 'object' && usual(element));
}

function usualEndpoint(endpoint: ObjectValue): boolean {
  return ['', 'vip'].includes(textAt(endpoint, 'mode') ?? '') && blocksAt(endpoint, 'ports').length === 0;
}

function usualRestart(policy: ObjectValue): boolean {
  const { attributes } = policy;
  return (
    ['', 'any'].includes(textAt(policy, 'condition') ?? '') &&
    isDuration(attributes.get('delay'), 0, 5e9) &&
    isDuration(attributes.get('window'), 0) &&
    isNothing(attributes.get('max_attempts'))
  );
}

function usualPlacement(placement: ObjectValue): boolean {
  return ['constraints', 'prefs', 'max_replicas'].every((name) => isNothing(placement.attributes.get(name)));
}

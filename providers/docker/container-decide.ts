/**
 * Decides about one container, from facts alone: what it will be, what changes and why, whether that needs a new one,
 * and by which steps. Pure and synchronous; compared as whole values in tests.
 */
import { type Result, ok } from '../../core/diag/diagnostic.ts';
import type { Cause, Impact, PlanAsk, Planned, Prior, Step } from '../../core/provider.ts';
import {
  nullValue,
  numberValue,
  objectValue,
  type ObjectValue,
  TRUE,
  type Value,
  unknownValue,
} from '../../core/value/value.ts';
import { type Comparison, type Difference, differencesOf, withDefaults } from './container-compare.ts';
import { isFinishedJob, isPaused, isRunning } from './container-life.ts';
import { encodeMemory, isMadeAnew, memoryOf } from './container-memory.ts';
import { type PlainObject, containsUnknownPlain, objectToPlain, plainText } from './container-plain.ts';
import type { Scene } from './container-scene.ts';
import { containerSchema } from './container-schema.ts';
import { anonymousVolumes, createSteps, renameStep, retireSteps, updateSteps } from './container-steps.ts';
import { type Inspected, textOf } from './inspect.ts';
import { NO_STEPS, deletePlan, plannedBase } from './resource-kit.ts';
import { elementType, planFromSchema } from './sdk-plan.ts';

export function decideContainer(ask: PlanAsk, scene: Scene): Result<Planned> {
  const container = ask.observed as Inspected | undefined;
  if (ask.config === null || ask.mode === 'delete') return ok(deleteContainer(ask, container));
  if (ask.prior === null) return ok(createContainer(ask, ask.config, scene));
  const prior = objectToPlain(ask.prior.value);
  const comparison: Comparison = {
    config: objectToPlain(ask.config),
    prior,
    container,
    scene,
    memory: memoryOf(ask.prior.private, container ? textOf(container, 'Id') : plainText(prior.id)),
  };
  const byOthers = container !== undefined && isMadeAnew(ask.prior.private, textOf(container, 'Id'));
  const found = differencesOf(comparison).map((it) => (byOthers ? ({ ...it, author: 'drift' } as const) : it));
  if (ask.mode === 'replace') return ok(replaceContainer(ask, ask.config, ask.prior, comparison, found));
  return ok(updateContainer(ask, ask.config, ask.prior, comparison, found));
}

// ---- Delete, create ----------------------------------------------------------------------------------------------

function deleteContainer(ask: PlanAsk, container: Inspected | undefined): Planned {
  const prior = ask.prior ? objectToPlain(ask.prior.value) : {};
  const items = retireSteps(prior);
  return deletePlan(ask, { items, complete: true }, losesData(prior, container) ? 'data-at-risk' : 'none');
}

function losesData(prior: PlainObject, container: Inspected | undefined): boolean {
  return prior.remove_volumes !== false && anonymousVolumes(container).length > 0;
}

function createContainer(ask: PlanAsk, config: ObjectValue, scene: Scene): Planned {
  const value = createdValue(config);
  const plain = objectToPlain(config);
  return {
    ...plannedBase(ask),
    value,
    private: encodeMemory(value, undefined),
    replacePaths: [],
    causes: [],
    impact: 'none',
    steps: { items: createSteps(withDefaults(plain), scene), complete: !containsUnknownPlain(plain) },
  };
}

/** As the provider that we stand in for plans a new container. */
function createdValue(config: ObjectValue): ObjectValue {
  return planFromSchema({ schema: containerSchema, prior: null, config, mode: 'any' }).value;
}

// ---- Replace -----------------------------------------------------------------------------------------------------

/** The old one goes first, unless it has to stay until the new one is there; then it lends its name. */
function replaceContainer(
  ask: PlanAsk,
  config: ObjectValue,
  prior: Prior,
  { config: plain, prior: stored = {}, container, scene }: Comparison,
  found: readonly Difference[],
): Planned {
  const value = createdValue(config);
  const make = createSteps(withDefaults(plain), scene);
  const retire = retireSteps(stored);
  const items = ask.createBeforeDestroy ? [...asideSteps(plain, stored), ...make, ...retire] : [...retire, ...make];
  return {
    ...plannedBase(ask),
    value,
    private: encodeMemory(value, undefined),
    replacePaths: found.filter(({ mode }) => mode === 'replace').map(({ name }) => [name]),
    causes: causesOf(found, prior.value, value),
    impact: losesData(stored, container) ? 'data-at-risk' : 'recreate',
    steps: { items, complete: !containsUnknownPlain(plain) },
  };
}

/** Two containers cannot have one name, so the old one gets another until it goes. */
function asideSteps(config: PlainObject, prior: PlainObject): readonly Step[] {
  const there = plainText(prior.name).replace(/^\//, '');
  if (plainText(config.name).replace(/^\//, '') !== there) return [];
  const id = plainText(prior.id);
  return [renameStep(`${there}.${id.slice(0, 8)}`, there, { id }, 'rename-aside')];
}

// ---- Update ------------------------------------------------------------------------------------------------------

function updateContainer(
  ask: PlanAsk,
  config: ObjectValue,
  prior: Prior,
  comparison: Comparison,
  differences: readonly Difference[],
): Planned {
  const whole = withDefaults(comparison.config);
  const life = lifeOf(whole, comparison);
  const found = life.difference ? [...differences, life.difference] : differences;
  const replacing = found.filter(({ mode }) => mode === 'replace');
  const { container, scene, prior: stored = {} } = comparison;
  const items =
    replacing.length > 0
      ? []
      : updateSteps({ whole, prior: stored, container, scene, differences: found, wake: life.wake });
  const value = updatedValue(prior.value, config, found, items);
  return {
    ...plannedBase(ask),
    value,
    private: found.length === 0 ? prior.private : encodeMemory(value, comparison.memory),
    replacePaths: replacing.map(({ name }) => [name]),
    causes: causesOf(found, prior.value, value),
    impact: impactOf(found, items, comparison),
    steps: items.length === 0 ? NO_STEPS : { items, complete: !containsUnknownPlain(comparison.config) },
  };
}

function impactOf(
  found: readonly Difference[],
  items: readonly Step[],
  { config, prior = {}, container }: Comparison,
): Impact {
  const replacing = found.filter(({ mode }) => mode === 'replace');
  if (replacing.some(({ name }) => containsUnknownPlain(config[name]))) return 'unknown';
  if (replacing.length > 0) return losesData(prior, container) ? 'data-at-risk' : 'recreate';
  if (found.some(({ name, mode }) => mode === 'in-place' && containsUnknownPlain(config[name]))) return 'unknown';
  return items.length === 0 ? 'none' : 'in-place';
}

interface Life {
  readonly difference: Difference | undefined;
  readonly wake: 'start' | 'unpause' | undefined;
}

/** Whether it has to run and does not. What was never to be started, and a job that is done, need not run. */
function lifeOf(whole: PlainObject, { config, prior = {}, container }: Comparison): Life {
  const wanted = whole.must_run !== false;
  const there = prior.must_run;
  const difference: Difference = { name: 'must_run', mode: 'bookkeeping', author: 'configuration' };
  if (!wanted) return { difference: there === false ? undefined : difference, wake: undefined };
  const mayRest =
    whole.start === false ||
    isFinishedJob(container, { ...prior, attach: prior.attach === true || whole.attach === true });
  // A peer's refresh stores that it does not run; said outright, it is a wish all the same.
  if (mayRest && config.must_run === true && there === false) return { difference, wake: undefined };
  if (container === undefined) {
    if (mayRest || there === true) return { difference: there === null ? difference : undefined, wake: undefined };
    return there === false
      ? { difference: { ...difference, mode: 'in-place' }, wake: 'start' }
      : { difference, wake: undefined };
  }
  if (mayRest || isRunning(container))
    return { difference: there === true || mayRest ? undefined : difference, wake: undefined };
  const wake = isPaused(container) ? 'unpause' : 'start';
  const author = prior.start === false ? 'configuration' : 'drift';
  return { difference: { name: 'must_run', mode: 'in-place', author }, wake };
}

function updatedValue(
  prior: ObjectValue,
  config: ObjectValue,
  found: readonly Difference[],
  items: readonly Step[],
): ObjectValue {
  if (found.length === 0) return prior;
  const created = createdValue(config);
  const changed = new Map<string, Value>(found.map(({ name }) => [name, plannedAttribute(name, created)]));
  if (changed.has('memory') && !changed.has('memory_swap')) changed.set('memory_swap', swapAfter(config, prior));
  if (changed.has('must_run')) changed.set('must_run', created.attributes.get('must_run') ?? TRUE);
  if (items.some(({ kind }) => kind === 'container.start' || kind.startsWith('container.network-'))) {
    for (const name of ['network_data', 'ip_address', 'ip_prefix_length', 'gateway'])
      changed.set(name, laterValue(name));
    if (!changed.has('ports')) changed.set('ports', portsAfter(prior, config));
  }
  return objectValue([...prior.attributes].map(([name, value]) => [name, changed.get(name) ?? value]));
}

/** Where nothing is said it follows the memory, as when the container is made. */
function swapAfter(config: ObjectValue, prior: ObjectValue): Value {
  const memory = config.attributes.get('memory');
  const swap = prior.attributes.get('memory_swap') ?? laterValue('memory_swap');
  if (config.attributes.get('memory_swap')?.kind !== 'null' || memory?.kind !== 'number') return swap;
  return typeof memory.value === 'number' ? numberValue(2 * memory.value) : swap;
}

function plannedAttribute(name: string, created: ObjectValue): Value {
  return (
    created.attributes.get(name) ?? nullValue(elementType(containerSchema).attributes.get(name) ?? { kind: 'dynamic' })
  );
}

function laterValue(name: string): Value {
  return unknownValue(containerSchema.attributes[name]?.type ?? { kind: 'dynamic' });
}

/** Ports that the engine chooses are chosen anew with every start. */
function portsAfter(prior: ObjectValue, config: ObjectValue): Value {
  const [stored, configured] = [prior.attributes.get('ports'), config.attributes.get('ports')];
  const none = nullValue({ kind: 'dynamic' });
  if (configured?.kind !== 'list' || !configured.elements.some(isOpenPort)) return stored ?? none;
  return createdValue(config).attributes.get('ports') ?? stored ?? none;
}

function isOpenPort(port: Value): boolean {
  const external = port.kind === 'object' ? port.attributes.get('external') : undefined;
  return external?.kind === 'null' || (external?.kind === 'number' && external.value === 0);
}

function causesOf(found: readonly Difference[], before: ObjectValue, after: ObjectValue): readonly Cause[] {
  return found.map(({ name, mode, author, note }) => ({
    path: [name],
    before: before.attributes.get(name),
    after: after.attributes.get(name),
    forcesReplacement: mode === 'replace',
    author,
    ...(note === undefined ? {} : { note }),
  }));
}

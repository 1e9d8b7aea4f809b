/**
 * docker_network: schema (in schema/network.ts), read, plan, create, update (there is none: every change replaces),
 * delete. Names of networks are not unique on an engine: an existing one is never silently doubled or taken over.
 */
import { type Diagnostic, type Diagnostics, type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type {
  Applied,
  Cause,
  Claim,
  PlanAsk,
  Planned,
  Prior,
  RefreshAsk,
  Refreshed,
  ResourceType,
  Runner,
  Step,
  Steps,
} from '../../core/provider.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { containsUnknown } from '../../core/value/marks.ts';
import { setValue } from '../../core/value/set.ts';
import { type ObjectValue, type Value, boolValue, objectValue, stringValue } from '../../core/value/value.ts';
import { blocksAt, flagAt, labelSet, labelsAt, textAt, textMapAt, textMapValue, withAttributes } from './attributes.ts';
import type { DockerReader } from './daemon.ts';
import { type Inspected, fieldOf, flagOf, listOf, textMapOf, textOf, textsOf } from './inspect.ts';
import {
  type Connections,
  NO_CONNECTIONS,
  connectSteps,
  disconnectSteps,
  droppedWarning,
  forgetSteps,
  gatherConnections,
  moveNote,
  movedTo,
  overlaps,
} from './network-connections.ts';
import { connectEffect, disconnectEffect, removeEffect } from './network-effects.ts';
import { undoSteps } from './network-undo.ts';
import { failureDiagnostic, isFailure } from './outcome.ts';
import { encodePrivate, ourPrivate } from './private-data.ts';
import {
  type StepRun,
  deletePlan,
  eachAsk,
  isRetiring,
  leftAfterFailure,
  noChange,
  plannedBase,
  priorOf,
  retired,
  runSteps,
  steps,
  verify,
} from './resource-kit.ts';
import type { DockerContext, Effect, ResourceModule } from './resource-module.ts';
import { networkSchema } from './schema/network.ts';
import { type SchemaPlan, elementType, planFromSchema } from './sdk-plan.ts';
import { settleApplied, settleRefreshed } from './sdk-state.ts';

const SCHEMA_VERSION = 1;
const PRIVATE = encodePrivate({ schemaVersion: SCHEMA_VERSION });
const POOL = elementType(networkSchema.blocks.ipam_config ?? { attributes: {}, blocks: {} });

export const networkModule: ResourceModule = {
  resource: networkType,
  effects: {
    'network.create': createEffect,
    'network.remove': removeEffect,
    'network.connect': connectEffect,
    'network.disconnect': disconnectEffect,
  },
};

function networkType({ reader }: DockerContext): ResourceType {
  // Planned again while applying, the old network may be gone; who was on it is what was seen before.
  const seen = new Map<string, Connections>();
  return {
    refresh: (asks) => refresh(asks, reader),
    plan: (asks) => eachAsk(asks, (ask) => plan(ask, reader, seen)),
    apply: (planned, run) => apply(planned, run, reader),
    importState: (id) => importNetwork(id, reader),
    claims,
    locate: (step) => locate(step, reader),
  };
}

// ---- Read --------------------------------------------------------------------------------------------------------

/** One list has everything that an inspection of each would tell. */
async function refresh(asks: readonly RefreshAsk[], reader: DockerReader): Promise<readonly Result<Refreshed>[]> {
  const listed = await reader.networks();
  if (listed.kind !== 'done') {
    const failure = isFailure(listed) ? failureDiagnostic(listed, 'list the networks') : undefined;
    return asks.map(() => failed(...(failure ? [failure] : [])));
  }
  return asks.map((ask) => ok(refreshed(ask.prior, find(listed.value, ask.prior))));
}

function refreshed(prior: Prior, observed: Inspected | undefined): Refreshed {
  if (observed === undefined) return { outcome: 'absent', prior };
  const value = settleRefreshed(networkValue(observed), prior.value);
  return { outcome: 'present', prior: { ...prior, value }, observed };
}

/** By ID; else, made again under the same name by somebody, by the name if that is unambiguous. */
function find(networks: readonly Inspected[], prior: Prior): Inspected | undefined {
  const id = textAt(prior.value, 'id') ?? '';
  const byId = networks.find((network) => textOf(network, 'Id') === id);
  if (byId !== undefined) return byId;
  const name = textAt(prior.value, 'name') ?? id;
  const named = networks.filter((network) => textOf(network, 'Name') === name);
  return named.length === 1 ? named[0] : undefined;
}

/** An engine's answer in the form of the schema. */
export function networkValue(observed: Inspected): ObjectValue {
  return objectValue([
    ['id', stringValue(textOf(observed, 'Id'))],
    ['name', stringValue(textOf(observed, 'Name'))],
    ['driver', stringValue(textOf(observed, 'Driver'))],
    ['options', textMapValue(textMapOf(observed, 'Options'))],
    ['internal', boolValue(flagOf(observed, 'Internal'))],
    ['attachable', boolValue(flagOf(observed, 'Attachable'))],
    ['ingress', boolValue(flagOf(observed, 'Ingress'))],
    ['ipv6', boolValue(flagOf(observed, 'EnableIPv6'))],
    ['ipam_driver', stringValue(textOf(observed, 'IPAM', 'Driver'))],
    ['ipam_options', textMapValue(textMapOf(observed, 'IPAM', 'Options'))],
    ['scope', stringValue(textOf(observed, 'Scope'))],
    ['labels', labelSet(textMapOf(observed, 'Labels'))],
    ['ipam_config', setValue(POOL, listOf(observed, 'IPAM', 'Config').map(poolValue))],
  ]);
}

function poolValue(pool: unknown): ObjectValue {
  return objectValue([
    ['subnet', stringValue(textOf(pool, 'Subnet'))],
    ['ip_range', stringValue(textOf(pool, 'IPRange'))],
    ['gateway', stringValue(textOf(pool, 'Gateway'))],
    ['aux_address', textMapValue(textMapOf(pool, 'AuxiliaryAddresses'))],
  ]);
}

async function importNetwork(id: string, reader: DockerReader): Promise<Result<readonly Prior[]>> {
  const answer = await reader.inspectNetwork(id);
  if (isFailure(answer)) return failed(failureDiagnostic(answer, `read the network "${id}"`));
  return ok(answer.kind === 'done' ? [priorOf(networkValue(answer.value), PRIVATE)] : []);
}

// ---- Plan --------------------------------------------------------------------------------------------------------

/** Who is connected matters only when there will be another network. */
async function plan(ask: PlanAsk, reader: DockerReader, seen: Map<string, Connections>): Promise<Result<Planned>> {
  const alone = decide(ask);
  const id = ask.prior ? textAt(ask.prior.value, 'id') : undefined;
  const isReplaced = ask.mode === 'replace' || (alone.value?.replacePaths.length ?? 0) > 0;
  if (id === undefined || id === '' || !isReplaced) return alone;
  const gathered = await gatherConnections(id, reader);
  if (gathered.value === undefined) {
    // Without a refresh nothing has asked the engine yet, and a plan can do without it.
    return ask.observed === undefined ? alone : failed(...gathered.diagnostics);
  }
  const connections = gathered.value === 'absent' ? (seen.get(id) ?? NO_CONNECTIONS) : gathered.value;
  seen.set(id, connections);
  return decide(ask, connections);
}

/** Pure: what is to be done about one network. */
export function decide(ask: PlanAsk, connections: Connections = NO_CONNECTIONS): Result<Planned> {
  const { prior, config, mode } = ask;
  if (config === null) return ok(deletePlan(ask, steps(removeStep(ask)), 'recreate'));
  const compared = comparison(prior, config, mode === 'replace' ? 'replace' : 'any');
  if (prior !== null && mode === 'any' && compared.changes.length === 0) return ok(noChange(ask, prior));
  const { value, causes, replacePaths } = compared;
  const base = { ...plannedBase(ask), value, private: PRIVATE };
  if (prior === null) {
    return ok({ ...base, causes, replacePaths: [], impact: 'none', steps: steps(createStep(value)) });
  }
  const { items, warnings } = replacement({ value, prior, remove: removeStep(ask), connections, ask });
  const note = moveNote(connections);
  const planned = { ...base, causes: withNote(causes, note), replacePaths, impact: 'recreate', steps: items } as const;
  const untold = note !== undefined && !causes.some(({ forcesReplacement }) => forcesReplacement);
  return ok(planned, mode === 'replace' ? [...warnings, ...(untold ? [moveWarning(note)] : [])] : []);
}

/** Said with the first cause that makes a new network necessary. */
function withNote(causes: readonly Cause[], note: string | undefined): readonly Cause[] {
  const first = causes.find(({ forcesReplacement }) => forcesReplacement);
  return note === undefined ? causes : causes.map((cause) => (cause === first ? { ...cause, note } : cause));
}

function moveWarning(note: string): Diagnostic {
  const detail = `While the network is replaced the ${note}.`;
  return { severity: 'warning', summary: 'Containers lose a network for a moment', detail };
}

/** The rules of the schema, over a configuration from which the engine's own additions make no difference. */
function comparison(prior: Prior | null, config: ObjectValue, mode: 'any' | 'replace'): SchemaPlan {
  const desired = prior === null || mode === 'replace' ? config : withEngineAdditions(prior, config);
  return planFromSchema({ schema: networkSchema, prior: prior?.value ?? null, config: desired, mode });
}

function withEngineAdditions(prior: Prior, config: ObjectValue): ObjectValue {
  const options = optionsWithAdditions(prior.value.attributes.get('options'), config.attributes.get('options'));
  const pools = poolsWithAdditions(prior, config.attributes.get('ipam_config'));
  const changes = [
    ...(options ? [['options', options] as const] : []),
    ...(pools ? [['ipam_config', pools] as const] : []),
  ];
  return changes.length === 0 ? config : withAttributes(config, changes);
}

/** Options that drivers write into a network by themselves. */
const ENGINE_OPTIONS: ReadonlySet<string> = new Set([
  'com.docker.network.driver.overlay.vxlanid_list',
  'com.docker.network.enable_ipv4',
  'com.docker.network.enable_ipv6',
]);

function optionsWithAdditions(prior: Value | undefined, config: Value | undefined): Value | undefined {
  if (prior?.kind !== 'map' || config?.kind !== 'map' || config.entries.size === 0) return undefined;
  const added = [...prior.entries].filter(([name]) => ENGINE_OPTIONS.has(name) && !config.entries.has(name));
  return added.length === 0 ? undefined : { ...config, entries: new Map([...config.entries, ...added].sort(byName)) };
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

/** A gateway that the engine chose, and a pool of the other family that it added, are not differences. */
function poolsWithAdditions(prior: Prior, config: Value | undefined): Value | undefined {
  const there = blocksAt(prior.value, 'ipam_config');
  if (config?.kind !== 'set' || config.elements.length === 0) return undefined;
  const filled = config.elements.map((pool) => withChosenGateway(pool, there));
  if (config.elements.some(isIpv4Pool)) return setValue(POOL, filled);
  const ours = ourPrivate(prior.private);
  // Without a note of ours, in a state of Terraform's, every pool of IPv4 beside pools of IPv6 alone is taken for one.
  const added = there.filter(
    (pool) =>
      isIpv4Pool(pool) && (ours.pools === undefined || textsOf(ours, 'pools').includes(textAt(pool, 'subnet') ?? '')),
  );
  return setValue(POOL, [...filled, ...added]);
}

/** Which pools the engine added by itself, noted where that is possible: beside pools of IPv6. */
function privateOf(config: ObjectValue, observed: ObjectValue): string | undefined {
  const wanted = blocksAt(config, 'ipam_config');
  if (!wanted.some((pool) => (textAt(pool, 'subnet') ?? '').includes(':'))) return PRIVATE;
  const added = wanted.some(isIpv4Pool) ? [] : blocksAt(observed, 'ipam_config').filter(isIpv4Pool);
  return encodePrivate({
    schemaVersion: SCHEMA_VERSION,
    ours: { pools: added.map((pool) => textAt(pool, 'subnet') ?? '') },
  });
}

function withChosenGateway(pool: Value, there: readonly Value[]): Value {
  if (pool.kind !== 'object' || pool.attributes.get('gateway')?.kind === 'unknown') return pool;
  if ((textAt(pool, 'gateway') ?? '') !== '') return pool;
  const subnet = textAt(pool, 'subnet');
  const same = there.find((other) => other.kind === 'object' && textAt(other, 'subnet') === subnet);
  const gateway = same?.kind === 'object' ? textAt(same, 'gateway') : undefined;
  return gateway === undefined ? pool : withAttributes(pool, [['gateway', stringValue(gateway)]]);
}

function isIpv4Pool(pool: Value): boolean {
  return pool.kind === 'object' && (textAt(pool, 'subnet') ?? '').includes('.');
}

function claims(value: ObjectValue): readonly Claim[] {
  const name = textAt(value, 'name');
  const subnets = blocksAt(value, 'ipam_config').flatMap((pool) => textAt(pool, 'subnet') ?? []);
  return [
    ...(name === undefined ? [] : [{ kind: 'network-name', key: name }]),
    ...subnets.filter((subnet) => subnet !== '').map((key) => ({ kind: 'subnet', key })),
  ];
}

// ---- Create ------------------------------------------------------------------------------------------------------

function createStep(value: ObjectValue): Step {
  return {
    id: 'create',
    kind: 'network.create',
    phase: 'make',
    target: { name: textAt(value, 'name') ?? '' },
    arguments: createRequest(value),
    undo: {
      id: 'undo-create',
      kind: 'network.remove',
      phase: 'retire',
      target: { outcomeOf: 'create' },
      arguments: {},
    },
  };
}

/** The engine's request; what is not known yet is not in it. */
export function createRequest(value: ObjectValue): JsonObject {
  const driver = textAt(value, 'driver') ?? '';
  return {
    Name: textAt(value, 'name') ?? '',
    CheckDuplicate: true,
    ...(driver === '' ? {} : { Driver: driver }),
    Options: textMapAt(value, 'options'),
    Internal: flagAt(value, 'internal') ?? false,
    Attachable: flagAt(value, 'attachable') ?? false,
    Ingress: flagAt(value, 'ingress') ?? false,
    EnableIPv6: flagAt(value, 'ipv6') ?? false,
    Labels: labelsAt(value, 'labels'),
    IPAM: {
      Driver: textAt(value, 'ipam_driver') ?? 'default',
      Options: textMapAt(value, 'ipam_options'),
      Config: blocksAt(value, 'ipam_config').map(poolRequest),
    },
  };
}

function poolRequest(pool: ObjectValue): JsonObject {
  const entries: [string, string | undefined][] = [
    ['Subnet', textAt(pool, 'subnet')],
    ['IPRange', textAt(pool, 'ip_range')],
    ['Gateway', textAt(pool, 'gateway')],
  ];
  const texts = Object.fromEntries(entries.filter(([, text]) => text !== undefined && text !== ''));
  return { ...(texts as JsonObject), AuxiliaryAddresses: textMapAt(pool, 'aux_address') };
}

async function apply(planned: Planned, run: Runner, reader: DockerReader): Promise<Applied> {
  const result = await runSteps(planned, run);
  if (result.failed && planned.mode === 'replace') return takenBack(planned, run, result, reader);
  if (isRetiring(planned, run)) return retired(planned, result);
  const id = result.outcomes.get('create')?.id;
  if (id === undefined || planned.value === null || planned.config === null) {
    return leftAfterFailure(planned, result);
  }
  const answer = await reader.inspectNetwork(id);
  if (answer.kind !== 'done') {
    const failure = isFailure(answer) ? [failureDiagnostic(answer, `read the network "${id}" back`)] : [];
    const value = withAttributes(planned.value, [['id', stringValue(id)]]);
    return { value, private: PRIVATE, tainted: true, diagnostics: [...result.diagnostics, ...failure] };
  }
  const observed = networkValue(answer.value);
  const data = privateOf(planned.config, observed);
  const problems = verify('network', comparison(priorOf(observed, data), planned.config, 'any'));
  const value = settleApplied(observed, planned.value);
  return { value, private: data, tainted: false, diagnostics: [...result.diagnostics, ...problems] };
}

async function createEffect(...[step, tools]: Parameters<Effect>): ReturnType<Effect> {
  const name = typeof step.arguments.Name === 'string' ? step.arguments.Name : '';
  const taken = await nameTaken(name, tools.docker.reader);
  if (taken !== undefined) return failed(taken);
  const answer = await tools.writer.send(
    (engine) => engine.createNetwork({ ...step.arguments, Name: name }),
    tools.signal,
  );
  if (answer.kind === 'done') return ok({ id: answer.value.id });
  if (!isFailure(answer)) return ok({});
  if (answer.kind === 'conflict') return failed(alreadyThere(name, answer.message));
  return failed(failureDiagnostic(answer, `create the network "${name}"`, remedyFor(answer)));
}

async function nameTaken(name: string, reader: DockerReader): Promise<Diagnostic | undefined> {
  const listed = await reader.networks();
  // After the first Ctrl-C nothing can be read; the engine refuses a name twice by itself.
  if (listed.kind === 'aborted') return undefined;
  if (listed.kind !== 'done') return isFailure(listed) ? failureDiagnostic(listed, 'list the networks') : undefined;
  const other = listed.value.find((network) => textOf(network, 'Name') === name);
  return other === undefined ? undefined : alreadyThere(name, `its ID is ${textOf(other, 'Id').slice(0, 12)}`);
}

function alreadyThere(name: string, what: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'Network already exists',
    detail:
      `There is a network with the name "${name}" already (${what}), and it does not belong to this resource. ` +
      'Choose another name, remove it with "docker network rm", or take it over with an import block whose id is the name.',
    path: ['name'],
  };
}

function remedyFor(failure: { readonly kind: string; readonly message?: string }): { remedy?: string } {
  const message = failure.message ?? '';
  if (/overlaps/.test(message)) return { remedy: 'Another network uses these addresses; choose another subnet.' };
  if (/not found|plugin/.test(message)) return { remedy: 'The driver is not installed on this engine.' };
  if (/swarm/.test(message)) return { remedy: 'Overlay networks need a Swarm: "docker swarm init".' };
  return {};
}

/** After a crash: a network of the name that was to be made. */
async function locate(step: Step, reader: DockerReader): Promise<Prior | 'absent' | 'unsure'> {
  const name = step.arguments.Name;
  if (isConnecting(step)) return locateById(step, reader);
  if (step.kind !== 'network.create' || typeof name !== 'string') return 'unsure';
  const listed = await reader.networks();
  if (listed.kind !== 'done') return 'unsure';
  const found = listed.value.find((network) => textOf(network, 'Name') === name);
  return found === undefined ? 'absent' : priorOf(networkValue(found), PRIVATE);
}

function isConnecting({ kind }: Step): boolean {
  return kind === 'network.connect' || kind === 'network.disconnect';
}

/** The network that a container was taken off, or joined to. */
async function locateById({ target }: Step, reader: DockerReader): Promise<Prior | 'absent' | 'unsure'> {
  if (target === null || !('id' in target)) return 'unsure';
  const answer = await reader.inspectNetwork(target.id);
  if (answer.kind === 'absent') return 'absent';
  return answer.kind === 'done' ? priorOf(networkValue(answer.value), PRIVATE) : 'unsure';
}

// ---- Replace -----------------------------------------------------------------------------------------------------

interface Replacing {
  readonly ask: PlanAsk;
  readonly value: ObjectValue;
  readonly prior: Prior;
  readonly remove: Step;
  readonly connections: Connections;
}

interface Replacement {
  readonly items: Steps;
  readonly warnings: Diagnostics;
}

/**
 * The old network goes first, unless it has to stay until the new one is there. Where both cannot be at once that is
 * done within the first half all the same, old first; then nothing is left for the second.
 */
function replacement({ ask, value, prior, remove, connections }: Replacing): Replacement {
  const old = { id: textAt(prior.value, 'id') ?? '', name: textAt(prior.value, 'name') ?? '' };
  const name = textAt(value, 'name') ?? old.name;
  const moved = movedTo(value, connections);
  const joins = connectSteps(name, moved, connections);
  const warnings = containsUnknown(value.attributes.get('ipam_config') ?? value) ? [] : droppedWarning(name, moved);
  const collision = ask.createBeforeDestroy ? collisionOf(prior.value, value) : undefined;
  if (ask.createBeforeDestroy && collision === undefined) {
    const leaves = disconnectSteps(old, connections, 'make');
    const moves = leaves.flatMap((leave, index) => [leave, ...joins.slice(index, index + 1)]);
    const items = steps(createStep(value), ...moves, remove, ...forgetSteps(old, connections, 'retire'));
    return { items, warnings };
  }
  const phase = collision === undefined ? 'retire' : 'make';
  const leaves = disconnectSteps(old, connections, phase);
  const forgets = forgetSteps(old, connections, 'make');
  const items = steps(...leaves, { ...remove, phase }, createStep(value), ...forgets, ...joins);
  return { items, warnings: collision === undefined ? warnings : [...warnings, cannotOverlap(name, collision)] };
}

/** Why the two networks cannot be there at once; undefined when they can, as far as is known. */
function collisionOf(old: ObjectValue, value: ObjectValue): string | undefined {
  const name = textAt(value, 'name');
  if (name !== undefined && name === textAt(old, 'name')) return `both have the name "${name}"`;
  const subnets = (network: ObjectValue): readonly string[] =>
    blocksAt(network, 'ipam_config').flatMap((pool) => textAt(pool, 'subnet') ?? []);
  for (const before of subnets(old)) {
    const after = subnets(value).find((subnet) => overlaps(before, subnet));
    if (after !== undefined) return `their subnets ${before} and ${after} overlap`;
  }
  return undefined;
}

function cannotOverlap(name: string, collision: string): Diagnostic {
  return {
    severity: 'warning',
    summary: 'Network cannot be created before the old one is destroyed',
    detail:
      `The old and the new network "${name}" cannot be there at the same time: ${collision}. So the old one goes first, ` +
      'in spite of create_before_destroy, which this network or a resource that uses it asks for, and is put back ' +
      'if the new one cannot be made. Give the new network another name and other subnets to avoid the gap.',
  };
}

/** What was done is undone; the answer is what is there then. */
async function takenBack(planned: Planned, run: Runner, result: StepRun, reader: DockerReader): Promise<Applied> {
  const { prior, value } = planned;
  const { items } = planned.steps;
  const oldFirst = items[0]?.phase === 'retire';
  // The first half has been carried out by a call of its own, and as a whole.
  const isDone = (step: Step) =>
    result.outcomes.has(step.id) || (oldFirst && run.phase === 'make' && step.phase === 'retire');
  const stopped = items.find((step) => !isDone(step) && (run.phase === 'all' || step.phase === run.phase));
  // Whether a connection that failed was changed is not known when no answer came; taking it back does no harm.
  const isToUndo = (step: Step) => isDone(step) || (step === stopped && isConnecting(step));
  const { problems, renewed, left } = await undoSteps(items.filter(isToUndo), result.outcomes, run);
  const diagnostics = [...result.diagnostics, ...problems];
  if (isRetiring(planned, run)) return retired(planned, { ...result, diagnostics });
  const made = result.outcomes.get('create')?.id;
  if (made !== undefined && left.has('create') && value !== null)
    return { ...(await readBack(made, value)), tainted: true };
  if (prior === null || !oldFirst) return { value: undefined, private: undefined, tainted: false, diagnostics };
  const oldId = textAt(prior.value, 'id') ?? '';
  const isGone = (run.phase === 'make' || result.outcomes.has('remove')) && !renewed.has(oldId);
  if (isGone) return { value: undefined, private: undefined, tainted: false, diagnostics };
  const back = await readBack(renewed.get(oldId) ?? oldId, prior.value);
  return { ...back, private: prior.private, tainted: prior.tainted };

  async function readBack(id: string, like: ObjectValue): Promise<Applied> {
    const answer = await reader.inspectNetwork(id);
    const known = withAttributes(like, [['id', stringValue(id)]]);
    const found = answer.kind === 'done' ? settleRefreshed(networkValue(answer.value), like) : known;
    return { value: found, private: PRIVATE, tainted: false, diagnostics };
  }
}

// ---- Delete ------------------------------------------------------------------------------------------------------

function removeStep({ prior, observed }: PlanAsk): Step {
  const value = prior?.value;
  const id = value === undefined ? '' : (textAt(value, 'id') ?? '');
  const name = value === undefined ? '' : (textAt(value, 'name') ?? id);
  const before = fieldOf(observed, 'Id') === undefined ? value : networkValue(observed as Inspected);
  return {
    id: 'remove',
    kind: 'network.remove',
    phase: 'retire',
    target: { id },
    arguments: { Name: name },
    ...(before === undefined ? {} : { undo: { ...createStep(before), id: 'undo-remove' } }),
  };
}

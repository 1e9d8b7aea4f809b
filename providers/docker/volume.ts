/**
 * docker_volume: schema (in schema/volume.ts), read, plan, create, update (of a cluster volume's availability only),
 * delete. A volume holds data: whatever takes one away is `data-at-risk`, and one that is there already is taken over
 * only when it is what was asked for.
 */
import { randomBytes } from 'node:crypto';
import { type Diagnostic, type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type {
  Applied,
  Claim,
  PlanAsk,
  Planned,
  Prior,
  RefreshAsk,
  Refreshed,
  ResourceType,
  Runner,
  Step,
} from '../../core/provider.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { type ObjectValue, listValue, objectValue, stringValue } from '../../core/value/value.ts';
import { blocksAt, labelSet, labelsAt, textAt, textMapAt, textMapValue, withAttributes } from './attributes.ts';
import { parseByteSize } from './byte-size.ts';
import type { DockerReader, Engine } from './daemon.ts';
import { type Inspected, fieldOf, numberOf, recordOf, textMapOf, textOf } from './inspect.ts';
import { failureDiagnostic, isFailure } from './outcome.ts';
import { encodePrivate, ourPrivate } from './private-data.ts';
import {
  deletePlan,
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
import { retryWhileInUse } from './retry.ts';
import { volumeSchema } from './schema/volume.ts';
import { type SchemaPlan, elementType, elementsOf, planFromSchema } from './sdk-plan.ts';
import { settleApplied, settleRefreshed } from './sdk-state.ts';

const PRIVATE = encodePrivate({ schemaVersion: 1 });
/** Says that the volume was there before us: what else it bears is not ours to judge. */
const PRIVATE_ADOPTED = encodePrivate({ schemaVersion: 1, ours: { adopted: true } });
const CLUSTER = elementType(volumeSchema.blocks.cluster ?? { attributes: {}, blocks: {} });
const CLUSTER_API = '1.42';

export const volumeModule: ResourceModule = {
  resource: volumeType,
  effects: { 'volume.create': createEffect, 'volume.update': updateEffect, 'volume.remove': removeEffect },
};

function volumeType({ reader }: DockerContext): ResourceType {
  return {
    refresh: (asks) => refresh(asks, reader),
    plan: async (asks) => asks.map(decide),
    apply: (planned, run) => apply(planned, run, reader),
    importState: (id) => importVolume(id, reader),
    claims,
    locate: (step) => locate(step, reader),
  };
}

// ---- Read --------------------------------------------------------------------------------------------------------

/** The list leaves out what a plugin does not answer for, so one that is missing there is asked for by its name. */
async function refresh(asks: readonly RefreshAsk[], reader: DockerReader): Promise<readonly Result<Refreshed>[]> {
  const listed = asks.length > 3 ? await reader.volumes() : undefined;
  const known = new Map(
    (listed?.kind === 'done' ? listed.value : []).map((volume) => [textOf(volume, 'Name'), volume]),
  );
  return Promise.all(asks.map((ask) => refreshOne(ask.prior, known, reader)));
}

async function refreshOne(
  prior: Prior,
  known: ReadonlyMap<string, Inspected>,
  reader: DockerReader,
): Promise<Result<Refreshed>> {
  const name = textAt(prior.value, 'id') ?? textAt(prior.value, 'name') ?? '';
  const listed = known.get(name);
  const answer = listed === undefined ? await reader.inspectVolume(name) : ({ kind: 'done', value: listed } as const);
  if (answer.kind === 'absent') return ok({ outcome: 'absent', prior });
  if (answer.kind !== 'done') {
    return isFailure(answer)
      ? failed(failureDiagnostic(answer, `read the volume "${name}"`))
      : ok({ outcome: 'unchecked', prior });
  }
  const value = settleRefreshed(volumeValue(answer.value, prior.value), prior.value);
  return ok({ outcome: 'present', prior: { ...prior, value }, observed: answer.value });
}

/** An engine's answer in the form of the schema; `before` has what the engine does not say. */
export function volumeValue(observed: Inspected, before?: ObjectValue): ObjectValue {
  const name = textOf(observed, 'Name');
  return objectValue([
    ['id', stringValue(name)],
    ['name', stringValue(name)],
    ['driver', stringValue(textOf(observed, 'Driver'))],
    ['driver_opts', textMapValue(textMapOf(observed, 'Options'))],
    ['mountpoint', stringValue(textOf(observed, 'Mountpoint'))],
    ['labels', labelSet(textMapOf(observed, 'Labels'))],
    ['cluster', clusterValue(observed, before)],
  ]);
}

function clusterValue(observed: Inspected, before: ObjectValue | undefined) {
  const cluster = fieldOf(observed, 'ClusterVolume');
  if (cluster === undefined || cluster === null)
    return listValue(CLUSTER, elementsOf(before?.attributes.get('cluster') ?? listValue(CLUSTER, [])));
  const spec = fieldOf(cluster, 'Spec');
  const mode = fieldOf(spec, 'AccessMode');
  const block = recordOf(mode).BlockVolume !== undefined && recordOf(mode).BlockVolume !== null;
  const old = before === undefined ? undefined : blocksAt(before, 'cluster')[0];
  const texts: [string, string][] = [
    ['id', textOf(cluster, 'ID')],
    ['scope', textOf(mode, 'Scope')],
    ['sharing', textOf(mode, 'Sharing')],
    ['type', block ? 'block' : 'mount'],
    ['topology_preferred', topologyText(fieldOf(spec, 'AccessibilityRequirements', 'Preferred'))],
    ['topology_required', topologyText(fieldOf(spec, 'AccessibilityRequirements', 'Requisite'))],
    [
      'required_bytes',
      sizeText(numberOf(spec, 'CapacityRange', 'RequiredBytes'), old && textAt(old, 'required_bytes')),
    ],
    ['limit_bytes', sizeText(numberOf(spec, 'CapacityRange', 'LimitBytes'), old && textAt(old, 'limit_bytes'))],
    ['group', textOf(spec, 'Group')],
    ['availability', textOf(spec, 'Availability')],
  ];
  return listValue(CLUSTER, [objectValue(texts.map(([name, text]) => [name, stringValue(text)] as const))]);
}

/** The notation that was written stays as long as it means the same. */
function sizeText(bytes: number, written: string | undefined): string {
  if (written !== undefined && parseByteSize(written) === bytes) return written;
  return bytes === 0 ? '' : `${bytes}B`;
}

function topologyText(topologies: unknown): string {
  const segments = Array.isArray(topologies)
    ? topologies.flatMap((it) => Object.entries(recordOf(fieldOf(it, 'Segments'))))
    : [];
  return segments
    .map(([key, value]) => `${key}=${String(value)}`)
    .sort()
    .join(',');
}

async function importVolume(name: string, reader: DockerReader): Promise<Result<readonly Prior[]>> {
  const answer = await reader.inspectVolume(name);
  if (isFailure(answer)) return failed(failureDiagnostic(answer, `read the volume "${name}"`));
  return ok(answer.kind === 'done' ? [priorOf(volumeValue(answer.value), PRIVATE)] : []);
}

// ---- Plan --------------------------------------------------------------------------------------------------------

/** Pure: what is to be done about one volume. */
export function decide(ask: PlanAsk): Result<Planned> {
  const { prior, config, mode } = ask;
  if (config === null) return ok(deletePlan(ask, steps(removeStep(ask)), 'data-at-risk'));
  const plan = comparison(prior, config, mode === 'replace' ? 'replace' : 'any');
  if (prior !== null && mode === 'any' && plan.changes.length === 0) return ok(noChange(ask, prior));
  const base = { ...plannedBase(ask), value: plan.value, replacePaths: plan.replacePaths, causes: plan.causes };
  if (prior === null) return ok({ ...base, private: PRIVATE, impact: 'none', steps: steps(createStep(plan.value)) });
  if (mode === 'any' && plan.replacePaths.length === 0) {
    return ok({ ...base, private: prior.private, impact: 'in-place', steps: steps(updateStep(plan.value)) });
  }
  const both = [removeStep(ask), createStep(plan.value)];
  const ordered = ask.createBeforeDestroy ? both.reverse() : both;
  return ok({ ...base, private: PRIVATE, impact: 'data-at-risk', steps: steps(...ordered) });
}

function comparison(prior: Prior | null, config: ObjectValue, mode: 'any' | 'replace'): SchemaPlan {
  const adopted = prior !== null && mode === 'any' && ourPrivate(prior.private).adopted === true;
  const desired = adopted ? withWhatWasThere(prior.value, config) : config;
  return planFromSchema({ schema: volumeSchema, prior: prior?.value ?? null, config: desired, mode });
}

/** Labels and options that a volume had before it was taken over are not differences unless the configuration sets them. */
function withWhatWasThere(there: ObjectValue, config: ObjectValue): ObjectValue {
  const labels = new Map([...Object.entries(labelsAt(there, 'labels')), ...Object.entries(labelsAt(config, 'labels'))]);
  const unsaid = Object.keys(textMapAt(config, 'driver_opts')).length === 0;
  const options = there.attributes.get('driver_opts');
  return withAttributes(config, [
    ['labels', labelSet(labels)],
    ...(unsaid && options !== undefined ? [['driver_opts', options] as const] : []),
  ]);
}

function claims(value: ObjectValue): readonly Claim[] {
  const name = textAt(value, 'name');
  return name === undefined ? [] : [{ kind: 'volume-name', key: name }];
}

// ---- Create ------------------------------------------------------------------------------------------------------

function createStep(value: ObjectValue): Step {
  const name = textAt(value, 'name');
  return {
    id: 'create',
    kind: 'volume.create',
    phase: 'make',
    target: name === undefined ? null : { name },
    arguments: createRequest(value),
  };
}

/** The engine's request; what is not known yet is not in it. */
export function createRequest(value: ObjectValue): JsonObject {
  const [name, driver] = [textAt(value, 'name') ?? '', textAt(value, 'driver') ?? ''];
  const cluster = blocksAt(value, 'cluster')[0];
  return {
    ...(name === '' ? {} : { Name: name }),
    ...(driver === '' ? {} : { Driver: driver }),
    DriverOpts: textMapAt(value, 'driver_opts'),
    Labels: labelsAt(value, 'labels'),
    ...(cluster === undefined ? {} : { ClusterVolumeSpec: clusterRequest(cluster) }),
  };
}

function clusterRequest(cluster: ObjectValue): JsonObject {
  const [required, limit] = ['required_bytes', 'limit_bytes'].map((name) => parseByteSize(textAt(cluster, name) ?? ''));
  const capacity = {
    ...(required === undefined ? {} : { RequiredBytes: required }),
    ...(limit === undefined ? {} : { LimitBytes: limit }),
  };
  const access: JsonObject = textAt(cluster, 'type') === 'mount' ? { MountVolume: {} } : { BlockVolume: {} };
  return {
    Group: textAt(cluster, 'group') ?? '',
    AccessMode: {
      Scope: textAt(cluster, 'scope') ?? 'single',
      Sharing: textAt(cluster, 'sharing') ?? 'none',
      ...access,
    },
    AccessibilityRequirements: {
      Requisite: topology(textAt(cluster, 'topology_required')),
      Preferred: topology(textAt(cluster, 'topology_preferred')),
    },
    ...(Object.keys(capacity).length > 0 ? { CapacityRange: capacity } : {}),
    Availability: textAt(cluster, 'availability') ?? 'active',
  };
}

function topology(text: string | undefined): JsonObject[] {
  if (text === undefined || text === '') return [];
  const segments = text.split(',').map((segment) => {
    const equals = segment.indexOf('=');
    return equals === -1 ? [segment.trim(), ''] : [segment.slice(0, equals).trim(), segment.slice(equals + 1).trim()];
  });
  return [{ Segments: Object.fromEntries(segments) }];
}

async function apply(planned: Planned, run: Runner, reader: DockerReader): Promise<Applied> {
  const result = await runSteps(withInventedName(planned), run);
  if (isRetiring(planned, run)) return retired(planned, result);
  const made = result.outcomes.get('create') ?? result.outcomes.get('update');
  if (made?.id === undefined || planned.value === null || planned.config === null)
    return leftAfterFailure(planned, result);
  const answer = await reader.inspectVolume(made.id);
  if (answer.kind !== 'done') {
    const failure = isFailure(answer) ? [failureDiagnostic(answer, `read the volume "${made.id}" back`)] : [];
    const value = withAttributes(planned.value, [['id', stringValue(made.id)]]);
    return { value, private: planned.private, tainted: true, diagnostics: [...result.diagnostics, ...failure] };
  }
  const data = fieldOf(made.result, 'adopted') === true ? PRIVATE_ADOPTED : planned.private;
  const observed = volumeValue(answer.value, planned.value);
  const problems = verify('volume', comparison(priorOf(observed, data), planned.config, 'any'));
  const value = withNoUnknownBlocks(settleApplied(observed, planned.value), observed);
  return { value, private: data, tainted: false, diagnostics: [...result.diagnostics, ...problems] };
}

/** After taking a volume over the state says what it bears, whatever was planned. */
function withNoUnknownBlocks(value: ObjectValue, observed: ObjectValue): ObjectValue {
  const labels = observed.attributes.get('labels');
  return labels === undefined ? value : withAttributes(value, [['labels', labels]]);
}

/** The engine would invent a name; invented here it stands in the intent and can be found again after a crash. */
function withInventedName(planned: Planned): Planned {
  const items = planned.steps.items.map((step) => {
    if (step.kind !== 'volume.create' || step.arguments.Name !== undefined) return step;
    const name = randomBytes(32).toString('hex');
    return { ...step, target: { name }, arguments: { Name: name, ...step.arguments } };
  });
  return { ...planned, steps: { ...planned.steps, items } };
}

async function createEffect(...[step, tools]: Parameters<Effect>): ReturnType<Effect> {
  const name = typeof step.arguments.Name === 'string' ? step.arguments.Name : '';
  const { reader } = tools.docker;
  if (step.arguments.ClusterVolumeSpec !== undefined) {
    const tooOld = await reader.needs(CLUSTER_API);
    if (tooOld) return failed(failureDiagnostic(tooOld, `create the cluster volume "${name}"`, { path: ['cluster'] }));
  }
  const existing = await reader.inspectVolume(name);
  if (existing.kind === 'done') return takeOver(name, existing.value, step.arguments);
  const answer = await tools.writer.send(
    (engine) => engine.createVolume({ ...step.arguments, Name: name }),
    tools.signal,
  );
  if (!isFailure(answer)) return ok({ id: name });
  const remedy = answer.kind === 'absent' ? 'The driver is not installed on this engine.' : undefined;
  return failed(failureDiagnostic(answer, `create the volume "${name}"`, remedy === undefined ? {} : { remedy }));
}

/** Takes an existing volume into the state when it is what was asked for; refuses when it is not, so that no data is lost. */
function takeOver(name: string, existing: Inspected, wanted: JsonObject): Awaited<ReturnType<Effect>> {
  const differing = differences(existing, wanted);
  if (differing.length > 0) return failed(alreadyThere(name, differing));
  return ok({ id: name, result: { adopted: true } }, [takenOver(name)]);
}

function differences(existing: Inspected, wanted: JsonObject): readonly string[] {
  const differing: string[] = [];
  const driver = wanted.Driver;
  if (typeof driver === 'string' && driver !== textOf(existing, 'Driver')) differing.push('driver');
  if (!includes(textMapOf(existing, 'Options'), wanted.DriverOpts)) differing.push('driver_opts');
  if (!includes(textMapOf(existing, 'Labels'), wanted.Labels)) differing.push('labels');
  return differing;
}

function includes(there: ReadonlyMap<string, string>, wanted: unknown): boolean {
  return [...textMapOf(wanted)].every(([key, value]) => there.get(key) === value);
}

function alreadyThere(name: string, differing: readonly string[]): Diagnostic {
  return {
    severity: 'error',
    summary: 'Volume already exists',
    detail:
      `There is a volume with the name "${name}" already, and its ${differing.join(' and ')} cannot be made what is asked for ` +
      'without losing its data. Choose another name, change the configuration to what the volume is, or remove it with "docker volume rm".',
    path: ['name'],
  };
}

function takenOver(name: string): Diagnostic {
  return {
    severity: 'warning',
    summary: 'Existing volume taken over',
    detail:
      `The volume "${name}" was there already and is now part of the state, with its data. ` +
      'Destroying this resource will remove it; use lifecycle { prevent_destroy = true } or a removed block to keep it.',
    path: ['name'],
  };
}

/** After a crash: a volume of the name that was to be made. */
async function locate(step: Step, reader: DockerReader): Promise<Prior | 'absent' | 'unsure'> {
  const name = step.arguments.Name;
  if (step.kind !== 'volume.create' || typeof name !== 'string') return 'unsure';
  const answer = await reader.inspectVolume(name);
  if (answer.kind === 'absent') return 'absent';
  return answer.kind === 'done' ? priorOf(volumeValue(answer.value), PRIVATE) : 'unsure';
}

// ---- Update ------------------------------------------------------------------------------------------------------

function updateStep(value: ObjectValue): Step {
  const cluster = blocksAt(value, 'cluster')[0];
  const availability = cluster === undefined ? 'active' : (textAt(cluster, 'availability') ?? 'active');
  return {
    id: 'update',
    kind: 'volume.update',
    phase: 'make',
    target: { id: textAt(value, 'id') ?? '' },
    arguments: { Availability: availability },
  };
}

async function updateEffect(...[step, tools]: Parameters<Effect>): ReturnType<Effect> {
  const name = step.target !== null && 'id' in step.target ? step.target.id : '';
  const answer = await tools.docker.reader.inspectVolume(name);
  if (answer.kind !== 'done') {
    return failed(...(isFailure(answer) ? [failureDiagnostic(answer, `read the volume "${name}"`)] : []));
  }
  const version = numberOf(answer.value, 'ClusterVolume', 'Version', 'Index');
  const spec = {
    ...recordOf(fieldOf(answer.value, 'ClusterVolume', 'Spec')),
    Availability: step.arguments.Availability,
  };
  const updated = await tools.writer.send((engine) => putVolume(engine, name, version, { Spec: spec }), tools.signal);
  if (isFailure(updated))
    return failed(failureDiagnostic(updated, `update the volume "${name}"`, { path: ['cluster'] }));
  return ok({ id: name });
}

/** dockerode has no call for it. Its transport sends a body with PUT only when that looks like a file. */
function putVolume(engine: Engine, name: string, version: number, body: object): Promise<unknown> {
  const options = {
    path: `/volumes/${encodeURIComponent(name)}?version=${version}&`,
    method: 'PUT',
    file: Buffer.from(JSON.stringify(body)),
    headers: { 'Content-Type': 'application/json' },
    statusCodes: { 200: true },
  };
  return new Promise((resolve, reject) => {
    engine.modem.dial(options, (error: unknown, data: unknown) => (error ? reject(error) : resolve(data)));
  });
}

// ---- Delete ------------------------------------------------------------------------------------------------------

/** What was in a volume cannot be brought back, so there is no undo. */
function removeStep({ prior }: PlanAsk): Step {
  const name = prior === null ? '' : (textAt(prior.value, 'id') ?? '');
  return { id: 'remove', kind: 'volume.remove', phase: 'retire', target: { id: name }, arguments: { Name: name } };
}

async function removeEffect(...[step, tools]: Parameters<Effect>): ReturnType<Effect> {
  const name = step.target !== null && 'id' in step.target ? step.target.id : '';
  const answer = await retryWhileInUse(
    () => tools.writer.send((engine) => engine.getVolume(name).remove({ force: true }), tools.signal),
    /volume is in use/,
    tools,
  );
  if (!isFailure(answer) || answer.kind === 'absent') return ok({ id: name });
  const remedy =
    'A container that is not part of this configuration uses it: "docker ps -a --filter volume=NAME" shows which.';
  return failed(failureDiagnostic(answer, `remove the volume "${name}"`, { remedy }));
}

/**
 * docker_service: schema (in schema/service.ts), read (service-read.ts), plan, create, update, delete. An update sends
 * the live specification with what is to change, so that tasks are made anew only when they have to be. Nothing is
 * deleted because it failed.
 */
import { type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type {
  Applied,
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
import { type ObjectValue, stringValue } from '../../core/value/value.ts';
import { blocksAt, textAt, withAttributes } from './attributes.ts';
import type { DockerReader } from './daemon.ts';
import { parseDurationNs } from './duration.ts';
import { callEngine } from './engine-call.ts';
import { parseImageName } from './image-name.ts';
import { type Inspected, fieldOf, listOf, numberOf, recordOf, textOf, textsOf } from './inspect.ts';
import { type Failure, failureDiagnostic, isFailure } from './outcome.ts';
import { encodePrivate } from './private-data.ts';
import type { RegistryLogin } from './registry-auth.ts';
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
import type { DockerContext, Effect, EffectTools, ResourceModule } from './resource-module.ts';
import { pause } from './retry.ts';
import { settleApplied, settleRefreshed } from './sdk-state.ts';
import { compareService } from './service-compare.ts';
import { converge } from './service-converge.ts';
import { type NetworkIds, serviceValue } from './service-read.ts';
import { patchedSpec, serviceSpec, specDifference } from './service-spec.ts';
import { swarmRemedy, sweepSuperseded } from './swarm-file.ts';

const PRIVATE = encodePrivate({ schemaVersion: 2 });
/** Ports that the engine chooses are there a moment after the service. */
const PORTS_PATIENCE_MS = 30_000;
/** Beyond the grace period, for containers to be gone. */
const REMOVAL_PATIENCE_MS = 15_000;
const USUAL_GRACE_NS = 10e9;
const PAUSE_MS = 250;

export const serviceModule: ResourceModule = {
  resource: serviceType,
  effects: {
    'service.create': createEffect,
    'service.update': updateEffect,
    'service.converge': convergeEffect,
    'service.sweep': sweepEffect,
    'service.remove': removeEffect,
  },
};

function serviceType(docker: DockerContext): ResourceType {
  const { reader } = docker;
  return {
    refresh: (asks) => refresh(asks, reader),
    plan: (asks) => eachAsk(asks, async (ask) => decide(ask, await networksFor(ask, reader))),
    apply: (planned, run) => apply(planned, run, reader),
    importState: (id) => importService(id, reader),
    claims: (value) => [{ kind: 'service-name', key: textAt(value, 'name') ?? '' }],
    locate: (step) => locate(step, reader),
  };
}

// ---- Read --------------------------------------------------------------------------------------------------------

async function refresh(asks: readonly RefreshAsk[], reader: DockerReader): Promise<readonly Result<Refreshed>[]> {
  const named = asks.some(({ prior }) => networksOf(prior.value).some((it) => (textAt(it, 'name') ?? '') !== ''));
  const [listed, networks] = await Promise.all([
    reader.getList('/services'),
    named ? networkIds(reader) : new Map<string, string>(),
  ]);
  if (listed.kind !== 'done') {
    const problem = isFailure(listed)
      ? [failureDiagnostic(listed, 'list the services of the Swarm', swarmRemedy(listed))]
      : [];
    return asks.map(() => failed(...problem));
  }
  return asks.map(({ prior }) => ok(refreshed(prior, find(listed.value, prior), networks)));
}

function refreshed(prior: Prior, observed: Inspected | undefined, networks: NetworkIds): Refreshed {
  if (observed === undefined) return { outcome: 'absent', prior };
  const value = settleRefreshed(serviceValue(observed, prior.value, networks), prior.value);
  return { outcome: 'present', prior: { ...prior, value }, observed };
}

/** By ID; else, made again by somebody, by the name. */
function find(services: readonly Inspected[], prior: Prior): Inspected | undefined {
  const [id, name] = [textAt(prior.value, 'id'), textAt(prior.value, 'name')];
  return (
    services.find((service) => textOf(service, 'ID') === id) ??
    services.find((service) => textOf(service, 'Spec', 'Name') === name)
  );
}

function networksOf(value: ObjectValue): readonly ObjectValue[] {
  return blocksAt(value, 'task_spec').flatMap((task) => blocksAt(task, 'networks_advanced'));
}

/** IDs by name. An engine that does not answer is reported by whatever asks it next. */
async function networkIds(reader: DockerReader): Promise<NetworkIds> {
  const listed = await reader.networks();
  const networks = listed.kind === 'done' ? listed.value : [];
  return new Map(networks.map((network) => [textOf(network, 'Name'), textOf(network, 'Id')]));
}

async function importService(id: string, reader: DockerReader): Promise<Result<readonly Prior[]>> {
  const answer = await reader.getObject(`/services/${encodeURIComponent(id)}`);
  if (isFailure(answer)) return failed(failureDiagnostic(answer, `read the service "${id}"`, swarmRemedy(answer)));
  return ok(answer.kind === 'done' ? [priorOf(serviceValue(answer.value), PRIVATE)] : []);
}

// ---- Plan --------------------------------------------------------------------------------------------------------

/** Names of networks are looked up only when the configuration and the state do not speak of them in the same way. */
async function networksFor({ prior, config }: PlanAsk, reader: DockerReader): Promise<NetworkIds> {
  if (prior === null || config === null) return new Map();
  const words = (value: ObjectValue): string[] =>
    networksOf(value).map((it) => `${textAt(it, 'id') ?? ''} ${textAt(it, 'name') ?? ''}`);
  const there = new Set(words(prior.value));
  return words(config).every((it) => there.has(it)) ? new Map() : networkIds(reader);
}

/** Pure: what is to be done about one service. */
export function decide(ask: PlanAsk, networks: NetworkIds = new Map()): Result<Planned> {
  const { prior, config, mode } = ask;
  if (config === null) return ok(deletePlan(ask, steps(removeStep(ask)), 'recreate'));
  const plan = compareService(prior, config, mode === 'replace' ? 'replace' : 'any', networks);
  if (prior !== null && mode === 'any' && plan.changes.length === 0) return ok(noChange(ask, prior));
  const { value, replacePaths, causes } = plan;
  const base = { ...plannedBase(ask), value, private: PRIVATE, causes };
  if (prior === null) {
    return ok({ ...base, replacePaths: [], impact: 'none', steps: steps(...createSteps(value)) });
  }
  if (mode === 'any' && replacePaths.length === 0) {
    const bookkeeping = plan.changes.every((change) => change.mode === 'bookkeeping');
    const change = bookkeeping ? [] : updateSteps(prior.value, value);
    const tasks = fieldOf(change[0]?.arguments, 'patch', 'TaskTemplate') !== undefined;
    const impact = bookkeeping ? 'none' : tasks ? 'restart' : 'in-place';
    return ok({ ...base, replacePaths, impact, steps: steps(...change) });
  }
  const make = createSteps(value);
  const ordered = ask.createBeforeDestroy ? [...make, removeStep(ask)] : [removeStep(ask), ...make];
  return ok({ ...base, replacePaths, impact: 'recreate', steps: steps(...ordered) });
}

function createSteps(value: ObjectValue): readonly Step[] {
  const name = textAt(value, 'name') ?? '';
  const create: Step = {
    id: 'create',
    kind: 'service.create',
    phase: 'make',
    target: { name },
    arguments: { spec: serviceSpec(value), ...authArguments(value) },
    undo: {
      id: 'undo-create',
      kind: 'service.remove',
      phase: 'retire',
      target: { outcomeOf: 'create' },
      arguments: { name },
    },
  };
  return [create, ...convergeSteps(value, { outcomeOf: 'create' })];
}

function updateSteps(prior: ObjectValue, value: ObjectValue): readonly Step[] {
  const target = { id: textAt(value, 'id') ?? '' };
  const name = textAt(value, 'name') ?? '';
  const [before, after] = [serviceSpec(prior), serviceSpec(value)];
  const patch = specDifference(before, after);
  const image = textOf(after, 'TaskTemplate', 'ContainerSpec', 'Image');
  const update: Step = {
    id: 'update',
    kind: 'service.update',
    phase: 'make',
    target,
    arguments: { name, image, patch, ...authArguments(value) },
  };
  return [update, ...convergeSteps(value, target), ...sweepSteps(before, after, target)];
}

function authArguments(value: ObjectValue): JsonObject {
  const auth = blocksAt(value, 'auth')[0];
  if (auth === undefined) return {};
  const names = ['server_address', 'username', 'password'];
  return { auth: Object.fromEntries(names.map((name) => [name, textAt(auth, name) ?? ''])) };
}

function convergeSteps(value: ObjectValue, target: Step['target']): readonly Step[] {
  const wait = blocksAt(value, 'converge_config')[0];
  if (wait === undefined) return [];
  const ns = (name: string, usual: number): number => parseDurationNs(textAt(wait, name) ?? '') ?? usual;
  const options = { delayNs: ns('delay', 7e9), timeoutNs: ns('timeout', 180e9) };
  return [{ id: 'converge', kind: 'service.converge', phase: 'make', target, arguments: options }];
}

/** Configs and secrets that the service lets go of may have been waiting for it. */
function sweepSteps(before: JsonObject, after: JsonObject, target: Step['target']): readonly Step[] {
  const dropped = (kind: string, id: string): readonly string[] => {
    const ids = (spec: JsonObject): string[] =>
      listOf(spec, 'TaskTemplate', 'ContainerSpec', kind).map((it) => textOf(it, id));
    const kept = ids(after);
    return ids(before).filter((it) => !kept.includes(it));
  };
  const [configs, secrets] = [dropped('Configs', 'ConfigID'), dropped('Secrets', 'SecretID')];
  if (configs.length + secrets.length === 0) return [];
  return [{ id: 'sweep', kind: 'service.sweep', phase: 'make', target, arguments: { configs, secrets } }];
}

// ---- Create ------------------------------------------------------------------------------------------------------

async function createEffect(...[step, tools]: Parameters<Effect>): ReturnType<Effect> {
  const spec = recordOf(step.arguments.spec);
  const name = textOf(spec, 'Name');
  const login = await loginFor(textOf(spec, 'TaskTemplate', 'ContainerSpec', 'Image'), step, tools.docker);
  if (login.value === undefined) return failed(...login.diagnostics);
  const body = patchedSpec({}, await withRealNames(spec, tools.docker.reader));
  const call = { method: 'POST', path: '/services/create', body, login: login.value } as const;
  const answer = await tools.writer.send((engine) => callEngine(engine, call), tools.signal);
  if (answer.kind === 'done') return ok({ id: textOf(answer.value, 'ID') }, login.diagnostics);
  return isFailure(answer) ? failed(createFailure(answer, name)) : ok({});
}

function createFailure(answer: Failure, name: string) {
  if (answer.kind !== 'conflict') return serviceFailure(answer, `create the service "${name}"`);
  return {
    severity: 'error',
    summary: 'Service already exists',
    detail:
      `There is a service with the name "${name}" already, and it does not belong to this resource. ` +
      'Choose another name, remove it with "docker service rm", or take it over with an import block whose id is the name.',
    path: ['name'],
    cause: `409 ${answer.message}`,
  } as const;
}

function serviceFailure(answer: Failure, doing: string) {
  const message = 'message' in answer ? answer.message : '';
  if (/network .* not found/.test(message)) {
    const remedy = 'Services join overlay networks: give the docker_network driver = "overlay".';
    return failureDiagnostic(answer, doing, { remedy, path: ['task_spec', 0, 'networks_advanced'] });
  }
  return failureDiagnostic(answer, doing, swarmRemedy(answer));
}

/** The engine wants the name of a config or secret beside its ID, and the one that it really has. */
async function withRealNames(spec: Inspected, reader: DockerReader): Promise<Inspected> {
  const container = recordOf(fieldOf(spec, 'TaskTemplate', 'ContainerSpec'));
  const named: Record<string, unknown> = {};
  for (const [kind, title] of [
    ['Configs', 'Config'],
    ['Secrets', 'Secret'],
  ] as const) {
    const references = listOf(container, kind);
    if (references.length === 0) continue;
    const listed = await reader.getList(`/${kind.toLowerCase()}`);
    const objects = listed.kind === 'done' ? listed.value : [];
    const names = new Map(objects.map((it) => [textOf(it, 'ID'), textOf(it, 'Spec', 'Name')]));
    named[kind] = references.map((it) => {
      const name = names.get(textOf(it, `${title}ID`));
      return name === undefined ? it : { ...recordOf(it), [`${title}Name`]: name };
    });
  }
  if (Object.keys(named).length === 0) return spec;
  return { ...spec, TaskTemplate: { ...recordOf(spec.TaskTemplate), ContainerSpec: { ...container, ...named } } };
}

/** Workers pull by themselves, so whatever is known of the registry goes with the service. */
async function loginFor(image: string, step: Step, docker: DockerContext): Promise<Result<RegistryLogin | null>> {
  const auth = step.arguments.auth;
  const { environment, credentials } = docker;
  const username = textOf(auth, 'username') || (environment.DOCKER_REGISTRY_USER ?? '');
  const password = textOf(auth, 'password') || (environment.DOCKER_REGISTRY_PASS ?? '');
  if (auth !== undefined && username !== '' && password !== '') {
    return ok({ username, password, serveraddress: textOf(auth, 'server_address') });
  }
  const name = parseImageName(image);
  return name === undefined ? ok(null) : credentials.forHost(name.registry);
}

async function apply(planned: Planned, run: Runner, reader: DockerReader): Promise<Applied> {
  const result = await runSteps(planned, run);
  if (isRetiring(planned, run)) return retired(planned, result);
  const created = result.outcomes.get('create')?.id;
  const updating = planned.steps.items.some((step) => step.id === 'update');
  const id = created ?? (updating && planned.prior !== null ? textAt(planned.prior.value, 'id') : undefined);
  if (id === undefined || planned.value === null) return leftAfterFailure(planned, result);
  // A new service whose tasks do not run is there and yet not what it should be.
  const tainted = created !== undefined && result.failed;
  return readBack(planned, planned.value, { id, tainted, result }, reader);
}

interface Made {
  readonly id: string;
  readonly tainted: boolean;
  readonly result: StepRun;
}

async function readBack(
  planned: Planned,
  value: ObjectValue,
  { id, tainted, result }: Made,
  reader: DockerReader,
): Promise<Applied> {
  const answer = await settled(id, reader);
  if (answer.kind !== 'done') {
    const problem = isFailure(answer) ? [failureDiagnostic(answer, `read the service "${id}" back`)] : [];
    const known = withAttributes(value, [['id', stringValue(id)]]);
    return { value: known, private: PRIVATE, tainted: true, diagnostics: [...result.diagnostics, ...problem] };
  }
  const networks = networksOf(value).length > 0 ? await networkIds(reader) : new Map<string, string>();
  const observed = serviceValue(answer.value, value, networks);
  if (result.failed) {
    // What did not arrive must not stand in the state as if it had.
    return { value: observed, private: PRIVATE, tainted, diagnostics: result.diagnostics };
  }
  const left =
    planned.config === null ? undefined : compareService(priorOf(observed, PRIVATE), planned.config, 'any', networks);
  const problems = left === undefined ? [] : verify('service', left);
  return {
    value: settleApplied(observed, value),
    private: PRIVATE,
    tainted,
    diagnostics: [...result.diagnostics, ...problems],
  };
}

/** The service once the engine has chosen the ports that it was to choose. */
async function settled(id: string, reader: DockerReader) {
  const deadline = Date.now() + PORTS_PATIENCE_MS;
  for (;;) {
    const answer = await reader.getObject(`/services/${id}`);
    if (answer.kind !== 'done' || !waitsForPorts(answer.value) || Date.now() > deadline) return answer;
    await pause(PAUSE_MS, new AbortController().signal);
  }
}

function waitsForPorts(service: Inspected): boolean {
  const chosen = listOf(service, 'Spec', 'EndpointSpec', 'Ports').some(
    (port) => numberOf(port, 'PublishedPort') === 0 && textOf(port, 'PublishMode') !== 'host',
  );
  return chosen && listOf(service, 'Endpoint', 'Ports').length === 0;
}

/** After a crash: a service of the name that was to be made. */
async function locate(step: Step, reader: DockerReader): Promise<Prior | 'absent' | 'unsure'> {
  const name = textOf(step.arguments.spec, 'Name');
  if (step.kind !== 'service.create' || name === '') return 'unsure';
  const answer = await reader.getObject(`/services/${encodeURIComponent(name)}`);
  if (answer.kind === 'absent') return 'absent';
  return answer.kind === 'done' ? priorOf(serviceValue(answer.value), PRIVATE) : 'unsure';
}

// ---- Update ------------------------------------------------------------------------------------------------------

async function updateEffect(...[step, tools]: Parameters<Effect>): ReturnType<Effect> {
  const id = idOf(step);
  const doing = `update the service "${textOf(step.arguments, 'name')}"`;
  const live = await tools.docker.reader.getObject(`/services/${id}`);
  if (live.kind !== 'done') return failed(...(isFailure(live) ? [failureDiagnostic(live, doing)] : []));
  const login = await loginFor(textOf(step.arguments, 'image'), step, tools.docker);
  if (login.value === undefined) return failed(...login.diagnostics);
  const patch = await withRealNames(recordOf(step.arguments.patch), tools.docker.reader);
  const body = patchedSpec(recordOf(fieldOf(live.value, 'Spec')), patch);
  const query = { version: numberOf(live.value, 'Version', 'Index') };
  const call = { method: 'POST', path: `/services/${id}/update`, query, body, login: login.value } as const;
  const answer = await tools.writer.send((engine) => callEngine(engine, call), tools.signal);
  return isFailure(answer) ? failed(serviceFailure(answer, doing)) : ok({ id }, login.diagnostics);
}

async function convergeEffect(...[step, tools]: Parameters<Effect>): ReturnType<Effect> {
  const [delayNs, timeoutNs] = [numberOf(step.arguments, 'delayNs'), numberOf(step.arguments, 'timeoutNs')];
  return converge(idOf(step), { delayNs, timeoutNs }, tools);
}

async function sweepEffect(...[step, tools]: Parameters<Effect>): ReturnType<Effect> {
  await sweepSuperseded('config', textsOf(step.arguments, 'configs'), tools);
  await sweepSuperseded('secret', textsOf(step.arguments, 'secrets'), tools);
  return ok({ id: idOf(step) });
}

// ---- Delete ------------------------------------------------------------------------------------------------------

function removeStep({ prior }: PlanAsk): Step {
  const value = prior?.value;
  const id = value === undefined ? '' : (textAt(value, 'id') ?? '');
  const name = value === undefined ? '' : (textAt(value, 'name') ?? id);
  return {
    id: 'remove',
    kind: 'service.remove',
    phase: 'retire',
    target: { id },
    arguments: { name, ...(value === undefined ? {} : { held: heldFiles(value) }) },
  };
}

/** Configs and secrets of a service that goes may have been waiting for that. */
function heldFiles(value: ObjectValue): JsonObject {
  const containers = blocksAt(value, 'task_spec').flatMap((task) => blocksAt(task, 'container_spec'));
  const ids = (word: string): string[] =>
    containers.flatMap((it) => blocksAt(it, `${word}s`)).map((it) => textAt(it, `${word}_id`) ?? '');
  return { configs: ids('config'), secrets: ids('secret') };
}

async function removeEffect(...[step, tools]: Parameters<Effect>): ReturnType<Effect> {
  const id = idOf(step);
  const live = await tools.docker.reader.getObject(`/services/${id}`);
  const call = { method: 'DELETE', path: `/services/${id}` } as const;
  const answer = await tools.writer.send((engine) => callEngine(engine, call), tools.signal);
  if (isFailure(answer) && answer.kind !== 'absent') {
    return failed(serviceFailure(answer, `remove the service "${textOf(step.arguments, 'name')}"`));
  }
  const held = step.arguments.held;
  await sweepSuperseded('config', textsOf(held, 'configs'), tools);
  await sweepSuperseded('secret', textsOf(held, 'secrets'), tools);
  await containersGone(id, live.kind === 'done' ? live.value : {}, tools);
  return ok({ id });
}

/**
 * Waits for the tasks on this node, which hold networks and volumes that are to go next. Tasks of other nodes end in
 * their own time, and a task that does not end is no reason to call the removal failed.
 */
async function containersGone(id: string, service: Inspected, { docker, signal }: EffectTools): Promise<void> {
  const grace = fieldOf(service, 'Spec', 'TaskTemplate', 'ContainerSpec', 'StopGracePeriod');
  const graceMs = (typeof grace === 'number' ? grace : USUAL_GRACE_NS) / 1e6;
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.swarm.service.id=${id}`] }));
  const deadline = Date.now() + graceMs + REMOVAL_PATIENCE_MS;
  while (Date.now() < deadline && !signal.aborted) {
    const left = await docker.reader.getList(`/containers/json?all=1&filters=${filters}`);
    if (left.kind !== 'done' || left.value.length === 0) return;
    await pause(PAUSE_MS, signal);
  }
}

function idOf(step: Step): string {
  return step.target !== null && 'id' in step.target ? step.target.id : '';
}

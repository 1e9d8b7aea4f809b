/**
 * What configs and secrets of a Swarm have in common: a content that never changes, labels that do, and services that
 * hold on to them. One whose content is replaced while a service uses it leaves its name to the old object until the
 * services have moved: the new one is made under a derived name, and the old one is marked so that the service that
 * lets go of it takes it away. Knows nothing of how the content is written in a configuration.
 */
import { createHash } from 'node:crypto';
import { type Diagnostic, type Result, failed, ok } from '../../core/diag/diagnostic.ts';
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
import type { Schema } from '../../core/config/schema.ts';
import { labelsAt, textAt, withAttributes } from './attributes.ts';
import type { DockerReader } from './daemon.ts';
import { callEngine } from './engine-call.ts';
import { type Inspected, fieldOf, numberOf, recordOf, textMapOf, textOf } from './inspect.ts';
import { type Failure, failureDiagnostic, isFailure } from './outcome.ts';
import { ourPrivate } from './private-data.ts';
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
import type { DockerContext, Effect, EffectTools, ResourceModule } from './resource-module.ts';
import { type SchemaPlan, planFromSchema } from './sdk-plan.ts';
import { settleApplied, settleRefreshed } from './sdk-state.ts';

export interface SwarmFileKind {
  /** `config` or `secret`: in messages and in the names of the steps. */
  readonly word: 'config' | 'secret';
  readonly schema: Schema;
  /** `ours` is what is to be remembered beside the schema version. */
  encodePrivate(ours: JsonObject | undefined): string | undefined;
  /** The engine's answer in the form of the schema; `before` has what the engine does not say. */
  valueOf(observed: Inspected, name: string, before: ObjectValue | undefined): ObjectValue;
  /** The content as base64; undefined while it is not known. */
  contentOf(value: ObjectValue): string | undefined;
  /** The configuration, written as the prior value is where both mean the same. */
  likePrior?(prior: ObjectValue, config: ObjectValue): ObjectValue;
}

/** Says of an object that another has taken its place and that it goes when the last service lets go of it. */
export const SUPERSEDED = 'io.stowage.superseded';

const SWARM_REMEDY = 'Configs, secrets and services need a Swarm: "docker swarm init" makes this engine one.';

export function swarmFileModule(kind: SwarmFileKind): ResourceModule {
  const { word } = kind;
  return {
    resource: ({ reader }: DockerContext) => swarmFileType(kind, reader),
    effects: {
      [`${word}.create`]: (step, tools) => createEffect(kind, step, tools),
      [`${word}.update`]: (step, tools) => updateEffect(kind, step, tools),
      [`${word}.remove`]: (step, tools) => removeEffect(kind, step, tools),
    },
  };
}

function swarmFileType(kind: SwarmFileKind, reader: DockerReader): ResourceType {
  return {
    refresh: (asks) => refresh(kind, asks, reader),
    plan: async (asks) => asks.map((ask) => decide(kind, ask)),
    apply: (planned, run) => apply(kind, planned, run, reader),
    importState: (id) => importOne(kind, id, reader),
    claims: (value) => [{ kind: `${kind.word}-name`, key: textAt(value, 'name') ?? '' }],
    locate: (step) => locate(kind, step, reader),
  };
}

/** What to do about an engine that is no manager of a Swarm. */
export function swarmRemedy(failure: Failure): { remedy?: string } {
  return 'message' in failure && /swarm/.test(failure.message) ? { remedy: SWARM_REMEDY } : {};
}

// ---- Read --------------------------------------------------------------------------------------------------------

async function refresh(
  kind: SwarmFileKind,
  asks: readonly RefreshAsk[],
  reader: DockerReader,
): Promise<readonly Result<Refreshed>[]> {
  const listed = await reader.getList(`/${kind.word}s`);
  if (listed.kind !== 'done') {
    const problem = isFailure(listed)
      ? [failureDiagnostic(listed, `list the ${kind.word}s of the Swarm`, swarmRemedy(listed))]
      : [];
    return asks.map(() => failed(...problem));
  }
  const byId = new Map(listed.value.map((object) => [textOf(object, 'ID'), object]));
  return asks.map(({ prior }) => ok(refreshed(kind, prior, byId.get(textAt(prior.value, 'id') ?? ''))));
}

function refreshed(kind: SwarmFileKind, prior: Prior, observed: Inspected | undefined): Refreshed {
  if (observed === undefined) return { outcome: 'absent', prior };
  const value = kind.valueOf(observed, shownName(observed, prior), prior.value);
  return { outcome: 'present', prior: { ...prior, value: settleRefreshed(value, prior.value) }, observed };
}

/** One that we gave a derived name bears the name that it stands for. */
function shownName(observed: Inspected, prior: Prior): string {
  const name = textOf(observed, 'Spec', 'Name');
  const ours = ourPrivate(prior.private);
  return textOf(ours, 'derived') === name ? (textAt(prior.value, 'name') ?? name) : name;
}

async function importOne(kind: SwarmFileKind, id: string, reader: DockerReader): Promise<Result<readonly Prior[]>> {
  const answer = await reader.getObject(`/${kind.word}s/${encodeURIComponent(id)}`);
  if (isFailure(answer)) return failed(failureDiagnostic(answer, `read the ${kind.word} "${id}"`, swarmRemedy(answer)));
  if (answer.kind !== 'done') return ok([]);
  const value = kind.valueOf(answer.value, textOf(answer.value, 'Spec', 'Name'), undefined);
  return ok([priorOf(value, kind.encodePrivate(undefined))]);
}

// ---- Plan --------------------------------------------------------------------------------------------------------

/** Pure: what is to be done about one config or secret. */
export function decide(kind: SwarmFileKind, ask: PlanAsk): Result<Planned> {
  const { prior, config, mode } = ask;
  if (config === null) return ok(deletePlan(ask, steps(removeStep(kind, ask)), 'none'));
  const plan = comparison(kind, prior, config, mode === 'replace' ? 'replace' : 'any');
  if (prior !== null && mode === 'any' && plan.changes.length === 0) return ok(noChange(ask, prior));
  const base = { ...plannedBase(ask), value: plan.value, replacePaths: plan.replacePaths, causes: plan.causes };
  const fresh = kind.encodePrivate(undefined);
  if (prior === null) {
    const create = createStep(kind, plan.value, undefined);
    return ok({ ...base, private: fresh, impact: 'none', steps: steps(create) });
  }
  if (mode === 'any' && plan.replacePaths.length === 0) {
    return ok({ ...base, private: prior.private, impact: 'in-place', steps: steps(updateStep(kind, plan.value)) });
  }
  const both = [removeStep(kind, ask), createStep(kind, plan.value, prior)];
  const ordered = ask.createBeforeDestroy ? both.reverse() : both;
  return ok({ ...base, private: fresh, impact: 'recreate', steps: steps(...ordered) });
}

function comparison(
  kind: SwarmFileKind,
  prior: Prior | null,
  config: ObjectValue,
  mode: 'any' | 'replace',
): SchemaPlan {
  const same = prior !== null && mode === 'any' ? kind.likePrior?.(prior.value, config) : undefined;
  return planFromSchema({ schema: kind.schema, prior: prior?.value ?? null, config: same ?? config, mode });
}

// ---- Create ------------------------------------------------------------------------------------------------------

function createStep(kind: SwarmFileKind, value: ObjectValue, old: Prior | null | undefined): Step {
  const name = textAt(value, 'name') ?? '';
  const replaces = old ? textAt(old.value, 'id') : undefined;
  return {
    id: 'create',
    kind: `${kind.word}.create`,
    phase: 'make',
    target: { name },
    arguments: {
      Name: name,
      Labels: labelsAt(value, 'labels'),
      Data: kind.contentOf(value) ?? '',
      ...(replaces === undefined ? {} : { replaces }),
    },
    undo: {
      id: 'undo-create',
      kind: `${kind.word}.remove`,
      phase: 'retire',
      target: { outcomeOf: 'create' },
      arguments: { Name: name },
    },
  };
}

async function createEffect(kind: SwarmFileKind, step: Step, tools: EffectTools): ReturnType<Effect> {
  const { Name, Labels, Data, replaces } = step.arguments;
  const name = typeof Name === 'string' ? Name : '';
  const send = (as: string) =>
    tools.writer.send(
      (engine) =>
        callEngine(engine, { method: 'POST', path: `/${kind.word}s/create`, body: { Name: as, Labels, Data } }),
      tools.signal,
    );
  const answer = await send(name);
  if (answer.kind === 'done') return ok({ id: textOf(answer.value, 'ID') });
  if (!isFailure(answer)) return ok({});
  const derived = await derivedName(kind, name, Data, replaces, tools);
  if (answer.kind !== 'conflict' || derived === undefined) return failed(createFailure(kind, answer, name));
  tools.progress(`"${name}" is still used by a service, the new one is "${derived}"`);
  const second = await send(derived);
  if (second.kind === 'done') return ok({ id: textOf(second.value, 'ID'), result: { derived } });
  return isFailure(second) ? failed(createFailure(kind, second, derived)) : ok({});
}

/** When the name is held by the very object that is to be replaced: a name with the content's digest behind it. */
async function derivedName(
  kind: SwarmFileKind,
  name: string,
  data: unknown,
  replaces: unknown,
  { docker }: EffectTools,
): Promise<string | undefined> {
  if (typeof replaces !== 'string') return undefined;
  const holder = await docker.reader.getObject(`/${kind.word}s/${encodeURIComponent(name)}`);
  if (holder.kind !== 'done' || textOf(holder.value, 'ID') !== replaces) return undefined;
  const digest = createHash('sha256')
    .update(`${replaces} ${String(data)}`)
    .digest('hex')
    .slice(0, 8);
  // The engine takes 64 characters.
  return `${name.slice(0, 55)}-${digest}`;
}

function createFailure(kind: SwarmFileKind, answer: Failure, name: string): Diagnostic {
  if (answer.kind !== 'conflict')
    return failureDiagnostic(answer, `create the ${kind.word} "${name}"`, swarmRemedy(answer));
  return {
    severity: 'error',
    summary: `${kind.word === 'config' ? 'Config' : 'Secret'} already exists`,
    detail:
      `There is a ${kind.word} with the name "${name}" already, and it does not belong to this resource. ` +
      `Choose another name, remove it with "docker ${kind.word} rm", or take it over with an import block.`,
    path: ['name'],
    cause: `409 ${answer.message}`,
  };
}

async function apply(kind: SwarmFileKind, planned: Planned, run: Runner, reader: DockerReader): Promise<Applied> {
  const result = await runSteps(planned, run);
  if (isRetiring(planned, run)) return retired(planned, result);
  const made = result.outcomes.get('create') ?? result.outcomes.get('update');
  if (made?.id === undefined || planned.value === null || planned.config === null) {
    return leftAfterFailure(planned, result);
  }
  const derived = textOf(made.result, 'derived');
  const data = derived === '' ? planned.private : kind.encodePrivate({ derived });
  const answer = await reader.getObject(`/${kind.word}s/${made.id}`);
  if (answer.kind !== 'done') {
    const problem = isFailure(answer) ? [failureDiagnostic(answer, `read the ${kind.word} "${made.id}" back`)] : [];
    const value = withAttributes(planned.value, [['id', stringValue(made.id)]]);
    return { value, private: data, tainted: true, diagnostics: [...result.diagnostics, ...problem] };
  }
  const name = shownName(answer.value, priorOf(planned.value, data));
  const observed = kind.valueOf(answer.value, name, planned.value);
  const problems = verify(kind.word, comparison(kind, priorOf(observed, data), planned.config, 'any'));
  const value = settleApplied(observed, planned.value);
  return { value, private: data, tainted: false, diagnostics: [...result.diagnostics, ...problems] };
}

/** After a crash: an object of the name that was to be made, with what was to be in it as far as that shows. */
async function locate(kind: SwarmFileKind, step: Step, reader: DockerReader): Promise<Prior | 'absent' | 'unsure'> {
  const name = step.arguments.Name;
  if (step.kind !== `${kind.word}.create` || typeof name !== 'string') return 'unsure';
  const answer = await reader.getObject(`/${kind.word}s/${encodeURIComponent(name)}`);
  if (answer.kind === 'absent') return 'absent';
  if (answer.kind !== 'done' || textOf(answer.value, 'ID') === step.arguments.replaces) return 'unsure';
  return priorOf(kind.valueOf(answer.value, name, undefined), kind.encodePrivate(undefined));
}

// ---- Update: labels are all that the engine changes -------------------------------------------------------------------

function updateStep(kind: SwarmFileKind, value: ObjectValue): Step {
  return {
    id: 'update',
    kind: `${kind.word}.update`,
    phase: 'make',
    target: { id: textAt(value, 'id') ?? '' },
    arguments: { Name: textAt(value, 'name') ?? '', Labels: labelsAt(value, 'labels') },
  };
}

async function updateEffect(kind: SwarmFileKind, step: Step, tools: EffectTools): ReturnType<Effect> {
  const id = idOf(step);
  const answer = await relabel(kind.word, id, () => recordOf(step.arguments.Labels), tools);
  if (!isFailure(answer)) return ok({ id });
  return failed(failureDiagnostic(answer, `change the labels of the ${kind.word} "${textOf(step.arguments, 'Name')}"`));
}

async function relabel(
  word: string,
  id: string,
  labels: (before: Inspected) => object,
  { docker, writer, signal }: EffectTools,
) {
  const answer = await docker.reader.getObject(`/${word}s/${id}`);
  if (answer.kind !== 'done') return answer;
  const spec = recordOf(fieldOf(answer.value, 'Spec'));
  const body = { ...spec, Labels: labels(recordOf(spec.Labels)) };
  const query = { version: numberOf(answer.value, 'Version', 'Index') };
  return writer.send(
    (engine) => callEngine(engine, { method: 'POST', path: `/${word}s/${id}/update`, query, body }),
    signal,
  );
}

// ---- Delete ------------------------------------------------------------------------------------------------------

function removeStep(kind: SwarmFileKind, { prior, config }: PlanAsk): Step {
  const id = prior === null ? '' : (textAt(prior.value, 'id') ?? '');
  const name = prior === null ? id : (textAt(prior.value, 'name') ?? id);
  return {
    id: 'remove',
    kind: `${kind.word}.remove`,
    phase: 'retire',
    target: { id },
    arguments: { Name: name, replaced: config !== null },
  };
}

async function removeEffect(kind: SwarmFileKind, step: Step, tools: EffectTools): ReturnType<Effect> {
  const id = idOf(step);
  const name = textOf(step.arguments, 'Name');
  const answer = await tools.writer.send(
    (engine) => callEngine(engine, { method: 'DELETE', path: `/${kind.word}s/${id}` }),
    tools.signal,
  );
  if (!isFailure(answer) || answer.kind === 'absent') return ok({ id });
  const inUse = 'message' in answer && /in use/.test(answer.message);
  if (inUse && step.arguments.replaced === true) {
    const marked = await relabel(kind.word, id, (labels) => ({ ...labels, [SUPERSEDED]: 'true' }), tools);
    if (!isFailure(marked)) return ok({ id, result: { left: true } });
  }
  const remedy = 'Services that are not part of this configuration may use it: remove it from them first.';
  return failed(failureDiagnostic(answer, `remove the ${kind.word} "${name}"`, inUse ? { remedy } : {}));
}

/** Takes away what another has taken the place of, now that a service has let go of it. Others may still hold it. */
export async function sweepSuperseded(word: string, ids: readonly string[], tools: EffectTools): Promise<void> {
  for (const id of ids) {
    const answer = await tools.docker.reader.getObject(`/${word}s/${id}`);
    if (answer.kind !== 'done' || textMapOf(answer.value, 'Spec', 'Labels').get(SUPERSEDED) !== 'true') continue;
    await tools.writer.send(
      (engine) => callEngine(engine, { method: 'DELETE', path: `/${word}s/${id}` }),
      tools.signal,
    );
  }
}

function idOf(step: Step): string {
  return step.target !== null && 'id' in step.target ? step.target.id : '';
}

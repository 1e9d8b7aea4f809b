/**
 * docker_tag: schema (in schema/tag.ts), read, plan, create, update (gives a moved name back), delete. The name is
 * looked after: one that is gone is made again, one that somebody gave to another image comes back.
 */
import { type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type {
  Applied,
  Cause,
  PlanAsk,
  Planned,
  Prior,
  RefreshAsk,
  Refreshed,
  ResourceType,
  Runner,
  Step,
} from '../../core/provider.ts';
import { type ObjectValue, stringValue, unknownValue } from '../../core/value/value.ts';
import { STRING } from '../../core/value/type.ts';
import { textAt, withAttributes } from './attributes.ts';
import { parseImageName } from './image-name.ts';
import { textOf } from './inspect.ts';
import { failureDiagnostic, isFailure } from './outcome.ts';
import {
  deletePlan,
  isRetiring,
  leftAfterFailure,
  noChange,
  plannedBase,
  retired,
  runSteps,
  steps,
} from './resource-kit.ts';
import { NOTHING_PRIVATE } from './private-data.ts';
import type { DockerContext, Effect, EffectTools, ResourceModule } from './resource-module.ts';
import { tagSchema } from './schema/tag.ts';
import { planFromSchema } from './sdk-plan.ts';

export const tagModule: ResourceModule = {
  resource: tagType,
  effects: { 'tag.create': createEffect, 'tag.remove': removeEffect },
};

function tagType(docker: DockerContext): ResourceType {
  return {
    refresh: (asks) => Promise.all(asks.map((ask) => refresh(ask, docker))),
    plan: (asks) => Promise.all(asks.map(async (ask) => decide(ask, await sourceId(ask, docker)))),
    apply: (planned, run) => apply(planned, run, docker),
    importState: async () => failed(notImportable()),
    claims: (value) => [{ kind: 'image-name', key: textAt(value, 'target_image') ?? '' }],
    locate: (step) => locate(step, docker),
  };
}

// ---- Read --------------------------------------------------------------------------------------------------------

async function refresh({ prior }: RefreshAsk, { reader }: DockerContext): Promise<Result<Refreshed>> {
  const target = textAt(prior.value, 'target_image') ?? '';
  const answer = await reader.inspectImage(target);
  if (answer.kind === 'absent') return ok({ outcome: 'absent', prior });
  if (answer.kind !== 'done') {
    return isFailure(answer)
      ? failed(failureDiagnostic(answer, `read the image "${target}"`))
      : ok({ outcome: 'unchecked', prior });
  }
  const value = withAttributes(prior.value, [['source_image_id', stringValue(textOf(answer.value, 'Id'))]]);
  return ok({ outcome: 'present', prior: { ...prior, value }, observed: answer.value });
}

function notImportable() {
  return {
    severity: 'error',
    summary: 'Resource Import Not Implemented',
    detail: 'A tag is only a name: write the resource and apply it, and the name is given again.',
  } as const;
}

// ---- Plan --------------------------------------------------------------------------------------------------------

/** ID of the image that should bear the name now; undefined when it is not there or not known. */
async function sourceId({ config }: PlanAsk, { reader }: DockerContext): Promise<string | undefined> {
  const source = config === null ? undefined : textAt(config, 'source_image');
  const answer = source === undefined ? undefined : await reader.inspectImage(source);
  return answer?.kind === 'done' ? textOf(answer.value, 'Id') : undefined;
}

/** Pure: what is to be done about one name. */
export function decide(ask: PlanAsk, source: string | undefined): Result<Planned> {
  const { prior, config, mode } = ask;
  if (config === null) return ok(deletePlan(ask, steps(removeStep(ask)), 'none'));
  const plan = planFromSchema({
    schema: tagSchema,
    prior: prior?.value ?? null,
    config,
    mode: mode === 'replace' ? 'replace' : 'any',
  });
  const moved = plan.replacePaths.length > 0 ? undefined : movedCause(prior, source);
  if (prior !== null && mode === 'any' && plan.changes.length === 0 && moved === undefined) {
    return ok(noChange(ask, prior));
  }
  const causes = [...plan.causes, ...(moved === undefined ? [] : [moved])];
  const value =
    moved === undefined ? plan.value : withAttributes(plan.value, [['source_image_id', unknownValue(STRING)]]);
  const base = { ...plannedBase(ask), private: NOTHING_PRIVATE, causes, impact: 'none', value } as const;
  const create = createStep(value);
  if (prior === null || moved !== undefined) return ok({ ...base, replacePaths: [], steps: steps(create) });
  const sameName = textAt(prior.value, 'target_image') === textAt(value, 'target_image');
  // A name that stays is taken over by the new image; there is nothing to remove in between.
  const both = sameName ? [create] : ask.createBeforeDestroy ? [create, removeStep(ask)] : [removeStep(ask), create];
  return ok({ ...base, replacePaths: plan.replacePaths, steps: steps(...both) });
}

function movedCause(prior: Prior | null, source: string | undefined): Cause | undefined {
  const bears = prior === null ? undefined : textAt(prior.value, 'source_image_id');
  if (source === undefined || bears === undefined || bears === source) return undefined;
  return {
    path: ['source_image_id'],
    before: stringValue(bears),
    after: stringValue(source),
    forcesReplacement: false,
    author: 'drift',
    note: 'the name belongs to another image than the source',
  };
}

// ---- Create and update -------------------------------------------------------------------------------------------

function createStep(value: ObjectValue): Step {
  const [source, target] = [textAt(value, 'source_image') ?? '', textAt(value, 'target_image') ?? ''];
  return { id: 'create', kind: 'tag.create', phase: 'make', target: { name: target }, arguments: { source, target } };
}

async function createEffect(...[step, tools]: Parameters<Effect>): ReturnType<Effect> {
  const [source, target] = [textOf(step.arguments, 'source'), textOf(step.arguments, 'target')];
  const parsed = parseImageName(target);
  if (parsed === undefined || parsed.digest !== undefined) return failed(notAName(target));
  const name = { repo: parsed.repository, tag: parsed.tag ?? 'latest' };
  const answer = await tools.writer.send((engine) => engine.getImage(source).tag(name), tools.signal);
  if (isFailure(answer)) return failed(tagFailure(answer, source, target));
  const image = await tools.docker.reader.inspectImage(target);
  if (image.kind === 'done') return ok({ id: textOf(image.value, 'Id') });
  return failed(...(isFailure(image) ? [failureDiagnostic(image, `find the image "${target}" after naming it`)] : []));
}

function tagFailure(answer: Parameters<typeof failureDiagnostic>[0], source: string, target: string) {
  const remedy =
    answer.kind === 'absent'
      ? 'The source has to be on the engine: refer to a docker_image, which pulls or builds it.'
      : '';
  return failureDiagnostic(answer, `give the image "${source}" the name "${target}"`, {
    path: ['source_image'],
    ...(remedy === '' ? {} : { remedy }),
  });
}

function notAName(target: string) {
  return {
    severity: 'error',
    summary: 'Invalid image name',
    detail: `"${target}" is not a name that an image can be given: write "repository" or "repository:tag".`,
    path: ['target_image'],
  } as const;
}

async function apply(planned: Planned, run: Runner, docker: DockerContext): Promise<Applied> {
  const result = await runSteps(planned, run);
  if (isRetiring(planned, run)) return retired(planned, result);
  const made = result.outcomes.get('create')?.id;
  if (made === undefined || planned.value === null) return leftAfterFailure(planned, result);
  const id = `${textAt(planned.value, 'source_image') ?? ''}.${textAt(planned.value, 'target_image') ?? ''}`;
  const value = withAttributes(planned.value, [
    ['id', stringValue(id)],
    ['source_image_id', stringValue(made)],
  ]);
  docker.reader.forget();
  return { value, private: NOTHING_PRIVATE, tainted: false, diagnostics: result.diagnostics };
}

/** After a crash: a name that is there may have been there before, so it is simply given again. */
async function locate(step: Step, { reader }: DockerContext): Promise<Prior | 'absent' | 'unsure'> {
  const answer = await reader.inspectImage(textOf(step.arguments, 'target'));
  return answer.kind === 'absent' ? 'absent' : 'unsure';
}

// ---- Delete ------------------------------------------------------------------------------------------------------

function removeStep({ prior }: PlanAsk): Step {
  const target = prior === null ? '' : (textAt(prior.value, 'target_image') ?? '');
  const image = prior === null ? '' : (textAt(prior.value, 'source_image_id') ?? '');
  return { id: 'remove', kind: 'tag.remove', phase: 'retire', target: { name: target }, arguments: { target, image } };
}

/** Takes the name away while it still belongs to the image that we gave it to. */
async function removeEffect(step: Step, tools: EffectTools): ReturnType<Effect> {
  const [target, image] = [textOf(step.arguments, 'target'), textOf(step.arguments, 'image')];
  const there = await tools.docker.reader.inspectImage(target);
  if (there.kind === 'done' && textOf(there.value, 'Id') !== image) return ok({ id: image });
  const answer = await tools.writer.send((engine) => engine.getImage(target).remove({ force: false }), tools.signal);
  if (!isFailure(answer) || answer.kind === 'absent') return ok({ id: image });
  if (answer.kind !== 'conflict') return failed(failureDiagnostic(answer, `take the name "${target}" away`));
  const { detail } = failureDiagnostic(answer, `take the name "${target}" away`);
  return ok({ id: image }, [{ severity: 'warning', summary: 'Image name left in place', detail }]);
}

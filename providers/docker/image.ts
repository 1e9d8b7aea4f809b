/**
 * docker_image: schema (in schema/image.ts), read, plan, create, update (of bookkeeping only), delete. The image that
 * the engine has under the name decides; a registry is asked only when there is none, or when a trigger says so.
 */
import { type Diagnostic, type Diagnostics, type Result, failed, ok } from '../../core/diag/diagnostic.ts';
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
import type { JsonObject } from '../../core/value/json.ts';
import { type ObjectValue, stringValue } from '../../core/value/value.ts';
import { blocksAt, flagAt, textAt, textsAt, withAttributes } from './attributes.ts';
import { type ContextDigest, changedFiles, digestContext, scanContext } from './build-context.ts';
import { buildArguments, contextAsk, missingLabels, runBuild, unsupportedBuild } from './image-build.ts';
import { imageKey, parseImageName } from './image-name.ts';
import { runPull } from './image-pull.ts';
import { isNameless, sweepImage } from './image-sweep.ts';
import { type Inspected, numberOf, recordOf, textOf, textsOf } from './inspect.ts';
import { failureDiagnostic, isFailure } from './outcome.ts';
import { encodePrivate, ourPrivate, timeoutNs } from './private-data.ts';
import {
  type StepRun,
  deletePlan,
  isRetiring,
  leftAfterFailure,
  noChange,
  orFailed,
  plannedBase,
  priorOf,
  retired,
  runSteps,
  steps,
} from './resource-kit.ts';
import type { DockerContext, Effect, EffectTools, ResourceModule } from './resource-module.ts';
import { imageSchema } from './schema/image.ts';
import { planFromSchema } from './sdk-plan.ts';

const OPERATIONS: readonly string[] = ['create', 'update', 'delete'];
/** More files than this are not listed one by one in the state. */
const MOST_LISTED_FILES = 500;
const NOTHING = { attributes: new Map(), kind: 'object', marks: 0 } as const satisfies ObjectValue;

export const imageModule: ResourceModule = {
  resource: imageType,
  effects: {
    'image.pull': pullEffect,
    'image.build': buildEffect,
    'image.tag': tagEffect,
    'image.remove': removeEffect,
    'image.untag': untagEffect,
    'image.sweep': sweepEffect,
  },
};

function imageType(docker: DockerContext): ResourceType {
  return {
    refresh: (asks) => Promise.all(asks.map((ask) => refresh(ask, docker))),
    plan: (asks) => Promise.all(asks.map((ask) => plan(ask, docker))),
    apply: (planned, run) => apply(planned, run, docker),
    importState: (id) => importImage(id, docker),
    locate: (step) => locate(step, docker),
  };
}

// ---- Read --------------------------------------------------------------------------------------------------------

async function refresh({ prior }: RefreshAsk, { reader, nameless }: DockerContext): Promise<Result<Refreshed>> {
  const name = textAt(prior.value, 'name') ?? '';
  for (const id of olderImages(prior)) nameless.set(id, name);
  const answer = await reader.inspectImage(name);
  if (answer.kind === 'absent') return ok({ outcome: 'absent', prior });
  if (answer.kind !== 'done') {
    return isFailure(answer)
      ? failed(failureDiagnostic(answer, `read the image "${name}"`))
      : ok({ outcome: 'unchecked', prior });
  }
  return ok({
    outcome: 'present',
    prior: { ...prior, value: imageValue(prior.value, answer.value) },
    observed: answer.value,
  });
}

/** What the engine knows, over what only the configuration knows. */
export function imageValue(before: ObjectValue, observed: Inspected): ObjectValue {
  const [name, imageId] = [textAt(before, 'name') ?? '', textOf(observed, 'Id')];
  return withAttributes(before, [
    ['id', stringValue(imageId + name)],
    ['image_id', stringValue(imageId)],
    ['latest', stringValue(imageId)],
    ['repo_digest', stringValue(repoDigest(name, textsOf(observed, 'RepoDigests')))],
  ]);
}

/** Of several digests the one of this name's repository. */
export function repoDigest(name: string, digests: readonly string[]): string {
  const repository = name.split(':')[0] ?? name;
  return digests.find((digest) => digest.startsWith(repository)) ?? digests[0] ?? '';
}

async function importImage(name: string, { reader }: DockerContext): Promise<Result<readonly Prior[]>> {
  const answer = await reader.inspectImage(name);
  if (isFailure(answer)) return failed(failureDiagnostic(answer, `read the image "${name}"`));
  if (answer.kind !== 'done') return ok([]);
  const blank = planFromSchema({ schema: imageSchema, prior: null, config: NOTHING, mode: 'any' }).value;
  const value = imageValue(withAttributes(blank, [['name', stringValue(name)]]), answer.value);
  return ok([priorOf(value, privateOf(value, undefined))]);
}

// ---- Plan --------------------------------------------------------------------------------------------------------

/** What has to be known of the world before deciding. */
export interface ImageFacts {
  /** The image that bears the name now. */
  readonly local: Inspected | undefined;
  /** Of the build context, as far as it is known. */
  readonly context: ContextDigest | undefined;
}

async function plan(ask: PlanAsk, docker: DockerContext): Promise<Result<Planned>> {
  const planned = orFailed(await gather(ask, docker), (facts) => decide(ask, facts));
  const name = ask.config === null ? undefined : textAt(ask.config, 'name');
  const makes = planned.value?.steps.items.some(({ id }) => id === 'make') === true;
  // Containers that use the name are planned after this, and follow.
  if (name !== undefined && makes) docker.renewed.note(name, ask.address);
  else if (name !== undefined) docker.renewed.forget(name);
  return planned;
}

async function gather(ask: PlanAsk, docker: DockerContext): Promise<Result<ImageFacts>> {
  if (ask.config === null) return ok({ local: undefined, context: undefined });
  const [local, context] = await Promise.all([findLocal(ask.config, docker), digestOf(ask.config, docker)]);
  return { value: { local, context: context.value }, diagnostics: [] };
}

/** A daemon that does not answer is reported by whatever asks it next; a plan without it is still a plan. */
async function findLocal(config: ObjectValue, { reader }: DockerContext): Promise<Inspected | undefined> {
  const name = textAt(config, 'name');
  const answer = name === undefined || name === '' ? undefined : await reader.inspectImage(name);
  return answer?.kind === 'done' ? answer.value : undefined;
}

async function digestOf(config: ObjectValue, docker: DockerContext): Promise<Result<ContextDigest>> {
  const build = blocksAt(config, 'build')[0];
  const ask = build === undefined ? undefined : contextAsk(build, docker);
  if (ask === undefined || (build !== undefined && (textAt(build, 'remote_context') ?? '') !== ''))
    return { value: undefined, diagnostics: [] };
  const context = await scanContext(ask);
  if (context.value === undefined) return failed(...context.diagnostics);
  return ok(await digestContext(context.value));
}

/** Pure: what is to be done about one image. */
export function decide(ask: PlanAsk, facts: ImageFacts): Result<Planned> {
  const { prior, config, mode } = ask;
  if (config === null) return ok(deletePlan(ask, steps(...removeSteps(ask)), 'none'));
  const plan = planFromSchema({
    schema: imageSchema,
    prior: prior?.value ?? null,
    config,
    mode: mode === 'replace' ? 'replace' : 'any',
  });
  const context = contextCause(prior, facts);
  const replacePaths = [...plan.replacePaths, ...(context === undefined ? [] : [context.path])];
  const causes = [...plan.causes, ...(context === undefined ? [] : [context])];
  if (prior !== null && mode === 'any' && causes.length === 0) return ok(noChange(ask, prior));
  const base = {
    ...plannedBase(ask),
    value: plan.value,
    replacePaths,
    causes,
    private: privateOf(plan.value, facts.context),
  };
  if (prior !== null && mode === 'any' && replacePaths.length === 0) {
    const kept = privateOf(plan.value, undefined, ourPrivate(prior.private));
    return ok({ ...base, private: kept, impact: 'none', steps: steps() });
  }
  const make = makeSteps(ask, plan.value, facts, plan.causes);
  return ok({
    ...base,
    // A container that runs on the old image has an impact of its own.
    impact: 'none',
    steps: steps(...make, ...replacedSteps(ask, plan.value)),
  });
}

/** A file of the context is not what it was when we built. A state without our digest (Terraform's) says nothing. */
function contextCause(prior: Prior | null, facts: ImageFacts): Cause | undefined {
  const ours = recordOf(ourPrivate(prior?.private).context);
  const before = textOf(ours, 'hash');
  if (before === '' || facts.context === undefined || facts.context.hash === before) return undefined;
  const changed = changedFiles(recordOf(ours.files), facts.context.files);
  const named = changed.slice(0, 5).join(', ') + (changed.length > 5 ? ` and ${changed.length - 5} more` : '');
  const note = `files of the build context changed${changed.length === 0 || ours.files === undefined ? '' : `: ${named}`}`;
  return {
    path: ['build'],
    before: undefined,
    after: undefined,
    forcesReplacement: true,
    author: 'configuration',
    note,
  };
}

function privateOf(
  value: ObjectValue,
  context: ContextDigest | undefined,
  ours?: Readonly<Record<string, unknown>>,
): string | undefined {
  const kept = context === undefined ? ours : { context: storedDigest(context) };
  const parts = kept === undefined ? {} : { ours: kept as JsonObject };
  return encodePrivate({ timeouts: { operations: OPERATIONS, value }, schemaVersion: 0, ...parts });
}

function withNameless(data: string | undefined, value: ObjectValue, nameless: readonly string[]): string | undefined {
  const ours = { ...ourPrivate(data), nameless } as JsonObject;
  return encodePrivate({ timeouts: { operations: OPERATIONS, value }, schemaVersion: 0, ours });
}

function storedDigest({ hash, files }: ContextDigest): JsonObject {
  return Object.keys(files).length <= MOST_LISTED_FILES ? { hash, files } : { hash };
}

function makeSteps(ask: PlanAsk, value: ObjectValue, facts: ImageFacts, causes: readonly Cause[]): readonly Step[] {
  const name = textAt(value, 'name') ?? '';
  const timeoutMs = timeoutNs(value, 'create') / 1e6;
  const common = { id: 'make', phase: 'make', target: { name }, ...undoOf(name, facts.local) } as const;
  const build = blocksAt(value, 'build')[0];
  if (build !== undefined)
    return [{ ...common, kind: 'image.build', arguments: { ...buildArguments(name, build), timeoutMs } }];
  if (facts.local !== undefined && !mustPull(ask, causes)) return [];
  return [{ ...common, kind: 'image.pull', arguments: { name, platform: textAt(value, 'platform') ?? '', timeoutMs } }];
}

/** A replacement is asked for to get a newer image, unless it is only the name that is another. */
function mustPull(ask: PlanAsk, causes: readonly Cause[]): boolean {
  if (ask.prior === null) return false;
  const reasons = causes.map((cause) => String(cause.path[0]));
  if (reasons.some((name) => ['pull_triggers', 'triggers', 'platform', 'build'].includes(name))) return true;
  return reasons.length === 0 && flagAt(ask.prior.value, 'keep_locally') !== true;
}

/** The name goes back to the image that bore it, or nowhere. */
function undoOf(name: string, local: Inspected | undefined): { undo: Step } {
  const common = { id: 'undo-make', phase: 'retire', target: { name } } as const;
  if (local === undefined) return { undo: { ...common, kind: 'image.remove', arguments: { name, force: false } } };
  return { undo: { ...common, kind: 'image.tag', arguments: { name, source: textOf(local, 'Id') } } };
}

/**
 * How the old image goes when another takes its place. One that loses its name to the new one is swept up once it has
 * lost it, which is after the making; names that are not wanted any more go before, while they still stand for it.
 */
function replacedSteps(ask: PlanAsk, value: ObjectValue): readonly Step[] {
  if (ask.prior === null || flagAt(ask.prior.value, 'keep_locally') === true) return [];
  const name = textAt(ask.prior.value, 'name') ?? '';
  if (name !== textAt(value, 'name')) return removeSteps(ask);
  const kept = new Set(extraNames(value).map(imageKey));
  const untag = untagSteps(ask.prior).filter((step) => !kept.has(imageKey(textOf(step.arguments, 'name'))));
  return [...untag, ...sweepSteps(leftovers(ask.prior), name, 'make')];
}

/** The name that the resource is about goes last: what holds it up holds up an image that still has a name. */
function removeSteps({ prior }: PlanAsk): readonly Step[] {
  if (prior === null || flagAt(prior.value, 'keep_locally') === true) return [];
  const name = textAt(prior.value, 'name') ?? '';
  const force = flagAt(prior.value, 'force_remove') === true;
  const remove = { id: 'remove', kind: 'image.remove', phase: 'retire', target: { name } } as const;
  const older = leftovers(prior).filter((id) => id !== textAt(prior.value, 'image_id'));
  return [...untagSteps(prior), { ...remove, arguments: { name, force } }, ...sweepSteps(older, name, 'retire')];
}

function untagSteps(prior: Prior): readonly Step[] {
  const imageId = textAt(prior.value, 'image_id') ?? '';
  return extraNames(prior.value).map((name) => ({
    id: `untag ${name}`,
    kind: 'image.untag',
    phase: 'retire',
    target: { name },
    arguments: { name, imageId },
  }));
}

/** The names that a build gives beside the one of the resource. */
function extraNames(value: ObjectValue): readonly string[] {
  const build = blocksAt(value, 'build')[0];
  const own = imageKey(textAt(value, 'name') ?? '');
  return build === undefined ? [] : textsAt(build, 'tag').filter((name) => imageKey(name) !== own);
}

/** IDs of images that the name stood for: of the last one, and of those that were in use when they lost it. */
function leftovers(prior: Prior): readonly string[] {
  const ids = [...olderImages(prior), textAt(prior.value, 'image_id') ?? ''];
  return [...new Set(ids)].filter((id) => id !== '');
}

/** Those that were in use when the name went to another one. */
function olderImages(prior: Prior): readonly string[] {
  return textsOf(ourPrivate(prior.private), 'nameless');
}

function sweepSteps(ids: readonly string[], name: string, phase: Step['phase']): readonly Step[] {
  return ids.map((id) => ({ id: `sweep ${id}`, kind: 'image.sweep', phase, target: { id }, arguments: { name } }));
}

// ---- Create ------------------------------------------------------------------------------------------------------

async function apply(planned: Planned, run: Runner, docker: DockerContext): Promise<Applied> {
  const refused = refusedBuild(planned, run);
  if (refused.length > 0) return leftAfterFailure(planned, { outcomes: new Map(), diagnostics: refused, failed: true });
  const result = await runSteps(planned, run);
  if (isRetiring(planned, run)) return retired(planned, result);
  docker.renewed.forget(textAt(planned.value ?? NOTHING, 'name') ?? '');
  if (planned.value === null || (result.failed && !result.outcomes.has('make')))
    return leftAfterFailure(planned, result);
  return readBack(planned, planned.value, result, docker);
}

function refusedBuild(planned: Planned, run: Runner): Diagnostics {
  if (isRetiring(planned, run) || planned.value === null) return [];
  const builds = planned.steps.items.some((step) => step.kind === 'image.build');
  const build = builds ? blocksAt(planned.value, 'build')[0] : undefined;
  return build === undefined ? [] : unsupportedBuild(build);
}

async function readBack(
  planned: Planned,
  value: ObjectValue,
  result: StepRun,
  { reader }: DockerContext,
): Promise<Applied> {
  const name = textAt(value, 'name') ?? '';
  const answer = await reader.inspectImage(name);
  if (answer.kind !== 'done') {
    const problem = isFailure(answer) ? [failureDiagnostic(answer, `read the image "${name}" back`)] : [];
    return { value: undefined, private: undefined, tainted: false, diagnostics: [...result.diagnostics, ...problem] };
  }
  const problems = verifyImage(planned, value, answer.value);
  const nameless = await stillThere(planned, name, reader);
  return {
    value: imageValue(value, answer.value),
    private: nameless.length === 0 ? planned.private : withNameless(planned.private, value, nameless),
    tainted: false,
    diagnostics: [...result.diagnostics, ...problems],
  };
}

/** Swept up in vain, as something still uses them: they go with the next change, or with the resource. */
async function stillThere(planned: Planned, name: string, reader: DockerContext['reader']): Promise<readonly string[]> {
  const swept = planned.steps.items.filter(({ kind }) => kind === 'image.sweep');
  const ids = swept.flatMap(({ target }) => (target !== null && 'id' in target ? [target.id] : []));
  const answers = await Promise.all(ids.map((id) => reader.inspectImage(id)));
  return ids.filter((_, index) => {
    const answer = answers[index];
    return answer?.kind === 'done' && isNameless(answer.value, name);
  });
}

/** Platform and labels are what an image shows of the way it was made. */
function verifyImage(planned: Planned, value: ObjectValue, image: Inspected): Diagnostics {
  const made = planned.steps.items.find((step) => step.phase === 'make');
  if (made === undefined) return [];
  const wanted =
    made.kind === 'image.pull' ? textOf(made.arguments, 'platform') : textOf(made.arguments, 'query', 'platform');
  const problems: Diagnostic[] = [];
  if (!platformMatches(wanted, image))
    problems.push(notTaken(value, 'platform', `${textOf(image, 'Os')}/${textOf(image, 'Architecture')}`));
  const labels = missingLabels(made.arguments, image);
  if (labels.length > 0) problems.push(notTaken(value, 'build', `an image without the labels ${labels.join(', ')}`));
  return problems;
}

function platformMatches(wanted: string, image: Inspected): boolean {
  if (wanted === '') return true;
  const [os, architecture] = wanted.split('/');
  if (os !== textOf(image, 'Os')) return false;
  return architecture === undefined || architecture === textOf(image, 'Architecture');
}

function notTaken(value: ObjectValue, attribute: string, found: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'Planned change did not take effect',
    detail: `The image "${textAt(value, 'name') ?? ''}" was made, but "${attribute}" did not take effect: it is ${found}.`,
    path: [attribute],
  };
}

function pullEffect(step: Step, tools: EffectTools): ReturnType<Effect> {
  return runPull(step.arguments, tools, within(step, tools.signal));
}

function buildEffect(step: Step, tools: EffectTools): ReturnType<Effect> {
  return runBuild(step.arguments, tools, within(step, tools.signal));
}

/** Ends with the run or after the step's own time. */
function within(step: Step, signal: AbortSignal): AbortSignal {
  const timeoutMs = numberOf(step.arguments, 'timeoutMs');
  return timeoutMs > 0 ? AbortSignal.any([signal, AbortSignal.timeout(Math.min(timeoutMs, 2 ** 31 - 1))]) : signal;
}

/** After a crash: a pull that came to its end can be told, a build cannot. Both can be done again. */
async function locate(step: Step, { reader }: DockerContext): Promise<Prior | 'absent' | 'unsure'> {
  const answer = await reader.inspectImage(textOf(step.arguments, 'name'));
  return answer.kind === 'absent' ? 'absent' : 'unsure';
}

// ---- Delete ------------------------------------------------------------------------------------------------------

async function removeEffect(...[step, tools]: Parameters<Effect>): ReturnType<Effect> {
  const name = textOf(step.arguments, 'name');
  const force = step.arguments.force === true;
  const answer = await tools.writer.send((engine) => engine.getImage(name).remove({ force }), tools.signal);
  if (!isFailure(answer) || answer.kind === 'absent') return ok({ id: name });
  const remedy =
    'Set keep_locally = true to leave the image where it is, or force_remove = true to take its name away all the same.';
  return failed(failureDiagnostic(answer, `remove the image "${name}"`, answer.kind === 'conflict' ? { remedy } : {}));
}

/** Takes a name away that still stands for our image; what somebody gave to another one is left alone. */
async function untagEffect(...[step, tools]: Parameters<Effect>): ReturnType<Effect> {
  const name = textOf(step.arguments, 'name');
  const there = await tools.docker.reader.inspectImage(name);
  if (there.kind !== 'done' || textOf(there.value, 'Id') !== textOf(step.arguments, 'imageId')) return ok({ id: name });
  return removeEffect({ ...step, arguments: { name, force: false } }, tools);
}

async function sweepEffect(...[step, tools]: Parameters<Effect>): ReturnType<Effect> {
  const id = step.target !== null && 'id' in step.target ? step.target.id : '';
  await sweepImage(id, textOf(step.arguments, 'name'), tools);
  return ok({ id });
}

async function tagEffect(...[step, tools]: Parameters<Effect>): ReturnType<Effect> {
  const [name, source] = [textOf(step.arguments, 'name'), textOf(step.arguments, 'source')];
  const parsed = parseImageName(name);
  const target = { repo: parsed?.repository ?? name, tag: parsed?.tag ?? 'latest' };
  const answer = await tools.writer.send((engine) => engine.getImage(source).tag(target), tools.signal);
  return isFailure(answer)
    ? failed(failureDiagnostic(answer, `name the image ${source} "${name}"`))
    : ok({ id: source });
}

/**
 * docker_registry_image: schema (in schema/registry-image.ts), read, plan, create (build, push), update (push again what
 * has changed on the engine), delete. The engine pushes; the registry is asked only for what it has. A registry that
 * does not answer leaves the state as it is.
 */
import { type Result, failed, hasErrors, ok } from '../../core/diag/diagnostic.ts';
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
import { STRING } from '../../core/value/type.ts';
import { type ObjectValue, stringValue, unknownValue } from '../../core/value/value.ts';
import { blocksAt, flagAt, textAt, withAttributes } from './attributes.ts';
import { followEngine } from './engine-call.ts';
import { buildArguments, unsupportedBuild } from './image-build.ts';
import { parseImageName, pulledTag } from './image-name.ts';
import { fieldOf, numberOf, textOf } from './inspect.ts';
import { failureDiagnostic, isFailure } from './outcome.ts';
import { encodePrivate, ourPrivate, timeoutNs } from './private-data.ts';
import { decodeConnection } from './registry-arguments.ts';
import type { RegistryLogin } from './registry-auth.ts';
import {
  type RegistryAnswer,
  type RegistryTarget,
  deleteManifest,
  fetchDigest,
  registryTarget,
} from './registry-client.ts';
import { registryRemedy } from './registry-failure.ts';
import {
  type StepRun,
  deletePlan,
  isRetiring,
  leftAfterFailure,
  noChange,
  plannedBase,
  retired,
  runSteps,
  steps,
} from './resource-kit.ts';
import type { DockerContext, Effect, EffectTools, ResourceModule } from './resource-module.ts';
import { registryImageSchema } from './schema/registry-image.ts';
import { planFromSchema } from './sdk-plan.ts';

const OPERATIONS: readonly string[] = ['create', 'update', 'delete'];

export const registryImageModule: ResourceModule = {
  resource: registryImageType,
  effects: { 'registry_image.push': pushEffect, 'registry_image.remove': removeEffect },
};

function registryImageType(docker: DockerContext): ResourceType {
  return {
    refresh: (asks) => Promise.all(asks.map((ask) => refresh(ask, docker))),
    plan: (asks) => Promise.all(asks.map(async (ask) => decide(ask, await localImage(ask, docker)))),
    apply: (planned, run) => apply(planned, run, docker),
    importState: async () => failed(notImportable()),
    claims: (value) => [{ kind: 'registry-image', key: textAt(value, 'name') ?? '' }],
    // A push can be done again; whether it came to its end is not known.
    locate: async () => 'unsure',
  };
}

// ---- Read --------------------------------------------------------------------------------------------------------

async function refresh({ prior }: RefreshAsk, docker: DockerContext): Promise<Result<Refreshed>> {
  const target = await registryTarget(prior.value, docker);
  const digest = target.kind === 'done' ? await fetchDigest(target.value) : target;
  if (digest.kind === 'absent') return ok({ outcome: 'absent', prior });
  if (digest.kind !== 'done') {
    const name = textAt(prior.value, 'name') ?? '';
    const detail = `The registry could not be asked for "${name}": ${digest.message}. The state stands as it is. ${registryRemedy(digest)}`;
    return ok({ outcome: 'unchecked', prior }, [
      { severity: 'warning', summary: 'Registry could not be asked', detail: detail.trim(), path: ['name'] },
    ]);
  }
  const value = withAttributes(prior.value, [['sha256_digest', stringValue(digest.value)]]);
  return ok({ outcome: 'present', prior: { ...prior, value } });
}

function notImportable() {
  return {
    severity: 'error',
    summary: 'Resource Import Not Implemented',
    detail: 'An image in a registry cannot be imported: write the resource and apply it, and the same image is pushed.',
  } as const;
}

// ---- Plan --------------------------------------------------------------------------------------------------------

/** ID of the image that the engine has under the name. */
async function localImage({ config }: PlanAsk, { reader }: DockerContext): Promise<string | undefined> {
  const name = config === null ? undefined : textAt(config, 'name');
  const answer = name === undefined ? undefined : await reader.inspectImage(name);
  return answer?.kind === 'done' ? textOf(answer.value, 'Id') : undefined;
}

/** Pure: what is to be done about one image of a registry. */
export function decide(ask: PlanAsk, local: string | undefined): Result<Planned> {
  const { prior, config, mode } = ask;
  if (config === null) return ok(deletePlan(ask, steps(...removeSteps(ask)), 'none'));
  const plan = planFromSchema({
    schema: registryImageSchema,
    prior: prior?.value ?? null,
    config,
    mode: mode === 'replace' ? 'replace' : 'any',
  });
  const { replacePaths, causes } = plan;
  const base = { ...plannedBase(ask), value: plan.value, replacePaths, causes, impact: 'none' } as const;
  const fresh = privateOf(plan.value, undefined);
  if (prior === null) return ok({ ...base, private: fresh, steps: steps(...makeSteps(plan.value)) });
  if (mode === 'replace' || replacePaths.length > 0) {
    const sameName = textAt(prior.value, 'name') === textAt(plan.value, 'name');
    const [make, retire] = [makeSteps(plan.value), removeSteps(ask)];
    // What is pushed over the old image must not go with it.
    const ordered = ask.createBeforeDestroy ? [...make, ...(sameName ? [] : retire)] : [...retire, ...make];
    return ok({ ...base, private: fresh, steps: steps(...ordered) });
  }
  const stale = staleCause(prior, local);
  if (stale !== undefined) {
    const value = withAttributes(plan.value, [['sha256_digest', unknownValue(STRING)]]);
    const push = [pushStep(value)];
    return ok({
      ...base,
      value,
      private: fresh,
      causes: [...causes, stale],
      impact: 'in-place',
      steps: steps(...push),
    });
  }
  if (plan.changes.length === 0) return ok(noChange(ask, prior));
  return ok({ ...base, private: privateOf(plan.value, ourPrivate(prior.private)), steps: steps() });
}

/**
 * The engine has another image under the name than the one that was pushed, or the registry has another one than ours.
 * A state that does not say what was pushed (Terraform's) says nothing about it.
 */
function staleCause(prior: Prior, local: string | undefined): Cause | undefined {
  const ours = ourPrivate(prior.private);
  const [image, digest] = [textOf(ours, 'image'), textOf(ours, 'digest')];
  if (image === '' || local === undefined || blocksAt(prior.value, 'build').length > 0) return undefined;
  const remote = textAt(prior.value, 'sha256_digest');
  const path = ['sha256_digest'];
  const common = {
    path,
    before: prior.value.attributes.get('sha256_digest'),
    after: undefined,
    forcesReplacement: false,
  };
  if (local !== image) return { ...common, author: 'image', note: 'the engine has another image under this name now' };
  if (remote === digest) return undefined;
  return { ...common, author: 'drift', note: 'somebody pushed another image under this name' };
}

function privateOf(value: ObjectValue, ours: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const kept = ours === undefined ? {} : { ours: ours as JsonObject };
  return encodePrivate({ timeouts: { operations: OPERATIONS, value }, schemaVersion: 0, ...kept });
}

function makeSteps(value: ObjectValue): readonly Step[] {
  const name = textAt(value, 'name') ?? '';
  const build = blocksAt(value, 'build')[0];
  if (build === undefined) return [pushStep(value)];
  const timeoutMs = timeoutNs(value, 'create') / 1e6;
  const make: Step = {
    id: 'make',
    kind: 'image.build',
    phase: 'make',
    target: { name },
    arguments: { ...buildArguments(name, build), timeoutMs },
  };
  return [make, pushStep(value)];
}

function pushStep(value: ObjectValue): Step {
  const name = textAt(value, 'name') ?? '';
  const timeoutMs = timeoutNs(value, 'create') / 1e6;
  const arguments_ = { ...connection(value), timeoutMs };
  return { id: 'push', kind: 'registry_image.push', phase: 'make', target: { name }, arguments: arguments_ };
}

/** What is needed to speak to the registry. */
function connection(value: ObjectValue): JsonObject {
  const auth = blocksAt(value, 'auth_config')[0];
  const texts = (block: ObjectValue): JsonObject =>
    Object.fromEntries(['address', 'username', 'password'].map((name) => [name, textAt(block, name) ?? null]));
  return {
    name: textAt(value, 'name') ?? '',
    insecure_skip_verify: flagAt(value, 'insecure_skip_verify') ?? false,
    auth_config: auth === undefined ? [] : [texts(auth)],
  };
}

// ---- Create and update -------------------------------------------------------------------------------------------

async function apply(planned: Planned, run: Runner, docker: DockerContext): Promise<Applied> {
  const refused = isRetiring(planned, run) || planned.value === null ? [] : refusedBuild(planned.value, planned);
  if (hasErrors(refused)) return leftAfterFailure(planned, { outcomes: new Map(), diagnostics: refused, failed: true });
  const result = await runSteps(planned, run);
  if (isRetiring(planned, run)) return retired(planned, result);
  const pushed = result.outcomes.get('push');
  if (planned.value === null || pushed?.id === undefined) return leftAfterFailure(planned, result);
  return made(planned.value, { digest: pushed.id, result }, docker);
}

function refusedBuild(value: ObjectValue, planned: Planned) {
  const build = planned.steps.items.some((step) => step.id === 'make') ? blocksAt(value, 'build')[0] : undefined;
  return build === undefined ? [] : unsupportedBuild(build);
}

async function made(
  value: ObjectValue,
  { digest, result }: { digest: string; result: StepRun },
  { reader }: DockerContext,
): Promise<Applied> {
  const image = await reader.inspectImage(textAt(value, 'name') ?? '');
  const id = textAt(value, 'id') ?? digest;
  const whole = withAttributes(value, [
    ['id', stringValue(id)],
    ['sha256_digest', stringValue(digest)],
  ]);
  const ours = image.kind === 'done' ? { image: textOf(image.value, 'Id'), digest } : undefined;
  return { value: whole, private: privateOf(whole, ours), tainted: false, diagnostics: result.diagnostics };
}

/** Pushes by the engine. The outcome's ID is the digest that the registry took it under. */
async function pushEffect(step: Step, tools: EffectTools): ReturnType<Effect> {
  const name = textOf(step.arguments, 'name');
  const parsed = parseImageName(name);
  if (parsed === undefined || parsed.digest !== undefined) return failed(notPushable(name));
  const target = await targetOf(step, tools.docker);
  if (target.kind !== 'done') return failed(pushFailure(name, target.message, registryRemedy(target)));
  const timeoutMs = Math.min(numberOf(step.arguments, 'timeoutMs') || 2 ** 31 - 1, 2 ** 31 - 1);
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(timeoutMs)]);
  const call = {
    method: 'POST',
    path: `/images/${parsed.repository}/push`,
    query: { tag: pulledTag(parsed) },
    // The engine wants the header even when there is nothing to say.
    login: target.value.login ?? ({ serveraddress: target.value.host } satisfies RegistryLogin),
  } as const;
  let digest = '';
  const answer = await tools.writer.follow(
    (engine) => followEngine(engine, call),
    (line) => {
      digest = textOf(line, 'aux', 'Digest') || digest;
      const status = textOf(line, 'status');
      if (status !== '' && fieldOf(line, 'progressDetail') === undefined) tools.progress(status);
    },
    signal,
  );
  if (isFailure(answer)) {
    const { detail } = failureDiagnostic(answer, `push the image "${name}"`);
    return failed(pushFailure(name, 'message' in answer ? answer.message : detail, remedyFor(detail)));
  }
  if (digest !== '') return ok({ id: digest });
  const asked = await fetchDigest(target.value);
  return asked.kind === 'done'
    ? ok({ id: asked.value })
    : failed(pushFailure(name, asked.message, registryRemedy(asked)));
}

function targetOf(step: Step, docker: DockerContext): Promise<RegistryAnswer<RegistryTarget>> {
  return registryTarget(decodeConnection(step.arguments), docker);
}

function notPushable(name: string) {
  const detail = `"${name}" cannot be pushed: write "registry/repository:tag", without a digest.`;
  return { severity: 'error', summary: 'Invalid image name', detail, path: ['name'] } as const;
}

function pushFailure(name: string, message: string, remedy: string) {
  return {
    severity: 'error',
    summary: 'Error pushing docker image',
    detail: `Could not push "${name}": ${message.trim().replace(/\.?$/, '.')} ${remedy}`.trim(),
    path: ['name'],
  } as const;
}

function remedyFor(message: string): string {
  if (/unauthorized|denied|authentication|no basic auth/i.test(message))
    return registryRemedy({ kind: 'denied', message });
  if (/does not exist|No such image|tag does not exist/i.test(message))
    return 'The engine has no image of this name: refer to a docker_image resource that builds it, or use a build block.';
  if (/HTTP response to HTTPS client/.test(message))
    return 'The registry speaks plain http: list it under "insecure-registries" in the daemon.json of the engine.';
  return '';
}

// ---- Delete ------------------------------------------------------------------------------------------------------

function removeSteps({ prior }: PlanAsk): readonly Step[] {
  if (prior === null || flagAt(prior.value, 'keep_remotely') === true) return [];
  const name = textAt(prior.value, 'name') ?? '';
  const ours = textOf(ourPrivate(prior.private), 'digest');
  const digest = ours === '' ? (textAt(prior.value, 'sha256_digest') ?? '') : ours;
  const arguments_ = { ...connection(prior.value), digest };
  return [{ id: 'remove', kind: 'registry_image.remove', phase: 'retire', target: { name }, arguments: arguments_ }];
}

/** Takes the image away while the name still leads to it; one that somebody pushed since is not ours to delete. */
async function removeEffect(step: Step, tools: EffectTools): ReturnType<Effect> {
  const [name, digest] = [textOf(step.arguments, 'name'), textOf(step.arguments, 'digest')];
  const target = await targetOf(step, tools.docker);
  if (target.kind !== 'done') return failed(removeFailure(name, target.message, registryRemedy(target)));
  const present = await fetchDigest(target.value);
  if (present.kind === 'absent') return ok({ id: digest });
  if (present.kind === 'done' && present.value !== digest)
    return ok({ id: digest }, [somebodyElses(name, target.value)]);
  const answer = await deleteManifest(target.value, digest);
  if (answer.kind === 'done') return ok({ id: digest });
  const remedy = /^405/.test(answer.message)
    ? 'The registry does not allow deleting: set keep_remotely = true, or allow it in the configuration of the registry.'
    : registryRemedy(answer);
  return failed(removeFailure(name, answer.message, remedy));
}

function removeFailure(name: string, message: string, remedy: string) {
  return {
    severity: 'error',
    summary: 'Error deleting docker image from the registry',
    detail: `Could not delete "${name}" from its registry: ${message}. ${remedy}`.trim(),
    path: ['name'],
  } as const;
}

function somebodyElses(name: string, { host }: RegistryTarget) {
  const detail = `The registry ${host} has another image under "${name}" by now than the one that was pushed from here, so it stays.`;
  return { severity: 'warning', summary: 'Image left in the registry', detail, path: ['name'] } as const;
}

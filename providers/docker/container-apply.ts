/**
 * Carries out what was decided about a container: the steps of a phase, what takes them back when one fails, and the
 * look afterwards whether everything took effect. What it returns is what is there.
 */
import { type Diagnostic, type Diagnostics, hasErrors } from '../../core/diag/diagnostic.ts';
import type { Applied, Planned, Runner, Step } from '../../core/provider.ts';
import { type ObjectValue, nullValue, numberValue, objectValue, stringValue } from '../../core/value/value.ts';
import { ROWS } from './container-attributes.ts';
import { differencesOf, withDefaults } from './container-compare.ts';
import { gatherScenes } from './container-gather.ts';
import { digestOf, encodeMemory } from './container-memory.ts';
import { type PlainObject, isZero, objectToPlain, plainText } from './container-plain.ts';
import { appliedValue, refreshedValue } from './container-read.ts';
import type { Memory, Scene } from './container-scene.ts';
import { containerSchema } from './container-schema.ts';
import { underTimeouts } from './container-timeouts.ts';
import type { DockerReader } from './daemon.ts';
import { type Inspected, numberOf, textOf } from './inspect.ts';
import { failureDiagnostic, isFailure } from './outcome.ts';
import { type StepRun, isRetiring, retired, runSteps } from './resource-kit.ts';

export async function applyContainer(planned: Planned, run: Runner, reader: DockerReader): Promise<Applied> {
  const result = await runSteps(planned, underTimeouts(planned, run));
  if (isRetiring(planned, run)) return retired(planned, result);
  const isNew = planned.mode === 'replace' || planned.prior === null;
  if (result.failed)
    return isNew ? failedCreate(planned, run, result, reader) : failedUpdate(planned, run, result, reader);
  if (!isNew && planned.steps.items.length === 0) return bookkept(planned, result.diagnostics);
  const id = result.outcomes.get('create')?.id ?? idOf(planned.prior?.value);
  return inspectApplied(planned, id, result, reader);
}

function idOf(value: ObjectValue | null | undefined): string {
  return value ? plainText(objectToPlain(value).id) : '';
}

/** Nothing was asked of the engine. */
function bookkept(planned: Planned, diagnostics: Diagnostics): Applied {
  return { value: planned.value ?? undefined, private: planned.private, tainted: false, diagnostics };
}

// ---- It went well ------------------------------------------------------------------------------------------------

async function inspectApplied(planned: Planned, id: string, result: StepRun, reader: DockerReader): Promise<Applied> {
  const { value, config } = planned;
  if (value === null || config === null) return bookkept(planned, result.diagnostics);
  const answer = await reader.inspectContainer(id);
  // A container that removes itself may be gone once it has done its work.
  if (answer.kind === 'absent' && objectToPlain(config).rm === true) {
    return {
      value: settled(withId(value, id), result),
      private: planned.private,
      tainted: false,
      diagnostics: result.diagnostics,
    };
  }
  if (answer.kind !== 'done') {
    const failure = isFailure(answer) ? [failureDiagnostic(answer, 'read the container back')] : [];
    return {
      value: settled(withId(value, id), result),
      private: planned.private,
      tainted: false,
      diagnostics: [...result.diagnostics, ...failure],
    };
  }
  const scene = await sceneFor(config, answer.value, reader);
  const applied = appliedValue(value, answer.value);
  const problems = verify(config, answer.value, scene);
  return {
    value: settled(withJobResult(applied, result), result),
    private: encodeMemory(applied, rememberApplied(config, answer.value, scene)),
    tainted: false,
    diagnostics: [...result.diagnostics, ...problems],
  };
}

async function sceneFor(config: ObjectValue, container: Inspected, reader: DockerReader): Promise<Scene> {
  const [scene] = await gatherScenes([{ config, container, private: undefined, needsImage: true }], reader);
  return scene as Scene;
}

/** Everything that the configuration says, held against the container. */
function verify(config: ObjectValue, container: Inspected, scene: Scene): Diagnostics {
  const plain = objectToPlain(config);
  const found = differencesOf({
    config: plain,
    prior: undefined,
    container,
    scene,
    memory: nothingElse(plain, container),
  });
  return found.map(({ name }) => notTaken(name));
}

/** Only what is configured is checked: defaults are the engine's business. */
function nothingElse(config: PlainObject, container: Inspected): Memory {
  return { id: textOf(container, 'Id'), configured: configuredNames(config), applied: {} };
}

function notTaken(name: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'Planned change did not take effect',
    detail:
      `The Docker Engine accepted the container, but "${name}" is not what was planned when it is read back. ` +
      'The state holds what is there. This engine may not support the value; plan again to see the difference.',
    path: [name],
  };
}

function configuredNames(config: PlainObject): ReadonlySet<string> {
  return new Set(Object.keys(config).filter((name) => !isZero(config[name])));
}

function rememberApplied(config: ObjectValue, container: Inspected, scene: Scene): Memory {
  const plain = objectToPlain(config);
  const whole = withDefaults(plain);
  const applied: Record<string, string> = {};
  for (const [name, row] of Object.entries(ROWS)) {
    const change = (containerSchema.attributes[name] ?? containerSchema.blocks[name])?.change;
    if (change !== 'in-place') continue;
    const place = row.stored ? { whole, scene, container: undefined } : { whole, scene, container };
    applied[name] = digestOf(row.meaning(whole[name] ?? null, place));
  }
  return { id: textOf(container, 'Id'), configured: configuredNames(plain), applied };
}

/** Output and exit code of a job that was waited for. */
function withJobResult(value: ObjectValue, { outcomes }: StepRun): ObjectValue {
  const job = outcomes.get('attach')?.result;
  if (job === undefined) return value;
  const logs = textOf(job, 'logs');
  const attributes = new Map(value.attributes);
  attributes.set('exit_code', numberValue(numberOf(job, 'exitCode')));
  if (Object.hasOwn(job as object, 'logs')) attributes.set('container_logs', stringValue(logs));
  return objectValue(attributes);
}

/** Nothing unknown may be left in what is kept. */
function settled(value: ObjectValue, result: StepRun): ObjectValue {
  const job = withJobResult(value, result);
  return objectValue([...job.attributes].map(([name, it]) => [name, it.kind === 'unknown' ? nullValue(it.type) : it]));
}

function withId(value: ObjectValue, id: string): ObjectValue {
  return objectValue(new Map([...value.attributes, ['id', stringValue(id)]]));
}

// ---- It failed ---------------------------------------------------------------------------------------------------

/** A new one that is there stays, tainted. Beside an old one that still has to serve, it is taken back instead. */
async function failedCreate(planned: Planned, run: Runner, result: StepRun, reader: DockerReader): Promise<Applied> {
  const id = result.outcomes.get('create')?.id;
  if (isBesideOld(planned)) {
    const problems = await undo(planned, run, result);
    if (problems.length === 0)
      return { value: undefined, private: undefined, tainted: false, diagnostics: result.diagnostics };
    return { ...(await leftover(planned, id, result, reader)), diagnostics: [...result.diagnostics, ...problems] };
  }
  return leftover(planned, id, result, reader);
}

function isBesideOld(planned: Planned): boolean {
  const phases = planned.steps.items.map(({ phase }) => phase);
  return planned.mode === 'replace' && phases.indexOf('make') < phases.indexOf('retire');
}

async function leftover(
  planned: Planned,
  id: string | undefined,
  result: StepRun,
  reader: DockerReader,
): Promise<Applied> {
  const { diagnostics } = result;
  if (id === undefined || planned.value === null)
    return { value: undefined, private: undefined, tainted: false, diagnostics };
  const answer = await reader.inspectContainer(id);
  if (answer.kind === 'absent') return { value: undefined, private: undefined, tainted: false, diagnostics };
  const value = answer.kind === 'done' ? appliedValue(planned.value, answer.value) : withId(planned.value, id);
  return { value: settled(value, result), private: planned.private, tainted: true, diagnostics };
}

/** What was done is taken back, newest first, as far as the engine can; what is there is read. */
async function failedUpdate(planned: Planned, run: Runner, result: StepRun, reader: DockerReader): Promise<Applied> {
  const problems = await undo(planned, run, result);
  const diagnostics = [...result.diagnostics, ...problems];
  const prior = planned.prior;
  if (prior === null) return { value: undefined, private: undefined, tainted: false, diagnostics };
  const answer = await reader.inspectContainer(idOf(prior.value));
  if (answer.kind === 'absent') return { value: undefined, private: undefined, tainted: false, diagnostics };
  if (answer.kind !== 'done') return { ...prior, diagnostics };
  const scene = await sceneFor(prior.value, answer.value, reader);
  return { ...prior, value: refreshedValue(prior.value, answer.value, scene), diagnostics };
}

async function undo(planned: Planned, run: Runner, { outcomes }: StepRun): Promise<readonly Diagnostic[]> {
  const problems: Diagnostic[] = [];
  const done = planned.steps.items.filter((step) => outcomes.has(step.id) && step.undo !== undefined).reverse();
  for (const { undo: back } of done) {
    if (back === undefined) continue;
    const { diagnostics } = await run.step(aimed(back, outcomes));
    if (hasErrors(diagnostics)) problems.push(...diagnostics);
  }
  return problems;
}

function aimed(step: Step, outcomes: StepRun['outcomes']): Step {
  const { target } = step;
  if (target === null || !('outcomeOf' in target)) return step;
  const id = outcomes.get(target.outcomeOf)?.id;
  return id === undefined ? step : { ...step, target: { id } };
}

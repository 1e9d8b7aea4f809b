/**
 * The effects on containers: what each kind of step sends to the engine, and what its refusals mean for a person. An
 * effect takes no decision; what to do is in the step.
 */
import { readFile } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { type Diagnostic, type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type { Outcome, Step } from '../../core/provider.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { failureOfStart, healthFailure } from './container-failures.ts';
import type { ContainerOptions, Engine, EngineContainer } from './daemon.ts';
import { runPull } from './image-pull.ts';
import { sweepNameless } from './image-sweep.ts';
import { fieldOf, listOf, numberOf, recordOf, textOf } from './inspect.ts';
import { type Answer, type Failure, failureDiagnostic, isFailure } from './outcome.ts';
import type { Effect, EffectTools } from './resource-module.ts';
import { pause } from './retry.ts';
import { framesText } from './streams.ts';

type Container = EngineContainer;

/** Signalled when the operation that the step belongs to has used up its time. */
interface ContainerTools extends EffectTools {
  readonly timeout?: AbortSignal;
}

type ContainerEffect = (step: Step, tools: ContainerTools) => Promise<Result<Outcome>>;

const EFFECTS: Readonly<Record<string, ContainerEffect>> = {
  'container.pull': pull,
  'container.create': create,
  'container.network-connect': connect,
  'container.network-disconnect': disconnect,
  'container.upload': upload,
  'container.start': start,
  'container.stop': stop,
  'container.pause': (step, tools) => simple(step, tools, 'pause', (it) => it.pause()),
  'container.unpause': (step, tools) => simple(step, tools, 'resume', (it) => it.unpause()),
  'container.update': update,
  'container.rename': rename,
  'container.remove': remove,
  'container.wait-healthy': waitHealthy,
  'container.attach': attach,
  'container.wait-removed': waitRemoved,
};

export const containerEffects: Readonly<Record<string, Effect>> = Object.fromEntries(
  Object.entries(EFFECTS).map(([kind, effect]) => [kind, withTimeout(effect)]),
);

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** `timeoutMs` of the step, which whoever runs it lays beside its arguments, as a signal. */
function withTimeout(effect: ContainerEffect): Effect {
  return (step, tools) => {
    const timeoutMs = numberOf(step.arguments, 'timeoutMs');
    if (timeoutMs <= 0) return effect(step, tools);
    return effect(step, { ...tools, timeout: AbortSignal.timeout(Math.min(timeoutMs, LONGEST_TIMER_MS)) });
  };
}

/** What ends a wait: the first Ctrl-C, or the timeout. */
function endOf({ signal, timeout }: ContainerTools): AbortSignal {
  return timeout === undefined ? signal : AbortSignal.any([signal, timeout]);
}

/**
 * What ends a call that was sent: the timeout alone, for its effect is to be known. Short calls are not ended at all,
 * and neither is the one that makes a container, whose ID would be lost.
 */
function cutOff({ timeout }: ContainerTools): { abortSignal?: AbortSignal } {
  return timeout === undefined ? {} : { abortSignal: timeout };
}

function idOf(step: Step): string {
  return step.target !== null && 'id' in step.target ? step.target.id : '';
}

/** Sends one call about the step's container. */
function send<T>(
  step: Step,
  tools: EffectTools,
  call: (container: Container, engine: Engine) => Promise<T>,
): Promise<Answer<T>> {
  return tools.writer.send((engine) => call(engine.getContainer(idOf(step)), engine), tools.signal);
}

async function simple(
  step: Step,
  tools: EffectTools,
  doing: string,
  call: (container: Container) => Promise<unknown>,
): Promise<Result<Outcome>> {
  const answer = await send(step, tools, call);
  return isFailure(answer) ? failed(failureDiagnostic(answer, `${doing} the container`)) : ok({ id: idOf(step) });
}

// ---- Make --------------------------------------------------------------------------------------------------------

/** When the plan was made there was no image of that name; something before this step may have made it. */
async function pull(step: Step, tools: ContainerTools): Promise<Result<Outcome>> {
  const name = textOf(step.arguments, 'image');
  const there = await tools.docker.reader.inspectImage(name);
  if (there.kind === 'done') return ok({ id: textOf(there.value, 'Id') });
  return runPull({ name, platform: textOf(step.arguments, 'platform') }, tools, endOf(tools));
}

async function create(step: Step, tools: EffectTools): Promise<Result<Outcome>> {
  const name = textOf(step.arguments, 'name');
  const platform = textOf(step.arguments, 'platform');
  const tooOld = await firstTooOld(step, name, tools);
  if (tooOld !== undefined) return failed(tooOld);
  const body = recordOf(step.arguments.body) as unknown as ContainerOptions;
  const options = { ...body, name, ...(platform === '' ? {} : { platform }) };
  const answer = await tools.writer.send((engine) => engine.createContainer(options), tools.signal);
  if (answer.kind === 'done') return ok({ id: answer.value.id });
  return failed(createFailure(answer as Failure, name, textOf(body, 'Image')));
}

async function firstTooOld(step: Step, name: string, tools: EffectTools): Promise<Diagnostic | undefined> {
  for (const need of listOf(step.arguments, 'needs')) {
    const argument = textOf(need, 'argument');
    const failure = await tools.docker.reader.needs(textOf(need, 'api'));
    if (failure)
      return failureDiagnostic(failure, `create the container "${name}" with this "${argument}"`, { path: [argument] });
  }
  return undefined;
}

function createFailure(failure: Failure, name: string, image: string): Diagnostic {
  if (failure.kind === 'conflict' && /is already in use/.test(failure.message)) {
    const remedy =
      'It does not belong to this resource. Choose another name, remove it with "docker rm", or take it over with an import block whose id is the name.';
    return failureDiagnostic(failure, `create the container "${name}"`, { path: ['name'], remedy });
  }
  if (failure.kind === 'absent' && /image/i.test(failure.message)) {
    return failureDiagnostic(failure, `create the container "${name}" from the image "${image}"`, { path: ['image'] });
  }
  return failureDiagnostic(failure, `create the container "${name}"`);
}

async function connect(step: Step, tools: EffectTools): Promise<Result<Outcome>> {
  const network = textOf(step.arguments, 'network');
  const EndpointConfig = recordOf(step.arguments.endpoint);
  const answer = await tools.writer.send(
    (engine) => engine.getNetwork(network).connect({ Container: idOf(step), EndpointConfig }),
    tools.signal,
  );
  if (!isFailure(answer)) return ok({ id: idOf(step) });
  if ('message' in answer && /already exists in network/.test(answer.message)) return ok({ id: idOf(step) });
  const remedy =
    answer.kind === 'absent'
      ? { remedy: 'Create the network first: refer to a docker_network resource by its name.' }
      : {};
  return failed(
    failureDiagnostic(answer, `connect the container to the network "${network}"`, {
      path: ['networks_advanced'],
      ...remedy,
    }),
  );
}

async function disconnect(step: Step, tools: EffectTools): Promise<Result<Outcome>> {
  const network = textOf(step.arguments, 'network');
  const answer = await tools.writer.send(
    (engine) => engine.getNetwork(network).disconnect({ Container: idOf(step), Force: true }),
    tools.signal,
  );
  const gone = isFailure(answer) && 'message' in answer && /is not connected to (the )?network/.test(answer.message);
  if (!isFailure(answer) || gone || answer.kind === 'absent') return ok({ id: idOf(step) });
  return failed(failureDiagnostic(answer, `disconnect the container from the network "${network}"`));
}

/** One archive with every file, unpacked at the root. */
async function upload(step: Step, tools: ContainerTools): Promise<Result<Outcome>> {
  const { default: tarStream } = await import('tar-stream');
  const archive = tarStream.pack();
  const names: string[] = [];
  for (const file of listOf(step.arguments, 'files')) {
    const name = textOf(file, 'file');
    const bytes = await contentOf(file, tools);
    if (typeof bytes === 'string') return failed(sourceFailure(textOf(file, 'source'), bytes));
    archive.entry({ name: name.replace(/^\/+/, ''), mode: numberOf(file, 'mode'), mtime: new Date() }, bytes);
    names.push(name);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  const answer = await send(step, tools, (it) => it.putArchive(Buffer.concat(chunks), { path: '/', ...cutOff(tools) }));
  if (!isFailure(answer)) return ok({ id: idOf(step) });
  return failed(failureDiagnostic(answer, `upload ${names.join(', ')} into the container`, { path: ['upload'] }));
}

/** A text says why a local file cannot be read. */
async function contentOf(file: unknown, tools: EffectTools): Promise<Buffer | string> {
  const source = textOf(file, 'source');
  if (source === '') return Buffer.from(textOf(file, 'base64'), 'base64');
  try {
    return await readFile(localPath(source, tools.docker.workingDirectory));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export function localPath(source: string, workingDirectory: string): string {
  return isAbsolute(source) ? source : resolve(workingDirectory, source);
}

function sourceFailure(source: string, reason: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'Local file not readable',
    detail: `The file "${source}", which is to be uploaded, cannot be read: ${reason}.`,
    path: ['upload'],
  };
}

async function start(step: Step, tools: ContainerTools): Promise<Result<Outcome>> {
  const answer = await send(step, tools, (it) => it.start(cutOff(tools)));
  if (!isFailure(answer)) return ok({ id: idOf(step) });
  return failed(await failureOfStart(answer, idOf(step), tools.docker.reader));
}

// ---- Wait --------------------------------------------------------------------------------------------------------

const FIRST_LOOK_MS = 50;
const LAST_LOOK_MS = 500;

/** Until the probe answers, the process ends or the time is up. */
async function waitHealthy(step: Step, tools: ContainerTools): Promise<Result<Outcome>> {
  const seconds = numberOf(step.arguments, 'seconds');
  const deadline = Date.now() + seconds * 1000;
  const end = endOf(tools);
  for (let wait = FIRST_LOOK_MS; ; wait = Math.min(wait * 1.5, LAST_LOOK_MS)) {
    const answer = await tools.docker.reader.inspectContainer(idOf(step));
    if (isFailure(answer)) return failed(failureDiagnostic(answer, 'read the health of the container'));
    const container = answer.kind === 'done' ? answer.value : {};
    const health = textOf(container, 'State', 'Health', 'Status');
    if (health === 'healthy') return ok({ id: idOf(step) });
    const reason = whyNever(container, health, Date.now() > deadline, seconds);
    if (reason !== undefined) return failed(await healthFailure(reason, container, tools.docker.reader));
    if (end.aborted) {
      const late = tools.timeout?.aborted
        ? [await healthFailure('its time was up', container, tools.docker.reader)]
        : [];
      return failed(failureDiagnostic({ kind: 'aborted' }, 'see the container become healthy'), ...late);
    }
    tools.progress(`Waiting until it is healthy (${health || 'no probe yet'})`);
    await pause(wait, end);
  }
}

function whyNever(container: unknown, health: string, late: boolean, seconds: number): string | undefined {
  if (health === '' || health === 'none') return 'it has no health check, so it can never be healthy';
  const restarts = textOf(container, 'HostConfig', 'RestartPolicy', 'Name');
  const ended = fieldOf(container, 'State', 'Running') === false && (restarts === '' || restarts === 'no');
  if (ended) return `its process has ended with exit code ${numberOf(container, 'State', 'ExitCode')}`;
  return late ? `it was not within ${seconds} s (wait_timeout)` : undefined;
}

/** Until the process has ended; its output and exit code are the outcome. */
async function attach(step: Step, tools: ContainerTools): Promise<Result<Outcome>> {
  const wantsLogs = step.arguments.logs === true;
  const removesItself = step.arguments.rm === true;
  // One that removes itself takes its output along, so that is followed while the process runs.
  const early = wantsLogs && removesItself ? logsOf(step, tools, true) : undefined;
  const answer = await send(step, tools, (it) => it.wait({ abortSignal: endOf(tools) }));
  if (isFailure(answer) && answer.kind !== 'absent')
    return failed(failureDiagnostic(answer, 'wait for the end of the process'));
  const exitCode = answer.kind === 'done' ? numberOf(answer.value, 'StatusCode') : 0;
  const logs = early ? await early : wantsLogs ? await logsOf(step, tools, false) : undefined;
  return ok({ id: idOf(step), result: { exitCode, ...(logs === undefined ? {} : { logs }) } as JsonObject });
}

async function logsOf(step: Step, tools: EffectTools, follow: boolean): Promise<string> {
  const query = `stdout=1&stderr=1${follow ? '&follow=1' : ''}`;
  const answer = await tools.docker.reader.getBytes(`/containers/${idOf(step)}/logs?${query}`);
  if (answer.kind !== 'done') return '';
  return step.arguments.tty === true ? answer.value.toString('utf8') : framesText(answer.value);
}

// ---- Change ------------------------------------------------------------------------------------------------------

async function update(step: Step, tools: EffectTools): Promise<Result<Outcome>> {
  const answer = await send(step, tools, (it) => it.update(recordOf(step.arguments.body)));
  return isFailure(answer)
    ? failed(failureDiagnostic(answer, 'update the limits of the container'))
    : ok({ id: idOf(step) });
}

async function rename(step: Step, tools: EffectTools): Promise<Result<Outcome>> {
  const name = textOf(step.arguments, 'name');
  const answer = await send(step, tools, (it) => it.rename({ name }));
  if (!isFailure(answer)) return ok({ id: idOf(step) });
  if ('message' in answer && /same name as its current name/.test(answer.message)) return ok({ id: idOf(step) });
  return failed(failureDiagnostic(answer, `rename the container to "${name}"`, { path: ['name'] }));
}

// ---- Retire ------------------------------------------------------------------------------------------------------

/** Without `seconds` the engine takes the container's own stop timeout, or ten. */
async function stop(step: Step, tools: ContainerTools): Promise<Result<Outcome>> {
  const { seconds } = step.arguments;
  const answer = await send(step, tools, (it) =>
    it.stop({ ...(typeof seconds === 'number' ? { t: seconds } : {}), ...cutOff(tools) }),
  );
  if (!isFailure(answer) || answer.kind === 'absent') return ok({ id: idOf(step) });
  return failed(failureDiagnostic(answer, `stop the container "${textOf(step.arguments, 'name')}"`));
}

async function remove(step: Step, tools: ContainerTools): Promise<Result<Outcome>> {
  const v = step.arguments.volumes === true;
  const force = step.arguments.force === true;
  const answer = await send(step, tools, (it) => it.remove({ v, force, ...cutOff(tools) }));
  if (!isFailure(answer) || answer.kind === 'absent') {
    await sweepNameless(tools);
    return ok({ id: idOf(step) });
  }
  if (answer.kind === 'conflict' && /already in progress/.test(answer.message)) return waitRemoved(step, tools);
  return failed(failureDiagnostic(answer, `remove the container "${textOf(step.arguments, 'name')}"`));
}

const REMOVAL_MS = 30_000;

async function waitRemoved(step: Step, tools: ContainerTools): Promise<Result<Outcome>> {
  const deadline = Date.now() + REMOVAL_MS;
  for (;;) {
    const answer = await tools.docker.reader.inspectContainer(idOf(step));
    if (answer.kind === 'absent') return ok({ id: idOf(step) });
    if (isFailure(answer)) return failed(failureDiagnostic(answer, 'see the container go'));
    if (Date.now() > deadline) {
      const name = textOf(step.arguments, 'name');
      return failed({
        severity: 'error',
        summary: 'Container not removed',
        detail: `The engine has been asked to remove the container "${name}", but after ${REMOVAL_MS / 1000} s it is still there.`,
      });
    }
    if (tools.timeout?.aborted) return failed(failureDiagnostic({ kind: 'aborted' }, 'see the container go'));
    await pause(LAST_LOOK_MS / 5, endOf(tools));
  }
}

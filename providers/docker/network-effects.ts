/**
 * The effects on networks beyond making one: removal, and the connections of containers that a replacement moves. A
 * container that is gone, or that is already where it should be, is no error: the same plan may have replaced it.
 */
import { type Diagnostic, type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type { Outcome, Step } from '../../core/provider.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { type Inspected, flagOf, recordOf, textOf } from './inspect.ts';
import { type Answer, type Failure, failureDiagnostic, isFailure } from './outcome.ts';
import type { Effect, EffectTools } from './resource-module.ts';
import { PATIENCE_MS, retryWhileInUse } from './retry.ts';

/** For an endpoint that nothing in this run is about to take away. */
const SHORT_PATIENCE_MS = 1000;

function idOf({ target }: Step): string {
  return target !== null && 'id' in target ? target.id : '';
}

// ---- Connections -------------------------------------------------------------------------------------------------

export async function connectEffect(...[step, tools]: Parameters<Effect>): ReturnType<Effect> {
  const endpoint = recordOf(step.arguments.EndpointConfig) as JsonObject;
  const answer = await connect(step, endpoint, tools);
  if (isSettled(answer)) return ok({ id: idOf(step) });
  const { IPAMConfig, ...rest } = endpoint;
  const retried = IPAMConfig !== undefined && isAboutAddress(answer) ? await connect(step, rest, tools) : answer;
  if (isSettled(retried)) return ok({ id: idOf(step) }, [addressRefused(step, answer)]);
  const doing = `connect the container "${textOf(step.arguments, 'container')}" to the network "${textOf(step.arguments, 'network')}"`;
  return failed(failureDiagnostic(retried, doing));
}

function connect(step: Step, EndpointConfig: JsonObject, tools: EffectTools): Promise<Answer<unknown>> {
  const Container = textOf(step.arguments, 'Container');
  return tools.writer.send(
    (engine) => engine.getNetwork(idOf(step)).connect({ Container, EndpointConfig }),
    tools.signal,
  );
}

/** Connected, or there is nothing to connect any more. */
function isSettled(answer: Answer<unknown>): answer is Exclude<Answer<unknown>, Failure> {
  return !isFailure(answer) || /already exists in network/.test(messageOf(answer)) || isContainerGone(answer);
}

function isContainerGone(failure: Failure): boolean {
  return /No such container|marked for removal/i.test(messageOf(failure));
}

function messageOf(failure: Failure): string {
  return 'message' in failure ? failure.message : '';
}

/** Taken by another container, or outside of what the driver can give. */
function isAboutAddress(failure: Failure): boolean {
  return /address already in use|no configured subnet|user configured subnets|invalid address|out of range/i.test(
    messageOf(failure),
  );
}

function addressRefused(step: Step, answer: Answer<unknown>): Diagnostic {
  const container = textOf(step.arguments, 'container');
  const reason = isFailure(answer) ? messageOf(answer).trim() : '';
  return {
    severity: 'warning',
    summary: 'Fixed address cannot be kept',
    detail: `The container "${container}" has been connected to the network "${textOf(step.arguments, 'network')}" with an address that the engine chose, because it refused the one that the container had: ${reason}`,
  };
}

export async function disconnectEffect(...[step, tools]: Parameters<Effect>): ReturnType<Effect> {
  const Container = textOf(step.arguments, 'Container');
  const answer = await tools.writer.send(
    (engine) => engine.getNetwork(idOf(step)).disconnect({ Container, Force: true }),
    tools.signal,
  );
  if (!isFailure(answer) || answer.kind === 'absent' || isContainerGone(answer)) return ok({ id: idOf(step) });
  if (/is not connected to/.test(messageOf(answer))) return ok({ id: idOf(step) });
  const doing = `disconnect the container "${textOf(step.arguments, 'container')}" from the network "${textOf(step.arguments, 'network')}"`;
  return failed(failureDiagnostic(answer, doing));
}

// ---- Removal -----------------------------------------------------------------------------------------------------

export async function removeEffect(...[step, tools]: Parameters<Effect>): Promise<Result<Outcome>> {
  const id = idOf(step);
  const name = textOf(step.arguments, 'Name') || id;
  const answer = await retryWhileInUse(
    () => tools.writer.send((engine) => engine.getNetwork(id).remove(), tools.signal),
    /active endpoints/,
    tools,
    () => patienceFor(id, tools),
  );
  if (!isFailure(answer) || answer.kind === 'absent') return ok({ id });
  const users = /active endpoints/.test(messageOf(answer)) ? await usersOf(id, tools) : [];
  return failed(failureDiagnostic(answer, `remove the network "${name}"`, remedyFor(name, users)));
}

function remedyFor(name: string, users: readonly User[]): { remedy?: string } {
  if (users.length === 0) return {};
  const names = users.map((user) => user.name).sort();
  return {
    remedy: `Connected are: ${names.join(', ')}. Nothing that is done here takes them away: remove them, or disconnect them with "docker network disconnect ${name} ${names[0]}", then try again.`,
  };
}

interface User {
  readonly container: string;
  readonly name: string;
}

/** Who has an endpoint on the network now. */
async function usersOf(id: string, { docker }: EffectTools): Promise<readonly User[]> {
  const answer = await docker.reader.inspectNetwork(id);
  if (answer.kind !== 'done') return [];
  return Object.entries(recordOf(answer.value.Containers)).map(([container, endpoint]) => ({
    container,
    name: textOf(endpoint, 'Name') || container.slice(0, 12),
  }));
}

/** How long an endpoint may hold the network: long when it is going away, short when all will stay. */
async function patienceFor(id: string, tools: EffectTools): Promise<number> {
  const users = await usersOf(id, tools);
  const staying = await Promise.all(users.map((user) => isStaying(user, tools)));
  return users.length > 0 && staying.every(Boolean) ? SHORT_PATIENCE_MS : PATIENCE_MS;
}

async function isStaying({ container }: User, { docker }: EffectTools): Promise<boolean> {
  if (docker.leaving.has(container)) return false;
  const answer = await docker.reader.inspectContainer(container);
  return answer.kind === 'done' && keepsRunning(answer.value);
}

function keepsRunning(container: Inspected): boolean {
  return flagOf(container, 'State', 'Running') && !flagOf(container, 'State', 'Dead');
}

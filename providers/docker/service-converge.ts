/**
 * Waiting until the tasks of a service run as they should, and saying why they do not: what the update came to, the
 * errors of the tasks, the last lines that they wrote. Nothing is taken back or removed here.
 */
import { type Diagnostic, type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type { Outcome } from '../../core/provider.ts';
import type { DockerReader } from './daemon.ts';
import { type Inspected, fieldOf, numberOf, recordOf, textOf } from './inspect.ts';
import { type Answer, failureDiagnostic, isFailure } from './outcome.ts';
import type { EffectTools } from './resource-module.ts';
import { pause } from './retry.ts';
import { shortDuration } from './service-read.ts';
import { framesText } from './streams.ts';

const PAUSE_MS = 500;
const LOG_LINES = 10;

export interface ConvergeOptions {
  readonly delayNs: number;
  readonly timeoutNs: number;
}

/** Ends well when as many tasks run the present specification as there should be, on nodes that are up. */
export async function converge(id: string, options: ConvergeOptions, tools: EffectTools): Promise<Result<Outcome>> {
  const { docker, signal } = tools;
  const deadline = Date.now() + options.timeoutNs / 1e6;
  await pause(Math.min(options.delayNs / 1e6, options.timeoutNs / 1e6), signal);
  for (let last = ''; !signal.aborted; await pause(PAUSE_MS, signal)) {
    const look = await lookAt(id, docker.reader);
    if (look.value === undefined) return failed(...look.diagnostics);
    const { state, running, wanted } = look.value;
    const problem = UPDATE_PROBLEMS[state];
    if (problem !== undefined) return failed(await didNot(id, problem, docker.reader));
    if (running >= wanted && !UNDER_WAY.has(state)) return ok({ id });
    const told = `${running} of ${wanted} tasks run`;
    if (told !== last) tools.progress(told);
    last = told;
    if (Date.now() < deadline) continue;
    const summary = `Service with ID (${id}) did not converge after ${shortDuration(options.timeoutNs)}`;
    return failed(await didNot(id, { summary, what: `${told}.` }, docker.reader));
  }
  return failed(failureDiagnostic({ kind: 'aborted' }, `see the tasks of the service "${id}" run`));
}

const UNDER_WAY: ReadonlySet<string> = new Set(['updating', 'rollback_started']);

interface Problem {
  readonly summary: string;
  readonly what: string;
}

const UPDATE_PROBLEMS: Readonly<Record<string, Problem | undefined>> = {
  paused: { summary: 'Service update paused', what: 'The engine stopped the update because tasks failed.' },
  rollback_completed: {
    summary: 'Service update rolled back',
    what: 'Tasks failed, and the engine has put the service back to what it was.',
  },
  rollback_paused: {
    summary: 'Service rollback paused',
    what: 'Tasks failed, and so did the return to what the service was.',
  },
};

interface Look {
  /** Of an update or rollback; empty when there has been none. */
  readonly state: string;
  readonly running: number;
  readonly wanted: number;
}

async function lookAt(id: string, reader: DockerReader): Promise<Result<Look>> {
  const [service, tasks, nodes] = await Promise.all([
    reader.getObject(`/services/${id}`),
    reader.getList(tasksPath(id)),
    reader.getList('/nodes'),
  ]);
  const answers: readonly Answer<unknown>[] = [service, tasks, nodes];
  for (const answer of answers) {
    if (isFailure(answer)) return failed(failureDiagnostic(answer, `look at the tasks of the service "${id}"`));
  }
  if (service.kind !== 'done' || tasks.kind !== 'done' || nodes.kind !== 'done') return failed();
  const down = new Set(
    nodes.value.filter((it) => textOf(it, 'Status', 'State') === 'down').map((it) => textOf(it, 'ID')),
  );
  const spec = fieldOf(service.value, 'Spec', 'TaskTemplate', 'ContainerSpec');
  const meant = tasks.value.filter((it) => textOf(it, 'DesiredState') === 'running');
  const running = meant.filter((it) => isRunning(it, spec, down)).length;
  const state = textOf(service.value, 'UpdateStatus', 'State');
  return ok({ state, running, wanted: wantedTasks(service.value, meant) });
}

function tasksPath(id: string): string {
  return `/tasks?filters=${encodeURIComponent(JSON.stringify({ service: { [id]: true } }))}`;
}

function isRunning(task: Inspected, spec: unknown, down: ReadonlySet<string>): boolean {
  const present = JSON.stringify(fieldOf(task, 'Spec', 'ContainerSpec')) === JSON.stringify(spec);
  return present && textOf(task, 'Status', 'State') === 'running' && !down.has(textOf(task, 'NodeID'));
}

/** A global service has as many tasks as nodes that suit it, which the engine alone knows. */
function wantedTasks(service: Inspected, meant: readonly Inspected[]): number {
  const replicated = fieldOf(service, 'Spec', 'Mode', 'Replicated');
  if (replicated !== undefined && replicated !== null) return numberOf(replicated, 'Replicas');
  return Math.max(meant.length, 1);
}

// ---- Why not -----------------------------------------------------------------------------------------------------

async function didNot(id: string, { summary, what }: Problem, reader: DockerReader): Promise<Diagnostic> {
  const answer = await reader.getList(tasksPath(id));
  const errors = taskErrors(answer.kind === 'done' ? answer.value : []);
  const lines = await lastLines(id, reader);
  const detail = [
    what,
    errors.length === 0 ? 'No task reports an error.' : `Errors of the tasks: ${errors.join('; ')}.`,
    lines.length === 0 ? '' : `What they wrote last:\n\n${lines.map((line) => `    ${line}`).join('\n')}\n\n`,
    'The service is left as it is, so that it can be looked at: "docker service ps" shows its tasks.',
  ];
  return { severity: 'error', summary, detail: detail.filter((part) => part !== '').join(' ') };
}

/** The newest first, each once. */
function taskErrors(tasks: readonly Inspected[]): readonly string[] {
  const newest = [...tasks].sort((a, b) => (textOf(a, 'UpdatedAt') < textOf(b, 'UpdatedAt') ? 1 : -1));
  const errors = newest.flatMap((task) => {
    const status = recordOf(fieldOf(task, 'Status'));
    const text = textOf(status, 'Err');
    return text === '' ? [] : [`${text} (${textOf(status, 'State')})`];
  });
  return [...new Set(errors)].slice(0, 5);
}

async function lastLines(id: string, reader: DockerReader): Promise<readonly string[]> {
  const answer = await reader.getBytes(`/services/${id}/logs?stdout=1&stderr=1&tail=${LOG_LINES}`);
  if (answer.kind !== 'done') return [];
  const lines = framesText(answer.value).split('\n');
  return lines.filter((line) => line.trim() !== '').slice(-LOG_LINES);
}

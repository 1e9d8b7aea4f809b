/** What a container that did not start or never became healthy leaves behind, in words. */
import type { Diagnostic } from '../../core/diag/diagnostic.ts';
import type { DockerReader } from './daemon.ts';
import { type Inspected, flagOf, listOf, numberOf, textOf } from './inspect.ts';
import { type Failure, failureDiagnostic } from './outcome.ts';
import { framesText } from './streams.ts';

const LOG_LINES = 15;
const PROBES = 3;

export async function failureOfStart(failure: Failure, id: string, reader: DockerReader): Promise<Diagnostic> {
  const message = 'message' in failure ? failure.message : '';
  const { path, remedy } = adviceFor(message);
  const answer = await reader.inspectContainer(id);
  const name = answer.kind === 'done' ? textOf(answer.value, 'Name').replace(/^\//, '') : id.slice(0, 12);
  return failureDiagnostic(failure, `start the container "${name}"`, {
    ...(path ? { path: [path] } : {}),
    ...(remedy ? { remedy } : {}),
  });
}

function adviceFor(message: string): { readonly path?: string; readonly remedy?: string } {
  if (/port is already allocated|address already in use/i.test(message)) {
    const remedy =
      'Another container or program has this port: "docker ps" and "ss -ltnp" show which. Free it, or publish another one.';
    return /Bind for|listen (tcp|udp)/.test(message)
      ? { path: 'ports', remedy }
      : { path: 'networks_advanced', remedy: 'Another container has this address; choose another one.' };
  }
  if (/executable file not found|no such file or directory|permission denied/.test(message) && /exec/.test(message)) {
    return {
      path: 'command',
      remedy: 'Check that the program is in the image and can be executed, and how command and entrypoint go together.',
    };
  }
  if (/network .* not found/.test(message)) {
    return {
      path: 'networks_advanced',
      remedy: 'Create the network first: refer to a docker_network resource by its name.',
    };
  }
  return {};
}

/** `reason` fits behind "The container is not healthy:". */
export async function healthFailure(reason: string, container: Inspected, reader: DockerReader): Promise<Diagnostic> {
  const id = textOf(container, 'Id');
  const name = textOf(container, 'Name').replace(/^\//, '');
  const parts = [
    `The container "${name}" is not healthy: ${reason}.`,
    state(container),
    block('Last probes:', listOf(container, 'State', 'Health', 'Log').slice(-PROBES).map(probeLine)),
    block('Last lines of its log:', await lastLines(id, flagOf(container, 'Config', 'Tty'), reader)),
  ];
  return {
    severity: 'error',
    summary: 'Container not healthy',
    detail: parts.filter((part) => part !== '').join('\n\n'),
    path: ['healthcheck'],
  };
}

function state(container: Inspected): string {
  const status = textOf(container, 'State', 'Status');
  const code = numberOf(container, 'State', 'ExitCode');
  const killed = flagOf(container, 'State', 'OOMKilled') ? ', killed because it had used up its memory' : '';
  return `It is ${status}${status === 'running' ? '' : ` with exit code ${code}`}${killed}.`;
}

function probeLine(probe: unknown): string {
  return `exit code ${numberOf(probe, 'ExitCode')}: ${textOf(probe, 'Output').trim()}`;
}

function block(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [title, ...lines.map((line) => `    ${line}`)].join('\n');
}

async function lastLines(id: string, tty: boolean, reader: DockerReader): Promise<readonly string[]> {
  const answer = await reader.getBytes(`/containers/${id}/logs?stdout=1&stderr=1&tail=${LOG_LINES}`);
  if (answer.kind !== 'done') return [];
  const text = tty ? answer.value.toString('utf8') : framesText(answer.value);
  return text.split('\n').filter((line) => line.trim() !== '');
}

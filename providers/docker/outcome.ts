/**
 * What a call to the engine can come to, and the words for it. Callers switch over `kind`; nothing that the engine or
 * the network does is thrown.
 */
import type { AttributePath, Diagnostic } from '../../core/diag/diagnostic.ts';
import type { Connection } from './connection.ts';

export type Answer<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** 304: it was so already. */
  | { readonly kind: 'unchanged' }
  | Failure;

export type Failure =
  /** 404: there is no such object. */
  | { readonly kind: 'absent'; readonly message: string }
  /** 409: a name is taken, an object is in use or in the wrong state. */
  | { readonly kind: 'conflict'; readonly message: string }
  /** Any other answer that is not a success, an error line in a stream included (status 0). */
  | { readonly kind: 'refused'; readonly status: number; readonly message: string; readonly log?: readonly string[] }
  /** No answer. `effect` is unknown when the request had been sent. */
  | { readonly kind: 'unreachable'; readonly message: string; readonly code: string; readonly connection: Connection }
  /** The engine speaks an older API than is needed. */
  | { readonly kind: 'too-old'; readonly needs: string; readonly has: string }
  | { readonly kind: 'aborted' };

export function isFailure<T>(answer: Answer<T>): answer is Failure {
  return answer.kind !== 'done' && answer.kind !== 'unchanged';
}

/** Sorts an HTTP status into an outcome. */
export function failureOf(status: number, message: string): Failure {
  if (status === 404) return { kind: 'absent', message };
  if (status === 409) return { kind: 'conflict', message };
  return { kind: 'refused', status, message };
}

/**
 * A failure in words. `doing` fits behind "The Docker Engine refused to": `create the network "a"`; `remedy` is a
 * sentence that says what can be done about it.
 */
export function failureDiagnostic(
  failure: Failure,
  doing: string,
  options: { path?: AttributePath; remedy?: string } = {},
): Diagnostic {
  const path = options.path === undefined ? {} : { path: options.path };
  const { summary, detail, remedy } = describe(failure, doing);
  const advice = options.remedy ?? remedy;
  return {
    severity: 'error',
    summary,
    detail: advice === '' ? detail : `${detail} ${advice}`,
    cause: causeOf(failure),
    ...(failure.kind === 'unreachable' || failure.kind === 'aborted' ? { effectUnknown: true as const } : {}),
    ...path,
  };
}

interface Words {
  readonly summary: string;
  readonly detail: string;
  readonly remedy: string;
}

function describe(failure: Failure, doing: string): Words {
  switch (failure.kind) {
    case 'absent':
      return {
        summary: 'Docker object not found',
        detail: `Could not ${doing}: ${sentence(failure.message)}`,
        remedy: '',
      };
    case 'conflict':
      return {
        summary: 'Docker Engine reports a conflict',
        detail: `Could not ${doing}: ${sentence(failure.message)}`,
        remedy: '',
      };
    case 'refused':
      return {
        summary: 'Docker Engine refused',
        detail: `Could not ${doing}: ${sentence(failure.message)}${logText(failure.log)}`,
        remedy: '',
      };
    case 'unreachable':
      return unreachableWords(failure.connection, failure.message, doing);
    case 'too-old':
      return {
        summary: 'Docker Engine too old',
        detail: `Could not ${doing}: that needs an engine with API ${failure.needs}, and this one speaks ${failure.has}.`,
        remedy: 'Update the engine or leave the argument out.',
      };
    case 'aborted':
      return { summary: 'Operation interrupted', detail: `Was interrupted before it could ${doing}.`, remedy: '' };
  }
}

function unreachableWords(connection: Connection, message: string, doing: string): Words {
  return {
    summary: 'Docker Engine does not answer',
    detail: `Could not ${doing}: no answer from ${connection.address}, the address from ${connection.origin}. ${sentence(message)}`,
    remedy: 'Is the engine running, and may this user speak to it? Set "host" or DOCKER_HOST to use another one.',
  };
}

function causeOf(failure: Failure): string {
  switch (failure.kind) {
    case 'refused':
      return `${failure.status} ${failure.message}`;
    case 'absent':
      return `404 ${failure.message}`;
    case 'conflict':
      return `409 ${failure.message}`;
    case 'unreachable':
      return `${failure.code} ${failure.message}`;
    case 'too-old':
      return `API ${failure.has}`;
    case 'aborted':
      return 'aborted';
  }
}

function logText(log: readonly string[] | undefined): string {
  return log === undefined || log.length === 0 ? '' : `\n\n${log.map((line) => `    ${line}`).join('\n')}\n\n`;
}

/** With a full stop behind it, and without the line break that some of the engine's messages end in. */
function sentence(message: string): string {
  const trimmed = message.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

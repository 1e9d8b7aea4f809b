/** Whether a container runs, and whether one that does not has done what it was made for. */
import type { PlainObject } from './container-plain.ts';
import { type Inspected, flagOf, numberOf, textOf } from './inspect.ts';

/** A process that ends by itself this soon after its start, and well, was not meant to stay. */
const JOB_MS = 10_000;

export function isRunning(container: Inspected): boolean {
  return flagOf(container, 'State', 'Running') && !isPaused(container);
}

export function isPaused(container: Inspected): boolean {
  return flagOf(container, 'State', 'Paused');
}

/** `prior` as stored, or the configuration. One that was waited for is a job; so is one that ended well at once. */
export function isFinishedJob(container: Inspected | undefined, prior: PlainObject): boolean {
  if (container === undefined) return prior.attach === true;
  if (textOf(container, 'State', 'Status') !== 'exited') return false;
  if (prior.attach === true) return true;
  const policy = textOf(container, 'HostConfig', 'RestartPolicy', 'Name');
  if (policy === 'always' || policy === 'unless-stopped') return false;
  return numberOf(container, 'State', 'ExitCode') === 0 && ranFor(container) < JOB_MS;
}

function ranFor(container: Inspected): number {
  const [from, to] = ['StartedAt', 'FinishedAt'].map((name) => Date.parse(textOf(container, 'State', name)));
  return from === undefined || to === undefined || Number.isNaN(to - from) ? Number.POSITIVE_INFINITY : to - from;
}

/** Waiting for an object to be let go of. */
import type { StepContext } from '../../core/provider.ts';
import { type Answer, isFailure } from './outcome.ts';

/** Objects are let go of a moment after the container that held them is gone. */
export const PATIENCE_MS = 10_000;
const PAUSE_MS = 250;

/** Sends an effect again while the engine says that the object is in use, for as long as `patience` says each time. */
export async function retryWhileInUse<T>(
  send: () => Promise<Answer<T>>,
  inUse: RegExp,
  context: Pick<StepContext, 'signal' | 'progress'>,
  patience: () => Promise<number> = async () => PATIENCE_MS,
): Promise<Answer<T>> {
  const startedAt = Date.now();
  for (let attempt = 0; ; attempt++) {
    const answer = await send();
    if (!isInUse(answer, inUse) || context.signal.aborted) return answer;
    if (Date.now() - startedAt > (await patience())) return answer;
    if (attempt === 0) context.progress('Still in use, waiting');
    await pause(PAUSE_MS, context.signal);
  }
}

function isInUse(answer: Answer<unknown>, inUse: RegExp): boolean {
  return isFailure(answer) && 'message' in answer && inUse.test(answer.message);
}

/** Ends early, without an error, when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

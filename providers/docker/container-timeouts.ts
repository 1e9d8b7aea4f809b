/**
 * The `timeouts` block: how long an operation may take as a whole. Its steps get what is left of that time, and what
 * takes them back gets all the time that it needs. Read from the private part of the state, where Terraform has it.
 */
import { type Diagnostic, type Result, failed } from '../../core/diag/diagnostic.ts';
import type { Outcome, Planned, Runner, Step } from '../../core/provider.ts';
import { textAt } from './attributes.ts';
import { formatDurationNs } from './duration.ts';
import { keptTimeoutNs } from './private-data.ts';

type Operation = 'create' | 'update' | 'delete';

interface Clock {
  readonly operation: Operation;
  readonly name: string;
  readonly timeoutNs: number;
  readonly deadline: number;
}

/** The same runner under the clock of the operation that each step belongs to, which begins with its first step. */
export function underTimeouts(planned: Planned, run: Runner): Runner {
  const clocks = new Map<Operation, Clock>();
  return {
    signal: run.signal,
    phase: run.phase,
    progress: (message) => run.progress(message),
    step(step) {
      const operation = operationOf(planned, step);
      const clock = clocks.get(operation) ?? startClock(planned, operation);
      clocks.set(operation, clock);
      return stepWithin(clock, step, run);
    },
  };
}

function operationOf({ mode, prior }: Planned, step: Step): Operation {
  if (mode === 'delete' || step.phase === 'retire') return 'delete';
  return mode === 'replace' || prior === null ? 'create' : 'update';
}

/** What goes was given its time when it was made or changed last. */
function startClock({ prior, value, private: planned }: Planned, operation: Operation): Clock {
  const timeoutNs = keptTimeoutNs(operation === 'delete' ? prior?.private : planned, operation);
  const object = (operation === 'delete' ? prior?.value : value) ?? prior?.value;
  const name = object === undefined ? '' : (textAt(object, 'name') ?? '');
  return { operation, name, timeoutNs, deadline: Date.now() + timeoutNs / 1e6 };
}

async function stepWithin(clock: Clock, step: Step, run: Runner): Promise<Result<Outcome>> {
  const timeoutMs = Math.ceil(clock.deadline - Date.now());
  if (timeoutMs <= 0) return failed(timedOut(clock, step));
  const result = await run.step({ ...step, arguments: { ...step.arguments, timeoutMs } });
  const cut = result.diagnostics.some(isInterruption) && !run.signal.aborted;
  if (result.value !== undefined || !cut) return result;
  return failed(timedOut(clock, step), ...result.diagnostics.filter((diagnostic) => !isInterruption(diagnostic)));
}

function isInterruption({ cause }: Diagnostic): boolean {
  return cause === 'aborted';
}

const VERBS = { create: 'Creating', update: 'Updating', delete: 'Deleting' } as const;

function timedOut({ operation, name, timeoutNs }: Clock, step: Step): Diagnostic {
  const time = formatDurationNs(timeoutNs);
  return {
    severity: 'error',
    summary: 'Operation timed out',
    detail:
      `${VERBS[operation]} the container "${name}" took longer than ${time}, which is its "${operation}" timeout, and was ` +
      `given up at the step "${step.id}". Give it more time with ${operation} in a timeouts block.`,
    path: ['timeouts', operation],
  };
}

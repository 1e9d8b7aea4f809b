/** Carries out the steps of one operation: intent on disk, effect, outcome on disk. */
import { createHash } from 'node:crypto';
import { type Result, hasErrors } from '../diag/diagnostic.ts';
import type { Outcome, Runner, Step, StepId, Writer } from '../provider.ts';
import { stringifyJson } from '../value/json.ts';
import type { Journal } from './journal.ts';

export interface RunnerSettings {
  readonly address: string;
  readonly writer: Writer;
  readonly journal: Journal | undefined;
  readonly signal: AbortSignal;
  readonly phase: Runner['phase'];
  readonly progress: (message: string) => void;
  /** Told when it is not known whether a step took effect. */
  readonly onUnknown?: () => void;
}

export class JournalingRunner implements Runner {
  readonly #settings: RunnerSettings;
  readonly #outcomes = new Map<StepId, Outcome>();

  constructor(settings: RunnerSettings) {
    this.#settings = settings;
  }

  get signal(): AbortSignal {
    return this.#settings.signal;
  }

  get phase(): Runner['phase'] {
    return this.#settings.phase;
  }

  progress(message: string): void {
    this.#settings.progress(message);
  }

  async step(step: Step): Promise<Result<Outcome>> {
    const { address, writer, journal, signal, progress } = this.#settings;
    const resolved = this.#resolve(step);
    const operation = `${address} ${step.phase} ${step.id}`;
    await journal?.intent({
      operation,
      address,
      kind: step.kind,
      phase: step.phase,
      identity: identityOf(resolved),
      argumentsHash: createHash('sha256').update(stringifyJson(step.arguments)).digest('hex'),
      arguments: step.arguments,
      undo: step.undo && { kind: step.undo.kind, arguments: step.undo.arguments },
    });
    const result = await writer.perform(resolved, { address, signal, progress });
    const failed = result.value === undefined || hasErrors(result.diagnostics);
    const unknown = failed && result.diagnostics.some(({ effectUnknown }) => effectUnknown);
    if (unknown) this.#settings.onUnknown?.();
    await journal?.outcome({
      operation,
      result: unknown ? 'unknown' : failed ? 'failed' : 'done',
      identity: result.value?.id ?? identityOf(resolved),
      error: failed ? result.diagnostics.find(({ severity }) => severity === 'error')?.summary : undefined,
    });
    if (result.value) this.#outcomes.set(step.id, result.value);
    return result;
  }

  /** A target that an earlier step made gets its ID. */
  #resolve(step: Step): Step {
    if (!step.target || !('outcomeOf' in step.target)) return step;
    const id = this.#outcomes.get(step.target.outcomeOf)?.id;
    return id === undefined ? step : { ...step, target: { id } };
  }
}

function identityOf({ target }: Step): string | undefined {
  if (!target) return undefined;
  if ('id' in target) return target.id;
  return 'name' in target ? target.name : undefined;
}

/**
 * What the resource types share: planning in two parts (an asynchronous gathering of facts, then a decision that is
 * pure and synchronous), running the steps of one phase, and checking afterwards that every planned change took
 * effect. Knows no resource type.
 */
import {
  type AttributePath,
  type Diagnostic,
  type Diagnostics,
  type Result,
  hasErrors,
  ok,
} from '../../core/diag/diagnostic.ts';
import type { Applied, Outcome, PlanAsk, Planned, Prior, Runner, Step, Steps } from '../../core/provider.ts';
import type { ObjectValue } from '../../core/value/value.ts';
import type { SchemaPlan } from './sdk-plan.ts';

export const NO_STEPS: Steps = Object.freeze({ items: Object.freeze([]) as readonly Step[], complete: true });

export function steps(...items: readonly Step[]): Steps {
  return { items, complete: true };
}

/** A plan that changes nothing. */
export function noChange(ask: PlanAsk, prior: Prior): Planned {
  const { address, mode, config } = ask;
  const still = { replacePaths: [], causes: [], impact: 'none', steps: NO_STEPS } as const;
  return { address, mode, prior, config, value: prior.value, private: prior.private, ...still };
}

/** The parts of a plan that the question already answers. */
export function plannedBase(ask: PlanAsk): Pick<Planned, 'address' | 'mode' | 'prior' | 'config'> {
  const { address, mode, prior, config } = ask;
  return { address, mode, prior, config };
}

/** Steps in which a part of the object goes, for `delete` and for the old object of a replacement. */
export function deletePlan(ask: PlanAsk, retire: Steps, impact: Planned['impact']): Planned {
  return { ...plannedBase(ask), value: null, private: undefined, replacePaths: [], causes: [], impact, steps: retire };
}

export interface StepRun {
  /** Outcomes by the id of their step. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly diagnostics: Diagnostics;
  readonly failed: boolean;
}

/** Runs the steps that belong to the runner's phase, in order, up to the first that fails. */
export async function runSteps(planned: Planned, run: Runner): Promise<StepRun> {
  const outcomes = new Map<string, Outcome>();
  const diagnostics: Diagnostic[] = [];
  for (const step of planned.steps.items) {
    if (run.phase !== 'all' && step.phase !== run.phase) continue;
    const result = await run.step(resolveTarget(step, outcomes));
    diagnostics.push(...result.diagnostics);
    if (result.value === undefined) return { outcomes, diagnostics, failed: true };
    outcomes.set(step.id, result.value);
  }
  return { outcomes, diagnostics, failed: hasErrors(diagnostics) };
}

/** Puts the id that an earlier step made in the place of the reference to it. */
function resolveTarget(step: Step, outcomes: ReadonlyMap<string, Outcome>): Step {
  const { target } = step;
  const id = target !== null && 'outcomeOf' in target ? outcomes.get(target.outcomeOf)?.id : undefined;
  return id === undefined ? step : { ...step, target: { id } };
}

/** Only the old object goes: a deletion, or the second half of a replacement. */
export function isRetiring(planned: Planned, run: Runner): boolean {
  return planned.mode === 'delete' || run.phase === 'retire';
}

/** The outcome of a removal: nothing is left, or what was there still is. */
export function retired(planned: Planned, result: StepRun): Applied {
  const { diagnostics, failed } = result;
  if (!failed || planned.prior === null) return { value: undefined, private: undefined, tainted: false, diagnostics };
  const { value, private: data, tainted } = planned.prior;
  return { value, private: data, tainted, diagnostics };
}

/** Errors for planned changes that the object does not show: `left` is what planning over it again would change. */
export function verify(kind: string, left: SchemaPlan): Diagnostics {
  return left.changes.filter((change) => change.mode !== 'bookkeeping').map((change) => notTaken(kind, change.path));
}

function notTaken(kind: string, path: AttributePath): Diagnostic {
  const name = path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
  return {
    severity: 'error',
    summary: 'Planned change did not take effect',
    detail:
      `The Docker Engine accepted the ${kind}, but "${name}" is not what was planned when it is read back. ` +
      'The state holds what is there. This engine may not support the value; plan again to see the difference.',
    path,
  };
}

/** Answers every question on its own, a few at a time. */
export async function eachAsk<A, R>(asks: readonly A[], answer: (ask: A) => Promise<R>): Promise<readonly R[]> {
  return Promise.all(asks.map(answer));
}

/** Facts that could not be gathered: the question is answered with these diagnostics alone. */
export function orFailed<G, T>(gathered: Result<G>, decide: (facts: G) => Result<T>): Result<T> {
  if (gathered.value === undefined) return { value: undefined, diagnostics: gathered.diagnostics };
  const decided = decide(gathered.value);
  return gathered.diagnostics.length === 0
    ? decided
    : { ...decided, diagnostics: [...gathered.diagnostics, ...decided.diagnostics] };
}

/** An object as the state has it, not tainted. */
export function priorOf(value: ObjectValue, data: string | undefined): Prior {
  return { value, private: data, tainted: false };
}

export function okAll<T>(values: readonly T[]): readonly Result<T>[] {
  return values.map((value) => ok(value));
}

/** What is there after steps that made nothing: the new value when nothing had to be done, the old one when it still is. */
export function leftAfterFailure(planned: Planned, result: StepRun): Applied {
  const { diagnostics, failed } = result;
  if (!failed) return { value: planned.value ?? undefined, private: planned.private, tainted: false, diagnostics };
  const gone = planned.prior === null || result.outcomes.has('remove');
  if (gone || planned.prior === null) return { value: undefined, private: undefined, tainted: false, diagnostics };
  return { value: planned.prior.value, private: planned.prior.private, tainted: planned.prior.tainted, diagnostics };
}

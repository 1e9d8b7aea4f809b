/** Makes the plan of a command: from flags to a plan, with the state locked for as long as the caller needs it. */
import { type Diagnostic, type Diagnostics, type Result, errorAt, failed, hasErrors } from '../core/diag/diagnostic.ts';
import type { Configuration } from '../core/config/module.ts';
import { makePlan } from '../core/plan/planner.ts';
import type { Plan, PlanMode } from '../core/plan/plan.ts';
import type { RunInput } from '../core/plan/run-input.ts';
import type { Lock } from '../state/store.ts';
import type { Arguments } from './command.ts';
import {
  type Schemas,
  interruptedRun,
  readConfiguration,
  readOrStartState,
  readVariables,
  runInput,
} from './engine.ts';
import type { Io } from './io.ts';
import { type StatePlace, lockState, openStatePlace } from './state-place.ts';
import type { RunView } from './view/events.ts';
import type { Redactor } from './view/redact.ts';

/** What the parts of a command share. */
export interface Session {
  readonly args: Arguments;
  readonly io: Io;
  readonly view: RunView;
  readonly redactor: Redactor;
  readonly schemas: Schemas;
}

export interface Planned {
  readonly plan: Plan;
  readonly configuration: Configuration;
  readonly place: StatePlace;
  readonly run: RunInput;
  readonly lock: Lock | 'not-locked';
}

/** Undefined when the flags contradict each other. */
export function planMode(args: Arguments, destroy: boolean): PlanMode | undefined {
  const refreshOnly = args.boolean('refresh-only');
  if (refreshOnly && (destroy || args.boolean('destroy'))) return undefined;
  if (refreshOnly) return 'refresh-only';
  return destroy || args.boolean('destroy') ? 'destroy' : 'normal';
}

export function contradiction(): Diagnostic {
  return errorAt(
    undefined,
    'Incompatible plan mode options',
    'The -destroy and -refresh-only options are mutually-exclusive: use one of them.',
  );
}

/** With a value the state is locked; whoever calls lets go of it by `unlock`. */
export async function planRun(session: Session, mode: PlanMode, operation: 'Plan' | 'Apply'): Promise<Result<Planned>> {
  const { args, io, view, redactor } = session;
  const loaded = await readConfiguration(io);
  if (loaded.value === undefined || hasErrors(loaded.diagnostics)) return failed(...loaded.diagnostics);
  const configuration = loaded.value;
  const placed = await openStatePlace(args, io, configuration.root);
  if (placed.value === undefined) return failed(...loaded.diagnostics, ...placed.diagnostics);
  const place = placed.value;
  const variables = await readVariables(configuration, args, io);
  if (variables.value === undefined || hasErrors(variables.diagnostics))
    return failed(...loaded.diagnostics, ...variables.diagnostics);
  for (const value of variables.value.values()) redactor.learn(value);
  const notify = (message: string) => view.event({ kind: 'notice', message });
  const lock = await lockState(place, args, io, operation, notify);
  if (lock.value === undefined) return failed(...lock.diagnostics);
  const run = runInput(configuration, variables.value, place.workspace, args, io, view);
  const found = await planLocked(session, mode, place, run);
  const diagnostics = [...loaded.diagnostics, ...variables.diagnostics, ...found.diagnostics];
  if (found.value === undefined || hasErrors(diagnostics)) {
    return { value: undefined, diagnostics: [...diagnostics, ...(await unlock(lock.value))] };
  }
  return { value: { plan: found.value, configuration, place, run, lock: lock.value }, diagnostics };
}

async function planLocked(
  { args, io, redactor, schemas }: Session,
  mode: PlanMode,
  place: StatePlace,
  run: RunInput,
): Promise<Result<Plan>> {
  const state = await readOrStartState(place);
  if (state.value === undefined) return failed(...state.diagnostics);
  const interrupted = await interruptedRun(place);
  const made = await makePlan({
    ...run,
    state: state.value,
    mode,
    refresh: args.boolean('refresh'),
    targets: args.list('target'),
    replace: args.list('replace'),
    planTime: io.now(),
    interrupted: interrupted.steps,
  });
  if (made.value !== undefined) await learnPlan(made.value, redactor, schemas);
  return { value: made.value, diagnostics: [...interrupted.warnings, ...made.diagnostics] };
}

/** Before anything of a plan is shown: its secrets and its schemas. */
export async function learnPlan(plan: Plan, redactor: Redactor, schemas: Schemas): Promise<void> {
  for (const value of plan.variables.values()) redactor.learn(value);
  for (const { before, after } of [...plan.changes, ...plan.drift]) {
    if (before !== null) redactor.learn(before);
    if (after !== null) redactor.learn(after);
  }
  await schemas.load(plan.changes.map(({ providerSource }) => providerSource));
  await schemas.loadForState(plan.refreshedState);
}

/** What went wrong while letting go of the lock. */
export async function unlock(lock: Lock | 'not-locked'): Promise<Diagnostics> {
  return lock === 'not-locked' ? [] : lock.release();
}

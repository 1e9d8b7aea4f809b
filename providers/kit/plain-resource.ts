/**
 * A resource type made of a few functions: what it plans beyond its schema, how a new object comes to be, how it is
 * imported. For objects that hold a value, or little more than one. Every change runs at least one step, so that it is
 * in the journal; what is generated is not in the step.
 */
import { type Diagnostics, type Result, failed, hasErrors, ok } from '../../core/diag/diagnostic.ts';
import type {
  Applied,
  ConfigureContext,
  Outcome,
  PlanAsk,
  Planned,
  Prior,
  Refreshed,
  ResourceSchema,
  ResourceType,
  Runner,
  Step,
  StepContext,
} from '../../core/provider.ts';
import { sameValue } from '../../core/value/equal.ts';
import type { ObjectValue } from '../../core/value/value.ts';
import { type PlanRules, planAttributes } from './attribute-plan.ts';
import { checkConfig } from './validators.ts';
import { type Entries, withEntries } from './values.ts';

/** What a step does. Only a writer calls it. */
export type Effect = (step: Step, context: StepContext, configured: ConfigureContext) => Promise<Result<Outcome>>;

export interface PlainType {
  readonly resource: ResourceSchema;
  readonly rules?: PlanRules;
  /** The object as it is now. Absent: it is nowhere but in the state. */
  readonly read?: (prior: ObjectValue, context: ConfigureContext) => Promise<Result<ObjectValue | 'absent'>>;
  /** Instead of the step that only records: those that make an object, and those that remove one. */
  readonly makeSteps?: (planned: ObjectValue) => readonly Step[];
  readonly retireSteps?: (prior: ObjectValue, next: ObjectValue | null, ask: PlanAsk) => readonly Step[];
  readonly effects?: Readonly<Record<string, Effect>>;
  /** What the plan left unknown of a changed object. Absent: nothing is. */
  readonly update?: (planned: ObjectValue, prior: ObjectValue) => Entries;
  /** What the plan left unknown of a new object. `outcomes` are those of `makeSteps`. */
  readonly create: (planned: ObjectValue, outcomes: readonly Outcome[]) => Result<Entries> | Promise<Result<Entries>>;
  /** Absent: objects of this type cannot be imported. */
  readonly importState?: (id: string) => Result<ObjectValue | undefined> | Promise<Result<ObjectValue | undefined>>;
}

const STORE: Step = { id: 'store', kind: 'value.store', phase: 'make', target: null, arguments: {} };
const FORGET: Step = { id: 'forget', kind: 'value.forget', phase: 'retire', target: null, arguments: {} };

/** The effects of types that have none of their own: the state alone changes. */
export const PLAIN_EFFECTS: Readonly<Record<string, Effect>> = {
  'value.store': async () => ok({}),
  'value.forget': async () => ok({}),
};

export function plainResource(type: PlainType, context: ConfigureContext): ResourceType {
  return {
    refresh: (asks) => Promise.all(asks.map(({ prior }) => refresh(type, prior, context))),
    plan: async (asks) => asks.map((ask) => plan(type, ask)),
    apply: (planned, run) => apply(type, planned, run),
    importState: async (id) => importState(type, id),
  };
}

// ---- Read --------------------------------------------------------------------------------------------------------

async function refresh(type: PlainType, prior: Prior, context: ConfigureContext): Promise<Result<Refreshed>> {
  const { value, diagnostics } = (await type.read?.(prior.value, context)) ?? ok(prior.value);
  if (!value) return failed(...diagnostics);
  if (value === 'absent') return ok({ outcome: 'absent', prior }, diagnostics);
  return ok({ outcome: 'present', prior: { ...prior, value } }, diagnostics);
}

// ---- Plan --------------------------------------------------------------------------------------------------------

function plan(type: PlainType, ask: PlanAsk): Result<Planned> {
  const { address, mode, prior, config } = ask;
  const common = { address, mode, prior, config, private: prior?.private, impact: 'none' } as const;
  const retires = prior ? (next: ObjectValue | null) => type.retireSteps?.(prior.value, next, ask) ?? [FORGET] : none;
  if (!config) {
    const steps = { items: retires(null), complete: true };
    return ok({ ...common, value: null, replacePaths: [], causes: [], steps });
  }
  // While applying, values are known that could not be checked before.
  const problems = checkConfig(type.resource, config);
  if (hasErrors(problems)) return failed(...problems);
  const before = prior && mode === 'any' ? prior.value : null;
  const { value, causes } = planAttributes(type.resource.schema, type.rules ?? {}, before, config);
  const makes = before ? (sameValue(before, value) ? [] : [STORE]) : (type.makeSteps?.(value) ?? [STORE]);
  const items = mode === 'replace' ? [...makes, ...retires(value)] : makes;
  const replacePaths = causes.filter((cause) => cause.forcesReplacement).map(({ path }) => path);
  return ok({ ...common, value, replacePaths, causes, steps: { items, complete: true } });
}

function none(): readonly Step[] {
  return [];
}

// ---- Create, update, delete --------------------------------------------------------------------------------------

async function apply(type: PlainType, planned: Planned, run: Runner): Promise<Applied> {
  const { outcomes, diagnostics, done } = await runSteps(planned, run);
  if (planned.value === null || run.phase === 'retire') {
    return done ? nothing(diagnostics) : { ...asBefore(planned.prior), diagnostics };
  }
  const prior = planned.mode === 'any' ? planned.prior : null;
  if (!done) return prior ? { ...asBefore(prior), diagnostics } : nothing(diagnostics);
  const made = prior ? ok(type.update?.(planned.value, prior.value) ?? []) : await type.create(planned.value, outcomes);
  if (!made.value) return nothing([...diagnostics, ...made.diagnostics]);
  const value = withEntries(planned.value, made.value);
  return { value, private: planned.private, tainted: false, diagnostics: [...diagnostics, ...made.diagnostics] };
}

interface StepRun {
  readonly outcomes: readonly Outcome[];
  readonly diagnostics: Diagnostics;
  readonly done: boolean;
}

/** The steps of this call's phase, up to the first that fails. */
async function runSteps({ steps }: Planned, run: Runner): Promise<StepRun> {
  const outcomes: Outcome[] = [];
  const diagnostics: Diagnostics[] = [];
  for (const step of steps.items.filter(({ phase }) => run.phase === 'all' || phase === run.phase)) {
    const result = await run.step(step);
    diagnostics.push(result.diagnostics);
    if (!result.value) return { outcomes, diagnostics: diagnostics.flat(), done: false };
    outcomes.push(result.value);
  }
  return { outcomes, diagnostics: diagnostics.flat(), done: true };
}

function nothing(diagnostics: Diagnostics): Applied {
  return { value: undefined, private: undefined, tainted: false, diagnostics };
}

function asBefore(prior: Prior | null): Omit<Applied, 'diagnostics'> {
  return { value: prior?.value, private: prior?.private, tainted: prior?.tainted ?? false };
}

// ---- Import ------------------------------------------------------------------------------------------------------

async function importState(type: PlainType, id: string): Promise<Result<readonly Prior[]>> {
  if (!type.importState) {
    return failed({
      severity: 'error',
      summary: 'Resource Import Not Implemented',
      detail: 'Objects of this type exist only in the state and cannot be imported. Let them be created instead.',
    });
  }
  const { value, diagnostics } = await type.importState(id);
  if (hasErrors(diagnostics)) return failed(...diagnostics);
  return ok(value ? [{ value, private: undefined, tainted: false }] : [], diagnostics);
}

/** The error of an import whose ID does not have the form that its type needs. */
export function importFailure(summary: string, detail: string): Result<never> {
  return failed({ severity: 'error', summary, detail });
}

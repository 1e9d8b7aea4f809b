/**
 * Decides what happens to the instances of one managed block. Asks the provider, which knows the objects; decides
 * itself about what belongs to the language: ignore_changes, taint, -replace, triggers, prevent_destroy, conditions.
 */
import type { InstanceAddress } from '../addr/address.ts';
import type { Resource } from '../config/module.ts';
import { type Diagnostic, type Diagnostics, type Result, errorAt, hasErrors } from '../diag/diagnostic.ts';
import type { Scope } from '../eval/scope.ts';
import type { PlanAsk, Planned, Prior, ResourceSchema } from '../provider.ts';
import { sameValue } from '../value/equal.ts';
import { markPaths, unmarkDeep, unmarkDeepWithPaths } from '../value/marks.ts';
import { EPHEMERAL, type ObjectValue, SENSITIVE, type Value } from '../value/value.ts';
import { planWithoutProvider } from './generic-plan.ts';
import { locate } from './locate.ts';
import type { Action, ActionReason } from './plan.ts';
import { ignoreChanges, proposedObject } from './proposed.ts';
import type { PooledProvider } from './provider-pool.ts';
import { sensitivePaths } from './sensitive-paths.ts';

/** One instance that the configuration asks for. */
export interface ManagedAsk {
  readonly address: InstanceAddress;
  readonly text: string;
  readonly scope: Scope;
  /** Evaluated; may carry marks. */
  readonly config: ObjectValue;
  /** After refresh. */
  readonly prior: Prior | null;
  readonly observed: unknown;
  /** Core's own reason to replace. */
  readonly forced: ActionReason | undefined;
  readonly createBeforeDestroy: boolean;
  /** Addresses without keys. */
  readonly dependencies: readonly string[];
}

export interface ManagedAnswer {
  readonly action: Action;
  readonly reason: ActionReason | undefined;
  readonly planned: Planned;
  /** Planned value with marks. */
  readonly after: ObjectValue;
  readonly sensitiveOnly: boolean;
}

export interface ManagedBlock {
  readonly resource: Resource;
  readonly type: ResourceSchema;
  readonly pooled: PooledProvider;
}

/** Same order as asked; an instance that could not be planned has no value. */
export async function planManaged(block: ManagedBlock, asks: readonly ManagedAsk[]): Promise<Result<ManagedAnswer>[]> {
  const firsts = asks.map((ask) => firstAsk(block, ask));
  const answers = await askProvider(block, firsts);
  const results = asks.map((ask, index) => firstAnswer(block, ask, answers[index] as Result<Planned>));
  const again = results.flatMap((result, index) => (result === 'replace' ? [index] : []));
  const seconds = await askProvider(
    block,
    again.map((index) => replaceAsk(block, asks[index] as ManagedAsk)),
  );
  again.forEach((index, position) => {
    const first = answers[index]?.value;
    results[index] = replaceAnswer(block, asks[index] as ManagedAsk, first, seconds[position] as Result<Planned>);
  });
  return results as Result<ManagedAnswer>[];
}

async function askProvider(block: ManagedBlock, asks: readonly PlanAsk[]): Promise<readonly Result<Planned>[]> {
  if (asks.length === 0) return [];
  if (block.pooled.state !== 'ready') {
    return asks.map((ask) => ({ value: planWithoutProvider(block.type.schema, ask), diagnostics: [] }));
  }
  const type = await block.pooled.configured.resource(block.resource.type);
  return await type.plan(asks);
}

/** What the provider is asked first: with the object as it is, and the ignored places as they are. */
function firstAsk(block: ManagedBlock, ask: ManagedAsk): PlanAsk {
  const { ignoreChanges: ignore } = block.resource.lifecycle;
  const config = plain(ask.config);
  if (ask.forced && ask.prior) return replaceAsk(block, ask);
  const effective = ask.prior ? ignoreChanges(ignore, plain(ask.prior.value), config) : config;
  return {
    address: ask.text,
    prior: ask.prior && { ...ask.prior, value: plain(ask.prior.value) },
    observed: ask.observed,
    config: effective,
    proposed: proposedObject(block.type.schema, ask.prior && plain(ask.prior.value), effective),
    mode: 'any',
    dependencies: ask.dependencies,
  };
}

/** A new object in place of the old one: nothing of the old is kept, and nothing is ignored. */
function replaceAsk(block: ManagedBlock, ask: ManagedAsk): PlanAsk {
  const config = plain(ask.config);
  return {
    address: ask.text,
    prior: ask.prior && { ...ask.prior, value: plain(ask.prior.value) },
    observed: ask.observed,
    config,
    proposed: proposedObject(block.type.schema, null, config),
    mode: 'replace',
    createBeforeDestroy: ask.createBeforeDestroy,
    dependencies: ask.dependencies,
  };
}

function firstAnswer(
  block: ManagedBlock,
  ask: ManagedAsk,
  { value: planned, diagnostics }: Result<Planned>,
): Result<ManagedAnswer> | 'replace' {
  const located = locate(diagnostics, ask.text, block.resource.body, block.resource.range);
  if (!planned || hasErrors(located)) return { value: undefined, diagnostics: located };
  if (planned.mode === 'replace') return replaceAnswer(block, ask, undefined, { value: planned, diagnostics });
  if (planned.replacePaths.length > 0 && ask.prior) return 'replace';
  const after = marked(block, ask, planned);
  if (!after) return noValue(ask, located);
  if (!ask.prior) return { value: answer('create', undefined, planned, after, false), diagnostics: located };
  const same = sameValue(ask.prior.value, after, { ignoreMarks: true }) && planned.steps.items.length === 0;
  const sameMarks = same && sameValue(remarked(block, ask.prior.value), after);
  const action = same && sameMarks ? 'no-op' : 'update';
  return { value: answer(action, undefined, planned, after, same && !sameMarks), diagnostics: located };
}

function replaceAnswer(
  block: ManagedBlock,
  ask: ManagedAsk,
  first: Planned | undefined,
  { value: second, diagnostics }: Result<Planned>,
): Result<ManagedAnswer> {
  const located = locate(diagnostics, ask.text, block.resource.body, block.resource.range);
  if (!second || hasErrors(located)) return { value: undefined, diagnostics: located };
  const planned = {
    ...second,
    replacePaths: first?.replacePaths ?? second.replacePaths,
    causes: first?.causes ?? second.causes,
  };
  const after = marked(block, ask, planned);
  if (!after) return noValue(ask, located);
  const reason = ask.forced ?? 'replace_because_cannot_update';
  return { value: answer('replace', reason, planned, after, false), diagnostics: located };
}

function answer(
  action: Action,
  reason: ActionReason | undefined,
  planned: Planned,
  after: ObjectValue,
  sensitiveOnly: boolean,
): ManagedAnswer {
  return { action, reason, planned, after, sensitiveOnly };
}

function noValue(ask: ManagedAsk, diagnostics: Diagnostics): Result<ManagedAnswer> {
  const bug = errorAt(
    undefined,
    'Provider produced invalid plan',
    `The provider planned nothing for ${ask.text}. This is a bug in Stowage.`,
  );
  return { value: undefined, diagnostics: [...diagnostics, bug] };
}

function plain(value: ObjectValue): ObjectValue {
  return unmarkDeep(value) as ObjectValue;
}

/** The planned value with the marks of the configuration and of the schema. */
function marked(block: ManagedBlock, ask: ManagedAsk, planned: Planned): ObjectValue | undefined {
  if (!planned.value) return undefined;
  const { paths } = unmarkDeepWithPaths(ask.config);
  const kept = paths.filter(({ marks }) => (marks & SENSITIVE) !== 0).map(({ path }) => ({ path, marks: SENSITIVE }));
  const all = [...kept, ...sensitivePaths(block.type.schema, planned.value)];
  const value: Value = all.length === 0 ? planned.value : markPaths(planned.value, all);
  return value.kind === 'object' ? value : undefined;
}

/** A value of the state with what the schema calls sensitive marked as well. */
function remarked(block: ManagedBlock, value: ObjectValue): ObjectValue {
  const paths = sensitivePaths(block.type.schema, value);
  const result = paths.length === 0 ? value : markPaths(value, paths);
  return result.kind === 'object' ? result : value;
}

/** Ephemeral values may not be kept, so they may not be given to an argument that is. */
export function refuseEphemeral(config: ObjectValue, resource: Resource, text: string): Diagnostic[] {
  return unmarkDeepWithPaths(config)
    .paths.filter(({ marks }) => (marks & EPHEMERAL) !== 0)
    .flatMap(({ path }) =>
      locate(
        [
          {
            severity: 'error',
            summary: 'Invalid use of ephemeral value',
            detail:
              'Arguments of resources are kept in the state, but this value is ephemeral and may not be kept. Use a value that is not ephemeral.',
            path,
          },
        ],
        text,
        resource.body,
        resource.range,
      ),
    );
}

/**
 * Plans the instances of one managed block in one module instance: what is recorded, what is there, what is configured,
 * and the decision about each. How a provider is asked, and what its answer means, is in `managed.ts`.
 */
import { type InstanceAddress, configResourceText, instanceText } from '../addr/address.ts';
import { decodeBody } from '../config/decode.ts';
import type { Resource } from '../config/module.ts';
import { type Diagnostic, hasErrors } from '../diag/diagnostic.ts';
import type { Instances, ModuleInstance } from '../graph/module-instance.ts';
import type { ModuleScope } from '../graph/module-scope.ts';
import type { ProviderUse } from '../graph/provider-use.ts';
import { dataFor, keysOf } from '../graph/repetition.ts';
import type { Prior } from '../provider.ts';
import type { InstanceState } from '../state.ts';
import type { ObjectValue, Value } from '../value/value.ts';
import { blankInstance } from './blank-instance.ts';
import type { ClaimsOf, Decision } from './decision.ts';
import { hasDrifted } from './drift.ts';
import { importFor } from './imports.ts';
import { encodeInstance } from './instance-codec.ts';
import { locate } from './locate.ts';
import { type ManagedAnswer, type ManagedAsk, type ManagedBlock, planManaged, refuseEphemeral } from './managed.ts';
import { impliedMove } from './moves.ts';
import type { PlanContext } from './plan-context.ts';
import type { ActionReason } from './plan.ts';
import type { PooledProvider } from './provider-pool.ts';
import type { Checked } from './refresher.ts';
import { triggered } from './replace-triggers.ts';
import { targetsInstance } from './targets.ts';
import { unconfigurable } from './unconfigurable.ts';

/** One block in one module instance. */
interface Planning {
  readonly walk: PlanContext;
  readonly instance: ModuleInstance;
  readonly block: ManagedBlock;
  readonly use: ProviderUse;
  readonly instances: Instances<Value>;
  readonly claimsOf: ClaimsOf;
}

/** False, with diagnostics reported, when an instance could not be planned. */
export async function planManagedBlock(
  walk: PlanContext,
  instance: ModuleInstance,
  resource: Resource,
  use: ProviderUse,
  pooled: PooledProvider,
): Promise<boolean> {
  const instances = walk.expand(instance, resource);
  const type = walk.prepared.providers.get(use.source)?.resourceTypes.get(resource.type);
  if (!instances || !type || pooled.state === 'failed') return false;
  const address = { module: instance.path, mode: resource.mode, type: resource.type, name: resource.name };
  const moved = impliedMove(walk.state, walk.moves, address, instances.repetition);
  if (moved) walk.refresher.moved(moved.from, moved.to);
  const block: ManagedBlock = { resource, type, pooled };
  const planning: Planning = { walk, instance, block, use, instances, claimsOf: await claimsFunction(block) };
  const asks = await askAll(
    planning,
    keysOf(instances.repetition).map((key) => ({ resource: address, key })),
  );
  if (!asks) return false;
  const answers = await planManaged(block, asks);
  let done = true;
  for (const [index, ask] of asks.entries()) {
    const { value, diagnostics } = answers[index] ?? { value: undefined, diagnostics: [] };
    done = walk.config.report(diagnostics) && done;
    if (value) done = decide(planning, ask, value) && done;
  }
  return done;
}

async function claimsFunction({ pooled, resource }: ManagedBlock): Promise<ClaimsOf> {
  if (pooled.state !== 'ready') return undefined;
  const type = await pooled.configured.resource(resource.type);
  return type.claims?.bind(type);
}

/** Undefined when one of them failed: then the provider is asked about none. */
async function askAll(planning: Planning, addresses: readonly InstanceAddress[]): Promise<ManagedAsk[] | undefined> {
  const asks: ManagedAsk[] = [];
  let done = true;
  for (const address of addresses) {
    const checked = await checkedObject(planning, address);
    const ask = checked === 'failed' ? 'failed' : askFor(planning, address, checked);
    if (ask === 'failed') done = false;
    else if (ask !== 'left out') asks.push(ask);
  }
  return done ? asks : undefined;
}

/** The object as it is: from the state, or taken in by an import. */
async function checkedObject(
  { walk, block }: Planning,
  address: InstanceAddress,
): Promise<Checked | 'failed' | undefined> {
  const answer = await walk.refresher.answer(address, undefined);
  if (!answer) return await importFor(walk, address, block);
  const located = answer.diagnostics.map(
    (diagnostic): Diagnostic => (diagnostic.subject ? diagnostic : { ...diagnostic, subject: block.resource.range }),
  );
  return walk.config.report(located) && answer.value ? answer.value : 'failed';
}

function askFor(
  planning: Planning,
  address: InstanceAddress,
  checked: Checked | undefined,
): ManagedAsk | 'failed' | 'left out' {
  const { walk, instance, block, instances } = planning;
  const prior = checked?.current ?? null;
  if (!walk.isIncluded(address)) {
    if (prior) instances.set(address.key, prior.value);
    return 'left out';
  }
  const scope = walk.config.scope(instance, dataFor(instances.repetition, address.key));
  if (!walk.checkRules(block.resource, 'preconditions', address, scope)) return 'failed';
  const config = configFor(planning, instanceText(address), scope);
  if (!config) return 'failed';
  if (checked) noteDrift(planning, address, checked);
  return {
    address,
    text: instanceText(address),
    scope,
    config,
    prior,
    observed: checked?.observed,
    forced: prior ? forcedReplacement(planning, address, prior, scope) : undefined,
    createBeforeDestroy: walk.createBeforeDestroy.has(configResourceText(address.resource)),
    dependencies: walk.dependencies.of(instance, block.resource),
  };
}

/** The evaluated block, or undefined when it is not what its schema and its provider accept. */
function configFor({ walk, block }: Planning, text: string, scope: ModuleScope): ObjectValue | undefined {
  const { resource, type } = block;
  const problems: Diagnostic[] = [];
  const config = decodeBody(resource.body, type.schema, scope, problems);
  problems.push(...unconfigurable(resource, type.schema, config));
  if (!hasErrors(problems)) problems.push(...refuseEphemeral(config, resource, text));
  const validated = hasErrors(problems) ? [] : (type.validate?.(config) ?? []);
  problems.push(...locate(validated, text, resource.body, resource.range));
  return walk.config.report(problems.map((problem) => ({ address: text, ...problem }))) ? config : undefined;
}

function forcedReplacement(
  { walk, instance, block }: Planning,
  address: InstanceAddress,
  prior: Prior,
  scope: ModuleScope,
): ActionReason | undefined {
  if (walk.input.mode === 'refresh-only') return undefined;
  if (prior.tainted) return 'replace_because_tainted';
  if (walk.replace.some((target) => targetsInstance(target, address))) return 'replace_by_request';
  return triggered(walk, instance, block.resource, scope) ? 'replace_by_triggers' : undefined;
}

/** False when the decision may not stand: a protected object would go, or a condition does not hold. */
function decide(planning: Planning, ask: ManagedAsk, answer: ManagedAnswer): boolean {
  const { walk, instance, block, instances } = planning;
  const { address, text, prior } = ask;
  if (walk.input.mode === 'refresh-only') return recordRefreshed(planning, ask, answer);
  remember(planning, ask, changeOf(planning, ask, answer, answer.action, answer.after));
  instances.set(address.key, answer.after);
  if (prior && answer.action === 'replace' && !walk.mayDestroy(instance, block.resource, text)) return false;
  const self = walk.config.scope(instance, dataFor(instances.repetition, address.key), answer.after);
  return walk.checkRules(block.resource, 'postconditions', address, self);
}

/** With a refresh-only plan the object stays as it was found; one that is gone leaves the state. */
function recordRefreshed(planning: Planning, ask: ManagedAsk, answer: ManagedAnswer): boolean {
  const { walk, use, instances } = planning;
  if (!ask.prior) {
    walk.state.setCurrent(ask.address, use.text, undefined);
    return true;
  }
  remember(planning, ask, changeOf(planning, ask, answer, 'no-op', ask.prior.value));
  instances.set(ask.address.key, ask.prior.value);
  return true;
}

function changeOf(
  { walk, use }: Planning,
  ask: ManagedAsk,
  answer: ManagedAnswer,
  action: Decision['change']['action'],
  after: ObjectValue,
): Decision['change'] {
  const { address, text, prior, createBeforeDestroy } = ask;
  const { planned, reason, sensitiveOnly } = answer;
  return {
    address,
    text,
    previousAddress: walk.moves.previous.get(text),
    deposed: undefined,
    providerSource: use.source,
    providerConfig: use.text,
    action,
    createBeforeDestroy,
    reason,
    before: prior?.value ?? null,
    after,
    sensitiveOnly,
    replacePaths: action === 'replace' ? planned.replacePaths : [],
    causes: planned.causes,
    impact: planned.impact,
    steps: planned.steps,
    importing: walk.imported.get(text),
    planned,
  };
}

function remember({ walk, instance, block, claimsOf }: Planning, ask: ManagedAsk, change: Decision['change']): void {
  const recorded = walk.state.instance(ask.address)?.current;
  const refreshed: InstanceState | undefined = ask.prior
    ? { ...blankInstance(ask.address.key), ...recorded, ...refreshedFields(block, ask.prior) }
    : undefined;
  const dependencies = walk.dependencies.of(instance, block.resource);
  walk.decisions.set(change.text, { change, refreshed, dependencies, claimsOf });
}

function refreshedFields(block: ManagedBlock, prior: Prior): Partial<InstanceState> {
  return { ...encodeInstance(block.type.schema, prior.value), attributesFlat: undefined, private: prior.private };
}

function noteDrift({ walk, use }: Planning, address: InstanceAddress, { recorded, current }: Checked): void {
  if (current && !hasDrifted(recorded.value, current.value)) return;
  const text = instanceText(address);
  walk.drift.push({
    address,
    text,
    previousAddress: walk.moves.previous.get(text),
    providerSource: use.source,
    action: current ? 'update' : 'delete',
    before: recorded.value,
    after: current?.value ?? null,
  });
}

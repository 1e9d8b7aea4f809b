/** Data sources: read while planning where all is known, left to apply where it is not. */
import { type InstanceAddress, configResourceText, instanceText, moduleText } from '../addr/address.ts';
import { decodeBody } from '../config/decode.ts';
import type { Module, Resource } from '../config/module.ts';
import type { Schema } from '../config/schema.ts';
import { type Diagnostic, hasErrors } from '../diag/diagnostic.ts';
import { parseAll, referencesInBody } from '../eval/reference.ts';
import type { Instances, ModuleInstance } from '../graph/module-instance.ts';
import type { ProviderUse } from '../graph/provider-use.ts';
import { dataFor, keysOf } from '../graph/repetition.ts';
import { isWhollyKnown, markPaths, unmarkDeep, unmarkDeepWithPaths } from '../value/marks.ts';
import type { ObjectValue, Value } from '../value/value.ts';
import { NO_STEPS } from './decision.ts';
import { withUnknowns } from './generic-plan.ts';
import { encodeInstance } from './instance-codec.ts';
import { locate } from './locate.ts';
import type { ActionReason } from './plan.ts';
import { blankInstance } from './blank-instance.ts';
import { type CheckLedger, checkText } from './check-ledger.ts';
import type { PlanContext } from './plan-context.ts';
import type { PooledProvider } from './provider-pool.ts';
import { sensitivePaths } from './sensitive-paths.ts';

interface DataBlock {
  readonly instance: ModuleInstance;
  readonly resource: Resource;
  readonly schema: Schema;
  readonly use: ProviderUse;
  readonly pooled: PooledProvider;
  readonly instances: Instances<Value>;
}

export async function planData(
  walk: PlanContext,
  instance: ModuleInstance,
  resource: Resource,
  use: ProviderUse,
  pooled: PooledProvider,
): Promise<boolean> {
  const schema = walk.prepared.providers.get(use.source)?.dataSources.get(resource.type);
  const instances = walk.expand(instance, resource);
  if (!schema || !instances) return false;
  const block: DataBlock = { instance, resource, schema, use, pooled, instances };
  let done = true;
  for (const key of keysOf(instances.repetition)) {
    const address = {
      resource: { module: instance.path, mode: resource.mode, type: resource.type, name: resource.name },
      key,
    };
    if (walk.isIncluded(address)) done = (await planOne(walk, block, address)) && done;
  }
  return done;
}

async function planOne(walk: PlanContext, block: DataBlock, address: InstanceAddress): Promise<boolean> {
  const { resource, schema, instance, instances } = block;
  const scope = walk.config.scope(instance, dataFor(instances.repetition, address.key));
  if (!walk.checkRules(resource, 'preconditions', address, scope)) return false;
  const problems: Diagnostic[] = [];
  const config = decodeBody(resource.body, schema, scope, problems);
  const text = instanceText(address);
  if (!walk.config.report(problems.map((problem) => ({ address: text, ...problem })))) return false;
  const later = reasonToWait(walk, block, config);
  if (later) return defer(walk, block, address, config, later);
  const read = await readData(block.pooled, resource, schema, config, text);
  if (resource.check !== undefined && !read.value) {
    recordCheckFailure(walk.ledger, instance, resource.check, read.diagnostics);
    walk.config.report(read.diagnostics.map((each) => ({ ...asWarning(each), checkedAgain: true })));
    return defer(walk, block, address, config, 'read_because_check_nested');
  }
  if (!walk.config.report(read.diagnostics) || !read.value) return false;
  instances.set(address.key, read.value);
  record(walk, block, address, read.value);
  const self = walk.config.scope(instance, dataFor(instances.repetition, address.key), read.value);
  return walk.checkRules(resource, 'postconditions', address, self);
}

/** A check that cannot read its data has failed. */
export function recordCheckFailure(
  ledger: CheckLedger,
  { module, path }: ModuleInstance,
  check: string,
  diagnostics: readonly Diagnostic[],
): void {
  for (const { severity, summary, detail } of diagnostics) {
    if (severity !== 'error') continue;
    const outcome = { status: 'fail', problem: `${summary}: ${detail}` } as const;
    ledger.record('check', checkText(module.path, check), checkText(path, check), outcome);
  }
}

function asWarning(diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, severity: 'warning' };
}

/** Reads, and marks what the configuration and the schema call sensitive. */
export async function readData(
  pooled: PooledProvider,
  resource: Resource,
  schema: Schema,
  config: ObjectValue,
  text: string,
): Promise<{ value: ObjectValue | undefined; diagnostics: readonly Diagnostic[] }> {
  if (pooled.state !== 'ready') return { value: undefined, diagnostics: [] };
  const source = await pooled.configured.dataSource(resource.type);
  const { value: plain, paths } = unmarkDeepWithPaths(config);
  const { value, diagnostics } = await source.read(plain as ObjectValue, text);
  const located = locate(diagnostics, text, resource.body, resource.range);
  if (!value || hasErrors(located)) return { value: undefined, diagnostics: located };
  const marked = markPaths(value, [...paths, ...sensitivePaths(schema, value)]);
  return { value: marked as ObjectValue, diagnostics: located };
}

function reasonToWait(walk: PlanContext, block: DataBlock, config: ObjectValue): ActionReason | undefined {
  if (block.pooled.state === 'deferred') return 'read_because_config_unknown';
  if (!isWhollyKnown(unmarkDeep(config))) return 'read_because_config_unknown';
  return dependsOnPending(walk, block.instance.module, block.resource) ? 'read_because_dependency_pending' : undefined;
}

/** A managed resource with a pending change that it refers to directly, or that it or its module is told to wait for. */
function dependsOnPending(walk: PlanContext, module: Module, resource: Resource): boolean {
  const named = [...referencesInBody(resource.body), ...parseAll(resource.dependsOn)];
  for (const { subject } of named) {
    if (subject.kind === 'resource' && subject.mode === 'managed') {
      if (
        isPending(
          walk,
          configResourceText({ module: module.path, mode: 'managed', type: subject.type, name: subject.name }),
        )
      )
        return true;
    }
  }
  for (const { subject } of parseAll(resource.dependsOn)) {
    if (subject.kind !== 'module') continue;
    const child = module.children.get(subject.name);
    if (child && modulePending(walk, moduleText(child.path))) return true;
  }
  for (let at: Module | undefined = module; at?.call && at.parent; at = at.parent) {
    for (const { subject } of parseAll(at.call.dependsOn)) {
      if (subject.kind === 'resource' && subject.mode === 'managed') {
        if (
          isPending(
            walk,
            configResourceText({ module: at.parent.path, mode: 'managed', type: subject.type, name: subject.name }),
          )
        )
          return true;
      }
      const child = subject.kind === 'module' ? at.parent.children.get(subject.name) : undefined;
      if (child && modulePending(walk, moduleText(child.path))) return true;
    }
  }
  return false;
}

function isPending(walk: PlanContext, address: string): boolean {
  return pendingChanges(walk).some((change) => configResourceText(change.address.resource) === address);
}

function modulePending(walk: PlanContext, module: string): boolean {
  return pendingChanges(walk).some((change) => {
    const path = moduleText(change.address.resource.module.map(({ name }) => ({ name, key: undefined })));
    return path === module || path.startsWith(`${module}.`);
  });
}

function pendingChanges(walk: PlanContext) {
  return [...walk.decisions.values()]
    .map(({ change }) => change)
    .filter(({ action, address }) => action !== 'no-op' && address.resource.mode === 'managed');
}

function defer(
  walk: PlanContext,
  block: DataBlock,
  address: InstanceAddress,
  config: ObjectValue,
  reason: ActionReason,
): boolean {
  const { value: plain, paths } = unmarkDeepWithPaths(config);
  const unknowns = withUnknowns(block.schema, plain as ObjectValue);
  const after = markPaths(unknowns, [...paths, ...sensitivePaths(block.schema, unknowns)]) as ObjectValue;
  const text = instanceText(address);
  block.instances.set(address.key, after);
  walk.decisions.set(text, {
    change: {
      address,
      text,
      previousAddress: undefined,
      deposed: undefined,
      providerSource: block.use.source,
      providerConfig: block.use.text,
      action: 'read',
      createBeforeDestroy: false,
      reason: block.resource.check === undefined ? reason : 'read_because_check_nested',
      before: null,
      after,
      sensitiveOnly: false,
      replacePaths: [],
      causes: [],
      impact: 'none',
      steps: NO_STEPS,
      importing: undefined,
      planned: undefined,
    },
    refreshed: undefined,
    dependencies: walk.dependencies.of(block.instance, block.resource),
    claimsOf: undefined,
  });
  return true;
}

/** Results are kept in the state, read anew by every plan. */
function record(walk: PlanContext, block: DataBlock, address: InstanceAddress, value: ObjectValue): void {
  walk.state.setCurrent(address, block.use.text, {
    ...blankInstance(address.key),
    ...encodeInstance(block.schema, value),
    dependencies: walk.dependencies.of(block.instance, block.resource),
  });
}

/** Objects of the state that the configuration asks for no longer, deposed ones, and in a destruction all of them. */
import {
  type InstanceAddress,
  type InstanceKey,
  instanceText,
  localResourceText,
  moduleText,
  resourceText,
  staticModule,
} from '../addr/address.ts';
import type { Module, Resource } from '../config/module.ts';
import { errorAt } from '../diag/diagnostic.ts';
import type { ProviderUse } from '../graph/provider-use.ts';
import { keysOf } from '../graph/repetition.ts';
import type { PlanAsk, Planned, Prior } from '../provider.ts';
import type { InstanceState } from '../state.ts';
import { type ClaimsOf, NO_STEPS } from './decision.ts';
import type { ActionReason } from './plan.ts';
import type { PlanContext } from './plan-context.ts';
import type { WorkingResource } from './working-state.ts';
import { targetInModule, targetsInstance } from './targets.ts';
import { trackedKey } from './refresher.ts';

interface Orphan {
  readonly address: InstanceAddress;
  readonly object: InstanceState;
  readonly reason: ActionReason | undefined;
  readonly use: ProviderUse;
  readonly block: Resource | undefined;
}

export async function planOrphans(walk: PlanContext): Promise<void> {
  // A plan that only refreshes removes nothing.
  if (walk.input.mode === 'refresh-only') return;
  const orphans = included(
    walk,
    [...walk.state.resources.values()].flatMap((resource) => orphansOf(walk, resource)),
  );
  const groups = new Map<string, Orphan[]>();
  for (const orphan of orphans) {
    const key = `${orphan.use.text} ${orphan.address.resource.type}`;
    groups.set(key, [...(groups.get(key) ?? []), orphan]);
  }
  for (const group of groups.values()) await planGroup(walk, group);
}

function orphansOf(walk: PlanContext, resource: WorkingResource): Orphan[] {
  const { address } = resource;
  if (address.mode === 'data') return [];
  const use = walk.prepared.uses.forState(resource.provider);
  const module = walk.input.configuration.modules.get(moduleText(staticModule(address.module)));
  const block = module?.resources.get(localResourceText(address));
  if (!use) {
    walk.config.report([missingConfiguration(resource)]);
    return [];
  }
  const found: Orphan[] = [];
  for (const instance of resource.instances.values()) {
    const at = { resource: address, key: instance.key };
    for (const object of instance.deposed.values()) found.push({ address: at, object, reason: undefined, use, block });
    if (!instance.current) continue;
    const reason = walk.input.mode === 'destroy' ? undefined : reasonToGo(walk, module, block, at);
    if (reason !== 'stays') found.push({ address: at, object: instance.current, reason, use, block });
  }
  return found;
}

function reasonToGo(
  walk: PlanContext,
  module: Module | undefined,
  block: Resource | undefined,
  address: InstanceAddress,
): ActionReason | 'stays' {
  const { resource, key } = address;
  if (!module) return 'delete_because_no_module';
  if (!block) return 'delete_because_no_resource_config';
  const instance = walk.config.moduleAt(resource.module);
  if (!instance)
    return walk.graph.has(`call ${moduleText(module.path)} `) || module.path.length === 0
      ? 'delete_because_no_module'
      : 'stays';
  const instances = instance.resources.get(localResourceText(resource));
  // The block was not walked: it failed, or the targets left it out.
  if (!instances || !walk.isHandled(resource)) return 'stays';
  if (keysOf(instances.repetition).includes(key)) return 'stays';
  return reasonByKey(instances.repetition.kind, key);
}

function reasonByKey(kind: 'single' | 'count' | 'each' | 'unknown', key: InstanceKey | undefined): ActionReason {
  if (kind === 'count' && typeof key === 'number') return 'delete_because_count_index';
  if (kind === 'each' && typeof key === 'string') return 'delete_because_each_key';
  return 'delete_because_wrong_repetition';
}

/** With targets: what is meant, and in a destruction also what depends on it. */
function included(walk: PlanContext, orphans: Orphan[]): Orphan[] {
  if (walk.targets.length === 0) return orphans;
  const meant = (orphan: Orphan) => walk.targets.some((target) => targetsInstance(target, orphan.address));
  if (walk.input.mode !== 'destroy') return orphans.filter(meant);
  const gone = new Set(orphans.filter(meant).map((orphan) => staticText(orphan.address)));
  return orphans.filter((orphan) => meant(orphan) || orphan.object.dependencies.some((each) => gone.has(each)));
}

function staticText({ resource }: InstanceAddress): string {
  return resourceText({ ...resource, module: staticModule(resource.module) });
}

async function planGroup(walk: PlanContext, group: readonly Orphan[]): Promise<void> {
  const [first] = group;
  if (!first) return;
  const pooled = walk.pool.get(first.use);
  if (pooled.state === 'failed') return;
  const asked: { orphan: Orphan; prior: Prior; observed: unknown }[] = [];
  for (const orphan of group) {
    const answer = await walk.refresher.answer(orphan.address, orphan.object.deposed);
    if (!answer) continue;
    if (!walk.config.report(answer.diagnostics) || !answer.value) continue;
    const { recorded, current, observed } = answer.value;
    if (current) asked.push({ orphan, prior: current, observed });
    else noteVanished(walk, orphan, recorded);
  }
  const asks = asked.map(({ orphan, prior, observed }): PlanAsk => {
    return { address: instanceText(orphan.address), prior, observed, config: null, proposed: null, mode: 'delete' };
  });
  const type = pooled.state === 'ready' ? await pooled.configured.resource(first.address.resource.type) : undefined;
  const answers = type ? await type.plan(asks) : [];
  for (const [index, { orphan, prior }] of asked.entries()) {
    const answer = answers[index];
    if (answer && (!walk.config.report(answer.diagnostics) || !answer.value)) continue;
    remove(walk, orphan, prior, answer?.value, type?.claims?.bind(type));
  }
}

function noteVanished(walk: PlanContext, orphan: Orphan, recorded: Prior): void {
  if (orphan.object.deposed !== undefined) {
    walk.state.setDeposed(orphan.address, orphan.use.text, orphan.object.deposed, undefined);
    return;
  }
  walk.state.setCurrent(orphan.address, orphan.use.text, undefined);
  walk.drift.push({
    address: orphan.address,
    text: instanceText(orphan.address),
    previousAddress: undefined,
    providerSource: orphan.use.source,
    action: 'delete',
    before: recorded.value,
    after: null,
  });
}

function remove(
  walk: PlanContext,
  orphan: Orphan,
  prior: Prior,
  planned: Planned | undefined,
  claimsOf: ClaimsOf,
): void {
  const { address, object, reason, use, block } = orphan;
  const text = instanceText(address);
  const forgotten = object.deposed === undefined && walk.input.mode !== 'destroy' && isForgotten(walk, address);
  const instance = walk.config.moduleAt(address.resource.module);
  if (block && !forgotten && object.deposed === undefined && !walk.mayDestroy(instance, block, text)) return;
  walk.decisions.set(trackedKey(address, object.deposed), {
    change: {
      address,
      text,
      previousAddress: walk.moves.previous.get(text),
      deposed: object.deposed,
      providerSource: use.source,
      providerConfig: use.text,
      action: forgotten ? 'forget' : 'delete',
      createBeforeDestroy: object.createBeforeDestroy,
      reason,
      before: prior.value,
      after: null,
      sensitiveOnly: false,
      replacePaths: [],
      causes: planned?.causes ?? [],
      impact: forgotten ? 'none' : (planned?.impact ?? 'unknown'),
      steps: forgotten ? NO_STEPS : (planned?.steps ?? { ...NO_STEPS, complete: false }),
      importing: undefined,
      planned,
    },
    refreshed: object,
    dependencies: object.dependencies,
    claimsOf,
  });
}

/** A `removed` block with `destroy = false` names it. */
function isForgotten(walk: PlanContext, address: InstanceAddress): boolean {
  for (const module of walk.input.configuration.modules.values()) {
    for (const removed of module.removed) {
      const target = targetInModule(module.path, removed.from);
      if (!removed.destroy && target && targetsInstance(target, address)) return true;
    }
  }
  return false;
}

function missingConfiguration(resource: WorkingResource) {
  const text = resourceText(resource.address);
  return errorAt(
    undefined,
    'Provider configuration not present',
    `To destroy ${text} its provider configuration ${resource.provider} is needed, but the configuration has it no longer. Put the provider block back until the object is destroyed.`,
    { address: text },
  );
}

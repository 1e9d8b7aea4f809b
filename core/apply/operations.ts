/**
 * What the entries of a plan come to, and in which order: making and retiring are separate, because between them stands
 * whatever has to move from the old object to the new one. Pure: the same plan gives the same operations.
 */
import { configResourceText } from '../addr/address.ts';
import { type ConfigGraph, type ConfigNode, resourceNodeId } from '../graph/config-graph.ts';
import { Graph } from '../graph/graph.ts';
import { providerNodeId } from '../graph/provider-use.ts';
import { claimText } from '../plan/claims.ts';
import type { Change, Plan } from '../plan/plan.ts';
import type { Claim } from '../provider.ts';
import { staticModule } from '../addr/address.ts';

export type ApplyNode =
  | { readonly kind: 'config'; readonly node: ConfigNode }
  /** Counts the instances of a block; the block's own node then stands for the end of all of them. */
  | { readonly kind: 'expand'; readonly node: Extract<ConfigNode, { kind: 'resource' }> }
  | { readonly kind: 'make'; readonly change: Change }
  | { readonly kind: 'retire'; readonly change: Change };

export type ApplyGraph = Graph<ApplyNode>;

/** @param dependencies addresses without keys that an entry's object depends on, by the configuration and by the state */
export function buildApplyGraph(
  plan: Plan,
  config: ConfigGraph,
  dependencies: (change: Change) => ReadonlySet<string>,
): ApplyGraph {
  const graph: ApplyGraph = new Graph();
  addConfigNodes(graph, config);
  for (const change of plan.changes) addOperations(graph, config, change);
  const users = usersOf(plan.changes, dependencies);
  for (const change of plan.changes) if (retires(change)) orderRetirement(graph, change, users);
  orderClaims(graph, plan.changes);
  return graph;
}

export function makeId(change: Change): string {
  return `make ${change.text}`;
}

export function retireId(change: Change): string {
  return `retire ${change.text}${change.deposed === undefined ? '' : ` (${change.deposed})`}`;
}

function makes({ action }: Change): boolean {
  return action === 'create' || action === 'update' || action === 'replace' || action === 'read';
}

function retires({ action }: Change): boolean {
  return action === 'delete' || action === 'replace' || action === 'forget';
}

/** The node of a block is split: what it waits for moves to its expansion, and it waits for the expansion. */
function addConfigNodes(graph: ApplyGraph, config: ConfigGraph): void {
  for (const [id, node] of config.entries()) {
    graph.add(id, { kind: 'config', node });
    if (node.kind === 'resource') graph.add(`expand ${id}`, { kind: 'expand', node });
  }
  for (const [id, node] of config.entries()) {
    const waiting = node.kind === 'resource' ? `expand ${id}` : id;
    if (waiting !== id) graph.connect(id, waiting);
    for (const to of config.dependencies(id)) graph.connect(waiting, to);
  }
}

function addOperations(graph: ApplyGraph, config: ConfigGraph, change: Change): void {
  const { resource } = change.address;
  const block = resourceNodeId(staticModule(resource.module), resource);
  if (makes(change)) {
    graph.add(makeId(change), { kind: 'make', change });
    graph.connect(makeId(change), `expand ${block}`);
    graph.connect(block, makeId(change));
  }
  if (retires(change)) {
    graph.add(retireId(change), { kind: 'retire', change });
    graph.connect(retireId(change), `provider ${change.providerConfig}`);
    const node = config.get(block);
    if (node?.kind === 'resource') graph.connect(retireId(change), providerNodeId(node.provider));
  }
  if (change.action !== 'replace') return;
  if (change.createBeforeDestroy) graph.connect(retireId(change), makeId(change));
  else graph.connect(makeId(change), retireId(change));
}

/** For an address without keys, the entries whose objects depend on it. */
function usersOf(
  changes: readonly Change[],
  dependencies: (change: Change) => ReadonlySet<string>,
): Map<string, Change[]> {
  const users = new Map<string, Change[]>();
  for (const change of changes) {
    if (change.action === 'no-op') continue;
    for (const address of dependencies(change)) {
      const known = users.get(address);
      if (known) known.push(change);
      else users.set(address, [change]);
    }
  }
  return users;
}

/**
 * Nothing is retired while something that depends on it is still there or has not let go of it: users that are retired
 * themselves go first, users that are changed in place are changed first, and before an object that has been made anew
 * goes, its users have moved to the new one.
 */
function orderRetirement(graph: ApplyGraph, change: Change, users: ReadonlyMap<string, readonly Change[]>): void {
  const address = configResourceText(change.address.resource);
  for (const user of users.get(address) ?? []) {
    if (user === change) continue;
    if (retires(user) && !user.createBeforeDestroy) connectSafely(graph, retireId(change), retireId(user));
    const lives = change.action === 'delete' || change.createBeforeDestroy;
    if (lives && makes(user) && (user.action === 'update' || change.createBeforeDestroy)) {
      connectSafely(graph, retireId(change), makeId(user));
    }
    if (retires(user) && user.createBeforeDestroy) connectSafely(graph, retireId(change), retireId(user));
  }
}

/**
 * What one object gives up and another one wants is free before it is wanted. Where two exchange things the second edge
 * would close a circle and is left out: then the engine refuses, and says so.
 */
function orderClaims(graph: ApplyGraph, changes: readonly Change[]): void {
  const releasing = new Map<string, Change>();
  for (const change of changes) for (const claim of change.releases) releasing.set(scopedClaim(change, claim), change);
  for (const change of changes) {
    if (!makes(change)) continue;
    for (const claim of change.claims) {
      const other = releasing.get(scopedClaim(change, claim));
      if (!other || other === change) continue;
      const free = retires(other) ? retireId(other) : makeId(other);
      connectSafely(graph, makeId(change), free);
    }
  }
}

/** Things are exclusive on one engine, not among all of them. */
function scopedClaim({ providerConfig }: Change, claim: Claim): string {
  return `${providerConfig} ${claimText(claim)}`;
}

function connectSafely(graph: ApplyGraph, from: string, to: string): void {
  if (!graph.has(to) || graph.closure([to]).has(from)) return;
  graph.connect(from, to);
}

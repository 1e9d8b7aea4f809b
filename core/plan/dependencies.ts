/** Which resources an object depends on: for the state, and between the entries of a plan. */
import { configResourceText } from '../addr/address.ts';
import type { Module, Resource } from '../config/module.ts';
import { type ConfigGraph, resourceNodeId } from '../graph/config-graph.ts';
import type { ModuleInstance } from '../graph/module-instance.ts';
import { compareUtf8 } from '../value/type.ts';
import type { ClaimedDecision } from './claims.ts';
import type { Change } from './plan.ts';

export class DependencyFinder {
  readonly #graph: ConfigGraph;
  readonly #known = new Map<string, readonly string[]>();

  constructor(graph: ConfigGraph) {
    this.#graph = graph;
  }

  /** Addresses without keys of all resources, data sources included, that the block depends on, however indirectly. */
  of(instance: ModuleInstance, resource: Resource): readonly string[] {
    return this.ofBlock(instance.module, resource);
  }

  ofBlock(module: Module, resource: Resource): readonly string[] {
    const id = resourceNodeId(module.path, resource);
    let known = this.#known.get(id);
    if (!known) {
      known = [...this.#graph.closure([id])]
        .flatMap((each) => (each === id ? [] : this.#addressOf(each)))
        .sort(compareUtf8);
      this.#known.set(id, known);
    }
    return known;
  }

  #addressOf(id: string): string[] {
    const node = this.#graph.get(id);
    if (node?.kind !== 'resource') return [];
    const { mode, type, name } = node.resource;
    return [configResourceText({ module: node.module.path, mode, type, name })];
  }

  /** Entries with their numbers, each knowing which others come first. */
  number(decisions: readonly ClaimedDecision[]): Change[] {
    const pending = new Map<string, number[]>();
    for (const [id, { change }] of decisions.entries()) {
      if (change.action === 'no-op') continue;
      const text = configResourceText(change.address.resource);
      append(pending, text, id);
    }
    const removedUsers = usersBeingRemoved(decisions);
    return decisions.map((decision, id) => {
      const { change } = decision;
      const text = configResourceText(change.address.resource);
      const first =
        change.action === 'delete'
          ? (removedUsers.get(text) ?? [])
          : decision.dependencies.flatMap((dependency) => pending.get(dependency) ?? []);
      const dependsOn = change.action === 'no-op' ? [] : [...new Set(first)].filter((each) => each !== id);
      return { ...change, id, dependsOn: dependsOn.sort((a, b) => a - b) };
    });
  }
}

/** In place: a block may have ten thousand instances. */
function append(lists: Map<string, number[]>, key: string, item: number): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

/** For a resource, the entries that remove something which depends on it. */
function usersBeingRemoved(decisions: readonly ClaimedDecision[]): Map<string, number[]> {
  const users = new Map<string, number[]>();
  for (const [id, { change, refreshed, dependencies }] of decisions.entries()) {
    if (change.action !== 'delete') continue;
    for (const dependency of refreshed?.dependencies ?? dependencies) {
      append(users, dependency, id);
    }
  }
  return users;
}

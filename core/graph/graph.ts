/**
 * A directed graph of things to do. An edge says "after": `connect(a, b)` means that a waits for b. Knows nothing of
 * what a node is.
 */
import { InternalError } from '../diag/invariant.ts';

export class Graph<N> {
  readonly #nodes = new Map<string, N>();
  readonly #dependencies = new Map<string, Set<string>>();

  add(id: string, node: N): void {
    if (this.#nodes.has(id)) throw new InternalError(`graph node ${id} added twice`);
    this.#nodes.set(id, node);
    this.#dependencies.set(id, new Set());
  }

  has(id: string): boolean {
    return this.#nodes.has(id);
  }

  get(id: string): N | undefined {
    return this.#nodes.get(id);
  }

  get size(): number {
    return this.#nodes.size;
  }

  ids(): IterableIterator<string> {
    return this.#nodes.keys();
  }

  entries(): IterableIterator<[string, N]> {
    return this.#nodes.entries();
  }

  /** `from` waits for `to`. An edge to a node that is not there, or to itself, is no edge. */
  connect(from: string, to: string): void {
    if (from !== to && this.#nodes.has(to)) this.#dependencies.get(from)?.add(to);
  }

  dependencies(id: string): ReadonlySet<string> {
    return this.#dependencies.get(id) ?? NONE;
  }

  /** Everything reachable from these nodes by dependency, themselves included. */
  closure(start: Iterable<string>): Set<string> {
    const seen = new Set<string>();
    const pending = [...start];
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      if (seen.has(id) || !this.#nodes.has(id)) continue;
      seen.add(id);
      pending.push(...this.dependencies(id));
    }
    return seen;
  }

  /** Who waits for whom, the other way round. */
  reversed(): Map<string, string[]> {
    const dependents = new Map<string, string[]>();
    for (const id of this.#nodes.keys()) dependents.set(id, []);
    for (const [from, targets] of this.#dependencies) for (const to of targets) dependents.get(to)?.push(from);
    return dependents;
  }

  /** The part of the graph whose ids are in `keep`. */
  restrictedTo(keep: ReadonlySet<string>): Graph<N> {
    const part = new Graph<N>();
    for (const [id, node] of this.#nodes) if (keep.has(id)) part.add(id, node);
    for (const id of part.ids()) for (const to of this.dependencies(id)) part.connect(id, to);
    return part;
  }

  /** Groups of nodes that wait for each other, each in the order in which they were added. Empty for a DAG. */
  cycles(): string[][] {
    return stronglyConnected(this).filter((group) => group.length > 1);
  }
}

const NONE: ReadonlySet<string> = new Set();

interface Visit {
  readonly id: string;
  readonly index: number;
  low: number;
  readonly pending: Iterator<string>;
}

/** Tarjan's algorithm without recursion, so that a chain of 100,000 nodes does not exhaust the stack. */
function stronglyConnected<N>(graph: Graph<N>): string[][] {
  const order = new Map<string, number>();
  const onStack = new Map<string, Visit>();
  const groups: string[][] = [];
  const path: Visit[] = [];
  const open: string[] = [];

  const enter = (id: string) => {
    const visit = { id, index: order.size, low: order.size, pending: graph.dependencies(id)[Symbol.iterator]() };
    order.set(id, visit.index);
    onStack.set(id, visit);
    path.push(visit);
    open.push(id);
  };
  const leave = (visit: Visit) => {
    path.pop();
    const parent = path.at(-1);
    if (parent) parent.low = Math.min(parent.low, visit.low);
    if (visit.low !== visit.index) return;
    // From the end: in a DAG it is the last one, however long the chain.
    const group = open.splice(open.lastIndexOf(visit.id));
    for (const id of group) onStack.delete(id);
    groups.push(group.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)));
  };

  for (const start of graph.ids()) {
    if (order.has(start)) continue;
    enter(start);
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const next = visit.pending.next();
      if (next.done) leave(visit);
      else if (!order.has(next.value)) enter(next.value);
      else if (onStack.has(next.value)) visit.low = Math.min(visit.low, order.get(next.value) ?? visit.low);
    }
  }
  return groups;
}

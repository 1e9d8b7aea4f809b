/**
 * Visits every node of a DAG after the nodes it waits for, several at a time. A node that fails keeps those that wait
 * for it from being visited, and nothing else.
 */
import type { Graph } from './graph.ts';

export interface WalkOptions {
  /** Visits under way at once that have not settled synchronously. */
  readonly parallelism: number;
  /** Once aborted, nothing new is visited; what is under way is waited for. */
  readonly signal?: AbortSignal;
}

export interface WalkResult {
  readonly failed: ReadonlySet<string>;
  /** Not visited because something before them failed, or because the walk was aborted. */
  readonly skipped: ReadonlySet<string>;
}

/** `false` means failed. A visit that has nothing to wait for answers at once and costs no promise. */
export type Visitor<N> = (node: N, id: string) => boolean | Promise<boolean>;

export async function walk<N>(graph: Graph<N>, visit: Visitor<N>, options: WalkOptions): Promise<WalkResult> {
  return await new Walk(graph, visit, options).run();
}

class Walk<N> {
  readonly #graph: Graph<N>;
  readonly #visit: Visitor<N>;
  readonly #options: WalkOptions;
  readonly #waiting = new Map<string, number>();
  readonly #dependents: Map<string, string[]>;
  readonly #ready: string[] = [];
  readonly #failed = new Set<string>();
  readonly #skipped = new Set<string>();
  readonly #blocked = new Set<string>();
  #next = 0;
  #running = 0;
  #settled = 0;
  #finish: (result: WalkResult) => void = () => {};
  /** The first bug of a visitor: nothing new begins, and the walk ends with it when what runs has ended. */
  #bug: { readonly error: unknown } | undefined;
  #crash: (error: unknown) => void = () => {};

  constructor(graph: Graph<N>, visit: Visitor<N>, options: WalkOptions) {
    this.#graph = graph;
    this.#visit = visit;
    this.#options = options;
    this.#dependents = graph.reversed();
    for (const id of graph.ids()) {
      const count = graph.dependencies(id).size;
      this.#waiting.set(id, count);
      if (count === 0) this.#ready.push(id);
    }
  }

  run(): Promise<WalkResult> {
    return new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#crash = reject;
      this.#advance();
    });
  }

  #advance(): void {
    while (this.#next < this.#ready.length && this.#running < this.#options.parallelism) {
      const id = this.#ready[this.#next++] as string;
      if (this.#bug || this.#options.signal?.aborted) this.#settle(id, 'skipped');
      else this.#begin(id);
    }
    if (this.#running > 0) return;
    if (this.#bug) this.#crash(this.#bug.error);
    else if (this.#settled === this.#graph.size) this.#finish({ failed: this.#failed, skipped: this.#skipped });
  }

  #begin(id: string): void {
    let answer: boolean | Promise<boolean>;
    try {
      answer = this.#visit(this.#graph.get(id) as N, id);
    } catch (error) {
      this.#fail(id, error);
      return;
    }
    if (typeof answer === 'boolean') {
      this.#settle(id, answer ? 'done' : 'failed');
      return;
    }
    this.#running++;
    answer.then(
      (done) => {
        this.#running--;
        this.#settle(id, done ? 'done' : 'failed');
        this.#advance();
      },
      (error) => {
        this.#running--;
        this.#fail(id, error);
        this.#advance();
      },
    );
  }

  #fail(id: string, error: unknown): void {
    this.#bug ??= { error };
    this.#settle(id, 'failed');
  }

  /** Iterative, since one failure may skip a chain of any length. */
  #settle(first: string, result: 'done' | 'failed' | 'skipped'): void {
    const pending: [string, 'done' | 'failed' | 'skipped'][] = [[first, result]];
    for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
      const [id, how] = entry;
      this.#settled++;
      if (how === 'failed') this.#failed.add(id);
      if (how === 'skipped') this.#skipped.add(id);
      for (const dependent of this.#dependents.get(id) ?? []) {
        const left = (this.#waiting.get(dependent) ?? 0) - 1;
        this.#waiting.set(dependent, left);
        if (how !== 'done') this.#blocked.add(dependent);
        if (left > 0) continue;
        if (this.#blocked.has(dependent)) pending.push([dependent, 'skipped']);
        else this.#ready.push(dependent);
      }
    }
  }
}

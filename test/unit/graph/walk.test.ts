import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Graph } from '../../../core/graph/graph.ts';
import { walk } from '../../../core/graph/walk.ts';

function graphOf(edges: Record<string, readonly string[]>): Graph<string> {
  const graph = new Graph<string>();
  for (const id of Object.keys(edges)) graph.add(id, id);
  for (const [from, targets] of Object.entries(edges)) for (const to of targets) graph.connect(from, to);
  return graph;
}

const OPTIONS = { parallelism: 3 };

describe('Graph', () => {
  test('finds no cycle in a DAG', () => {
    expect(graphOf({ a: ['b', 'c'], b: ['c'], c: [] }).cycles()).toEqual([]);
  });

  test('names the members of each cycle in the order in which they were added', () => {
    expect(graphOf({ a: ['c'], b: ['a'], c: ['b'], d: ['a'], e: ['f'], f: ['e'] }).cycles()).toEqual([
      ['a', 'c', 'b'],
      ['e', 'f'],
    ]);
  });

  test('a chain of 100,000 nodes exhausts nothing', async () => {
    const graph = new Graph<number>();
    for (let id = 0; id < 100_000; id++) graph.add(String(id), id);
    for (let id = 1; id < 100_000; id++) graph.connect(String(id), String(id - 1));
    expect(graph.cycles()).toEqual([]);
    const { skipped } = await walk(graph, (id) => id !== 0, OPTIONS);
    expect(skipped.size).toBe(99_999);
  });
});

describe('walk', () => {
  test('a failure skips what waits for it and nothing else', async () => {
    const graph = graphOf({ a: [], b: ['a'], c: ['b'], d: [], e: ['d'] });
    const visited: string[] = [];
    const visit = async (id: string) => {
      visited.push(id);
      return id !== 'a';
    };
    const { failed, skipped } = await walk(graph, visit, OPTIONS);
    expect([...failed]).toEqual(['a']);
    expect([...skipped].sort()).toEqual(['b', 'c']);
    expect(visited.sort()).toEqual(['a', 'd', 'e']);
  });

  test('an abort starts nothing new and waits for what runs', async () => {
    const controller = new AbortController();
    const graph = graphOf({ a: [], b: ['a'] });
    let finished = false;
    const visit = async () => {
      controller.abort();
      await Promise.resolve();
      finished = true;
      return true;
    };
    const { skipped } = await walk(graph, visit, { parallelism: 1, signal: controller.signal });
    expect(finished).toBe(true);
    expect([...skipped]).toEqual(['b']);
  });

  test('a bug in a visitor is not swallowed', async () => {
    const visit = () => {
      throw new Error('bug');
    };
    await expect(walk(graphOf({ a: [] }), visit, OPTIONS)).rejects.toThrow('bug');
  });

  test('a bug waits for what runs beside it', async () => {
    const finished: string[] = [];
    const visit = async (id: string) => {
      if (id === 'a') throw new Error('bug');
      await new Promise((resolve) => setImmediate(resolve));
      finished.push(id);
      return true;
    };
    await expect(walk(graphOf({ a: [], b: [], c: ['b'] }), visit, OPTIONS)).rejects.toThrow('bug');
    expect(finished).toEqual(['b']);
  });

  test('random graphs: each node once, after what it waits for, never more at once than allowed', async () => {
    const dag = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        dag,
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.boolean()),
        async (rows, parallelism, fails) => {
          const graph = new Graph<number>();
          for (const id of rows.keys()) graph.add(String(id), id);
          rows.forEach((row, id) => {
            if (id > 0) for (const to of row) graph.connect(String(id), String(to % id));
          });
          const done = new Set<string>();
          let running = 0;
          const { failed, skipped } = await walk(
            graph,
            async (id) => {
              expect(++running).toBeLessThanOrEqual(parallelism);
              for (const to of graph.dependencies(String(id))) expect(done.has(to)).toBe(true);
              await Promise.resolve();
              running--;
              if (fails[id] === false) return false;
              expect(done.has(String(id))).toBe(false);
              done.add(String(id));
              return true;
            },
            { parallelism },
          );
          expect(done.size + failed.size + skipped.size).toBe(rows.length);
          for (const id of skipped) {
            const before = [...graph.dependencies(id)];
            expect(before.some((to) => failed.has(to) || skipped.has(to))).toBe(true);
          }
        },
      ),
    );
  });
});

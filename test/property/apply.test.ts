import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorAt, failed } from '../../core/diag/diagnostic.ts';
import type { ProviderDirectory } from '../../core/plan/provider-pool.ts';
import type { Provider, Writer } from '../../core/provider.ts';
import { builtInProviders } from '../../providers/registry.ts';
import { Workbench, planLines } from '../support/workbench.ts';

/** A block refers to blocks before it; `trigger` replaces it when it changes. */
interface Node {
  readonly refers: readonly number[];
  readonly trigger: number;
  readonly createBeforeDestroy: boolean;
  readonly gone: boolean;
}

const node = fc.record({
  refers: fc.array(fc.nat(9), { maxLength: 3 }),
  trigger: fc.nat(2),
  createBeforeDestroy: fc.boolean(),
  gone: fc.boolean(),
});
const graph = fc.array(node, { minLength: 1, maxLength: 8 });

function configuration(nodes: readonly Node[]): string {
  return nodes.flatMap((each, index) => (each.gone ? [] : [block(nodes, each, index)])).join('\n');
}

function block(nodes: readonly Node[], { refers, trigger, createBeforeDestroy }: Node, index: number): string {
  const earlier = [...new Set(refers)].filter((other) => other < index && nodes[other]?.gone === false);
  return `resource "terraform_data" "n${index}" {
  input            = [${earlier.map((other) => `terraform_data.n${other}.id`).join(', ')}]
  triggers_replace = ${trigger}
  lifecycle {
    create_before_destroy = ${createBeforeDestroy}
  }
}`;
}

/** The built-in provider with a writer that refuses some addresses, and tells what it did. */
function directory(refuses: (address: string) => boolean, performed: string[]): ProviderDirectory {
  return {
    defaultSource: (name) => builtInProviders.defaultSource(name),
    load: async (source) => {
      const provider = await builtInProviders.load(source);
      return provider && { ...provider, configure: (config, context) => configured(provider, config, context) };
    },
  };

  async function configured(provider: Provider, ...args: Parameters<Provider['configure']>) {
    const result = await provider.configure(...args);
    if (!result.value) return result;
    const real = result.value;
    const openWriter = async (): Promise<Writer> => {
      const writer = await real.openWriter();
      return {
        async perform(step, context) {
          if (refuses(context.address)) return failed(errorAt(undefined, 'Refused', 'By the test.'));
          performed.push(`${step.kind} ${context.address}`);
          return await writer.perform(step, context);
        },
      };
    };
    return { ...result, value: { ...real, openWriter } };
  }
}

describe('random configurations', () => {
  test('an apply whose steps fail at random leaves a true state, and the next one converges', async () => {
    await fc.assert(
      fc.asyncProperty(graph, graph, fc.array(fc.boolean(), { maxLength: 8 }), async (first, second, fails) => {
        using bench = new Workbench({ 'main.tf': configuration(first) });
        await bench.apply();
        bench.write({ 'main.tf': configuration(second) });
        const performed: string[] = [];
        bench.providers = directory((address) => fails[Number(/\d+/.exec(address)?.[0])] ?? false, performed);
        const result = await bench.apply();
        const failures = result.diagnostics.filter(({ severity }) => severity === 'error');
        if (failures.length === 0) expect(planLines((await bench.plan()).plan)).toEqual([]);
        bench.providers = builtInProviders;
        const { diagnostics } = await bench.apply();
        expect(diagnostics).toEqual([]);
        expect(planLines((await bench.plan()).plan)).toEqual([]);
        const wanted = second.flatMap(({ gone }, index) => (gone ? [] : [`n${index}`])).sort();
        expect(bench.state.resources.map(({ name }) => name).sort()).toEqual(wanted);
        expect(bench.state.resources.every(({ instances }) => instances.length === 1)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('a destroy takes everything, users first', async () => {
    await fc.assert(
      fc.asyncProperty(graph, async (nodes) => {
        using bench = new Workbench({ 'main.tf': configuration(nodes) });
        await bench.apply();
        bench.takeOperations();
        await bench.apply({ mode: 'destroy' });
        expect(bench.state.resources).toEqual([]);
        const order = bench.takeOperations().map((line) => Number(/n(\d+)/.exec(line)?.[1]));
        for (const [index, each] of nodes.entries()) {
          for (const other of each.refers) {
            if (each.gone || other >= index || nodes[other]?.gone !== false) continue;
            expect(order.indexOf(index)).toBeLessThan(order.indexOf(other));
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

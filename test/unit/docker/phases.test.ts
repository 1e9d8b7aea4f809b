/** Which steps run in which half of a replacement, in which order, and what is said to be left after a failure. */
import { expect, test } from 'vitest';
import { invariant } from '../../../core/diag/invariant.ts';
import type { PlanAsk, Planned, Prior, Runner } from '../../../core/provider.ts';
import { decide } from '../../../providers/docker/network.ts';
import { isRetiring, leftAfterFailure, retired, runSteps } from '../../../providers/docker/resource-kit.ts';
import { networkSchema } from '../../../providers/docker/schema/network.ts';
import { decode } from './recorded.ts';

const object = (name: string) => decode(networkSchema, { id: 'id-1', name, labels: [], ipam_config: [] });
const prior: Prior = { value: object('a'), private: undefined, tainted: false };

function replacement(createBeforeDestroy = false): Planned {
  const config = object('b');
  const ask: PlanAsk = { address: 'x', prior, config, proposed: config, mode: 'replace', createBeforeDestroy };
  const { value } = decide(ask);
  invariant(value, 'a replacement is planned');
  return value;
}

function recording(phase: Runner['phase'], failing = ''): { runner: Runner; kinds: string[] } {
  const kinds: string[] = [];
  const runner: Runner = {
    signal: new AbortController().signal,
    phase,
    progress: () => undefined,
    step: async ({ kind }) => {
      kinds.push(kind);
      if (kind !== failing) return { value: { id: 'id-2' }, diagnostics: [] };
      return { value: undefined, diagnostics: [{ severity: 'error', summary: 'no', detail: 'no' }] };
    },
  };
  return { runner, kinds };
}

test.each([
  ['all', false, ['network.remove', 'network.create']],
  ['all', true, ['network.create', 'network.remove']],
  ['make', false, ['network.create']],
  ['make', true, ['network.create']],
  ['retire', false, ['network.remove']],
] as const)('phase %s, create before destroy %s', async (phase, createBeforeDestroy, expected) => {
  const { runner, kinds } = recording(phase);
  const planned = replacement(createBeforeDestroy);
  await runSteps(planned, runner);
  expect(kinds).toEqual(expected);
  expect(isRetiring(planned, runner)).toBe(phase === 'retire');
});

test('nothing runs after a step that failed', async () => {
  const { runner, kinds } = recording('all', 'network.remove');
  const planned = replacement();
  const result = await runSteps(planned, runner);
  expect(kinds).toEqual(['network.remove']);
  expect(leftAfterFailure(planned, result)).toMatchObject({ value: prior.value, diagnostics: [{ summary: 'no' }] });
  expect(retired(planned, result).value).toBe(prior.value);
});

test('after the old object went and the new one failed nothing is left', async () => {
  const { runner } = recording('all', 'network.create');
  const planned = replacement();
  const result = await runSteps(planned, runner);
  expect(leftAfterFailure(planned, result).value).toBeUndefined();
});

test('a removal that worked leaves nothing', async () => {
  const { runner } = recording('retire');
  const planned = replacement();
  expect(retired(planned, await runSteps(planned, runner)).value).toBeUndefined();
});

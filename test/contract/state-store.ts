/** What every state store must do, whatever it keeps states in. Each store's own test calls this with a way to make one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { State } from '../../core/state.ts';
import { emptyState } from '../../state/codec.ts';
import type { LockRequest, StateStore } from '../../state/store.ts';

export interface StoreUnderTest {
  /** Another object for the same place, as another run would have it. */
  open(): StateStore;
  clean(): Promise<void>;
}

function stateOf(serial: number, lineage = 'lineage-a'): State {
  return { ...emptyState(lineage, '1.11.4'), serial };
}

function request(overrides: Partial<LockRequest> = {}): LockRequest {
  const signal = new AbortController().signal;
  return { operation: 'OperationTypeApply', timeoutMs: 0, signal, notify: () => {}, ...overrides };
}

export function describeStateStore(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`state store: ${name}`, () => {
    let place: StoreUnderTest;
    beforeEach(async () => {
      place = await make();
    });
    afterEach(() => place.clean());

    it('has nothing at first', async () => {
      expect(await place.open().read()).toEqual({ value: null, diagnostics: [] });
    });

    it('gives another run what was written', async () => {
      expect(await place.open().write(stateOf(1))).toEqual([]);
      expect((await place.open().read()).value).toEqual(stateOf(1));
    });

    it('takes one newer state after another', async () => {
      const store = place.open();
      for (const serial of [1, 2, 5]) expect(await store.write(stateOf(serial))).toEqual([]);
      expect((await place.open().read()).value?.serial).toBe(5);
    });

    it('refuses what is not newer than what somebody else wrote', async () => {
      const slow = place.open();
      await slow.write(stateOf(1));
      await slow.read();
      await place.open().write(stateOf(2));
      expect(await slow.write(stateOf(2))).toMatchObject([{ summary: 'State was changed by somebody else' }]);
      expect((await place.open().read()).value?.serial).toBe(2);
    });

    it('refuses another lineage', async () => {
      await place.open().write(stateOf(1));
      const refused = await place.open().write(stateOf(2, 'lineage-b'));
      expect(refused).toMatchObject([{ summary: 'State belongs to something else' }]);
      expect((await place.open().read()).value?.lineage).toBe('lineage-a');
    });

    it('gives the lock to one at a time and says who has it', async () => {
      const first = await place.open().lock(request());
      expect(first.diagnostics).toEqual([]);
      const second = await place.open().lock(request());
      expect(second.value).toBeUndefined();
      expect(second.diagnostics).toMatchObject([{ summary: 'Error acquiring the state lock' }]);
      expect(second.diagnostics[0]?.detail).toContain(first.value?.info.id);
      expect(await first.value?.release()).toEqual([]);
      const third = await place.open().lock(request());
      expect(third.diagnostics).toEqual([]);
      await third.value?.release();
    });

    it('waits for the lock as long as it is told to, and says so', async () => {
      const held = await place.open().lock(request());
      const notices: string[] = [];
      const waiting = place.open().lock(request({ timeoutMs: 10_000, notify: (text) => notices.push(text) }));
      await expect.poll(() => notices.length, { timeout: 5000 }).toBe(1);
      await held.value?.release();
      const got = await waiting;
      expect(got.diagnostics).toEqual([]);
      await got.value?.release();
    });

    it('stops waiting when it is told to stop', async () => {
      const held = await place.open().lock(request());
      const stop = new AbortController();
      const waiting = place.open().lock(request({ timeoutMs: 60_000, signal: stop.signal }));
      stop.abort();
      expect((await waiting).value).toBeUndefined();
      await held.value?.release();
    });

    it('is unlocked by force with the right ID only', async () => {
      const held = await place.open().lock(request());
      const id = held.value?.info.id ?? '';
      expect(await place.open().forceUnlock('nobody')).toMatchObject([{ summary: 'Failed to unlock state' }]);
      expect(await place.open().forceUnlock(id)).toEqual([]);
      expect(await held.value?.release()).toMatchObject([{ severity: 'warning', summary: 'State lock was lost' }]);
      expect(await place.open().forceUnlock(id)).toMatchObject([{ summary: 'Failed to unlock state' }]);
    });
  });
}

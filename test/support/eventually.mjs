// Waiting for a condition, with a deadline: the only way in which test support waits.
import { setTimeout as pause } from 'node:timers/promises';

/** Asks `probe` until it returns something truthy, and returns that; undefined when the deadline (milliseconds) passes. */
export async function eventually(probe, { deadlineMs = 15_000, everyMs = 50 } = {}) {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() >= end) return undefined;
    await pause(everyMs);
  }
}

/**
 * A Swarm of one node for tests. An engine has one Swarm or none, and test files run side by side, so whoever needs it
 * to be one way holds a lock for as long.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { engine } from '../../support/engine-api.mjs';

const LOCK = join(tmpdir(), 'stowage-test-swarm.lock');
const LONGEST_WAIT_MS = 280_000;

/** Resolves to what undoes it. A Swarm that was there before stays. */
export async function ensureSwarm(): Promise<() => Promise<void>> {
  const unlock = await lockSwarm();
  const body = { ListenAddr: '127.0.0.1:2377', AdvertiseAddr: '127.0.0.1' };
  const { status } = await engine('POST', '/v1.41/swarm/init', body);
  return async () => {
    if (status === 200) await engine('POST', '/v1.41/swarm/leave?force=true');
    unlock();
  };
}

/** Runs while nobody else turns the Swarm on; tells whether there is one all the same. */
export async function whileSwarmRests<T>(run: (active: boolean) => Promise<T>): Promise<T> {
  const unlock = await lockSwarm();
  try {
    const { status } = await engine('GET', '/v1.41/swarm');
    return await run(status === 200);
  } finally {
    unlock();
  }
}

async function lockSwarm(): Promise<() => void> {
  const deadline = Date.now() + LONGEST_WAIT_MS;
  while (!tryLock()) {
    if (Date.now() > deadline) throw new Error(`another test has held ${LOCK} for too long`);
    await pause(100);
  }
  return () => rmSync(LOCK, { recursive: true, force: true });
}

/** A directory is made by one process only; a holder that is dead holds nothing. */
function tryLock(): boolean {
  try {
    mkdirSync(LOCK);
    writeFileSync(join(LOCK, 'pid'), String(process.pid));
    return true;
  } catch {
    if (!isAlive(holder())) rmSync(LOCK, { recursive: true, force: true });
    return false;
  }
}

function holder(): number | undefined {
  try {
    return Number(readFileSync(join(LOCK, 'pid'), 'utf8'));
  } catch {
    // Between the directory and the file: somebody is about to hold it.
    return undefined;
  }
}

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return true;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Removes services, configs and secrets whose names start with the prefix. */
export async function sweepSwarm(prefix: string): Promise<void> {
  for (const kind of ['services', 'configs', 'secrets']) {
    const { body } = await engine('GET', `/v1.41/${kind}`);
    const objects = Array.isArray(body) ? (body as { ID: string; Spec: { Name: string } }[]) : [];
    for (const { ID, Spec } of objects) {
      if (Spec.Name.startsWith(prefix)) await engine('DELETE', `/v1.41/${kind}/${ID}`);
    }
  }
}

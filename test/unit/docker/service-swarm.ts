/** A Swarm of one node for tests: made when there is none, and left again by whoever made it. */
import { engine } from '../../support/engine-api.mjs';

/** Resolves to what undoes it. A Swarm that was there before stays. */
export async function ensureSwarm(): Promise<() => Promise<void>> {
  const body = { ListenAddr: '127.0.0.1:2377', AdvertiseAddr: '127.0.0.1' };
  const { status } = await engine('POST', '/v1.41/swarm/init', body);
  return async () => {
    if (status === 200) await engine('POST', '/v1.41/swarm/leave?force=true');
  };
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

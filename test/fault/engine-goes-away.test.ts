/**
 * The engine goes away at every request of an apply in turn, before or after the request took effect. The state says
 * what exists, and the next apply converges: nothing twice, nothing forgotten.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { commandLine } from '../support/command-line.ts';
import { ensureBusyboxImage, ensureEngine } from '../support/docker-engine.mjs';
import { engine } from '../support/engine-api.mjs';
import { type Cut, EngineProxy } from './engine-proxy.ts';

const PREFIX = `stf-${process.pid}`;

const CONFIGURATION = `
resource "docker_network" "n" {
  name = "${PREFIX}-n"
}
resource "docker_volume" "v" {
  name = "${PREFIX}-v"
}
resource "docker_container" "a" {
  name    = "${PREFIX}-a"
  image   = "busybox:local"
  command = ["sleep", "600"]
  init    = true
  networks_advanced {
    name = docker_network.n.name
  }
  volumes {
    volume_name    = docker_volume.v.name
    container_path = "/data"
  }
  upload {
    file    = "/greeting"
    content = "hello"
  }
}
`;

let directory: string;

beforeAll(async () => {
  await ensureEngine();
  await ensureBusyboxImage();
});

afterEach(async () => {
  await commandLine(['destroy', '-auto-approve'], { directory });
  rmSync(directory, { recursive: true, force: true });
});

async function named(kind: 'containers' | 'networks'): Promise<string[]> {
  const query = `filters=${encodeURIComponent(JSON.stringify({ name: [PREFIX] }))}`;
  const { body } = await engine('GET', `/${kind}${kind === 'containers' ? '/json?all=1&' : '?'}${query}`);
  return (body as { Names?: string[]; Name?: string }[]).map((each) => each.Names?.[0] ?? each.Name ?? '').sort();
}

describe.each<Cut>(['before', 'after'])('the engine goes away %s a request takes effect', (cut) => {
  test.each([1, 2, 3, 4, 5, 6])('request %i', async (cutAt) => {
    directory = mkdtempSync(join(tmpdir(), 'stowage-fault-'));
    writeFileSync(join(directory, 'main.tf'), CONFIGURATION);
    await using proxy = await EngineProxy.start(cutAt, cut);
    const broken = await commandLine(['apply', '-auto-approve', '-parallelism=1'], {
      directory,
      environment: { DOCKER_HOST: proxy.host },
    });
    if (proxy.hasCut) {
      expect(broken.code).toBe(1);
      expect(broken.error).toContain('main.tf line');
    } else expect(broken.code).toBe(0);
    const mended = await commandLine(['apply', '-auto-approve'], { directory });
    expect(mended.error).not.toContain('Error:');
    expect(mended.code).toBe(0);
    expect(await named('containers')).toEqual([`/${PREFIX}-a`]);
    expect(await named('networks')).toEqual([`${PREFIX}-n`]);
    const again = await commandLine(['plan', '-detailed-exitcode'], { directory });
    expect(again.code).toBe(0);
  });
});

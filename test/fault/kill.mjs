/**
 * Kills an apply with SIGKILL at random instants, then applies again: nothing may be left over, twice or forgotten.
 * Usage: node test/fault/kill.mjs [how often, 20 unless told]. Prints a line for each kill and a summary.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBusyboxImage, ensureEngine } from '../support/docker-engine.mjs';
import { objectsOf } from '../support/engine-api.mjs';

const program = fileURLToPath(new URL('../../dist/stowage.mjs', import.meta.url));
const prefix = `stk-${process.pid}`;
const rounds = Number(process.argv[2] ?? 20);
const COUNT = 6;

const configuration = `
resource "docker_network" "n" {
  name = "${prefix}-n"
}
resource "docker_volume" "v" {
  name = "${prefix}-v"
}
resource "docker_container" "c" {
  count   = ${COUNT}
  name    = "${prefix}-\${count.index}"
  image   = "busybox:local"
  command = ["sleep", "1000"]
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

/** @returns {Promise<{ code: number | null, output: string }>} */
function run(directory, args, killAfterMs) {
  const child = spawn(process.execPath, [program, ...args], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((resolve) =>
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    }),
  );
}

async function round(directory, longestMs) {
  const killAfterMs = Math.round(Math.random() * longestMs);
  const killed = await run(directory, ['apply', '-auto-approve'], killAfterMs);
  const journal = existsSync(join(directory, 'terraform.tfstate.journal'));
  const mended = await run(directory, ['apply', '-auto-approve']);
  const again = await run(directory, ['plan', '-detailed-exitcode']);
  const objects = await objectsOf(prefix);
  const converged = mended.code === 0 && again.code === 0 && objects.length === COUNT + 2;
  const what = killed.code === null ? `killed after ${killAfterMs} ms` : 'ended before it was killed';
  console.log(`${what}, journal ${journal ? 'left' : 'none'}: ${converged ? 'converged' : 'DID NOT CONVERGE'}`);
  if (!converged) console.log(mended.output, again.output, objects);
  await run(directory, ['destroy', '-auto-approve']);
  const left = await objectsOf(prefix);
  if (left.length > 0) console.log('left over:', left);
  return { killed: killed.code === null, converged: converged && left.length === 0 };
}

await ensureEngine();
await ensureBusyboxImage();
const directory = mkdtempSync(join(tmpdir(), 'stowage-kill-'));
writeFileSync(join(directory, 'main.tf'), configuration);
const startedAt = Date.now();
await run(directory, ['apply', '-auto-approve']);
const longestMs = Date.now() - startedAt;
await run(directory, ['destroy', '-auto-approve']);
let [kills, good] = [0, 0];
for (let index = 0; index < rounds; index++) {
  const { killed, converged } = await round(directory, longestMs);
  if (killed) kills++;
  if (converged) good++;
}
rmSync(directory, { recursive: true, force: true });
console.log(`${kills} kills in ${rounds} rounds, ${good} of ${rounds} converged`);
process.exitCode = good === rounds ? 0 : 1;

/**
 * A registry on loopback for tests: Debian's docker-registry, installed where it is missing and that is possible,
 * on a port of its own with its data in a temporary folder. It is stopped and removed by `stop`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.mjs';

const PROGRAM = '/usr/bin/docker-registry';

export interface TestRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  stop(): Promise<void>;
}

/** Why no registry can be had here; undefined when one can. */
export function registryMissing(): string | undefined {
  if (existsSync(PROGRAM)) return undefined;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return 'docker-registry is not installed';
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = (): number | null =>
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'docker-registry'], { env, stdio: 'ignore' })
      .status;
  if (install() !== 0) {
    spawnSync('apt-get', ['update'], { env, stdio: 'ignore' });
    install();
  }
  return existsSync(PROGRAM) ? undefined : 'docker-registry cannot be installed';
}

/** Starts a registry, with a login when one is given. */
export async function startRegistry(login?: {
  readonly user: string;
  readonly password: string;
}): Promise<TestRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'sti-registry-'));
  const port = await freePort();
  const auth = login === undefined ? '' : await loginConfig(folder, login);
  const config = `version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: ${folder}/data}, delete: {enabled: true}}
http: {addr: "127.0.0.1:${port}"}
${auth}`;
  await writeFile(join(folder, 'config.yml'), config);
  const child = spawn(PROGRAM, ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  const up = await eventually(() => answers(port), { deadlineMs: 15_000 });
  if (up !== true) throw new Error('docker-registry does not answer');
  return { host: `127.0.0.1:${port}`, stop: () => stop(child, folder) };
}

async function loginConfig(folder: string, { user, password }: { user: string; password: string }): Promise<string> {
  const { hashSync } = await import('bcryptjs');
  await writeFile(join(folder, 'htpasswd'), `${user}:${hashSync(password, 4).replace(/^\$2b/, '$2y')}\n`);
  return `auth: {htpasswd: {realm: test, path: ${folder}/htpasswd}}\n`;
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/v2/`).then(
    () => true,
    () => false,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await ended;
  await rm(folder, { recursive: true, force: true });
}

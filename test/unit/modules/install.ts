/** A directory with a configuration, `init` in it, and places on this machine to fetch modules from. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Printed, commandLine } from '../../support/command-line.ts';

export type Files = Readonly<Record<string, string>>;

export function folder(files: Files = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'stowage-modules-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFiles(directory, files);
  return directory;
}

export function writeFiles(directory: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

/** A module whose output tells which one it is. */
export function telling(value: string): string {
  return `output "value" {\n  value = "${value}"\n}\n`;
}

export function git(directory: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...identity, '-C', directory, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Bare, with one commit for each set of files, tagged v1, v2 ... */
export function bareRepository(...commits: readonly Files[]): string {
  const work = folder();
  git(work, 'init', '--quiet');
  for (const [index, files] of commits.entries()) {
    writeFiles(work, files);
    git(work, 'add', '.');
    git(work, 'commit', '--quiet', '-m', `commit ${index + 1}`);
    git(work, 'tag', `v${index + 1}`);
  }
  const bare = join(folder(), 'repository.git');
  git(work, 'clone', '--quiet', '--bare', work, bare);
  return bare;
}

/** Contents of an archive made of these files by tar or zip's own program. */
export function tarball(files: Files, options = '-czf'): Buffer {
  const directory = folder(files);
  return execFileSync('tar', [options, '-', '-C', directory, '.'], { maxBuffer: 1 << 24 });
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** `127.0.0.1:port` of a server that lives as long as the test. */
export async function serve(answer: Answer): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function init(directory: string, args: readonly string[] = [], environment: Files = {}): Promise<Printed> {
  return commandLine(['init', ...args], { directory, environment });
}

export function manifest(directory: string): unknown {
  return JSON.parse(readFileSync(join(directory, '.terraform/modules/modules.json'), 'utf8')).Modules;
}

/** Values of the root's outputs after an apply. */
export async function outputs(directory: string): Promise<Record<string, unknown>> {
  const applied = await commandLine(['apply', '-auto-approve'], { directory });
  if (applied.code !== 0) throw new Error(applied.error);
  const shown = JSON.parse((await commandLine(['output', '-json'], { directory })).out) as Record<
    string,
    { value: unknown }
  >;
  return Object.fromEntries(Object.entries(shown).map(([name, { value }]) => [name, value]));
}

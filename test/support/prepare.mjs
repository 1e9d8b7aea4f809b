// What must be there before anything of the project can run: node_modules as the lock file says, and a dist/ that is
// not older than the sources. Runs on plain Node, without any package.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const cli = join(root, 'dist', 'stowage.mjs');

/** Folders and files that the bundle is made from. */
const sources = [
  'cmd',
  'core',
  'providers',
  'state',
  'package.json',
  'package-lock.json',
  'test/support/build.mjs',
  'test/support/shims',
];

/** Installs node_modules when they are missing or not those of the lock file; throws with npm's output when that fails. */
export function prepareModules() {
  requireNode();
  if (!modulesMatchLock()) run('Installing node_modules with npm ci.', 'npm', ['ci', '--no-audit', '--no-fund']);
}

/** Installs and builds what is missing or stale, saying so; throws with the tool's output when that fails. */
export function prepare() {
  prepareModules();
  if (distIsStale()) run('Building dist/.', process.execPath, [join(root, 'test/support/build.mjs')]);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    throw new Error(`Node 20.19 or newer is needed; this is ${process.version}.`);
}

function run(announcement, program, args) {
  console.log(announcement);
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0) return;
  throw new Error(`${program} ${args.join(' ')} failed.\n${error?.message ?? `${stdout}${stderr}`}`);
}

function packagesOf(file) {
  if (!existsSync(file)) return undefined;
  const { packages } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.entries(packages).filter(([path]) => path.startsWith('node_modules/'));
}

/** Packages for other platforms are in the lock file and not on this machine: those are marked optional. */
function modulesMatchLock() {
  const installed = packagesOf(join(root, 'node_modules/.package-lock.json'));
  if (!installed) return false;
  const versions = new Map(installed.map(([path, { version }]) => [path, version]));
  return packagesOf(join(root, 'package-lock.json')).every(([path, { version, optional }]) => {
    const found = versions.get(path);
    return found === version || (found === undefined && optional);
  });
}

/** A folder's own time is looked at too: it is what changes when a file is removed. */
function newest(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), mtimeMs);
}

function distIsStale() {
  if (!existsSync(cli)) return true;
  const built = statSync(cli).mtimeMs;
  return sources.some((path) => newest(join(root, path)) > built);
}

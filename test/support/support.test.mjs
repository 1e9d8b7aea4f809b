// The test support's own parts: the bundle, the shim in it, the tar of the image, the counts of the last line.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { build } from './build.mjs';
import { root } from './prepare.mjs';
import { engineHost } from './engine-api.mjs';
import stringWidth from './shims/string-width.mjs';
import { tar } from './tar.mjs';

const folder = mkdtempSync(join(tmpdir(), 'stowage-support-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const node = (...args) => spawnSync(process.execPath, args, { encoding: 'utf8', cwd: folder });

describe('the build', () => {
  /** Bundles a text as if it were cmd/main.ts; the sources must lie in the project for its packages to be found. */
  async function bundle(name, text) {
    const source = join(root, '.test-work', 'build', `${name}.ts`);
    mkdirSync(join(source, '..'), { recursive: true });
    writeFileSync(source, text);
    const outdir = join(folder, name);
    await build({ entry: source, outdir });
    return join(outdir, 'stowage.mjs');
  }

  it('makes an executable that needs no node_modules and loads its chunks when they are used', async () => {
    const entry = await bundle(
      'lazy',
      `if (process.argv[2]) {
  const { default: Docker } = await import('dockerode');
  const { default: yargs } = await import('yargs');
  console.log(typeof new Docker({ socketPath: '/nowhere' }).listContainers, yargs(['--a', '1']).argv.a);
} else console.log(__STOWAGE_VERSION__);
declare const __STOWAGE_VERSION__: string;`,
    );
    expect(statSync(entry).mode & 0o111).toBe(0o111);
    expect(statSync(entry).size).toBeLessThan(5000);
    const chunks = join(folder, 'lazy', 'chunks');
    expect(node(entry, 'all')).toMatchObject({ status: 0, stdout: 'function 1\n', stderr: '' });
    // Without the chunks the entry still runs as long as it needs none.
    rmSync(chunks, { recursive: true });
    expect(node(entry)).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(node(entry, 'all').status).toBe(1);
  });

  it('gives the names of a CommonJS package to who imports it when it is used', async () => {
    const entry = await bundle(
      'names',
      `const { pack, extract, default: whole } = await import('tar-stream');
const { diffLines } = await import('diff');
console.log(typeof pack, typeof extract, whole.pack === pack, typeof diffLines);`,
    );
    expect(node(entry)).toMatchObject({ status: 0, stdout: 'function function true function\n', stderr: '' });
  });

  it('leaves the last good build alone when the sources do not bundle', async () => {
    const entry = await bundle('broken', 'console.log(1);');
    await expect(bundle('broken', "import './missing.ts';")).rejects.toThrow('Could not resolve');
    expect(node(entry).stdout).toBe('1\n');
    expect(readdirSync(folder).filter((name) => name.startsWith('broken'))).toEqual(['broken']);
  });
});

describe('string-width', () => {
  it.each([
    ['plain', 5],
    ['', 0],
    [undefined, 0],
    ['\u001b[31mred\u001b[0m', 3],
    ['\u001b]8;;http://x\u0007link\u001b]8;;\u0007', 4],
    ['naïve', 5],
    ['e\u0301', 1],
    ['漢字', 4],
    ['👩‍👩‍👧', 2],
    ['✔', 1],
    ['\u200b', 0],
  ])('%j takes %d columns', (text, columns) => {
    expect(stringWidth(text)).toBe(columns);
  });
});

describe('the engine', () => {
  /** A docker configuration with one context, as the docker CLI writes it. */
  function configuration(currentContext) {
    const config = mkdtempSync(join(folder, 'docker-'));
    const meta = join(config, 'contexts', 'meta', createHash('sha256').update('far').digest('hex'));
    mkdirSync(meta, { recursive: true });
    writeFileSync(join(meta, 'meta.json'), '{"Name":"far","Endpoints":{"docker":{"Host":"tcp://far:1"}}}');
    writeFileSync(join(config, 'config.json'), JSON.stringify({ currentContext }));
    return config;
  }

  it('is where the docker CLI would look', () => {
    const local = 'unix:///var/run/docker.sock';
    expect(engineHost({ DOCKER_CONFIG: configuration() })).toBe(local);
    expect(engineHost({ DOCKER_CONFIG: configuration('default') })).toBe(local);
    expect(engineHost({ DOCKER_CONFIG: configuration('far') })).toBe('tcp://far:1');
    expect(engineHost({ DOCKER_CONFIG: configuration(), DOCKER_CONTEXT: 'far' })).toBe('tcp://far:1');
    expect(engineHost({ DOCKER_CONFIG: configuration('far'), DOCKER_HOST: 'unix:///x' })).toBe('unix:///x');
  });
});

describe('tar', () => {
  it('is read by tar', () => {
    const entries = [
      { name: 'bin/', mode: 0o755 },
      { name: 'bin/a', mode: 0o755, content: Buffer.from('x'.repeat(600)) },
      { name: 'bin/b', mode: 0o755, link: 'bin/a' },
    ];
    const { stdout, status } = spawnSync('tar', ['-tvf', '-'], { input: tar(entries), encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^drwxr-xr-x .* bin\/\n-rwxr-xr-x 0\/0 +600 .* bin\/a\nhrwxr-xr-x .* bin\/b link to bin\/a\n$/,
    );
  });
});

describe('the counts', () => {
  const counts = (report) => {
    const file = join(folder, 'report.json');
    writeFileSync(file, JSON.stringify(report));
    return node(join(root, 'test/support/test-counts.mjs'), file);
  };
  const file = (status, tests) => ({ status, assertionResults: Array.from({ length: tests }, () => ({})) });

  it('are those of the report', () => {
    const report = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 0, testResults: [file('failed', 4)] };
    expect(counts(report).stdout).toBe('3 passed, 1 failed\n');
    expect(counts({ ...report, numPendingTests: 2 }).stdout).toBe('3 passed, 1 failed, 2 skipped\n');
  });

  it('have a failure for a file that could not be loaded', () => {
    const report = {
      numPassedTests: 3,
      numFailedTests: 0,
      numPendingTests: 0,
      testResults: [file('passed', 3), file('failed', 0)],
    };
    expect(counts(report).stdout).toBe('3 passed, 1 failed\n');
  });

  it('are an error without a report', () => {
    const { status, stdout, stderr } = node(join(root, 'test/support/test-counts.mjs'), join(folder, 'none.json'));
    expect(status).toBe(1);
    expect(stdout).toBe('0 passed, 0 failed\n');
    expect(stderr).toContain('no report');
  });
});

// npm test: prepares, then runs every kind of check, one line each with its time, and all of them whatever fails.
// The counts of the test runner go to .test-work/report.json, which .ci/run reads.
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBusyboxImage, ensureEngine } from './docker-engine.mjs';
import { prepare, root } from './prepare.mjs';

const report = join(root, '.test-work', 'report.json');
/** Colours are for a terminal; some of the tools would print them into a log as well. */
const env = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
const tool = (name) => join(root, 'node_modules', '.bin', name);

/** Runs a program without a terminal; resolves to what it printed, and rejects with it when it fails. */
function run(program, args, { show = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env,
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(output || `exit code ${code}`))));
  });
}

const vitestArguments = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];

const stages = [
  ['packages and build', async () => prepare()],
  ['docker engine and image', async () => ensureEngine().then(ensureBusyboxImage)],
  ['format', () => run(tool('biome'), ['format', '.'])],
  ['lint', () => run(tool('biome'), ['lint', '--error-on-warnings', '.'])],
  ['import directions', () => run(process.execPath, [join(root, 'test/support/lint-imports.mjs')])],
  ['types', () => run(tool('tsc'), ['--noEmit'])],
  ['tests', () => run(tool('vitest'), vitestArguments, { show: true })],
];

async function stage([name, work]) {
  const started = performance.now();
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  try {
    await work();
    console.log(`ok      ${name} (${seconds()})`);
    return true;
  } catch (error) {
    console.log(`FAILED  ${name} (${seconds()})\n${error.message.trimEnd().replace(/^/gm, '        ')}`);
    return false;
  }
}

rmSync(report, { force: true });
mkdirSync(join(root, '.test-work'), { recursive: true });
const failed = [];
for (const each of stages) if (!(await stage(each))) failed.push(each[0]);
console.log(failed.length ? `\nFailed: ${failed.join(', ')}.` : '\nEverything passed.');
process.exit(failed.length ? 1 : 0);

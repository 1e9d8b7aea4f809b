// npm run demo: applies the quickstart on a real engine, fetches the page it serves, shows that a second plan is empty
// and what one changed argument would do. It checks each of its claims, and ends with how to take everything away.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBusyboxImage, ensureEngine } from './docker-engine.mjs';
import { eventually } from './eventually.mjs';
import { cli, prepare, root } from './prepare.mjs';

const folder = join(root, 'examples', 'quickstart');

/** Runs the CLI in the example and shows what a person would see; returns what it printed. */
function stowage(args, wantedCode) {
  console.log(`\n$ stowage ${args.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg)).join(' ')}`);
  const colour = process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: '1' } : {};
  const options = {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...colour },
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], options);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  if (status !== wantedCode)
    throw new Error(`stowage ${args[0]} ended with exit code ${status}, and ${wantedCode} was expected.`);
  return stdout;
}

async function page(url) {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    return answer.ok ? await answer.text() : undefined;
  } catch {
    return undefined;
  }
}

async function fetchPage(url, wanted) {
  console.log(`\n$ wget -q -O - ${url}`);
  let last;
  const found = await eventually(async () => {
    last = await page(url);
    return last?.includes(wanted);
  });
  if (!found)
    throw new Error(`${url} does not say "${wanted}"${last === undefined ? ': nothing answers' : `, but: ${last}`}`);
  console.log(last.trimEnd());
}

async function demo() {
  prepare();
  await ensureEngine();
  await ensureBusyboxImage();
  console.log(`In ${folder}:`);
  stowage(['init'], 0);
  stowage(['apply', '-auto-approve'], 0);
  await fetchPage(stowage(['output', '-raw', 'url'], 0).trim(), 'Hello from Stowage');
  // Exit code 0 with -detailed-exitcode: there is nothing to do. 2: there is.
  stowage(['plan', '-detailed-exitcode'], 0);
  stowage(['plan', '-detailed-exitcode', '-var', 'message=Hello again'], 2);
  console.log('\nThe page is still served. To take everything away:');
  console.log(`    node ${cli} -chdir=${folder} destroy -auto-approve`);
}

try {
  await demo();
} catch (error) {
  console.error(`\nThe demo stopped: ${error.message}`);
  process.exitCode = 1;
}

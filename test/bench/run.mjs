// npm run bench: what the tool costs beside the same work done otherwise, as ratios from interleaved runs.
// usage: npm run bench [-- NAME...] [-- --runs N] [-- --live 50,500]; names: startup validate plan growth noop apply memory
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBusyboxImage, ensureEngine } from '../support/docker-engine.mjs';
import { sweep } from '../support/engine-api.mjs';
import { cli, prepare } from '../support/prepare.mjs';
import { compare, peakMemory, wallTime } from './measure.mjs';

const work = mkdtempSync(join(tmpdir(), 'stowage-bench-'));
const prefix = `stbench${process.pid}`;
const bareScript = join(import.meta.dirname, 'bare.mjs');
const hasTerraform = !spawnSync('terraform', ['version'], { stdio: 'ignore' }).error;

const stowage = (cwd, ...args) => ({ program: process.execPath, args: [cli, ...args], cwd });
const terraform = (cwd, ...args) => ({ program: 'terraform', args, cwd });
const bare = (...args) => ({ program: process.execPath, args: [bareScript, ...args], cwd: work });
const emptyNode = { program: process.execPath, args: ['-e', '0'], cwd: work };

const rows = [];

/** One row of the table. `limit` is the ratio that the design asks for, as text; figures are milliseconds unless said. */
function report(what, ours, theirs, { beside, limit = '', unit = ' ms' }) {
  const shown = (value) => `${value >= 100 ? Math.round(value) : value.toFixed(1)}${unit}`;
  rows.push([what, shown(ours), `${shown(theirs)} (${beside})`, (ours / theirs).toFixed(2), limit]);
  console.error(`${what}: ${shown(ours)}, ${beside} ${shown(theirs)}, ratio ${(ours / theirs).toFixed(2)}`);
}

function folder(name, files) {
  const path = join(work, name);
  mkdirSync(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

/** `count` resources in one file, each tenth referring to the one before it. */
function manyData(count) {
  const block = (index) => {
    const input = index % 10 === 0 && index > 0 ? `terraform_data.r${index - 1}.output` : `"value ${index}"`;
    return `resource "terraform_data" "r${index}" {\n  input = ${input}\n}\n`;
  };
  return folder(`data-${count}`, { 'main.tf': Array.from({ length: count }, (_, index) => block(index)).join('\n') });
}

function containers(name, count, more = '') {
  return folder(name, {
    'main.tf': `terraform {
  required_providers {
    docker = { source = "kreuzwerker/docker" }
  }
}

resource "docker_image" "busybox" {
  name         = "busybox:local"
  keep_locally = true
}

resource "docker_container" "app" {
  count   = ${count}
  name    = "${prefix}-${name}-\${count.index}"
  image   = docker_image.busybox.image_id
  command = ["sleep", "86400"]
  init    = true
${more}}
`,
  });
}

async function besideTerraform(what, cwd, args, { runs, limit }) {
  if (!hasTerraform) {
    console.error(`${what}: skipped, there is no terraform on the PATH`);
    return;
  }
  await wallTime(terraform(cwd, 'init'));
  const [ours, theirs] = await compare([stowage(cwd, ...args), terraform(cwd, ...args)], { runs });
  report(what, ours, theirs, { beside: 'terraform', limit });
}

const benches = {
  async startup({ runs }) {
    const cwd = folder('empty', {});
    const works = [stowage(cwd, 'version'), stowage(cwd, 'validate'), emptyNode];
    const [version, validate, node] = await compare(works, { runs: runs * 4 });
    report('`version`', version, node, { beside: 'node -e 0', limit: '1.3' });
    report('`validate` of an empty directory', validate, node, { beside: 'node -e 0', limit: '1.3' });
  },

  async validate(options) {
    const args = ['validate'];
    await besideTerraform('`validate` of 1,000 resources', manyData(1000), args, { ...options, limit: '1.0' });
  },

  async plan({ runs }) {
    await besideTerraform('`plan` of 1,000 resources', manyData(1000), ['plan'], { runs, limit: '0.33' });
    await besideTerraform('`plan` of 10,000 resources', manyData(10_000), ['plan'], {
      runs: Math.min(runs, 3),
      limit: '0.33',
    });
  },

  async growth({ runs }) {
    const works = [stowage(manyData(10_000), 'plan'), stowage(manyData(1000), 'plan')];
    const [large, small] = await compare(works, { runs: Math.min(runs, 3) });
    report('`plan` of 10,000 resources', large, small, { beside: '1,000 resources', limit: '12' });
  },

  async noop({ runs, live }) {
    for (const count of live) {
      // Without a network of their own, thousands of containers start in reasonable time and fit on one bridge.
      const cwd = containers(`noop${count}`, count, '  network_mode = "none"\n');
      await wallTime(stowage(cwd, 'apply', '-auto-approve'));
      const works = [stowage(cwd, 'plan', '-detailed-exitcode'), bare('list', `${prefix}-noop${count}-`)];
      const [ours, theirs] = await compare(works, { runs });
      report(`no-op \`plan\` of ${count} live containers`, ours, theirs, { beside: 'bare Engine calls', limit: '1.5' });
      await wallTime(stowage(cwd, 'destroy', '-auto-approve'));
    }
  },

  async apply({ runs }) {
    const cwd = containers('apply', 50);
    const rounds = Math.min(runs, 3);
    const works = [
      stowage(cwd, 'apply', '-auto-approve'),
      stowage(cwd, 'destroy', '-auto-approve'),
      bare('apply', `${prefix}-bare`, '50'),
      bare('destroy', `${prefix}-bare`),
    ];
    const [apply, destroy, bareApply, bareDestroy] = await compare(works, { runs: rounds });
    report('`apply` of 50 containers', apply, bareApply, { beside: 'bare Engine calls', limit: '1.15' });
    report('`destroy` of 50 containers', destroy, bareDestroy, { beside: 'bare Engine calls', limit: '1.15' });
  },

  async memory({ runs }) {
    if (process.platform !== 'linux' || !hasTerraform) {
      console.error('memory: skipped, it needs Linux and terraform');
      return;
    }
    for (const count of [1000, 10_000]) {
      const cwd = manyData(count);
      await wallTime(terraform(cwd, 'init'));
      const works = [stowage(cwd, 'plan'), terraform(cwd, 'plan')];
      const [ours, theirs] = await compare(works, { runs: Math.min(runs, 3), measure: peakMemory, warm: false });
      const what = `peak memory, \`plan\` of ${count.toLocaleString('en')} resources`;
      report(what, ours / 2 ** 20, theirs / 2 ** 20, { beside: 'terraform', limit: '1.0', unit: ' MiB' });
    }
  },
};

function table() {
  const lines = [
    ['Work', 'Stowage', 'Beside it', 'Ratio', 'Wanted, at most'],
    ['---', '---:', '---:', '---:', '---:'],
    ...rows,
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: 'string', default: '5' }, live: { type: 'string', default: '50,500' } },
  });
  const names = positionals.length ? positionals : Object.keys(benches);
  const unknown = names.filter((name) => !benches[name]);
  if (unknown.length)
    throw new Error(`there is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  prepare();
  if (names.some((name) => ['noop', 'apply'].includes(name))) {
    await ensureEngine();
    await ensureBusyboxImage();
  }
  const options = { runs: Number(values.runs), live: values.live.split(',').map(Number) };
  const failures = [];
  for (const name of names) {
    await benches[name](options).catch((error) => failures.push(`${name}: ${error.message}`));
  }
  console.log(`\n${table()}\n\nMedians of interleaved runs; Node ${process.version}, ${cpus().length} CPUs.`);
  for (const failure of failures) console.error(`\nNot measured: ${failure}`);
  return failures.length ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
  await sweep(prefix).catch(() => undefined);
}

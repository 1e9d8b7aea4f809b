// Runs programs to their end and takes their time or their memory. Runs are interleaved, so that what else happens on
// the machine meets all of them alike; a figure is the median.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A program to measure: { program, args, cwd, code }; `code` is the exit code that it must end with (default 0). */
function start({ program, args, cwd }) {
  const env = { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1', NO_COLOR: '1' };
  return spawn(program, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
}

function end(child, { program, args, code = 0 }) {
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (ended) => {
      if (ended === code) resolve();
      else reject(new Error(`${program} ${args.join(' ')} ended with ${ended}, expected ${code}\n${errors}`));
    });
  });
}

/** Milliseconds from start to end of one run. */
export async function wallTime(work) {
  const started = performance.now();
  await end(start(work), work);
  return performance.now() - started;
}

/** The largest resident memory of one run's process in bytes, as the kernel has it (Linux only). */
export async function peakMemory(work) {
  const child = start(work);
  let peak = 0;
  const read = () => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // The process has ended; the last reading stands.
    }
  };
  const timer = setInterval(read, 5);
  await end(child, work).finally(() => clearInterval(timer));
  return peak * 1024;
}

export function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Medians of `measure` over `runs` interleaved rounds, one per work, after one round that is not counted. */
export async function compare(works, { runs, measure = wallTime, warm = true }) {
  const taken = works.map(() => []);
  for (let round = warm ? -1 : 0; round < runs; round += 1) {
    for (const [index, work] of works.entries()) {
      const value = await measure(work);
      if (round >= 0) taken[index].push(value);
    }
  }
  return taken.map(median);
}

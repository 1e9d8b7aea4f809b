/** Runs a piece of TypeScript of this project in a process of its own, so that it can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../../..');

/** @param code a module; it imports from the project's root by `./state/...` */
export async function bundle(code: string): Promise<{ file: string; clean(): Promise<void> }> {
  const directory = join(tmpdir(), `stowage-process-${process.pid}-${Math.random().toString(36).slice(2)}`);
  await mkdir(directory);
  const file = join(directory, 'main.mjs');
  await build({
    stdin: { contents: code, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outfile: file,
    logLevel: 'silent',
  });
  return { file, clean: () => rm(directory, { recursive: true }) };
}

export function start(file: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Resolves when the process has printed `word`. */
export function printed(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes(word)) resolve();
    });
    child.on('exit', () => reject(new Error(`ended without "${word}": ${text}`)));
  });
}

export function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.on('exit', () => resolve());
  });
}

// A program that a script started: its output so far, and its end.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface Exit {
  /** The exit code; 128 and the signal's number when a signal ended it, as a shell says. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Child {
  readonly ended: Promise<Exit>;
  /** What it has printed until now, both streams. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
}

export interface SpawnOptions {
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly stdin?: string;
}

/** Starts a program without a terminal. `ended` rejects only when it cannot be started at all. */
export function spawnChild(program: string, args: readonly string[], { cwd, env, stdin = '' }: SpawnOptions): Child {
  const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  // A program that ends without reading its input is no failure.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const ended = new Promise<Exit>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? endedBy(signal), stdout, stderr }));
  });
  return { ended, output: () => stdout + stderr, kill: (signal) => child.kill(signal) };
}

function endedBy(signal: NodeJS.Signals | null): number {
  return 128 + (signal ? constants.signals[signal] : 0);
}

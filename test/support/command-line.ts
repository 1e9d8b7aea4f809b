/** The whole command line in the process of the test: what it prints and answers, with everything outside it given. */
import type { ExitCode, Io } from '../../cmd/io.ts';
import { runCommandLine } from '../../cmd/cli.ts';

export interface Invocation {
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly signal?: AbortSignal;
}

export interface Printed {
  readonly code: ExitCode;
  readonly out: string;
  readonly error: string;
}

export async function commandLine(args: readonly string[], invocation: Invocation): Promise<Printed> {
  let out = '';
  let error = '';
  const lines = (invocation.input ?? '').split('\n');
  const io: Io = {
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
    terminal: { input: false, output: false, error: false },
    columns: undefined,
    environment: { PATH: process.env.PATH, TZ: 'UTC', NO_COLOR: '1', ...invocation.environment },
    workingDirectory: invocation.directory,
    homeDirectory: '/home/tester',
    signal: invocation.signal ?? new AbortController().signal,
    processes: { pid: process.pid, isAlive: (pid) => pid === process.pid },
    platform: 'linux_amd64',
    now: () => new Date(),
    readLine: async () => lines.shift(),
    readInput: async () => invocation.input ?? '',
  };
  const code = await runCommandLine(args, io);
  return { code, out, error };
}

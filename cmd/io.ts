/** The outside world of a command: where its words go, where answers come from, what the process knows of itself. */
import type { Processes } from '../state/process-identity.ts';

/** 3 is what `fmt -check` ends with when something would change. */
export type ExitCode = 0 | 1 | 2 | 3;

export interface Io {
  out(text: string): void;
  error(text: string): void;
  /** What is a terminal and what is a file or a pipe. */
  readonly terminal: { readonly input: boolean; readonly output: boolean; readonly error: boolean };
  /** Of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute; what `-chdir` says when it was given. */
  readonly workingDirectory: string;
  readonly homeDirectory: string;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly processes: Processes;
  /** `linux_amd64`, as Terraform names it. */
  readonly platform: string;
  now(): Date;
  /** One line of the input without its line break; undefined at its end. */
  readLine(): Promise<string | undefined>;
  /** All of the input. */
  readInput(): Promise<string>;
}

/** Colours: on a terminal, unless somebody has said no. */
export function wantsColour(io: Io, noColor: boolean): boolean {
  if (noColor || (io.environment.NO_COLOR ?? '') !== '' || io.environment.TERM === 'dumb') return false;
  return io.terminal.output;
}

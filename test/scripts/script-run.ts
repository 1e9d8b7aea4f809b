// What a script and its commands share: the folder, the variables, the last outputs, and how a command says no.
import type { Archive } from './archive.ts';
import type { Child } from './child.ts';
import type { Line } from './words.ts';

export interface ScriptOptions {
  /** The bundled CLI that `stowage` runs. */
  readonly cli: string;
  /** Rewrite the files that `cmp` finds different instead of failing. */
  readonly update?: boolean;
  /** Keep the working folder, and say where it is. */
  readonly keep?: boolean;
}

/** What a command of a script sees and changes. */
export interface ScriptRun {
  readonly work: string;
  readonly cli: string;
  readonly update: boolean;
  readonly archive: Archive;
  /** Files of the archive that `cmp` rewrote. */
  readonly rewritten: Map<string, string>;
  /** ID, WORK, PORT1..3: what is substituted and scrubbed. */
  readonly own: ReadonlyMap<string, string>;
  /** The same and what `env` and `remember` set. */
  readonly variables: Map<string, string>;
  readonly environment: Record<string, string>;
  stdout: string;
  stderr: string;
  stdin: string;
  background: Child | undefined;
  /** Runs another command of the script's language; throws ScriptFailure when it does not end as expected. */
  perform(words: readonly string[], expect: Line['expect']): Promise<void>;
}

/** Thrown by a command that found something else than it was told to find. */
export class ScriptFailure extends Error {}

/** Thrown by `skip-unless`. */
export class ScriptSkipped extends Error {}

/** What a command is: its flags as data and a function. One file in `commands/` each. */
import type { Flags } from './arguments.ts';
import type { ExitCode, Io } from './io.ts';

export interface Command {
  /** One line for the help. */
  readonly describe: string;
  /** For the help: `[PLAN]`. */
  readonly usage?: string;
  readonly flags: Flags;
  /** How many words may follow the flags. */
  readonly words: { readonly least: number; readonly most: number };
  run(args: Arguments, io: Io): Promise<ExitCode>;
}

/** What was typed, checked against the flags. */
export class Arguments {
  readonly words: readonly string[];
  /** `-var` and its like in the order in which they were typed. */
  readonly lists: readonly { readonly name: string; readonly value: string }[];
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(
    words: readonly string[],
    lists: readonly { readonly name: string; readonly value: string }[],
    values: Readonly<Record<string, unknown>>,
  ) {
    this.words = words;
    this.lists = lists;
    this.#values = values;
  }

  boolean(name: string): boolean {
    return this.#values[name] === true;
  }

  /** Undefined when it was not given and has no default. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    return value === undefined ? undefined : String(value);
  }

  number(name: string, otherwise: number): number {
    const value = this.#values[name];
    return value === undefined ? otherwise : Number(value);
  }

  list(name: string): readonly string[] {
    return this.lists.filter((item) => item.name === name).map((item) => item.value);
  }
}

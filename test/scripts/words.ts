// One line of a script: words, quotes, variables. It knows no command by name.

export interface Line {
  /** 1-based, in the archive's file. */
  readonly number: number;
  readonly text: string;
  /** The exit code that the command must end with: 0, 'failure' (after `!`), or the number of `[exit N]`. */
  readonly expect: number | 'failure';
  readonly words: readonly string[];
}

const word = /'((?:[^']|'')*)'|[^\s']+/g;

/** Words of a line. Single quotes hold spaces; two of them inside quotes are one quote. */
export function splitWords(text: string): string[] {
  return [...text.matchAll(word)].map(([whole, quoted]) =>
    quoted === undefined ? whole : quoted.replaceAll("''", "'"),
  );
}

/** `$NAME` and `${NAME}` become the variable's value, also inside quotes; names that are not set stay as they are. */
export function substitute(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g,
    (whole, braced, plain) => variables.get(braced ?? plain) ?? whole,
  );
}

/** The same for a file of the archive, where `${NAME}` belongs to the language under test. */
export function substituteInFile(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$([A-Z]\w*)/g, (whole, name) => variables.get(name) ?? whole);
}

/** The commands of a script, without comments (`#`) and empty lines. Variables are substituted when a line runs. */
export function parseScript(script: string): Line[] {
  return script.split('\n').flatMap((raw, index) => {
    const text = raw.trim();
    if (text === '' || text.startsWith('#')) return [];
    const exit = /^\[exit (\d+)\]\s+/.exec(text);
    const rest = text.slice(exit ? exit[0].length : 0);
    const fails = rest.startsWith('! ');
    const expect = exit ? Number(exit[1]) : fails ? ('failure' as const) : 0;
    return [{ number: index + 1, text, expect, words: splitWords(fails ? rest.slice(2) : rest) }];
  });
}

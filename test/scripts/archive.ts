// A script archive as text: commands above, files below, each file under a line `-- name --`.

export interface Archive {
  /** The commands, with everything before the first file. */
  readonly script: string;
  readonly files: ReadonlyMap<string, string>;
}

const marker = /^-- (.+) --$/;

/** Splits a text into script and files. A file's text ends with a newline unless it is empty. */
export function parseArchive(text: string): Archive {
  const script: string[] = [];
  const files = new Map<string, string[]>();
  let lines = script;
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const name = marker.exec(line)?.[1];
    if (name === undefined) lines.push(line);
    else {
      lines = [];
      files.set(name.trim(), lines);
    }
  }
  const join = (part: string[]) => part.map((line) => `${line}\n`).join('');
  return { script: join(script), files: new Map([...files].map(([name, part]) => [name, join(part)])) };
}

/** The text that `parseArchive` reads back as the same archive. */
export function printArchive({ script, files }: Archive): string {
  return script + [...files].map(([name, text]) => `-- ${name} --\n${text}`).join('');
}

/** `fmt`: rewrites configuration files in the standard style, byte for byte as Terraform does. */
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { type Diagnostic, errorAt, hasErrors } from '../../core/diag/diagnostic.ts';
import { SourceFile } from '../../core/diag/source.ts';
import { formatConfig } from '../../core/hcl/format.ts';
import type { Arguments, Command } from '../command.ts';
import { COLOR } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { failWith, report } from '../reporting.ts';

export const fmt: Command = {
  describe: 'Rewrites configuration files in the standard style. "-" formats the input to the output.',
  usage: '[PATH...]',
  flags: {
    ...COLOR,
    list: { type: 'boolean', default: true, describe: 'Name the files whose style differs' },
    write: { type: 'boolean', default: true, describe: 'Write the files' },
    diff: { type: 'boolean', describe: 'Show what changes' },
    check: { type: 'boolean', describe: 'Write nothing; exit with 3 when a file would change' },
    recursive: { type: 'boolean', describe: 'Also in folders below' },
  },
  words: { least: 0, most: Number.MAX_SAFE_INTEGER },
  run,
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  if (args.words.length === 1 && args.words[0] === '-') return formatInput(args, io);
  const { files, problems } = await findFiles(args, io);
  let changed = 0;
  for (const path of files) {
    const result = await formatFile(path, args, io);
    problems.push(...result.problems);
    if (result.changed) changed++;
  }
  report(problems, args, io);
  if (hasErrors(problems)) return 2;
  return args.boolean('check') && changed > 0 ? 3 : 0;
}

async function formatInput(args: Arguments, io: Io): Promise<ExitCode> {
  const text = await io.readInput();
  const { value, diagnostics } = formatConfig(new SourceFile('<stdin>', text));
  if (value === undefined || hasErrors(diagnostics)) {
    failWith(diagnostics, args, io);
    return 2;
  }
  if (args.boolean('check')) return value === text ? 0 : 3;
  if (args.boolean('diff')) io.out(await diffText('<stdin>', text, value));
  else io.out(value);
  return 0;
}

const FORMATTED = /\.(?:tf|tfvars|tftest\.hcl)$/;

async function findFiles(args: Arguments, io: Io): Promise<{ files: string[]; problems: Diagnostic[] }> {
  const problems: Diagnostic[] = [];
  const files: string[] = [];
  for (const path of args.words.length > 0 ? args.words : ['.']) {
    const absolute = resolve(io.workingDirectory, path);
    const found = await stat(absolute).catch(() => undefined);
    if (found === undefined)
      problems.push(errorAt(undefined, 'No file or directory', `There is no file or directory at ${path}.`));
    else if (found.isDirectory()) files.push(...(await filesIn(absolute, args.boolean('recursive'))));
    else if (FORMATTED.test(path)) files.push(absolute);
    else
      problems.push(
        errorAt(
          undefined,
          'Unsupported file type',
          `Only .tf, .tfvars and .tftest.hcl files can be processed, and ${path} is none of these.`,
        ),
      );
  }
  return { files, problems };
}

async function filesIn(directory: string, recursive: boolean): Promise<string[]> {
  const entries = (await readdir(directory, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const own = entries.filter(
    (entry) => !entry.isDirectory() && FORMATTED.test(entry.name) && !/^\.|^#.*#$|~$/.test(entry.name),
  );
  const below = recursive ? entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')) : [];
  const nested = await Promise.all(below.map((entry) => filesIn(join(directory, entry.name), true)));
  return [...own.map((entry) => join(directory, entry.name)), ...nested.flat()];
}

async function formatFile(
  path: string,
  args: Arguments,
  io: Io,
): Promise<{ changed: boolean; problems: readonly Diagnostic[] }> {
  const shown = relative(io.workingDirectory, path) || basename(path);
  const text = await readFile(path, 'utf8');
  const { value, diagnostics } = formatConfig(new SourceFile(shown, text));
  if (value === undefined || hasErrors(diagnostics)) return { changed: false, problems: diagnostics };
  if (value === text) return { changed: false, problems: [] };
  if (args.boolean('list')) io.out(`${shown}\n`);
  if (args.boolean('diff')) io.out(await diffText(shown, text, value));
  if (args.boolean('write') && !args.boolean('check')) await writeFile(path, value);
  return { changed: true, problems: [] };
}

/** A unified diff. */
async function diffText(name: string, before: string, after: string): Promise<string> {
  const { createTwoFilesPatch } = await import('diff');
  const patch = createTwoFilesPatch(`old/${name}`, `new/${name}`, before, after, '', '', { context: 3 });
  return patch.replace(/^=+\n/, '');
}

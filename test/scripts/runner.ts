// Runs one script archive: a folder of its own, a prefix of its own for the names of objects, free ports, then command
// after command. What is left on the daemon under the prefix is swept and is a failure. It knows no Docker resource.
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { engineHost, sweep } from '../support/engine-api.mjs';
import { type Archive, parseArchive, printArchive } from './archive.ts';
import { commands } from './commands.ts';
import { ScriptFailure, type ScriptOptions, type ScriptRun, ScriptSkipped } from './script-run.ts';
import { type Line, parseScript, substitute, substituteInFile } from './words.ts';

const portsInUse = new Set<number>();

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
  });
}

/** A host port that nobody listens on, below the range from which the kernel takes ports for connections. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(23_000, 28_000);
    if (portsInUse.has(port)) continue;
    portsInUse.add(port);
    if (await isFree(port)) return port;
  }
}

async function ownVariables(work: string): Promise<Map<string, string>> {
  const id = `st${randomInt(36 ** 6)
    .toString(36)
    .padStart(6, '0')}`;
  const variables = new Map([
    ['WORK', work],
    ['ID', id],
  ]);
  for (const name of ['PORT1', 'PORT2', 'PORT3']) variables.set(name, String(await freePort()));
  return variables;
}

/** A clean environment: nothing of the person who runs the tests reaches the program but where the engine is. */
function environment(work: string): Record<string, string> {
  const host = engineHost();
  return {
    PATH: process.env.PATH ?? '',
    HOME: join(work, '.home'),
    TMPDIR: tmpdir(),
    LANG: 'C.UTF-8',
    TF_CLI_CONFIG_FILE: '/dev/null',
    CHECKPOINT_DISABLE: '1',
    ...(host === 'unix:///var/run/docker.sock' ? {} : { DOCKER_HOST: host }),
  };
}

function writeFiles(work: string, archive: Archive, own: ReadonlyMap<string, string>): void {
  mkdirSync(join(work, '.home'));
  for (const [name, text] of archive.files) {
    mkdirSync(dirname(join(work, name)), { recursive: true });
    writeFileSync(join(work, name), substituteInFile(text, own));
  }
}

async function startRun(archive: Archive, { cli, update = false }: ScriptOptions): Promise<ScriptRun> {
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'stowage-script-')));
  const own = await ownVariables(work);
  writeFiles(work, archive, own);
  const run: ScriptRun = {
    work,
    cli,
    update,
    archive,
    rewritten: new Map(),
    own,
    variables: new Map(own),
    environment: environment(work),
    stdout: '',
    stderr: '',
    stdin: '',
    background: undefined,
    perform: (words, expect) => perform(run, words, expect),
  };
  return run;
}

/** Runs one command; throws ScriptFailure when it does not end as expected. */
async function perform(run: ScriptRun, words: readonly string[], expect: Line['expect']): Promise<void> {
  const [name = '', ...rest] = words;
  const command = commands.get(name);
  if (!command)
    throw new ScriptFailure(`there is no command ${name}; there are ${[...commands.keys()].sort().join(', ')}`);
  await command({ run, words: rest, expect });
}

async function runLine(run: ScriptRun, line: Line): Promise<void> {
  const words = line.words.map((word) => substitute(word, run.variables));
  await perform(run, words, line.expect);
}

function explain(file: string, line: Line, run: ScriptRun, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  const part = (name: string, text: string) => (text ? `\n--- ${name} ---\n${text.trimEnd()}` : '');
  const outputs = `${part('stdout', run.stdout)}${part('stderr', run.stderr)}`;
  const explained = new ScriptFailure(`${file}:${line.number}: ${line.text}\n${reason}${outputs}`);
  if (!(error instanceof ScriptFailure)) explained.cause = error;
  return explained;
}

async function runLines(file: string, run: ScriptRun): Promise<void> {
  for (const line of parseScript(run.archive.script)) {
    try {
      await runLine(run, line);
    } catch (error) {
      if (error instanceof ScriptSkipped) throw error;
      throw explain(file, line, run, error);
    }
  }
}

async function finish(run: ScriptRun, options: ScriptOptions): Promise<string> {
  run.background?.kill('SIGKILL');
  await run.background?.ended;
  for (const [name, value] of run.own) if (name.startsWith('PORT')) portsInUse.delete(Number(value));
  if (options.keep) console.log(`The working folder is kept: ${run.work}`);
  else rmSync(run.work, { recursive: true, force: true });
  const left = await sweep(run.own.get('ID') ?? '');
  return left.map(({ kind, name }) => `${kind} ${name}`).join(', ');
}

/** Runs the archive in `file`. Resolves to 'passed', or to why it was skipped; rejects with the line that failed. */
export async function runScript(file: string, options: ScriptOptions): Promise<string> {
  const archive = parseArchive(readFileSync(file, 'utf8'));
  const run = await startRun(archive, options);
  let failure: unknown;
  try {
    await runLines(file, run);
  } catch (error) {
    failure = error;
  }
  const left = await finish(run, options);
  if (failure instanceof ScriptSkipped) return failure.message;
  if (failure) throw failure;
  if (left) throw new ScriptFailure(`${file}: left behind on the daemon (and swept now): ${left}`);
  if (run.rewritten.size) {
    writeFileSync(file, printArchive({ script: archive.script, files: new Map([...archive.files, ...run.rewritten]) }));
  }
  return 'passed';
}

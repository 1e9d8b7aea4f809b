// The commands of the script language. CONTRIBUTING.md lists them for people who write scripts.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { engine, inspect } from '../support/engine-api.mjs';
import { eventually } from '../support/eventually.mjs';
import { root } from '../support/prepare.mjs';
import { spawnChild } from './child.ts';
import { ScriptFailure, type ScriptRun, ScriptSkipped } from './script-run.ts';
import { scrub } from './scrub.ts';
import type { Line } from './words.ts';

/** One command as it stands on a line. `expect` other than 0 is for the command to interpret, mostly as "must not". */
export interface Invocation {
  readonly run: ScriptRun;
  readonly words: readonly string[];
  readonly expect: Line['expect'];
}

type Command = (invocation: Invocation) => void | Promise<void>;

function need(invocation: Invocation, usage: string, least: number): readonly string[] {
  if (invocation.words.length < least) throw new ScriptFailure(`usage: ${usage}`);
  return invocation.words;
}

/** `path` inside the working folder. What lies outside it and outside the examples is refused. */
function inside(run: ScriptRun, path: string): string {
  const full = isAbsolute(path) ? path : join(run.work, path);
  if (relative(run.work, full).startsWith('..')) throw new ScriptFailure(`${path} is outside the working folder`);
  return full;
}

/** The text of `stdout`, `stderr` or a file of the working folder. */
function textOf(run: ScriptRun, name: string): string {
  if (name === 'stdout') return run.stdout;
  if (name === 'stderr') return run.stderr;
  const file = inside(run, name);
  if (!existsSync(file)) throw new ScriptFailure(`there is no file ${name}`);
  return readFileSync(file, 'utf8');
}

// Programs ---------------------------------------------------------------------------------------------------------

function checkExit(code: number, expect: Line['expect']): void {
  if (expect === 'failure') {
    if (code === 0) throw new ScriptFailure('it should have failed, and ended with 0');
    // A crash is no way to refuse something.
    if (code !== 1) throw new ScriptFailure(`it should have failed with 1, and ended with ${code}`);
  } else if (code !== expect) {
    throw new ScriptFailure(`exit code ${code}, expected ${expect}`);
  }
}

/** Runs a program to its end, or leaves it in the background when the last word is `&`. */
async function runProgram(
  { run, words, expect }: Invocation,
  program: string,
  before: readonly string[],
): Promise<void> {
  const inBackground = words.at(-1) === '&';
  const args = [...before, ...(inBackground ? words.slice(0, -1) : words)];
  const child = spawnChild(program, args, { cwd: run.work, env: run.environment, stdin: run.stdin });
  run.stdin = '';
  if (inBackground) {
    run.background = child;
    return;
  }
  const { code, stdout, stderr } = await child.ended;
  run.stdout = stdout;
  run.stderr = stderr;
  checkExit(code, expect);
}

const stowage: Command = (invocation) => runProgram(invocation, process.execPath, [invocation.run.cli]);
const terraform: Command = (invocation) => runProgram(invocation, 'terraform', []);

function backgroundOf(run: ScriptRun) {
  if (!run.background) throw new ScriptFailure('nothing runs in the background');
  return run.background;
}

/** signal INT: to the program in the background. */
const signal: Command = (invocation) => {
  const [name = ''] = need(invocation, 'signal INT|TERM|KILL', 1);
  if (!['INT', 'TERM', 'KILL'].includes(name)) throw new ScriptFailure(`no such signal here: ${name}`);
  backgroundOf(invocation.run).kill(`SIG${name}` as NodeJS.Signals);
};

/** wait: for the program in the background; `[exit N] wait` and `! wait` say how it must end. */
const wait: Command = async ({ run, expect }) => {
  const { code, stdout, stderr } = await backgroundOf(run).ended;
  Object.assign(run, { background: undefined, stdout, stderr });
  checkExit(code, expect);
};

/** printed REGEX: waits until the program in the background has printed it. */
const printed: Command = async (invocation) => {
  const [pattern = ''] = need(invocation, 'printed REGEX', 1);
  const child = backgroundOf(invocation.run);
  const found = await eventually(() => new RegExp(pattern, 'm').test(child.output()), { deadlineMs: 30_000 });
  if (!found) throw new ScriptFailure(`in 30 s it has only printed:\n${child.output()}`);
};

// Outputs and files ------------------------------------------------------------------------------------------------

function matchText(invocation: Invocation, name: string, pattern: string): void {
  const found = new RegExp(pattern, 'm').test(textOf(invocation.run, name));
  if (found === (invocation.expect === 0)) return;
  throw new ScriptFailure(found ? `${name} matches, and must not` : `${name} does not match`);
}

const output = (name: 'stdout' | 'stderr'): Command => {
  return (invocation) => matchText(invocation, name, need(invocation, `${name} REGEX`, 1)[0] ?? '');
};

/** grep REGEX FILE */
const grep: Command = (invocation) => {
  const [pattern = '', file = ''] = need(invocation, 'grep REGEX FILE', 2);
  matchText(invocation, file, pattern);
};

/** cmp A B: B is a file of the archive as it is written there; both are scrubbed of ids, times and the folder. */
const cmp: Command = (invocation) => {
  const { run } = invocation;
  const [actualName = '', expectedName = ''] = need(invocation, 'cmp ACTUAL EXPECTED', 2);
  const actual = scrub(textOf(run, actualName), run.own);
  const inArchive = run.archive.files.get(expectedName);
  const expected = inArchive ?? scrub(textOf(run, expectedName), run.own);
  if (actual.trimEnd() === expected.trimEnd()) return;
  if (run.update && inArchive !== undefined) run.rewritten.set(expectedName, `${actual.trimEnd()}\n`);
  else
    throw new ScriptFailure(
      `${actualName} differs from ${expectedName}\n--- expected ---\n${expected}--- actual ---\n${actual}`,
    );
};

/** cp FROM TO: FROM may be stdout or stderr. */
const cp: Command = (invocation) => {
  const { run } = invocation;
  const [from = '', to = ''] = need(invocation, 'cp FROM TO', 2);
  mkdirSync(dirname(inside(run, to)), { recursive: true });
  if (from === 'stdout' || from === 'stderr') writeFileSync(inside(run, to), textOf(run, from));
  else cpSync(inside(run, from), inside(run, to), { recursive: true });
};

const rm: Command = ({ run, words }) => {
  for (const name of words) rmSync(inside(run, name), { recursive: true });
};

const exists: Command = (invocation) => {
  for (const name of need(invocation, 'exists FILE...', 1)) {
    const there = existsSync(inside(invocation.run, name));
    if (there !== (invocation.expect === 0)) throw new ScriptFailure(there ? `${name} exists` : `there is no ${name}`);
  }
};

/** replace FILE OLD NEW: every OLD in the file; one must be there. */
const replace: Command = (invocation) => {
  const [file = '', before = '', after = ''] = need(invocation, 'replace FILE OLD NEW', 3);
  const text = textOf(invocation.run, file);
  if (!text.includes(before)) throw new ScriptFailure(`${file} has no ${before}`);
  writeFileSync(inside(invocation.run, file), text.replaceAll(before, after));
};

/** example NAME: copies the files of examples/NAME into the working folder, nothing that a run there has left. */
const example: Command = (invocation) => {
  const [name = ''] = need(invocation, 'example NAME', 1);
  const made = /(^|\/)(\.terraform|\.stowage|terraform\.tfstate.*|\.terraform\.tfstate.*)(\/|$)/;
  const from = join(root, 'examples', name);
  cpSync(from, invocation.run.work, { recursive: true, filter: (path) => !made.test(relative(from, path)) });
};

/** env NAME=VALUE...: for the programs that follow, and as $NAME. */
const env: Command = ({ run, words }) => {
  for (const pair of words) {
    const [name = '', ...value] = pair.split('=');
    run.environment[name] = value.join('=');
    run.variables.set(name, value.join('='));
  }
};

/** stdin FILE: what the next program reads. */
const stdin: Command = (invocation) => {
  const [file = ''] = need(invocation, 'stdin FILE', 1);
  invocation.run.stdin = textOf(invocation.run, file);
};

const skipUnless: Command = (invocation) => {
  for (const program of need(invocation, 'skip-unless PROGRAM|peer...', 1)) {
    if (program === 'peer') {
      // Where the real provider was built: its mirror's Terraform configuration is used from here on.
      const mirror = process.env.STOWAGE_PEER_MIRROR;
      if (!mirror) throw new ScriptSkipped('needs the real provider: STOWAGE_PEER_MIRROR names no mirror');
      invocation.run.environment.TF_CLI_CONFIG_FILE = `${mirror}/terraformrc`;
      continue;
    }
    if (spawnSync(program, ['version'], { stdio: 'ignore' }).error)
      throw new ScriptSkipped(`needs ${program}, which is not here`);
  }
};

// Values -----------------------------------------------------------------------------------------------------------

/** `A.B.0`, or `A/B.C/0` where a key holds a dot. Undefined when it leads nowhere. */
export function at(value: unknown, path: string): unknown {
  const keys = path.split(path.includes('/') ? '/' : '.').filter((key) => key !== '');
  return keys.reduce<unknown>(
    (part, key) => (part === null || typeof part !== 'object' ? undefined : Reflect.get(part, key)),
    value,
  );
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `absent` (null, empty or not there), `~REGEX`, `length:N`, `has:VALUE` (in a list), JSON, or the text itself. */
export function matches(value: unknown, wanted: string): boolean {
  if (wanted === 'absent') return value === undefined || value === null || value === '' || isEmpty(value);
  if (wanted.startsWith('~'))
    return new RegExp(wanted.slice(1)).test(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  if (wanted.startsWith('length:')) return isSized(value) && Object.keys(value).length === Number(wanted.slice(7));
  if (wanted.startsWith('has:')) return Array.isArray(value) && value.some((item) => matches(item, wanted.slice(4)));
  return value === wanted || isDeepStrictEqual(value, asJson(wanted));
}

function isSized(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isEmpty(value: unknown): boolean {
  return isSized(value) && Object.keys(value).length === 0;
}

function checkValue(value: unknown, path: string, wanted: string, expect: Line['expect']): void {
  if (matches(value, wanted) === (expect === 0)) return;
  throw new ScriptFailure(
    `${path} is ${JSON.stringify(value)}, ${expect === 0 ? 'expected' : 'which must not be'} ${wanted}`,
  );
}

/** json FILE PATH VALUE: FILE may be stdout. */
const json: Command = (invocation) => {
  const [file = '', path = '', wanted = ''] = need(invocation, 'json FILE PATH VALUE', 3);
  const text = textOf(invocation.run, file);
  const value = asJson(text);
  if (typeof value === 'string' && value === text) throw new ScriptFailure(`${file} is not JSON`);
  checkValue(at(value, path), path, wanted, invocation.expect);
};

// The daemon -------------------------------------------------------------------------------------------------------

/** docker KIND NAME [PATH VALUE]; `! docker KIND NAME` says that there is none. */
const docker: Command = async (invocation) => {
  const [kind = '', name = '', path, wanted] = need(
    invocation,
    'docker container|network|volume|image NAME [PATH VALUE]',
    2,
  );
  const object = await inspect(kind, name);
  if (path === undefined) {
    if ((object !== undefined) === (invocation.expect === 0)) return;
    throw new ScriptFailure(object === undefined ? `there is no ${kind} ${name}` : `the ${kind} ${name} exists`);
  }
  if (object === undefined) throw new ScriptFailure(`there is no ${kind} ${name}`);
  if (wanted === undefined) throw new ScriptFailure('usage: docker KIND NAME PATH VALUE');
  checkValue(at(object, path), `${kind} ${name} ${path}`, wanted, invocation.expect);
};

/** remember VARIABLE KIND NAME PATH: for a later comparison, as $VARIABLE. */
const remember: Command = async (invocation) => {
  const [variable = '', kind = '', name = '', path = ''] = need(invocation, 'remember VARIABLE KIND NAME PATH', 4);
  const value = at(await inspect(kind, name), path);
  if (value === undefined) throw new ScriptFailure(`${kind} ${name} has no ${path}`);
  invocation.run.variables.set(variable, typeof value === 'string' ? value : JSON.stringify(value));
};

/** engine METHOD PATH [JSON]: one request to the Engine API, for drift by hand; `! engine` wants an answer of 400 or more. */
const engineRequest: Command = async (invocation) => {
  const [method = '', path = '', body] = need(invocation, 'engine METHOD PATH [JSON]', 2);
  const answer = await engine(method, path, body === undefined ? undefined : JSON.parse(body));
  const { run } = invocation;
  run.stdout = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  run.stderr = '';
  if (answer.status >= 400 !== (invocation.expect !== 0))
    throw new ScriptFailure(`${method} ${path}: ${answer.status}`);
};

async function fetchText(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000), headers: { connection: 'close' } });
    return await answer.text();
  } catch {
    return undefined;
  }
}

/** http URL [REGEX]: asks until the answer matches; `! http URL` until nothing answers. At most 15 seconds. */
const http: Command = async (invocation) => {
  const [url = '', pattern = ''] = need(invocation, 'http URL [REGEX]', 1);
  let last: string | undefined;
  const done = await eventually(async () => {
    last = await fetchText(url);
    return invocation.expect === 0 ? last !== undefined && new RegExp(pattern, 'm').test(last) : last === undefined;
  });
  if (!done) throw new ScriptFailure(last === undefined ? `nothing answers at ${url}` : `${url} answers:\n${last}`);
};

/** eventually COMMAND...: again and again until it holds, at most 30 seconds. */
const eventuallyCommand: Command = async ({ run, words, expect }) => {
  let last: unknown;
  const negated = words[0] === '!';
  const done = await eventually(
    async () => {
      try {
        await run.perform(negated ? words.slice(1) : words, negated ? 'failure' : expect);
        return true;
      } catch (error) {
        last = error;
        return false;
      }
    },
    { deadlineMs: 30_000, everyMs: 100 },
  );
  if (!done) throw last;
};

/** Every command by name. */
export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['stowage', stowage],
  ['terraform', terraform],
  ['signal', signal],
  ['wait', wait],
  ['printed', printed],
  ['stdout', output('stdout')],
  ['stderr', output('stderr')],
  ['grep', grep],
  ['cmp', cmp],
  ['cp', cp],
  ['rm', rm],
  ['exists', exists],
  ['replace', replace],
  ['example', example],
  ['env', env],
  ['stdin', stdin],
  ['skip-unless', skipUnless],
  ['json', json],
  ['docker', docker],
  ['remember', remember],
  ['engine', engineRequest],
  ['http', http],
  ['eventually', eventuallyCommand],
]);

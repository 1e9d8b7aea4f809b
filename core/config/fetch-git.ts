/** Clones repositories with the git of this machine. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FetchContext } from './fetch-context.ts';
import type { Fetched } from './fetch-http.ts';

interface Repository {
  readonly url: string;
  readonly ref: string | undefined;
  readonly depth: string | undefined;
  /** base64 of a private key. */
  readonly sshKey: string | undefined;
}

/** @param target a directory that is not there yet */
export async function fetchGit(address: string, target: string, context: FetchContext): Promise<Fetched<true>> {
  const repository = parseRepository(address);
  const odd = [repository.url, repository.ref].find((text) => text?.startsWith('-'));
  if (odd !== undefined) return { problem: `"${odd}" begins with a dash, which git would take for an option` };
  if (repository.depth !== undefined && !/^[1-9]\d*$/.test(repository.depth)) {
    return { problem: `depth has to be a whole number of commits from 1, but it is "${repository.depth}"` };
  }
  const key = repository.sshKey === undefined ? undefined : await writeKey(repository.sshKey);
  try {
    return await clone(repository, target, { ...context, environment: environmentFor(context, key?.path) });
  } finally {
    if (key) await rm(key.directory, { recursive: true, force: true });
  }
}

function parseRepository(address: string): Repository {
  const at = address.indexOf('?');
  if (at < 0) return { url: address, ref: undefined, depth: undefined, sshKey: undefined };
  const query = new URLSearchParams(address.slice(at + 1));
  const take = (name: string): string | undefined => {
    const value = query.get(name) ?? undefined;
    query.delete(name);
    return value === '' ? undefined : value;
  };
  const [ref, depth, sshKey] = [take('ref'), take('depth'), take('sshkey')];
  const rest = query.toString();
  return { url: address.slice(0, at) + (rest === '' ? '' : `?${rest}`), ref, depth, sshKey };
}

async function clone(repository: Repository, target: string, context: FetchContext): Promise<Fetched<true>> {
  const { url, ref, depth } = repository;
  const shallow = depth === undefined ? [] : ['--depth', depth, ...(ref === undefined ? [] : ['--branch', ref])];
  const cloned = await git(['clone', '--quiet', ...shallow, '--', url, target], context);
  if ('problem' in cloned) {
    const hint = depth !== undefined && ref !== undefined && /^[0-9a-f]{7,64}$/.test(ref);
    return hint ? { problem: `${cloned.problem}\n(depth needs the name of a branch or tag in ref)` } : cloned;
  }
  if (ref !== undefined && depth === undefined) {
    const checkedOut = await git(['-C', target, 'checkout', '--quiet', ref, '--'], context);
    if ('problem' in checkedOut) return checkedOut;
  }
  const modules = ['submodule', 'update', '--init', '--recursive', '--quiet'];
  return git(['-C', target, ...modules, ...(depth === undefined ? [] : ['--depth', depth])], context);
}

/** Nobody sits at a fetch: a question for a password would wait for ever. */
function environmentFor({ environment }: FetchContext, keyFile: string | undefined): FetchContext['environment'] {
  const inherited = Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^GIT_(?:DIR|WORK_TREE|INDEX_FILE|PREFIX)$/.test(name)),
  );
  const ssh = environment.GIT_SSH_COMMAND ?? 'ssh';
  const withKey = keyFile === undefined ? ssh : `${ssh} -i ${keyFile} -o IdentitiesOnly=yes`;
  return { ...inherited, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_SSH_COMMAND: `${withKey} -o BatchMode=yes` };
}

async function writeKey(encoded: string): Promise<{ readonly directory: string; readonly path: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'stowage-key-'));
  const path = join(directory, 'key');
  await writeFile(path, Buffer.from(encoded.replaceAll(' ', '+'), 'base64'), { mode: 0o600 });
  return { directory, path };
}

function git(args: readonly string[], { environment, workingDirectory, signal }: FetchContext): Promise<Fetched<true>> {
  return new Promise((resolve) => {
    const child = spawn('git', args, {
      cwd: workingDirectory,
      env: environment,
      signal,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      const missing = 'the program git is needed for this source, but there is none on the PATH';
      resolve({ problem: error.code === 'ENOENT' ? missing : `git cannot be run: ${error.message}` });
    });
    child.on('close', (code) => {
      if (code === 0) resolve({ value: true });
      else resolve({ problem: `git ended with ${code ?? 'a signal'}: ${said.trim()}` });
    });
  });
}

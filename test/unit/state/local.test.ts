import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyState, writeState } from '../../../state/codec.ts';
import { LocalStore } from '../../../state/local.ts';
import { lockPathOf, readLock, showsPosixLock } from '../../../state/lock.ts';
import { bundle, ended, printed, start } from './other-process.ts';

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const locker = { version: 'test', processes: { pid: process.pid, isAlive } };
const stateOf = (serial: number) => ({ ...emptyState('lineage', '1.11.4'), serial });

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stowage-local-'));
  path = join(directory, 'terraform.tfstate');
});
afterEach(() => rm(directory, { recursive: true }));

const open = (more: object = {}) => new LocalStore({ path, locker, ...more });

function ask(overrides: object = {}) {
  const notices: string[] = [];
  const signal = new AbortController().signal;
  const request = {
    operation: 'OperationTypeApply',
    timeoutMs: 0,
    signal,
    notify: (text: string) => notices.push(text),
  };
  return { request: { ...request, ...overrides }, notices };
}

describe('a state in a local file', () => {
  it('is for its owner alone and leaves nothing else behind', async () => {
    await open().write(stateOf(1));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['terraform.tfstate']);
  });

  it('keeps what was there before the first write of a run as a backup', async () => {
    await open().write(stateOf(1));
    const second = open();
    await second.write(stateOf(2));
    await second.write(stateOf(3));
    expect(await readFile(`${path}.backup`, 'utf8')).toBe(writeState(stateOf(1)));
  });

  it('makes no backup when nothing was there, or when told not to', async () => {
    const first = open();
    await first.write(stateOf(1));
    await first.write(stateOf(2));
    await open({ backupPath: null }).write(stateOf(3));
    expect(await readdir(directory)).toEqual(['terraform.tfstate']);
  });

  it('keeps a symbolic link', async () => {
    await symlink('real.tfstate', path);
    await writeFile(join(directory, 'real.tfstate'), writeState(stateOf(1)));
    await open().write(stateOf(2));
    expect((await readdir(directory)).sort()).toEqual([
      'real.tfstate',
      'terraform.tfstate',
      'terraform.tfstate.backup',
    ]);
    expect(await readFile(join(directory, 'real.tfstate'), 'utf8')).toBe(writeState(stateOf(2)));
  });

  it.each(['backup', 'journal'])('refuses an empty file beside a %s and leaves it', async (kind) => {
    await writeFile(path, '');
    await writeFile(`${path}.${kind}`, 'something');
    expect((await open().read()).diagnostics).toMatchObject([{ summary: 'State file is empty' }]);
    expect(await open().write(stateOf(1))).toMatchObject([{ summary: 'State file is empty' }]);
    expect(await readFile(path, 'utf8')).toBe('');
  });

  it('takes an empty file alone as no state', async () => {
    await writeFile(path, '');
    expect(await open().read()).toEqual({ value: null, diagnostics: [] });
  });

  it('says what is wrong when it cannot write', async () => {
    await open().write(stateOf(1));
    const store = open({ backupPath: join(path, 'not-a-directory') });
    expect(await store.write(stateOf(2))).toMatchObject([{ summary: 'Failed to save state' }]);
    expect(await readFile(path, 'utf8')).toBe(writeState(stateOf(1)));
  });

  it('is the old one or the new one after a kill at any moment', async () => {
    const program = await bundle(`
      import { LocalStore } from './state/local.ts';
      import { emptyState } from './state/codec.ts';
      const store = new LocalStore({ path: process.argv[2], locker: { version: 't', processes: { pid: process.pid, isAlive: () => true } } });
      const filler = 'x'.repeat(200_000);
      console.log('ready');
      for (let serial = 1; ; serial++) await store.write({ ...emptyState('lineage', filler), serial });
    `);
    for (const delay of [1, 4, 9, 17, 26, 40]) {
      const target = join(directory, `${delay}.tfstate`);
      const child = start(program.file, target);
      await printed(child, 'ready');
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill('SIGKILL');
      await ended(child);
      const { value, diagnostics } = await new LocalStore({ path: target, locker }).read();
      expect(diagnostics).toEqual([]);
      if (value) expect(value.terraformVersion).toHaveLength(200_000);
    }
    await program.clean();
  });
});

describe('the lock of a local state', () => {
  it('is taken over, with a notice, from a process that died', async () => {
    const program = await bundle(`
      import { LocalStore } from './state/local.ts';
      const store = new LocalStore({ path: process.argv[2], locker: { version: 't', processes: { pid: process.pid, isAlive: () => true } } });
      const lock = await store.lock({ operation: 'OperationTypeApply', timeoutMs: 0, signal: new AbortController().signal, notify() {} });
      console.log(lock.value ? 'locked' : 'refused');
      setInterval(() => {}, 1000);
    `);
    const child = start(program.file, path);
    await printed(child, 'locked');
    expect((await open().lock(ask().request)).diagnostics).toMatchObject([
      { summary: 'Error acquiring the state lock' },
    ]);
    child.kill('SIGKILL');
    await ended(child);
    const { request, notices } = ask();
    const taken = await open().lock(request);
    expect(taken.diagnostics).toEqual([]);
    expect(notices).toMatchObject([expect.stringContaining('is no longer running')]);
    await taken.value?.release();
    expect(await readdir(directory)).toEqual([]);
    await program.clean();
  });

  it('is never held by two of many that want it', async () => {
    const program = await bundle(`
      import { appendFileSync } from 'node:fs';
      import { LocalStore } from './state/local.ts';
      const isAlive = (pid) => { try { return process.kill(pid, 0); } catch { return false; } };
      const store = new LocalStore({ path: process.argv[2], locker: { version: 't', processes: { pid: process.pid, isAlive } } });
      const lock = await store.lock({ operation: 'x', timeoutMs: 20_000, signal: new AbortController().signal, notify() {} });
      appendFileSync(process.argv[2] + '.log', lock.value ? 'in\\n' : 'refused\\n');
      await new Promise((resolve) => setTimeout(resolve, 20));
      appendFileSync(process.argv[2] + '.log', 'out\\n');
      if (process.argv[3] === 'dies') process.kill(process.pid, 'SIGKILL');
      await lock.value.release();
    `);
    await Promise.all(['dies', 'lives', 'dies', 'lives'].map((fate) => ended(start(program.file, path, fate))));
    expect(await readFile(`${path}.log`, 'utf8')).toBe('in\nout\n'.repeat(4));
    await program.clean();
  });

  it('left behind by Terraform blocks nobody', async () => {
    await writeFile(
      lockPathOf(path),
      '{"ID":"8c1b","Operation":"OperationTypeApply","Who":"ann@ship","Created":"2026-01-01T00:00:00Z"}',
    );
    const { request, notices } = ask();
    const lock = await open().lock(request);
    expect(lock.diagnostics).toEqual([]);
    expect(notices).toMatchObject([expect.stringContaining('left behind by Terraform')]);
  });

  it.each([
    ['another host', { Host: 'far-away' }, 'held'],
    ['another boot', { BootId: 'another' }, 'taken'],
    ['an earlier process with our number', { StartedAt: '1' }, 'taken'],
    ['this process', {}, 'held'],
  ])('of %s', async (_, change, outcome) => {
    await open().lock(ask().request);
    const lockPath = lockPathOf(path);
    const content = JSON.parse(await readFile(lockPath, 'utf8')) as object;
    await writeFile(lockPath, JSON.stringify({ ...content, ...change }));
    await utimes(lockPath, 0, 0);
    const { value } = await open().lock(ask().request);
    expect(value === undefined ? 'held' : 'taken').toBe(outcome);
  });

  it('names its holder as Terraform does', async () => {
    await open().lock(ask().request);
    const info = await readLock(lockPathOf(path));
    expect(info).toMatchObject({
      operation: 'OperationTypeApply',
      path,
      version: 'test',
      process: { pid: process.pid },
    });
    expect(Object.keys(JSON.parse(await readFile(lockPathOf(path), 'utf8'))).slice(0, 7)).toEqual([
      'ID',
      'Operation',
      'Info',
      'Who',
      'Version',
      'Created',
      'Path',
    ]);
  });

  it('is refused while another program holds a lock of the kernel', async (context) => {
    await writeFile(path, writeState(stateOf(1)));
    const script =
      'import fcntl,sys\nf=open(sys.argv[1],"r+")\nfcntl.lockf(f,fcntl.LOCK_EX)\nprint("locked",flush=True)\nsys.stdin.read()';
    const child = spawn('python3', ['-c', script, path], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.on('error', () => {});
    const locked = await printed(child, 'locked').then(
      () => true,
      () => false,
    );
    if (!locked) return context.skip('python3, which takes the lock, is not here');
    const refused = await open().lock(ask().request);
    child.stdin.end();
    await ended(child);
    expect(refused.diagnostics[0]?.detail).toContain('a lock of the operating system');
    expect((await open().lock(ask().request)).diagnostics).toEqual([]);
  });

  it.each([
    ['1: POSIX  ADVISORY  WRITE 4242 08:01:123456 0 EOF', true],
    ['1: -> POSIX  ADVISORY  WRITE 4242 08:01:123456 0 EOF', true],
    ['1: POSIX  ADVISORY  READ 4242 08:01:123456 0 EOF', false],
    ['1: FLOCK  ADVISORY  WRITE 4242 08:01:123456 0 EOF', false],
    ['1: POSIX  ADVISORY  WRITE 4242 08:02:123456 0 EOF', false],
    ['1: POSIX  ADVISORY  WRITE 4242 08:01:12345 0 EOF', false],
  ])('reads %s', (line, expected) => {
    expect(showsPosixLock(`${line}\n`, { dev: 0x801n, ino: 123456n })).toBe(expected);
  });
});

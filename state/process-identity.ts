/** Which process takes a lock, and whether another one still lives. Numbers come back after a boot or after a while. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { ProcessIdentity } from './store.ts';

/** What only the program's entry may ask of the system. */
export interface Processes {
  readonly pid: number;
  isAlive(pid: number): boolean;
}

export async function ownIdentity(processes: Processes): Promise<ProcessIdentity> {
  const [bootId, startedAt] = await Promise.all([currentBootId(), startOf(processes.pid)]);
  return { pid: processes.pid, host: hostname(), bootId, startedAt };
}

/** `elsewhere`: it ran on another host, where nothing can be asked. */
export async function fateOf(other: ProcessIdentity, processes: Processes): Promise<'alive' | 'dead' | 'elsewhere'> {
  if (other.host !== hostname()) return 'elsewhere';
  const bootId = await currentBootId();
  if (other.bootId !== '' && bootId !== '' && other.bootId !== bootId) return 'dead';
  if (!processes.isAlive(other.pid)) return 'dead';
  const startedAt = await startOf(other.pid);
  return other.startedAt === '' || startedAt === '' || other.startedAt === startedAt ? 'alive' : 'dead';
}

/** Empty where the system does not say. */
async function currentBootId(): Promise<string> {
  return (await textOf('/proc/sys/kernel/random/boot_id')).trim();
}

/** Field 22 of `/proc/PID/stat`; the second field is a name in parentheses that may hold anything. */
async function startOf(pid: number): Promise<string> {
  const text = await textOf(`/proc/${pid}/stat`);
  const afterName = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return afterName[19] ?? '';
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

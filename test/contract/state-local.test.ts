import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalStore } from '../../state/local.ts';
import { describeStateStore } from './state-store.ts';

const locker = { version: 'test', processes: { pid: process.pid, isAlive: (pid: number) => pid === process.pid } };

describeStateStore('a local file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'stowage-store-'));
  return {
    open: () => new LocalStore({ path: join(directory, 'terraform.tfstate'), locker }),
    clean: () => rm(directory, { recursive: true }),
  };
});

/** Fetches the modules that the configuration here calls. Where there is none that calls any, nothing is loaded. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostics } from '../core/diag/diagnostic.ts';
import { configurationNames } from './configuration-names.ts';
import type { Io } from './io.ts';
import { dataDirectoryOf } from './state-place.ts';

export async function fetchModules(upgrade: boolean, io: Io): Promise<Diagnostics> {
  if (!(await mentionsModules(io.workingDirectory))) return [];
  const { installModules } = await import('../core/config/module-installer.ts');
  const { environment, workingDirectory, homeDirectory, signal } = io;
  return installModules('.', {
    environment,
    workingDirectory,
    homeDirectory,
    signal,
    dataDirectory: dataDirectoryOf(io),
    upgrade,
    notify: (line) => io.out(`${line}\n`),
  });
}

async function mentionsModules(directory: string): Promise<boolean> {
  const files = await configurationNames(directory);
  const texts = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8').catch(() => '')));
  return texts.some((text) => text.includes('module'));
}

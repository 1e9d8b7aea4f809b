/** The root module for its `backend` block; mistakes elsewhere in it are no business of who asks. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Module } from '../core/config/module.ts';
import { type Result, ok } from '../core/diag/diagnostic.ts';
import { configurationNames } from './configuration-names.ts';
import type { Io } from './io.ts';

/** Reads the configuration only when one of its files mentions a backend: most have none, and reading takes time. */
export async function readBackend(io: Io): Promise<Result<Module>> {
  if (!(await mentionsBackend(io.workingDirectory))) return { value: undefined, diagnostics: [] };
  const { readConfiguration } = await import('./engine.ts');
  const { value } = await readConfiguration(io);
  return value === undefined ? { value: undefined, diagnostics: [] } : ok(value.root);
}

async function mentionsBackend(directory: string): Promise<boolean> {
  const files = await configurationNames(directory);
  const texts = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8').catch(() => '')));
  return texts.some((text) => text.includes('backend'));
}

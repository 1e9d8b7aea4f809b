/** `.terraform/modules/modules.json`: where `init` has put the modules that are not local directories. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export interface InstalledModule {
  /** In full: shorthands written out. */
  readonly source: string;
  /** Of modules from a registry. */
  readonly version?: string;
  /** Relative to the working directory. */
  readonly directory: string;
}

/** By static path (`a.b`). */
export type ModuleManifest = ReadonlyMap<string, InstalledModule>;

/** Empty when there is none or it cannot be understood. */
export function readModuleManifest(workingDirectory: string, dataDirectory = '.terraform'): ModuleManifest {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(manifestPath(workingDirectory, dataDirectory), 'utf8'));
  } catch {
    return new Map();
  }
  const modules = (document as { Modules?: unknown } | null)?.Modules;
  const entries = Array.isArray(modules) ? modules.filter(isEntry) : [];
  return new Map(
    entries.map(({ Key, Source, Version, Dir }) => [
      Key,
      { source: Source, directory: Dir, ...(typeof Version === 'string' ? { version: Version } : {}) },
    ]),
  );
}

/** Throws what the file system throws. */
export function writeModuleManifest(manifest: ModuleManifest, workingDirectory: string, dataDirectory: string): void {
  const sorted = [...manifest].sort(([a], [b]) => (a < b ? -1 : 1));
  const modules = sorted.map(([key, { source, version, directory }]): Entry => {
    return { Key: key, Source: source, ...(version === undefined ? {} : { Version: version }), Dir: directory };
  });
  const path = manifestPath(workingDirectory, dataDirectory);
  mkdirSync(dirname(path), { recursive: true });
  // Whoever reads it meanwhile finds the old one or the new one.
  writeFileSync(`${path}.new`, JSON.stringify({ Modules: modules }));
  renameSync(`${path}.new`, path);
}

function manifestPath(workingDirectory: string, dataDirectory: string): string {
  return resolve(workingDirectory, dataDirectory, 'modules', 'modules.json');
}

interface Entry {
  readonly Key: string;
  readonly Source: string;
  readonly Version?: string;
  readonly Dir: string;
}

function isEntry(value: unknown): value is Entry {
  const entry = value as Partial<Entry> | null;
  return typeof entry?.Key === 'string' && typeof entry.Source === 'string' && typeof entry.Dir === 'string';
}

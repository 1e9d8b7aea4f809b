/** `.terraform/modules/modules.json`: where `init` has put the modules that are not local directories. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Directory of an installed module, by its static path (`a.b`). Relative to the working directory. */
export type ModuleManifest = ReadonlyMap<string, { readonly source: string; readonly directory: string }>;

/** Empty when there is none or it cannot be understood. */
export function readModuleManifest(workingDirectory: string, dataDirectory = '.terraform'): ModuleManifest {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(join(workingDirectory, dataDirectory, 'modules', 'modules.json'), 'utf8'));
  } catch {
    return new Map();
  }
  const modules = (document as { Modules?: unknown } | null)?.Modules;
  const entries = Array.isArray(modules) ? modules.filter(isEntry) : [];
  return new Map(entries.map(({ Key, Source, Dir }) => [Key, { source: Source, directory: Dir }]));
}

interface Entry {
  readonly Key: string;
  readonly Source: string;
  readonly Dir: string;
}

function isEntry(value: unknown): value is Entry {
  const entry = value as Partial<Entry> | null;
  return typeof entry?.Key === 'string' && typeof entry.Source === 'string' && typeof entry.Dir === 'string';
}

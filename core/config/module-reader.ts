/** One directory of configuration as a module, without the modules that it calls. */
import { resolve } from 'node:path';
import type { Diagnostic } from '../diag/diagnostic.ts';
import type { Body } from '../hcl/ast.ts';
import { type ModulePlace, buildModule } from './module-builder.ts';
import { configurationFiles, parseFile } from './module-files.ts';
import type { Module } from './module.ts';

/**
 * @param children filled in by the caller
 * @returns undefined when the directory cannot be read
 */
export function readModule(
  place: ModulePlace,
  workingDirectory: string,
  children: ReadonlyMap<string, Module>,
  diagnostics: Diagnostic[],
): Module | undefined {
  const absolute = resolve(workingDirectory, place.directory);
  const names = configurationFiles(absolute);
  if (names === undefined) return undefined;
  const parse = (name: string): Body | undefined => parseFile(place.directory, absolute, name, diagnostics);
  return buildModule(
    place,
    children,
    names.primary.map(parse).filter((body) => body !== undefined),
    names.overrides.map(parse).filter((body) => body !== undefined),
    diagnostics,
  );
}

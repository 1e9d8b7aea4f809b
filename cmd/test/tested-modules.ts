/** Loads the modules that runs test in the place of the one in the working directory. */
import { normalize } from 'node:path';
import { loadConfiguration } from '../../core/config/load.ts';
import { isLocalSource } from '../../core/config/module-source.ts';
import type { Configuration } from '../../core/config/module.ts';
import type { TestFile, TestRun } from '../../core/config/test-file.ts';
import { type Diagnostic, type Result, errorAt, failed } from '../../core/diag/diagnostic.ts';
import type { Io } from '../io.ts';
import { dataDirectoryOf } from '../state-place.ts';

type RunModule = NonNullable<TestRun['module']>;

/** By source; a module that several runs test is loaded once. */
export async function loadTestedModules(
  files: readonly TestFile[],
  io: Io,
): Promise<Result<ReadonlyMap<string, Configuration>>> {
  const diagnostics: Diagnostic[] = [];
  const modules = new Map<string, Configuration>();
  const seen = new Set<string>();
  for (const { module } of files.flatMap(({ runs }) => runs)) {
    if (!module || seen.has(module.source)) continue;
    seen.add(module.source);
    const loaded = await loadModule(module, io);
    diagnostics.push(...loaded.diagnostics);
    if (loaded.value) modules.set(module.source, loaded.value);
  }
  return { value: modules, diagnostics };
}

async function loadModule({ source, range }: RunModule, io: Io): Promise<Result<Configuration>> {
  if (!isLocalSource(source)) {
    const detail = `The module "${source}" is not in a local directory. A run can test local modules only: call it from one, or fetch it to one.`;
    return failed(errorAt(range, 'Module not installed', detail));
  }
  const options = { workingDirectory: io.workingDirectory, dataDirectory: dataDirectoryOf(io) };
  const loaded = await loadConfiguration(normalize(source), options);
  if (loaded.value) return loaded;
  const detail = `The directory "${source}" of the module that this run tests cannot be read. Check the path, which starts from the working directory.`;
  return failed(errorAt(range, 'Module not installed', detail));
}

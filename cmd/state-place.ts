/** Where the state of this directory is: workspace, `backend` block, flags. Knows nothing of what is in it. */
import { resolve } from 'node:path';
import { namesUsed, staticString } from '../core/config/static-value.ts';
import type { Module } from '../core/config/module.ts';
import { type Diagnostic, type Result, errorAt, failed, hasErrors, ok } from '../core/diag/diagnostic.ts';
import type { Value } from '../core/value/value.ts';
import { LocalStore } from '../state/local.ts';
import type { Lock, StateStore } from '../state/store.ts';
import { Workspaces } from '../state/workspaces.ts';
import { parseDuration } from './arguments.ts';
import type { Arguments } from './command.ts';
import type { Io } from './io.ts';
import { TERRAFORM_VERSION } from './version.ts';

export interface StatePlace {
  readonly workspace: string;
  readonly workspaces: Workspaces;
  readonly store: StateStore;
  /** The state file; the journal stands beside it. */
  readonly path: string;
}

export function dataDirectoryOf({ environment }: Io): string {
  return environment.TF_DATA_DIR || '.terraform';
}

/**
 * @param root its `backend` block says where the state is; undefined where no configuration is read
 * @param options `summary` is what an unknown backend is called: `init` and the other commands differ. `variables` are
 *   those of a saved plan; otherwise they are looked up when the block refers to one.
 */
export async function openStatePlace(
  args: Arguments,
  io: Io,
  root: Module | undefined,
  options: { readonly summary?: string; readonly variables?: ReadonlyMap<string, Value> } = {},
): Promise<Result<StatePlace>> {
  const settings = await backendSettings(root, args, io, options);
  if (settings.value === undefined) return failed(...settings.diagnostics);
  const workspaces = new Workspaces({
    directory: io.workingDirectory,
    dataDirectory: resolve(io.workingDirectory, dataDirectoryOf(io)),
    ...settings.value,
  });
  const workspace = io.environment.TF_WORKSPACE || (await workspaces.current());
  const given = args.text('state');
  const path = given === undefined ? workspaces.statePath(workspace) : resolve(io.workingDirectory, given);
  return ok({ workspace, workspaces, path: outputPath(args, io) ?? path, store: localStore(path, args, io) });
}

function outputPath(args: Arguments, io: Io): string | undefined {
  const given = args.text('state-out');
  return given === undefined ? undefined : resolve(io.workingDirectory, given);
}

function localStore(path: string, args: Arguments, io: Io): LocalStore {
  const output = outputPath(args, io);
  const backup = args.text('backup');
  return new LocalStore({
    path,
    ...(output === undefined ? {} : { outputPath: output }),
    ...(backup === undefined ? {} : { backupPath: backup === '-' ? null : resolve(io.workingDirectory, backup) }),
    locker: { version: TERRAFORM_VERSION, processes: io.processes },
  });
}

async function backendSettings(
  root: Module | undefined,
  args: Arguments,
  io: Io,
  { summary = 'Invalid backend type', variables }: { summary?: string; variables?: ReadonlyMap<string, Value> },
): Promise<Result<{ statePath?: string; workspaceDirectory?: string }>> {
  const backend = root?.terraform.backend;
  if (root === undefined || backend === undefined) return ok({});
  if (backend.type !== 'local') {
    return failed(errorAt(backend.range, summary, `There is no backend type named ${JSON.stringify(backend.type)}.`));
  }
  const diagnostics: Diagnostic[] = [];
  const text = async (name: string): Promise<string | undefined> => {
    const attribute = backend.body.attributes.get(name);
    if (attribute === undefined) return undefined;
    // A literal, as nearly always, needs no evaluator.
    if (namesUsed(attribute.value).length === 0) return staticString(attribute.value, diagnostics);
    const { settledText } = await import('./early-values.ts');
    return settledText(attribute.value, { root, args, io, variables }, diagnostics);
  };
  const [statePath, workspaceDirectory] = [await text('path'), await text('workspace_dir')];
  if (hasErrors(diagnostics)) return failed(...diagnostics);
  return ok({ ...(statePath ? { statePath } : {}), ...(workspaceDirectory ? { workspaceDirectory } : {}) });
}

/**
 * Locks the state unless `-lock=false`. The lock's release never throws.
 * @param notify is told of a lock that was taken over, or that it waits for
 */
export async function lockState(
  place: StatePlace,
  args: Arguments,
  io: Io,
  operation: string,
  notify: (text: string) => void,
): Promise<Result<Lock | 'not-locked'>> {
  if (!args.boolean('lock')) return ok('not-locked');
  const text = args.text('lock-timeout') ?? '0s';
  const timeoutMs = parseDuration(text);
  if (timeoutMs === undefined) {
    return failed(
      errorAt(
        undefined,
        'Failed to parse command-line flags',
        `invalid value "${text}" for flag -lock-timeout: write 30s or 2m`,
      ),
    );
  }
  return place.store.lock({ operation: `OperationType${operation}`, timeoutMs, signal: io.signal, notify });
}

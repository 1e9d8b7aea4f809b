/** Where the state of this directory is: workspace, `backend` block, flags. Knows nothing of what is in it. */
import { resolve } from 'node:path';
import { namesUsed, staticString } from '../core/config/static-value.ts';
import type { TerraformSettings } from '../core/config/module.ts';
import { type Diagnostic, type Result, errorAt, failed, hasErrors, ok } from '../core/diag/diagnostic.ts';
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

type Backend = TerraformSettings['backend'];

export function dataDirectoryOf({ environment }: Io): string {
  return environment.TF_DATA_DIR || '.terraform';
}

/**
 * @param backend of the root module; undefined where no configuration is read
 * @param summary what an unknown backend is called: `init` and the other commands differ
 */
export async function openStatePlace(
  args: Arguments,
  io: Io,
  backend: Backend,
  summary = 'Invalid backend type',
): Promise<Result<StatePlace>> {
  const settings = backendSettings(backend, summary);
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

function backendSettings(
  backend: Backend,
  summary: string,
): Result<{ statePath?: string; workspaceDirectory?: string }> {
  if (backend === undefined) return ok({});
  if (backend.type !== 'local') {
    return failed(errorAt(backend.range, summary, `There is no backend type named ${JSON.stringify(backend.type)}.`));
  }
  const diagnostics: Diagnostic[] = [];
  const text = (name: string) => {
    const attribute = backend.body.attributes.get(name);
    const names = attribute === undefined ? [] : namesUsed(attribute.value);
    diagnostics.push(...names);
    return attribute && names.length === 0 ? staticString(attribute.value, diagnostics) : undefined;
  };
  const [statePath, workspaceDirectory] = [text('path'), text('workspace_dir')];
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

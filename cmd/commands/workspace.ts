/** `workspace list, show, new, select, delete`: several states for one configuration. */
import { type Diagnostic, errorAt } from '../../core/diag/diagnostic.ts';
import { suggestion } from '../../core/diag/did-you-mean.ts';
import { LocalStore } from '../../state/local.ts';
import { DEFAULT_WORKSPACE, isWorkspaceName } from '../../state/workspaces.ts';
import type { Arguments, Command } from '../command.ts';
import { COLOR, LOCK } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { openPlace } from '../read-state.ts';
import { failWith } from '../reporting.ts';
import type { StatePlace } from '../state-place.ts';
import { TERRAFORM_VERSION } from '../version.ts';

type Action = (place: StatePlace, name: string, args: Arguments, io: Io) => Promise<string | Diagnostic>;

function command(describe: string, usage: string, flags: Command['flags'], action: Action): Command {
  const count = usage === '' ? 0 : 1;
  return {
    describe,
    usage,
    flags: { ...COLOR, ...flags },
    words: { least: count, most: count },
    run: (args, io) => perform(action, args, io),
  };
}

async function perform(action: Action, args: Arguments, io: Io): Promise<ExitCode> {
  const place = await openPlace(args, io);
  if (place.value === undefined) return failWith(place.diagnostics, args, io);
  const result = await action(place.value, args.words[0] ?? '', args, io);
  if (typeof result !== 'string') return failWith([result], args, io);
  io.out(result);
  return 0;
}

export const workspaceShow = command('Shows the current workspace.', '', {}, async ({ workspace }) => `${workspace}\n`);

export const workspaceList = command(
  'Lists workspaces; the current one has a star.',
  '',
  {},
  async ({ workspace, workspaces }) => {
    const names = await workspaces.list();
    return `${names.map((name) => `${name === workspace ? '*' : ' '} ${name}\n`).join('')}\n`;
  },
);

export const workspaceNew = command(
  'Makes a workspace and changes to it.',
  'NAME',
  LOCK,
  async (place, name, _, io) => {
    const obstacle = nameProblem(name) ?? overridden(io);
    if (obstacle) return obstacle;
    if ((await place.workspaces.list()).includes(name))
      return errorAt(
        undefined,
        `Workspace "${name}" already exists`,
        'Choose another name, or change to it with "stowage workspace select".',
      );
    await place.workspaces.create(name);
    await place.workspaces.select(name);
    return `Created and switched to workspace "${name}"!\n\nYou're now on a new, empty workspace. Workspaces isolate their state,\nso if you run "stowage plan" Stowage will not see any existing state\nfor this configuration.\n`;
  },
);

const OR_CREATE: Command['flags'] = { 'or-create': { type: 'boolean', describe: 'Make it when there is none' } };

export const workspaceSelect = command(
  'Changes to another workspace.',
  'NAME',
  OR_CREATE,
  async (place, name, args, io) => {
    const obstacle = nameProblem(name) ?? overridden(io);
    if (obstacle) return obstacle;
    const names = await place.workspaces.list();
    if (!names.includes(name)) {
      if (!args.boolean('or-create')) return missing(name, names);
      await place.workspaces.create(name);
      await place.workspaces.select(name);
      return `Created and switched to workspace "${name}"!\n`;
    }
    if (name === place.workspace) return '';
    await place.workspaces.select(name);
    return `Switched to workspace "${name}".\n`;
  },
);

const FORCE: Command['flags'] = {
  ...LOCK,
  force: { type: 'boolean', describe: 'Also when its state holds something' },
};

export const workspaceDelete = command(
  'Removes a workspace that holds nothing any more.',
  'NAME',
  FORCE,
  async (place, name, args, io) => {
    const names = await place.workspaces.list();
    if (!names.includes(name)) return missing(name, names);
    if (name === DEFAULT_WORKSPACE)
      return errorAt(undefined, 'The default workspace stays', 'The workspace "default" cannot be removed.');
    if (name === place.workspace)
      return errorAt(
        undefined,
        `Workspace "${name}" is your active workspace`,
        'Change to another one first, with "stowage workspace select".',
      );
    const locker = { version: TERRAFORM_VERSION, processes: io.processes };
    const { value, diagnostics } = await new LocalStore({ path: place.workspaces.statePath(name), locker }).read();
    const [problem] = diagnostics;
    if (problem !== undefined) return problem;
    if (value && value.resources.length > 0 && !args.boolean('force')) {
      return errorAt(
        undefined,
        'Workspace is not empty',
        `Workspace "${name}" still holds ${value.resources.length} resources. Run "stowage destroy" in it first; with -force it is removed and they are left behind unmanaged.`,
      );
    }
    await place.workspaces.delete(name);
    return `Deleted workspace "${name}"!\n`;
  },
);

function nameProblem(name: string): Diagnostic | undefined {
  if (isWorkspaceName(name)) return undefined;
  return errorAt(
    undefined,
    'Invalid workspace name',
    `The workspace name ${JSON.stringify(name)} is not allowed. The name must contain only URL safe characters, and no path separators.`,
  );
}

function overridden({ environment }: Io): Diagnostic | undefined {
  if (!environment.TF_WORKSPACE) return undefined;
  return errorAt(
    undefined,
    'Workspace is set by the environment',
    `The selected workspace is currently overridden using the TF_WORKSPACE environment variable ("${environment.TF_WORKSPACE}"). Unset it to select another one.`,
  );
}

function missing(name: string, names: readonly string[]): Diagnostic {
  return errorAt(
    undefined,
    `Workspace "${name}" doesn't exist.`,
    `You can create this workspace with the "new" subcommand or include the "-or-create" flag with the "select" subcommand.${suggestion(name, names)}`,
  );
}

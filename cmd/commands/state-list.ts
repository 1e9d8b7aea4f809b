/** `state list`: addresses of what is in the state. */
import type { Arguments, Command } from '../command.ts';
import { COLOR, STATE } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { readCurrentState } from '../read-state.ts';
import { failWith } from '../reporting.ts';
import { selects, stateObjects } from '../state-selection.ts';

export const stateList: Command = {
  describe: 'Lists the addresses of what is in the state, all or those that begin with an address given.',
  usage: '[ADDRESS...]',
  flags: { ...COLOR, ...STATE, id: { type: 'string', describe: 'Only objects with this ID' } },
  words: { least: 0, most: Number.MAX_SAFE_INTEGER },
  run,
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const state = await readCurrentState(args, io);
  if (state.value === undefined) return failWith(state.diagnostics, args, io);
  if (state.value === null) return failWith([NO_STATE], args, io);
  const id = args.text('id');
  const shown = stateObjects(state.value)
    .filter(({ instance }) => instance.deposed === undefined)
    .filter((object) => args.words.length === 0 || args.words.some((pattern) => selects(pattern, object)))
    .filter(({ instance }) => id === undefined || idOf(instance.attributes) === id);
  for (const { address } of shown) io.out(`${address}\n`);
  return 0;
}

function idOf(attributes: unknown): unknown {
  return typeof attributes === 'object' && attributes !== null && 'id' in attributes ? attributes.id : undefined;
}

export const NO_STATE = {
  severity: 'error',
  summary: 'No state file was found!',
  detail:
    'State management commands require a state file. Run this command in a directory where Stowage or Terraform has been run, or use the -state flag to point the command to a state file.',
} as const;

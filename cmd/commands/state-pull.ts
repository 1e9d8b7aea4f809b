/** `state pull`: the state as it is stored, on the output. */
import { writeState } from '../../state/codec.ts';
import type { Command } from '../command.ts';
import { COLOR, STATE } from '../flags.ts';
import { readCurrentState } from '../read-state.ts';
import { failWith } from '../reporting.ts';

export const statePull: Command = {
  describe: 'Prints the state in the format in which it is stored.',
  flags: { ...COLOR, ...STATE },
  words: { least: 0, most: 0 },
  run: async (args, io) => {
    const { value, diagnostics } = await readCurrentState(args, io);
    if (value === undefined) return failWith(diagnostics, args, io);
    if (value !== null) io.out(writeState(value));
    return 0;
  },
};

/** `force-unlock`: removes a lock that nobody holds any more. */
import { errorAt, hasErrors } from '../../core/diag/diagnostic.ts';
import type { Arguments, Command } from '../command.ts';
import { COLOR } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { openPlace } from '../read-state.ts';
import { failWith } from '../reporting.ts';

export const forceUnlock: Command = {
  describe: 'Removes the lock with this ID from the state of the current workspace.',
  usage: 'LOCK_ID',
  flags: { ...COLOR, force: { type: 'boolean', describe: 'Do not ask' } },
  words: { least: 1, most: 1 },
  run,
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const [id = ''] = args.words;
  const place = await openPlace(args, io);
  if (place.value === undefined) return failWith(place.diagnostics, args, io);
  if (!args.boolean('force') && (await ask(io)) !== 'yes') {
    return failWith(
      [
        errorAt(
          undefined,
          'Lock not removed',
          'Only "yes" removes the lock. Run with -force where nobody can be asked.',
        ),
      ],
      args,
      io,
    );
  }
  const problems = await place.value.store.forceUnlock(id);
  if (hasErrors(problems)) return failWith(problems, args, io);
  io.out(
    'Stowage state has been successfully unlocked!\n\nThe state has been unlocked, and Stowage commands should now be able to obtain a new lock on it.\n',
  );
  return 0;
}

async function ask(io: Io): Promise<string | undefined> {
  if (io.terminal.input && io.terminal.output) {
    io.out(
      "Do you really want to force-unlock?\n  Another run may be using the state. Only 'yes' will be accepted.\n\n  Enter a value: ",
    );
  }
  return (await io.readLine())?.trim();
}

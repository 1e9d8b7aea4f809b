/** `version`, when something stands before it that the entry does not answer. */
import type { Arguments, Command } from '../command.ts';
import { JSON_OUTPUT } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { versionText } from '../version.ts';

export const version: Command = {
  describe: 'Shows the version of Stowage, and of the Terraform whose language it speaks.',
  flags: JSON_OUTPUT,
  words: { least: 0, most: 0 },
  run,
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  io.out(versionText(io.platform, args.boolean('json')));
  return 0;
}

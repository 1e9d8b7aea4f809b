/** `state replace-provider`: objects of one provider are managed by another from now on. */
import { parseProviderSource } from '../../core/config/provider-source.ts';
import { failed, ok } from '../../core/diag/diagnostic.ts';
import { replaceProvider } from '../../core/plan/state-edits.ts';
import type { Command } from '../command.ts';
import { CHANGING_STATE, changeState, confirmed, problem } from '../change-state.ts';
import { failWith } from '../reporting.ts';

export const stateReplaceProvider: Command = {
  describe: 'Changes the provider of objects in the state, for a provider that has got another source address.',
  usage: 'FROM TO',
  flags: { ...CHANGING_STATE, 'auto-approve': { type: 'boolean', describe: 'Do not ask' } },
  words: { least: 2, most: 2 },
  run: async (args, io) => {
    const [from, to] = args.words.map(parseProviderSource);
    if (!from?.value || !to?.value)
      return failWith([...(from?.diagnostics ?? []), ...(to?.diagnostics ?? [])], args, io);
    const [old, next] = [from.value, to.value];
    return changeState(args, io, 'StateReplaceProvider', async (state) => {
      const { state: changed, count, addresses } = replaceProvider(state, old, next);
      if (count === 0) return ok({ state: null, text: 'No matching resources found.\n' });
      const lines = addresses.map((address) => `  ${address}\n`).join('');
      io.out(
        `Stowage will perform the following actions:\n\n  ~ Updating provider:\n    - ${old}\n    + ${next}\n\nChanging ${count} resources:\n\n${lines}\n`,
      );
      const question =
        "Do you want to make these changes?\nOnly 'yes' will be accepted to continue.\n\nEnter a value: ";
      if (!args.boolean('auto-approve') && !(await confirmed(question, io))) {
        return failed(
          problem(
            'Approval needed',
            'The providers stay as they are: only "yes" changes them. Use -auto-approve where nobody can be asked.',
          ),
        );
      }
      return ok({ state: changed, text: `Successfully replaced provider for ${count} resources.\n` });
    });
  },
};

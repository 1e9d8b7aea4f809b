/** `state rm`: forgets objects; they stay where they are. */
import { parseTargetText } from '../../core/config/address-text.ts';
import { failed, hasErrors, ok } from '../../core/diag/diagnostic.ts';
import { forgetObjects } from '../../core/plan/state-edits.ts';
import type { Command } from '../command.ts';
import { CHANGING_STATE, changeState, problem } from '../change-state.ts';
import { failWith } from '../reporting.ts';

export const stateRm: Command = {
  describe: 'Forgets resources, instances or modules: they go from the state, and what really exists stays.',
  usage: 'ADDRESS...',
  flags: { ...CHANGING_STATE, 'dry-run': { type: 'boolean', describe: 'Only say what would be forgotten' } },
  words: { least: 1, most: Number.MAX_SAFE_INTEGER },
  run: async (args, io) => {
    const parsed = args.words.map(parseTargetText);
    const problems = parsed.flatMap(({ diagnostics }) => diagnostics);
    if (hasErrors(problems)) return failWith(problems, args, io);
    const targets = parsed.flatMap(({ value }) => (value ? [value] : []));
    return changeState(args, io, 'StateRm', (state) => {
      const { state: left, count, addresses } = forgetObjects(state, targets);
      if (count === 0) {
        const detail = `Nothing in the state has the address ${args.words.join(' or ')}. "stowage state list" shows what there is.`;
        return failed(problem('Invalid target address', detail));
      }
      const isTrial = args.boolean('dry-run');
      const lines = addresses.map((address) => `${isTrial ? 'Would remove' : 'Removed'} ${address}\n`).join('');
      if (isTrial) return ok({ state: null, text: lines });
      return ok({ state: left, text: `${lines}Successfully removed ${count} resource instance(s).\n` });
    });
  },
};

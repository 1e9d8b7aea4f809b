/** `state mv`: gives objects of the state another address. */
import { parseTargetText } from '../../core/config/address-text.ts';
import { failed, ok } from '../../core/diag/diagnostic.ts';
import { moveObjects } from '../../core/plan/state-edits.ts';
import type { Command } from '../command.ts';
import { CHANGING_STATE, changeState } from '../change-state.ts';
import { failWith } from '../reporting.ts';

export const stateMv: Command = {
  describe: 'Gives a resource, one of its instances or a module another address in the state. Objects stay untouched.',
  usage: 'SOURCE DESTINATION',
  flags: { ...CHANGING_STATE, 'dry-run': { type: 'boolean', describe: 'Only say what would be moved' } },
  words: { least: 2, most: 2 },
  run: async (args, io) => {
    const [source = '', destination = ''] = args.words;
    const [from, to] = [parseTargetText(source), parseTargetText(destination)];
    if (!from.value || !to.value) return failWith([...from.diagnostics, ...to.diagnostics], args, io);
    const [fromTarget, toTarget] = [from.value, to.value];
    return changeState(args, io, 'StateMv', (state) => {
      const { value, diagnostics } = moveObjects(state, fromTarget, toTarget);
      if (value === undefined) return failed(...diagnostics);
      const what = `move ${JSON.stringify(source)} to ${JSON.stringify(destination)}\n`;
      if (args.boolean('dry-run')) return ok({ state: null, text: `Would ${what}` });
      const text = `M${what.slice(1)}Successfully moved ${value.count} object(s).\n`;
      return ok({ state: value.state, text });
    });
  },
};

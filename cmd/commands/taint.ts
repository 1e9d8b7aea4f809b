/** `taint` and `untaint`: marks an object as one that the next plan is to replace, or takes the mark away. */
import { type InstanceAddress, instanceText } from '../../core/addr/address.ts';
import { parseInstanceText } from '../../core/config/address-text.ts';
import { type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import { suggestion } from '../../core/diag/did-you-mean.ts';
import { currentInstance, setTainted } from '../../core/plan/state-edits.ts';
import type { State } from '../../core/state.ts';
import type { Arguments, Command } from '../command.ts';
import { CHANGING_STATE, type StateChange, changeState, problem } from '../change-state.ts';
import type { ExitCode, Io } from '../io.ts';
import { failWith } from '../reporting.ts';
import { stateObjects } from '../state-selection.ts';

const FLAGS: Command['flags'] = {
  ...CHANGING_STATE,
  'allow-missing': { type: 'boolean', describe: 'Succeed when there is no such object' },
};

export const taint: Command = {
  describe:
    'Marks an object as damaged, so that the next plan replaces it. "plan -replace=ADDRESS" does so without a mark.',
  usage: 'ADDRESS',
  flags: FLAGS,
  words: { least: 1, most: 1 },
  run: (args, io) => mark(true, args, io),
};

export const untaint: Command = {
  describe: 'Takes the mark of damage from an object, so that the next plan keeps it.',
  usage: 'ADDRESS',
  flags: FLAGS,
  words: { least: 1, most: 1 },
  run: (args, io) => mark(false, args, io),
};

async function mark(tainted: boolean, args: Arguments, io: Io): Promise<ExitCode> {
  const { value: address, diagnostics } = parseInstanceText(args.words[0] ?? '');
  if (address === undefined) return failWith(diagnostics, args, io);
  if (address.resource.mode === 'data') {
    const detail = `${instanceText(address)} is a data source: it is read, so there is nothing to replace.`;
    return failWith([problem('Resource instance cannot be tainted', detail)], args, io);
  }
  return changeState(args, io, tainted ? 'Taint' : 'Untaint', (state) =>
    marked(state, address, tainted, args.boolean('allow-missing')),
  );
}

function marked(state: State, address: InstanceAddress, tainted: boolean, allowMissing: boolean): Result<StateChange> {
  const text = instanceText(address);
  const found = currentInstance(state, address);
  if (found === undefined) return missing(state, text, allowMissing);
  if (!tainted && found.status !== 'tainted') {
    const detail = `${text} is not marked as damaged, so there is no mark to take away.`;
    return failed(problem('Resource instance is not tainted', detail));
  }
  const words = tainted ? 'been marked as tainted' : 'been successfully untainted';
  return ok({ state: setTainted(state, address, tainted) ?? null, text: `Resource instance ${text} has ${words}.\n` });
}

function missing(state: State, text: string, allowed: boolean): Result<StateChange> {
  const summary = 'No such resource instance';
  if (allowed) {
    const detail = `${text} is not in the state. That is no error, since -allow-missing was set.`;
    return ok({ state: null, text: '' }, [{ severity: 'warning', summary, detail }]);
  }
  const known = stateObjects(state).map(({ address }) => address);
  const detail = `${text} is not in the state.${suggestion(text, known)} What has just been written into the configuration is there after "stowage apply".`;
  return failed(problem(summary, detail));
}

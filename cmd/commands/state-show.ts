/** `state show`: the attributes of one object of the state. */
import { suggestion } from '../../core/diag/did-you-mean.ts';
import type { Arguments, Command } from '../command.ts';
import { Schemas, styleOf } from '../engine.ts';
import { COLOR, STATE } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { readCurrentState } from '../read-state.ts';
import { failWith } from '../reporting.ts';
import { stateObjects } from '../state-selection.ts';
import { Redactor } from '../view/redact.ts';
import { instanceText, learnState } from '../view/state-text.ts';
import { NO_STATE } from './state-list.ts';

export const stateShow: Command = {
  describe: 'Shows the attributes of one object of the state.',
  usage: 'ADDRESS',
  flags: { ...COLOR, ...STATE },
  words: { least: 1, most: 1 },
  run,
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const [address = ''] = args.words;
  const state = await readCurrentState(args, io);
  if (state.value === undefined) return failWith(state.diagnostics, args, io);
  if (state.value === null) return failWith([NO_STATE], args, io);
  const objects = stateObjects(state.value);
  const found = objects.find((object) => object.address === address && object.instance.deposed === undefined);
  if (found === undefined) {
    const detail = `There is no object with the address ${address} in the state.${suggestion(
      address,
      objects.map((object) => object.address),
    )} "stowage state list" shows all of them.`;
    return failWith([{ severity: 'error', summary: 'No instance found for the given address!', detail }], args, io);
  }
  const schemas = new Schemas();
  await schemas.loadForState(state.value);
  const redactor = new Redactor();
  learnState(state.value, schemas, redactor);
  io.out(redactor.text(instanceText(found.resource, found.instance, schemas, styleOf(args, io))));
  return 0;
}

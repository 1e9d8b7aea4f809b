/** `state push`: puts a state from a file, or from the input, in the place of the one that is there. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Diagnostic, type Diagnostics, type Result, failed, hasErrors } from '../../core/diag/diagnostic.ts';
import type { State } from '../../core/state.ts';
import { readState } from '../../state/codec.ts';
import { systemErrorText } from '../../state/file.ts';
import type { Arguments, Command } from '../command.ts';
import { problem } from '../change-state.ts';
import { COLOR, LOCK, STATE } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { openPlace } from '../read-state.ts';
import { failWith, report } from '../reporting.ts';
import { type StatePlace, lockState } from '../state-place.ts';

export const statePush: Command = {
  describe: 'Replaces the state by that of a file; "-" reads it from the input.',
  usage: 'PATH',
  flags: {
    ...COLOR,
    ...LOCK,
    ...STATE,
    force: { type: 'boolean', describe: 'Even when what is there is newer, or belongs to something else' },
    'ignore-remote-version': { type: 'boolean', describe: 'Accepted for compatibility' },
  },
  words: { least: 1, most: 1 },
  run,
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const pushed = await readPushed(args.words[0] ?? '', io);
  if (pushed.value === undefined) return failWith(pushed.diagnostics, args, io);
  const place = await openPlace(args, io);
  if (place.value === undefined) return failWith(place.diagnostics, args, io);
  const lock = await lockState(place.value, args, io, 'StatePush', (text) => io.error(`${text}\n`));
  if (lock.value === undefined) return failWith(lock.diagnostics, args, io);
  const problems = await push(pushed.value, place.value, args.boolean('force'));
  const release = lock.value === 'not-locked' ? [] : await lock.value.release();
  report([...problems, ...release], args, io);
  return hasErrors(problems) ? 1 : 0;
}

async function readPushed(path: string, io: Io): Promise<Result<State>> {
  if (path === '-') return readState(await io.readInput(), 'the input');
  try {
    return readState(await readFile(resolve(io.workingDirectory, path), 'utf8'), path);
  } catch (error) {
    return failed(problem('Failed to read state', `${path} cannot be read: ${systemErrorText(error)}.`));
  }
}

/** Forced, the state gets a serial that follows what is there, and its lineage. */
async function push(pushed: State, { store }: StatePlace, force: boolean): Promise<Diagnostics> {
  const current = await store.read();
  if (current.value === undefined) return current.diagnostics;
  if (current.value === null) return store.write(pushed);
  const { serial, lineage } = current.value;
  if (!force) {
    const obstacle = obstacleTo(pushed, current.value);
    if (obstacle) return [obstacle];
    if (pushed.serial === serial) return [];
    return store.write(pushed);
  }
  return store.write({ ...pushed, lineage, serial: Math.max(pushed.serial, serial + 1) });
}

function obstacleTo(pushed: State, current: State): Diagnostic | undefined {
  const advice = 'Push with -force only when you are sure that what is there may be lost.';
  if (current.lineage !== '' && pushed.lineage !== current.lineage) {
    const detail = `It has lineage "${pushed.lineage}", but the state that is there has "${current.lineage}": they belong to different things. ${advice}`;
    return problem('Failed to write state', detail);
  }
  if (pushed.serial > current.serial) return undefined;
  if (pushed.serial === current.serial && sameContent(pushed, current)) return undefined;
  const detail = `It has serial ${pushed.serial}, but the state that is there has ${current.serial}, so it is not newer. ${advice}`;
  return problem('Failed to write state', detail);
}

function sameContent(a: State, b: State): boolean {
  const plain = ({ outputs, resources, checkResults }: State) =>
    JSON.stringify([[...outputs], resources, checkResults]);
  return plain(a) === plain(b);
}

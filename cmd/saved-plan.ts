/** Saved plans on disk: written with the configuration they were made from, read back and checked against the state. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { loadConfiguration } from '../core/config/load.ts';
import type { Configuration } from '../core/config/module.ts';
import { configurationFiles } from '../core/config/module-files.ts';
import { type Diagnostic, type Result, failed } from '../core/diag/diagnostic.ts';
import { type PlanFile, decodePlanFile, encodePlanFile } from '../core/plan/plan-file.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { State } from '../core/state.ts';
import { systemErrorText, writeDurably } from '../state/file.ts';
import type { Io } from './io.ts';
import { type StatePlace, dataDirectoryOf } from './state-place.ts';
import { VERSION } from './version.ts';

/** @returns what went wrong */
export async function writePlanFile(
  path: string,
  plan: Plan,
  configuration: Configuration,
  place: StatePlace,
  io: Io,
): Promise<Diagnostic[]> {
  const file: PlanFile = {
    plan,
    stowageVersion: VERSION,
    workspace: place.workspace,
    stateDescription: place.store.description,
    files: configurationTexts(configuration, io),
  };
  try {
    await writeDurably(resolve(io.workingDirectory, path), encodePlanFile(file));
    return [];
  } catch (error) {
    return [
      {
        severity: 'error',
        summary: 'Failed to write plan file',
        detail: `The plan cannot be written to ${path}: ${systemErrorText(error)}.`,
      },
    ];
  }
}

/** Every file that the configuration was read from, by its path from the working directory. */
function configurationTexts(configuration: Configuration, io: Io): Map<string, string> {
  const texts = new Map<string, string>();
  const add = (path: string) => {
    const absolute = resolve(io.workingDirectory, path);
    if (existsSync(absolute)) texts.set(relative(io.workingDirectory, absolute), readFileSync(absolute, 'utf8'));
  };
  for (const { directory } of configuration.modules.values()) {
    const names = configurationFiles(resolve(io.workingDirectory, directory));
    for (const name of [...(names?.primary ?? []), ...(names?.overrides ?? [])]) add(join(directory, name));
  }
  add(join(dataDirectoryOf(io), 'modules', 'modules.json'));
  return texts;
}

export async function readPlanFile(path: string, io: Io): Promise<Result<PlanFile>> {
  try {
    return decodePlanFile(await readFile(resolve(io.workingDirectory, path), 'utf8'), path);
  } catch (error) {
    return failed({
      severity: 'error',
      summary: 'Failed to read plan file',
      detail: `${path} cannot be read: ${systemErrorText(error)}.`,
    });
  }
}

/**
 * The configuration as it was when the plan was made, whatever the files say now. They are laid out in a folder of
 * their own for as long as they are read, deep enough that `../` finds its way.
 */
export async function plannedConfiguration(file: PlanFile, io: Io): Promise<Result<Configuration>> {
  const root = await mkdtemp(join(tmpdir(), 'stowage-plan-'));
  try {
    const depth = Math.max(
      0,
      ...[...file.files.keys()].map((path) => path.split('/').filter((part) => part === '..').length),
    );
    const workingDirectory = join(root, ...Array.from({ length: depth }, (_, index) => `level-${index}`));
    await mkdir(workingDirectory, { recursive: true });
    for (const [path, text] of file.files) {
      const target = join(workingDirectory, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text, { mode: 0o600 });
    }
    const dataDirectory = dataDirectoryOf(io);
    const shown = isAbsolute(dataDirectory) ? relative(io.workingDirectory, dataDirectory) : dataDirectory;
    return await loadConfiguration('.', { workingDirectory, dataDirectory: shown });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Why a plan cannot be applied to the state as it is now. */
export function unfitReason(plan: Plan, current: State | null, name: string): Diagnostic | undefined {
  if (plan.errored)
    return refusal(
      'Cannot apply incomplete plan',
      `An error occurred while ${name} was made, so it does not say all that would have to be done.`,
    );
  const { priorState } = plan;
  if (current === null) {
    if (priorState.serial === 0 && priorState.resources.length === 0) return undefined;
    return refusal('Saved plan is stale', `${name} was made for a state that is not there any more.`);
  }
  const started = priorState.serial === 0;
  if (!started && current.lineage !== priorState.lineage) {
    return refusal(
      'Saved plan does not match the given state',
      `${name} was made for a state with another lineage: for another directory or workspace.`,
    );
  }
  if (current.serial === priorState.serial && (!started || current.lineage === priorState.lineage)) return undefined;
  return refusal(
    'Saved plan is stale',
    `The state has changed since ${name} was made (serial ${priorState.serial} then, ${current.serial} now), so it can no longer be applied. Make a new plan.`,
  );
}

function refusal(summary: string, detail: string): Diagnostic {
  return { severity: 'error', summary, detail };
}

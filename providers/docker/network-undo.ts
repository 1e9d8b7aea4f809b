/**
 * Takes back the replacement of a network: what was done is undone, newest first. A network that is put back has
 * another ID than before, so what follows is aimed at that one.
 */
import { type Diagnostic, type Diagnostics, hasErrors } from '../../core/diag/diagnostic.ts';
import type { Outcome, Runner, Step } from '../../core/provider.ts';

export interface Undone {
  readonly problems: Diagnostics;
  /** IDs of networks that were put back, by the ID that they had. */
  readonly renewed: ReadonlyMap<string, string>;
  /** Steps that could not be taken back. */
  readonly left: ReadonlySet<string>;
}

/** `done` in the order in which it was done. Ends early when a network cannot be put back: nothing can join it. */
export async function undoSteps(
  done: readonly Step[],
  outcomes: ReadonlyMap<string, Outcome>,
  run: Runner,
): Promise<Undone> {
  const problems: Diagnostic[] = [];
  const renewed = new Map<string, string>();
  const left = new Set<string>();
  for (const step of [...done].reverse()) {
    const { undo } = step;
    if (undo === undefined) continue;
    const result = await run.step({ ...undo, target: aimed(undo.target, outcomes, renewed) });
    problems.push(...result.diagnostics);
    if (hasErrors(result.diagnostics)) left.add(step.id);
    if (undo.kind !== 'network.create') continue;
    if (result.value?.id === undefined) return { problems: [...problems, ...stranded(done)], renewed, left };
    if (step.target !== null && 'id' in step.target) renewed.set(step.target.id, result.value.id);
  }
  return { problems: [...problems, ...putBack(renewed, done)], renewed, left };
}

function aimed(target: Step['target'], outcomes: ReadonlyMap<string, Outcome>, renewed: ReadonlyMap<string, string>) {
  if (target === null || 'name' in target) return target;
  const id = 'id' in target ? target.id : outcomes.get(target.outcomeOf)?.id;
  return id === undefined ? target : { id: renewed.get(id) ?? id };
}

function containersOf(done: readonly Step[]): string {
  const names = done
    .filter(({ kind }) => kind === 'network.disconnect')
    .map((step) => String(step.arguments.container));
  return [...new Set(names)].sort().join(', ');
}

function stranded(done: readonly Step[]): Diagnostics {
  const names = containersOf(done);
  if (names === '') return [];
  return [
    {
      severity: 'error',
      summary: 'Containers have lost their network',
      detail: `Neither the new network nor the old one could be made, so these containers are without it: ${names}. Once the network is there, "docker network connect" joins them again.`,
    },
  ];
}

function putBack(renewed: ReadonlyMap<string, string>, done: readonly Step[]): Diagnostics {
  if (renewed.size === 0) return [];
  const names = containersOf(done);
  const who = names === '' ? '' : `, and the containers ${names} are connected to it as before`;
  return [
    {
      severity: 'warning',
      summary: 'Old network put back',
      detail: `The new network could not be made, so the old one has been made again as it was, with a new ID${who}.`,
    },
  ];
}

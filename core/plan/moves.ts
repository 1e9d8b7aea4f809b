/** `moved` blocks and the moves that count and its absence imply, carried out on the prior state before anything else. */
import {
  type InstanceAddress,
  type ModulePath,
  type ResourceAddress,
  instanceText,
  moduleText,
} from '../addr/address.ts';
import { type TargetAddress, targetInModule } from './targets.ts';
import type { Configuration, Moved } from '../config/module.ts';
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Repetition } from '../graph/repetition.ts';
import type { WorkingState } from './working-state.ts';

export interface Moves {
  /** Address now to the address that the state had. */
  readonly previous: Map<string, string>;
}

interface Statement {
  readonly moved: Moved;
  readonly from: TargetAddress;
  readonly to: TargetAddress;
}

export function applyMoves(configuration: Configuration, state: WorkingState, diagnostics: Diagnostic[]): Moves {
  const moves: Moves = { previous: new Map() };
  const all = statements(configuration);
  const mistakes = contradictions(all);
  diagnostics.push(...mistakes);
  if (mistakes.length > 0) return moves;
  for (const statement of inOrder(all)) applyStatement(state, moves, statement, diagnostics);
  return moves;
}

function statements(configuration: Configuration): Statement[] {
  return [...configuration.modules.values()].flatMap((module) =>
    module.moved.flatMap((moved) => {
      const from = targetInModule(module.path, moved.from);
      const to = targetInModule(module.path, moved.to);
      return from && to ? [{ moved, from, to }] : [];
    }),
  );
}

/** Two ways for one object, and ways that lead in a circle. */
function contradictions(all: readonly Statement[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const ways = new Map<string, Statement>();
  for (const statement of all) {
    const other = ways.get(text(statement.from));
    if (other && text(other.to) !== text(statement.to)) found.push(ambiguous(statement, other));
    else ways.set(text(statement.from), statement);
  }
  for (const statement of ways.values()) {
    const circle = followed(statement, ways);
    if (circle) return [...found, circular(circle)];
  }
  return found;
}

/** The statements of a circle that begins with this one. */
function followed(start: Statement, ways: ReadonlyMap<string, Statement>): Statement[] | undefined {
  const path: Statement[] = [];
  for (let at: Statement | undefined = start; at && path.length <= ways.size; at = ways.get(text(at.to))) {
    path.push(at);
    if (text(at.to) === text(start.from)) return path;
  }
  return undefined;
}

function ambiguous(statement: Statement, other: Statement): Diagnostic {
  return errorAt(
    statement.moved.range,
    'Ambiguous move statements',
    `${text(statement.from)} moves to ${text(statement.to)} here, but to ${text(other.to)} by the statement at ${placeOf(other)}. An object can go one way only: remove one of the two.`,
  );
}

function circular(circle: readonly Statement[]): Diagnostic {
  const lines = circle.map((each) => `  - ${placeOf(each)}: ${text(each.from)} -> ${text(each.to)}`);
  return errorAt(
    undefined,
    'Cyclic dependency in move statements',
    `These statements lead in a circle, so there is no place where the object ends:\n${lines.join('\n')}\nRemove one of them.`,
  );
}

function placeOf({ moved: { range } }: Statement): string {
  const { line, column } = range.file.position(range.start);
  return `${range.file.name}:${line},${column}`;
}

/** A move whose result is what another one moves comes first: `a -> b`, then `b -> c`. */
function inOrder(all: readonly Statement[]): Statement[] {
  const rest = [...all];
  const sorted: Statement[] = [];
  while (rest.length > 0) {
    const index = rest.findIndex(
      (candidate) => !rest.some((other) => other !== candidate && text(other.to) === text(candidate.from)),
    );
    sorted.push(...rest.splice(Math.max(index, 0), 1));
  }
  return sorted;
}

function text(target: TargetAddress): string {
  return target.kind === 'module'
    ? moduleText(target.module)
    : instanceText({ resource: target.resource, key: target.key });
}

function applyStatement(
  state: WorkingState,
  moves: Moves,
  { moved, from, to }: Statement,
  diagnostics: Diagnostic[],
): void {
  for (const resource of [...state.resources.values()]) {
    for (const instance of [...resource.instances.values()]) {
      const address = { resource: resource.address, key: instance.key };
      const target = destination(address, from, to);
      if (!target) continue;
      if (state.instance(target)?.current) {
        if (instance.current) diagnostics.push(blocked(moved, address, target));
        continue;
      }
      move(state, moves, address, target);
    }
  }
}

function move(state: WorkingState, moves: Moves, from: InstanceAddress, to: InstanceAddress): void {
  const origin = moves.previous.get(instanceText(from)) ?? instanceText(from);
  moves.previous.delete(instanceText(from));
  state.move(from, to);
  if (origin !== instanceText(to)) moves.previous.set(instanceText(to), origin);
}

function blocked(moved: Moved, from: InstanceAddress, to: InstanceAddress): Diagnostic {
  return {
    severity: 'warning',
    summary: 'Unresolved resource instance address changes',
    detail: `${instanceText(from)} cannot be moved to ${instanceText(to)}, because the state has an object there already. It will be destroyed unless one of them is moved by hand.`,
    subject: moved.range,
  };
}

/** Where the statement takes this instance; undefined when it does not mean it. */
function destination(address: InstanceAddress, from: TargetAddress, to: TargetAddress): InstanceAddress | undefined {
  if (from.kind === 'module' && to.kind === 'module') {
    const module = movedPath(address.resource.module, from.module, to.module);
    return module && { ...address, resource: { ...address.resource, module } };
  }
  if (from.kind === 'module' || to.kind === 'module') return undefined;
  if (!sameResource(address.resource, from.resource)) return undefined;
  const module = movedPath(address.resource.module, from.resource.module, to.resource.module);
  if (!module) return undefined;
  const resource = { ...to.resource, module };
  if (from.key === undefined && to.key === undefined) return { resource, key: address.key };
  return address.key === from.key ? { resource, key: to.key } : undefined;
}

function sameResource(a: ResourceAddress, b: ResourceAddress): boolean {
  return a.mode === b.mode && a.type === b.type && a.name === b.name;
}

/** `path` with its beginning `from` replaced by `to`; a step without a key in `from` means every key, which is kept. */
function movedPath(path: ModulePath, from: ModulePath, to: ModulePath): ModulePath | undefined {
  if (path.length < from.length) return undefined;
  for (const [index, step] of from.entries()) {
    const at = path[index];
    if (at?.name !== step.name || (step.key !== undefined && at.key !== step.key)) return undefined;
  }
  const last = from.length - 1;
  const head = to.map((step, index) => {
    const origin = path[index];
    const keeps =
      step.key === undefined &&
      origin !== undefined &&
      from[index]?.key === undefined &&
      (index < last || index === to.length - 1);
    return keeps ? { name: step.name, key: origin.key } : step;
  });
  return [...head, ...path.slice(from.length)];
}

/** `a` becomes `a[0]` when count appears, and back when it goes. Gives what was moved, if anything was. */
export function impliedMove(
  state: WorkingState,
  moves: Moves,
  resource: ResourceAddress,
  repetition: Repetition,
): { readonly from: InstanceAddress; readonly to: InstanceAddress } | undefined {
  const single = { resource, key: undefined };
  const first = { resource, key: 0 };
  const counted = repetition.kind === 'count' && repetition.count > 0;
  if (!counted && repetition.kind !== 'single') return undefined;
  const [from, to] = counted ? [single, first] : [first, single];
  if (!state.instance(from)?.current || state.instance(to)) return undefined;
  move(state, moves, from, to);
  return { from, to };
}

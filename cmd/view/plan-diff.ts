/**
 * What differs between two values, as a tree: the comparison behind the text of a plan. Knows no symbols, no colours
 * and no widths; marks and unknowns decide what may be compared at all.
 */
import { sameValue } from '../../core/value/equal.ts';
import type { Value } from '../../core/value/value.ts';
import { placeholder } from './value-text.ts';

export type DiffAction = 'create' | 'update' | 'delete' | 'no-op';

export type Diff =
  /** Shown whole: one or both sides as text. */
  | { readonly kind: 'leaf'; readonly action: DiffAction; readonly before?: Value; readonly after?: Value }
  /** Entries by name; `quoted` for maps. */
  | {
      readonly kind: 'mapping';
      readonly action: DiffAction;
      readonly quoted: boolean;
      readonly entries: ReadonlyMap<string, Diff>;
      /** What the whole becomes, when that is not a mapping: `-> (known after apply)`. */
      readonly becomes?: Value;
    }
  | {
      readonly kind: 'sequence';
      readonly action: DiffAction;
      /** Elements next to a change are shown too. */
      readonly ordered: boolean;
      readonly elements: readonly Diff[];
      readonly becomes?: Value;
    };

type Side = Value | undefined;

/** @param before undefined when it was not there; null values count as not there */
export function diffValues(before: Side, after: Side): Diff {
  const old = present(before);
  const next = present(after);
  if (old === undefined && next === undefined) return { kind: 'leaf', action: 'no-op', ...sides(before, after) };
  // A value that says nothing, and no value: the engine tells them apart as little as a reader does.
  if (next === undefined && after?.kind === 'null' && old && saysNothing(old))
    return { kind: 'leaf', action: 'no-op', ...sides(before, after) };
  if (old === undefined || next === undefined) return oneSided(old, next);
  if (opaque(old) || opaque(next)) return opaqueDiff(old, next);
  return comparable(old, next) ?? replaced(old, next);
}

function present(value: Side): Side {
  return value === undefined || (value.kind === 'null' && placeholder(value) === undefined) ? undefined : value;
}

/** Its inside must not, or cannot, be looked at. */
function opaque(value: Value): boolean {
  return placeholder(value) !== undefined;
}

function sides(before: Side, after: Side): { before?: Value; after?: Value } {
  return { ...(before ? { before } : {}), ...(after ? { after } : {}) };
}

function oneSided(before: Side, after: Side): Diff {
  const action = before === undefined ? 'create' : 'delete';
  const value = before ?? after;
  if (value === undefined || opaque(value)) return { kind: 'leaf', action, ...sides(before, after) };
  const inside = (child: Value) => (action === 'create' ? diffValues(undefined, child) : diffValues(child, undefined));
  const entries = mappingEntries(value);
  if (entries !== undefined) {
    const said = [...entries].filter(([, child]) => value.kind === 'map' || !isUnset(child));
    const children = new Map(said.map(([name, child]) => [name, inside(child)]));
    return { kind: 'mapping', action, quoted: value.kind === 'map', entries: children };
  }
  const elements = sequenceElements(value);
  if (elements === undefined) return { kind: 'leaf', action, ...sides(before, after) };
  return { kind: 'sequence', action, ordered: value.kind !== 'set', elements: elements.map(inside) };
}

/** What an argument of a block holds when nobody has set it; a false or a zero may well have been written. */
function isUnset(value: Value): boolean {
  return value.kind !== 'bool' && value.kind !== 'number' && saysNothing(value);
}

/** Nothing, in the words of the Engine. */
function saysNothing(value: Value): boolean {
  if (value.kind === 'string') return value.value === '';
  if (value.kind === 'bool') return !value.value;
  if (value.kind === 'number') return value.value === 0;
  return sequenceElements(value)?.length === 0 || (value.kind === 'map' && value.entries.size === 0);
}

function opaqueDiff(before: Value, after: Value): Diff {
  const action = sameValue(before, after) && after.kind !== 'unknown' ? 'no-op' : 'update';
  if (opaque(before) || after.kind !== 'unknown') return { kind: 'leaf', action, before, after };
  const gone = oneSided(before, undefined);
  return gone.kind === 'leaf' ? { kind: 'leaf', action, before, after } : { ...gone, action, becomes: after };
}

function replaced(before: Value, after: Value): Diff {
  const action = sameValue(before, after) ? 'no-op' : 'update';
  const gone = oneSided(before, undefined);
  if (action === 'no-op' || gone.kind === 'leaf') return { kind: 'leaf', action, before, after };
  return { ...gone, action, becomes: after };
}

/** Undefined when the two cannot be compared part by part. */
function comparable(before: Value, after: Value): Diff | undefined {
  const oldEntries = mappingEntries(before);
  const newEntries = mappingEntries(after);
  if (oldEntries && newEntries)
    return mappingDiff(oldEntries, newEntries, before.kind === 'map' || after.kind === 'map');
  const oldElements = sequenceElements(before);
  const newElements = sequenceElements(after);
  if (!oldElements || !newElements) return undefined;
  if (before.kind === 'set' || after.kind === 'set') return sequence(false, setDiff(oldElements, newElements));
  const byIndex = before.kind === 'tuple' || after.kind === 'tuple';
  return sequence(true, byIndex ? indexDiff(oldElements, newElements) : listDiff(oldElements, newElements));
}

function mappingEntries(value: Value): ReadonlyMap<string, Value> | undefined {
  if (value.kind === 'object') return value.attributes;
  return value.kind === 'map' ? value.entries : undefined;
}

function sequenceElements(value: Value): readonly Value[] | undefined {
  return value.kind === 'list' || value.kind === 'set' || value.kind === 'tuple' ? value.elements : undefined;
}

function mappingDiff(before: ReadonlyMap<string, Value>, after: ReadonlyMap<string, Value>, quoted: boolean): Diff {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const entries = new Map(names.map((name) => [name, diffValues(before.get(name), after.get(name))]));
  return { kind: 'mapping', action: actionOf(entries.values()), quoted, entries };
}

function sequence(ordered: boolean, elements: readonly Diff[]): Diff {
  return { kind: 'sequence', action: actionOf(elements), ordered, elements };
}

function actionOf(children: Iterable<Diff>): DiffAction {
  for (const child of children) if (child.action !== 'no-op') return 'update';
  return 'no-op';
}

function indexDiff(before: readonly Value[], after: readonly Value[]): Diff[] {
  const length = Math.max(before.length, after.length);
  return Array.from({ length }, (_, index) => elementDiff(before[index], after[index]));
}

/** Unlike an attribute, an element that is null is there. */
function elementDiff(before: Side, after: Side): Diff {
  if (before !== undefined && after !== undefined) return diffValues(before, after);
  const action = before === undefined ? 'create' : 'delete';
  const value = before ?? after;
  return value?.kind === 'null' ? { kind: 'leaf', action, ...sides(before, after) } : diffValues(before, after);
}

/** Keeps a longest common run of elements; what lies between is removed, then added, objects paired in order. */
function listDiff(before: readonly Value[], after: readonly Value[]): Diff[] {
  const result: Diff[] = [];
  let oldAt = 0;
  let newAt = 0;
  for (const [oldIndex, newIndex] of [...commonPairs(before, after), [before.length, after.length] as const]) {
    result.push(...gapDiff(before.slice(oldAt, oldIndex), after.slice(newAt, newIndex)));
    const kept = before[oldIndex];
    if (kept !== undefined) result.push(diffValues(kept, after[newIndex]));
    oldAt = oldIndex + 1;
    newAt = newIndex + 1;
  }
  return result;
}

function gapDiff(removed: readonly Value[], added: readonly Value[]): Diff[] {
  const paired = Math.min(removed.length, added.length);
  const structured = [...removed, ...added].some((value) => mappingEntries(value) !== undefined);
  const pairs = structured ? paired : 0;
  return [
    ...removed.slice(0, pairs).map((value, index) => elementDiff(value, added[index])),
    ...removed.slice(pairs).map((value) => elementDiff(value, undefined)),
    ...added.slice(pairs).map((value) => elementDiff(undefined, value)),
  ];
}

const LARGEST_TABLE = 1_000_000;

/** Pairs of indexes of equal elements, ascending on both sides; beyond a size only what both begin and end with. */
function commonPairs(before: readonly Value[], after: readonly Value[]): (readonly [number, number])[] {
  const head = commonLength(
    before,
    after,
    (index) => index,
    (index) => index,
  );
  const rest = Math.min(before.length, after.length) - head;
  const tail = Math.min(
    rest,
    commonLength(
      before,
      after,
      (index) => before.length - 1 - index,
      (index) => after.length - 1 - index,
    ),
  );
  const oldMiddle = before.slice(head, before.length - tail);
  const newMiddle = after.slice(head, after.length - tail);
  const middle = oldMiddle.length * newMiddle.length > LARGEST_TABLE ? [] : longestCommon(oldMiddle, newMiddle);
  return [
    ...Array.from({ length: head }, (_, index) => [index, index] as const),
    ...middle.map(([left, right]) => [left + head, right + head] as const),
    ...Array.from({ length: tail }, (_, i) => [before.length - tail + i, after.length - tail + i] as const),
  ];
}

type At = (index: number) => number;

function commonLength(before: readonly Value[], after: readonly Value[], oldAt: At, newAt: At): number {
  const most = Math.min(before.length, after.length);
  let length = 0;
  while (length < most && sameAt(before, after, oldAt(length), newAt(length))) length++;
  return length;
}

function sameAt(before: readonly Value[], after: readonly Value[], oldIndex: number, newIndex: number): boolean {
  const [old, next] = [before[oldIndex], after[newIndex]];
  return old !== undefined && next !== undefined && next.kind !== 'unknown' && sameValue(old, next);
}

function longestCommon(before: readonly Value[], after: readonly Value[]): (readonly [number, number])[] {
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  const at = (left: number, right: number) => lengths[left * width + right] ?? 0;
  for (let left = before.length - 1; left >= 0; left--) {
    for (let right = after.length - 1; right >= 0; right--) {
      lengths[left * width + right] = sameAt(before, after, left, right)
        ? at(left + 1, right + 1) + 1
        : Math.max(at(left + 1, right), at(left, right + 1));
    }
  }
  const pairs: (readonly [number, number])[] = [];
  let [left, right] = [0, 0];
  while (left < before.length && right < after.length) {
    if (sameAt(before, after, left, right)) pairs.push([left++, right++]);
    else if (at(left + 1, right) >= at(left, right + 1)) left++;
    else right++;
  }
  return pairs;
}

/** Elements that stayed, then those that changed under the same key, then the rest. */
function setDiff(before: readonly Value[], after: readonly Value[]): Diff[] {
  const stayed = before.filter((old) => after.some((next) => sameValue(old, next)));
  const removed = before.filter((old) => !stayed.includes(old));
  const added = after.filter((next) => !before.some((old) => sameValue(old, next)));
  const rest = [...added];
  const changed = removed.map((old) => {
    const key = setKey(old);
    const partner = key === undefined ? -1 : rest.findIndex((next) => setKey(next) === key);
    return partner < 0 ? elementDiff(old, undefined) : diffValues(old, rest.splice(partner, 1)[0]);
  });
  return [
    ...stayed.map((value) => diffValues(value, value)),
    ...changed,
    ...rest.map((value) => elementDiff(undefined, value)),
  ];
}

/** What an element of a set is about: the KEY of `KEY=value`, the `label` of a label block; undefined when unclear. */
function setKey(value: Value): string | undefined {
  if (opaque(value)) return undefined;
  if (value.kind === 'string') return /^([A-Za-z_][\w.-]*)=/.exec(value.value)?.[1];
  if (value.kind !== 'object') return undefined;
  for (const name of ['label', 'name', 'file', 'target', 'container_path', 'host']) {
    const key = value.attributes.get(name);
    if (key?.kind === 'string' && !opaque(key)) return `${name}=${key.value}`;
  }
  return undefined;
}

/** Sensitive and ephemeral marks, and unknowns, in the depth of values. Knows no type and no rule about either. */
import type { AttributePath } from '../diag/diagnostic.ts';
import { mapChildren, transformValue, valueAt, walkValue } from './path.ts';
import { type Marks, NO_MARKS, SENSITIVE, type Value, withMarks, withoutMarks } from './value.ts';

/** Marks of one place. */
export interface PathMarks {
  readonly path: AttributePath;
  readonly marks: Marks;
}

/** All marks of the value and of everything within it. */
export function marksIn(value: Value): Marks {
  let marks = value.marks;
  for (const child of childrenOf(value)) marks |= marksIn(child);
  return marks;
}

/** Carried by the value itself or by something within it. */
export function isSensitive(value: Value): boolean {
  return hasMarkWithin(value, SENSITIVE);
}

export function hasMarkWithin(value: Value, mark: Marks): boolean {
  if ((value.marks & mark) !== 0) return true;
  for (const child of childrenOf(value)) if (hasMarkWithin(child, mark)) return true;
  return false;
}

export function unmarkDeep<V extends Value>(value: V): V;
export function unmarkDeep(value: Value): Value {
  return marksIn(value) === NO_MARKS ? value : withoutMarks(mapChildren(value, unmarkDeep));
}

/** The plain value, and where its marks were: outer before inner, each place that carries some of its own. */
export function unmarkDeepWithPaths(value: Value): { value: Value; paths: readonly PathMarks[] } {
  if (marksIn(value) === NO_MARKS) return { value, paths: [] };
  const paths: PathMarks[] = [];
  walkValue(value, (inner, path) => {
    if (inner.marks !== NO_MARKS) paths.push({ path, marks: inner.marks });
    return inner.kind !== 'set';
  });
  return { value: paths.length === 0 ? value : unmarkDeep(value), paths };
}

/** Puts marks on the given places; a place that is not there marks the nearest one above that is. */
export function markPaths(value: Value, paths: readonly PathMarks[]): Value {
  if (paths.length === 0) return value;
  const marks = new Map<string, Marks>();
  for (const place of paths) {
    let path = place.path;
    while (path.length > 0 && valueAt(value, path) === undefined) path = path.slice(0, -1);
    const key = JSON.stringify(path);
    marks.set(key, (marks.get(key) ?? NO_MARKS) | place.marks);
  }
  return transformValue(value, (inner, path) => withMarks(inner, marks.get(JSON.stringify(path)) ?? NO_MARKS));
}

/** Unknown itself or in some part. */
export function containsUnknown(value: Value): boolean {
  if (value.kind === 'unknown') return true;
  for (const child of childrenOf(value)) if (containsUnknown(child)) return true;
  return false;
}

export function isWhollyKnown(value: Value): boolean {
  return !containsUnknown(value);
}

const NO_CHILDREN: readonly Value[] = [];

/** Direct children, elements of sets included. */
export function childrenOf(value: Value): Iterable<Value> {
  switch (value.kind) {
    case 'list':
    case 'set':
    case 'tuple':
      return value.elements;
    case 'map':
      return value.entries.values();
    case 'object':
      return value.attributes.values();
    default:
      return NO_CHILDREN;
  }
}

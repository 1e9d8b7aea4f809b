/** Places inside values: look one up, visit all, rebuild a value. Knows nothing of what is found there. */
import type { AttributePath } from '../diag/diagnostic.ts';
import { listValue, mapValue, objectValue, tupleValue, type Value } from './value.ts';

/** The value at this place; undefined where there is none, beneath a null, an unknown or a set included. */
export function valueAt(value: Value, path: AttributePath): Value | undefined {
  let at: Value | undefined = value;
  for (const step of path) {
    if (at === undefined) return undefined;
    at = child(at, step);
  }
  return at;
}

function child(value: Value, step: string | number): Value | undefined {
  switch (value.kind) {
    case 'list':
    case 'tuple':
      return typeof step === 'number' ? value.elements[step] : undefined;
    case 'map':
      return typeof step === 'string' ? value.entries.get(step) : undefined;
    case 'object':
      return typeof step === 'string' ? value.attributes.get(step) : undefined;
    default:
      return undefined;
  }
}

/**
 * Visits the value and all within it, outer before inner. Elements of a set are visited with the set's own path, as
 * nothing points into one. `visit` returns false to leave out what is beneath.
 */
export function walkValue(value: Value, visit: (value: Value, path: AttributePath) => boolean | undefined): void {
  walkAt(value, [], visit);
}

function walkAt(
  value: Value,
  path: AttributePath,
  visit: (value: Value, path: AttributePath) => boolean | undefined,
): void {
  if (visit(value, path) === false) return;
  switch (value.kind) {
    case 'list':
    case 'tuple':
      value.elements.forEach((element, index) => {
        walkAt(element, [...path, index], visit);
      });
      return;
    case 'set':
      for (const element of value.elements) walkAt(element, path, visit);
      return;
    case 'map':
      for (const [key, entry] of value.entries) walkAt(entry, [...path, key], visit);
      return;
    case 'object':
      for (const [name, attribute] of value.attributes) walkAt(attribute, [...path, name], visit);
      return;
    default:
  }
}

/**
 * The value with everything within it replaced by what `transform` makes of it, inner before outer. Sets are leaves.
 * Parts that do not change are shared with the original. The caller sees to it that elements keep their type.
 */
export function transformValue(value: Value, transform: (value: Value, path: AttributePath) => Value): Value {
  return transformAt(value, [], transform);
}

function transformAt(
  value: Value,
  path: AttributePath,
  transform: (value: Value, path: AttributePath) => Value,
): Value {
  return transform(
    mapChildren(value, (inner, step) => transformAt(inner, [...path, step], transform)),
    path,
  );
}

/** The value with each direct child replaced; itself when none has changed. Sets have no children here. */
export function mapChildren(value: Value, replace: (child: Value, step: string | number) => Value): Value {
  switch (value.kind) {
    case 'list': {
      const elements = mapElements(value.elements, replace);
      return elements === value.elements ? value : listValue(value.element, elements, value.marks);
    }
    case 'tuple': {
      const elements = mapElements(value.elements, replace);
      return elements === value.elements ? value : tupleValue(elements, value.marks);
    }
    case 'map': {
      const entries = mapEntries(value.entries, replace);
      return entries === value.entries ? value : mapValue(value.element, entries, value.marks);
    }
    case 'object': {
      const attributes = mapEntries(value.attributes, replace);
      return attributes === value.attributes ? value : objectValue(attributes, value.marks);
    }
    default:
      return value;
  }
}

function mapElements(elements: readonly Value[], replace: (child: Value, step: number) => Value): readonly Value[] {
  let changed = false;
  const result = elements.map((element, index) => {
    const next = replace(element, index);
    if (next !== element) changed = true;
    return next;
  });
  return changed ? result : elements;
}

function mapEntries(
  entries: ReadonlyMap<string, Value>,
  replace: (child: Value, step: string) => Value,
): ReadonlyMap<string, Value> {
  let changed: Map<string, Value> | undefined;
  for (const [key, entry] of entries) {
    const next = replace(entry, key);
    if (next === entry) continue;
    changed ??= new Map(entries);
    changed.set(key, next);
  }
  return changed ?? entries;
}

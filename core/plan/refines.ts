/**
 * Whether a value fits a planned one: what was known is the same, what was unknown may be anything of its kind. Held
 * against every object that is planned again at apply.
 */
import type { AttributePath } from '../diag/diagnostic.ts';
import { sameValue } from '../value/equal.ts';
import type { Value } from '../value/value.ts';

/** The first place that does not fit, or undefined when all does. Marks do not matter. */
export function misfit(planned: Value, actual: Value, path: AttributePath = []): AttributePath | undefined {
  if (planned.kind === 'unknown') return refinementHolds(planned, actual) ? undefined : path;
  if (planned.kind !== actual.kind) return path;
  switch (planned.kind) {
    case 'object':
      return misfitNamed(planned.attributes, actual.kind === 'object' ? actual.attributes : new Map(), path);
    case 'map':
      return misfitNamed(planned.entries, actual.kind === 'map' ? actual.entries : new Map(), path);
    case 'list':
    case 'tuple': {
      const others = actual.kind === 'list' || actual.kind === 'tuple' ? actual.elements : [];
      if (others.length !== planned.elements.length) return path;
      return first(
        planned.elements.map((element, index) => () => misfit(element, others[index] as Value, [...path, index])),
      );
    }
    case 'set': {
      const others = actual.kind === 'set' ? actual.elements : [];
      const fits = others.every((other) => planned.elements.some((element) => misfit(element, other) === undefined));
      return fits && others.length <= planned.elements.length ? undefined : path;
    }
    default:
      return sameValue(planned, actual, { ignoreMarks: true }) ? undefined : path;
  }
}

function misfitNamed(
  planned: ReadonlyMap<string, Value>,
  actual: ReadonlyMap<string, Value>,
  path: AttributePath,
): AttributePath | undefined {
  if (planned.size !== actual.size) return path;
  return first(
    [...planned].map(([name, value]) => () => {
      const other = actual.get(name);
      return other === undefined ? [...path, name] : misfit(value, other, [...path, name]);
    }),
  );
}

function first(checks: readonly (() => AttributePath | undefined)[]): AttributePath | undefined {
  for (const check of checks) {
    const path = check();
    if (path) return path;
  }
  return undefined;
}

function refinementHolds(planned: Value, actual: Value): boolean {
  if (planned.kind !== 'unknown' || planned.refinement === undefined) return true;
  if (actual.kind === 'null') return planned.refinement.notNull !== true;
  const { prefix } = planned.refinement;
  return prefix === undefined || actual.kind !== 'string' || actual.value.startsWith(prefix);
}

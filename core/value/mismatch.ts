/** Why values of one type cannot become another, in the words of a diagnostic. Asked only after a conversion failed. */
import { friendlyConstraintName } from './show.ts';
import type { ObjectType, Type } from './type.ts';
import { typesEqual } from './type.ts';
import { canConvert } from './unify.ts';

export function mismatchMessage(given: Type, wanted: Type): string {
  if (given.kind === 'object' && wanted.kind === 'object') return objectMismatch(given, wanted);
  if ('element' in wanted && wanted.element.kind === 'dynamic') {
    const together =
      (given.kind === 'tuple' && wanted.kind !== 'map') || (given.kind === 'object' && wanted.kind === 'map');
    if (together) return `all ${wanted.kind} elements must have the same type`;
  }
  if ('element' in wanted && (given.kind === 'tuple' || given.kind === 'object'))
    return elementsMismatch(given, wanted);
  if ('element' in wanted && 'element' in given) {
    const related = wanted.kind === 'map' ? given.kind === 'map' : given.kind !== 'map';
    if (related) return `incorrect ${wanted.kind} element type: ${mismatchMessage(given.element, wanted.element)}`;
  }
  return `${friendlyConstraintName(wanted)} required`;
}

function objectMismatch(given: ObjectType, wanted: ObjectType): string {
  const missing: string[] = [];
  let mismatch: string | undefined;
  for (const [name, type] of wanted.attributes) {
    const has = given.attributes.get(name);
    if (has === undefined) {
      if (wanted.optional?.has(name) !== true) missing.push(`"${name}"`);
    } else if (mismatch === undefined && !canConvert(has, type)) {
      mismatch = `attribute "${name}": ${mismatchMessage(has, type)}`;
    }
  }
  const last = missing.at(-1);
  if (last === undefined) return mismatch ?? 'incorrect object attributes';
  if (missing.length === 1) return `attribute ${last} is required`;
  if (missing.length === 2) return `attributes ${missing.join(' and ')} are required`;
  return `attributes ${missing.slice(0, -1).join(', ')}, and ${last} are required`;
}

type StructuralType = ObjectType | Extract<Type, { kind: 'tuple' }>;
type CollectionType = Extract<Type, { element: Type }>;

function elementsMismatch(given: StructuralType, wanted: CollectionType): string {
  if ((wanted.kind === 'map') !== (given.kind === 'object')) return `${friendlyConstraintName(wanted)} required`;
  const elements: Iterable<readonly [string | number, Type]> =
    given.kind === 'tuple' ? given.elements.entries() : given.attributes;
  for (const [key, type] of elements) {
    if (typesEqual(type, wanted.element) || canConvert(type, wanted.element)) continue;
    return `element ${typeof key === 'number' ? key : `"${key}"`}: ${mismatchMessage(type, wanted.element)}`;
  }
  return `all elements must be ${friendlyConstraintName(wanted.element)}`;
}

/** Terraform's types. `dynamic` is the type of what has none yet: an untyped null, an unknown of unknown type, `any`. */
export type Type =
  | { readonly kind: 'string' }
  | { readonly kind: 'number' }
  | { readonly kind: 'bool' }
  | { readonly kind: 'dynamic' }
  | { readonly kind: 'list'; readonly element: Type }
  | { readonly kind: 'set'; readonly element: Type }
  | { readonly kind: 'map'; readonly element: Type }
  | { readonly kind: 'tuple'; readonly elements: readonly Type[] }
  | ObjectType;

/**
 * `attributes` are in UTF-8 byte order of their names. `optional` names attributes that a conversion may leave out
 * (type constraints only; the type of a value never has any).
 */
export interface ObjectType {
  readonly kind: 'object';
  readonly attributes: ReadonlyMap<string, Type>;
  readonly optional?: ReadonlySet<string>;
}

export const STRING: Type = Object.freeze({ kind: 'string' });
export const NUMBER: Type = Object.freeze({ kind: 'number' });
export const BOOL: Type = Object.freeze({ kind: 'bool' });
export const DYNAMIC: Type = Object.freeze({ kind: 'dynamic' });

export function listType(element: Type): Type {
  return { kind: 'list', element };
}

export function setType(element: Type): Type {
  return { kind: 'set', element };
}

export function mapType(element: Type): Type {
  return { kind: 'map', element };
}

export function tupleType(elements: readonly Type[]): Type {
  return { kind: 'tuple', elements };
}

export function objectType(attributes: Iterable<readonly [string, Type]>, optional?: Iterable<string>): ObjectType {
  const sorted = new Map([...attributes].sort((a, b) => compareUtf8(a[0], b[0])));
  const names = new Set(optional);
  return { kind: 'object', attributes: sorted, ...(names.size > 0 ? { optional: names } : {}) };
}

/** Order of two strings by their UTF-8 bytes, which is the order of maps, objects and sets. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    // UTF-16 and UTF-8 disagree only where a surrogate meets a unit above the surrogates.
    const leftSurrogate = left >= 0xd800 && left <= 0xdfff;
    const rightSurrogate = right >= 0xd800 && right <= 0xdfff;
    if (leftSurrogate !== rightSurrogate) return leftSurrogate ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}

export function typesEqual(a: Type, b: Type): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case 'string':
    case 'number':
    case 'bool':
    case 'dynamic':
      return a.kind === b.kind;
    case 'list':
    case 'set':
    case 'map':
      return a.kind === b.kind && typesEqual(a.element, b.element);
    case 'tuple': {
      if (b.kind !== 'tuple' || a.elements.length !== b.elements.length) return false;
      const others = b.elements;
      return a.elements.every((element, index) => typesEqual(element, others[index] ?? DYNAMIC));
    }
    case 'object':
      return b.kind === 'object' && objectTypesEqual(a, b);
  }
}

function objectTypesEqual(a: ObjectType, b: ObjectType): boolean {
  if (a.attributes.size !== b.attributes.size) return false;
  for (const [name, type] of a.attributes) {
    const other = b.attributes.get(name);
    if (other === undefined || !typesEqual(type, other)) return false;
    if ((a.optional?.has(name) ?? false) !== (b.optional?.has(name) ?? false)) return false;
  }
  return true;
}

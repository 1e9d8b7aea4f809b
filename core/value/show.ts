/** Types in words, for diagnostics and for the console's `type`. Knows no values. */
import type { Type } from './type.ts';

/** "list of string", "object", "dynamic": how a diagnostic calls the type of a value. */
export function friendlyTypeName(type: Type): string {
  switch (type.kind) {
    case 'list':
    case 'set':
    case 'map':
      return `${type.kind} of ${friendlyTypeName(type.element)}`;
    default:
      return type.kind;
  }
}

/** The same for a type that was asked for: `any` is then a promise, not a type. */
export function friendlyConstraintName(type: Type): string {
  switch (type.kind) {
    case 'dynamic':
      return 'any type';
    case 'list':
    case 'set':
    case 'map':
      if (type.element.kind === 'dynamic') return `${type.kind} of any single type`;
      return `${type.kind} of ${friendlyConstraintName(type.element)}`;
    default:
      return type.kind;
  }
}

/** As `type(...)` prints it in the console: nested types on lines of their own, four spaces a level. */
export function typeText(type: Type): string {
  return textAt(type, '');
}

function textAt(type: Type, indent: string): string {
  const inner = `${indent}    `;
  switch (type.kind) {
    case 'list':
    case 'set':
    case 'map': {
      const element = type.element;
      if (element.kind !== 'tuple' && element.kind !== 'object') return `${type.kind}(${textAt(element, indent)})`;
      return `${type.kind}(\n${inner}${textAt(element, inner)},\n${indent})`;
    }
    case 'tuple': {
      if (type.elements.length === 0) return 'tuple([])';
      const lines = type.elements.map((element) => `${inner}${textAt(element, inner)},\n`);
      return `tuple([\n${lines.join('')}${indent}])`;
    }
    case 'object': {
      if (type.attributes.size === 0) return 'object({})';
      const lines = [...type.attributes].map(([name, attribute]) => `${inner}${name}: ${textAt(attribute, inner)},\n`);
      return `object({\n${lines.join('')}${indent}})`;
    }
    default:
      return type.kind;
  }
}

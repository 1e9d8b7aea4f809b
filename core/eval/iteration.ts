/** What `for`, splat and `...` go through: keys and elements of whatever has any. */
import type { Type } from '../value/type.ts';
import { numberValue, stringValue, typeOf, type Value } from '../value/value.ts';

/** True for a type whose values have elements. */
export function isIterable(type: Type): boolean {
  return 'element' in type || type.kind === 'tuple' || type.kind === 'object';
}

export function isIterableValue(value: Value): boolean {
  return isIterable(typeOf(value));
}

/** Calls back with each key and element of a known value, in Terraform's order. The key of a set's element is itself. */
export function forEachElement(value: Value, visit: (key: Value, element: Value) => void): void {
  switch (value.kind) {
    case 'list':
    case 'tuple':
      for (let index = 0; index < value.elements.length; index++) {
        const element = value.elements[index];
        if (element !== undefined) visit(numberValue(index), element);
      }
      return;
    case 'set':
      for (const element of value.elements) visit(element, element);
      return;
    case 'map':
      for (const [key, entry] of value.entries) visit(stringValue(key), entry);
      return;
    case 'object':
      for (const [name, attribute] of value.attributes) visit(stringValue(name), attribute);
      return;
    default:
  }
}

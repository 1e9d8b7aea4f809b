/** `triggers`, which every time resource has: a change of these values makes a new one. */
import type { AttributeSchema } from '../../core/config/schema.ts';
import { STRING, mapType } from '../../core/value/type.ts';
import { type Value, mapValue } from '../../core/value/value.ts';
import { REPLACE, optional } from '../kit/notation.ts';

export const triggers: AttributeSchema = optional(mapType(STRING), 'Values whose change replaces the resource.', {
  ...REPLACE,
  // An import stores no triggers as an empty map. Replacing the object for that would lose the time that was imported.
  sameMeaning: (a, b) => isEmpty(a) && isEmpty(b),
});

/** What an imported object has. */
export const NO_TRIGGERS: readonly [string, Value] = ['triggers', mapValue(STRING, [])];

function isEmpty(value: Value): boolean {
  return value.kind === 'null' || (value.kind === 'map' && value.entries.size === 0);
}

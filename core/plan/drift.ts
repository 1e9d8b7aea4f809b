/**
 * Which differences between the recorded and the live object are drift. A null and an empty value mean the same: the
 * first refresh after a create writes one for the other, and nobody has changed anything.
 */
import { sameValue } from '../value/equal.ts';
import type { ObjectValue, Value } from '../value/value.ts';

export function hasDrifted(recorded: ObjectValue, live: ObjectValue): boolean {
  for (const [name, now] of live.attributes) {
    const before = recorded.attributes.get(name);
    if (before === undefined ? !isEmpty(now) : differs(before, now)) return true;
  }
  return false;
}

function differs(before: Value, now: Value): boolean {
  return !sameValue(before, now, { ignoreMarks: true }) && !(isEmpty(before) && isEmpty(now));
}

function isEmpty(value: Value): boolean {
  switch (value.kind) {
    case 'null':
      return true;
    case 'string':
      return value.value === '';
    case 'number':
      return value.value === 0;
    case 'bool':
      return !value.value;
    case 'list':
    case 'set':
    case 'tuple':
      return value.elements.length === 0;
    case 'map':
      return value.entries.size === 0;
    default:
      return false;
  }
}

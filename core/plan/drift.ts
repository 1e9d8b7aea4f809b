/**
 * Which differences between the recorded and the live object are drift. A null and an empty value mean the same: the
 * first refresh after a create writes one for the other, and nobody has changed anything.
 */
import { sameValue } from '../value/equal.ts';
import { stringifyJson } from '../value/json.ts';
import { formatNum } from '../value/number.ts';
import type { ObjectValue, Value } from '../value/value.ts';

export function hasDrifted(recorded: ObjectValue, live: ObjectValue): boolean {
  for (const [name, now] of live.attributes) {
    const before = recorded.attributes.get(name);
    if (before !== undefined && sameValue(before, now, { ignoreMarks: true })) continue;
    if ((before === undefined ? '' : meaning(before)) !== meaning(now)) return true;
  }
  return false;
}

/** A text that two values share when they say the same; empty for what says nothing. */
function meaning(value: Value): string {
  switch (value.kind) {
    case 'null':
    case 'unknown':
      return '';
    case 'string':
      return value.value === '' ? '' : stringifyJson(value.value);
    case 'number':
      return value.value === 0 ? '' : formatNum(value.value);
    case 'bool':
      return value.value ? 'true' : '';
    case 'list':
    case 'tuple':
      return value.elements.length === 0 ? '' : `[${value.elements.map(meaning).join()}]`;
    case 'set':
      return value.elements.length === 0 ? '' : `{${value.elements.map(meaning).sort().join()}}`;
    case 'map':
      return named(value.entries);
    case 'object':
      return named(value.attributes);
  }
}

function named(entries: ReadonlyMap<string, Value>): string {
  const said = [...entries].map(([name, value]) => [name, meaning(value)] as const).filter(([, text]) => text !== '');
  return said.length === 0 ? '' : `{${said.map(([name, text]) => `${name}=${text}`).join()}}`;
}

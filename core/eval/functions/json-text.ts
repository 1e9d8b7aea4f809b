/** A value as JSON text on one line, in the escapes of Go's encoder. Knows nothing of unknown values. */
import { invariant } from '../../diag/invariant.ts';
import { formatNum } from '../../value/number.ts';
import type { Value } from '../../value/value.ts';

/** Marks do not matter; the value must be wholly known. */
export function jsonText(value: Value): string {
  switch (value.kind) {
    case 'string':
      return jsonString(value.value);
    case 'number':
      return formatNum(value.value);
    case 'bool':
      return String(value.value);
    case 'null':
      return 'null';
    case 'list':
    case 'set':
    case 'tuple':
      return `[${value.elements.map(jsonText).join(',')}]`;
    case 'map':
      return objectText(value.entries);
    case 'object':
      return objectText(value.attributes);
    case 'unknown':
      invariant(false, 'an unknown value has no JSON');
  }
}

function objectText(entries: ReadonlyMap<string, Value>): string {
  return `{${Array.from(entries, ([name, value]) => `${jsonString(name)}:${jsonText(value)}`).join(',')}}`;
}

/** Characters that would end a script or a line of one are escaped too. */
export function jsonString(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]|[\ud800-\udfff]/gu, (character) => {
    const code = character.charCodeAt(0);
    return code >= 0xd800 && code <= 0xdfff ? '\ufffd' : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

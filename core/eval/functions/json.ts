/** JSON to values and back. */
import { containsUnknown } from '../../value/marks.ts';
import { isInfiniteNum } from '../../value/number.ts';
import { childrenOf } from '../../value/marks.ts';
import { DYNAMIC, STRING } from '../../value/type.ts';
import { type Value, stringValue, unknownValue } from '../../value/value.ts';
import { NOT_NULL, argumentAt, callError, defineFunction, parameter, textOf } from './define.ts';
import { readJson } from './json-read.ts';
import { jsonText } from './json-text.ts';

const jsonencode = defineFunction({
  name: 'jsonencode',
  parameters: [parameter('val', DYNAMIC, { nullable: true, acceptsUnknown: true, acceptsDynamic: true })],
  returns: STRING,
  call: (args) => {
    const value = argumentAt(args, 0);
    if (containsUnknown(value)) return unknownText(value);
    if (hasInfinity(value)) return callError('cannot serialize infinity as JSON');
    return stringValue(jsonText(value));
  },
});

/** With what it will begin, as far as its kind tells. */
function unknownText(value: Value): Value {
  const first = value.kind === 'unknown' ? FIRST[value.type.kind] : FIRST[value.kind];
  // An unknown that may be null may turn out as `null`.
  const sure = value.kind !== 'unknown' || value.refinement?.notNull === true;
  return unknownValue(STRING, first !== undefined && sure ? { notNull: true, prefix: first } : NOT_NULL);
}

const FIRST: Readonly<Record<string, string>> = {
  string: '"',
  list: '[',
  set: '[',
  tuple: '[',
  map: '{',
  object: '{',
};

function hasInfinity(value: Value): boolean {
  if (value.kind === 'number') return isInfiniteNum(value.value);
  for (const child of childrenOf(value)) if (hasInfinity(child)) return true;
  return false;
}

const jsondecode = defineFunction({
  name: 'jsondecode',
  parameters: [parameter('str', STRING)],
  nullable: true,
  returns: DYNAMIC,
  call: (args) => {
    const read = readJson(textOf(args, 0));
    return 'problem' in read ? callError(read.problem) : read.value;
  },
});

export const jsonFunctions = [jsondecode, jsonencode];

/** tostring and its kin: what the conversion of an argument does unasked, asked for by name. */
import { convertValue, isFailure } from '../../value/convert.ts';
import { marksIn } from '../../value/marks.ts';
import { friendlyTypeName } from '../../value/show.ts';
import { BOOL, DYNAMIC, NUMBER, STRING, type Type, listType, mapType, setType } from '../../value/type.ts';
import { SENSITIVE, type Value, typeOf } from '../../value/value.ts';
import { argumentAt, callError, defineFunction, parameter } from './define.ts';
import { quote } from './text.ts';

function conversion(name: string, type: Type, words: string) {
  return defineFunction({
    name,
    parameters: [parameter('v', DYNAMIC, { nullable: true, acceptsDynamic: true, acceptsMarks: true })],
    nullable: true,
    returns: type,
    call: (args) => {
      const value = argumentAt(args, 0);
      const converted = convertValue(value, type);
      return isFailure(converted) ? callError(complaint(value, type, words), 0) : converted;
    },
  });
}

function complaint(value: Value, type: Type, words: string): string {
  const own = friendlyTypeName(typeOf(value));
  const isTypeToBlame = !['string', 'list', 'set', 'map'].includes(value.kind);
  if (!isTypeToBlame && (marksIn(value) & SENSITIVE) !== 0) return `cannot convert this sensitive ${own} to ${words}`;
  if (value.kind === 'string' && type.kind === 'bool') {
    return `cannot convert ${quote(value.value)} to bool; only the strings "true" or "false" are allowed`;
  }
  if (value.kind === 'string' && type.kind === 'number') {
    return `cannot convert ${quote(value.value)} to number; given string must be a decimal representation of a number`;
  }
  return `cannot convert ${own} to ${words}`;
}

export const conversionFunctions = [
  conversion('tobool', BOOL, 'bool'),
  conversion('tolist', listType(DYNAMIC), 'list of any single type'),
  conversion('tomap', mapType(DYNAMIC), 'map of any single type'),
  conversion('tonumber', NUMBER, 'number'),
  conversion('toset', setType(DYNAMIC), 'set of any single type'),
  conversion('tostring', STRING, 'string'),
];

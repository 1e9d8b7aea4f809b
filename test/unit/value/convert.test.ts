import { describe, expect, it } from 'vitest';
import { applyDefaults, convertValue, isFailure } from '../../../core/value/convert.ts';
import { sameValue } from '../../../core/value/equal.ts';
import { refinedUnknown } from '../../../core/value/refine.ts';
import { setValue } from '../../../core/value/set.ts';
import {
  BOOL,
  DYNAMIC,
  listType,
  mapType,
  NUMBER,
  objectType,
  STRING,
  setType,
  type Type,
  tupleType,
} from '../../../core/value/type.ts';
import { unifyTypes } from '../../../core/value/unify.ts';
import {
  boolValue,
  listValue,
  mapValue,
  NULL,
  nullValue,
  numberValue,
  objectValue,
  SENSITIVE,
  stringValue,
  tupleValue,
  UNKNOWN,
  unknownValue,
  type Value,
} from '../../../core/value/value.ts';

const a = stringValue('a');
const one = numberValue(1);

function converted(value: Value, type: Type): Value {
  const result = convertValue(value, type);
  if (isFailure(result)) throw new Error(result.message);
  return result;
}

describe('conversion', () => {
  const rows: [string, Value, Type, Value][] = [
    ['number to string', one, STRING, stringValue('1')],
    ['string to number', stringValue('1'), NUMBER, one],
    ['"1" to bool', stringValue('1'), BOOL, boolValue(true)],
    ['bool to string', boolValue(false), STRING, stringValue('false')],
    ['tuple to list', tupleValue([one, a]), listType(STRING), listValue(STRING, [stringValue('1'), a])],
    ['tuple to list of any', tupleValue([one, a]), listType(DYNAMIC), listValue(STRING, [stringValue('1'), a])],
    ['empty tuple to list', tupleValue([]), listType(NUMBER), listValue(NUMBER, [])],
    ['tuple to set', tupleValue([a, a]), setType(STRING), setValue(STRING, [a])],
    ['list to set', listValue(STRING, [a, a]), setType(STRING), setValue(STRING, [a])],
    ['object to map', objectValue([['k', one]]), mapType(STRING), mapValue(STRING, [['k', stringValue('1')]])],
    [
      'null in a list takes its type',
      tupleValue([a, NULL]),
      listType(STRING),
      listValue(STRING, [a, nullValue(STRING)]),
    ],
    ['untyped null', NULL, NUMBER, nullValue(NUMBER)],
    ['null of another type', nullValue(STRING), NUMBER, nullValue(NUMBER)],
    ['untyped unknown', UNKNOWN, listType(STRING), unknownValue(listType(STRING))],
    ['unknown stays refined', unknownValue(NUMBER, { notNull: true }), STRING, unknownValue(STRING, { notNull: true })],
    [
      'unknown tuple gives a list of its length',
      refinedUnknown(tupleType([STRING, STRING]), { notNull: true }),
      listType(STRING),
      listValue(STRING, [unknownValue(STRING), unknownValue(STRING)]),
    ],
    ['mark of the whole stays', numberValue(1, SENSITIVE), STRING, stringValue('1', SENSITIVE)],
    [
      'marks of elements stay in a list',
      tupleValue([numberValue(1, SENSITIVE)]),
      listType(STRING),
      listValue(STRING, [stringValue('1', SENSITIVE)]),
    ],
    [
      'marks of elements go to the set',
      tupleValue([stringValue('a', SENSITIVE)]),
      setType(STRING),
      setValue(STRING, [a], SENSITIVE),
    ],
    [
      'surplus attributes go, optional ones come',
      objectValue([
        ['x', one],
        ['surplus', a],
      ]),
      objectType(
        [
          ['x', NUMBER],
          ['o', STRING],
        ],
        ['o'],
      ),
      objectValue([
        ['x', one],
        ['o', nullValue(STRING)],
      ]),
    ],
  ];
  it.each(rows)('%s', (_, value, type, expected) => {
    const result = converted(value, type);
    expect(result).toEqual(expected);
    expect(sameValue(result, expected)).toBe(true);
  });

  it('gives back the very same value when nothing is to be done', () => {
    const value = objectValue([['list', listValue(STRING, [a])]]);
    expect(converted(value, objectType([['list', listType(STRING)]]))).toBe(value);
  });

  const refusals: [string, Value, Type, string, (string | number)[]][] = [
    ['words to number', a, NUMBER, 'a number is required', []],
    [
      '"True" to bool',
      stringValue('True'),
      BOOL,
      'a bool is required; to convert from string, use lowercase "true"',
      [],
    ],
    ['number to bool', one, BOOL, 'bool required', []],
    ['list to string', tupleValue([]), STRING, 'string required', []],
    ['element that does not fit', tupleValue([one, a]), listType(NUMBER), 'a number is required', [1]],
    ['element of a wrong type', tupleValue([one, tupleValue([])]), listType(NUMBER), 'element 1: number required', []],
    ['mixed', tupleValue([one, boolValue(true)]), listType(DYNAMIC), 'all list elements must have the same type', []],
    ['missing attribute', objectValue([]), objectType([['x', NUMBER]]), 'attribute "x" is required', []],
    [
      'missing map element',
      mapValue(NUMBER, []),
      objectType([['x', NUMBER]]),
      'map has no element for required attribute "x"',
      [],
    ],
    ['type of an unknown', unknownValue(tupleType([])), STRING, 'string required', []],
  ];
  it.each(refusals)('refuses %s', (_, value, type, message, path) => {
    expect(convertValue(value, type)).toEqual({ kind: 'conversion-failure', message, path });
  });
});

describe('unification', () => {
  const object = (...names: string[]) => objectType(names.map((name) => [name, NUMBER] as const));
  const rows: [string, Type[], Type | undefined][] = [
    ['number and string', [NUMBER, STRING], STRING],
    ['number and bool', [NUMBER, BOOL], undefined],
    ['number, bool and string', [NUMBER, BOOL, STRING], STRING],
    ['tuples of one length', [tupleType([NUMBER]), tupleType([STRING])], tupleType([STRING])],
    ['tuples of two lengths', [tupleType([NUMBER]), tupleType([NUMBER, STRING])], listType(STRING)],
    ['objects alike', [object('a'), object('a')], object('a')],
    ['objects unlike', [object('a'), object('b')], mapType(NUMBER)],
    ['list and set', [setType(STRING), listType(STRING)], listType(STRING)],
    ['tuple and set', [tupleType([STRING]), setType(STRING)], setType(STRING)],
    ['object and tuple', [object('a'), tupleType([])], undefined],
    ['something and anything', [NUMBER, DYNAMIC], NUMBER],
    ['tuple and anything', [tupleType([NUMBER]), DYNAMIC], DYNAMIC],
    ['nothing', [], undefined],
  ];
  it.each(rows)('%s', (_, types, expected) => {
    expect(unifyTypes(types)).toEqual(expected);
  });
});

describe('defaults of optional attributes', () => {
  const defaults = { values: new Map([['size', numberValue(3)]]), children: new Map() };
  it('replace what is absent and what is null, not what is unknown', () => {
    const size = (value: Value): Value | undefined => {
      const result = applyDefaults(value, defaults);
      return result.kind === 'object' ? result.attributes.get('size') : undefined;
    };
    expect(size(objectValue([]))).toEqual(numberValue(3));
    expect(size(objectValue([['size', NULL]]))).toEqual(numberValue(3));
    expect(size(objectValue([['size', UNKNOWN]]))).toEqual(UNKNOWN);
    expect(applyDefaults(NULL, defaults)).toBe(NULL);
  });

  it('reach into collections', () => {
    const list = tupleValue([objectValue([]), objectValue([['size', one]])]);
    const inside = { values: new Map(), children: new Map([['', defaults]]) };
    expect(applyDefaults(list, inside)).toEqual(
      tupleValue([objectValue([['size', numberValue(3)]]), objectValue([['size', one]])]),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { equalValues, sameValue } from '../../../core/value/equal.ts';
import { setValue } from '../../../core/value/set.ts';
import { BOOL, listType, NUMBER, STRING } from '../../../core/value/type.ts';
import {
  EPHEMERAL,
  FALSE,
  listValue,
  NULL,
  nullValue,
  numberValue,
  objectValue,
  SENSITIVE,
  stringValue,
  TRUE,
  tupleValue,
  UNKNOWN,
  unknownValue,
  type Value,
} from '../../../core/value/value.ts';

const a = stringValue('a');
const one = numberValue(1);
const someString = unknownValue(STRING);
const MAYBE = unknownValue(BOOL, { notNull: true });

describe('the operator ==', () => {
  const rows: [string, Value, Value, Value][] = [
    ['equal numbers', one, numberValue(1), TRUE],
    ['never converts', one, stringValue('1'), FALSE],
    ['tuple and list', tupleValue([one]), listValue(NUMBER, [one]), FALSE],
    ['nulls of any type', NULL, nullValue(STRING), TRUE],
    ['nulls of two types within', tupleValue([NULL]), tupleValue([nullValue(STRING)]), FALSE],
    ['null and value', NULL, one, FALSE],
    ['null and unknown', NULL, someString, MAYBE],
    ['null and unknown that is not null', NULL, unknownValue(STRING, { notNull: true }), FALSE],
    ['unknown and value', someString, a, MAYBE],
    ['unknown of another type', someString, one, FALSE],
    ['unknown of no type', UNKNOWN, one, MAYBE],
    ['unknown with another prefix', unknownValue(STRING, { prefix: 'x-' }), a, FALSE],
    ['unknown of another length', unknownValue(listType(STRING), { minLength: 2 }), listValue(STRING, [a]), FALSE],
    ['unknown that is larger', unknownValue(NUMBER, { minimum: { value: 1, inclusive: false } }), one, FALSE],
    ['two unknowns', someString, someString, MAYBE],
    ['unknown within', tupleValue([someString]), tupleValue([a]), MAYBE],
    ['the first unknown decides in a tuple', tupleValue([someString, one]), tupleValue([a, numberValue(2)]), MAYBE],
    ['a difference before it decides', tupleValue([one, someString]), tupleValue([numberValue(2), a]), FALSE],
    ['unknown attribute', objectValue([['x', someString]]), objectValue([['x', a]]), MAYBE],
    ['other attributes', objectValue([['x', someString]]), objectValue([['y', a]]), FALSE],
    ['unknown element of a set', setValue(STRING, [someString]), setValue(STRING, [a]), MAYBE],
    ['equal sets', setValue(STRING, [stringValue('b'), a]), setValue(STRING, [a, stringValue('b')]), TRUE],
    [
      'marks of both',
      stringValue('a', SENSITIVE),
      stringValue('a', EPHEMERAL),
      { ...TRUE, marks: SENSITIVE | EPHEMERAL },
    ],
    ['marks within', tupleValue([stringValue('a', SENSITIVE)]), tupleValue([a]), { ...TRUE, marks: SENSITIVE }],
    ['composed and decomposed', stringValue('é'), stringValue('é'), TRUE],
  ];
  it.each(rows)('%s', (_, left, right, expected) => {
    expect(equalValues(left, right)).toEqual(expected);
    expect(equalValues(right, left)).toEqual(expected);
  });
});

describe('sameValue', () => {
  it('tells apart what == does not', () => {
    expect(sameValue(NULL, nullValue(STRING))).toBe(false);
    expect(sameValue(someString, someString)).toBe(true);
    expect(sameValue(someString, unknownValue(STRING, { notNull: true }))).toBe(false);
    expect(sameValue(a, stringValue('a', SENSITIVE))).toBe(false);
    expect(sameValue(a, stringValue('a', SENSITIVE), { ignoreMarks: true })).toBe(true);
    expect(sameValue(listValue(STRING, []), listValue(NUMBER, []))).toBe(false);
  });
});

describe('sets', () => {
  const order = (...elements: Value[]) => setValue(STRING, elements).elements;
  it('sort numbers by size, texts by UTF-8 bytes, null late and unknown last', () => {
    expect(order(numberValue(10), numberValue(9), numberValue(9))).toEqual([numberValue(9), numberValue(10)]);
    const texts = ['\u{1F600}', '\uFF5E', 'b', 'B'].map((text) => stringValue(text));
    expect(order(...texts)).toEqual([texts[3], texts[2], texts[1], texts[0]]);
    expect(order(someString, nullValue(STRING), a)).toEqual([a, nullValue(STRING), someString]);
  });

  it('keep two unknown elements apart', () => {
    expect(order(someString, someString)).toHaveLength(2);
  });
});

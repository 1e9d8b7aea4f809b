import { describe, expect, it } from 'vitest';
import {
  ExactNumber,
  impliedType,
  type Json,
  jsonToImpliedValue,
  jsonToValue,
  parseJsonText,
  stringifyJson,
  typeFromJson,
  typeToJson,
  valueToJson,
  valueToTypedJson,
} from '../../../core/value/json.ts';
import { DYNAMIC, listType, NUMBER, objectType, STRING, setType } from '../../../core/value/type.ts';
import { NULL, nullValue, numberValue, objectValue, stringValue, tupleValue } from '../../../core/value/value.ts';

function parsed(text: string): Json {
  const result = parseJsonText(text);
  if (!('json' in result)) throw new Error(result.error);
  return result.json;
}

describe('JSON text', () => {
  it.each([
    '{"b":1,"a":[true,null,"x"]}',
    '12345678901234567890',
    '[0.30000000000000000000000001,1e400]',
    '{"__proto__":1}',
    '"\\u2028 < & \\n"',
  ])('survives: %s', (text) => {
    expect(parsed(stringifyJson(parsed(text)))).toEqual(parsed(text));
  });

  it('keeps the digits that JavaScript would round, and only these', () => {
    expect(parsed('12345678901234567890')).toEqual(new ExactNumber('12345678901234567890'));
    expect(parsed('[1e2, 0.10000000000000000]')).toEqual([100, 0.1]);
    expect(stringifyJson(parsed('[1.0000000000000000000001]'))).toBe('[1.0000000000000000000001]');
  });

  it.each([
    ['{"a":1', 'unexpected end of JSON input', 6],
    ['{"a" 1}', "invalid character '1' after object key", 5],
    ['[1 2]', "invalid character '2' after array element", 3],
    ['nul', "invalid character 'n' in literal null", 0],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string", 1],
    ['"\\x"', "invalid character 'x' in string escape code", 2],
    ['1 1', "invalid character '1' after top-level value", 2],
    ['', 'unexpected end of JSON input', 0],
    ['[-]', "invalid character ']' in numeric literal", 2],
    [`${'['.repeat(1200)}1e1`, 'exceeded max depth', 1000],
  ])('says where %j is wrong', (text, error, offset) => {
    expect(parseJsonText(text)).toEqual({ error, offset });
  });

  it('writes what is asked for', () => {
    const json = { b: [1, {}], a: '<' };
    expect(stringifyJson(json, { indent: '  ' })).toBe('{\n  "b": [\n    1,\n    {}\n  ],\n  "a": "<"\n}');
    expect(stringifyJson(json, { sortKeys: true, escapeHtml: true })).toBe('{"a":"\\u003c","b":[1,{}]}');
  });
});

describe('values and JSON', () => {
  it('wraps what has no type of its own', () => {
    const type = objectType([['input', DYNAMIC]]);
    const value = objectValue([['input', tupleValue([numberValue(1)])]]);
    const json = { input: { value: [1], type: ['tuple', ['number']] } };
    expect(valueToTypedJson(value, type)).toEqual(json);
    expect(jsonToValue(json, type)).toEqual(value);
    expect(jsonToValue({ input: null }, type)).toEqual(objectValue([['input', nullValue(DYNAMIC)]]));
  });

  it('reads by type and says what does not fit', () => {
    expect(jsonToValue(5, STRING)).toEqual(stringValue('5'));
    expect(jsonToValue('5', NUMBER)).toEqual(numberValue(5));
    expect(jsonToValue({ x: [1, 'y'] }, objectType([['x', listType(NUMBER)]]))).toMatchObject({ path: ['x', 1] });
    expect(jsonToValue({ z: 1 }, objectType([]))).toMatchObject({ message: 'unsupported attribute "z"' });
  });

  it('implies tuples and objects', () => {
    const json = { a: [1, null], b: 'x' };
    expect(impliedType(json)).toEqual(typeFromJson(['object', { a: ['tuple', ['number', 'dynamic']], b: 'string' }]));
    expect(valueToJson(jsonToImpliedValue(json))).toEqual(json);
    expect(jsonToImpliedValue(null)).toEqual(NULL);
  });

  it('notes types as cty does', () => {
    const type = objectType(
      [
        ['s', setType(STRING)],
        ['o', DYNAMIC],
      ],
      ['o'],
    );
    expect(typeToJson(type)).toEqual(['object', { o: 'dynamic', s: ['set', 'string'] }, ['o']]);
    expect(typeFromJson(typeToJson(type))).toEqual(type);
    expect(typeFromJson(['list'])).toBeUndefined();
    expect(typeFromJson('text')).toBeUndefined();
  });
});

/** `.tf.json`: the same blocks and templates, HCL's own complaints, and places in the JSON text. */
import { describe, expect, test } from 'vitest';
import type { Diagnostics } from '../../../core/diag/diagnostic.ts';
import { SourceFile } from '../../../core/diag/source.ts';
import type { Attribute, Block, JsonNode } from '../../../core/hcl/ast.ts';
import {
  duplicateArguments,
  jsonBlocks,
  jsonExpressionText,
  jsonStringExpression,
  jsonTraversal,
  parseJsonConfig,
} from '../../../core/hcl/json.ts';
import { printExpression } from '../../../core/hcl/print.ts';
import { short, underlined } from './support.ts';

function parse(text: string) {
  return parseJsonConfig(new SourceFile('main.tf.json', text));
}

function property(text: string, name = 'a'): Attribute {
  const attribute = parse(text).value.attributes.get(name);
  if (attribute === undefined) throw new Error(`no ${name} in ${text}`);
  return attribute;
}

function stringIn(text: string): JsonNode & { kind: 'string' } {
  const { value } = property(text);
  if (value.kind !== 'json' || value.json.kind !== 'string') throw new Error(`no string in ${text}`);
  return value.json;
}

describe('syntax errors', () => {
  // As `terraform validate` 1.11.4 gives them.
  const root = '1,1-2 Root value must be object';
  const cases: readonly (readonly [text: string, ...errors: string[]])[] = [
    ['', '1,1-1 Missing value', '1,1-1 Root value must be object'],
    ['5', root],
    ['{"a" 1}', '1,6-7 Missing property value colon', root],
    ['{"a"= 1}', '1,5-6 Missing property value colon', root],
    ['{"a"}', '1,5-6 Missing object value', root],
    ['{"a": x}', '1,7-8 Invalid JSON keyword'],
    ['{"a": "x\\q"}', '1,11-12 Invalid JSON string'],
    ['{"a": "\\u12"}', '1,13-14 Invalid JSON string'],
    ['{"a": 01}', '1,7-9 Invalid JSON number'],
    ['[{"a":1]', '1,9-9 Mismatched braces', '1,1-2 Unclosed object', root],
    ['{"a":1', '1,1-2 Unclosed object', root],
    ['{"a":[1 2], "b": 3}', '1,11-12 Missing attribute seperator comma'],
    ['{a: 1}', '1,2-3 Invalid JSON keyword', '1,2-3 Invalid object property name', root],
    ['{"a": 1} x', '1,10-11 Extraneous data after value'],
    ['{"a": {"b": 1,}}', '1,14-15 Trailing comma in object'],
    ['{"a": [1,]}', '1,9-10 Trailing comma in array'],
  ];
  test.each(cases)('%s', (text, ...errors) => {
    expect(parse(text).diagnostics.map(short)).toEqual(errors);
  });

  test.each([['['], ['{"a":']])('10,000 times %s is not a crash', (open) => {
    expect(parse(open.repeat(10_000)).diagnostics.map(({ summary }) => summary)).toEqual([
      'Nesting too deep',
      'Root value must be object',
    ]);
  });
});

describe('blocks', () => {
  function headers(blocks: readonly Block[]): string[] {
    return blocks.map(({ type, labels, body }) => {
      return `${[type, ...labels.map(({ value }) => value)].join('.')}(${[...body.attributes.keys()].join(',')})`;
    });
  }

  const cases: readonly {
    readonly value: string;
    readonly labels: readonly string[];
    readonly blocks: readonly string[];
  }[] = [
    { value: '{"x": {"y": {"z": 1}}}', labels: ['type', 'name'], blocks: ['a.x.y(z)'] },
    {
      value: '{"x": {"y": {}, "z": {}}, "w": {"v": {}}}',
      labels: ['type', 'name'],
      blocks: ['a.x.y()', 'a.x.z()', 'a.w.v()'],
    },
    { value: '{"x": [{"p": 1}, {"q": 2}]}', labels: ['name'], blocks: ['a.x(p)', 'a.x(q)'] },
    { value: '[{"x": {"p": 1}}, {"y": {}}]', labels: ['name'], blocks: ['a.x(p)', 'a.y()'] },
    { value: '{"p": 1}', labels: [], blocks: ['a(p)'] },
    { value: '[{"p": 1}, {"p": 2}]', labels: [], blocks: ['a(p)', 'a(p)'] },
    { value: 'null', labels: [], blocks: [] },
    { value: '[]', labels: [], blocks: [] },
  ];
  test.each(cases)('$value', ({ value, labels, blocks }) => {
    const { value: found, diagnostics } = jsonBlocks(property(`{"a": ${value}}`), labels);
    expect(headers(found)).toEqual(blocks);
    expect(diagnostics).toEqual([]);
  });

  test('a property written twice gives the blocks of both', () => {
    expect(headers(jsonBlocks(property('{"a": {"x": {}}, "a": {"y": {}}}'), ['name']).value)).toEqual([
      'a.x()',
      'a.y()',
    ]);
  });

  const mistakes: readonly {
    readonly value: string;
    readonly labels: readonly string[];
    readonly errors: readonly string[];
  }[] = [
    { value: '5', labels: [], errors: ['1,7-8 Incorrect JSON value type'] },
    { value: '"x"', labels: ['name'], errors: ['1,7-10 Incorrect JSON value type', '1,7-10 Missing block label'] },
    { value: '{}', labels: ['name'], errors: ['1,7-8 Missing block label'] },
    { value: '[5]', labels: ['name'], errors: ['1,8-9 Incorrect JSON value type', '1,7-8 Missing block label'] },
    { value: '[5]', labels: [], errors: ['1,8-9 Incorrect JSON value type'] },
  ];
  test.each(mistakes)('$value with labels $labels', ({ value, labels, errors }) => {
    expect(jsonBlocks(property(`{"a": ${value}}`), labels).diagnostics.map(short)).toEqual(errors);
  });

  test('an argument written twice is an error at the second, with the place of the first', () => {
    const text = '{ "locals": { "a": 1, "a": 2 } }';
    const [locals] = jsonBlocks(property(text, 'locals'), []).value;
    const first = locals?.body.attributes.get('a');
    const found: Diagnostics = first === undefined ? [] : duplicateArguments(first, true);
    expect(found.map(short)).toEqual(['1,23-26 Duplicate attribute definition']);
    expect(found[0]?.detail).toBe('The argument "a" was already set at main.tf.json:1,15-21.');
  });
});

describe('strings', () => {
  const texts: readonly (readonly [json: string, printed: string])[] = [
    ['"${b.c}"', '"${b.c}"'],
    ['"x${b}"', '"x${b}"'],
    ['"a\\n\\u0041\\"${b}"', '"a\\nA\\"${b}"'],
    ['"%{ if b }c%{ endif }"', '"%{ if b }c%{ endif }"'],
  ];
  test.each(texts)('%s is a template', (json, printed) => {
    const { value, diagnostics } = jsonStringExpression(stringIn(`{"a": ${json}}`));
    expect(diagnostics).toEqual([]);
    expect(printExpression(value)).toBe(printed);
  });

  test('it is parsed once', () => {
    const node = stringIn('{"a": "${b}"}');
    expect(jsonStringExpression(node).value).toBe(jsonStringExpression(node).value);
  });

  test('mistakes are told at their place, also behind escapes', () => {
    const plain = jsonStringExpression(stringIn('{"a": "x ${b +}"}')).diagnostics;
    expect(plain.map(short)).toEqual(['1,15-16 Invalid expression']);
    const escaped = jsonStringExpression(stringIn('{"a": "\\n\\u0041 ${b +}"}')).diagnostics;
    expect(escaped.map(short)).toEqual(['1,22-23 Invalid expression']);
    expect(underlined([...plain, ...escaped])).toEqual(['}', '}']);
  });

  test('a reference and a type are native syntax', () => {
    expect(jsonTraversal(stringIn('{"a": "b.c[0]"}')).value).toMatchObject({ start: 7, end: 13, root: { name: 'b' } });
    expect(jsonTraversal(stringIn('{"a": "b c"}')).diagnostics.map(short)).toEqual(['1,10-11 Invalid character']);
    const { file, start, end } = jsonExpressionText(stringIn('{"a": "map(\\"x\\")"}')) ?? stringIn('{"a": ""}');
    expect(file.text.slice(start, end)).toBe('map("x")');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redactor } from '../../../cmd/view/redact.ts';
import { knownJson, sensitiveJson, unknownJson } from '../../../cmd/view/json-shape.ts';
import { goQuote, valueText } from '../../../cmd/view/value-text.ts';
import { decodePlanFile, encodePlanFile, looksLikePlanFile } from '../../../core/plan/plan-file.ts';
import { decodeValue, encodeValue } from '../../../core/plan/value-codec.ts';
import { parseJsonText, stringifyJson } from '../../../core/value/json.ts';
import { INFINITY, parseNumText } from '../../../core/value/number.ts';
import { setValue } from '../../../core/value/set.ts';
import {
  BOOL,
  DYNAMIC,
  NUMBER,
  STRING,
  type Type,
  listType,
  mapType,
  objectType,
  setType,
  tupleType,
} from '../../../core/value/type.ts';
import {
  type Value,
  listValue,
  mapValue,
  nullValue,
  numberValue,
  objectValue,
  stringValue,
  tupleValue,
  unknownValue,
  withMarks,
} from '../../../core/value/value.ts';
import { change, object, output, plan, secret, strings, unknown, value } from './plans.ts';

describe('values as text', () => {
  it.each<[string, Value]>([
    ['null', nullValue(DYNAMIC)],
    ['tostring(null)', nullValue(STRING)],
    ['tolist(null) /* of string */', nullValue(listType(STRING))],
    ['(known after apply)', unknown],
    ['(sensitive value)', secret('x')],
    ['true', value(true)],
    ['1.5', numberValue(parseNumText('1.5') ?? 0)],
    ['{}', object({})],
    ['tolist([\n  "a",\n])', strings('a')],
    ['toset([\n  "a",\n])', setValue(STRING, [stringValue('a')])],
    ['tomap({\n  "a b" = 1\n})', mapValue(NUMBER, [['a b', numberValue(1)]])],
    ['<<EOT\na\nb\nEOT', stringValue('a\nb')],
  ])('%s', (text, item) => {
    expect(valueText(item)).toBe(text);
  });

  it('quotes as Go does', () => {
    expect(goQuote('a"\\\n\t\u0007\u007f\u2028\u{1f600}é\u00a0\u{e0001} ')).toBe(
      '"a\\"\\\\\\n\\t\\a\\x7f\\u2028\u{1f600}é\\u00a0\\U000e0001 "',
    );
  });

  it('picks a heredoc delimiter that is not in the text', () => {
    expect(valueText(object({ x: 'a\nEOT' }))).toBe('{\n  "x" = <<-EOT_\n  a\n  EOT\n  EOT_\n}');
  });
});

describe('values in the JSON of plans', () => {
  const mixed = object({
    a: 1,
    b: unknown,
    c: [secret('s'), unknown, { d: unknown, e: 1 }],
    f: withMarks(object({}), 1),
    n: null,
  });

  it('shows what is known', () => {
    expect(knownJson(mixed)).toEqual({ a: 1, c: ['s', null, { e: 1 }], f: {}, n: null });
    expect(knownJson(unknown)).toBeUndefined();
  });

  it('says what is unknown', () => {
    expect(unknownJson(mixed)).toEqual({ b: true, c: [false, true, { d: true }], f: {} });
  });

  it('says what is sensitive', () => {
    expect(sensitiveJson(mixed)).toEqual({ c: [true, false, {}], f: true });
    expect(sensitiveJson(unknownValue(objectType([])))).toEqual({});
    expect(sensitiveJson(unknownValue(listType(STRING)))).toEqual([]);
  });
});

describe('the redactor', () => {
  const redactor = new Redactor();
  redactor.learn(
    object({
      a: secret('hunter22'),
      b: [withMarks(object({ deep: 'first line of key\nsecond line of key' }), 1)],
      plain: 'visible',
      short: secret('abc'),
      common: secret('true'),
    }),
  );

  it.each([
    ['my hunter22!', 'my (sensitive value)!'],
    ['encoded aHVudGVyMjI=', 'encoded (sensitive value)'],
    ['only second line of key', 'only (sensitive value)'],
    ['json "first line of key\\nsecond line of key"', 'json "(sensitive value)"'],
    ['visible abc true', 'visible abc true'],
  ])('%s', (text, masked) => {
    expect(redactor.text(text)).toBe(masked);
  });
});

// ---- Saved plans -------------------------------------------------------------------------------------------------

const types: fc.Arbitrary<Type> = fc.letrec<{ type: Type }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(STRING, NUMBER, BOOL, DYNAMIC),
    tie('type').map(listType),
    tie('type').map(setType),
    tie('type').map(mapType),
    fc.array(tie('type'), { maxLength: 3 }).map(tupleType),
    fc.dictionary(fc.string(), tie('type'), { maxKeys: 3 }).map((entries) => objectType(Object.entries(entries))),
  ),
})).type;

const marks = fc.constantFrom(0, 0, 0, 1, 2, 3);
const numbers = fc.oneof(
  fc.maxSafeInteger(),
  fc.bigInt().map((number) => parseNumText(`${number}.125`) ?? 0),
  fc.constant(INFINITY),
);
const refinement = fc.record(
  {
    notNull: fc.constant(true as const),
    prefix: fc.string(),
    minLength: fc.nat(),
    minimum: fc.record({ value: numbers, inclusive: fc.boolean() }),
  },
  { requiredKeys: [] },
);

const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc
    .tuple(
      fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: 'grapheme' }).map((text) => stringValue(text)),
        numbers.map((number) => numberValue(number)),
        fc.boolean().map((item) => value(item)),
        types.map((type) => nullValue(type)),
        fc.tuple(types, fc.option(refinement, { nil: undefined })).map(([type, known]) => unknownValue(type, known)),
        fc.array(tie('value'), { maxLength: 3 }).map((items) => tupleValue(items)),
        fc.array(fc.string(), { maxLength: 3 }).map((items) => strings(...items)),
        fc.array(fc.string(), { maxLength: 3 }).map((items) =>
          setValue(
            STRING,
            items.map((item) => stringValue(item)),
          ),
        ),
        fc.array(tie('value'), { maxLength: 3 }).map((items) => listValue(DYNAMIC, items)),
        fc
          .dictionary(fc.string(), tie('value'), { maxKeys: 3 })
          .map((entries) => mapValue(DYNAMIC, Object.entries(entries))),
        fc
          .dictionary(fc.oneof(fc.string(), fc.constantFrom('10', '9', '__proto__', '$value')), tie('value'), {
            maxKeys: 3,
          })
          .map((entries) => objectValue(Object.entries(entries))),
      ),
      marks,
    )
    .map(([item, mark]) => withMarks(item, mark)),
})).value;

describe('a saved plan', () => {
  it('gives every value back as it was', () => {
    fc.assert(
      fc.property(values, (item) => {
        const parsed = parseJsonText(stringifyJson(encodeValue(item)));
        expect('json' in parsed && decodeValue(parsed.json)).toEqual(item);
      }),
    );
  });

  const file = {
    plan: plan([change({ name: 'web', before: { id: 'a', b: secret('s') }, after: { id: unknown } })], {
      outputList: [output('o', 'create', undefined, unknown)],
      variables: new Map([['v', secret('x')]]),
    }),
    stowageVersion: '1.2.3',
    workspace: 'default',
    stateDescription: 'terraform.tfstate',
    files: new Map([['main.tf', 'output "o" {}\n']]),
  };

  it('gives the plan back as it was', () => {
    const text = encodePlanFile(file);
    expect(looksLikePlanFile(text)).toBe(true);
    expect(decodePlanFile(text, 'p')).toEqual({ value: file, diagnostics: [] });
  });

  it.each([
    ['', 'is not a saved plan'],
    ['{"version":4}', 'is not a saved plan'],
    [encodePlanFile(file).slice(0, -20), 'is not a saved plan'],
    [encodePlanFile(file).replace('"changes"', '"chances"'), 'is not a saved plan'],
    [encodePlanFile(file).replace('"version":1', '"version":2'), 'was written by Stowage 1.2.3'],
  ])('is refused when it is none (%#)', (text, words) => {
    const { value: found, diagnostics } = decodePlanFile(text, 'p');
    expect(found).toBeUndefined();
    expect(diagnostics[0]?.detail).toContain(words);
  });
});

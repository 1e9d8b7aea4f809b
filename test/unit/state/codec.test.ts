import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExactNumber, type Json, parseJsonText } from '../../../core/value/json.ts';
import { readState, writeState } from '../../../state/codec.ts';
import { jsonText } from '../../../state/json-text.ts';

const data = join(import.meta.dirname, '../../data/states');
const recorded = readFileSync(join(data, 'recorded.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { case: string; state: object });
const written = readFileSync(join(data, 'written-by-terraform.tfstate'), 'utf8');

function rewritten(text: string): string {
  const { value, diagnostics } = readState(text, 'test');
  expect(diagnostics).toEqual([]);
  return value === undefined ? '' : writeState(value);
}

function refusal(text: string) {
  const { value, diagnostics } = readState(text, 'my.tfstate');
  expect(value).toBeUndefined();
  return diagnostics[0];
}

describe('state codec', () => {
  it('writes a file of Terraform back byte for byte', () => {
    expect(rewritten(written)).toBe(written);
  });

  it.each(recorded)('keeps all of $case', ({ state }) => {
    const text = rewritten(JSON.stringify(state));
    expect(JSON.parse(text)).toEqual(state);
    expect(rewritten(text)).toBe(text);
  });

  it('keeps fields that it does not know, at every level', () => {
    const state = {
      version: 4,
      terraform_version: '9.9.9',
      serial: 3,
      lineage: 'x',
      outputs: { o: { value: 1, type: 'number', flavour: ['sweet'] } },
      resources: [
        {
          mode: 'managed',
          type: 'a_b',
          name: 'c',
          each: 'list',
          provider: 'provider["example.com/x/a"]',
          instances: [
            {
              schema_version: 1,
              attributes: {},
              sensitive_attributes: [],
              identity_schema_version: 2,
              identity: { id: 'i' },
              private: 'bnVsbA==',
              future: { z: 1, a: null },
            },
          ],
        },
      ],
      check_results: null,
      later: { z: [1, { y: 2 }], a: true },
    };
    const text = rewritten(JSON.stringify(state));
    expect(JSON.parse(text)).toEqual(state);
    expect(text.indexOf('"z": [')).toBeLessThan(text.indexOf('"a": true'));
  });

  it('keeps every digit of every number', () => {
    const numbers = '[12345678901234567890, 0.1, 0.12345678901234567890123, 9007199254740993, 1.5]';
    const text = `{"version":4,"serial":1,"lineage":"l","outputs":{"o":{"value":${numbers},"type":"dynamic"}},"resources":[]}`;
    const digits = rewritten(text).match(/"value": (\[[^\]]*\])/)?.[1];
    expect(digits?.replace(/\s+/g, ' ')).toBe(
      '[ 12345678901234567890, 0.1, 0.12345678901234567890123, 9007199254740993, 1.5 ]',
    );
  });

  it('orders names by their bytes, also those that look like numbers', () => {
    const text = '{"version":4,"outputs":{"o":{"value":{"9":1,"10":2,"\u{1f600}":3,"\uff5e":4},"type":"dynamic"}}}';
    expect(rewritten(text).match(/"(9|10|\u{1f600}|\uff5e)":/gu)).toEqual([
      '"10":',
      '"9":',
      '"\uff5e":',
      '"\u{1f600}":',
    ]);
  });

  it.each([
    [
      '{"version": 4,',
      'State file is damaged',
      'my.tfstate cannot be read: line 1, column 15: unexpected end of JSON input',
    ],
    ['{"version": 4} x', 'State file is damaged', 'line 1, column 16'],
    ['{"version":4,\n"serial":1,"lineage":"a\nb"}', 'State file is damaged', 'line 2, column 24: invalid character'],
    ['[]', 'State file is damaged', 'a state is a JSON object'],
    ['{}', 'State file is damaged', 'it has no format version'],
    ['{"version":4,"serial":-1}', 'State file is damaged', 'serial is not a whole number'],
    [
      '{"version":4,"resources":[{"mode":"managed","type":"t","provider":"p"}]}',
      'State file is damaged',
      'name of resource 1',
    ],
    ['{"version":5,"serial":1}', 'State file has a newer format', 'has format version 5'],
    [
      '{"version":3,"terraform_version":"0.11.14","modules":[]}',
      'State file has an old format',
      'written by Terraform 0.11.14',
    ],
  ])('refuses %j', (text, summary, detail) => {
    const diagnostic = refusal(text);
    expect(diagnostic?.summary).toBe(summary);
    expect(diagnostic?.detail).toContain(detail);
  });
});

describe('JSON texts', () => {
  const exact = fc.bigInt().map((number) => new ExactNumber(`${number}.0123456789012345678901`));
  const { json } = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Json>(null, true, false),
      fc.string({ unit: 'binary' }),
      fc.maxSafeInteger(),
      exact,
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('json'), { maxKeys: 4 }),
    ),
  }));

  it('are read back as they were written', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = jsonText(value, '');
        const parsed = parseJsonText(text);
        expect('json' in parsed && jsonText(parsed.json, '')).toBe(text);
      }),
    );
  });
});

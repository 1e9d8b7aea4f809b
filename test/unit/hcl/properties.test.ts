/** What holds for every text and every tree: nothing is lost, nothing crashes, printing and parsing are inverse. */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { SourceFile } from '../../../core/diag/source.ts';
import type { Expression } from '../../../core/hcl/ast.ts';
import { formatConfig } from '../../../core/hcl/format.ts';
import { parseJsonConfig } from '../../../core/hcl/json.ts';
import { type LexMode, lex } from '../../../core/hcl/lexer.ts';
import { parseConfig, parseTemplate } from '../../../core/hcl/parser.ts';
import { printExpression } from '../../../core/hcl/print.ts';
import { anyExpression } from './generator.ts';
import { formatCases, readLines, shapeOf } from './support.ts';

const FIXED = { seed: 20240607 } as const;

// A few seconds on a quiet machine.
vi.setConfig({ testTimeout: 120_000 });

/** Inputs with something of everything. */
const samples = [
  ...formatCases().map(({ input }) => input),
  ...readLines<{ readonly text: string }>('hcl/program-errors.jsonl').map(({ text }) => text),
];

const SNIPPETS = [
  '"',
  '${',
  '%{',
  '}',
  '~}',
  '{',
  '[',
  ']',
  '(',
  ')',
  '<<E\n',
  '<<-E\n',
  '\nE\n',
  '\n',
  '\r',
  '\r\n',
  '=',
  '=>',
  ',',
  '.',
  '...',
  '*',
  '/*',
  '*/',
  '#',
  '//',
  '\\',
  '$',
  '%',
  '$${',
  'for ',
  ' in ',
  'if ',
  'endif',
  '::',
  '?',
  ':',
  ';',
  '`',
  "'",
  '\ufeff',
  '\u0000',
  '\ud800',
  '😀',
  'é',
  '0',
  '1e',
  '&',
  '|',
  '^',
  '-',
  '!',
  '<',
  'null',
];

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat(12),
  insert: fc.constantFrom('', ...SNIPPETS),
});

/** A sample with up to six random edits. */
const mutated = fc.tuple(fc.constantFrom(...samples), fc.array(edit, { maxLength: 6 })).map(([sample, edits]) =>
  edits.reduce((text, { at, remove, insert }) => {
    const offset = Math.floor(at * text.length);
    return text.slice(0, offset) + insert + text.slice(offset + remove);
  }, sample),
);

describe('lexer', () => {
  test.each<LexMode>(['config', 'template'])('between the tokens of a %s there are only blanks', (mode) => {
    fc.assert(
      fc.property(mutated, (text) => {
        const tokens = lex(text, mode);
        let end = 0;
        for (let index = 0; index < tokens.count; index++) {
          expect(tokens.start(index)).toBeGreaterThanOrEqual(end);
          expect(text.slice(end, tokens.start(index))).toMatch(/^\ufeff?[ \t]*$/);
          end = tokens.end(index);
        }
        expect(end).toBe(text.length);
      }),
      { ...FIXED, numRuns: 200 },
    );
  });
});

describe('parser', () => {
  test('takes any text, and every complaint has a place in it', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        for (const parse of [parseConfig, parseTemplate, parseJsonConfig]) {
          for (const { subject, summary, detail } of parse(new SourceFile('x', text)).diagnostics) {
            expect(summary).not.toBe('');
            expect(detail).not.toBe('');
            expect(subject?.start).toBeGreaterThanOrEqual(0);
            expect(subject?.end).toBeGreaterThanOrEqual(subject?.start ?? 0);
            expect(subject?.end).toBeLessThanOrEqual(text.length);
          }
        }
      }),
      { ...FIXED, numRuns: 400 },
    );
  });

  test('takes time in proportion to the text, however broken', () => {
    const hard = ['/* ', '<<E\n', '"${', '{ ', '(', '%{ if ', 'a "', '* ', '[for a in ', '1.', '$${', '\\'];
    for (const piece of hard) {
      const started = performance.now();
      parseConfig(new SourceFile('x', `a = ${piece.repeat(20_000)}`));
      // Some 50 ms; a cost that grows with the square would be minutes.
      expect(performance.now() - started).toBeLessThan(20_000);
    }
  });

  test('gives back the tree that was printed', () => {
    fc.assert(
      fc.property(anyExpression, (tree) => {
        const text = printExpression(tree as unknown as Expression);
        expect(shapeOf(text), text).toEqual(tree);
      }),
      { ...FIXED, numRuns: 400 },
    );
  });
});

describe('formatter', () => {
  /** In a list, where `"${x}"` stays: as a whole value each formatting takes one such wrapping away. */
  test('what is formatted stays as it is and means the same', () => {
    fc.assert(
      fc.property(anyExpression, (tree) => {
        const text = `a=[${printExpression(tree as unknown as Expression)}]\n`;
        const once = formatConfig(new SourceFile('x', text)).value ?? '';
        expect(formatConfig(new SourceFile('x', once)).value).toBe(once);
        expect(shapeOf(once.slice(once.indexOf('=') + 1))).toEqual(shapeOf(text.slice(2)));
      }),
      { ...FIXED, numRuns: 200 },
    );
  });

  test('changes only blanks, and only what the parser accepts', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        const file = new SourceFile('x', text);
        const { value, diagnostics } = formatConfig(file);
        expect(value === undefined).toBe(diagnostics.length > 0);
        if (value !== undefined) expect(parseConfig(new SourceFile('x', value)).diagnostics).toEqual([]);
      }),
      { ...FIXED, numRuns: 200 },
    );
  });
});

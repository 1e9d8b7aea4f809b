import { describe, expect, it } from 'vitest';
import { diagnosticText } from '../../../cmd/view/diagnostic-text.ts';
import { diagnosticJson } from '../../../cmd/view/json-diagnostic.ts';
import { styleFor } from '../../../cmd/view/style.ts';
import type { Diagnostic } from '../../../core/diag/diagnostic.ts';
import { SourceFile, rangeOf } from '../../../core/diag/source.ts';

const text =
  'resource "a_b" "c" {\n  name = "é" + var.nope\n\n  block {\n    x = [1,\n      2]\n  }\n}\n\nlocals { y = 1 }\n';
const file = new SourceFile('main.tf', text);
const at = (piece: string) => rangeOf(file, text.indexOf(piece), text.indexOf(piece) + piece.length);

function plain(diagnostic: Partial<Diagnostic>): string {
  const whole: Diagnostic = { severity: 'error', summary: 'Something is wrong', detail: 'It is.', ...diagnostic };
  return diagnosticText(whole, {
    style: styleFor(false),
    width: 60,
    redact: (words) => words.replaceAll('hunter2', '***'),
  });
}

describe('a diagnostic as text', () => {
  it('shows the source with a caret, the values and the resource', () => {
    const values = [{ traversal: 'var.nope', statement: 'is a string' }];
    expect(plain({ subject: at('var.nope'), values, address: 'a_b.c[0]' })).toBe(
      [
        '',
        'Error: Something is wrong',
        '',
        '  with a_b.c[0],',
        '  on main.tf line 2, column 16, in resource "a_b" "c":',
        '   2:   name = "é" + var.nope',
        '                     ^^^^^^^^',
        '    ├────────────────',
        '    │ var.nope is a string',
        '',
        'It is.',
        '',
      ].join('\n'),
    );
  });

  it('shows every line of what is wrong', () => {
    const shown = plain({ subject: at('[1,\n      2]') });
    expect(shown).toContain('   5:     x = [1,\n              ^^^\n   6:       2]\n      ^^^^^^^^');
  });

  it('knows no block around what stands outside of one', () => {
    expect(plain({ subject: at('locals') })).toContain('  on main.tf line 10, column 1:\n');
    expect(plain({ subject: at('y = 1') })).toContain('line 10, column 10, in locals:');
  });

  it('points at one character where nothing is', () => {
    expect(plain({ subject: rangeOf(file, text.length - 1, text.length - 1) })).toContain(
      '\n                      ^\n',
    );
  });

  it('makes control characters visible and masks secrets', () => {
    const shown = plain({ summary: 'bad \u001b[31m', detail: 'the password hunter2\u202e was\ttold' });
    expect(shown).toContain('bad \\x1b[31m');
    expect(shown).toContain('the password ***\\u{202e} was\ttold');
  });

  it('wraps prose and leaves examples alone', () => {
    const long = 'word '.repeat(20).trim();
    const lines = plain({ detail: `${long}\n  ${long}` }).split('\n');
    expect(lines.filter((line) => line.startsWith('word')).every((line) => line.length <= 60)).toBe(true);
    expect(lines).toContain(`  ${long}`);
  });

  it('stands in a box on a terminal', () => {
    const style = { ...styleFor(false), enabled: true };
    const shown = diagnosticText(
      { severity: 'warning', summary: 'S', detail: 'D' },
      { style, width: 60, redact: (words) => words },
    );
    expect(shown).toBe('╷\n│ Warning: S\n│\n│ D\n╵\n');
  });
});

describe('a diagnostic as JSON', () => {
  it('counts columns in characters and offsets in bytes', () => {
    const json = diagnosticJson(
      { severity: 'error', summary: 'S', detail: 'D', subject: at('var.nope') },
      (words) => words,
    );
    expect(json).toEqual({
      severity: 'error',
      summary: 'S',
      detail: 'D',
      range: { filename: 'main.tf', start: { line: 2, column: 16, byte: 37 }, end: { line: 2, column: 24, byte: 45 } },
      snippet: {
        context: 'resource "a_b" "c"',
        code: '  name = "é" + var.nope',
        start_line: 2,
        highlight_start_offset: 16,
        highlight_end_offset: 24,
        values: [],
      },
    });
  });

  it('has neither range nor snippet without a place', () => {
    expect(Object.keys(diagnosticJson({ severity: 'warning', summary: 'S', detail: '' }, (words) => words))).toEqual([
      'severity',
      'summary',
      'detail',
    ]);
  });
});

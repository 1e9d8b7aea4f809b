/** Each mistake has one message, at the place where it was made, and the rest of the file is checked. */
import { describe, expect, test } from 'vitest';
import { SourceFile } from '../../../core/diag/source.ts';
import { parseConfig, parseExpression, parseTraversal } from '../../../core/hcl/parser.ts';
import { errorsIn, type Place, placeOf, readLines, short, underlined } from './support.ts';

interface RecordedErrors {
  readonly name: string;
  readonly text: string;
  readonly errors: readonly { readonly summary: string; readonly detail: string; readonly place: Place }[];
}

/** Terraform stretches an empty range by one column when it prints it. */
function stretched(place: Place): Place {
  const [line, column = 0, endLine, endColumn] = place;
  return line === endLine && column === endColumn ? [line ?? 0, column, line ?? 0, column + 1] : place;
}

function found(text: string): RecordedErrors['errors'] {
  const { diagnostics } = parseConfig(new SourceFile('main.tf', text));
  return diagnostics.map((each) => ({ summary: each.summary, detail: each.detail, place: stretched(placeOf(each)) }));
}

describe('as Terraform tells them', () => {
  test.each(readLines<RecordedErrors>('hcl/expression-errors.jsonl'))('expression $name', ({ text, errors }) => {
    expect(found(text)).toEqual(errors);
  });

  // A program's diagnostics are recorded in the order of their places.
  test.each(readLines<RecordedErrors>('hcl/program-errors.jsonl'))('$name', ({ text, errors }) => {
    const byPlace = [...found(text)].sort((a, b) => (a.place[0] ?? 0) - (b.place[0] ?? 0));
    expect(byPlace).toHaveLength(errors.length);
    expect(byPlace).toEqual(expect.arrayContaining([...errors]));
  });
});

describe('what is underlined', () => {
  const cases: readonly (readonly [name: string, text: string, ...errors: string[]])[] = [
    ['quoted argument name', '"a" = 1\n', '1,1-2 Invalid argument name'],
    ['number as an item', '5 = 1\n', '1,1-2 Argument or block definition required'],
    ['block with equals', 'a "b" = {\n}\n', '1,7-8 Invalid block definition'],
    ['block without a body', 'a "b" 5\n', '1,7-8 Invalid block definition'],
    ['template in a label', 'a "b${c}" {\n}\n', '1,5-7 Invalid string literal'],
    ['escape in a label', 'a "b\\q" {\n}\n', '1,5-7 Invalid escape sequence'],
    ['something behind a block', 'a {} b\n', '1,6-7 Missing newline after block definition'],
    ['single line left open', 'a { b = 1\n}\n', '1,10-2,1 Invalid single-argument block definition'],
    ['single line with more', 'a { b = 1 c = 2 }\n', '1,11-12 Invalid single-argument block definition'],
    ['open single line at the end', 'a { b = 1', '1,3-4 Unclosed configuration block'],
    ['open parenthesis', 'a = (1\nb = 2\n', '2,1-2 Unbalanced parentheses'],
    ['open list at the end', 'a = [1', '1,5-6 Unterminated tuple constructor expression'],
    ['open object at the end', 'a = {b = 1', '1,5-6 Unterminated object constructor expression'],
    ['open call at the end', 'a = f(1', '1,5-7 Unterminated function call'],
    ['no expression at the end', 'a =', '1,4-4 Missing expression'],
    ['key in a list of for', 'a = [for k, v in b : k => v]\n', "1,22-23 Invalid 'for' expression"],
    ['object of for without a key', 'a = {for v in b : v}\n', "1,19-20 Invalid 'for' expression"],
    ['grouping in a list of for', 'a = [for v in b : v...]\n', "1,20-23 Invalid 'for' expression"],
    ['colon in an interpolation', 'a = "${b:c}"\n', '1,9-10 Extra characters after interpolation expression'],
    ['tab as indentation before a mistake', '\ta = ]\n', '1,6-7 Invalid expression'],
    ['column in grapheme clusters', 'a = "e\u0301👩‍👩‍👧" ]\n', '1,10-11 Missing newline after argument'],
    ['behind a byte order mark', '\ufeffa = ]\nb = ]\n', '1,5-6 Invalid expression', '2,5-6 Invalid expression'],
    ['lines that end in CRLF', 'a = 1\r\nb = ]\r\n', '2,5-6 Invalid expression'],
  ];
  test.each(cases)('%s', (_name, text, ...errors) => {
    expect(errorsIn(text)).toEqual(errors);
  });
});

describe('recovery', () => {
  test('every line with a mistake is told once, and what is right is kept', () => {
    const text = 'a = ]\nb = 1\nc {\n  d = 2 3\n  e = 4\n  f ]\n}\ng = "${1 +}"\nh = 5\n';
    const { value, diagnostics } = parseConfig(new SourceFile('main.tf', text));
    expect(diagnostics.map(short)).toEqual([
      '1,5-6 Invalid expression',
      '4,9-10 Missing newline after argument',
      '6,3-4 Argument or block definition required',
      '8,11-12 Invalid expression',
    ]);
    expect([...value.attributes.keys()]).toEqual(['a', 'b', 'g', 'h']);
    expect([...(value.blocks[0]?.body.attributes.keys() ?? [])]).toEqual(['d', 'e']);
  });

  test('a closing brace too many does not hide what follows', () => {
    expect(errorsIn('a {\n}\n}\nb = ]\n')).toEqual([
      '3,1-2 Argument or block definition required',
      '4,5-6 Invalid expression',
    ]);
  });

  test('a one-line block with two mistakes does not swallow the next block', () => {
    const { value, diagnostics } = parseConfig(new SourceFile('main.tf', 'a { b { c = 1 } }\nd {\n  e = 1\n}\n'));
    expect(diagnostics.map(short)).toEqual(['1,5-8 Argument definition required']);
    expect(value.blocks.map(({ type }) => type)).toEqual(['a', 'd']);
  });

  test('behind a quote left open, where text and code are swapped, only ends of lines are told', () => {
    expect(errorsIn('a {\n  b = "c\n  d = "e"\n}\nf = = 1\n')).toEqual([
      '2,9-3,1 Invalid multi-line string',
      '3,10-4,1 Invalid multi-line string',
      '4,2-5,1 Invalid multi-line string',
      '5,8-6,1 Invalid multi-line string',
      '2,9-3,1 Unterminated template string',
    ]);
  });

  test('an argument set twice keeps its first value', () => {
    const { value, diagnostics } = parseConfig(new SourceFile('main.tf', 'a = 1\na = 2\n'));
    expect(diagnostics[0]?.detail).toBe(
      'The argument "a" was already set at main.tf:1,1-2. Each argument may be set only once.',
    );
    expect(value.attributes.get('a')?.value).toMatchObject({ literal: { text: '1' } });
  });
});

describe('nesting', () => {
  const deep: readonly (readonly [string, string])[] = [
    ['lists', `a = ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`],
    ['lists left open', `a = ${'['.repeat(10_000)}`],
    ['objects', `a = ${'{a='.repeat(10_000)}1${'}'.repeat(10_000)}\n`],
    ['parentheses', `a = ${'('.repeat(10_000)}1${')'.repeat(10_000)}\n`],
    ['calls', `a = ${'f('.repeat(10_000)}1${')'.repeat(10_000)}\n`],
    ['signs', `a = ${'-'.repeat(10_000)}1\n`],
    ['indexes', `a = ${'b['.repeat(10_000)}1${']'.repeat(10_000)}\n`],
    ['splats', `a = b${'[*]'.repeat(10_000)}\n`],
    ['templates', `a = ${'"${'.repeat(10_000)}1${'}"'.repeat(10_000)}\n`],
    ['conditionals', `a = ${'b ? c : '.repeat(10_000)}d\n`],
    ['for', `a = ${'[for a in '.repeat(10_000)}b${' : a]'.repeat(10_000)}\n`],
    ['blocks', `${'a {\n'.repeat(10_000)}${'}\n'.repeat(10_000)}`],
  ];
  test.each(deep)('of 10,000 %s is one diagnostic', (_name, text) => {
    expect(parseConfig(new SourceFile('main.tf', text)).diagnostics.map(({ summary }) => summary)).toEqual([
      'Nesting too deep',
    ]);
  });

  test('of 300 levels is fine, and so are long chains of operators and steps', () => {
    expect(errorsIn(`a = ${'['.repeat(300)}${']'.repeat(300)}\n`)).toEqual([]);
    expect(errorsIn(`a = 1${' + 1'.repeat(20_000)}\nb = c${'[d]'.repeat(20_000)}\n`)).toEqual([]);
  });
});

describe('parts of files', () => {
  test('an expression is read from its stretch of the file and placed in it', () => {
    const file = new SourceFile('main.tf', 'x = [a +, b]');
    const { diagnostics } = parseExpression(file, 5, 8);
    expect(diagnostics.map(({ summary }) => summary)).toEqual(['Missing expression']);
    expect(parseExpression(file, 5, 6).value).toMatchObject({ kind: 'traversal', start: 5, end: 6 });
  });

  test('nothing may follow an expression', () => {
    const { diagnostics } = parseExpression(new SourceFile('x', '1 2'));
    expect(diagnostics.map(short)).toEqual(['1,3-4 Extra characters after expression']);
  });

  test('newlines mean nothing in an expression of its own', () => {
    expect(parseExpression(new SourceFile('x', '1\n+\n2\n')).diagnostics).toEqual([]);
  });

  const traversals: readonly (readonly [string, string, string])[] = [
    ['1a', 'Variable name required', '1'],
    ['a.', 'Attribute name required', ''],
    ['a.*', 'Attribute name required', '*'],
    ['a[*]', 'Attribute name required', '*'],
    ['a[b]', 'Index value required', 'b'],
    ['a["x"', 'Unclosed index brackets', ''],
    ['a b', 'Invalid character', 'b'],
  ];
  test.each(traversals)('reference %s', (text, summary, subject) => {
    const { value, diagnostics } = parseTraversal(text);
    expect(value).toBeUndefined();
    expect(diagnostics.map((each) => each.summary)).toEqual([summary]);
    expect(underlined(diagnostics)).toEqual([subject]);
  });

  test('a reference has a root and constant steps', () => {
    expect(parseTraversal('a.b[0]["c.d"]').value).toMatchObject({
      root: { name: 'a' },
      steps: [{ name: 'b' }, { key: 0 }, { key: 'c.d' }],
    });
  });
});

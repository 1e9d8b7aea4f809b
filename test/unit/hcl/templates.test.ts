/** What is text in quotes, heredocs and template files, and what is left of it after escapes, trims and indentation. */
import { describe, expect, test } from 'vitest';
import { SourceFile } from '../../../core/diag/source.ts';
import type { Expression, TemplatePart } from '../../../core/hcl/ast.ts';
import { parseConfig, parseTemplate } from '../../../core/hcl/parser.ts';
import { printExpression } from '../../../core/hcl/print.ts';
import { short } from './support.ts';

/** Texts in angle brackets, what is evaluated in square ones. */
function outline(expression: Expression): string {
  if (expression.kind === 'template-wrap') return `=[${printExpression(expression.wrapped)}]`;
  if (expression.kind !== 'template') throw new Error(`not a template: ${expression.kind}`);
  return outlineParts(expression.parts);
}

function outlineParts(parts: readonly TemplatePart[]): string {
  return parts.map(outlinePart).join('');
}

function outlinePart(part: TemplatePart): string {
  switch (part.kind) {
    case 'text':
      return `<${part.value}>`;
    case 'interpolation':
      return `[${printExpression(part.expression)}]`;
    case 'if':
      return `{if ${printExpression(part.condition)}: ${outlineParts(part.consequent)} else ${outlineParts(part.alternate)}}`;
    case 'for': {
      const names = part.key === undefined ? part.value.name : `${part.key.name},${part.value.name}`;
      return `{for ${names} in ${printExpression(part.collection)}: ${outlineParts(part.body)}}`;
    }
  }
}

/** The outline of what a file gives to its only argument. */
function outlineOf(source: string): string {
  const { value, diagnostics } = parseConfig(new SourceFile('main.tf', `a = ${source}\n`));
  expect(diagnostics.map(short)).toEqual([]);
  const [attribute] = value.attributes.values();
  if (attribute === undefined) throw new Error('no argument');
  return outline(attribute.value);
}

describe('quoted', () => {
  const cases: readonly (readonly [source: string, outline: string])[] = [
    ['""', ''],
    ['"a"', '<a>'],
    ['"a\\n\\t\\r\\"\\\\b"', '<a\n\t\r"\\b>'],
    ['"\\u00e9\\U0001F600"', '<é😀>'],
    ['"${b}"', '=[b]'],
    ['"${~ b ~}"', '=[b]'],
    ['"a${b}"', '<a>[b]'],
    ['"${b}${c}"', '[b][c]'],
    ['"$${b}"', '<${b}>'],
    ['"%%{b}"', '<%{b}>'],
    ['"$$${b}"', '<$${b}>'],
    ['"$${~b}"', '<${~b}>'],
    ['"$%{ if b }c%{ endif }"', '<$>{if b: <c> else }'],
    ['"$"', '<$>'],
    ['"100%"', '<100%>'],
    ['"a$b%c"', '<a$b%c>'],
    ['"a  ${~ b ~}  c"', '<a>[b]<c>'],
    ['"a \\n ${~ b ~} \\n c"', '<a>[b]<c>'],
    // The text ends where a mark that opens nothing stands: what is behind it is not trimmed.
    ['"${b ~} $ c"', '[b]<$ c>'],
    ['"${"${b}"}"', '=["${b}"]'],
    ['"${ { x = "}" } }"', '=[{ x = "}" }]'],
    ['"%{ if b }c%{ else }d%{ endif }"', '{if b: <c> else <d>}'],
    ['"%{ if b ~} c %{~ endif }"', '{if b: <c> else }'],
    ['"%{ for k, v in b }${k}=${v};%{ endfor }"', '{for k,v in b: [k]<=>[v]<;>}'],
    ['"%{ for v in b }%{ if v }${v}%{ endif }%{ endfor }"', '{for v in b: {if v: [v] else }}'],
  ];
  test.each(cases)('%s', (source, expected) => {
    expect(outlineOf(source)).toBe(expected);
  });
});

describe('heredoc', () => {
  const cases: readonly (readonly [name: string, source: string, outline: string])[] = [
    ['its lines with their ends', '<<E\na\n b\nE', '<a\n b\n>'],
    ['nothing', '<<E\nE', ''],
    ['an empty line', '<<E\n\nE', '<\n>'],
    ['an indented end', '<<E\n  a\n  E', '<  a\n>'],
    ['a longer name is no end', '<<E\nEE\nE', '<EE\n>'],
    ['backslashes are text', '<<E\na\\n"b"\nE', '<a\\n"b"\n>'],
    ['escaped marks', '<<E\n$${a} %%{b} $x\nE', '<${a} %{b} $x\n>'],
    ['lone interpolation keeps the end of its line', '<<E\n${b}\nE', '[b]<\n>'],
    ['an end right behind an interpolation is text', '<<E\n${b}E\nE', '[b]<E\n>'],
    ['CRLF stays', '<<E\r\na\r\nE', '<a\r\n>'],
    ['indentation as it is', '<<E\n  a\n    b\nE', '<  a\n    b\n>'],
    ['least indentation taken away', '<<-E\n    a\n      b\n  E', '<a\n  b\n>'],
    ['blank lines do not count', '<<-E\n    a\n\n    b\nE', '<a\n\nb\n>'],
    ['an interpolation first has no indentation', '<<-E\n${b}\n  c\nE', '[b]<\n  c\n>'],
    ['indented interpolation', '<<-E\n    ${b}\n      c\nE', '[b]<\n  c\n>'],
    ['tabs count as one', '<<-E\n\ta\n\t\tb\nE', '<a\n\tb\n>'],
    ['one character of white space less is the least', '<<-E\n  a\n b\nE', '< a\nb\n>'],
    ['a trim takes one line at most', '<<E\na\n\n${~ b ~}\n\nc\nE', '<a\n>[b]<\nc\n>'],
    [
      'directives on lines of their own',
      '<<E\n%{ for v in b ~}\n- ${v}\n%{ endfor ~}\nend\nE',
      '{for v in b: <- >[v]<\n>}<end\n>',
    ],
    ['a heredoc within', '<<A\n${<<B\nx\nB\n}y\nA', '["x\\n"]<y\n>'],
  ];
  test.each(cases)('%s', (_name, source, expected) => {
    expect(outlineOf(source)).toBe(expected);
  });

  test('another argument may follow, and a call may go on', () => {
    const { value, diagnostics } = parseConfig(new SourceFile('main.tf', 'a = f(<<E\nx\nE\n, 1)\nb = 2\n'));
    expect(diagnostics).toEqual([]);
    expect([...value.attributes.keys()]).toEqual(['a', 'b']);
  });
});

describe('template file', () => {
  const cases: readonly (readonly [text: string, outline: string])[] = [
    ['', ''],
    ['a "b" \\n', '<a "b" \\n>'],
    ['${a}', '=[a]'],
    ['${a}\n', '[a]<\n>'],
    ['a$', '<a$>'],
    ['a\rb', '<a\rb>'],
    ['%{ if a ~}\nb\n%{ endif ~}\n', '{if a: <b\n> else }'],
  ];
  test.each(cases)('%j', (text, expected) => {
    const { value, diagnostics } = parseTemplate(new SourceFile('a.tftpl', text));
    expect(diagnostics).toEqual([]);
    expect(value && outline(value)).toBe(expected);
  });

  test('mistakes are told at their place in the file', () => {
    const { diagnostics } = parseTemplate(new SourceFile('a.tftpl', 'x\n${a +}\n%{ if b }\n'));
    expect(diagnostics.map(short)).toEqual(['2,6-7 Invalid expression', '4,1-1 Unexpected end of template']);
  });
});

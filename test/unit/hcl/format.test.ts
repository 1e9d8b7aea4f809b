/** Layout is that of `terraform fmt`, byte for byte, and a file that is laid out stays as it is. */
import { expect, describe, test } from 'vitest';
import { SourceFile } from '../../../core/diag/source.ts';
import { formatConfig } from '../../../core/hcl/format.ts';
import { type FormatCase, formatCases } from './support.ts';

function format(text: string): string | undefined {
  return formatConfig(new SourceFile('<stdin>', text)).value;
}

/** On standard output the last line always ends. */
function printed(text: string | undefined): string | undefined {
  return text === undefined || text.endsWith('\n') ? text : `${text}\n`;
}

const accepted = formatCases().filter(({ output }) => output !== undefined);
const refused = formatCases().filter(({ error }) => error !== undefined);

describe('recorded from Terraform', () => {
  test.each(accepted)('$name', ({ input, output }) => {
    expect(printed(format(input))).toBe(output);
  });

  test.each(refused)('$name is refused', ({ input, error }) => {
    const { value, diagnostics } = formatConfig(new SourceFile('<stdin>', input));
    expect(value).toBeUndefined();
    const summaries = [...(error ?? '').matchAll(/^Error: (.*)$/gm)].map((match) => match[1]);
    expect(diagnostics.map(({ summary }) => summary)).toEqual(summaries);
  });

  test.each(accepted)('$name, formatted again', ({ output = '', again }: FormatCase) => {
    expect(printed(format(output))).toBe(again ?? output);
  });
});

describe('whatever the input', () => {
  const cases: readonly (readonly [name: string, input: string, output: string])[] = [
    ['the end of the last line is kept as it is', 'a=1', 'a = 1'],
    ['a byte order mark goes', '\ufeffa=1\n', 'a = 1\n'],
    ['ends of lines are kept', 'a=1\r\nbb=2 # x\r\n', 'a  = 1\r\nbb = 2 # x\r\n'],
    ['wide characters are one column each', 'é=1\nbbb=2\n', 'é   = 1\nbbb = 2\n'],
    ['a comment between labels goes', 'a /* x */ "b" /* y */ c {\n}\n', 'a "b" "c" {\n}\n'],
    ['a label in pieces stays', 'a "b$c" {\n}\n', 'a "b$c" {\n}\n'],
    ['a minus is a sign behind an operator', 'a=1 - - 2*-b\n', 'a = 1 - -2 * -b\n'],
    [
      'text of heredocs stays',
      'a = <<-E\n    x   ${ b+1 }  %{ if c }\n  y\n   %{ endif }\n  E\n',
      'a = <<-E\n    x   ${b + 1}  %{if c}\n  y\n   %{endif}\n  E\n',
    ],
  ];
  test.each(cases)('%s', (_name, input, output) => {
    expect(format(input)).toBe(output);
  });
});

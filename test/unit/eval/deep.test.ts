import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../core/diag/diagnostic.ts';
import { SourceFile } from '../../../core/diag/source.ts';
import { evaluate } from '../../../core/eval/evaluate.ts';
import type { Scope } from '../../../core/eval/scope.ts';
import { parseExpression } from '../../../core/hcl/parser.ts';
import { NULL } from '../../../core/value/value.ts';

const scope: Scope = {
  functions: { get: () => undefined, names: () => [] },
  resolve: () => ({ value: NULL, used: 0 }),
};

function errorsOf(text: string): string[] {
  const parsed = parseExpression(new SourceFile('test.tf', text));
  const diagnostics: Diagnostic[] = [...parsed.diagnostics];
  if (parsed.value !== undefined) evaluate(parsed.value, scope, diagnostics);
  return diagnostics.map((diagnostic) => diagnostic.summary);
}

/** As deep as the parser allows, and as long as anybody would write. */
describe('deep and long expressions', () => {
  const depth = 150;
  it.each([
    ['parentheses', `${'('.repeat(depth)}1${')'.repeat(depth)}`],
    ['lists', `${'['.repeat(depth)}1${']'.repeat(depth)}`],
    ['objects', `${'{ a = '.repeat(depth)}1${' }'.repeat(depth)}`],
    ['calls', `${'try('.repeat(depth)}1${')'.repeat(depth)}`],
    ['templates', `${'"${'.repeat(depth)}1${'}"'.repeat(depth)}`],
    ['for expressions', `${'[for x in '.repeat(depth)}[1]${' : x]'.repeat(depth)}`],
    ['conditionals', `${'true ? '.repeat(depth)}1${' : 2'.repeat(depth)}`],
    ['a chain of else', `${'false ? 1 : '.repeat(depth)}2`],
    ['negations', `${'!'.repeat(depth)}true`],
    ['a long sum', Array.from({ length: 2000 }, () => '1').join(' + ')],
    ['a long and', Array.from({ length: 2000 }, () => 'true').join(' && ')],
    ['a long list', `[${Array.from({ length: 20_000 }, () => '1').join(', ')}]`],
  ])('%s', (_, text) => {
    expect(errorsOf(text)).toEqual([]);
  });

  it('are an error of the parser when they go too deep, and never overflow the stack', () => {
    expect(errorsOf(`${'('.repeat(50_000)}1${')'.repeat(50_000)}`)).not.toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { type Flags, parseDuration, rewriteArguments, splitWords } from '../../../cmd/arguments.ts';

const flags: Flags = {
  out: { type: 'string', describe: '' },
  json: { type: 'boolean', describe: '' },
  refresh: { type: 'boolean', describe: '', default: true },
  'no-color': { type: 'boolean', describe: '' },
  var: { type: 'list', describe: '' },
  'var-file': { type: 'list', describe: '' },
  parallelism: { type: 'count', describe: '' },
};

describe('flags as Terraform has them', () => {
  it.each([
    ['-out=p', ['--out=p']],
    ['--out=p', ['--out=p']],
    ['-out p', ['--out=p']],
    ['-out -x', ['--out=-x']],
    ['-out=a=b', ['--out=a=b']],
    ['-out=', ['--out=']],
    ['-json', ['--json=true']],
    ['-refresh=false', ['--refresh=false']],
    ['-refresh=0 -json=T', ['--refresh=false', '--json=true']],
    ['-no-color --json dir', ['--no-color=true', '--json=true', 'dir']],
    ['-json false', ['--json=true', 'false']],
    ['-', ['-']],
    ['a -- -out=p -nope', ['a', '--', '-out=p', '-nope']],
    ['-parallelism=3', ['--parallelism=3']],
  ])('%s', (typed, args) => {
    expect(rewriteArguments(typed.split(' '), flags)).toMatchObject({ args, problems: [] });
  });

  it('keeps variables in the order in which they were typed, dashes and all', () => {
    const typed = ['-var', '-x=1', '-var-file=a.tfvars', '--var', 'y = "z"', '-var=n=-1'];
    expect(rewriteArguments(typed, flags).lists).toEqual([
      { name: 'var', value: '-x=1' },
      { name: 'var-file', value: 'a.tfvars' },
      { name: 'var', value: 'y = "z"' },
      { name: 'var', value: 'n=-1' },
    ]);
  });

  it.each([
    ['-nope', 'flag provided but not defined: -nope'],
    ['-jsn', 'flag provided but not defined: -jsn Did you mean "json"?'],
    ['-refresh=maybe', 'invalid boolean value "maybe" for -refresh: use true or false'],
    ['-out', 'flag needs an argument: -out'],
    ['-parallelism=many', 'invalid value "many" for flag -parallelism: it must be a whole number'],
  ])('%s is a mistake', (typed, problem) => {
    expect(rewriteArguments([typed], flags).problems).toEqual([problem]);
  });
});

it.each([
  ['0', 0],
  ['0s', 0],
  ['90s', 90_000],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['250ms', 250],
  ['10', undefined],
  ['s', undefined],
  ['', undefined],
  ['1s x', undefined],
])('the duration %j', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

it.each([
  ['', []],
  ['-json  -no-color', ['-json', '-no-color']],
  ['-var \'a=b c\' -out="p q"', ['-var', 'a=b c', '-out=p q']],
  ['a\\ b "c\\"d"', ['a b', 'c"d']],
])('the words of %j', (text, words) => {
  expect(splitWords(text)).toEqual(words);
});

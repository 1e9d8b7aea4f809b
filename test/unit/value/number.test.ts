import { describe, expect, it } from 'vitest';
import {
  addNum,
  compareNum,
  divNum,
  equalNum,
  formatNum,
  isArithmeticError,
  modNum,
  mulNum,
  type Num,
  negNum,
  numFromFloat,
  numToFloat,
  parseNum,
  parseNumText,
  subNum,
  type ArithmeticError,
} from '../../../core/value/number.ts';

function n(text: string): Num {
  const num = parseNumText(text);
  if (num === undefined) throw new Error(`no number: ${text}`);
  return num;
}

function text(num: Num | ArithmeticError): string {
  return isArithmeticError(num) ? num.message : formatNum(num);
}

const THIRD =
  '0.33333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333335';

describe('arithmetic in 512 bits', () => {
  const rows: [string, Num | ArithmeticError, string][] = [
    ['1/3', divNum(1, 3), THIRD],
    ['0.1+0.2', addNum(n('0.1'), n('0.2')), '0.3'],
    ['1e154+1', addNum(n('1e154'), 1), `1${'0'.repeat(153)}1`],
    ['2^53 * 2', mulNum(2 ** 53 - 1, 2), '18014398509481982'],
    ['9007199254740993', n('9007199254740993'), '9007199254740993'],
    ['1.10', n('1.10'), '1.1'],
    ['1e-5', n('1e-5'), '0.00001'],
    ['10 % 3', modNum(10, 3), '1'],
    ['-7 % 3', modNum(-7, 3), '-1'],
    ['1e30 % 7', modNum(n('1e30'), 7), '1'],
    ['5 % 0', modNum(5, 0), '5'],
    ['5 / 0', divNum(5, 0), '+Inf'],
    ['-5 / 0', divNum(-5, 0), '-Inf'],
    ['0 / 0', divNum(0, 0), "can't divide zero by zero or infinity by infinity"],
    ['inf - inf', subNum(n('inf'), n('inf')), "can't subtract infinity from itself"],
    ['0 * inf', mulNum(0, n('inf')), "can't multiply zero by infinity"],
    ['-0', negNum(0), '-0'],
    ['0 * -5', mulNum(0, -5), '-0'],
    ['float64', numFromFloat(3 ** 40), '12157665459056929000'],
    ['float64 fraction', numFromFloat(0.1), '0.1'],
    ['1e300*1e300', mulNum(n('1e300'), n('1e300')), formatNum(n('1e600'))],
    ['1e400000 is out of range', mulNum(n('1e300000'), n('1e300000')), '+Inf'],
    ['huge plus tiny', addNum(n('1e3000'), n('1e-3000')), formatNum(n('1e3000'))],
  ];
  it.each(rows)('%s', (_, result, expected) => {
    expect(text(result)).toBe(expected);
  });

  it('rounds a third so that three of them are one', () => {
    const third = divNum(1, 3) as Num;
    expect(mulNum(third, 3)).toBe(1);
    expect(equalNum(subNum(1, n('0.9')) as Num, n('0.1'))).toBe(false);
  });

  it('compares a float64 with a literal by what they print', () => {
    expect(equalNum(numFromFloat(0.1), n('0.1'))).toBe(true);
    expect(compareNum(numFromFloat(0.1), n('0.1'))).toBe(1);
    expect(equalNum(negNum(0), 0)).toBe(true);
  });
});

describe('notation', () => {
  it.each([
    ['+5', '5'],
    ['1p3', '8'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['-Inf', '-Inf'],
    ['007', '7'],
    ['1e2', '100'],
    ['1e-400', `0.${'0'.repeat(399)}1`],
  ])('tonumber reads %s', (written, expected) => {
    expect(formatNum(n(written))).toBe(expected);
  });

  it.each(['', ' 5', '5 ', '0x1f', '1_000', 'e5', '--1', 'infinity', '1e', 'NaN', '.'])(
    'tonumber refuses %j',
    (written) => {
      expect(parseNumText(written)).toBeUndefined();
    },
  );

  it.each(['.5', '+1', 'inf', '1p3', '1.2.3'])('a literal is not %s', (written) => {
    expect(parseNum(written)).toBeUndefined();
  });

  it('goes to the nearest float64 and back', () => {
    for (const float of [0.1, 1 / 3, 1e300, 5e-324, -1.5, 2 ** 60 + 2 ** 20, Number.MAX_VALUE]) {
      expect(numToFloat(numFromFloat(float))).toBe(float);
      expect(numToFloat(n(String(float)))).toBe(float);
    }
  });
});

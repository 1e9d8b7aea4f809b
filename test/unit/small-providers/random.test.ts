import { compareSync } from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import { drawCharacters } from '../../../providers/random/characters.ts';
import { ADJECTIVES, ADVERBS, ANIMALS } from '../../../providers/random/pet-words.ts';
import { createOf, object, planOf, refreshOf } from './harness.ts';

const PLAIN = { lower: true, numeric: true, special: true, upper: true };

function draw(config: Parameters<typeof object>[1]): string {
  const { value, diagnostics } = drawCharacters(object('random_string', { ...PLAIN, ...config }));
  expect(diagnostics).toEqual([]);
  return value ?? '';
}

describe('characters', () => {
  test.each([
    ['letters', { length: 300, numeric: false, special: false }, /^[a-zA-Z]{300}$/],
    ['digits', { length: 300, upper: false, lower: false, special: false }, /^[0-9]{300}$/],
    [
      'special characters',
      { length: 300, upper: false, lower: false, numeric: false },
      /^[!@#$%&*()\-_=+[\]{}<>:?]{300}$/,
    ],
    [
      'special characters of one’s own',
      { length: 99, upper: false, lower: false, numeric: false, override_special: 'ä€😀' },
      /^[ä€😀]{99}$/u,
    ],
    ['a minimum of a class that is off', { length: 5, numeric: false, special: false, min_numeric: 5 }, /^[0-9]{5}$/],
  ])('%s', (_, config, form) => {
    expect(draw(config)).toMatch(form);
  });

  test('every class comes at least as often as its minimum', () => {
    for (let round = 0; round < 50; round++) {
      const text = draw({ length: 12, min_upper: 3, min_lower: 2, min_numeric: 4, min_special: 3 });
      const counts = [/[A-Z]/g, /[a-z]/g, /[0-9]/g, /[^A-Za-z0-9]/g].map((form) => text.match(form)?.length ?? 0);
      expect(counts).toEqual([3, 2, 4, 3]);
    }
  });

  test('minima do not stand at fixed places', () => {
    const firsts = new Set(
      Array.from({ length: 60 }, () =>
        draw({ length: 4, special: false, min_upper: 1, min_numeric: 3 }).search(/[A-Z]/),
      ),
    );
    expect([...firsts].sort()).toEqual([0, 1, 2, 3]);
  });

  test('every character of a set comes about equally often', () => {
    const text = draw({ length: 26_000, upper: false, numeric: false, special: false });
    const counts = [...'abcdefghijklmnopqrstuvwxyz'].map((letter) => text.split(letter).length - 1);
    // Six standard deviations around a thousand.
    expect(Math.min(...counts)).toBeGreaterThan(810);
    expect(Math.max(...counts)).toBeLessThan(1190);
  });

  test('nothing to draw from is an error', async () => {
    const config = { length: 3, upper: false, lower: false, special: false, number: false };
    const { value, diagnostics } = drawCharacters(object('random_string', config));
    expect([value, diagnostics[0]?.summary]).toEqual([undefined, 'Random Read Error']);
  });
});

describe('random_password', () => {
  test('the hash is one of the result, with the usual prefix and cost', async () => {
    const { value } = await createOf('random_password', { length: 20 });
    expect(value).toMatchObject({ id: 'none', length: 20, number: true, numeric: true });
    expect(value.bcrypt_hash).toMatch(/^\$2a\$10\$.{53}$/);
    expect(compareSync(String(value.result), String(value.bcrypt_hash))).toBe(true);
  });

  test('a result longer than bcrypt reads is hashed as far as it does', async () => {
    const { value } = await createOf('random_password', { length: 100 });
    expect(compareSync(String(value.result).slice(0, 72), String(value.bcrypt_hash))).toBe(true);
  });

  test.each([
    ['number alone', { number: false }, { number: false, numeric: false }],
    ['numeric alone', { numeric: false }, { number: false, numeric: false }],
    ['neither', {}, { number: true, numeric: true }],
  ])('%s', async (_, config, expected) => {
    const { value } = await createOf('random_password', { length: 5, ...config });
    expect(value).toMatchObject(expected);
  });

  test('a state of the first version gets what it lacks, and has nothing to do', async () => {
    const old = { id: 'none', length: 4, lower: true, result: 'abcd', special: false, number: false };
    const value = await refreshOf('random_password', old, 0);
    expect(value).toMatchObject({ numeric: false, upper: true, min_lower: 0, min_special: 0 });
    const prior = typeof value === 'string' ? {} : value;
    expect(compareSync('abcd', String(prior.bcrypt_hash))).toBe(true);
    const { causes, steps } = await planOf('random_password', { length: 4, special: false, numeric: false }, prior);
    expect([causes, steps.items]).toEqual([[], []]);
  });
});

describe('random_id', () => {
  test('four notations of the same bytes', async () => {
    const { value } = await createOf('random_id', { byte_length: 9, prefix: 'web-' });
    const bytes = Buffer.from(String(value.id), 'base64url');
    expect(bytes.length).toBe(9);
    expect(value).toMatchObject({
      b64_url: `web-${bytes.toString('base64url')}`,
      b64_std: `web-${bytes.toString('base64')}`,
      hex: `web-${bytes.toString('hex')}`,
      dec: `web-${BigInt(`0x${bytes.toString('hex')}`)}`,
    });
  });

  test('no bytes are zero', async () => {
    const { value } = await createOf('random_id', { byte_length: 0 });
    expect(value).toMatchObject({ id: '', hex: '', dec: '0' });
  });
});

describe('random_integer', () => {
  test.each([
    ['a range of one', { min: 7, max: 7 }, 7],
    ['below zero, with a seed', { min: -10, max: -10, seed: 'x' }, -10],
  ])('%s', async (_, config, result) => {
    const { value } = await createOf('random_integer', config);
    expect(value).toMatchObject({ id: String(result), result });
  });

  test.each([
    [{ min: 3, max: 2 }, 'is empty'],
    [{ min: -9_000_000_000_000_000, max: 9_000_000_000_000_000 }, undefined],
  ])('%j', async (config, wrong) => {
    const { diagnostics } = await createOf('random_integer', config);
    expect(diagnostics.map(({ summary }) => summary)).toEqual(wrong ? ['Create Random Integer Error'] : []);
    expect(diagnostics[0]?.detail ?? '').toContain(wrong ?? '');
  });
});

describe('random_uuid', () => {
  test.each([
    ['random_uuid', /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/],
    ['random_uuid4', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ['random_uuid7', /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ])('%s', async (type, form) => {
    const { value } = await createOf(type, {});
    expect(value.result).toMatch(form);
    expect(value.id).toBe(value.result);
  });

  test('version 7 begins with the time', async () => {
    const before = Date.now();
    const { value } = await createOf('random_uuid7', {});
    const time = Number.parseInt(String(value.id).replaceAll('-', '').slice(0, 12), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  });
});

describe('random_pet', () => {
  test.each([
    [1, [ANIMALS]],
    [2, [ADJECTIVES, ANIMALS]],
    [4, [ADVERBS, ADVERBS, ADJECTIVES, ANIMALS]],
  ])('%d words', async (length, lists) => {
    const { value } = await createOf('random_pet', { length, separator: '.', prefix: 'pre' });
    const [prefix, ...words] = String(value.id).split('.');
    expect([prefix, words.length]).toEqual(['pre', length]);
    words.forEach((word, index) => {
      expect(lists[index]).toContain(word);
    });
  });

  test('words are fit for names of hosts and containers', () => {
    for (const word of [...ADVERBS, ...ADJECTIVES, ...ANIMALS]) expect(word).toMatch(/^[a-z]{2,16}$/);
  });
});

describe('random_shuffle', () => {
  test('more results than elements repeat evenly', async () => {
    const { value } = await createOf('random_shuffle', { input: ['a', 'b', 'c'], result_count: 7 });
    const counts = ['a', 'b', 'c'].map((letter) => (value.result as string[]).filter((each) => each === letter).length);
    expect(counts.sort()).toEqual([2, 2, 3]);
  });

  test('of nothing there is nothing', async () => {
    expect((await createOf('random_shuffle', { input: [], result_count: 3 })).value.result).toEqual([]);
  });
});

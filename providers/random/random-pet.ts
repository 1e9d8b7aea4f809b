/** `random_pet`: a name of words that people can remember. */
import { randomInt } from 'node:crypto';
import { ok } from '../../core/diag/diagnostic.ts';
import { NUMBER, STRING } from '../../core/value/type.ts';
import { stringValue } from '../../core/value/value.ts';
import { REPLACE, computed, flatSchema, optional, optionalComputed } from '../kit/notation.ts';
import type { PlainType } from '../kit/plain-resource.ts';
import { countAt, textAt } from '../kit/values.ts';
import { RANDOM_RULES, keepers } from './keepers.ts';

// ---- Schema ------------------------------------------------------------------------------------------------------

const schema = flatSchema(0, 'A random name of words, ending in an animal.', {
  id: computed(STRING, 'The name.'),
  keepers,
  length: optionalComputed(NUMBER, 'Number of words.', { ...REPLACE, default: 2 }),
  prefix: optional(STRING, 'Text before the name.', REPLACE),
  separator: optionalComputed(STRING, 'What stands between the words.', { ...REPLACE, default: '-' }),
});

// ---- Create ------------------------------------------------------------------------------------------------------

export const randomPet: PlainType = {
  resource: { schema },
  rules: RANDOM_RULES,
  async create(planned) {
    const { ADJECTIVES, ADVERBS, ANIMALS } = await import('./pet-words.ts');
    const length = countAt(planned, 'length');
    const adverbs = Array.from({ length: Math.max(0, length - 2) }, () => pick(ADVERBS));
    const words = length === 1 ? [pick(ANIMALS)] : [...adverbs, pick(ADJECTIVES), pick(ANIMALS)];
    const prefix = textAt(planned, 'prefix') ?? '';
    const named = prefix === '' ? words : [prefix, ...words];
    return ok([['id', stringValue(named.join(textAt(planned, 'separator')))]]);
  },
};

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? '';
}

/** `random_shuffle`: the elements of a list in random order, the same for the same seed. */
import { ok } from '../../core/diag/diagnostic.ts';
import { NUMBER, STRING, listType } from '../../core/value/type.ts';
import { type Value, listValue, stringValue } from '../../core/value/value.ts';
import { REPLACE, computed, flatSchema, optional, required } from '../kit/notation.ts';
import type { PlainType } from '../kit/plain-resource.ts';
import { attribute, integerAt, textAt } from '../kit/values.ts';
import { RANDOM_RULES, keepers } from './keepers.ts';
import { randomSource } from './random-source.ts';

// ---- Schema ------------------------------------------------------------------------------------------------------

const schema = flatSchema(0, 'A random order of the elements of a list.', {
  id: computed(STRING, 'Always "-".'),
  input: required(listType(STRING), 'The elements.', REPLACE),
  keepers,
  result: computed(listType(STRING), 'The elements in random order.'),
  result_count: optional(NUMBER, 'How many elements the result has; more than there are repeat evenly.', REPLACE),
  seed: optional(STRING, 'The same seed gives the same order for the same list.', REPLACE),
});

// ---- Create ------------------------------------------------------------------------------------------------------

export const randomShuffle: PlainType = {
  resource: { schema },
  rules: RANDOM_RULES,
  async create(planned) {
    const input = attribute(planned, 'input');
    const elements = input.kind === 'list' ? input.elements : [];
    const count = Number(integerAt(planned, 'result_count') ?? BigInt(elements.length));
    const result = await shuffled(elements, count, textAt(planned, 'seed'));
    return ok([
      ['id', stringValue('-')],
      ['result', listValue(STRING, result)],
    ]);
  },
};

/** Whole permutations one after the other, so that no element comes twice as often as another. */
async function shuffled(elements: readonly Value[], count: number, seed: string | undefined): Promise<Value[]> {
  const result: Value[] = [];
  if (count === 0 || elements.length === 0) return result;
  const source = await randomSource(seed);
  // A negative count ends after the first element, as it always did.
  while (result.length < Math.max(1, count)) {
    for (const index of source.permutation(elements.length)) {
      const element = elements[index];
      if (element && result.length < Math.max(1, count)) result.push(element);
    }
  }
  return result;
}

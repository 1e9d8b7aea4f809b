/** `random_integer`: a whole number of a range, the same for the same seed. */
import { failed, ok } from '../../core/diag/diagnostic.ts';
import { NUMBER, STRING } from '../../core/value/type.ts';
import { stringValue } from '../../core/value/value.ts';
import { REPLACE, computed, flatSchema, optional, required } from '../kit/notation.ts';
import { type PlainType, importFailure } from '../kit/plain-resource.ts';
import { type Entries, integerAt, integerValue, objectOf, textAt, textOrNull } from '../kit/values.ts';
import { RANDOM_RULES, keepers } from './keepers.ts';
import { randomSource } from './random-source.ts';

const LARGEST_RANGE = 2n ** 63n - 1n;

// ---- Schema ------------------------------------------------------------------------------------------------------

const schema = flatSchema(0, 'A random whole number of a range.', {
  id: computed(STRING, 'The number as text.'),
  keepers,
  max: required(NUMBER, 'The largest number that may come.', REPLACE),
  min: required(NUMBER, 'The smallest number that may come.', REPLACE),
  result: computed(NUMBER, 'The number.'),
  seed: optional(STRING, 'The same seed gives the same number for the same range.', REPLACE),
});

// ---- Create ------------------------------------------------------------------------------------------------------

export const randomInteger: PlainType = {
  resource: { schema, importHint: 'RESULT,MIN,MAX or RESULT,MIN,MAX,SEED' },
  rules: RANDOM_RULES,
  async create(planned) {
    const min = integerAt(planned, 'min') ?? 0n;
    const max = integerAt(planned, 'max') ?? 0n;
    if (max < min || max - min >= LARGEST_RANGE) {
      const wrong =
        max < min ? 'is empty: "min" has to be at most "max"' : 'is too large: it has more than 2^63 numbers';
      const detail = `The range from ${min} to ${max} ${wrong}.`;
      return failed({ severity: 'error', summary: 'Create Random Integer Error', detail });
    }
    const source = await randomSource(textAt(planned, 'seed'));
    return ok(both(min + source.below(max - min + 1n)));
  },
  importState,
};

function both(result: bigint): Entries {
  return [
    ['id', stringValue(String(result))],
    ['result', integerValue(result)],
  ];
}

// ---- Import ------------------------------------------------------------------------------------------------------

function importState(id: string) {
  const [result = '', min = '', max = '', seed, ...rest] = id.split(',');
  if (![result, min, max].every((text) => /^[+-]?\d+$/.test(text)) || rest.length > 0) {
    const detail = `The ID has to be RESULT,MIN,MAX or RESULT,MIN,MAX,SEED with whole numbers, not "${id}".`;
    return importFailure('Import Random Integer Error', detail);
  }
  const range: Entries = [
    ['min', integerValue(BigInt(min.replace('+', '')))],
    ['max', integerValue(BigInt(max.replace('+', '')))],
    ['seed', textOrNull(seed)],
  ];
  return ok(objectOf(schema, [...both(BigInt(result.replace('+', ''))), ['id', stringValue(result)], ...range]));
}

/** `random_bytes`: random bytes as a secret. */
import { randomBytes as generate } from 'node:crypto';
import { ok } from '../../core/diag/diagnostic.ts';
import { NUMBER, STRING } from '../../core/value/type.ts';
import { numberValue, stringValue } from '../../core/value/value.ts';
import { REPLACE, computed, flatSchema, required } from '../kit/notation.ts';
import { type PlainType, importFailure } from '../kit/plain-resource.ts';
import { type Entries, countAt, objectOf } from '../kit/values.ts';
import { atLeast } from '../kit/validators.ts';
import { keepers } from './keepers.ts';

// ---- Schema ------------------------------------------------------------------------------------------------------

const schema = flatSchema(0, 'Random bytes that are kept secret: a key, for example.', {
  base64: computed(STRING, 'The bytes in base64.', { sensitive: true }),
  hex: computed(STRING, 'The bytes in hexadecimal digits.', { sensitive: true }),
  keepers,
  length: required(NUMBER, 'Number of bytes, at least 1.', { ...REPLACE, validate: atLeast(1) }),
});

// ---- Create ------------------------------------------------------------------------------------------------------

export const randomBytes: PlainType = {
  resource: { schema, importHint: 'the bytes in base64' },
  rules: { keeps: 'all' },
  create: (planned) => ok(notations(generate(countAt(planned, 'length')))),
  importState,
};

function notations(bytes: Buffer): Entries {
  return [
    ['base64', stringValue(bytes.toString('base64'))],
    ['hex', stringValue(bytes.toString('hex'))],
  ];
}

// ---- Import ------------------------------------------------------------------------------------------------------

function importState(id: string) {
  const bytes = Buffer.from(id, 'base64');
  if (bytes.toString('base64') !== id)
    return importFailure('Import Random bytes Error', 'The ID to import has to be the bytes in padded base64.');
  return ok(objectOf(schema, [...notations(bytes), ['length', numberValue(bytes.length)]]));
}

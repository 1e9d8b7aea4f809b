/** `random_id`: random bytes in four notations, as part of names. */
import { randomBytes } from 'node:crypto';
import { ok } from '../../core/diag/diagnostic.ts';
import { NUMBER, STRING } from '../../core/value/type.ts';
import { numberValue, stringValue } from '../../core/value/value.ts';
import { REPLACE, computed, flatSchema, optional, required } from '../kit/notation.ts';
import { type PlainType, importFailure } from '../kit/plain-resource.ts';
import { type Entries, countAt, objectOf, textAt, textOrNull } from '../kit/values.ts';
import { RANDOM_RULES, keepers } from './keepers.ts';

// ---- Schema ------------------------------------------------------------------------------------------------------

const schema = flatSchema(0, 'Random bytes in several notations, for names that have to be unique.', {
  b64_std: computed(STRING, 'The bytes in base64, after the prefix.'),
  b64_url: computed(STRING, 'The bytes in the base64 of addresses, after the prefix.'),
  byte_length: required(NUMBER, 'Number of random bytes.', REPLACE),
  dec: computed(STRING, 'The bytes as a decimal number, after the prefix.'),
  hex: computed(STRING, 'The bytes in hexadecimal digits, after the prefix.'),
  id: computed(STRING, 'The bytes in the base64 of addresses, without the prefix.'),
  keepers,
  prefix: optional(STRING, 'Text before every notation.', REPLACE),
});

// ---- Create ------------------------------------------------------------------------------------------------------

export const randomId: PlainType = {
  resource: { schema, importHint: 'ID, or PREFIX,ID' },
  rules: RANDOM_RULES,
  create: (planned) => ok(notations(randomBytes(countAt(planned, 'byte_length')), textAt(planned, 'prefix') ?? '')),
  importState,
};

function notations(bytes: Buffer, prefix: string): Entries {
  const hex = bytes.toString('hex');
  const id = bytes.toString('base64url');
  const texts: readonly (readonly [string, string])[] = [
    ['id', id],
    ['b64_url', prefix + id],
    ['b64_std', prefix + bytes.toString('base64')],
    ['hex', prefix + hex],
    ['dec', prefix + BigInt(`0x0${hex}`).toString()],
  ];
  return texts.map(([name, text]) => [name, stringValue(text)] as const);
}

// ---- Import ------------------------------------------------------------------------------------------------------

function importState(text: string) {
  const comma = text.lastIndexOf(',');
  const prefix = comma < 0 ? '' : text.slice(0, comma);
  const id = text.slice(comma + 1);
  if (!/^[\w-]*$/.test(id) || id.length % 4 === 1) {
    const detail = `"${id}" is not base64 in the notation for addresses (letters, digits, "-" and "_", no padding).`;
    return importFailure('Import Random ID Error', detail);
  }
  const bytes = Buffer.from(id, 'base64url');
  const given: Entries = [
    ['id', stringValue(id)],
    ['b64_url', stringValue(prefix + id)],
    ['byte_length', numberValue(bytes.length)],
    ['prefix', textOrNull(prefix === '' ? undefined : prefix)],
  ];
  return ok(objectOf(schema, [...notations(bytes, prefix), ...given]));
}

/** `random_uuid`, `random_uuid4` and `random_uuid7`: a UUID, random or beginning with the time. */
import { randomBytes, randomUUID } from 'node:crypto';
import { ok } from '../../core/diag/diagnostic.ts';
import { STRING } from '../../core/value/type.ts';
import { stringValue } from '../../core/value/value.ts';
import { computed, flatSchema } from '../kit/notation.ts';
import { type PlainType, importFailure } from '../kit/plain-resource.ts';
import { type Entries, objectOf } from '../kit/values.ts';
import { RANDOM_RULES, keepers } from './keepers.ts';

// ---- Schema ------------------------------------------------------------------------------------------------------

const schema = flatSchema(0, 'A random UUID.', {
  id: computed(STRING, 'The UUID.'),
  keepers,
  result: computed(STRING, 'The UUID.'),
});

// ---- Create ------------------------------------------------------------------------------------------------------

export const randomUuid: PlainType = uuidType(randomUUID, 'Import Random UUID Error');
export const randomUuid4: PlainType = uuidType(randomUUID, 'Import Random UUID v4 Error');
export const randomUuid7: PlainType = uuidType(timedUuid, 'Import Random UUID v7 Error');

function uuidType(make: () => string, importSummary: string): PlainType {
  return {
    resource: { schema, importHint: 'UUID' },
    rules: RANDOM_RULES,
    create: () => ok(both(make())),
    importState(id) {
      const canonical = id.toLowerCase();
      if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(canonical)) return ok(objectOf(schema, both(canonical)));
      return importFailure(importSummary, `"${id}" is not a UUID.`);
    },
  };
}

function both(uuid: string): Entries {
  return [
    ['id', stringValue(uuid)],
    ['result', stringValue(uuid)],
  ];
}

/** Version 7: 48 bits of milliseconds since 1970, then random bits. */
function timedUuid(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

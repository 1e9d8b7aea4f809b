/** `null_resource`: nothing but a place in the life cycle, replaced when its triggers change. */
import { randomBytes } from 'node:crypto';
import { ok } from '../../core/diag/diagnostic.ts';
import { STRING, mapType } from '../../core/value/type.ts';
import { stringValue } from '../../core/value/value.ts';
import { replaceUnlessOnlyNulls } from '../kit/attribute-plan.ts';
import { REPLACE, computed, flatSchema, optional } from '../kit/notation.ts';
import type { PlainType } from '../kit/plain-resource.ts';

// ---- Schema ------------------------------------------------------------------------------------------------------

const schema = flatSchema(0, 'A place in the life cycle without an object behind it.', {
  id: computed(STRING, 'A random number.'),
  triggers: optional(mapType(STRING), 'Values whose change replaces the resource.', REPLACE),
});

// ---- Create ------------------------------------------------------------------------------------------------------

export const nullResource: PlainType = {
  resource: { schema },
  rules: { keeps: 'all', replaces: { triggers: replaceUnlessOnlyNulls } },
  create: () => ok([['id', stringValue(randomNumber())]]),
};

/** 63 random bits, as decimal digits. */
export function randomNumber(): string {
  return String(BigInt.asUintN(63, randomBytes(8).readBigUInt64BE()));
}

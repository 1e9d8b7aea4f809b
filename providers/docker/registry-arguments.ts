/** Arguments of a step, in which a registry and its credentials are plain data, back in the form of the schema. */
import { invariant } from '../../core/diag/invariant.ts';
import { type JsonObject, jsonToValue } from '../../core/value/json.ts';
import { isFailure } from '../../core/value/convert.ts';
import { BOOL, STRING, listType, objectType } from '../../core/value/type.ts';
import type { ObjectValue } from '../../core/value/value.ts';

const AUTH = objectType([
  ['address', STRING],
  ['username', STRING],
  ['password', STRING],
]);

const CONNECTION = objectType([
  ['name', STRING],
  ['insecure_skip_verify', BOOL],
  ['auth_config', listType(AUTH)],
]);

export function decodeConnection({ name, insecure_skip_verify, auth_config }: JsonObject): ObjectValue {
  const value = jsonToValue(
    { name: name ?? null, insecure_skip_verify: insecure_skip_verify ?? null, auth_config: auth_config ?? [] },
    CONNECTION,
  );
  invariant(!isFailure(value) && value.kind === 'object', 'a step for a registry says which');
  return value;
}

/** `random_string`: random characters that are not kept secret. */
import { type Result, ok } from '../../core/diag/diagnostic.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { STRING } from '../../core/value/type.ts';
import { stringValue } from '../../core/value/value.ts';
import { computed, flatSchema } from '../kit/notation.ts';
import type { PlainType } from '../kit/plain-resource.ts';
import { objectOf } from '../kit/values.ts';
import {
  CHARACTER_RULES,
  characterArguments,
  drawCharacters,
  importedCharacters,
  upgradeCharacters,
  validateCharacters,
} from './characters.ts';

// ---- Schema ------------------------------------------------------------------------------------------------------

const schema = flatSchema(2, 'Random characters. For secrets there is random_password.', {
  ...characterArguments,
  id: computed(STRING, 'The characters.'),
  result: computed(STRING, 'The characters.'),
});

// ---- Create ------------------------------------------------------------------------------------------------------

export const randomString: PlainType = {
  resource: { schema, validate: validateCharacters, upgrade, importHint: 'the characters' },
  rules: CHARACTER_RULES,
  create(planned) {
    const { value, diagnostics } = drawCharacters(planned);
    if (value === undefined) return { value, diagnostics };
    return ok([
      ['id', stringValue(value)],
      ['result', stringValue(value)],
    ]);
  },
  importState: (id) => ok(objectOf(schema, [...importedCharacters(id), ['id', stringValue(id)]])),
};

function upgrade(attributes: JsonObject): Result<JsonObject> {
  return ok(upgradeCharacters(attributes));
}

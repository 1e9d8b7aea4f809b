/** `random_password`: characters that are kept secret, with their bcrypt hash. */
import { type Result, ok } from '../../core/diag/diagnostic.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { STRING } from '../../core/value/type.ts';
import { type ObjectValue, stringValue } from '../../core/value/value.ts';
import { computed, flatSchema } from '../kit/notation.ts';
import type { PlainType } from '../kit/plain-resource.ts';
import { objectOf, textAt, withEntries } from '../kit/values.ts';
import {
  CHARACTER_RULES,
  characterArguments,
  drawCharacters,
  importedCharacters,
  upgradeCharacters,
  validateCharacters,
} from './characters.ts';

const BCRYPT_COST = 10;
/** bcrypt looks at no more of a text. */
const BCRYPT_BYTES = 72;

// ---- Schema ------------------------------------------------------------------------------------------------------

const schema = flatSchema(3, 'Random characters that are kept secret.', {
  ...characterArguments,
  bcrypt_hash: computed(STRING, 'bcrypt hash of the result, or of its first 72 bytes.', { sensitive: true }),
  id: computed(STRING, 'Always "none".'),
  result: computed(STRING, 'The characters.', { sensitive: true }),
});

// ---- Read --------------------------------------------------------------------------------------------------------

/** The oldest states have no hash; whoever reads them gets one. */
async function withHash(prior: ObjectValue): Promise<ObjectValue> {
  const result = textAt(prior, 'result');
  if (result === undefined || textAt(prior, 'bcrypt_hash') !== undefined) return prior;
  return withEntries(prior, [['bcrypt_hash', stringValue(await bcryptHash(result))]]);
}

// ---- Create ------------------------------------------------------------------------------------------------------

export const randomPassword: PlainType = {
  resource: { schema, validate: validateCharacters, upgrade, importHint: 'the password' },
  rules: CHARACTER_RULES,
  read: async (prior) => ok(await withHash(prior)),
  async create(planned) {
    const { value, diagnostics } = drawCharacters(planned);
    if (value === undefined) return { value, diagnostics };
    return ok([
      ['id', stringValue('none')],
      ['result', stringValue(value)],
      ['bcrypt_hash', stringValue(await bcryptHash(value))],
    ]);
  },
  importState,
};

async function bcryptHash(text: string): Promise<string> {
  const { hash } = await import('bcryptjs');
  // Other implementations know the older name of the same version, and so do those who compare with it.
  return (await hash(firstBytes(text), BCRYPT_COST)).replace(/^\$2[by]\$/, '$2a$');
}

/** As many whole characters as bcrypt reads. */
function firstBytes(text: string): string {
  let kept = '';
  for (const character of text) {
    if (Buffer.byteLength(kept + character) > BCRYPT_BYTES) break;
    kept += character;
  }
  return kept;
}

// ---- Import and older states -------------------------------------------------------------------------------------

async function importState(password: string): Promise<Result<ObjectValue>> {
  const hash = await bcryptHash(password);
  return ok(
    objectOf(schema, [
      ...importedCharacters(password),
      ['id', stringValue('none')],
      ['bcrypt_hash', stringValue(hash)],
    ]),
  );
}

function upgrade(attributes: JsonObject): Result<JsonObject> {
  return ok(upgradeCharacters(attributes));
}

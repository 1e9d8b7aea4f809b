/** The built-in `hashicorp/random`. What it makes is in the state and nowhere else. */
import type { Provider } from '../../core/provider.ts';
import { plainProvider } from '../kit/plain-provider.ts';
import { randomBytes } from './random-bytes.ts';
import { randomId } from './random-id.ts';
import { randomInteger } from './random-integer.ts';
import { randomPassword } from './random-password.ts';
import { randomPet } from './random-pet.ts';
import { randomShuffle } from './random-shuffle.ts';
import { randomString } from './random-string.ts';
import { randomUuid, randomUuid4, randomUuid7 } from './random-uuid.ts';

export const randomProvider: Provider = plainProvider({
  source: 'registry.terraform.io/hashicorp/random',
  type: 'random',
  description: 'Random values that stay the same until their resource is replaced.',
  resources: {
    random_bytes: randomBytes,
    random_id: randomId,
    random_integer: randomInteger,
    random_password: randomPassword,
    random_pet: randomPet,
    random_shuffle: randomShuffle,
    random_string: randomString,
    random_uuid: randomUuid,
    random_uuid4: randomUuid4,
    random_uuid7: randomUuid7,
  },
});

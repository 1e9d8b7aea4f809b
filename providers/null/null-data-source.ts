/** `null_data_source`: gives back what it is given. Locals have taken its place. */
import { ok } from '../../core/diag/diagnostic.ts';
import { STRING, mapType } from '../../core/value/type.ts';
import { stringValue } from '../../core/value/value.ts';
import { computed, flatSchema, optional, optionalComputed } from '../kit/notation.ts';
import type { PlainDataSource } from '../kit/plain-provider.ts';
import { attribute, withEntries } from '../kit/values.ts';
import { randomNumber } from './null-resource.ts';

// ---- Schema ------------------------------------------------------------------------------------------------------

const attributes = flatSchema(0, 'Gives back what it is given.', {
  has_computed_default: optionalComputed(STRING, 'Any text, "default" when there is none.'),
  id: computed(STRING, 'Always "static".', { deprecated: 'The attribute "id" of null_data_source says nothing.' }),
  inputs: optional(mapType(STRING), 'Any values.'),
  outputs: computed(mapType(STRING), 'The inputs.'),
  random: computed(STRING, 'A random number, another one at each reading.'),
});

// ---- Read --------------------------------------------------------------------------------------------------------

export const nullDataSource: PlainDataSource = {
  schema: {
    ...attributes,
    deprecated: 'Use a local value, or the resource terraform_data, in place of null_data_source.',
  },
  source: () => ({
    async read(config) {
      const given = attribute(config, 'has_computed_default');
      return ok(
        withEntries(config, [
          ['has_computed_default', given.kind === 'null' ? stringValue('default') : given],
          ['id', stringValue('static')],
          ['outputs', attribute(config, 'inputs')],
          ['random', stringValue(randomNumber())],
        ]),
      );
    },
  }),
};

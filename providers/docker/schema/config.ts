/** What a `docker_config` may say. */
import type { Schema } from '../../../core/config/schema.ts';
import type { Diagnostics } from '../../../core/diag/diagnostic.ts';
import type { ResourceSchema } from '../../../core/provider.ts';
import { STRING } from '../../../core/value/type.ts';
import type { ObjectValue } from '../../../core/value/value.ts';
import { notEmpty, optional, optionalComputed, required } from './notation.ts';
import { base64Text, changeableLabels } from './swarm.ts';

const replace = { change: 'replace' } as const;

export const configSchema: Schema = {
  version: 0,
  description: 'A file for the services of a Swarm.',
  attributes: {
    id: optionalComputed(STRING, 'Config ID.'),
    name: required(STRING, 'Config name.', { ...replace, validate: notEmpty }),
    data: optional(STRING, 'Content, as base64.', { ...replace, validate: base64Text }),
    data_raw: optional(STRING, 'Content, as it is.', replace),
  },
  blocks: { labels: changeableLabels('Labels of the config.') },
};

export const configResource: ResourceSchema = { schema: configSchema, validate: oneContent, importHint: 'name or ID' };

const CONTENTS = ['data', 'data_raw'] as const;

/** The content is said in exactly one of two ways. */
function oneContent(config: ObjectValue): Diagnostics {
  const said = CONTENTS.filter((name) => (config.attributes.get(name)?.kind ?? 'null') !== 'null');
  const unknown = said.some((name) => config.attributes.get(name)?.kind === 'unknown');
  if (said.length === 1 || unknown) return [];
  const detail =
    said.length === 2
      ? 'The content is given twice. Keep "data", which is base64, or "data_raw", which is plain text.'
      : 'A config needs a content: "data", which is base64, or "data_raw", which is plain text.';
  return CONTENTS.map((name) => ({
    severity: 'error',
    summary: 'Invalid combination of arguments',
    detail,
    path: [name],
  }));
}

/** What a `docker_secret` may say. */
import type { Schema } from '../../../core/config/schema.ts';
import { ok } from '../../../core/diag/diagnostic.ts';
import type { ResourceSchema } from '../../../core/provider.ts';
import { STRING } from '../../../core/value/type.ts';
import { labelBlocks } from './labels.ts';
import { notEmpty, optionalComputed, required } from './notation.ts';
import { base64Secret, changeableLabels } from './swarm.ts';

const replace = { change: 'replace' } as const;

export const secretSchema: Schema = {
  version: 1,
  description: 'A secret file for the services of a Swarm.',
  attributes: {
    id: optionalComputed(STRING, 'Secret ID.'),
    name: required(STRING, 'Secret name.', { ...replace, validate: notEmpty }),
    data: required(STRING, 'Content, as base64.', { ...replace, sensitive: true, validate: base64Secret }),
  },
  blocks: { labels: changeableLabels('Labels of the secret.') },
};

export const secretResource: ResourceSchema = {
  schema: secretSchema,
  upgrade: (attributes, version) =>
    ok(version < 1 ? { ...attributes, labels: labelBlocks(attributes.labels) } : attributes),
  importHint: 'name or ID',
};

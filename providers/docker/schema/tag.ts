/** What a `docker_tag` may say. */
import type { Schema } from '../../../core/config/schema.ts';
import type { ResourceSchema } from '../../../core/provider.ts';
import { STRING, setType } from '../../../core/value/type.ts';
import { computed, notEmpty, optional, optionalComputed, required } from './notation.ts';

const replace = { change: 'replace' } as const;

export const tagSchema: Schema = {
  version: 0,
  description: 'Another name for an image that the engine has.',
  attributes: {
    id: optionalComputed(STRING, 'Both names with a "." between them.'),
    source_image: required(STRING, 'Image that is to bear the name.', { ...replace, validate: notEmpty }),
    source_image_id: computed(STRING, 'ID of the image that bears the name.'),
    target_image: required(STRING, 'The name.', { ...replace, validate: notEmpty }),
    tag_triggers: optional(setType(STRING), 'Values that give the name again when they change.', replace),
  },
  blocks: {},
};

export const tagResource: ResourceSchema = { schema: tagSchema };

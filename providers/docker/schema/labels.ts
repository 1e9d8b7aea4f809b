/** The `labels` block of several resource types, and what it was in older states. */
import type { BlockSchema } from '../../../core/config/schema.ts';
import type { Json, JsonObject } from '../../../core/value/json.ts';
import { STRING } from '../../../core/value/type.ts';
import { block, required } from './notation.ts';

export function labelsBlock(description: string): BlockSchema {
  return block(
    'set',
    description,
    {
      attributes: {
        label: required(STRING, 'Key.', { change: 'replace' }),
        value: required(STRING, 'Text.', { change: 'replace' }),
      },
    },
    { change: 'replace' },
  );
}

/** Labels of an older state, a map, as the list of objects that they are now. */
export function labelBlocks(labels: Json | undefined): Json {
  if (Array.isArray(labels)) return labels as Json;
  if (typeof labels !== 'object' || labels === null) return [];
  return Object.entries(labels as JsonObject).map(([label, value]) => ({ label, value }));
}

/**
 * Short words for writing schemas as data: `required(STRING, 'Network name.')`. Knows nothing of Docker.
 */
import type { AttributeSchema, BlockContents, BlockSchema } from '../../../core/config/schema.ts';
import type { AttributePath, Diagnostics } from '../../../core/diag/diagnostic.ts';
import { STRING, type Type } from '../../../core/value/type.ts';
import type { Value } from '../../../core/value/value.ts';

type Details = Partial<Omit<AttributeSchema, 'type' | 'use' | 'description'>>;

export function required(type: Type, description: string, details: Details = {}): AttributeSchema {
  return { type, use: 'required', description, ...details };
}

export function optional(type: Type, description: string, details: Details = {}): AttributeSchema {
  return { type, use: 'optional', description, ...details };
}

export function computed(type: Type, description: string, details: Details = {}): AttributeSchema {
  return { type, use: 'computed', description, ...details };
}

/** Configurable; the engine decides when the configuration says nothing. */
export function optionalComputed(type: Type, description: string, details: Details = {}): AttributeSchema {
  return { type, use: 'optional-computed', description, ...details };
}

export function block(
  nesting: BlockSchema['nesting'],
  description: string,
  contents: Partial<BlockContents>,
  details: Partial<Omit<BlockSchema, 'nesting' | 'description' | 'attributes' | 'blocks'>> = {},
): BlockSchema {
  return { nesting, description, attributes: {}, blocks: {}, ...contents, ...details };
}

/** The `timeouts` block that resource types with long operations have. */
export function timeoutsBlock(operations: readonly string[]): BlockSchema {
  const attributes = Object.fromEntries(
    operations.map((operation) => [
      operation,
      optional(STRING, `How long to ${operation} it may take, as in "10m". Twenty minutes when nothing is said.`, {
        change: 'bookkeeping',
      }),
    ]),
  );
  return block('single', 'How long the operations may take.', { attributes }, { change: 'bookkeeping' });
}

/** Refuses every text that is not one of these words. */
export function oneOf(...words: readonly string[]): (value: Value, path: AttributePath) => Diagnostics {
  return (value, path) => {
    if (value.kind !== 'string' || words.includes(value.value)) return [];
    const known = words.map((word) => `"${word}"`).join(', ');
    return [invalid(path, `"${value.value}" is not one of the values that can stand here: ${known}.`)];
  };
}

export function notEmpty(value: Value, path: AttributePath): Diagnostics {
  if (value.kind !== 'string' || value.value !== '') return [];
  return [invalid(path, 'The text is empty. Give it a value or leave the argument out where it is optional.')];
}

/** The one summary under which values are refused that have the right type and yet make no sense. */
export function invalid(path: AttributePath, detail: string): Diagnostics[number] {
  return { severity: 'error', summary: 'Invalid attribute value', detail, path };
}

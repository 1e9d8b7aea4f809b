/** Short ways to write the attributes of a flat schema down. */
import type { AttributeSchema, Schema } from '../../core/config/schema.ts';
import { NUMBER, type Type } from '../../core/value/type.ts';
import { wholeNumber } from './validators.ts';

type Details = Partial<Omit<AttributeSchema, 'type' | 'use' | 'description'>>;

export function required(type: Type, description: string, details: Details = {}): AttributeSchema {
  return { type, use: 'required', description, ...withNumberCheck(type, details) };
}

export function optional(type: Type, description: string, details: Details = {}): AttributeSchema {
  return { type, use: 'optional', description, ...withNumberCheck(type, details) };
}

/** With `default`: planned when the configuration says nothing. Without: the provider decides. */
export function optionalComputed(type: Type, description: string, details: Details = {}): AttributeSchema {
  return { type, use: 'optional-computed', description, ...withNumberCheck(type, details) };
}

export function computed(type: Type, description: string, details: Details = {}): AttributeSchema {
  return { type, use: 'computed', description, ...details };
}

export const REPLACE = { change: 'replace' } as const;

export function flatSchema(
  version: number,
  description: string,
  attributes: Readonly<Record<string, AttributeSchema>>,
): Schema {
  return { version, description, attributes, blocks: {} };
}

/** Every number of these providers is a 64-bit integer. */
function withNumberCheck(type: Type, details: Details): Details {
  if (type !== NUMBER) return details;
  const { validate } = details;
  return {
    ...details,
    validate: (value, path) => {
      const problems = wholeNumber(value, path);
      return problems.length > 0 || !validate ? problems : validate(value, path);
    },
  };
}

/**
 * What is remembered of the last apply beside the state's values, in the private part of the state: which arguments
 * the configuration had set, and what the ones that can change in place meant. With it a value that was taken out of
 * the configuration is told from a default, and a change by somebody else from a change of the configuration.
 */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../core/value/json.ts';
import type { ObjectValue } from '../../core/value/value.ts';
import type { Meaning } from './container-attributes.ts';
import type { Memory } from './container-scene.ts';
import { textOf, textMapOf, textsOf } from './inspect.ts';
import { encodePrivate, ourPrivate } from './private-data.ts';

export const OPERATIONS: readonly string[] = ['create', 'delete', 'update'];

/** Undefined when there is none, or when it is of another container than `id`. */
export function memoryOf(data: string | undefined, id: string): Memory | undefined {
  const ours = ourPrivate(data);
  if (id === '' || textOf(ours, 'id') !== id) return undefined;
  return {
    id,
    configured: new Set(textsOf(ours, 'configured')),
    applied: Object.fromEntries(textMapOf(ours, 'applied')),
  };
}

/** The container that was applied is another one than `id`: somebody made it anew under its name. */
export function isMadeAnew(data: string | undefined, id: string): boolean {
  const known = textOf(ourPrivate(data), 'id');
  return known !== '' && known !== id;
}

export function encodeMemory(value: ObjectValue, memory: Memory | undefined): string | undefined {
  const ours: JsonObject | undefined = memory && {
    id: memory.id,
    configured: [...memory.configured].sort(),
    applied: memory.applied,
  };
  return encodePrivate({ timeouts: { operations: OPERATIONS, value }, schemaVersion: 2, ...(ours ? { ours } : {}) });
}

/** Short, so that it tells nothing about the value. */
export function digestOf(meaning: Meaning): string {
  return createHash('sha256').update(JSON.stringify(meaning)).digest('hex').slice(0, 8);
}

/**
 * The private part of a resource in the state: base64 JSON in which the peer keeps timeouts and the schema version.
 * Ours are beside them under a name of our own, which the peer carries along or drops.
 */
import type { Json, JsonObject } from '../../core/value/json.ts';
import type { ObjectValue } from '../../core/value/value.ts';
import { parseDurationNs } from './duration.ts';
import { type Inspected, fieldOf, recordOf } from './inspect.ts';

/** The SDK's key for timeouts. */
const TIMEOUTS = 'e2bfb730-ecaa-11e6-8f88-34363bc7c4c0';
const OURS = 'stowage';
const TWENTY_MINUTES_NS = 1_200_000_000_000;

/** What the peer writes for types that have neither timeouts nor a schema version. */
export const NOTHING_PRIVATE: string = Buffer.from('null').toString('base64');

export interface PrivateParts {
  /** Operations that the type has timeouts for, and the value that may hold a `timeouts` block. */
  readonly timeouts?: { readonly operations: readonly string[]; readonly value: ObjectValue };
  readonly schemaVersion: number;
  readonly ours?: JsonObject;
}

/** Undefined when there is nothing to keep. */
export function encodePrivate(parts: PrivateParts): string | undefined {
  const data: Record<string, Json> = {};
  if (parts.timeouts) data[TIMEOUTS] = timeoutsOf(parts.timeouts.operations, parts.timeouts.value);
  if (parts.schemaVersion > 0) data.schema_version = String(parts.schemaVersion);
  if (parts.ours && Object.keys(parts.ours).length > 0) data[OURS] = parts.ours;
  return Object.keys(data).length === 0 ? undefined : Buffer.from(JSON.stringify(data)).toString('base64');
}

/** What `encodePrivate` kept for us; empty for states that Terraform wrote. */
export function ourPrivate(encoded: string | undefined): Readonly<Record<string, unknown>> {
  return recordOf(decoded(encoded)[OURS]);
}

/** Nanoseconds that the private part gives an operation; twenty minutes when it says nothing. */
export function keptTimeoutNs(encoded: string | undefined, operation: string): number {
  const kept = fieldOf(decoded(encoded), TIMEOUTS, operation);
  return typeof kept === 'number' && kept > 0 ? kept : TWENTY_MINUTES_NS;
}

function decoded(encoded: string | undefined): Inspected {
  if (encoded === undefined || encoded === '') return {};
  try {
    return recordOf(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')));
  } catch {
    return {};
  }
}

function timeoutsOf(operations: readonly string[], value: ObjectValue): JsonObject {
  const entries = [...operations].sort().map((operation) => [operation, timeoutNs(value, operation)] as const);
  return Object.fromEntries(entries);
}

/** Nanoseconds that an operation may take: its timeout, or twenty minutes. */
export function timeoutNs(value: ObjectValue, operation: string): number {
  const timeouts = value.attributes.get('timeouts');
  const written = timeouts?.kind === 'object' ? timeouts.attributes.get(operation) : undefined;
  return (written?.kind === 'string' ? parseDurationNs(written.value) : undefined) ?? TWENTY_MINUTES_NS;
}

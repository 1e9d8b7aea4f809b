/** The checksums that stand beside the content of a file. */
import { createHash } from 'node:crypto';
import type { AttributeSchema } from '../../core/config/schema.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { STRING } from '../../core/value/type.ts';
import { stringValue } from '../../core/value/value.ts';
import { computed } from '../kit/notation.ts';
import type { Entries } from '../kit/values.ts';

/** Attribute, algorithm, notation. The first one is how a file is recognised. */
const CHECKSUMS = [
  ['id', 'sha1', 'hex'],
  ['content_md5', 'md5', 'hex'],
  ['content_sha1', 'sha1', 'hex'],
  ['content_sha256', 'sha256', 'hex'],
  ['content_base64sha256', 'sha256', 'base64'],
  ['content_sha512', 'sha512', 'hex'],
  ['content_base64sha512', 'sha512', 'base64'],
] as const;

export const checksumAttributes: Readonly<Record<string, AttributeSchema>> = Object.fromEntries(
  CHECKSUMS.map(([name, algorithm, notation]) => [
    name,
    computed(
      STRING,
      `${algorithm} of the content of the file, in ${notation === 'hex' ? 'hexadecimal digits' : notation}.`,
    ),
  ]),
);

/** By the names of their attributes. */
export function checksumsOf(content: Buffer): JsonObject {
  return Object.fromEntries(
    CHECKSUMS.map(([name, algorithm, notation]) => [name, createHash(algorithm).update(content).digest(notation)]),
  );
}

export function checksumEntries(checksums: JsonObject): Entries {
  return CHECKSUMS.map(([name]) => [name, stringValue(String(checksums[name] ?? ''))] as const);
}

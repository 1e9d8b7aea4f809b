/** UUIDs. */
import { createHash, randomBytes } from 'node:crypto';
import { STRING } from '../../value/type.ts';
import { stringValue, unknownValue } from '../../value/value.ts';
import { NOT_NULL, callError, defineFunction, parameter, textOf } from './define.ts';

const uuid = defineFunction({
  name: 'uuid',
  returns: STRING,
  call: (_, context) => (context.pure ? unknownValue(STRING, NOT_NULL) : stringValue(uuidText(plainRandomBytes()))),
});

/** Terraform's are random all through; one that passes for version 4 by chance would promise what the next does not keep. */
function plainRandomBytes(): Buffer {
  const bytes = randomBytes(16);
  return (bytes[6] ?? 0) >> 4 === 4 ? plainRandomBytes() : bytes;
}

function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const NAMESPACES = new Map([
  ['dns', '6ba7b8109dad11d180b400c04fd430c8'],
  ['url', '6ba7b8119dad11d180b400c04fd430c8'],
  ['oid', '6ba7b8129dad11d180b400c04fd430c8'],
  ['x500', '6ba7b8149dad11d180b400c04fd430c8'],
]);

const uuidv5 = defineFunction({
  name: 'uuidv5',
  parameters: [parameter('namespace', STRING), parameter('name', STRING)],
  returns: STRING,
  call: (args) => {
    const given = textOf(args, 0);
    const namespace = NAMESPACES.get(given) ?? parseUuid(given);
    if (typeof namespace === 'object') {
      return callError(`uuidv5() doesn't support namespace ${given} (${namespace.problem})`);
    }
    const hash = createHash('sha1').update(namespace, 'hex').update(textOf(args, 1)).digest().subarray(0, 16);
    hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
    hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
    return stringValue(uuidText(hash));
  },
});

/** Hexadecimal digits of a UUID: plain, with hyphens, with `urn:uuid:` before it or in braces. */
function parseUuid(text: string): string | { readonly problem: string } {
  const length = Buffer.byteLength(text);
  if (length === 45 && text.slice(0, 9).toLowerCase() !== 'urn:uuid:') {
    return { problem: `invalid urn prefix: ${JSON.stringify(text.slice(0, 9))}` };
  }
  if (![32, 36, 38, 45].includes(length)) return { problem: `invalid UUID length: ${length}` };
  const core = length === 45 ? text.slice(9) : length === 38 ? text.slice(1, -1) : text;
  const isPlain = length === 32 && /^[0-9a-f]{32}$/i.test(core);
  const isHyphenated = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(core);
  return isPlain || isHyphenated ? core.replaceAll('-', '') : { problem: 'invalid UUID format' };
}

export const identifierFunctions = [uuid, uuidv5];

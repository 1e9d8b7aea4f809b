/**
 * gzip in base64. What a long text becomes is zlib's choice and need not be Terraform's byte for byte; how a stream
 * begins and ends is, and so is what a short text becomes.
 */
import { constants, crc32, deflateRawSync, gunzipSync } from 'node:zlib';
import { STRING } from '../../value/type.ts';
import { stringValue } from '../../value/value.ts';
import { callError, defineFunction, parameter, textOf } from './define.ts';
import { decodeBase64, decodeUtf8, quote } from './text.ts';

const base64gzip = defineFunction({
  name: 'base64gzip',
  parameters: [parameter('str', STRING)],
  returns: STRING,
  call: (args) => stringValue(gzip(Buffer.from(textOf(args, 0))).toString('base64')),
});

/** No time, no name, an unknown system. */
const HEADER = Buffer.from('1f8b08000000000000ff', 'hex');
/** A last block of nothing after what was flushed. */
const LAST_BLOCK = Buffer.from('010000ffff', 'hex');

function gzip(bytes: Buffer): Buffer {
  const flushed = deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(bytes), 0);
  trailer.writeUInt32LE(bytes.length % 2 ** 32, 4);
  return Buffer.concat([HEADER, flushed, LAST_BLOCK, trailer]);
}

/** What a machine can hold: a small text may hold a very large one. */
const MOST_BYTES = 2 ** 28;

/** Not Terraform's: OpenTofu added it, and files written for it should work. */
const base64gunzip = defineFunction({
  name: 'base64gunzip',
  parameters: [parameter('str', STRING)],
  returns: STRING,
  call: (args) => {
    const bytes = decodeBase64(textOf(args, 0));
    if ('badOffset' in bytes) return callError(`failed to decode base64 data ${quote(textOf(args, 0))}`);
    try {
      const text = decodeUtf8(gunzipSync(bytes, { maxOutputLength: MOST_BYTES }));
      return text === undefined ? callError('the result of gunzip is not valid UTF-8') : stringValue(text);
    } catch (error) {
      return callError(`failed to gunzip bytes: ${error instanceof Error ? error.message : String(error)}`);
    }
  },
});

export const compressionFunctions = [base64gunzip, base64gzip];

/** gzip in base64. The bytes are zlib's, which need not be those of another implementation; what they hold is the same. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { STRING } from '../../value/type.ts';
import { stringValue } from '../../value/value.ts';
import { callError, defineFunction, parameter, textOf } from './define.ts';
import { decodeBase64, decodeUtf8, quote } from './text.ts';

const base64gzip = defineFunction({
  name: 'base64gzip',
  parameters: [parameter('str', STRING)],
  returns: STRING,
  call: (args) => stringValue(gzipSync(textOf(args, 0)).toString('base64')),
});

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

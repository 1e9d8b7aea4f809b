/** Base64, and what makes text safe in a URL. */
import { STRING } from '../../value/type.ts';
import { stringValue } from '../../value/value.ts';
import type { CallError } from '../scope.ts';
import { callError, defineFunction, parameter, textOf } from './define.ts';
import { decodeBase64, decodeUtf8, quote } from './text.ts';

function mapString(name: string, map: (text: string) => string | CallError) {
  return defineFunction({
    name,
    parameters: [parameter('str', STRING)],
    returns: STRING,
    call: (args) => {
      const mapped = map(textOf(args, 0));
      return typeof mapped === 'string' ? stringValue(mapped) : mapped;
    },
  });
}

const base64encode = mapString('base64encode', (text) => Buffer.from(text).toString('base64'));

const base64decode = mapString('base64decode', (text) => {
  const bytes = decodeBase64(text);
  if ('badOffset' in bytes) return callError(`failed to decode base64 data ${quote(text)}`);
  return decodeUtf8(bytes) ?? callError('the result of decoding the provided string is not valid UTF-8');
});

const urlencode = mapString('urlencode', (text) =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+'),
);

/** Not Terraform's: OpenTofu added it, and files written for it should work. */
const urldecode = mapString('urldecode', (text) => {
  const bad = /%(?![0-9A-Fa-f]{2}).{0,2}/s.exec(text)?.[0];
  if (bad !== undefined) return callError(`failed to decode URL '${text}': invalid URL escape ${quote(bad)}`);
  const bytes = text
    .replaceAll('+', ' ')
    .split(/((?:%[0-9A-Fa-f]{2})+)/)
    .map((part, index) => (index % 2 === 1 ? Buffer.from(part.replaceAll('%', ''), 'hex') : Buffer.from(part)));
  return decodeUtf8(Buffer.concat(bytes)) ?? callError('the result of decoding the provided string is not valid UTF-8');
});

export const encodingFunctions = [base64decode, base64encode, urldecode, urlencode];

/** Digests of strings and of files. */
import { createHash } from 'node:crypto';
import { STRING } from '../../value/type.ts';
import { stringValue } from '../../value/value.ts';
import { defineFunction, isCallError, parameter, textOf } from './define.ts';
import { readBytes } from './read-file.ts';

type Algorithm = 'md5' | 'sha1' | 'sha256' | 'sha512';
type Encoding = 'hex' | 'base64';

function digest(bytes: string | Uint8Array, algorithm: Algorithm, encoding: Encoding): string {
  return createHash(algorithm).update(bytes).digest(encoding);
}

function ofText(name: string, algorithm: Algorithm, encoding: Encoding) {
  return defineFunction({
    name,
    parameters: [parameter('str', STRING)],
    returns: STRING,
    call: (args) => stringValue(digest(textOf(args, 0), algorithm, encoding)),
  });
}

function ofFile(name: string, algorithm: Algorithm, encoding: Encoding) {
  return defineFunction({
    name,
    parameters: [parameter('path', STRING)],
    returns: STRING,
    call: (args, context) => {
      const bytes = readBytes(textOf(args, 0), context);
      return 'kind' in bytes && isCallError(bytes) ? bytes : stringValue(digest(bytes, algorithm, encoding));
    },
  });
}

export const hashFunctions = [
  ofText('md5', 'md5', 'hex'),
  ofText('sha1', 'sha1', 'hex'),
  ofText('sha256', 'sha256', 'hex'),
  ofText('sha512', 'sha512', 'hex'),
  ofText('base64sha256', 'sha256', 'base64'),
  ofText('base64sha512', 'sha512', 'base64'),
  ofFile('filemd5', 'md5', 'hex'),
  ofFile('filesha1', 'sha1', 'hex'),
  ofFile('filesha256', 'sha256', 'hex'),
  ofFile('filesha512', 'sha512', 'hex'),
  ofFile('filebase64sha256', 'sha256', 'base64'),
  ofFile('filebase64sha512', 'sha512', 'base64'),
];

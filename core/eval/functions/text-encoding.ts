/** Text in other character sets than UTF-8, as base64. Names are IANA's; the sets are in `character-set.ts`. */
import { STRING } from '../../value/type.ts';
import { stringValue } from '../../value/value.ts';
import { type CharacterSet, characterSet } from './character-set.ts';
import { callError, defineFunction, parameter, textOf } from './define.ts';
import { decodeBase64, quote } from './text.ts';

function unsupported(name: string) {
  return callError(`${quote(name)} is not a supported IANA encoding name or alias in this Terraform version`, 1);
}

const textencodebase64 = defineFunction({
  name: 'textencodebase64',
  parameters: [parameter('string', STRING), parameter('encoding', STRING)],
  returns: STRING,
  call: (args) => {
    const set = characterSet(textOf(args, 1));
    if (set === undefined) return unsupported(textOf(args, 1));
    const bytes = set.encode(textOf(args, 0));
    if (bytes !== undefined) return stringValue(bytes.toString('base64'));
    return callError(`the given string contains characters that cannot be represented in ${set.name}`, 0);
  },
});

const textdecodebase64 = defineFunction({
  name: 'textdecodebase64',
  parameters: [parameter('source', STRING), parameter('encoding', STRING)],
  returns: STRING,
  call: (args) => {
    const set = characterSet(textOf(args, 1));
    if (set === undefined) return unsupported(textOf(args, 1));
    const bytes = decodeBase64(textOf(args, 0));
    if ('badOffset' in bytes) {
      return callError(`the given value is has an invalid base64 symbol at offset ${bytes.badOffset}`, 0);
    }
    return decoded(set, bytes);
  },
});

function decoded(set: CharacterSet, bytes: Buffer) {
  const text = set.decode(bytes);
  if (text !== undefined) return stringValue(text);
  return callError(`the given string contains symbols that are not defined for ${set.name}`, 0);
}

export const textEncodingFunctions = [textdecodebase64, textencodebase64];

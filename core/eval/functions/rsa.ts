/** `rsadecrypt`: PKCS #1 v1.5 with a private key in PEM, which must not be encrypted. */
import { type KeyObject, constants, createPrivateKey, privateDecrypt } from 'node:crypto';
import { STRING } from '../../value/type.ts';
import { stringValue, withMarks } from '../../value/value.ts';
import { argumentAt, callError, defineFunction, parameter, shown, textOf } from './define.ts';
import { decodeBase64, quote } from './text.ts';

const rsadecrypt = defineFunction({
  name: 'rsadecrypt',
  parameters: [
    parameter('ciphertext', STRING, { acceptsMarks: true }),
    parameter('privatekey', STRING, { acceptsMarks: true }),
  ],
  returns: STRING,
  call: (args) => {
    const marks = argumentAt(args, 0).marks | argumentAt(args, 1).marks;
    const ciphertext = decodeBase64(textOf(args, 0));
    if ('badOffset' in ciphertext) {
      const input = shown(quote(textOf(args, 0)), argumentAt(args, 0).marks);
      return callError(`failed to decode input ${input}: cipher text must be base64-encoded`, 0);
    }
    const key = readKey(textOf(args, 1));
    if (typeof key === 'string') return callError(key, 1);
    try {
      const clear = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, leftPadded(ciphertext, key));
      const text = withoutPadding(clear);
      return text === undefined ? DECRYPTION_FAILED : withMarks(stringValue(text.toString()), marks);
    } catch {
      return DECRYPTION_FAILED;
    }
  },
});

const DECRYPTION_FAILED = callError('failed to decrypt: crypto/rsa: decryption error');

function readKey(text: string): KeyObject | string {
  if (!/-----BEGIN [A-Z ]+-----/.test(text)) return 'invalid private key: ssh: no key found';
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === 'rsa') return key;
    return `invalid private key type ${key.asymmetricKeyType}`;
  } catch {
    return 'invalid private key: ssh: this private key is passphrase protected or not an RSA key in PEM format';
  }
}

/** As long as the modulus, as the primitive wants it. */
function leftPadded(ciphertext: Buffer, key: KeyObject): Buffer {
  const size = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  return Buffer.concat([Buffer.alloc(Math.max(0, size - ciphertext.length)), ciphertext]);
}

/** The message after `00 02 random 00`. Taken off here, since not every runtime still takes it off by itself. */
function withoutPadding(block: Buffer): Buffer | undefined {
  const end = block.indexOf(0, 2);
  return block[0] === 0 && block[1] === 2 && end >= 10 ? block.subarray(end + 1) : undefined;
}

export const rsaFunctions = [rsadecrypt];

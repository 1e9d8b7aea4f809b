/** bcrypt, alone because its library is. */
import { genSaltSync, hashSync } from 'bcryptjs';
import { NUMBER, STRING } from '../../value/type.ts';
import { stringValue, unknownValue } from '../../value/value.ts';
import { NOT_AN_INTEGER, NOT_NULL, callError, defineFunction, integerOf, numOf, parameter, textOf } from './define.ts';

const DEFAULT_COST = 10;
const LEAST_COST = 4;
const MOST_COST = 31;
const MOST_BYTES = 72;

const bcrypt = defineFunction({
  name: 'bcrypt',
  parameters: [parameter('str', STRING)],
  variadic: parameter('cost', NUMBER),
  returns: STRING,
  call: (args, context) => {
    if (context.pure) return unknownValue(STRING, NOT_NULL);
    if (args.length > 2) return callError('bcrypt() takes no more than two arguments');
    const asked = args.length === 2 ? integerOf(numOf(args, 1)) : DEFAULT_COST;
    if (asked === undefined) return callError(NOT_AN_INTEGER);
    if (Buffer.byteLength(textOf(args, 0)) > MOST_BYTES) {
      return callError(`error occured generating password bcrypt: password length exceeds ${MOST_BYTES} bytes`);
    }
    if (asked > MOST_COST) {
      const range = `cost ${asked} is outside allowed range (${LEAST_COST},${MOST_COST})`;
      return callError(`error occured generating password crypto/bcrypt: ${range}`);
    }
    const salt = genSaltSync(asked < LEAST_COST ? DEFAULT_COST : asked);
    return stringValue(hashSync(textOf(args, 0), salt.replace(/^\$2b\$/, '$2a$')));
  },
});

export const bcryptFunctions = [bcrypt];

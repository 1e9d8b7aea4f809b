/** How many parts a value has, which may be known although the value is not. */
import { containsUnknown } from '../../value/marks.ts';
import { NUMBER } from '../../value/type.ts';
import { type Refinement, type SetValue, type Value, numberValue, typeOf, unknownValue } from '../../value/value.ts';
import type { CallError } from '../scope.ts';
import { callError } from './define.ts';
import { graphemesOf } from './text.ts';

const ANY_LENGTH: Refinement = Object.freeze({ notNull: true, minimum: { value: 0, inclusive: true } });

/** Length of a string in grapheme clusters, or of a collection in elements; it carries the marks of the value itself. */
export function lengthOf(value: Value): Value | CallError {
  switch (value.kind) {
    case 'string':
      return numberValue(graphemesOf(value.value).length, value.marks);
    case 'list':
    case 'tuple':
      return numberValue(value.elements.length, value.marks);
    case 'set':
      return lengthOfSet(value);
    case 'map':
      return numberValue(value.entries.size, value.marks);
    case 'object':
      return numberValue(value.attributes.size, value.marks);
    default:
      return lengthOfUnknown(value);
  }
}

/** Unknown elements may turn out to be equal to each other or to known ones. */
function lengthOfSet(set: SetValue): Value {
  const size = set.elements.length;
  if (size < 2 || !set.elements.some(containsUnknown)) return numberValue(size, set.marks);
  const minimum = { value: 1, inclusive: true };
  return unknownValue(NUMBER, { notNull: true, minimum, maximum: { value: size, inclusive: true } }, set.marks);
}

function lengthOfUnknown(value: Value): Value | CallError {
  const type = typeOf(value);
  switch (type.kind) {
    case 'tuple':
      return numberValue(type.elements.length, value.marks);
    case 'object':
      return numberValue(type.attributes.size, value.marks);
    case 'string':
    case 'dynamic':
      return unknownValue(NUMBER, ANY_LENGTH, value.marks);
    case 'list':
    case 'set':
    case 'map':
      return value.kind === 'unknown' ? boundedLength(value.refinement, value.marks) : unknownValue(NUMBER, ANY_LENGTH);
    default:
      return callError('argument must be a string, a collection type, or a structural type');
  }
}

function boundedLength(refinement: Refinement | undefined, marks: number): Value {
  const least = refinement?.minLength ?? 0;
  const most = refinement?.maxLength;
  if (least === most) return numberValue(least, marks);
  const minimum = { value: least, inclusive: true };
  const maximum = most === undefined ? {} : { maximum: { value: most, inclusive: true } };
  return unknownValue(NUMBER, { notNull: true, minimum, ...maximum }, marks);
}

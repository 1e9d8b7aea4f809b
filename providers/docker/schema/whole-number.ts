/** Numbers that the engine takes as integers. */
import type { AttributePath, Diagnostics } from '../../../core/diag/diagnostic.ts';
import type { Value } from '../../../core/value/value.ts';
import { invalid } from './notation.ts';

/** Refuses fractions and what is too large to be exact. */
export function wholeNumber(value: Value, path: AttributePath): Diagnostics {
  if (value.kind !== 'number' || (typeof value.value === 'number' && Number.isInteger(value.value))) return [];
  return [invalid(path, 'A whole number is needed here, and this one has a fraction or is too large.')];
}

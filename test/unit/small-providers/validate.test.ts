import { expect, test } from 'vitest';
import type { JsonObject } from '../../../core/value/json.ts';
import { STRING } from '../../../core/value/type.ts';
import { objectValue, unknownValue } from '../../../core/value/value.ts';
import { object, providerOf, validate } from './harness.ts';

const OFF = { upper: false, lower: false, special: false };

test.each<[string, JsonObject, readonly string[]]>([
  ['random_password', { length: 0 }, ['length: Invalid Attribute Value']],
  ['random_password', { length: 3, min_upper: 2, min_lower: 2 }, ['length: Invalid Attribute Value']],
  ['random_password', { length: 4, min_upper: 2, min_lower: 2 }, []],
  ['random_password', { length: 3, ...OFF, numeric: false }, ['numeric: Invalid Attribute Combination']],
  ['random_string', { length: 3, ...OFF, number: false }, ['number: Invalid Attribute Combination']],
  ['random_string', { length: 3, ...OFF }, []],
  [
    'random_string',
    { length: 3, number: true, numeric: false },
    ['number: Number and numeric are both configured with different values'],
  ],
  ['random_password', { length: 1.5 }, ['length: Configuration Read Error']],
  ['random_bytes', { length: 0 }, ['length: Invalid Attribute Value']],
  ['random_id', { byte_length: 2 ** 63 }, ['byte_length: Configuration Read Error']],
  ['local_file', { filename: 'a', content: 'x', source: 'y' }, ['content: Invalid Attribute Combination']],
  ['local_file', { filename: 'a' }, [': Invalid Attribute Combination']],
  [
    'local_file',
    { filename: 'a', content: '', file_permission: '99' },
    ['file_permission: Invalid File Permission String Value'],
  ],
  [
    'local_file',
    { filename: 'a', content: '', directory_permission: '0999' },
    ['directory_permission: Invalid File Permission String Value'],
  ],
  [
    'local_file',
    { filename: 'a', content: '', directory_permission: '1777' },
    ['directory_permission: Invalid File Permission String Value'],
  ],
  ['local_file', { filename: 'a', content: '', file_permission: '644', directory_permission: '0755' }, []],
  ['time_static', { rfc3339: 'yesterday' }, ['rfc3339: Invalid RFC3339 String Value']],
  ['time_static', { rfc3339: '2021-02-29T00:00:00Z' }, ['rfc3339: Invalid RFC3339 String Value']],
  ['time_static', { rfc3339: '2020-02-29T00:00:00.5-03:30' }, []],
  ['time_offset', {}, [': Missing Attribute Configuration']],
  ['time_offset', { offset_days: -3 }, []],
  ['time_rotating', {}, [': Missing Attribute Configuration']],
  ['time_rotating', { rotation_days: 0 }, ['rotation_days: Invalid Attribute Value']],
  ['time_sleep', {}, [': Invalid Attribute Combination']],
  ['time_sleep', { create_duration: '1m30s' }, ['create_duration: Invalid Attribute Value Match']],
  ['time_sleep', { destroy_duration: '0.5h' }, []],
])('%s %j', (type, config, expected) => {
  expect(validate(type, config).map(({ path, summary }) => `${path?.join('.')}: ${summary}`)).toEqual(expected);
});

test('what is not known yet is not wrong', () => {
  const unknown = Object.keys(providerOf('local_file').resourceTypes.get('local_file')?.schema.attributes ?? {}).map(
    (name) => [name, unknownValue(STRING)] as const,
  );
  const config = objectValue(new Map([...object('local_file', {}).attributes, ...unknown]));
  expect(providerOf('local_file').resourceTypes.get('local_file')?.validate?.(config)).toEqual([]);
});

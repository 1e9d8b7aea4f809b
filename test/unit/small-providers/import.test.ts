import { compareSync } from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../core/value/json.ts';
import { importOf, planOf } from './harness.ts';

const ON = { lower: true, number: true, numeric: true, special: true, upper: true };
const MINIMA = { min_lower: 0, min_numeric: 0, min_special: 0, min_upper: 0 };
const CHARACTERS = { ...ON, ...MINIMA, keepers: null, override_special: null };
const NO_OFFSET = {
  offset_days: null,
  offset_hours: null,
  offset_minutes: null,
  offset_months: null,
  offset_seconds: null,
  offset_years: null,
};
const NO_ROTATION = {
  rotation_days: null,
  rotation_hours: null,
  rotation_minutes: null,
  rotation_months: null,
  rotation_years: null,
};

/** Type, ID, what Terraform stores for it, and a configuration that fits. */
const IMPORTED: readonly (readonly [string, string, JsonObject, JsonObject])[] = [
  [
    'random_id',
    '_-AB12',
    {
      b64_std: '/+AB1w==',
      b64_url: '_-AB12',
      byte_length: 4,
      dec: '4292870615',
      hex: 'ffe001d7',
      id: '_-AB12',
      keepers: null,
      prefix: null,
    },
    { byte_length: 4 },
  ],
  [
    'random_id',
    'x,y,_-AB12',
    {
      b64_std: 'x,y/+AB1w==',
      b64_url: 'x,y_-AB12',
      byte_length: 4,
      dec: 'x,y4292870615',
      hex: 'x,yffe001d7',
      id: '_-AB12',
      keepers: null,
      prefix: 'x,y',
    },
    { byte_length: 4, prefix: 'x,y' },
  ],
  [
    'random_uuid',
    'AAAAAAAA-bbbb-4ccc-8ddd-eeeeeeeeeeee',
    { id: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee', keepers: null, result: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee' },
    {},
  ],
  ['random_bytes', 'aGVsbG8=', { base64: 'aGVsbG8=', hex: '68656c6c6f', keepers: null, length: 5 }, { length: 5 }],
  ['random_string', 'caféx', { ...CHARACTERS, id: 'caféx', length: 6, result: 'caféx' }, { length: 6 }],
  [
    'random_integer',
    '3,1,10,s',
    { id: '3', keepers: null, max: 10, min: 1, result: 3, seed: 's' },
    { min: 1, max: 10, seed: 's' },
  ],
  [
    'random_integer',
    '+3,1,10',
    { id: '+3', keepers: null, max: 10, min: 1, result: 3, seed: null },
    { min: 1, max: 10 },
  ],
  [
    'time_static',
    '2020-02-12T06:36:13+02:00',
    {
      day: 12,
      hour: 6,
      id: '2020-02-12T06:36:13+02:00',
      minute: 36,
      month: 2,
      rfc3339: '2020-02-12T06:36:13+02:00',
      second: 13,
      triggers: {},
      unix: 1581482173,
      year: 2020,
    },
    {},
  ],
  [
    'time_offset',
    '2020-02-12T06:36:13Z,,,7,,,',
    {
      ...NO_OFFSET,
      base_rfc3339: '2020-02-12T06:36:13Z',
      day: 19,
      hour: 6,
      id: '2020-02-12T06:36:13Z',
      minute: 36,
      month: 2,
      offset_days: 7,
      rfc3339: '2020-02-19T06:36:13Z',
      second: 13,
      triggers: {},
      unix: 1582094173,
      year: 2020,
    },
    { offset_days: 7 },
  ],
  [
    'time_rotating',
    '2136-02-12T06:36:13Z,,,30,,',
    {
      ...NO_ROTATION,
      day: 13,
      hour: 6,
      id: '2136-02-12T06:36:13Z',
      minute: 36,
      month: 3,
      rfc3339: '2136-02-12T06:36:13Z',
      rotation_days: 30,
      rotation_rfc3339: '2136-03-13T06:36:13Z',
      second: 13,
      triggers: {},
      unix: 5244676573,
      year: 2136,
    },
    { rotation_days: 30 },
  ],
  [
    'time_rotating',
    '2020-01-01T00:00:00Z,2140-01-01T00:00:00Z',
    {
      ...NO_ROTATION,
      day: 1,
      hour: 0,
      id: '2020-01-01T00:00:00Z',
      minute: 0,
      month: 1,
      rfc3339: '2020-01-01T00:00:00Z',
      rotation_rfc3339: '2140-01-01T00:00:00Z',
      second: 0,
      triggers: {},
      unix: 5364662400,
      year: 2140,
    },
    { rotation_rfc3339: '2140-01-01T00:00:00Z' },
  ],
];

describe('import', () => {
  test.each(IMPORTED)('%s by %s', async (type, id, expected, config) => {
    const { found, diagnostics } = await importOf(type, id);
    expect(diagnostics).toEqual([]);
    expect(found).toEqual([expected]);
    const { causes, steps, replacePaths } = await planOf(type, config, expected);
    expect([causes, steps.items, replacePaths]).toEqual([[], [], []]);
  });

  test('a password is hashed', async () => {
    const { found } = await importOf('random_password', 'secret');
    const { bcrypt_hash: hash, ...rest } = found[0] ?? {};
    expect(rest).toEqual({ ...CHARACTERS, id: 'none', length: 6, result: 'secret' });
    expect(compareSync('secret', String(hash))).toBe(true);
  });

  test('a wait begins to be now', async () => {
    const { found } = await importOf('time_sleep', '1m30s,');
    expect(found).toEqual([
      { create_duration: '1m30s', destroy_duration: null, id: expect.stringMatching(/^\d{4}-.*Z$/), triggers: {} },
    ]);
  });

  test('a rotation that is over is not there', async () => {
    expect(await importOf('time_rotating', '2020-01-01T00:00:00Z,2021-01-01T00:00:00Z')).toEqual({
      found: [],
      diagnostics: [],
    });
  });

  test.each([
    ['random_id', 'a b', 'Import Random ID Error'],
    ['random_id', 'abcde', 'Import Random ID Error'],
    ['random_uuid', 'x', 'Import Random UUID Error'],
    ['random_bytes', 'aGVsbG8', 'Import Random bytes Error'],
    ['random_integer', '1,2', 'Import Random Integer Error'],
    ['random_integer', '1,2,x', 'Import Random Integer Error'],
    ['time_static', 'yesterday', 'Import time static error'],
    ['time_offset', '2020-02-12T06:36:13Z,,,,,,', 'Unexpected Format of ID'],
    ['time_offset', '2020-02-12T06:36:13Z,7', 'Unexpected Format of ID'],
    ['time_rotating', '2020-02-12T06:36:13Z,,,,,', 'Unexpected Format of ID'],
    ['time_rotating', '2020-02-12T06:36:13Z,soon', 'Unexpected Format of ID'],
    ['time_sleep', ',', 'Unexpected Format of ID'],
    ['time_sleep', '10', 'Unexpected Format of ID'],
    ['random_pet', 'x', 'Resource Import Not Implemented'],
    ['random_shuffle', 'x', 'Resource Import Not Implemented'],
    ['null_resource', 'x', 'Resource Import Not Implemented'],
    ['local_file', 'x', 'Resource Import Not Implemented'],
  ])('%s by %j: %s', async (type, id, summary) => {
    const { found, diagnostics } = await importOf(type, id);
    expect([found, diagnostics.map((each) => each.summary)]).toEqual([[], [summary]]);
  });
});

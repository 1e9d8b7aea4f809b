/** The planning rules, one row each: what is there, what is configured, what is planned, and what counts as changed. */
import { describe, expect, test } from 'vitest';
import type { Schema } from '../../../core/config/schema.ts';
import { BOOL, NUMBER, STRING, listType, mapType, setType } from '../../../core/value/type.ts';
import type { JsonObject } from '../../../core/value/json.ts';
import {
  type ObjectValue,
  SENSITIVE,
  objectValue,
  stringValue,
  unknownValue,
  withMarks,
} from '../../../core/value/value.ts';
import { block, computed, optional, optionalComputed, required } from '../../../providers/docker/schema/notation.ts';
import { type SchemaPlan, planFromSchema } from '../../../providers/docker/sdk-plan.ts';
import { settleApplied, settleRefreshed } from '../../../providers/docker/sdk-state.ts';
import { decode, splitUnknown } from './recorded.ts';

const schema: Schema = {
  version: 0,
  description: 'Every kind of argument.',
  attributes: {
    id: computed(STRING, 'Computed.'),
    name: required(STRING, 'Required.', { change: 'replace' }),
    text: optional(STRING, 'Optional.', { change: 'in-place' }),
    number: optional(NUMBER, 'Optional.', { change: 'in-place' }),
    flag: optional(BOOL, 'Optional.', { change: 'replace' }),
    list: optional(listType(STRING), 'Optional.', { change: 'replace' }),
    map: optional(mapType(STRING), 'Optional.', { change: 'replace' }),
    word: optional(STRING, 'With a default.', { default: 'usual', change: 'in-place' }),
    empty: optional(STRING, 'With a default that is none.', { default: '', change: 'in-place' }),
    chosen: optionalComputed(STRING, 'Decided by the engine.', { change: 'replace' }),
    chosenSet: optionalComputed(setType(STRING), 'Decided by the engine.', { change: 'replace' }),
    folded: optional(STRING, 'In any case of letters.', {
      change: 'replace',
      sameMeaning: (a, b) =>
        a.kind === 'string' && b.kind === 'string' && a.value.toLowerCase() === b.value.toLowerCase(),
    }),
  },
  blocks: {
    pair: block(
      'set',
      'A set of blocks.',
      {
        attributes: {
          key: required(STRING, 'Key.', { change: 'replace' }),
          note: optional(STRING, 'Text.', { change: 'in-place' }),
          size: optional(NUMBER, 'Number.', { change: 'in-place' }),
          tags: optional(listType(STRING), 'List.', { change: 'in-place' }),
        },
      },
      { change: 'in-place' },
    ),
    port: block(
      'list',
      'A list of blocks.',
      {
        attributes: {
          inner: required(NUMBER, 'Port.', { change: 'replace' }),
          ip: optional(STRING, 'IP.', { default: '0.0.0.0' }),
        },
      },
      { change: 'replace' },
    ),
    probe: block(
      'list',
      'A computed block.',
      { attributes: { test: optional(STRING, 'Test.') } },
      { computed: true, change: 'replace', maxItems: 1 },
    ),
    timeouts: block(
      'single',
      'Timeouts.',
      { attributes: { create: optional(STRING, 'Create.', { change: 'bookkeeping' }) } },
      { change: 'bookkeeping' },
    ),
  },
};

const NONE = { pair: [], port: [], probe: [] };
const STORED = {
  id: 'x',
  name: 'a',
  word: 'usual',
  chosen: 'by engine',
  chosenSet: ['by engine'],
  probe: [{ test: 'by engine' }],
};

const object = (json: JsonObject): ObjectValue => decode(schema, { ...NONE, ...json });

function plan(prior: JsonObject | null, config: JsonObject, mode: 'any' | 'replace' = 'any'): SchemaPlan {
  const stored = prior === null ? null : object({ ...STORED, ...prior });
  return planFromSchema({ schema, prior: stored, config: object({ name: 'a', ...config }), mode });
}

const changedPaths = (planned: SchemaPlan): readonly string[] =>
  planned.changes.map(({ path, mode }) => `${path.join('.')} ${mode}`);

describe('over what is there', () => {
  const rows: readonly (readonly [string, JsonObject, JsonObject, readonly string[]])[] = [
    ['nothing said, nothing there', {}, {}, []],
    ['zero values there count as unset', { text: '', number: 0, flag: false, list: [], map: {} }, {}, []],
    ['zero values said count as unset', {}, { text: '', number: 0, flag: false, list: [], map: {} }, []],
    [
      'another value there is removed',
      { text: 'b', flag: true, list: ['c'] },
      {},
      ['text in-place', 'flag replace', 'list replace'],
    ],
    ['another value said', { text: 'b' }, { text: 'c', number: 1 }, ['text in-place', 'number in-place']],
    ['a default is not a difference', {}, { word: 'usual' }, []],
    ['what is not the default goes back to it', { word: 'other' }, {}, ['word in-place']],
    ['a default of "" is none', { empty: '' }, {}, []],
    ['what the engine decided stays', {}, { chosen: '' }, []],
    [
      'what the engine decided is overruled',
      {},
      { chosen: 'mine', chosenSet: ['mine'] },
      ['chosen replace', 'chosenSet replace'],
    ],
    ['an empty set overrules as well', {}, { chosenSet: [] }, ['chosenSet replace']],
    ['notations that mean the same', { folded: 'ABC' }, { folded: 'abc' }, []],
    [
      'blocks of a set in another order',
      { pair: [{ key: 'a' }, { key: 'b' }] },
      { pair: [{ key: 'b' }, { key: 'a' }] },
      [],
    ],
    [
      'unset and zero within a set',
      { pair: [{ key: 'a', note: '', tags: [] }] },
      { pair: [{ key: 'a', size: 0 }] },
      [],
    ],
    [
      'an edited block of a set',
      { pair: [{ key: 'a', note: '1' }] },
      { pair: [{ key: 'a', note: '2' }] },
      ['pair replace'],
    ],
    ['a block of a set written twice', { pair: [{ key: 'a' }] }, { pair: [{ key: 'a' }, { key: 'a', note: '' }] }, []],
    ['a default within a list of blocks', { port: [{ inner: 1, ip: '0.0.0.0' }] }, { port: [{ inner: 1 }] }, []],
    [
      'an edited block of a list',
      { port: [{ inner: 1, ip: '0.0.0.0' }] },
      { port: [{ inner: 2, ip: '::1' }] },
      ['port.0.inner replace', 'port.0.ip replace'],
    ],
    ['one block more in a list', { port: [] }, { port: [{ inner: 1 }] }, ['port replace']],
    ['a computed block that is left out stays', {}, {}, []],
    ['a computed block that is said', {}, { probe: [{ test: 'mine' }] }, ['probe.0.test replace']],
    [
      'timeouts are bookkeeping',
      { timeouts: { create: '1m' } },
      { timeouts: { create: '2m' } },
      ['timeouts.create bookkeeping'],
    ],
    ['timeouts taken out', { timeouts: { create: '1m' } }, {}, ['timeouts bookkeeping']],
  ];
  test.each(rows)('%s', (_, prior, config, expected) => {
    const planned = plan(prior, config);
    expect(changedPaths(planned)).toEqual(expected);
    expect(planned.replacePaths).toEqual(
      planned.changes.filter((change) => change.mode === 'replace').map((change) => change.path),
    );
    if (expected.length === 0) expect(planned.value).toEqual(object({ ...STORED, ...prior }));
  });

  test('an unknown is a difference, and replaces where a change would', () => {
    const config = objectValue([...object({ name: 'a' }).attributes, ['flag', unknownValue(BOOL)]]);
    const planned = planFromSchema({ schema, prior: object(STORED), config, mode: 'any' });
    expect(changedPaths(planned)).toEqual(['flag replace']);
    expect(planned.value.attributes.get('flag')).toEqual(unknownValue(BOOL));
  });

  test('a mark is no difference', () => {
    const config = objectValue([...object({}).attributes, ['name', withMarks(stringValue('a'), SENSITIVE)]]);
    expect(planFromSchema({ schema, prior: object(STORED), config, mode: 'any' }).changes).toEqual([]);
  });

  test('a replacement is planned as a new object, with what differs', () => {
    const planned = plan({ text: 'b' }, { name: 'other', text: 'b' }, 'replace');
    expect(changedPaths(planned)).toEqual(['name replace']);
    expect(splitUnknown(planned.value).unknown).toEqual({ id: true, chosen: true, chosenSet: true, probe: true });
  });
});

describe('on nothing', () => {
  test('computed arguments and blocks are unknown, defaults are planned, the rest is null', () => {
    const { after, unknown } = splitUnknown(plan(null, {}).value);
    expect(unknown).toEqual({ id: true, chosen: true, chosenSet: true, probe: true });
    const unset = { text: null, number: null, flag: null, list: null, map: null, empty: null, folded: null };
    expect(after).toEqual({ ...unset, name: 'a', word: 'usual', pair: [], port: [], timeouts: null });
  });

  test('within a set texts are "" and lists are empty, within a list they are null', () => {
    const { after } = splitUnknown(
      plan(null, { pair: [{ key: 'a' }], port: [{ inner: 1, ip: '' }], probe: [{}] }).value,
    );
    expect(after).toMatchObject({
      pair: [{ key: 'a', note: '', size: null, tags: [] }],
      port: [{ inner: 1, ip: '' }],
      probe: [{ test: null }],
    });
  });
});

describe('the form in the state', () => {
  const small = (json: JsonObject): ObjectValue => object({ name: 'a', ...json });

  test('after an apply null and empty are what was planned', () => {
    const planned = small({ map: {}, list: null, pair: [{ key: 'a', note: '' }], text: '' });
    const observed = small({ map: null, list: [], pair: [{ key: 'a', note: null }], text: null, flag: false });
    expect(settleApplied(observed, planned)).toEqual(
      small({ map: {}, list: null, pair: [{ key: 'a', note: '' }], text: '', flag: false }),
    );
  });

  test('after a refresh they are what the engine says', () => {
    const stored = small({ map: null, list: null, text: '' });
    expect(settleRefreshed(small({ map: {}, list: [], text: null }), stored)).toEqual(
      small({ map: {}, list: [], text: '' }),
    );
  });
});

/** `time_rotating`: a time that is over some day, whereupon the resource is gone and is made again. */
import { ok } from '../../core/diag/diagnostic.ts';
import { NUMBER, STRING } from '../../core/value/type.ts';
import { type ObjectValue, type Value, stringValue } from '../../core/value/value.ts';
import { REPLACE, computed, flatSchema, optional, optionalComputed } from '../kit/notation.ts';
import { type PlainType, importFailure } from '../kit/plain-resource.ts';
import { type Entries, objectOf, textAt, withEntries } from '../kit/values.ts';
import { atLeast, atLeastOneOf } from '../kit/validators.ts';
import { lastSpanOf, sameSpans, spanFromId } from './spans.ts';
import {
  checkTimestamp,
  formatTimestamp,
  isOver,
  now,
  parseTimestamp,
  partAttributes,
  partEntries,
} from './timestamp.ts';
import { NO_TRIGGERS, triggers } from './triggers.ts';

const SPANS = ['rotation_years', 'rotation_months', 'rotation_days', 'rotation_hours', 'rotation_minutes'];
const ROTATION = [...SPANS, 'rotation_rfc3339'];

// ---- Schema ------------------------------------------------------------------------------------------------------

const span = { validate: atLeast(1) };

const schema = flatSchema(0, 'A time whose passing replaces the resource.', {
  ...partAttributes,
  ...Object.fromEntries(SPANS.map((name) => [name, optional(NUMBER, `${name.slice(9)} after the base.`, span)])),
  id: computed(STRING, 'The time to count from.'),
  rfc3339: optionalComputed(STRING, 'The time to count from; that of the creation when it is not given.', {
    ...REPLACE,
    validate: checkTimestamp,
  }),
  rotation_rfc3339: optionalComputed(STRING, 'When the resource is to be replaced.', {
    ...REPLACE,
    validate: checkTimestamp,
  }),
  triggers,
});

// ---- Read --------------------------------------------------------------------------------------------------------

export const timeRotating: PlainType = {
  resource: {
    schema,
    validate: (config) => atLeastOneOf(config, ROTATION, 'Missing Attribute Configuration'),
    importHint: 'BASETIME,YEARS,MONTHS,DAYS,HOURS,MINUTES or BASETIME,ROTATIONTIME',
  },
  read: async (prior) => ok(hasPassed(textAt(prior, 'rotation_rfc3339')) ? 'absent' : prior),
  rules: { finish, replaces: { rotation_rfc3339: ({ before }) => hasPassed(textOf(before)) } },
  create: (planned) => ok(timeEntries(planned, textAt(planned, 'rfc3339') ?? formatTimestamp(now()))),
  update: (planned, prior) => timeEntries(planned, textAt(planned, 'rfc3339') ?? textAt(prior, 'rfc3339') ?? ''),
  importState,
};

function hasPassed(text: string | undefined): boolean {
  const timestamp = text === undefined ? undefined : parseTimestamp(text);
  return timestamp !== undefined && isOver(timestamp);
}

function textOf(value: Value): string | undefined {
  return value.kind === 'string' ? value.value : undefined;
}

// ---- Plan --------------------------------------------------------------------------------------------------------

/** Another rotation counts from the same base, so that everything is known at once. */
function finish(planned: ObjectValue, prior: ObjectValue | null): ObjectValue {
  if (!prior || sameSpans(planned, prior, SPANS) === undefined) return planned;
  if (sameSpans(planned, prior, ROTATION)) return planned;
  const base = textAt(planned, 'rfc3339') ?? textAt(prior, 'rfc3339') ?? '';
  return withEntries(planned, timeEntries(planned, base));
}

function timeEntries(planned: ObjectValue, base: string): Entries {
  const from = parseTimestamp(base);
  const rotation = from && rotationOf(planned, base);
  const timestamp = rotation === undefined ? undefined : parseTimestamp(rotation);
  if (rotation === undefined || !timestamp) return [];
  return [
    ...partEntries(timestamp),
    ['id', stringValue(base)],
    ['rfc3339', stringValue(base)],
    ['rotation_rfc3339', stringValue(rotation)],
  ];
}

/** Years count more than a time that is given, and that more than the shorter spans. */
function rotationOf(planned: ObjectValue, base: string): string | undefined {
  const given = textAt(planned, 'rotation_rfc3339');
  const from = parseTimestamp(base);
  const years = planned.attributes.get('rotation_years')?.kind === 'number';
  if (given !== undefined && !years) return given;
  const rotation = from && lastSpanOf(from, planned, 'rotation_');
  return rotation && formatTimestamp(rotation);
}

// ---- Import ------------------------------------------------------------------------------------------------------

/** Nothing is imported when the rotation is over already. */
function importState(id: string) {
  const [base = '', ...rest] = id.split(',');
  const [text = ''] = rest;
  const given = rest.length === 1 && parseTimestamp(text) ? rotationEntry(text) : spanFromId(SPANS, rest);
  if (!given || !parseTimestamp(base)) {
    const detail = `The ID has to be BASETIME,YEARS,MONTHS,DAYS,HOURS,MINUTES or BASETIME,ROTATIONTIME, not "${id}".`;
    return importFailure('Unexpected Format of ID', detail);
  }
  const imported = objectOf(schema, [NO_TRIGGERS, ...given]);
  const value = withEntries(imported, timeEntries(imported, base));
  return ok(hasPassed(textAt(value, 'rotation_rfc3339')) ? undefined : value);
}

function rotationEntry(text: string): Entries {
  return [['rotation_rfc3339', stringValue(text)]];
}

/** `time_offset`: a time that lies a given span after another, which is that of the creation or a given one. */
import { ok } from '../../core/diag/diagnostic.ts';
import { NUMBER, STRING } from '../../core/value/type.ts';
import { type ObjectValue, stringValue } from '../../core/value/value.ts';
import { computed, flatSchema, optional, optionalComputed } from '../kit/notation.ts';
import { type PlainType, importFailure } from '../kit/plain-resource.ts';
import { type Entries, objectOf, textAt, withEntries } from '../kit/values.ts';
import { atLeastOneOf } from '../kit/validators.ts';
import { offsetOf, sameSpans, spanFromId } from './spans.ts';
import { checkTimestamp, formatTimestamp, now, parseTimestamp, partAttributes, partEntries } from './timestamp.ts';
import { NO_TRIGGERS, triggers } from './triggers.ts';

const SPANS = ['offset_years', 'offset_months', 'offset_days', 'offset_hours', 'offset_minutes', 'offset_seconds'];

// ---- Schema ------------------------------------------------------------------------------------------------------

const schema = flatSchema(0, 'A time that lies a span after another.', {
  ...partAttributes,
  ...Object.fromEntries(SPANS.map((name) => [name, optional(NUMBER, `${name.slice(7)} after the base.`)])),
  base_rfc3339: optionalComputed(STRING, 'The time to count from; that of the creation when it is not given.', {
    validate: checkTimestamp,
  }),
  id: computed(STRING, 'The time to count from.'),
  rfc3339: computed(STRING, 'The time after the span.'),
  triggers,
});

// ---- Plan --------------------------------------------------------------------------------------------------------

export const timeOffset: PlainType = {
  resource: {
    schema,
    validate: (config) => atLeastOneOf(config, SPANS, 'Missing Attribute Configuration'),
    importHint: 'BASETIME,YEARS,MONTHS,DAYS,HOURS,MINUTES,SECONDS',
  },
  rules: { finish },
  create: (planned) => ok(timeEntries(planned, textAt(planned, 'base_rfc3339') ?? formatTimestamp(now()))),
  update: (planned, prior) =>
    timeEntries(planned, textAt(planned, 'base_rfc3339') ?? textAt(prior, 'base_rfc3339') ?? ''),
  importState,
};

/** Another span counts from the same base, so that everything is known at once. */
function finish(planned: ObjectValue, prior: ObjectValue | null): ObjectValue {
  if (!prior || sameSpans(planned, prior, SPANS) !== false) return planned;
  const base = textAt(planned, 'base_rfc3339') ?? textAt(prior, 'base_rfc3339') ?? '';
  return withEntries(planned, timeEntries(planned, base));
}

function timeEntries(planned: ObjectValue, base: string): Entries {
  const from = parseTimestamp(base);
  if (!from) return [];
  const timestamp = offsetOf(from, planned, 'offset_');
  return [
    ...partEntries(timestamp),
    ['base_rfc3339', stringValue(base)],
    ['id', stringValue(base)],
    ['rfc3339', stringValue(formatTimestamp(timestamp))],
  ];
}

// ---- Import ------------------------------------------------------------------------------------------------------

function importState(id: string) {
  const [base = '', ...spans] = id.split(',');
  const given = spanFromId(SPANS, spans);
  if (!given || !parseTimestamp(base)) {
    const detail = `The ID has to be BASETIME,YEARS,MONTHS,DAYS,HOURS,MINUTES,SECONDS, with at least one number, not "${id}".`;
    return importFailure('Unexpected Format of ID', detail);
  }
  const imported = objectOf(schema, [NO_TRIGGERS, ...given]);
  return ok(withEntries(imported, timeEntries(imported, base)));
}

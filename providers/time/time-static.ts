/** `time_static`: the time at which it was made, or the one that is given. */
import { ok } from '../../core/diag/diagnostic.ts';
import { STRING } from '../../core/value/type.ts';
import { type ObjectValue, stringValue } from '../../core/value/value.ts';
import { REPLACE, computed, flatSchema, optionalComputed } from '../kit/notation.ts';
import { type PlainType, importFailure } from '../kit/plain-resource.ts';
import { type Entries, objectOf, textAt, withEntries } from '../kit/values.ts';
import { checkTimestamp, formatTimestamp, now, parseTimestamp, partAttributes, partEntries } from './timestamp.ts';
import { NO_TRIGGERS, triggers } from './triggers.ts';

// ---- Schema ------------------------------------------------------------------------------------------------------

const schema = flatSchema(0, 'A time that stays as it is.', {
  ...partAttributes,
  id: computed(STRING, 'The time.'),
  rfc3339: optionalComputed(STRING, 'The time; that of the creation when it is not given.', {
    ...REPLACE,
    validate: checkTimestamp,
  }),
  triggers,
});

// ---- Plan --------------------------------------------------------------------------------------------------------

export const timeStatic: PlainType = {
  resource: { schema, importHint: 'time, as 2020-02-12T06:36:13Z' },
  rules: { keeps: ['id'], finish: (planned, prior) => (prior ? planned : withGiven(planned)) },
  create: (planned) => ok(timeEntries(textAt(planned, 'rfc3339') ?? formatTimestamp(now()))),
  importState(id) {
    const timestamp = parseTimestamp(id);
    if (!timestamp) return importFailure('Import time static error', `"${id}" is not a time of RFC 3339.`);
    return ok(objectOf(schema, [NO_TRIGGERS, ...timeEntries(formatTimestamp(timestamp))]));
  },
};

/** A time that is given makes everything known before anything is done. */
function withGiven(planned: ObjectValue): ObjectValue {
  return withEntries(planned, timeEntries(textAt(planned, 'rfc3339')));
}

/** In the notation in which it was written. */
function timeEntries(text: string | undefined): Entries {
  const timestamp = text === undefined ? undefined : parseTimestamp(text);
  if (text === undefined || !timestamp) return [];
  return [...partEntries(timestamp), ['id', stringValue(text)], ['rfc3339', stringValue(text)]];
}

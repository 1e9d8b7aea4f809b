/** `time_sleep`: waits when it is made and when it goes, for what stands before and after it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { AttributePath, Diagnostics, Result } from '../../core/diag/diagnostic.ts';
import { failed, ok } from '../../core/diag/diagnostic.ts';
import type { Outcome, Step, StepContext } from '../../core/provider.ts';
import { STRING } from '../../core/value/type.ts';
import { type ObjectValue, type Value, stringValue } from '../../core/value/value.ts';
import { computed, flatSchema, optional } from '../kit/notation.ts';
import { type PlainType, importFailure } from '../kit/plain-resource.ts';
import { objectOf, textAt, textOrNull } from '../kit/values.ts';
import { atLeastOneOf, problem } from '../kit/validators.ts';
import { formatTimestamp, now } from './timestamp.ts';
import { NO_TRIGGERS, triggers } from './triggers.ts';

const LONGEST_TIMER_MS = 2 ** 31 - 1;
const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

// ---- Schema ------------------------------------------------------------------------------------------------------

const schema = flatSchema(0, 'A wait.', {
  create_duration: optional(STRING, 'How long to wait when it is made, such as "30s".', { validate: checkDuration }),
  destroy_duration: optional(STRING, 'How long to wait before it goes.', { validate: checkDuration }),
  id: computed(STRING, 'When it was made.'),
  triggers,
});

function checkDuration(value: Value, path: AttributePath): Diagnostics {
  if (value.kind !== 'string' || /^\d+(\.\d+)?(ms|s|m|h)$/.test(value.value)) return [];
  const detail = `A number and one of the units ms, s, m and h is needed, such as "30s", not "${value.value}".`;
  return [problem(path, 'Invalid Attribute Value Match', detail)];
}

/** Milliseconds of a duration such as `1h30m`; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^[+]?(?:\d+(?:\.\d*)?(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|μs|ms|s|m|h)/g)];
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS_MS[unit] ?? 0), 0);
}

// ---- Plan --------------------------------------------------------------------------------------------------------

export const timeSleep: PlainType = {
  resource: {
    schema,
    validate: (config) =>
      atLeastOneOf(config, ['create_duration', 'destroy_duration'], 'Invalid Attribute Combination'),
    importHint: 'CREATEDURATION,DESTROYDURATION',
  },
  rules: { keeps: ['id'] },
  makeSteps: (planned) => [waitStep('make', textAt(planned, 'create_duration'))],
  retireSteps: (prior) => [waitStep('retire', textAt(prior, 'destroy_duration'))],
  create: () => ok([['id', stringValue(formatTimestamp(now()))]]),
  effects: { 'sleep.wait': wait },
  importState,
};

function waitStep(phase: Step['phase'], duration: string | undefined): Step {
  const id = phase === 'make' ? 'wait-made' : 'wait-gone';
  return { id, kind: 'sleep.wait', phase, target: null, arguments: duration === undefined ? {} : { duration } };
}

// ---- Create, delete ----------------------------------------------------------------------------------------------

async function wait({ arguments: given, phase }: Step, { signal }: StepContext): Promise<Result<Outcome>> {
  const until = performance.now() + (parseDuration(String(given.duration ?? '')) ?? 0);
  try {
    for (let left = until - performance.now(); left > 0; left = until - performance.now())
      await delay(Math.min(Math.ceil(left), LONGEST_TIMER_MS), undefined, { signal });
    return ok({});
  } catch {
    const detail = `The wait of ${String(given.duration)} was interrupted.`;
    return failed(problem([], `${phase === 'make' ? 'Create' : 'Delete'} time sleep error`, detail));
  }
}

// ---- Import ------------------------------------------------------------------------------------------------------

function importState(id: string): Result<ObjectValue> {
  const [create = '', destroy = '', ...rest] = id.split(',');
  const sound = [create, destroy].every((text) => text === '' || parseDuration(text) !== undefined);
  if (!sound || rest.length > 0 || !id.includes(',') || create + destroy === '') {
    const detail = `The ID has to be CREATEDURATION,DESTROYDURATION, one of which may be empty, not "${id}".`;
    return importFailure('Unexpected Format of ID', detail);
  }
  return ok(
    objectOf(schema, [
      NO_TRIGGERS,
      ['create_duration', textOrNull(create || undefined)],
      ['destroy_duration', textOrNull(destroy || undefined)],
      ['id', stringValue(formatTimestamp(now()))],
    ]),
  );
}

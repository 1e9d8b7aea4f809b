import { afterEach, describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../../core/value/json.ts';
import { Workbench, planLines, summaries } from '../../support/workbench.ts';
import { addCalendar, formatTimestamp, isOver, parseTimestamp } from '../../../providers/time/timestamp.ts';
import { parseDuration } from '../../../providers/time/time-sleep.ts';
import { createOf, refreshOf } from './harness.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('timestamps', () => {
  test.each([
    ['2020-02-12T06:36:13Z', '2020-02-12T06:36:13Z', 1581489373],
    ['2020-02-12T06:36:13.999Z', '2020-02-12T06:36:13Z', 1581489373],
    ['2020-02-12T06:36:13+02:00', '2020-02-12T06:36:13+02:00', 1581482173],
    ['2020-02-12T06:36:13-03:30', '2020-02-12T06:36:13-03:30', 1581501973],
    ['2020-02-12T06:36:13+00:00', '2020-02-12T06:36:13Z', 1581489373],
    ['0050-01-01T00:00:00Z', '0050-01-01T00:00:00Z', -60589296000],
  ])('%s', (text, expected, unix) => {
    const timestamp = parseTimestamp(text);
    expect(timestamp && [formatTimestamp(timestamp), timestamp.epochSeconds]).toEqual([expected, unix]);
  });

  test.each([
    '',
    '2020-02-12',
    '2020-2-12T06:36:13Z',
    '2020-13-01T00:00:00Z',
    '2020-02-30T00:00:00Z',
    '2020-02-12T24:00:00Z',
    '2020-02-12 06:36:13Z',
    '2020-02-12T06:36:60Z',
  ])('%j is none', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  test.each([
    ['2020-01-31T10:00:00Z', 0, 1, 0, '2020-03-02T10:00:00Z'],
    ['2020-02-29T10:00:00Z', 1, 0, 0, '2021-03-01T10:00:00Z'],
    ['2020-03-31T10:00:00Z', 0, -1, 0, '2020-03-02T10:00:00Z'],
    ['2020-12-31T23:30:00-02:00', 0, 0, 1, '2021-01-01T23:30:00-02:00'],
  ])('%s and %d years, %d months, %d days', (from, years, months, days, expected) => {
    const timestamp = parseTimestamp(from);
    expect(timestamp && formatTimestamp(addCalendar(timestamp, years, months, days))).toBe(expected);
  });

  test('what is to come is not over', () => {
    expect([isOver({ epochSeconds: 1e12, offsetMinutes: 0 }), isOver({ epochSeconds: 1, offsetMinutes: 0 })]).toEqual([
      false,
      true,
    ]);
  });
});

describe('durations', () => {
  test.each([
    ['10ms', 10],
    ['1.5s', 1500],
    ['1h30m', 5_400_000],
    ['0.1h', 360_000],
    ['2us', 0.002],
    ['10', undefined],
    ['-1s', undefined],
    ['', undefined],
  ])('%s', (text, expected) => {
    expect(parseDuration(text)).toEqual(expected);
  });
});

describe('time_rotating', () => {
  test('of several spans the last counts, and a given time less than years', async () => {
    const base = { rfc3339: '2130-01-01T00:00:00Z', rotation_days: 3, rotation_hours: 5 };
    const more: readonly JsonObject[] = [{}, { rotation_rfc3339: '2199-01-01T00:00:00Z' }, { rotation_years: 2 }];
    const results = more.map(async (each) => {
      const { value } = await createOf('time_rotating', { ...base, ...each });
      return value.rotation_rfc3339;
    });
    expect(await Promise.all(results)).toEqual([
      '2130-01-01T05:00:00Z',
      '2199-01-01T00:00:00Z',
      '2132-01-01T00:00:00Z',
    ]);
  });

  test('is gone once its time is over', async () => {
    const state = { rotation_rfc3339: '2021-01-01T00:00:00Z' };
    expect(await refreshOf('time_rotating', state, 0)).toBe('absent');
  });

  test('is made again in the plan after that', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2030-01-01T00:00:00Z') });
    using bench = new Workbench({ 'main.tf': 'resource "time_rotating" "a" {\n  rotation_days = 1\n}\n' });
    await bench.apply();
    expect(planLines((await bench.plan()).plan)).toEqual([]);
    vi.setSystemTime(new Date('2030-01-02T00:00:01Z'));
    expect(planLines((await bench.plan()).plan)).toEqual(['[] -> #0 time_rotating.a, create']);
    // Unrefreshed, the resource is as the state has it.
    expect(planLines((await bench.plan({ refresh: false })).plan)).toEqual([]);
  });
});

describe('time_sleep', () => {
  const FILE = 'resource "time_sleep" "a" {\n  create_duration  = "60ms"\n  destroy_duration = "70ms"\n}\n';

  test('waits when it is made and when it goes', async () => {
    using bench = new Workbench({ 'main.tf': FILE });
    const start = performance.now();
    await bench.apply();
    const made = performance.now();
    await bench.apply({ mode: 'destroy' });
    expect(made - start).toBeGreaterThanOrEqual(60);
    expect(performance.now() - made).toBeGreaterThanOrEqual(70);
    expect(bench.state.resources).toEqual([]);
  });

  test('a changed duration does not wait', async () => {
    using bench = new Workbench({ 'main.tf': FILE });
    await bench.apply();
    bench.write({ 'main.tf': FILE.replace('60ms', '1h') });
    expect((await bench.apply()).counts.changed).toBe(1);
  });

  test('an interrupted wait leaves nothing behind, and keeps what should go', async () => {
    using bench = new Workbench({ 'main.tf': FILE.replace('60ms', '1h') });
    const creating = await bench.apply({ signal: AbortSignal.timeout(50) });
    expect(summaries(creating.diagnostics).join()).toContain('Create time sleep error');
    expect(bench.state.resources).toEqual([]);
    bench.write({ 'main.tf': FILE.replace('70ms', '1h') });
    await bench.apply();
    const deleting = await bench.apply({ mode: 'destroy', signal: AbortSignal.timeout(50) });
    expect(summaries(deleting.diagnostics).join()).toContain('Delete time sleep error');
    expect(bench.state.resources.map(({ name }) => name)).toEqual(['a']);
  });
});

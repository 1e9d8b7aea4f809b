/** Whether a plan needs the diff library, and what stands in for it where it does not. */
import type { Plan } from '../../core/plan/plan.ts';
import { walkValue } from '../../core/value/path.ts';
import type { Value } from '../../core/value/value.ts';
import type { LineDiff } from './diff-text.ts';

/** A text of several lines in something that changes: with one-sided or equal texts the library would say nothing new. */
export function holdsLines(plan: Plan): boolean {
  const pairs = [
    ...plan.changes.filter(({ action }) => action === 'update' || action === 'replace'),
    ...plan.drift,
    ...[...plan.outputs.values()].filter(({ action }) => action === 'update'),
  ];
  return pairs.some(({ before, after }) => hasLines(before) && hasLines(after));
}

function hasLines(value: Value | null | undefined): boolean {
  if (value === null || value === undefined) return false;
  let found = false;
  walkValue(value, (inner) => {
    found ||= inner.kind === 'string' && inner.value.includes('\n');
    return !found;
  });
  return found;
}

/** Everything went and everything came, unless nothing did. */
export const plainLines: LineDiff = (before, after) => {
  if (before === after) return lines(after).map((text) => ({ sign: ' ', text }));
  return [
    ...lines(before).map((text) => ({ sign: '-' as const, text })),
    ...lines(after).map((text) => ({ sign: '+' as const, text })),
  ];
};

function lines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

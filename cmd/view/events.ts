/** What a run reports, as text or as JSON lines. Every view implements this; commands know no other way to speak. */
import type { Diagnostic } from '../../core/diag/diagnostic.ts';
import type { Event } from '../../core/event.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { OutputState } from '../../core/state.ts';
import type { PlanCounts } from './plan-counts.ts';

export interface RunView {
  event(event: Event): void;
  diagnostics(diagnostics: readonly Diagnostic[]): void;
  /** A whole plan, before it is applied or instead of that. */
  plan(plan: Plan): Promise<void>;
  /** A saved plan that is about to be applied: people have seen it already. */
  savedPlan(plan: Plan): void;
  /** The last line of an apply. */
  summary(operation: 'apply' | 'destroy', counts: PlanCounts): void;
  outputs(outputs: ReadonlyMap<string, OutputState>): void;
  /** Prose for people; not part of a JSON stream. */
  say(text: string): void;
}

/** `10s`, `1m5s`, `1h0m0s`, as Go prints durations of whole seconds. */
export function elapsedText(milliseconds: number): string {
  const total = Math.round(milliseconds / 1000);
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

export const VERBS = {
  create: { start: 'Creating', still: 'Still creating', noun: 'Creation' },
  update: { start: 'Modifying', still: 'Still modifying', noun: 'Modifications' },
  delete: { start: 'Destroying', still: 'Still destroying', noun: 'Destruction' },
  read: { start: 'Reading', still: 'Still reading', noun: 'Read' },
} as const;

export function idText(id: string | undefined): string {
  return id === undefined || id === '' ? '' : ` [id=${id}]`;
}

/** What is only being made has no ID to speak of yet: the one in the event is that of the object it replaces. */
export function startId(event: Extract<Event, { kind: 'apply-start' }>): string | undefined {
  return event.action === 'create' ? undefined : event.id;
}

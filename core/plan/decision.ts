/** What the planner has found out about one object, before it becomes an entry of the plan. */
import type { Claim } from '../provider.ts';
import type { InstanceState } from '../state.ts';
import type { ObjectValue } from '../value/value.ts';
import type { Change } from './plan.ts';

/** What an object with this value holds exclusively; undefined where its type holds nothing. */
export type ClaimsOf = ((value: ObjectValue) => readonly Claim[]) | undefined;

export interface Decision {
  readonly change: Omit<Change, 'id' | 'dependsOn' | 'claims' | 'releases'>;
  /** The object after refresh, as the state will hold it until the change is applied; undefined when there is none. */
  readonly refreshed: InstanceState | undefined;
  /** Objects that it depends on, as the state keeps them: addresses of resources without keys. */
  readonly dependencies: readonly string[];
  /** What an object of its type holds exclusively. */
  readonly claimsOf: ClaimsOf;
}

export const NO_STEPS = Object.freeze({ items: Object.freeze([]), complete: true });

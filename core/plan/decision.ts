/** What the planner has found out about one object, before it becomes an entry of the plan. */
import type { InstanceAddress } from '../addr/address.ts';
import type { Prior } from '../provider.ts';
import type { InstanceState } from '../state.ts';
import type { Change } from './plan.ts';

export interface Decision {
  readonly change: Omit<Change, 'id' | 'dependsOn'>;
  /** The object after refresh, as the state will hold it until the change is applied; undefined when there is none. */
  readonly refreshed: InstanceState | undefined;
  /** Objects that it depends on, as the state keeps them: addresses of resources without keys. */
  readonly dependencies: readonly string[];
}

export interface Subject {
  readonly address: InstanceAddress;
  readonly text: string;
  readonly prior: Prior | null;
}

export const NO_STEPS = Object.freeze({ items: Object.freeze([]), complete: true });

/** How many objects a plan touches, the way the summary line counts: a replacement is one to add and one to destroy. */
import type { Plan } from '../../core/plan/plan.ts';

export interface PlanCounts {
  readonly import: number;
  readonly add: number;
  readonly change: number;
  readonly remove: number;
  readonly forget: number;
}

export function countChanges({ changes }: Pick<Plan, 'changes'>): PlanCounts {
  const count = (...actions: readonly string[]) => changes.filter(({ action }) => actions.includes(action)).length;
  return {
    import: changes.filter(({ importing }) => importing !== undefined).length,
    add: count('create', 'replace'),
    change: count('update'),
    remove: count('delete', 'replace'),
    forget: count('forget'),
  };
}

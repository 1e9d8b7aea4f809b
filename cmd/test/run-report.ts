/** What a run has come to. */
import type { Diagnostic } from '../../core/diag/diagnostic.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { State } from '../../core/state.ts';
import type { TestStatus } from './test-status.ts';

export interface RunReport {
  readonly status: TestStatus;
  readonly diagnostics: readonly Diagnostic[];
  /** For `-verbose`: what was planned, or what there is after the apply. */
  readonly plan?: Plan;
  readonly state?: State;
}

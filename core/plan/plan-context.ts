/** What the parts of a planning walk share: everything found out so far, and what they may ask the walk to do. */
import type { InstanceAddress } from '../addr/address.ts';
import type { Resource } from '../config/module.ts';
import type { ConfigGraph } from '../graph/config-graph.ts';
import type { Instances, ModuleInstance } from '../graph/module-instance.ts';
import type { ModuleScope } from '../graph/module-scope.ts';
import type { Value } from '../value/value.ts';
import type { CheckLedger } from './check-ledger.ts';
import type { ConfigWalk } from './config-walk.ts';
import type { Decision } from './decision.ts';
import type { DependencyFinder } from './dependencies.ts';
import type { Moves } from './moves.ts';
import type { Drift } from './plan.ts';
import type { ProviderPool } from './provider-pool.ts';
import type { Refresher } from './refresher.ts';
import type { PlanInput, PreparedRun } from './run-input.ts';
import type { TargetAddress } from './targets.ts';
import type { WorkingState } from './working-state.ts';

export interface PlanContext {
  readonly input: PlanInput;
  readonly prepared: PreparedRun;
  readonly targets: readonly TargetAddress[];
  readonly replace: readonly TargetAddress[];
  readonly state: WorkingState;
  readonly moves: Moves;
  readonly graph: ConfigGraph;
  readonly config: ConfigWalk;
  readonly pool: ProviderPool;
  readonly refresher: Refresher;
  readonly ledger: CheckLedger;
  readonly dependencies: DependencyFinder;
  /** By address text, `(deposed)` appended for deposed objects. */
  readonly decisions: Map<string, Decision>;
  readonly drift: Drift[];
  /** Resource blocks (static address) whose new object is made before the old one goes. */
  readonly createBeforeDestroy: ReadonlySet<string>;
  /** Addresses that an import block has taken in. */
  readonly imported: Map<string, { readonly id: string }>;
  /** The instances that a block asks for in one module instance; undefined after an error. */
  expand(instance: ModuleInstance, resource: Resource): Instances<Value> | undefined;
  /** With targets: whether this instance takes part, because it or what needs it is meant. */
  isIncluded(address: InstanceAddress): boolean;
  /** Whether the block of this resource was walked in this module instance. */
  isHandled(resource: InstanceAddress['resource']): boolean;
  /** False, with a diagnostic, when `prevent_destroy` stands against it. */
  mayDestroy(instance: ModuleInstance | undefined, resource: Resource, text: string): boolean;
  /** False, with diagnostics, when a condition does not hold. */
  checkRules(
    resource: Resource,
    which: 'preconditions' | 'postconditions',
    address: InstanceAddress,
    scope: ModuleScope,
  ): boolean;
}

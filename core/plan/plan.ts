/**
 * The plan: a value that says what will be done, to what, in which order and why. It is made by the planner, shown by
 * the views, kept in plan files and carried out by the applier, which decides nothing that is not in here.
 */
import type { InstanceAddress } from '../addr/address.ts';
import type { AttributePath, Diagnostics } from '../diag/diagnostic.ts';
import type { Cause, Claim, Impact, Planned, Steps } from '../provider.ts';
import type { State } from '../state.ts';
import type { Type } from '../value/type.ts';
import type { ObjectValue, Value } from '../value/value.ts';

export type PlanMode = 'normal' | 'destroy' | 'refresh-only';

export interface Plan {
  readonly mode: PlanMode;
  /** One per resource instance and deposed object, in order of address; no-op included. */
  readonly changes: readonly Change[];
  /** What somebody else changed since the last apply, where it matters to this plan. */
  readonly drift: readonly Drift[];
  /** Root outputs by name, unchanged ones included. */
  readonly outputs: ReadonlyMap<string, OutputChange>;
  readonly checks: readonly CheckResult[];
  /** Root variables, converted, with marks. */
  readonly variables: ReadonlyMap<string, Value>;
  /** As it was in the store. Its lineage and serial are what a saved plan is checked against. */
  readonly priorState: State;
  /** `priorState` after moves, upgrades and refresh; what apply starts from. */
  readonly refreshedState: State;
  readonly targets: readonly string[];
  readonly replace: readonly string[];
  /** False when `-target` left something out. */
  readonly complete: boolean;
  /** There is something to apply: changes, moves, imports, forgets, output changes, or drift with refresh-only. */
  readonly applyable: boolean;
  readonly errored: boolean;
  readonly planTime: Date;
  /** References of the changed resources, for `relevant_attributes`. */
  readonly relevantAttributes: readonly { readonly resource: string; readonly attribute: AttributePath }[];
  readonly diagnostics: Diagnostics;
}

export type Action = 'create' | 'read' | 'update' | 'replace' | 'delete' | 'no-op' | 'forget';

/** Terraform's `action_reason`. */
export type ActionReason =
  | 'replace_because_cannot_update'
  | 'replace_because_tainted'
  | 'replace_by_request'
  | 'replace_by_triggers'
  | 'delete_because_no_resource_config'
  | 'delete_because_wrong_repetition'
  | 'delete_because_count_index'
  | 'delete_because_each_key'
  | 'delete_because_no_module'
  | 'delete_because_no_move_target'
  | 'read_because_config_unknown'
  | 'read_because_dependency_pending'
  | 'read_because_check_nested';

export interface Change {
  /** Position in `Plan.changes`, from 0; what `dependsOn` refers to. */
  readonly id: number;
  readonly address: InstanceAddress;
  /** `address` printed. */
  readonly text: string;
  readonly previousAddress: string | undefined;
  readonly deposed: string | undefined;
  /** `registry.terraform.io/kreuzwerker/docker` */
  readonly providerSource: string;
  /** As the state writes it: `provider["registry..."].alias`, with the module in front where it is configured there. */
  readonly providerConfig: string;
  readonly action: Action;
  /** For `replace`: the new object is made before the old one goes. */
  readonly createBeforeDestroy: boolean;
  readonly reason: ActionReason | undefined;
  readonly before: ObjectValue | null;
  /** With unknowns; null when the object goes. */
  readonly after: ObjectValue | null;
  /** Whether marks alone differ. */
  readonly sensitiveOnly: boolean;
  readonly replacePaths: readonly AttributePath[];
  readonly causes: readonly Cause[];
  readonly impact: Impact;
  readonly steps: Steps;
  /** What the object holds exclusively when the change is done, and what it gives up by it. */
  readonly claims: readonly Claim[];
  readonly releases: readonly Claim[];
  /** Ids of the changes that have to be done first. */
  readonly dependsOn: readonly number[];
  readonly importing: { readonly id: string } | undefined;
  /** What the provider planned, handed back to it by apply; undefined where nothing is asked of it. */
  readonly planned: Planned | undefined;
}

export interface Drift {
  readonly address: InstanceAddress;
  readonly text: string;
  readonly previousAddress: string | undefined;
  readonly providerSource: string;
  readonly action: 'update' | 'delete' | 'no-op';
  readonly before: ObjectValue;
  readonly after: ObjectValue | null;
}

export interface OutputChange {
  readonly name: string;
  readonly action: 'create' | 'update' | 'delete' | 'no-op';
  readonly before: Value | undefined;
  readonly after: Value | undefined;
  readonly type: Type | undefined;
  readonly sensitive: boolean;
  readonly beforeSensitive: boolean;
}

export interface CheckResult {
  /** `resource`, `output_value`, `check` or `var`, as in Terraform's JSON. */
  readonly kind: 'resource' | 'output_value' | 'check' | 'var';
  /** Address without instance keys. */
  readonly address: string;
  readonly status: CheckStatus;
  readonly instances: readonly {
    readonly address: string;
    readonly status: CheckStatus;
    readonly problems: readonly string[];
  }[];
}

export type CheckStatus = 'pass' | 'fail' | 'error' | 'unknown';

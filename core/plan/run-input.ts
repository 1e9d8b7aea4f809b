/** What a run of the engine is given, and what is prepared from it once. */
import type { Configuration } from '../config/module.ts';
import type { Sink } from '../event.ts';
import type { ModuleInstance } from '../graph/module-instance.ts';
import type { WalkSettings } from '../graph/module-scope.ts';
import type { ProviderUses } from '../graph/provider-use.ts';
import type { Provider, Step } from '../provider.ts';
import type { State } from '../state.ts';
import type { Value } from '../value/value.ts';
import type { PlanMode } from './plan.ts';
import type { ProviderDirectory } from './provider-pool.ts';

/** The same for every kind of run. */
export interface RunInput {
  readonly configuration: Configuration;
  /** Root variables: converted, with marks. */
  readonly variables: ReadonlyMap<string, Value>;
  readonly providers: ProviderDirectory;
  readonly parallelism: number;
  readonly signal: AbortSignal;
  readonly events: Sink;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly workingDirectory: string;
  readonly workspace: string;
  readonly homeDirectory: string;
  /** Told of the root module once a plan or an apply has walked it: what tests hold their assertions against. */
  onWalked?(root: ModuleInstance): void;
}

export interface PlanInput extends RunInput {
  readonly state: State;
  readonly mode: PlanMode;
  readonly refresh: boolean;
  /** As typed. */
  readonly targets: readonly string[];
  readonly replace: readonly string[];
  readonly planTime: Date;
  /** Left behind by a run that was killed. */
  readonly interrupted?: readonly InterruptedStep[];
}

/** A step that makes an object, was begun, and is in no state. */
export interface InterruptedStep {
  readonly address: string;
  readonly step: Step;
}

export interface PreparedRun {
  readonly uses: ProviderUses;
  /** By source. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly settings: WalkSettings;
}

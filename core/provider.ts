/**
 * The contract that a provider implements, built in or plugged in. Values are core values decoded by the schema.
 * A provider never sees configuration syntax, the state file or the terminal, and it changes nothing but through
 * `Runner.step`, which journals.
 */
import type { Schema } from './config/schema.ts';
import type { AttributePath, Diagnostics, Result } from './diag/diagnostic.ts';
import type { Sink } from './event.ts';
import type { Json, JsonObject } from './value/json.ts';
import type { ObjectValue, Value } from './value/value.ts';

// ---- Providers ---------------------------------------------------------------------------------------------------

/** Known before anything is configured: enough to decode and to validate. */
export interface Provider {
  /** `registry.terraform.io/kreuzwerker/docker` */
  readonly source: string;
  /** `docker` */
  readonly type: string;
  readonly schema: Schema;
  readonly resourceTypes: ReadonlyMap<string, ResourceSchema>;
  readonly dataSources: ReadonlyMap<string, Schema>;
  /** Checks a configuration beyond its schema; values may be unknown. */
  validate?(config: ObjectValue): Diagnostics;
  /** Opens nothing that writes. `config` may hold unknowns; what cannot be answered with them is `deferred`. */
  configure(config: ObjectValue, context: ConfigureContext): Promise<Result<ConfiguredProvider>>;
}

export interface ResourceSchema {
  readonly schema: Schema;
  /** Checks beyond the schema; unknown values are allowed in `config`. Paths are relative to the resource. */
  validate?(config: ObjectValue): Diagnostics;
  /** State of an older schema version, as JSON, made new. Absent when there is only one version. */
  upgrade?(attributes: JsonObject, version: number): Result<JsonObject>;
  /** Attributes marked `legacy`, which no state holds, made from the others. */
  complete?(attributes: JsonObject): JsonObject;
  /** Which attributes name an object for import, for messages: `name, ID or short ID`. */
  readonly importHint?: string;
}

export interface ConfigureContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly signal: AbortSignal;
  readonly parallelism: number;
  readonly events: Sink;
  /** Which configuration of the provider this is, as the state names it: `provider["registry..."].alias`. */
  readonly configuration?: string;
}

/** One configured instance: an alias, a host. Everything in it but `openWriter` is unable to change anything. */
export interface ConfiguredProvider {
  resource(type: string): Promise<ResourceType>;
  dataSource(type: string): Promise<DataSource>;
  /** Called by apply only, and there only by the runner. */
  openWriter(): Promise<Writer>;
  close(): Promise<void>;
}

// ---- Resource types ----------------------------------------------------------------------------------------------

/** An object as the state has it. */
export interface Prior {
  readonly value: ObjectValue;
  /** base64, opaque to core. */
  readonly private: string | undefined;
  readonly tainted: boolean;
}

export interface Refreshed {
  /** `absent`: it is gone. `unchecked`: it could not be asked; `prior` stands as it was. */
  readonly outcome: 'present' | 'absent' | 'unchecked';
  readonly prior: Prior;
  /** What the live object looks like beyond the schema (its inspect answer); handed back to `plan`, never stored. */
  readonly observed?: unknown;
}

export interface ResourceType {
  /** In bulk: one list, parallel inspects. Never sees the configuration. Same order as asked. */
  refresh(asks: readonly RefreshAsk[]): Promise<readonly Result<Refreshed>[]>;
  plan(asks: readonly PlanAsk[]): Promise<readonly Result<Planned>[]>;
  /** Carries out `planned` step by step. Returns what is there afterwards, also after a failure. */
  apply(planned: Planned, run: Runner): Promise<Applied>;
  /** @param address of the instance that it is for; a provider that looks at what really exists needs none */
  importState(id: string, address?: string): Promise<Result<readonly Prior[]>>;
  /** What an object with this value holds exclusively. */
  claims?(value: ObjectValue): readonly Claim[];
  /** Crash recovery: is the object of this interrupted step there after all? */
  locate?(step: Step): Promise<Prior | 'absent' | 'unsure'>;
}

export interface RefreshAsk {
  readonly address: string;
  readonly prior: Prior;
}

export interface PlanAsk {
  readonly address: string;
  /** The refreshed object; null when there is none. */
  readonly prior: Prior | null;
  /** From `Refreshed`, when the object was refreshed in this run. */
  readonly observed?: unknown;
  /** As configured: null where nothing is said, unknown where it is not known yet. Null itself when deleting. */
  readonly config: ObjectValue | null;
  /** Configuration over prior: computed attributes that the configuration leaves out keep their prior value. */
  readonly proposed: ObjectValue | null;
  /** `replace`: core has decided to replace; plan a new object, and how the old one goes. */
  readonly mode: 'any' | 'replace' | 'delete';
  /** Only with `replace`: the new object has to be there before the old one goes. */
  readonly createBeforeDestroy?: boolean;
  /** Addresses without keys of the resources that the object depends on. While planning, all of them are planned before. */
  readonly dependencies?: readonly string[];
}

export interface Planned {
  readonly address: string;
  readonly mode: PlanAsk['mode'];
  readonly prior: Prior | null;
  readonly config: ObjectValue | null;
  /** What will be there: equal to the prior value when nothing is to be done; null when deleting. */
  readonly value: ObjectValue | null;
  readonly private: string | undefined;
  /** Not empty: the object cannot be changed into this one, ask again with `replace`. */
  readonly replacePaths: readonly AttributePath[];
  readonly causes: readonly Cause[];
  readonly impact: Impact;
  readonly steps: Steps;
}

/** From harmless to grave. `unknown`: depends on something that is known only later. */
export type Impact = 'none' | 'in-place' | 'restart' | 'recreate' | 'data-at-risk' | 'unknown';

/** Why something changes: one attribute, what it was, what it will be, and why that cannot be done in place. */
export interface Cause {
  readonly path: AttributePath;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
  readonly forcesReplacement: boolean;
  /** Who made the difference. */
  readonly author: 'configuration' | 'drift' | 'image' | 'daemon';
  readonly note?: string;
}

/** Something that two objects cannot hold at once: `container-name`, `host-port`, `address`, `volume`. */
export interface Claim {
  readonly kind: string;
  readonly key: string;
}

// ---- Steps: the one way to change anything -----------------------------------------------------------------------

export interface Steps {
  readonly items: readonly Step[];
  /** False when their number depends on something unknown. */
  readonly complete: boolean;
  readonly fallback?: Steps;
}

export type StepId = string;

/** An existing object's ID, or the one that an earlier step of the same list makes. */
export type Target = { readonly id: string } | { readonly outcomeOf: StepId } | { readonly name: string };

export interface Step {
  readonly id: StepId;
  /** `container.create`, `network.remove` ... : what the writer is asked to do. */
  readonly kind: string;
  /** `make` belongs to creating or updating, `retire` to the removal of an old object. */
  readonly phase: 'make' | 'retire';
  readonly target: Target | null;
  readonly arguments: JsonObject;
  /** The step that takes it back, computed from the observed object before the effect. */
  readonly undo?: Step;
}

export interface Outcome {
  /** ID of the object that was made or touched. */
  readonly id?: string;
  readonly result?: Json;
}

/** Performs effects. Held by the runner alone. */
export interface Writer {
  perform(step: Step, context: StepContext): Promise<Result<Outcome>>;
}

export interface StepContext {
  readonly address: string;
  /** Aborted by the first Ctrl-C: pulls, builds and waits end; an effect already sent finishes. */
  readonly signal: AbortSignal;
  progress(message: string): void;
}

export interface Runner {
  /** Journals the intent, performs, journals the outcome. A failed step returns diagnostics and no value. */
  step(step: Step): Promise<Result<Outcome>>;
  readonly signal: AbortSignal;
  /** Which half of a replacement this call is to carry out: `make` ends with the new object in place. */
  readonly phase: 'all' | 'make' | 'retire';
  progress(message: string): void;
}

export interface Applied {
  /** What is there now, as observed; undefined when there is nothing (deleted, or never made). */
  readonly value: ObjectValue | undefined;
  readonly private: string | undefined;
  /** The object exists but is not what it should be. */
  readonly tainted: boolean;
  readonly diagnostics: Diagnostics;
}

// ---- Data sources ------------------------------------------------------------------------------------------------

export interface DataSource {
  validate?(config: ObjectValue): Diagnostics;
  /** @param address of the instance that is read for; a provider that reads what really exists needs none */
  read(config: ObjectValue, address?: string): Promise<Result<ObjectValue>>;
}

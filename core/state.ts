/**
 * The state model: what was made, by which configuration, with which values. It is the content of a state file of
 * format version 4 and nothing else; where it is kept and how it is written is the business of `state/`.
 */
import type { InstanceKey, ResourceMode } from './addr/address.ts';
import type { Json, JsonObject } from './value/json.ts';

export interface State {
  readonly terraformVersion: string;
  readonly serial: number;
  readonly lineage: string;
  readonly outputs: ReadonlyMap<string, OutputState>;
  readonly resources: readonly ResourceState[];
  readonly checkResults: Json;
  /** Top-level fields that this version does not know; written back as they were. */
  readonly unknownFields: JsonObject;
}

export interface OutputState {
  readonly value: Json;
  /** Type in cty's JSON notation. */
  readonly type: Json;
  readonly sensitive: boolean;
  readonly unknownFields: JsonObject;
}

export interface ResourceState {
  /** `module.a.module.b["k"]`; empty for the root. */
  readonly module: string;
  readonly mode: ResourceMode;
  readonly type: string;
  readonly name: string;
  /** As written in the file: `provider["registry.terraform.io/kreuzwerker/docker"].alias`. */
  readonly provider: string;
  readonly instances: readonly InstanceState[];
  readonly unknownFields: JsonObject;
}

/** One object: the current one of an instance, or a deposed one (`deposed` holds its 8 hexadecimal digits). */
export interface InstanceState {
  readonly indexKey: InstanceKey | undefined;
  readonly deposed: string | undefined;
  readonly status: 'ready' | 'tainted';
  readonly schemaVersion: number;
  /** In the JSON form of the schema; exact numbers kept. */
  readonly attributes: Json;
  /** Set instead of `attributes` by states of very old Terraform versions. */
  readonly attributesFlat: JsonObject | undefined;
  /** Paths in Terraform's notation, as read. */
  readonly sensitiveAttributes: readonly Json[];
  readonly identitySchemaVersion?: number;
  readonly identity?: Json;
  /** base64, opaque. */
  readonly private: string | undefined;
  /** Resource addresses without instance keys. */
  readonly dependencies: readonly string[];
  readonly createBeforeDestroy: boolean;
  readonly unknownFields: JsonObject;
}

/** A `*.tftest.hcl` file as it was written: run blocks, what they share, and what stands in for real objects. Nothing is evaluated. */
import type { Target } from '../addr/parse.ts';
import type { Range } from '../diag/source.ts';
import type { Attribute, TraversalExpression } from '../hcl/ast.ts';
import type { ObjectValue } from '../value/value.ts';
import type { CheckRule, ProviderConfig, ProviderReference } from './module.ts';

export interface TestFile {
  /** As shown: `tests/a.tftest.hcl`. */
  readonly name: string;
  /** Relative to the working directory: `.` or the directory of tests. */
  readonly directory: string;
  readonly variables: ReadonlyMap<string, Attribute>;
  /** By `name` or `name.alias`. */
  readonly providers: ReadonlyMap<string, TestProvider>;
  readonly overrides: readonly Override[];
  readonly runs: readonly TestRun[];
}

export type TestProvider = { readonly kind: 'real'; readonly config: ProviderConfig } | MockProvider;

export interface MockProvider extends MockData {
  readonly kind: 'mock';
  readonly localName: string;
  readonly alias: string | undefined;
  readonly range: Range;
  readonly during: OverrideTime;
}

/** What a mocked provider gives instead of what it would make or read. */
export interface MockData {
  /** By type. */
  readonly resources: ReadonlyMap<string, StandInValues>;
  readonly dataSources: ReadonlyMap<string, StandInValues>;
  readonly overrides: readonly Override[];
}

/** Whether given values are known while planning already. */
export type OverrideTime = 'plan' | 'apply';

export interface StandInValues {
  /** Computed attributes; what it leaves out is made up. */
  readonly values: ObjectValue;
  readonly during: OverrideTime;
  readonly range: Range;
}

/** For one object, or for the outputs of one module. */
export interface Override extends StandInValues {
  readonly kind: 'resource' | 'data' | 'module';
  readonly target: Target;
  /** `target` as an address. */
  readonly text: string;
  readonly targetRange: Range;
}

export interface TestRun {
  readonly name: string;
  readonly range: Range;
  readonly command: 'plan' | 'apply';
  readonly mode: 'normal' | 'refresh-only';
  readonly refresh: boolean;
  /** As typed. */
  readonly targets: readonly string[];
  readonly replace: readonly string[];
  readonly variables: ReadonlyMap<string, Attribute>;
  readonly overrides: readonly Override[];
  readonly assertions: readonly CheckRule[];
  readonly expectFailures: readonly TraversalExpression[];
  /** Another module than the one of the working directory. */
  readonly module: { readonly source: string; readonly version: string | undefined; readonly range: Range } | undefined;
  /** Provider in the configuration to the one of the test file; empty for all of the file. */
  readonly providers: ReadonlyMap<string, ProviderReference>;
  /** Runs with the same key share a state; by default those of the same module do. */
  readonly stateKey: string | undefined;
}

/**
 * A configuration as it was written, checked for shape but not evaluated: the module tree. Expressions stay syntax;
 * whoever needs their values evaluates them in a scope.
 */
import type { ModulePath, ResourceMode } from '../addr/address.ts';
import type { Range } from '../diag/source.ts';
import type { Body, Expression, TraversalExpression } from '../hcl/ast.ts';
import type { Type } from '../value/type.ts';
import type { Value } from '../value/value.ts';

export interface Configuration {
  readonly root: Module;
  /** All modules of the tree by the text of their static path; the root is ''. */
  readonly modules: ReadonlyMap<string, Module>;
}

export interface Module {
  /** Static: without instance keys. */
  readonly path: ModulePath;
  /** As `path.module` gives it: relative to the working directory, `.` for the root. */
  readonly directory: string;
  readonly call: ModuleCall | undefined;
  /** The module that holds `call`; undefined for the root. */
  readonly parent: Module | undefined;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly locals: ReadonlyMap<string, Local>;
  readonly outputs: ReadonlyMap<string, Output>;
  /** Managed and data resources by `type.name` and `data.type.name`. */
  readonly resources: ReadonlyMap<string, Resource>;
  readonly calls: ReadonlyMap<string, ModuleCall>;
  readonly children: ReadonlyMap<string, Module>;
  /** By `name` or `name.alias`. */
  readonly providers: ReadonlyMap<string, ProviderConfig>;
  /** Local name to what `required_providers` says. */
  readonly requiredProviders: ReadonlyMap<string, RequiredProvider>;
  readonly moved: readonly Moved[];
  readonly removed: readonly Removed[];
  readonly imports: readonly Import[];
  readonly checks: ReadonlyMap<string, Check>;
  readonly terraform: TerraformSettings;
}

export interface Variable {
  readonly name: string;
  readonly range: Range;
  readonly type: Type;
  /** Defaults of optional attributes inside `type`; applied before conversion. */
  readonly typeDefaults: TypeDefaults | undefined;
  /** False when no `type` was written: values given as text stay text. */
  readonly typed: boolean;
  /** Converted to `type`; undefined when required. */
  readonly defaultValue: Value | undefined;
  readonly description: string | undefined;
  readonly nullable: boolean;
  readonly sensitive: boolean;
  readonly ephemeral: boolean;
  readonly deprecated: string | undefined;
  readonly validations: readonly CheckRule[];
}

/** Defaults of `optional(T, default)`, mirroring the type they belong to. */
export interface TypeDefaults {
  readonly values: ReadonlyMap<string, Value>;
  /** Under attribute names; '' for the elements of a collection; the index as text for a tuple. */
  readonly children: ReadonlyMap<string, TypeDefaults>;
}

export interface Local {
  readonly name: string;
  readonly range: Range;
  readonly value: Expression;
}

export interface Output {
  readonly name: string;
  readonly range: Range;
  readonly value: Expression | undefined;
  readonly description: string | undefined;
  readonly sensitive: boolean;
  readonly ephemeral: boolean;
  readonly deprecated: string | undefined;
  readonly dependsOn: readonly TraversalExpression[];
  readonly preconditions: readonly CheckRule[];
}

export interface CheckRule {
  readonly range: Range;
  readonly condition: Expression;
  readonly errorMessage: Expression;
}

export interface Resource {
  readonly mode: ResourceMode;
  readonly type: string;
  readonly name: string;
  /** The block's header. */
  readonly range: Range;
  /** The label that is the type. */
  readonly typeRange: Range;
  readonly body: Body;
  readonly count: Expression | undefined;
  readonly forEach: Expression | undefined;
  readonly dependsOn: readonly TraversalExpression[];
  /** `provider = docker.alias`; otherwise the default one of its type. */
  readonly provider: ProviderReference;
  readonly lifecycle: Lifecycle;
  readonly provisioners: readonly Provisioner[];
  readonly connection: Body | undefined;
  /** Set for the data source inside a `check` block. */
  readonly check: string | undefined;
}

export interface ProviderReference {
  readonly localName: string;
  readonly alias: string | undefined;
  readonly range: Range;
  /** Index of a provider with `for_each`. */
  readonly key?: Expression;
}

export interface Lifecycle {
  readonly createBeforeDestroy: boolean | undefined;
  readonly preventDestroy: Expression | undefined;
  /** OpenTofu: `destroy = false` forgets instead. */
  readonly destroy: Expression | undefined;
  /** OpenTofu: whether the resource exists at all. */
  readonly enabled: Expression | undefined;
  readonly ignoreChanges: 'all' | readonly IgnorePath[];
  readonly replaceTriggeredBy: readonly Expression[];
  readonly preconditions: readonly CheckRule[];
  readonly postconditions: readonly CheckRule[];
}

export interface IgnorePath extends Range {
  readonly path: readonly (string | number)[];
}

export interface Provisioner {
  readonly type: string;
  readonly range: Range;
  readonly when: 'create' | 'destroy';
  readonly onFailure: 'fail' | 'continue';
  readonly body: Body;
  readonly connection: Body | undefined;
}

export interface ModuleCall {
  readonly name: string;
  readonly range: Range;
  readonly source: string;
  readonly sourceRange: Range;
  readonly version: string | undefined;
  readonly count: Expression | undefined;
  readonly forEach: Expression | undefined;
  readonly enabled: Expression | undefined;
  readonly dependsOn: readonly TraversalExpression[];
  /** Provider in the child (`docker` or `docker.alias`) to the one of this module. */
  readonly providers: ReadonlyMap<string, ProviderReference>;
  /** Where the names of the providers in the child stand, under the same keys. */
  readonly providerRanges?: ReadonlyMap<string, Range>;
  /** Arguments that become the child's variables. */
  readonly arguments: ReadonlyMap<string, { readonly value: Expression; readonly nameRange: Range }>;
  /** The arguments as they were written, for what is missing or does not belong there. */
  readonly body: Body;
}

export interface ProviderConfig {
  readonly localName: string;
  readonly alias: string | undefined;
  readonly range: Range;
  readonly body: Body;
  readonly forEach: Expression | undefined;
}

export interface RequiredProvider {
  readonly localName: string;
  /** `registry.terraform.io/kreuzwerker/docker` */
  readonly source: string;
  readonly version: string | undefined;
  readonly aliases: readonly string[];
  readonly range: Range;
}

export interface Moved {
  readonly range: Range;
  readonly from: TraversalExpression;
  readonly to: TraversalExpression;
}

export interface Removed {
  readonly range: Range;
  readonly from: TraversalExpression;
  readonly destroy: boolean;
  readonly provisioners: readonly Provisioner[];
}

export interface Import {
  readonly range: Range;
  readonly to: Expression;
  readonly id: Expression | undefined;
  readonly identity: Expression | undefined;
  readonly forEach: Expression | undefined;
  readonly provider: ProviderReference | undefined;
}

export interface Check {
  readonly name: string;
  readonly range: Range;
  readonly assertions: readonly CheckRule[];
  /** Key of the data source inside, in `Module.resources`. */
  readonly dataResource: string | undefined;
}

export interface TerraformSettings {
  readonly requiredVersions: readonly { readonly constraint: string; readonly range: Range }[];
  readonly backend: { readonly type: string; readonly body: Body; readonly range: Range } | undefined;
  readonly encryption: Body | undefined;
}

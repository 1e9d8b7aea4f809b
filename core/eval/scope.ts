/**
 * What an expression may refer to. The evaluator knows names only through this; who answers (a module walk, a console,
 * a tfvars file that allows nothing) is not its business.
 */
import type { Diagnostic } from '../diag/diagnostic.ts';
import type { Range } from '../diag/source.ts';
import type { Expression, TraversalExpression } from '../hcl/ast.ts';
import type { Type } from '../value/type.ts';
import type { Refinement, Value } from '../value/value.ts';

export interface Scope {
  /**
   * Value of the longest prefix of the reference that names one thing: for `local.a.b[0]`, that is `local.a`.
   * `used` counts the steps after the root that belong to the prefix; the evaluator applies the others.
   * Mistakes are pushed to `diagnostics`, and the value is then UNKNOWN with `used` = all steps.
   */
  resolve(reference: TraversalExpression, diagnostics: Diagnostic[]): Resolved;

  /**
   * Value of `collection[index]` where `collection` is a whole resource or module call and the index had to be
   * evaluated; undefined when the reference is not such a thing. Spares building all instances for one of them.
   */
  resolveInstance?(reference: TraversalExpression, index: Value, diagnostics: Diagnostic[]): Value | undefined;

  readonly functions: FunctionTable;

  /** What functions know of the world; a scope without it has no files, no home and no time. */
  readonly context?: CallEnvironment;
}

export interface Resolved {
  readonly value: Value;
  readonly used: number;
}

export interface FunctionTable {
  get(name: string): FunctionDefinition | undefined;
  /** For "did you mean". */
  names(): Iterable<string>;
}

/** The table of a scope where calling a function is a mistake in itself, as in a .tfvars file. */
export const NO_FUNCTIONS: FunctionTable = Object.freeze({ get: () => undefined, names: () => [] });

export interface Parameter {
  readonly name: string;
  /** Arguments are converted to it before the call. */
  readonly type: Type;
  readonly nullable?: boolean;
  /** Otherwise an unknown argument makes the result unknown without a call. */
  readonly acceptsUnknown?: boolean;
  /** Otherwise an argument of unknown type makes the result unknown without a call. */
  readonly acceptsDynamic?: boolean;
  /** Otherwise marks are taken off arguments, in depth, and put on the result. */
  readonly acceptsMarks?: boolean;
}

export interface FunctionDefinition {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Set when further arguments are allowed. */
  readonly variadic?: Parameter;
  /**
   * Type of the result for these (converted, unmarked where the parameter says so) arguments; an error when they do not
   * fit. Asked only when an unknown argument keeps `call` from being called: `call` checks everything itself.
   */
  returnType(args: readonly Value[]): Type | CallError;
  /** What is known of the result while it is unknown; also holds for an unknown that `call` itself returns. */
  readonly refinement?: Refinement;
  call(args: readonly Value[], context: CallContext): Value | CallError;
}

/** A function's complaint. `argument` is the index of the one to underline; without it the whole call is. */
export interface CallError {
  readonly kind: 'call-error';
  readonly message: string;
  readonly argument?: number;
}

/** The part of a call's context that is the same for every call of a scope. */
export type CallEnvironment = Omit<CallContext, 'functions' | 'callRange' | 'argumentExpressions'>;

/** What functions know of the world outside their arguments. */
export interface CallContext {
  /** Directory that relative paths start from: the working directory. */
  readonly baseDirectory: string;
  /** `path.root`-independent home directory for `pathexpand`. */
  readonly homeDirectory: string;
  /** Time of the run, for `plantimestamp`. */
  readonly planTime: Date;
  /** True while planning: `timestamp`, `uuid` and `bcrypt` are unknown then. */
  readonly pure: boolean;
  /** Told of every file that evaluation has read, for saved plans. */
  onFileRead?(path: string): void;
  /** The scope of the call, for `templatefile` and `templatestring`. */
  readonly functions: FunctionTable;
  readonly callRange: Range;
  /** The arguments as written, before any `...` is expanded: `templatestring` refuses a literal template. */
  readonly argumentExpressions?: readonly Expression[];
}

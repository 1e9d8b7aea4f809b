/** Names that an expression brings into scope for a part of itself: the key and value of a `for`, a function's variables. */
import type { Diagnostic } from '../diag/diagnostic.ts';
import type { TraversalExpression } from '../hcl/ast.ts';
import type { Value } from '../value/value.ts';
import type { CallEnvironment, FunctionTable, Resolved, Scope } from './scope.ts';

/** Hides the names of the parent that it has itself. Its values may be replaced between evaluations, not during one. */
export class LocalScope implements Scope {
  readonly functions: FunctionTable;
  readonly context?: CallEnvironment;
  readonly #parent: Scope;
  readonly #values = new Map<string, Value>();

  constructor(parent: Scope) {
    this.#parent = parent;
    this.functions = parent.functions;
    if (parent.context !== undefined) this.context = parent.context;
  }

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  resolve(reference: TraversalExpression, diagnostics: Diagnostic[]): Resolved {
    const value = this.#values.get(reference.root.name);
    return value === undefined ? this.#parent.resolve(reference, diagnostics) : { value, used: 0 };
  }

  resolveInstance(reference: TraversalExpression, index: Value, diagnostics: Diagnostic[]): Value | undefined {
    if (this.#values.has(reference.root.name)) return undefined;
    return this.#parent.resolveInstance?.(reference, index, diagnostics);
  }
}

/**
 * Values that are needed before anything is planned: where the state is. What they may refer to is known from the files
 * and the command line alone: variables, locals made of them, and paths.
 */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { evaluate } from '../eval/evaluate.ts';
import { loadFunctions } from '../eval/functions/table.ts';
import type { CallEnvironment, FunctionTable, Resolved, Scope } from '../eval/scope.ts';
import { callsIn } from '../eval/traversals.ts';
import type { Expression, TraversalExpression } from '../hcl/ast.ts';
import { marksIn } from '../value/marks.ts';
import { UNKNOWN, type Value, stringValue } from '../value/value.ts';
import type { Module, Variable } from './module.ts';

const SUMMARY = 'Variables not allowed';

/** @returns UNKNOWN beside a diagnostic when it cannot be known yet, or must not be shown */
export async function evaluateEarly(
  expression: Expression,
  module: Module,
  variables: ReadonlyMap<string, Value>,
  context: CallEnvironment,
  diagnostics: Diagnostic[],
): Promise<Value> {
  const names = [expression, ...[...module.locals.values()].map(({ value }) => value)].flatMap((each) =>
    [...callsIn(each)].map(({ name }) => name),
  );
  const scope = new EarlyScope(module, variables, await loadFunctions(names), context);
  const before = diagnostics.length;
  const value = evaluate(expression, scope, diagnostics);
  if (diagnostics.length > before) return UNKNOWN;
  if (marksIn(value) === 0) return value;
  const detail =
    'This value is sensitive or ephemeral. Where the state is kept is written down in plain text, so it cannot be a secret.';
  diagnostics.push(errorAt(expression, 'Sensitive value not allowed', detail));
  return UNKNOWN;
}

class EarlyScope implements Scope {
  readonly functions: FunctionTable;
  readonly context: CallEnvironment;
  readonly #module: Module;
  readonly #variables: ReadonlyMap<string, Value>;
  /** Locals under evaluation, to find those that go round in circles. */
  readonly #open = new Set<string>();

  constructor(
    module: Module,
    variables: ReadonlyMap<string, Value>,
    functions: FunctionTable,
    context: CallEnvironment,
  ) {
    this.#module = module;
    this.#variables = variables;
    this.functions = functions;
    this.context = context;
  }

  resolve(reference: TraversalExpression, diagnostics: Diagnostic[]): Resolved {
    const [step] = reference.steps;
    const name = step?.kind === 'attribute' ? step.name : '';
    const value = this.#named(reference.root.name, name, reference, diagnostics);
    return value ? { value, used: 1 } : { value: UNKNOWN, used: reference.steps.length };
  }

  #named(root: string, name: string, reference: TraversalExpression, diagnostics: Diagnostic[]): Value | undefined {
    if (root === 'path' && name === 'cwd') return stringValue(this.context.baseDirectory);
    if (root === 'path' && (name === 'module' || name === 'root')) return stringValue(this.#module.directory);
    const variable = root === 'var' ? this.#module.variables.get(name) : undefined;
    if (variable) return this.#variable(variable, reference, diagnostics);
    const local = root === 'local' ? this.#module.locals.get(name) : undefined;
    if (local && !this.#open.has(name)) {
      this.#open.add(name);
      const value = evaluate(local.value, this, diagnostics);
      this.#open.delete(name);
      return value;
    }
    diagnostics.push(errorAt(reference, SUMMARY, this.#why(root, name, local !== undefined)));
    return undefined;
  }

  #variable({ name }: Variable, reference: TraversalExpression, diagnostics: Diagnostic[]): Value | undefined {
    const value = this.#variables.get(name);
    if (value !== undefined && value.kind !== 'unknown') return value;
    const detail = `The variable "${name}" has no value that fits. It says where the state is, so every command needs it: set TF_VAR_${name}, or write it into terraform.tfvars.`;
    diagnostics.push(errorAt(reference, 'No value for required variable', detail));
    return undefined;
  }

  #why(root: string, name: string, isCircle: boolean): string {
    if (isCircle) return `local.${name} refers to itself, directly or through others.`;
    if (root === 'var' || root === 'local') return `There is no ${root}.${name} in the root module.`;
    return 'This has to be known before anything is planned, so it can only refer to variables, locals made of them, and paths.';
  }
}

/** Names in a test: `var` and `run` everywhere, `output` and the whole module under test in assertions. */
import { checkReferences } from '../../core/config/reference-check.ts';
import type { Module } from '../../core/config/module.ts';
import type { SchemaSource } from '../../core/config/schema-source.ts';
import { suggestion } from '../../core/diag/did-you-mean.ts';
import { type Diagnostic, errorAt } from '../../core/diag/diagnostic.ts';
import type { Range } from '../../core/diag/source.ts';
import { type Reference, parseReference } from '../../core/eval/reference.ts';
import type { CallEnvironment, FunctionTable, Resolved, Scope } from '../../core/eval/scope.ts';
import { traversalsIn } from '../../core/eval/traversals.ts';
import type { ModuleInstance } from '../../core/graph/module-instance.ts';
import { ModuleScope, type WalkSettings } from '../../core/graph/module-scope.ts';
import type { Expression, TraversalExpression } from '../../core/hcl/ast.ts';
import { SENSITIVE, UNKNOWN, type Value, objectValue, withMarks } from '../../core/value/value.ts';

/** What the runs of a file have given so far. */
export interface RunOutputs {
  /** Names of all runs of the file. */
  readonly declared: ReadonlySet<string>;
  /** Outputs of those that are done. */
  readonly outputs: ReadonlyMap<string, RunResult>;
}

export interface RunResult {
  readonly command: 'plan' | 'apply';
  readonly outputs: ReadonlyMap<string, Value>;
}

/** For variables and provider blocks of a test. */
export class VariableScope implements Scope {
  readonly functions: FunctionTable;
  readonly context: CallEnvironment;
  readonly #variable: (name: string) => Value | undefined;
  readonly #runs: RunOutputs | undefined;

  /**
   * @param variable value of a variable of the file or of the command line; undefined when there is none
   * @param runs undefined where runs may not be referred to
   */
  constructor(settings: WalkSettings, variable: (name: string) => Value | undefined, runs: RunOutputs | undefined) {
    this.functions = settings.functions;
    this.context = settings.context;
    this.#variable = variable;
    this.#runs = runs;
  }

  resolve(reference: TraversalExpression, diagnostics: Diagnostic[]): Resolved {
    const name = firstName(reference);
    if (reference.root.name === 'run' && this.#runs) return resolveRun(reference, this.#runs, diagnostics);
    if (reference.root.name === 'var') {
      const value = this.#variable(name);
      if (value) return { value, used: 1 };
      const detail = `The input variable "${name}" is not available here: only those of the file and of the command line are, and the file's "variables" block may refer to the latter only.`;
      return nothing(reference, errorAt(reference, 'Reference to unavailable variable', detail), diagnostics);
    }
    const detail = this.#runs
      ? 'Here only variables ("var") and outputs of earlier runs ("run") can be referred to, since the module under test has not been planned yet.'
      : 'The variables of a file are the same for all of its runs, so they can refer to variables of the command line only, not to runs or objects.';
    return nothing(reference, errorAt(reference, 'Invalid reference', detail), diagnostics);
  }
}

/** For assertions. */
export class AssertionScope implements Scope {
  readonly #inner: ModuleScope;
  readonly #root: ModuleInstance;
  readonly #runs: RunOutputs;
  readonly #testOnly: ReadonlyMap<string, Value>;

  /** @param testOnly variables that the module under test does not declare */
  constructor(settings: WalkSettings, root: ModuleInstance, runs: RunOutputs, testOnly: ReadonlyMap<string, Value>) {
    this.#inner = new ModuleScope(settings, root);
    this.#root = root;
    this.#runs = runs;
    this.#testOnly = testOnly;
  }

  get functions(): FunctionTable {
    return this.#inner.functions;
  }

  get context(): CallEnvironment {
    return this.#inner.context;
  }

  resolve(reference: TraversalExpression, diagnostics: Diagnostic[]): Resolved {
    const name = firstName(reference);
    switch (reference.root.name) {
      case 'run':
        return resolveRun(reference, this.#runs, diagnostics);
      case 'output':
        return { value: outputValue(this.#root, name), used: 1 };
      case 'var':
        if (!this.#root.module.variables.has(name) && this.#testOnly.has(name))
          return { value: this.#testOnly.get(name) ?? UNKNOWN, used: 1 };
    }
    return this.#inner.resolve(reference, diagnostics);
  }

  resolveInstance(reference: TraversalExpression, index: Value, diagnostics: Diagnostic[]): Value | undefined {
    if (['run', 'output'].includes(reference.root.name)) return undefined;
    return this.#inner.resolveInstance(reference, index, diagnostics);
  }
}

/** Outputs of the root module, secret where they are declared so. */
export function outputsOf(root: ModuleInstance): ReadonlyMap<string, Value> {
  return new Map([...root.module.outputs.keys()].map((name) => [name, outputValue(root, name)]));
}

function outputValue(root: ModuleInstance, name: string): Value {
  const value = root.outputs.get(name) ?? UNKNOWN;
  return root.module.outputs.get(name)?.sensitive ? withMarks(value, SENSITIVE) : value;
}

/** References of assertions that have not even the form of one; nothing is done before they are in order. */
export function malformedReferences(expressions: readonly Expression[]): Diagnostic[] {
  const traversals = expressions.flatMap((expression) => traversalsIn(expression));
  return traversals.flatMap((traversal) => {
    const { name } = traversal.root;
    if (name !== 'run' && name !== 'output') return parseReference(traversal).diagnostics;
    if (traversal.steps[0]?.kind === 'attribute') return [];
    const detail = `The name "${name}" has to be followed by a dot and the name of ${name === 'run' ? 'a run' : 'an output'}.`;
    return [errorAt(traversal, 'Invalid reference', detail)];
  });
}

/** What an assertion refers to and is not there. */
export function checkAssertion(
  expressions: readonly Expression[],
  root: Module,
  runs: RunOutputs,
  testOnly: ReadonlyMap<string, Value>,
  schemas: SchemaSource,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const references: Reference[] = [];
  for (const traversal of expressions.flatMap((expression) => traversalsIn(expression))) {
    const name = firstName(traversal);
    const kind = traversal.root.name;
    if (kind === 'run') resolveRun(traversal, runs, diagnostics);
    else if (kind === 'output') {
      if (!root.outputs.has(name)) diagnostics.push(undeclaredOutput(traversal, name, root));
    } else if (kind !== 'var' || !testOnly.has(name)) {
      const { value } = parseReference(traversal);
      if (value) references.push(value);
    }
  }
  return [...diagnostics, ...checkReferences(references, { module: root }, schemas)];
}

function undeclaredOutput(traversal: TraversalExpression, name: string, root: Module): Diagnostic {
  const detail = `An output value with the name "${name}" has not been declared.${suggestion(name, root.outputs.keys())}`;
  return errorAt(twoSteps(traversal), 'Reference to undeclared output value', detail);
}

// ---- Runs --------------------------------------------------------------------------------------------------------

function resolveRun(reference: TraversalExpression, runs: RunOutputs, diagnostics: Diagnostic[]): Resolved {
  const name = firstName(reference);
  const result = runs.outputs.get(name);
  if (!result) return nothing(reference, missingRun(reference, name, runs), diagnostics);
  const output = reference.steps[1];
  const outputName = output?.kind === 'attribute' ? output.name : undefined;
  const value = outputName === undefined ? undefined : result.outputs.get(outputName);
  if (value?.kind === 'unknown' && result.command === 'plan') {
    const detail = `The value of run.${name}.${outputName ?? ''} is not known: run "${name}" only plans, and this output is known after an apply.`;
    return nothing(reference, errorAt(reference, 'Reference to unknown value', detail), diagnostics);
  }
  return { value: objectValue(result.outputs), used: 1 };
}

function missingRun(reference: TraversalExpression, name: string, runs: RunOutputs): Diagnostic {
  if (runs.declared.has(name)) {
    const detail = `The run "${name}" has not been carried out yet, so there are no results of it. Only earlier runs of the same file can be referred to.`;
    return errorAt(twoSteps(reference), 'Reference to unevaluated run block', detail);
  }
  const detail = `There is no run "${name}" in this test file.${suggestion(name, runs.declared)}`;
  return errorAt(twoSteps(reference), 'Reference to undeclared run block', detail);
}

// ---- Pieces ------------------------------------------------------------------------------------------------------

/** `run.a` of `run.a.b.c`. */
function twoSteps(reference: TraversalExpression): Range {
  return { file: reference.file, start: reference.start, end: reference.steps[0]?.end ?? reference.end };
}

function nothing(reference: TraversalExpression, problem: Diagnostic, diagnostics: Diagnostic[]): Resolved {
  diagnostics.push(problem);
  return { value: UNKNOWN, used: reference.steps.length };
}

export function firstName({ steps: [step] }: TraversalExpression): string {
  if (step === undefined) return '';
  return step.kind === 'attribute' ? step.name : String(step.key);
}

/** Variables of a test: of the command line, of the file, of the run; the nearest wins. */
import type { Module, Variable } from '../../core/config/module.ts';
import { staticValue } from '../../core/config/static-value.ts';
import type { TestFile, TestRun } from '../../core/config/test-file.ts';
import { type UnparsedVariable, finalVariableValue, prepareVariables } from '../../core/config/variables.ts';
import { type Diagnostic, errorAt, hasErrors, warningAt } from '../../core/diag/diagnostic.ts';
import { evaluate } from '../../core/eval/evaluate.ts';
import type { Scope } from '../../core/eval/scope.ts';
import type { WalkSettings } from '../../core/graph/module-scope.ts';
import type { Attribute } from '../../core/hcl/ast.ts';
import { type Value, stringValue, unknownValue } from '../../core/value/value.ts';
import { type RunOutputs, VariableScope } from './test-scope.ts';

export class TestVariables {
  readonly #file: TestFile;
  readonly #given: ReadonlyMap<string, UnparsedVariable>;
  readonly #main: Module;
  readonly #settings: WalkSettings;
  readonly #runs: RunOutputs;

  /** @param given on the command line, in files of values and in the environment */
  constructor(
    file: TestFile,
    given: ReadonlyMap<string, UnparsedVariable>,
    main: Module,
    settings: WalkSettings,
    runs: RunOutputs,
  ) {
    this.#file = file;
    this.#given = given;
    this.#main = main;
    this.#settings = settings;
    this.#runs = runs;
  }

  /** Names in the variables of a run and in provider blocks: what the file and the command line give. */
  scope(diagnostics: Diagnostic[]): Scope {
    const lookUp = (name: string) => this.#ofFile(name, diagnostics) ?? this.#ofCommandLine(name, diagnostics);
    return new VariableScope(this.#settings, lookUp, this.#runs);
  }

  /** Values of all variables of the module that a run tests. */
  forModule(run: TestRun, module: Module, diagnostics: Diagnostic[]): Map<string, Value> {
    for (const [name, { value }] of run.variables) {
      if (module.variables.has(name)) continue;
      const detail = `The module under test has no variable "${name}", which run "${run.name}" sets. Remove it, or correct its name.`;
      diagnostics.push(warningAt(value, 'Value for undeclared variable', detail, { values: [] }));
    }
    return new Map(
      [...module.variables].map(([name, variable]) => [name, this.#final(run, variable, module, diagnostics)]),
    );
  }

  /** The test's own values are what a validation complains of, not the declarations that it breaks. */
  located(run: TestRun, module: Module, diagnostics: readonly Diagnostic[]): Diagnostic[] {
    return diagnostics.map((diagnostic) => {
      if (diagnostic.summary !== 'Invalid value for variable') return diagnostic;
      const variable = [...module.variables.values()].find(({ range }) => range === diagnostic.subject);
      const name = variable?.name ?? '';
      const given = run.variables.get(name) ?? this.#file.variables.get(name);
      return given ? { ...diagnostic, subject: given.value } : diagnostic;
    });
  }

  /** A variable that the module under test does not declare, for assertions. */
  testOnly(run: TestRun, name: string, diagnostics: Diagnostic[]): Value | undefined {
    const attribute = run.variables.get(name);
    return attribute
      ? evaluate(attribute.value, this.scope(diagnostics), diagnostics)
      : this.#outside(name, diagnostics);
  }

  #outside(name: string, diagnostics: Diagnostic[]): Value | undefined {
    return this.#ofFile(name, diagnostics) ?? this.#ofCommandLine(name, diagnostics);
  }

  #final(run: TestRun, variable: Variable, module: Module, diagnostics: Diagnostic[]): Value {
    const { name } = variable;
    const ofRun = run.variables.get(name);
    const attribute = ofRun ?? this.#file.variables.get(name);
    const problems: Diagnostic[] = [];
    let value: Value = unknownValue(variable.type);
    if (attribute) {
      const scope = ofRun ? this.scope(problems) : this.#fileScope(problems);
      const given = evaluate(attribute.value, scope, problems);
      if (!hasErrors(problems)) value = converted(variable, given, attribute, problems);
    } else if (this.#given.has(name)) value = prepared(variable, this.#given, module, problems);
    else if (variable.defaultValue) value = finalVariableValue(`var.${name}`, variable, undefined, NOWHERE, problems);
    else problems.push(missing(variable, run));
    diagnostics.push(...problems);
    return value;
  }

  #fileScope(diagnostics: Diagnostic[]): Scope {
    return new VariableScope(this.#settings, (name) => this.#ofCommandLine(name, diagnostics), undefined);
  }

  #ofFile(name: string, diagnostics: Diagnostic[]): Value | undefined {
    const attribute = this.#file.variables.get(name);
    if (!attribute) return undefined;
    const value = evaluate(attribute.value, this.#fileScope(diagnostics), diagnostics);
    const variable = this.#main.variables.get(name);
    return variable ? converted(variable, value, attribute, diagnostics) : value;
  }

  #ofCommandLine(name: string, diagnostics: Diagnostic[]): Value | undefined {
    const unparsed = this.#given.get(name);
    if (!unparsed) return undefined;
    const variable = this.#main.variables.get(name);
    if (variable) return prepared(variable, this.#given, this.#main, diagnostics);
    return unparsed.kind === 'text' ? stringValue(unparsed.text) : staticValue(unparsed.expression, diagnostics);
  }
}

const NOWHERE = { words: 'by default' };

function converted(variable: Variable, value: Value, attribute: Attribute, diagnostics: Diagnostic[]): Value {
  return finalVariableValue(`var.${variable.name}`, variable, value, { range: attribute.value }, diagnostics);
}

/** One variable of those that the command line gives. */
function prepared(
  variable: Variable,
  given: ReadonlyMap<string, UnparsedVariable>,
  module: Module,
  diagnostics: Diagnostic[],
): Value {
  const { name } = variable;
  const unparsed = given.get(name);
  const only = { ...module, variables: new Map([[name, variable]]) };
  const result = prepareVariables(only, new Map(unparsed ? [[name, unparsed]] : []));
  diagnostics.push(...result.diagnostics);
  return result.value?.get(name) ?? unknownValue(variable.type);
}

function missing({ name, range }: Variable, run: TestRun): Diagnostic {
  const detail = `The module that run "${run.name}" tests needs a value for its variable "${name}", and nothing gives one. Set it in a "variables" block of the run or of the file, or by -var or -var-file.`;
  return errorAt(range, 'No value for required variable', detail);
}

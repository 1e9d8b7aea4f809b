/**
 * What every walk over a configuration does alike: variables, locals, outputs, module calls and provider
 * configurations are evaluated in order. What happens at a resource or check is left to the walk that is going on.
 */
import { type ModulePath, moduleText } from '../addr/address.ts';
import { decodeBody } from '../config/decode.ts';
import { emptyObject } from '../config/schema-type.ts';
import type { Configuration, Local, Module, ModuleCall, Output, Variable } from '../config/module.ts';
import { finalVariableValue } from '../config/variables.ts';
import { type Diagnostic, type Diagnostics, errorAt, hasErrors } from '../diag/diagnostic.ts';
import { evaluate } from '../eval/evaluate.ts';
import type { ConfigNode } from '../graph/config-graph.ts';
import { Instances, ModuleInstance } from '../graph/module-instance.ts';
import { ModuleScope, type WalkSettings } from '../graph/module-scope.ts';
import type { ProviderUse } from '../graph/provider-use.ts';
import { NO_REPETITION, type RepetitionData, dataFor, evaluateRepetition, keysOf } from '../graph/repetition.ts';
import { marksIn } from '../value/marks.ts';
import { EPHEMERAL, SENSITIVE, UNKNOWN, type Value, objectValue, unknownValue } from '../value/value.ts';
import type { CheckLedger } from './check-ledger.ts';
import { evaluateRule } from './check-rules.ts';
import type { ProviderPool } from './provider-pool.ts';

export interface ConfigWalkInput {
  readonly configuration: Configuration;
  readonly settings: WalkSettings;
  /** Root variables, converted. */
  readonly variables: ReadonlyMap<string, Value>;
  readonly pool: ProviderPool;
  readonly ledger: CheckLedger;
  /** A validation: what is not known yet is no mistake. */
  readonly validateOnly: boolean;
}

export class ConfigWalk {
  readonly input: ConfigWalkInput;
  readonly root: ModuleInstance;
  readonly diagnostics: Diagnostic[] = [];
  /** Instances of each module by the text of its static path. */
  readonly #modules = new Map<string, ModuleInstance[]>();

  constructor(input: ConfigWalkInput) {
    this.input = input;
    this.root = new ModuleInstance(input.configuration.root, []);
    this.#modules.set('', [this.root]);
  }

  instancesOf(module: Module): readonly ModuleInstance[] {
    return this.#modules.get(moduleText(module.path)) ?? [];
  }

  /** The instance with this path, keys included. */
  moduleAt(path: ModulePath): ModuleInstance | undefined {
    let at: ModuleInstance | undefined = this.root;
    for (const step of path) at = at?.children.get(step.name)?.get(step.key);
    return at;
  }

  scope(module: ModuleInstance, repetition: RepetitionData = NO_REPETITION, self?: Value): ModuleScope {
    return new ModuleScope(this.input.settings, module, repetition, self);
  }

  /** Takes diagnostics in; true when none of them is an error. */
  report(diagnostics: Diagnostics): boolean {
    this.diagnostics.push(...diagnostics);
    return !hasErrors(diagnostics);
  }

  /** Visits a node that every walk treats alike; `undefined` for the others. */
  visitCommon(node: ConfigNode): boolean | undefined {
    switch (node.kind) {
      case 'variable':
        return this.#each(node.module, (instance) => this.#variable(instance, node.variable));
      case 'local':
        return this.#each(node.module, (instance) => this.#local(instance, node.local));
      case 'output':
        return this.#each(node.module, (instance) => this.#output(instance, node.output));
      case 'call':
        return this.#call(node.module, node.call, node.child);
      case 'close':
        return true;
      default:
        return undefined;
    }
  }

  #each(module: Module, visit: (instance: ModuleInstance) => boolean): boolean {
    let done = true;
    for (const instance of this.instancesOf(module)) done = visit(instance) && done;
    return done;
  }

  #variable(instance: ModuleInstance, variable: Variable): boolean {
    const { parent } = instance;
    const problems: Diagnostic[] = [];
    let value: Value | undefined;
    const argument = instance.module.call?.arguments.get(variable.name);
    if (!parent) value = this.input.variables.get(variable.name);
    else {
      // An argument that is missing has been reported with the module call.
      if (!argument && !variable.defaultValue) {
        instance.variables.set(variable.name, unknownValue(variable.type));
        return true;
      }
      const given = argument && evaluate(argument.value, this.scope(parent, instance.callRepetition), problems);
      const origin = { range: argument?.value ?? instance.module.call?.range ?? variable.range };
      const address = `${moduleText(instance.path)}.var.${variable.name}`;
      if (!hasErrors(problems)) value = finalVariableValue(address, variable, given, origin, problems);
    }
    instance.variables.set(variable.name, value ?? unknownValue(variable.type));
    if (!this.report(problems)) return false;
    return this.#validations(instance, variable, parent && argument?.value);
  }

  #validations(instance: ModuleInstance, variable: Variable, subject: Diagnostic['subject']): boolean {
    if (variable.validations.length === 0) return true;
    const module = moduleText(instance.path);
    const address = `${module === '' ? '' : `${module}.`}var.${variable.name}`;
    let done = true;
    for (const rule of variable.validations) {
      const outcome = evaluateRule(rule, this.scope(instance), {
        summary: 'Invalid value for variable',
        severity: 'error',
        notBoolean: 'Invalid variable validation result',
        secretsExpected: true,
        subject: subject ?? variable.range,
        postscript: `This was checked by the validation rule at ${place(rule.range)}.`,
      });
      if (!this.input.validateOnly) this.input.ledger.record('var', `var.${variable.name}`, address, outcome);
      done = this.report(outcome.diagnostics) && done;
    }
    return done;
  }

  #local(instance: ModuleInstance, local: Local): boolean {
    const problems: Diagnostic[] = [];
    instance.locals.set(local.name, evaluate(local.value, this.scope(instance), problems));
    return this.report(problems);
  }

  #output(instance: ModuleInstance, output: Output): boolean {
    const scope = this.scope(instance);
    const problems: Diagnostic[] = [];
    for (const rule of output.preconditions) {
      const module = moduleText(instance.path);
      const address = `${module === '' ? '' : `${module}.`}output.${output.name}`;
      const outcome = evaluateRule(rule, scope, {
        summary: 'Module output value precondition failed',
        severity: 'error',
      });
      this.input.ledger.record('output_value', `output.${output.name}`, address, outcome);
      problems.push(...outcome.diagnostics);
    }
    let value: Value = UNKNOWN;
    if (!hasErrors(problems) && output.value) value = evaluate(output.value, scope, problems);
    this.#outputMarks(instance, output, value, problems);
    instance.outputs.set(output.name, this.input.validateOnly && instance.parent ? UNKNOWN : value);
    return this.report(problems);
  }

  #outputMarks(instance: ModuleInstance, output: Output, value: Value, problems: Diagnostic[]): void {
    if (instance.parent) return;
    const marks = marksIn(value);
    const subject = output.value ?? output.range;
    if (marks & SENSITIVE && !output.sensitive) {
      problems.push(
        errorAt(
          output.range,
          'Output refers to sensitive values',
          `To show a secret by accident is what this protects from: the value of this output comes from sensitive values. Add "sensitive = true" to the output, or use nonsensitive() where the value is no secret.`,
        ),
      );
    }
    if (marks & EPHEMERAL && !output.ephemeral) {
      problems.push(
        errorAt(
          subject,
          'Ephemeral value not allowed',
          'The value of this output comes from ephemeral values, which may not be kept, but outputs of the root module are kept in the state.',
        ),
      );
    }
  }

  #call(module: Module, call: ModuleCall, child: Module): boolean {
    const made: ModuleInstance[] = [];
    let done = true;
    for (const parent of this.instancesOf(module)) {
      const problems: Diagnostic[] = [];
      const rules = { allowUnknown: this.input.validateOnly };
      const repetition = evaluateRepetition(call, this.scope(parent), rules, problems);
      done = this.report(problems) && done;
      if (!repetition) continue;
      const children = new Instances<ModuleInstance>(repetition);
      const keys = repetition.kind === 'unknown' ? [undefined] : keysOf(repetition);
      for (const key of keys) {
        const path = [...parent.path, { name: call.name, key }];
        const instance = new ModuleInstance(child, path, parent, dataFor(repetition, key));
        children.set(key, instance);
        made.push(instance);
      }
      parent.children.set(call.name, children);
    }
    this.#modules.set(moduleText(child.path), made);
    return done;
  }

  /** The value of a provider's configuration block; an object of nulls where there is none. */
  providerConfig(use: ProviderUse, diagnostics: Diagnostic[]): Value {
    const provider = this.input.pool.provider(use.source);
    if (!provider) return objectValue([]);
    const instance = this.instancesOf(use.module)[0];
    if (!use.config || !instance) return emptyObject(provider.schema);
    return decodeBody(use.config.body, provider.schema, this.scope(instance), diagnostics);
  }
}

function place(range: Diagnostic['subject']): string {
  if (!range) return 'an unknown place';
  const { line, column } = range.file.position(range.start);
  return `${range.file.name}:${line},${column}`;
}

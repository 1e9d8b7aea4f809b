/**
 * A configuration evaluated over the state as it is: what expressions of the console refer to. Asks no provider and
 * changes nothing; what the state does not have is unknown.
 */
import { type InstanceAddress, instanceText, localResourceText } from '../addr/address.ts';
import type { Module, Resource } from '../config/module.ts';
import { checkReferences } from '../config/reference-check.ts';
import { impliedType } from '../config/schema-type.ts';
import type { SchemaSource } from '../config/schema-source.ts';
import { type Diagnostic, type Diagnostics, hasErrors } from '../diag/diagnostic.ts';
import { evaluate } from '../eval/evaluate.ts';
import { loadFunctions } from '../eval/functions/table.ts';
import { referencesIn } from '../eval/reference.ts';
import { type ConfigNode, buildConfigGraph, cycleDiagnostics } from '../graph/config-graph.ts';
import { Instances, type ModuleInstance } from '../graph/module-instance.ts';
import type { ProviderUse } from '../graph/provider-use.ts';
import { evaluateRepetition, keysOf } from '../graph/repetition.ts';
import { walk } from '../graph/walk.ts';
import type { Expression } from '../hcl/ast.ts';
import type { State } from '../state.ts';
import { markPaths } from '../value/marks.ts';
import { UNKNOWN, type Value, unknownValue } from '../value/value.ts';
import { CheckLedger } from './check-ledger.ts';
import { ConfigWalk } from './config-walk.ts';
import { decodeInstance } from './instance-codec.ts';
import { prepareRun } from './planner.ts';
import { ProviderPool } from './provider-pool.ts';
import type { PreparedRun, RunInput } from './run-input.ts';
import { sensitivePaths } from './sensitive-paths.ts';
import { WorkingState } from './working-state.ts';

export interface Evaluation {
  /** What is wrong with the configuration, or cannot be evaluated now. */
  readonly diagnostics: Diagnostics;
  /** Value of an expression in the root module; UNKNOWN beside an error. */
  evaluate(expression: Expression, diagnostics: Diagnostic[]): Value;
}

/** Undefined, with diagnostics, when the configuration cannot be evaluated at all. */
export async function openEvaluation(
  input: RunInput,
  state: State,
  now: Date,
): Promise<{ readonly value: Evaluation | undefined; readonly diagnostics: Diagnostics }> {
  const diagnostics: Diagnostic[] = [];
  const prepared = await prepareRun(input, state, { planTime: now, pure: false }, diagnostics);
  if (!prepared) return { value: undefined, diagnostics };
  const functions = await loadFunctions('all');
  const whole = { ...prepared, settings: { ...prepared.settings, functions } };
  const evaluation = new EvaluationWalk(input, whole, state);
  await evaluation.run();
  return { value: evaluation, diagnostics };
}

class EvaluationWalk implements Evaluation {
  readonly #input: RunInput;
  readonly #prepared: PreparedRun;
  readonly #config: ConfigWalk;
  readonly #state: WorkingState;

  constructor(input: RunInput, prepared: PreparedRun, state: State) {
    this.#input = input;
    this.#prepared = prepared;
    this.#state = new WorkingState(state);
    const { configuration, variables, parallelism, signal, events, environment, workingDirectory } = input;
    this.#config = new ConfigWalk({
      configuration,
      settings: prepared.settings,
      variables,
      pool: new ProviderPool(prepared.providers, { environment, workingDirectory, signal, parallelism, events }),
      ledger: new CheckLedger(),
      validateOnly: false,
    });
  }

  get diagnostics(): Diagnostics {
    return this.#config.diagnostics;
  }

  async run(): Promise<void> {
    const graph = buildConfigGraph(this.#input.configuration, this.#prepared.uses);
    if (!this.#config.report(cycleDiagnostics(graph))) return;
    // Whatever goes wrong in one place, the others still have their values.
    const visit = (node: ConfigNode): boolean => {
      if (node.kind === 'resource') this.#resource(node.module, node.resource, node.provider);
      else this.#config.visitCommon(node);
      return true;
    };
    await walk(graph, visit, { parallelism: 1, signal: this.#input.signal });
  }

  evaluate(expression: Expression, diagnostics: Diagnostic[]): Value {
    const problems: Diagnostic[] = [];
    const references = referencesIn(expression, problems);
    const place = { module: this.#config.root.module };
    if (!hasErrors(problems)) problems.push(...checkReferences(references, place, this.#schemas()));
    diagnostics.push(...problems);
    return hasErrors(problems) ? UNKNOWN : evaluate(expression, this.#config.scope(this.#config.root), diagnostics);
  }

  #schemas(): SchemaSource {
    const { providers } = this.#prepared;
    return {
      resource: (mode, source, type) => {
        const provider = providers.get(source);
        return mode === 'data' ? provider?.dataSources.get(type) : provider?.resourceTypes.get(type)?.schema;
      },
      provider: (source) => providers.get(source)?.schema,
      defaultSource: (name) => this.#input.providers.defaultSource(name),
    };
  }

  #resource(module: Module, resource: Resource, use: ProviderUse): void {
    const provider = this.#prepared.providers.get(use.source);
    const schema =
      resource.mode === 'data'
        ? provider?.dataSources.get(resource.type)
        : provider?.resourceTypes.get(resource.type)?.schema;
    if (!schema) return;
    const type = provider?.resourceTypes.get(resource.type) ?? { schema };
    for (const instance of this.#config.instancesOf(module)) {
      const problems: Diagnostic[] = [];
      const scope = this.#config.scope(instance);
      const repetition = evaluateRepetition(resource, scope, { allowUnknown: true }, problems);
      this.#config.report(problems);
      const instances = new Instances<Value>(repetition ?? { kind: 'unknown', by: 'count' });
      instance.resources.set(localResourceText(resource), instances);
      for (const key of keysOf(instances.repetition)) {
        const address: InstanceAddress = { resource: addressIn(instance, resource), key };
        const recorded = this.#state.instance(address)?.current;
        const { value } = recorded
          ? decodeInstance(instanceText(address), resource.mode === 'data' ? { schema } : type, recorded)
          : { value: undefined };
        instances.set(key, value ? markPaths(value, sensitivePaths(schema, value)) : unknownValue(impliedType(schema)));
      }
    }
  }
}

function addressIn({ path }: ModuleInstance, { mode, type, name }: Resource): InstanceAddress['resource'] {
  return { module: path, mode, type, name };
}

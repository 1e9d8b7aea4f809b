/**
 * Checks a configuration without a state, an engine or values for its variables: a walk in which everything that is not
 * written down is unknown.
 */
import { localResourceText, moduleText } from '../addr/address.ts';
import { decodeBody } from '../config/decode.ts';
import { impliedType } from '../config/schema-type.ts';
import type { BlockContents } from '../config/schema.ts';
import type { Import, Module, Resource } from '../config/module.ts';
import { type Diagnostic, type Diagnostics, errorAt, hasErrors } from '../diag/diagnostic.ts';
import { evaluate } from '../eval/evaluate.ts';
import type { Scope } from '../eval/scope.ts';
import { type ConfigNode, buildConfigGraph, cycleDiagnostics } from '../graph/config-graph.ts';
import { Instances, type ModuleInstance } from '../graph/module-instance.ts';
import type { ProviderUse } from '../graph/provider-use.ts';
import { type RepetitionData, dataFor, evaluateRepetition, repeatedBlock } from '../graph/repetition.ts';
import { walk } from '../graph/walk.ts';
import { unmarkDeep } from '../value/marks.ts';
import { EPHEMERAL, SENSITIVE, type ObjectValue, type Value, unknownValue, withMarks } from '../value/value.ts';
import { LOCAL_EXEC } from './local-exec-schema.ts';
import { CheckLedger } from './check-ledger.ts';
import { checkRuleMessage, evaluateRule } from './check-rules.ts';
import { ConfigWalk } from './config-walk.ts';
import { locate } from './locate.ts';
import { refuseEphemeral } from './managed.ts';
import { unconfigurable } from './unconfigurable.ts';
import { prepareRun } from './planner.ts';
import { ProviderPool } from './provider-pool.ts';
import type { PreparedRun, RunInput } from './run-input.ts';

/** @param input its `variables` are not looked at */
export async function validateConfiguration(input: RunInput): Promise<Diagnostics> {
  const diagnostics: Diagnostic[] = [];
  const prepared = await prepareRun(input, undefined, { planTime: new Date(0), pure: true }, diagnostics, true);
  if (!prepared) return diagnostics;
  const problems = await new ValidateWalk(input, prepared).run();
  const said = new Set(diagnostics.map(placeAndSummary));
  return [...diagnostics, ...problems.filter((problem) => !said.has(placeAndSummary(problem)))];
}

/** What a static check has said already is not said again by the walk. */
function placeAndSummary({ summary, subject }: Diagnostic): string {
  return `${summary} ${subject?.file.name ?? ''} ${subject?.start ?? ''}`;
}

class ValidateWalk {
  readonly #input: RunInput;
  readonly #prepared: PreparedRun;
  readonly #config: ConfigWalk;

  constructor(input: RunInput, prepared: PreparedRun) {
    this.#input = input;
    this.#prepared = prepared;
    const { configuration, parallelism, signal, events, environment, workingDirectory } = input;
    this.#config = new ConfigWalk({
      configuration,
      settings: prepared.settings,
      variables: unknownVariables(configuration.root),
      pool: new ProviderPool(prepared.providers, { environment, workingDirectory, signal, parallelism, events }),
      ledger: new CheckLedger(),
      validateOnly: true,
    });
  }

  async run(): Promise<Diagnostics> {
    const graph = buildConfigGraph(this.#input.configuration, this.#prepared.uses);
    if (!this.#config.report(cycleDiagnostics(graph))) return this.#config.diagnostics;
    const { signal } = this.#input;
    await walk(graph, (node) => this.#visit(node), { parallelism: 1, signal });
    this.#config.report(this.#input.configuration.root.imports.flatMap((each) => this.#nullId(each)));
    return this.#config.diagnostics;
  }

  /** What an ID is may be known later, but never that there is none. */
  #nullId({ id, forEach }: Import): Diagnostic[] {
    if (id === undefined || forEach !== undefined) return [];
    const value = evaluate(id, this.#config.scope(this.#config.root), []);
    if (value.kind !== 'null') return [];
    const detail = 'The import ID cannot be null.';
    return [errorAt(id, 'Invalid import id argument', detail)];
  }

  #visit(node: ConfigNode): boolean {
    const common = this.#config.visitCommon(node);
    if (common !== undefined) return common;
    switch (node.kind) {
      case 'provider':
        return this.#provider(node.use);
      case 'resource':
        return this.#resource(node.module, node.resource, node.provider);
      case 'check':
        for (const instance of this.#config.instancesOf(node.module)) {
          const scope = this.#config.scope(instance);
          for (const rule of node.check.assertions) this.#config.report(checkRuleMessage(rule, scope));
        }
        return true;
      default:
        return true;
    }
  }

  #provider(use: ProviderUse): boolean {
    const problems: Diagnostic[] = [];
    const config = this.#config.providerConfig(use, problems);
    const provider = this.#prepared.providers.get(use.source);
    if (!hasErrors(problems) && config.kind === 'object' && use.config) {
      const found = provider?.validate?.(unmarkDeep(config) as ObjectValue) ?? [];
      problems.push(...locate(found, use.text, use.config.body, use.config.range));
    }
    return this.#config.report(problems);
  }

  #resource(module: Module, resource: Resource, use: ProviderUse): boolean {
    const provider = this.#prepared.providers.get(use.source);
    const type = provider?.resourceTypes.get(resource.type);
    const schema = resource.mode === 'data' ? provider?.dataSources.get(resource.type) : type?.schema;
    if (!schema) return false;
    let done = true;
    for (const instance of this.#config.instancesOf(module)) {
      const check = resource.mode === 'data' ? undefined : type?.validate?.bind(type);
      done = this.#instance(instance, resource, schema, check) && done;
    }
    return done;
  }

  #instance(
    instance: ModuleInstance,
    resource: Resource,
    schema: BlockContents,
    check: ((config: ObjectValue) => Diagnostics) | undefined,
  ): boolean {
    const problems: Diagnostic[] = [];
    const outer = this.#config.scope(instance);
    const repetition = evaluateRepetition(repeatedBlock(resource), outer, { allowUnknown: true }, problems);
    // What is repeated is unknown as a whole: which keys there are is for the plan to say.
    const single = repetition?.kind === 'single';
    const instances = new Instances<Value>(single ? repetition : { kind: 'unknown', by: 'count' });
    instance.resources.set(localResourceText(resource), instances);
    const { data, scope } = this.#instanceScope(instance, resource);
    const config = decodeBody(resource.body, schema, scope, problems, { warnDeprecated: true });
    problems.push(...unconfigurable(resource, schema, config));
    if (!hasErrors(problems) && check) {
      const found = check(unmarkDeep(config) as ObjectValue);
      problems.push(...locate(found, localResourceText(resource), resource.body, resource.range));
    }
    if (!hasErrors(problems)) problems.push(...refuseEphemeral(config, resource, localResourceText(resource)));
    const value = unknownValue(impliedType(schema));
    if (single) instances.set(undefined, value);
    this.#rules(resource.lifecycle.preconditions, scope);
    this.#rules(resource.lifecycle.postconditions, this.#config.scope(instance, data, value));
    this.#provisioners(instance, resource, data, value, problems);
    return this.#config.report(problems.map((problem) => ({ address: addressText(instance, resource), ...problem })));
  }

  /** In a validation there is one instance of every block, and its key is not known. */
  #instanceScope(instance: ModuleInstance, resource: Resource): { data: RepetitionData; scope: Scope } {
    const by = resource.count ? 'count' : 'each';
    const data: RepetitionData =
      resource.count || resource.forEach ? dataFor({ kind: 'unknown', by }, undefined) : { kind: 'none' };
    return { data, scope: this.#config.scope(instance, data) };
  }

  #provisioners(
    instance: ModuleInstance,
    resource: Resource,
    data: RepetitionData,
    self: Value,
    problems: Diagnostic[],
  ): void {
    const scope = this.#config.scope(instance, data, self);
    for (const provisioner of resource.provisioners) {
      if (provisioner.type === 'local-exec') decodeBody(provisioner.body, LOCAL_EXEC, scope, problems);
    }
  }

  #rules(rules: Resource['lifecycle']['preconditions'], scope: Scope): void {
    for (const rule of rules) {
      const { diagnostics, status } = evaluateRule(rule, scope, { summary: 'Condition failed', severity: 'error' });
      // A condition that does not hold is for the plan to say; here only one that cannot be evaluated is.
      if (status === 'error') this.#config.report(diagnostics);
    }
  }
}

function addressText(instance: ModuleInstance, resource: Resource): string {
  const module = moduleText(instance.path);
  return module === '' ? localResourceText(resource) : `${module}.${localResourceText(resource)}`;
}

/** Of their type, with their marks. */
function unknownVariables(root: Module): Map<string, Value> {
  return new Map(
    [...root.variables.values()].map((variable) => {
      const value = unknownValue(variable.type);
      const marks = (variable.sensitive ? SENSITIVE : 0) | (variable.ephemeral ? EPHEMERAL : 0);
      return [variable.name, withMarks(value, marks)];
    }),
  );
}

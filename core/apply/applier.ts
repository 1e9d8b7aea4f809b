/**
 * Carries a plan out. Walks the same configuration again with what becomes known on the way, asks each provider to plan
 * once more and accepts only what refines the plan. Decides nothing that the plan did not show.
 */
import { randomBytes } from 'node:crypto';
import { configResourceText, instanceText, localResourceText } from '../addr/address.ts';
import { decodeBody } from '../config/decode.ts';
import type { Resource } from '../config/module.ts';
import type { Schema } from '../config/schema.ts';
import { type Diagnostic, type Diagnostics, errorAt, hasErrors } from '../diag/diagnostic.ts';
import type { Scope } from '../eval/scope.ts';
import { type ConfigGraph, type ConfigNode, buildConfigGraph } from '../graph/config-graph.ts';
import { Instances, type ModuleInstance } from '../graph/module-instance.ts';
import type { ModuleScope } from '../graph/module-scope.ts';
import type { ProviderUse } from '../graph/provider-use.ts';
import {
  type RepetitionData,
  SINGLE,
  dataFor,
  evaluateRepetition,
  keysOf,
  repeatedBlock,
} from '../graph/repetition.ts';
import { walk } from '../graph/walk.ts';
import { evaluateCheckBlock } from '../plan/check-block.ts';
import { CheckLedger, checksToJson } from '../plan/check-ledger.ts';
import { evaluateRule } from '../plan/check-rules.ts';
import { ConfigWalk } from '../plan/config-walk.ts';
import { readData, recordCheckFailure } from '../plan/data.ts';
import { DependencyFinder } from '../plan/dependencies.ts';
import { planWithoutProvider } from '../plan/generic-plan.ts';
import { decodeInstance, encodeInstance, outputToJson } from '../plan/instance-codec.ts';
import { locate } from '../plan/locate.ts';
import type { Change, Plan } from '../plan/plan.ts';
import { blankInstance } from '../plan/blank-instance.ts';
import { prepareRun } from '../plan/planner.ts';
import type { PreparedRun, RunInput } from '../plan/run-input.ts';
import { ignoreChanges, proposedObject } from '../plan/proposed.ts';
import { ProviderPool } from '../plan/provider-pool.ts';
import { misfit } from '../plan/refines.ts';
import { sensitivePaths } from '../plan/sensitive-paths.ts';
import { restrictToTargets, parseTargets } from '../plan/targets.ts';
import { WorkingState } from '../plan/working-state.ts';
import type { Applied, PlanAsk, Planned, ResourceType } from '../provider.ts';
import type { InstanceState, State } from '../state.ts';
import { sameValue } from '../value/equal.ts';
import { isWhollyKnown, markPaths, unmarkDeep, unmarkDeepWithPaths } from '../value/marks.ts';
import { type ObjectValue, UNKNOWN, type Value } from '../value/value.ts';
import { type ApplyGraph, type ApplyNode, buildApplyGraph } from './operations.ts';
import type { Journal } from './journal.ts';
import { Performer } from './performer.ts';
import { type ProvisionContext, runProvisioners } from './provisioners.ts';
import { type SaveState, StateRecorder } from './state-recorder.ts';

export interface ApplyInput extends RunInput {
  readonly plan: Plan;
  readonly save: SaveState;
  readonly journal: Journal | undefined;
}

export interface ApplyResult {
  /** As it was written last. */
  readonly state: State;
  readonly counts: ApplyCounts;
  readonly diagnostics: Diagnostics;
}

export interface ApplyCounts {
  readonly imported: number;
  readonly added: number;
  readonly changed: number;
  readonly destroyed: number;
  readonly forgotten: number;
}

export async function applyPlan(input: ApplyInput): Promise<ApplyResult> {
  const diagnostics: Diagnostic[] = [];
  const time = { planTime: input.plan.planTime, pure: false };
  const prepared = await prepareRun(input, input.plan.refreshedState, time, diagnostics);
  if (!prepared) {
    const counts = { imported: 0, added: 0, changed: 0, destroyed: 0, forgotten: 0 };
    return { state: input.plan.priorState, counts, diagnostics };
  }
  return await new ApplyWalk(input, prepared).run();
}

/** A block with all that making one of its instances needs. */
interface BlockToMake {
  readonly instance: ModuleInstance;
  readonly resource: Resource;
  readonly use: ProviderUse;
  readonly schema: Schema;
  readonly provided: ResourceType;
  readonly instances: Instances<Value>;
  readonly scope: ModuleScope;
}

class ApplyWalk {
  readonly #input: ApplyInput;
  readonly #prepared: PreparedRun;
  readonly #recorder: StateRecorder;
  readonly #pool: ProviderPool;
  readonly #ledger = new CheckLedger();
  readonly #config: ConfigWalk;
  readonly #configGraph: ConfigGraph;
  readonly #graph: ApplyGraph;
  readonly #dependencies: DependencyFinder;
  readonly #changes = new Map<string, Change>();
  readonly #performer: Performer;
  readonly #counts = { imported: 0, added: 0, changed: 0, destroyed: 0, forgotten: 0 };
  /** Outputs whose node was visited without error. */
  readonly #evaluatedOutputs = new Set<string>();
  /** Deposed objects that this run has made, by address. */
  readonly #deposed = new Map<string, string>();

  constructor(input: ApplyInput, prepared: PreparedRun) {
    this.#input = input;
    this.#prepared = prepared;
    const { plan, configuration, parallelism, signal, events, environment, workingDirectory } = input;
    this.#recorder = new StateRecorder(new WorkingState(plan.refreshedState), input.save, input.journal);
    this.#pool = new ProviderPool(prepared.providers, { environment, workingDirectory, signal, parallelism, events });
    this.#performer = new Performer(this.#pool, events, input.journal, signal);
    this.#config = new ConfigWalk({
      configuration,
      settings: prepared.settings,
      variables: plan.variables,
      pool: this.#pool,
      ledger: this.#ledger,
      validateOnly: false,
    });
    for (const change of plan.changes) {
      if (change.deposed === undefined) this.#changes.set(change.text, change);
      prepared.uses.forState(change.providerConfig);
    }
    const whole = buildConfigGraph(configuration, prepared.uses);
    this.#dependencies = new DependencyFinder(whole);
    this.#configGraph = this.#part(whole);
    this.#graph = buildApplyGraph(plan, this.#configGraph, (change) => this.#dependenciesOf(change));
  }

  async run(): Promise<ApplyResult> {
    const { plan, parallelism, signal } = this.#input;
    if (differs(plan.priorState, plan.refreshedState)) this.#recorder.touch();
    try {
      await walk(this.#graph, (node) => this.#visit(node), { parallelism, signal });
    } catch (error) {
      // A bug of ours: what has been done is written down before it is reported.
      await this.#recorder.flush();
      throw error;
    }
    if (signal.aborted) this.#config.report([INTERRUPTED]);
    if (plan.targets.length > 0) this.#config.report([INCOMPLETE]);
    this.#writeOutputs();
    if (plan.mode !== 'refresh-only') this.#recorder.working.checkResults = checksToJson(this.#ledger.results());
    if (differs(plan.priorState, this.#recorder.working.toState())) this.#recorder.touch();
    await this.#recorder.flush();
    this.#input.onWalked?.(this.#config.root);
    await this.#pool.close();
    const diagnostics = [...this.#config.diagnostics, ...this.#recorder.problems];
    await this.#input.journal?.close(this.#performer.settled && this.#recorder.problems.length === 0);
    const state = this.#recorder.working.toState(this.#recorder.serial);
    return { state, counts: this.#counts, diagnostics };
  }

  #part(whole: ConfigGraph): ConfigGraph {
    const { plan } = this.#input;
    const providers = [...whole.entries()].filter(([, node]) => node.kind === 'provider').map(([id]) => id);
    if (plan.mode === 'destroy') return whole.restrictedTo(whole.closure(providers));
    if (plan.targets.length === 0) return whole;
    const part = restrictToTargets(whole, parseTargets(plan.targets, []));
    return whole.restrictedTo(new Set([...part.ids(), ...whole.closure(providers)]));
  }

  #dependenciesOf(change: Change): ReadonlySet<string> {
    const { resource, key } = change.address;
    const instance = this.#recorder.working.instance({ resource, key });
    const object = change.deposed === undefined ? instance?.current : instance?.deposed.get(change.deposed);
    const module = this.#input.configuration.modules.get(staticText(change));
    const block = module?.resources.get(localResourceText(resource));
    const configured = module && block && change.action !== 'delete' ? this.#dependencies.ofBlock(module, block) : [];
    return new Set([...(object?.dependencies ?? []), ...configured]);
  }

  #visit(node: ApplyNode): boolean | Promise<boolean> {
    switch (node.kind) {
      case 'config':
        return this.#configNode(node.node);
      case 'expand':
        return this.#expand(node.node);
      case 'make':
        return node.change.action === 'read' ? this.#read(node.change) : this.#make(node.change);
      case 'retire':
        return node.change.action === 'forget' ? this.#forget(node.change) : this.#retire(node.change);
    }
  }

  #configNode(node: ConfigNode): boolean | Promise<boolean> {
    const common = this.#config.visitCommon(node);
    if (node.kind === 'output' && node.module.path.length === 0 && common) this.#evaluatedOutputs.add(node.output.name);
    if (common !== undefined) return common;
    if (node.kind === 'provider') return this.#provider(node.use);
    if (node.kind === 'check') {
      this.#config.report(evaluateCheckBlock(this.#config, this.#ledger, node.module, node.check));
    }
    return true;
  }

  async #provider(use: ProviderUse): Promise<boolean> {
    const problems: Diagnostic[] = [];
    const config = this.#config.providerConfig(use, problems);
    if (!this.#config.report(problems) || config.kind !== 'object') return false;
    const { value, diagnostics } = await this.#pool.configure(use, unmarkDeep(config) as ObjectValue);
    return this.#config.report(diagnostics) && value?.state === 'ready';
  }

  /** The instances of a block, with the values of those that this apply does not touch. */
  #expand({ module, resource }: Extract<ConfigNode, { kind: 'resource' }>): boolean {
    let done = true;
    for (const instance of this.#config.instancesOf(module)) {
      const problems: Diagnostic[] = [];
      const repetition =
        this.#input.plan.mode === 'destroy'
          ? SINGLE
          : evaluateRepetition(
              repeatedBlock(resource),
              this.#config.scope(instance),
              { allowUnknown: false },
              problems,
            );
      done = this.#config.report(problems) && done;
      if (!repetition) continue;
      const instances = new Instances<Value>(repetition);
      instance.resources.set(localResourceText(resource), instances);
      for (const key of keysOf(repetition)) {
        const address = { resource: this.#addressIn(instance, resource), key };
        const change = this.#changes.get(instanceText(address));
        if (change?.action === 'no-op' && change.after) instances.set(key, change.after);
        else if (!change) instances.set(key, this.#recorded(address, resource) ?? UNKNOWN);
      }
    }
    return done;
  }

  #addressIn(instance: ModuleInstance, { mode, type, name }: Resource) {
    return { module: instance.path, mode, type, name };
  }

  #recorded(address: Change['address'], resource: Resource): ObjectValue | undefined {
    const object = this.#recorder.working.instance(address)?.current;
    const module = this.#config.moduleAt(address.resource.module)?.module;
    const source = module && this.#prepared.uses.forResource(module, resource).source;
    const provider = this.#prepared.providers.get(source ?? '');
    const schema =
      resource.mode === 'data'
        ? provider?.dataSources.get(resource.type)
        : provider?.resourceTypes.get(resource.type)?.schema;
    return object && schema ? decodeInstance(instanceText(address), { schema }, object).value : undefined;
  }

  // ---- Operations --------------------------------------------------------------------------------------------------

  async #make(change: Change): Promise<boolean> {
    const block = await this.#blockToMake(change);
    if (!block || !this.#rules(block.resource, 'preconditions', change, block.scope)) return false;
    const config = this.#configOf(block, change);
    const planned = config && (await this.#planAgain(change, block, config));
    if (!config || !planned?.value) return false;
    const replacing = change.action === 'replace';
    if (replacing && change.createBeforeDestroy) this.#depose(change);
    const isCreate = change.action === 'create' || replacing;
    const done = await this.#performer.perform({
      change,
      action: isCreate ? 'create' : 'update',
      use: block.use,
      type: block.provided,
      planned,
      phase: replacing ? 'make' : 'all',
      finish: (applied) => this.#finishMake(change, block, config, applied, isCreate),
    });
    if (!done) return false;
    if (isCreate) this.#counts.added++;
    else this.#counts.changed++;
    if (change.importing) this.#counts.imported++;
    const made = block.instances.get(change.address.key);
    const self = this.#config.scope(block.instance, dataFor(block.instances.repetition, change.address.key), made);
    return this.#rules(block.resource, 'postconditions', change, self);
  }

  async #blockToMake(change: Change): Promise<BlockToMake | undefined> {
    const found = this.#blockOf(change);
    const pooled = found && this.#pool.get(found.use);
    const type = found && this.#prepared.providers.get(found.use.source)?.resourceTypes.get(found.resource.type);
    const instances = found?.instance.resources.get(localResourceText(found.resource));
    if (!found || !type || !instances || pooled?.state !== 'ready') return undefined;
    const scope = this.#config.scope(found.instance, dataFor(instances.repetition, change.address.key));
    const provided = await pooled.configured.resource(found.resource.type);
    return { ...found, schema: type.schema, provided, instances, scope };
  }

  #configOf({ resource, schema, scope }: BlockToMake, change: Change): ObjectValue | undefined {
    const problems: Diagnostic[] = [];
    const config = decodeBody(resource.body, schema, scope, problems);
    return this.#config.report(problems.map((problem) => ({ address: change.text, ...problem }))) ? config : undefined;
  }

  /** What became of it goes into the state before anything else can depend on it. */
  async #finishMake(
    change: Change,
    block: BlockToMake,
    config: ObjectValue,
    applied: Applied,
    isCreate: boolean,
  ): Promise<Diagnostics> {
    const { resource, schema, instances } = block;
    const value = applied.value && this.#marked(schema, config, applied.value);
    const failed = hasErrors(applied.diagnostics);
    const provisioned = isCreate && !failed && resource.provisioners.some(({ when }) => when === 'create');
    this.#recordMade(change, block, value, { ...applied, tainted: applied.tainted || provisioned }, isCreate);
    const diagnostics = locate(applied.diagnostics, change.text, resource.body, resource.range);
    this.#config.report(diagnostics);
    if (failed) return diagnostics;
    if (value) instances.set(change.address.key, value);
    if (!provisioned) return diagnostics;
    return await this.#provisionMade(change, block, value);
  }

  /** Until its provisioners have run the object is not as it should be, so it is recorded as tainted before. */
  async #provisionMade(
    change: Change,
    { instance, resource, instances }: BlockToMake,
    value: ObjectValue | undefined,
  ): Promise<Diagnostics> {
    const scope = this.#config.scope(instance, dataFor(instances.repetition, change.address.key), value);
    const problems = await runProvisioners(resource, 'create', this.#provisionContext(change, scope));
    if (!this.#config.report(problems)) return problems;
    const { working } = this.#recorder;
    const current = working.instance(change.address)?.current;
    if (current) working.setCurrent(change.address, change.providerConfig, { ...current, status: 'ready' });
    this.#recorder.touch(change.text);
    return problems;
  }

  /** False when a destroy provisioner failed; then the object stays as it is. */
  async #provisionGoing(change: Change): Promise<boolean> {
    const found = this.#blockOf(change);
    const skips = change.deposed !== undefined || change.createBeforeDestroy || !change.before;
    if (!found || skips || !found.resource.provisioners.some(({ when }) => when === 'destroy')) return true;
    const { key } = change.address;
    const data: RepetitionData =
      typeof key === 'number' ? { kind: 'count', index: key } : { kind: 'each', key, value: undefined };
    const scope = this.#config.scope(found.instance, data, change.before ?? undefined);
    return this.#config.report(await runProvisioners(found.resource, 'destroy', this.#provisionContext(change, scope)));
  }

  #provisionContext(change: Change, scope: Scope): ProvisionContext {
    const { events, signal, workingDirectory, environment } = this.#input;
    return { address: change.text, scope, events, signal, workingDirectory, environment };
  }

  /** What is known now, planned once more; undefined, with a diagnostic, when it is not what the plan showed. */
  async #planAgain(change: Change, block: BlockToMake, config: ObjectValue): Promise<Planned | undefined> {
    const { resource, schema, provided } = block;
    const ask = this.#askAgain(change, block, unmarkDeep(config));
    const before = change.planned;
    if (before?.config && ask.config && isWhollyKnown(before.config) && sameValue(before.config, ask.config))
      return before;
    const [answer] = await provided.plan([ask]);
    const planned = answer?.value ?? planWithoutProvider(schema, ask);
    const located = locate(answer?.diagnostics ?? [], change.text, resource.body, resource.range);
    if (!this.#config.report(located)) return undefined;
    const wrong = planned.value && change.after ? misfit(unmarkDeep(change.after), planned.value) : [];
    if (wrong === undefined && (ask.mode === 'replace' || !ask.prior || planned.replacePaths.length === 0))
      return planned;
    this.#config.report([inconsistent(change, resource, wrong ?? planned.replacePaths[0] ?? [])]);
    return undefined;
  }

  #askAgain(change: Change, { resource, schema }: BlockToMake, plain: ObjectValue): PlanAsk {
    const { text: address, createBeforeDestroy } = change;
    const prior = change.planned?.prior ?? null;
    if (change.action === 'update' && prior) {
      const config = ignoreChanges(resource.lifecycle.ignoreChanges, prior.value, plain);
      return { address, prior, config, proposed: proposedObject(schema, prior.value, config), mode: 'any' };
    }
    const mode = change.action === 'replace' ? 'replace' : 'any';
    return { address, prior, config: plain, proposed: proposedObject(schema, null, plain), mode, createBeforeDestroy };
  }

  #marked(schema: Schema, config: ObjectValue, value: ObjectValue): ObjectValue {
    const { paths } = unmarkDeepWithPaths(config);
    return markPaths(value, [...paths, ...sensitivePaths(schema, value)]) as ObjectValue;
  }

  #recordMade(
    change: Change,
    { use, schema, instance, resource }: BlockToMake,
    value: ObjectValue | undefined,
    applied: Applied,
    isCreate: boolean,
  ): void {
    const { working } = this.#recorder;
    const known = working.instance(change.address)?.current;
    this.#recorder.touch(change.text);
    if (!value) {
      if (isCreate) this.#restoreDeposed(change, use);
      else working.setCurrent(change.address, use.text, undefined);
      return;
    }
    const object: InstanceState = {
      ...blankInstance(change.address.key),
      ...(isCreate ? {} : known),
      ...encodeInstance(schema, value),
      attributesFlat: undefined,
      status: applied.tainted ? 'tainted' : 'ready',
      private: applied.private,
      dependencies: this.#dependencies.of(instance, resource),
      createBeforeDestroy: change.createBeforeDestroy,
    };
    working.setCurrent(change.address, use.text, object);
  }

  /** The old object steps aside in the state, so that the new one can be there beside it. */
  #depose(change: Change): void {
    const { working } = this.#recorder;
    const current = working.instance(change.address)?.current;
    if (!current) return;
    const key = randomBytes(4).toString('hex');
    this.#deposed.set(change.text, key);
    working.setDeposed(change.address, change.providerConfig, key, current);
    working.setCurrent(change.address, change.providerConfig, undefined);
    this.#recorder.touch();
  }

  /** Nothing new came to be: the old object is the current one again. */
  #restoreDeposed(change: Change, use: ProviderUse): void {
    const key = this.#deposed.get(change.text);
    const old = key === undefined ? undefined : this.#recorder.working.instance(change.address)?.deposed.get(key);
    if (key === undefined || !old) return;
    this.#recorder.working.setDeposed(change.address, use.text, key, undefined);
    this.#recorder.working.setCurrent(change.address, use.text, old);
  }

  async #retire(change: Change): Promise<boolean> {
    const use = this.#prepared.uses.forState(change.providerConfig) ?? this.#blockOf(change)?.use;
    const pooled = use && this.#pool.get(use);
    const planned = change.planned;
    if (!use || pooled?.state !== 'ready' || !planned) {
      this.#config.report([
        errorAt(
          undefined,
          'Object cannot be destroyed',
          `The provider of ${change.text} could not be configured, so the object stays as it is. Mend the provider configuration and apply again.`,
          { address: change.text },
        ),
      ]);
      return false;
    }
    const type = await pooled.configured.resource(change.address.resource.type);
    if (!(await this.#provisionGoing(change))) return false;
    const phase = change.action === 'replace' ? 'retire' : 'all';
    const finish = async (applied: Applied) => {
      this.#recordRetired(change, applied);
      this.#config.report(this.#located(change, applied.diagnostics));
      return applied.diagnostics;
    };
    const done = await this.#performer.perform({ change, action: 'delete', use, type, planned, phase, finish });
    if (done) this.#counts.destroyed++;
    return done;
  }

  #located(change: Change, diagnostics: Diagnostics): Diagnostics {
    const found = this.#blockOf(change);
    if (found) return locate(diagnostics, change.text, found.resource.body, found.resource.range);
    return diagnostics.map((diagnostic) => ({ address: change.text, ...diagnostic }));
  }

  /** Gone, or still there as it is now. */
  #recordRetired(change: Change, applied: Applied): void {
    const { working } = this.#recorder;
    const deposed = change.deposed ?? this.#deposed.get(change.text);
    const known = working.instance(change.address);
    const old = deposed === undefined ? known?.current : known?.deposed.get(deposed);
    const left = applied.value && old ? { ...old, private: applied.private ?? old.private } : undefined;
    if (deposed === undefined) working.setCurrent(change.address, change.providerConfig, left);
    else working.setDeposed(change.address, change.providerConfig, deposed, left);
    this.#recorder.touch(change.text);
  }

  #forget(change: Change): boolean {
    this.#recorder.working.setCurrent(change.address, change.providerConfig, undefined);
    this.#counts.forgotten++;
    this.#recorder.touch(change.text);
    return true;
  }

  async #read(change: Change): Promise<boolean> {
    const found = this.#blockOf(change);
    const schema = found && this.#prepared.providers.get(found.use.source)?.dataSources.get(found.resource.type);
    if (!found || !schema) return false;
    const { instance, resource, use } = found;
    const instances = instance.resources.get(localResourceText(resource));
    const scope = this.#config.scope(instance, dataFor(instances?.repetition ?? SINGLE, change.address.key));
    const problems: Diagnostic[] = [];
    const config = decodeBody(resource.body, schema, scope, problems);
    if (!this.#config.report(problems)) return false;
    const stop = this.#performer.announce(change, 'read');
    const { value, diagnostics } = await readData(this.#pool.get(use), resource, schema, config, change.text);
    stop(value !== undefined);
    if (resource.check) recordCheckFailure(this.#ledger, instance, resource.check, diagnostics);
    const softened = diagnostics.map((each): Diagnostic => (resource.check ? { ...each, severity: 'warning' } : each));
    if (!this.#config.report(softened) || !value) return resource.check !== undefined;
    instances?.set(change.address.key, value);
    this.#recorder.working.setCurrent(change.address, use.text, {
      ...blankInstance(change.address.key),
      ...encodeInstance(schema, value),
      dependencies: this.#dependencies.of(instance, resource),
    });
    this.#recorder.touch(change.text);
    return true;
  }

  // ---- Pieces ------------------------------------------------------------------------------------------------------

  #blockOf(change: Change): { instance: ModuleInstance; resource: Resource; use: ProviderUse } | undefined {
    const { resource: address } = change.address;
    const instance = this.#config.moduleAt(address.module);
    const resource = instance?.module.resources.get(localResourceText(address));
    if (!instance || !resource) return undefined;
    return { instance, resource, use: this.#prepared.uses.forResource(instance.module, resource) };
  }

  #rules(
    resource: Resource,
    which: 'preconditions' | 'postconditions',
    change: Change,
    scope: ReturnType<ConfigWalk['scope']>,
  ): boolean {
    let done = true;
    for (const rule of resource.lifecycle[which]) {
      const summary = which === 'preconditions' ? 'Resource precondition failed' : 'Resource postcondition failed';
      const outcome = evaluateRule(rule, scope, { summary, severity: 'error', address: change.text });
      this.#ledger.record('resource', configResourceText(change.address.resource), change.text, outcome);
      done = this.#config.report(outcome.diagnostics) && done;
    }
    return done;
  }

  /** Those that could be evaluated are new, the others keep their old value. */
  #writeOutputs(): void {
    const { plan, configuration } = this.#input;
    const { working } = this.#recorder;
    for (const change of plan.outputs.values()) {
      if (change.action === 'delete' && (plan.mode !== 'destroy' || !hasErrors(this.#config.diagnostics))) {
        working.outputs.delete(change.name);
      }
    }
    if (plan.mode === 'destroy') return;
    for (const name of this.#evaluatedOutputs) {
      const output = configuration.root.outputs.get(name);
      const value = this.#config.root.outputs.get(name);
      if (!output || !value || output.ephemeral || !isWhollyKnown(unmarkDeep(value))) continue;
      if (value.kind === 'null') {
        working.outputs.delete(name);
        continue;
      }
      const { value: json, type } = outputToJson(value);
      const unknownFields = working.outputs.get(name)?.unknownFields ?? {};
      working.outputs.set(name, { value: json, type, sensitive: output.sensitive, unknownFields });
    }
  }
}

const INTERRUPTED: Diagnostic = {
  severity: 'error',
  summary: 'Operation interrupted',
  detail:
    'The apply was told to stop. What had been sent to the engine was finished and recorded; nothing else was begun. Run apply again to go on.',
};

const INCOMPLETE: Diagnostic = {
  severity: 'warning',
  summary: 'Applied changes may be incomplete',
  detail:
    'The plan was made with -target, so changes that the configuration asks for may have been left out, and outputs may not be up to date. Plan without -target to see what is left.',
};

function staticText(change: Change): string {
  return change.address.resource.module.map(({ name }) => `module.${name}`).join('.');
}

/** Whether anything but the serial differs. */
function differs(a: State, b: State): boolean {
  const content = ({ outputs, resources, checkResults }: State) =>
    JSON.stringify([[...outputs], resources, checkResults]);
  return content(a) !== content(b);
}

function inconsistent(change: Change, resource: Resource, path: readonly (string | number)[]): Diagnostic {
  const where = path.length === 0 ? '' : ` in ${path.join('.')}`;
  return errorAt(
    resource.range,
    'Provider produced inconsistent final plan',
    `With what is known now, the plan for ${change.text} has become another one${where}. Something that it is made from (a file, the time, an object) changed since the plan was made. Nothing was done to it; plan again.`,
    { address: change.text },
  );
}

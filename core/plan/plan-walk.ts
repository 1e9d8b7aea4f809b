/**
 * The walk that makes a plan: every block after what it refers to, every object refreshed and decided once. Holds what
 * has been decided so far; the rules are in `managed.ts`, `data.ts`, `orphans.ts` and their like.
 */
import {
  type InstanceAddress,
  type InstanceKey,
  type ModulePath,
  configResourceText,
  instanceText,
  localResourceText,
  moduleText,
  resourceText,
} from '../addr/address.ts';
import type { Check, Module, Resource } from '../config/module.ts';
import { type Diagnostic, errorAt, hasErrors } from '../diag/diagnostic.ts';
import { evaluate } from '../eval/evaluate.ts';
import {
  type ConfigGraph,
  type ConfigNode,
  buildConfigGraph,
  cycleDiagnostics,
  resourceNodeId,
} from '../graph/config-graph.ts';
import { Instances, type ModuleInstance } from '../graph/module-instance.ts';
import type { ProviderUse } from '../graph/provider-use.ts';
import { type Repetition, SINGLE, evaluateRepetition, repeatedBlock } from '../graph/repetition.ts';
import { walk } from '../graph/walk.ts';
import { UNKNOWN, type Value } from '../value/value.ts';
import { conflictingClaims, withClaims } from './claims.ts';
import { evaluateCheckBlock } from './check-block.ts';
import { CheckLedger } from './check-ledger.ts';
import { evaluateRule } from './check-rules.ts';
import { ConfigWalk } from './config-walk.ts';
import { planData } from './data.ts';
import type { Decision } from './decision.ts';
import { DependencyFinder } from './dependencies.ts';
import { recoverInterrupted } from './interrupted.ts';
import { planManagedBlock } from './managed-blocks.ts';
import { type Moves, applyMoves } from './moves.ts';
import { planWarnings } from './plan-warnings.ts';
import { planOrphans } from './orphans.ts';
import { selfReferences } from './self-references.ts';
import { planOutputs } from './outputs.ts';
import type { Change, Drift, Plan } from './plan.ts';
import type { PlanContext } from './plan-context.ts';
import type { PlanInput, PreparedRun } from './run-input.ts';
import { ProviderPool } from './provider-pool.ts';
import { Refresher, type Tracked } from './refresher.ts';
import { checkStatements } from './statements.ts';
import { relevantAttributes } from './relevant-attributes.ts';
import { type TargetAddress, restrictToTargets, targetsInstance } from './targets.ts';
import { WorkingState, compareKeys } from './working-state.ts';
import { compareAddresses } from './order.ts';

export class PlanWalk implements PlanContext {
  readonly input: PlanInput;
  readonly prepared: PreparedRun;
  readonly targets: readonly TargetAddress[];
  readonly replace: readonly TargetAddress[];
  readonly state: WorkingState;
  readonly moves: Moves;
  readonly graph: ConfigGraph;
  readonly config: ConfigWalk;
  readonly pool: ProviderPool;
  readonly refresher: Refresher;
  readonly ledger = new CheckLedger();
  readonly dependencies: DependencyFinder;
  /** By address text, `(deposed)` appended for deposed objects. */
  readonly decisions = new Map<string, Decision>();
  readonly drift: Drift[] = [];
  /** Resource blocks (static address) that are replaced before they are destroyed. */
  readonly createBeforeDestroy: ReadonlySet<string>;
  readonly #handled = new Set<string>();

  constructor(
    input: PlanInput,
    prepared: PreparedRun,
    targets: readonly TargetAddress[],
    replace: readonly TargetAddress[],
  ) {
    this.input = input;
    this.prepared = prepared;
    this.targets = targets;
    this.replace = replace;
    const { configuration, parallelism, signal, events, environment, workingDirectory } = input;
    this.pool = new ProviderPool(prepared.providers, { environment, workingDirectory, signal, parallelism, events });
    this.config = new ConfigWalk({
      configuration,
      settings: prepared.settings,
      variables: input.variables,
      pool: this.pool,
      ledger: this.ledger,
      validateOnly: false,
    });
    this.state = new WorkingState(input.state);
    this.moves = applyMoves(configuration, this.state, this.config.diagnostics);
    for (const resource of this.state.resources.values()) {
      if (resource.address.mode === 'managed') prepared.uses.forState(resource.provider);
    }
    const whole = buildConfigGraph(configuration, prepared.uses);
    this.dependencies = new DependencyFinder(whole);
    this.createBeforeDestroy = spreadCreateBeforeDestroy(whole);
    this.graph = this.#part(whole);
    this.refresher = new Refresher(input.refresh, events);
  }

  async run(): Promise<Plan> {
    this.config.report([...cycleDiagnostics(this.graph), ...checkStatements(this.input.configuration)]);
    if (!hasErrors(this.config.diagnostics)) {
      const { parallelism, signal } = this.input;
      const visit = (node: ConfigNode) => this.#visit(node);
      await walk(this.graph, visit, { parallelism: Math.max(parallelism, 64), signal });
      if (!signal.aborted) await planOrphans(this);
    }
    const plan = this.#finish();
    this.input.onWalked?.(this.config.root);
    await this.pool.close();
    return plan;
  }

  /** What is walked: everything, what the targets need, or for a destruction what the providers need. */
  #part(whole: ConfigGraph): ConfigGraph {
    if (this.input.mode === 'destroy') {
      const providers = [...whole.entries()].filter(([, node]) => node.kind === 'provider').map(([id]) => id);
      return whole.restrictedTo(whole.closure(providers));
    }
    return this.targets.length > 0 ? this.#targeted(whole) : whole;
  }

  /** Orphans can be targets too, and need their provider. */
  #targeted(whole: ConfigGraph): ConfigGraph {
    const part = restrictToTargets(whole, this.targets);
    const keep = new Set(part.ids());
    for (const resource of this.state.resources.values()) {
      const use = this.prepared.uses.forState(resource.provider);
      if (use && this.isTargetedResource(resource.address)) {
        for (const id of whole.closure([`provider ${use.text}`])) keep.add(id);
      }
    }
    return whole.restrictedTo(keep);
  }

  isTargetedResource(address: InstanceAddress['resource']): boolean {
    const instances = this.state.resources.get(resourceText(address))?.instances.values() ?? [];
    return [...instances].some(({ key }) =>
      this.targets.some((target) => targetsInstance(target, { resource: address, key })),
    );
  }

  /** With targets: whether this instance takes part, because it or what needs it is meant. */
  isIncluded(address: InstanceAddress): boolean {
    if (this.targets.length === 0) return true;
    const direct = this.targets.filter(
      (target) => target.kind !== 'module' && configText(target) === configResourceText(address.resource),
    );
    if (direct.length === 0) return true;
    return this.targets.some((target) => targetsInstance(target, address));
  }

  #visit(node: ConfigNode): boolean | Promise<boolean> {
    const common = this.config.visitCommon(node);
    if (common !== undefined) return common;
    switch (node.kind) {
      case 'provider':
        return this.#provider(node.use);
      case 'resource':
        return this.#resource(node.module, node.resource, node.provider);
      case 'check':
        return this.#check(node.module, node.check);
      default:
        return true;
    }
  }

  async #provider(use: ProviderUse): Promise<boolean> {
    const problems: Diagnostic[] = [];
    const config = this.config.providerConfig(use, problems);
    if (!this.config.report(problems) || config.kind !== 'object') return false;
    const { value: pooled, diagnostics } = await this.pool.configure(use, config);
    if (!this.config.report(withSubject(diagnostics, use)) || !pooled || pooled.state === 'failed') return false;
    await recoverInterrupted(this, use, pooled);
    this.refresher.begin(pooled, pooled.provider, this.#trackedBy(use));
    return true;
  }

  /** Managed objects of the state that belong to this provider configuration now. */
  #trackedBy(use: ProviderUse): Tracked[] {
    const tracked: Tracked[] = [];
    for (const resource of this.state.resources.values()) {
      if (resource.address.mode !== 'managed' || this.#useOf(resource)?.text !== use.text) continue;
      for (const instance of resource.instances.values()) {
        const address = { resource: resource.address, key: instance.key };
        if (!this.#takesPart(address)) continue;
        if (instance.current) tracked.push({ address, object: instance.current });
        for (const object of instance.deposed.values()) tracked.push({ address, object });
      }
    }
    return tracked;
  }

  #takesPart(address: InstanceAddress): boolean {
    if (this.targets.length === 0 || this.input.mode === 'destroy') return true;
    if (this.graph.has(resourceNodeId(staticPath(address.resource.module), address.resource)))
      return this.isIncluded(address);
    return this.targets.some((target) => targetsInstance(target, address));
  }

  #useOf(resource: {
    readonly address: InstanceAddress['resource'];
    readonly provider: string;
  }): ProviderUse | undefined {
    const { module: path } = resource.address;
    const module = this.input.configuration.modules.get(moduleText(staticPath(path)));
    const block = module?.resources.get(localResourceText(resource.address));
    return module && block
      ? this.prepared.uses.forResource(module, block)
      : this.prepared.uses.forState(resource.provider);
  }

  // ---- Resource blocks ---------------------------------------------------------------------------------------------

  async #resource(module: Module, resource: Resource, use: ProviderUse): Promise<boolean> {
    const pooled = this.pool.get(use);
    if (pooled.state === 'failed' || !this.config.report(selfReferences(resource))) return false;
    let done = true;
    for (const instance of this.config.instancesOf(module)) {
      if (this.input.mode === 'destroy') done = (await this.#recall(instance, resource)) && done;
      else if (resource.mode === 'data') done = (await planData(this, instance, resource, use, pooled)) && done;
      else {
        this.#handled.add(resourceText({ module: instance.path, ...pick(resource) }));
        done = (await planManagedBlock(this, instance, resource, use, pooled)) && done;
      }
    }
    return done;
  }

  /** The instances that a block asks for in one module instance; undefined after an error. */
  expand(instance: ModuleInstance, resource: Resource): Instances<Value> | undefined {
    const problems: Diagnostic[] = [];
    const block = repeatedBlock(resource);
    const repetition = evaluateRepetition(block, this.config.scope(instance), { allowUnknown: false }, problems);
    if (!this.config.report(problems) || !repetition) return undefined;
    const instances = new Instances<Value>(repetition);
    instance.resources.set(localResourceText(resource), instances);
    return instances;
  }

  /** While destroying nothing is planned for blocks; references see what the state has. */
  async #recall(instance: ModuleInstance, resource: Resource): Promise<boolean> {
    const address = { module: instance.path, mode: resource.mode, type: resource.type, name: resource.name };
    const recorded = this.state.resources.get(resourceText(address));
    const keys = [...(recorded?.instances.values() ?? [])].map(({ key }) => key);
    const instances = new Instances<Value>(repetitionOfKeys(keys));
    instance.resources.set(localResourceText(resource), instances);
    if (resource.mode === 'data' || !recorded) return true;
    for (const key of keys) {
      const checked = await this.refresher.answer({ resource: address, key }, undefined);
      if (checked?.value?.current) instances.set(key, checked.value.current.value);
    }
    return true;
  }

  readonly imported = new Map<string, { readonly id: string }>();

  isHandled(resource: InstanceAddress['resource']): boolean {
    return this.#handled.has(resourceText(resource));
  }

  /** False, with a diagnostic, when `prevent_destroy` stands against it. */
  mayDestroy(instance: ModuleInstance | undefined, resource: Resource, text: string): boolean {
    const { preventDestroy } = resource.lifecycle;
    if (!preventDestroy) return true;
    const problems: Diagnostic[] = [];
    const value = instance ? evaluate(preventDestroy, this.config.scope(instance), problems) : UNKNOWN;
    this.config.report(problems);
    if (value.kind === 'bool' && !value.value) return !hasErrors(problems);
    this.config.report([
      errorAt(
        resource.range,
        'Instance cannot be destroyed',
        `${text} has prevent_destroy set, but the plan would destroy it. Remove prevent_destroy if it may go, or change the configuration so that it stays.`,
        { address: text },
      ),
    ]);
    return false;
  }

  checkRules(
    resource: Resource,
    which: 'preconditions' | 'postconditions',
    address: InstanceAddress,
    scope: ReturnType<ConfigWalk['scope']>,
  ): boolean {
    let done = true;
    const text = instanceText(address);
    for (const rule of resource.lifecycle[which]) {
      const summary = which === 'preconditions' ? 'Resource precondition failed' : 'Resource postcondition failed';
      const severity = this.input.mode === 'refresh-only' ? 'warning' : 'error';
      const outcome = evaluateRule(rule, scope, { summary, severity, address: text });
      this.ledger.record('resource', configResourceText(address.resource), text, outcome);
      done = this.config.report(outcome.diagnostics) && done;
    }
    return done;
  }

  // ---- Checks and the end -------------------------------------------------------------------------------------------

  #check(module: Module, check: Check): boolean {
    const words = { unknown: 'Check block assertion known after apply' };
    const found = evaluateCheckBlock(this.config, this.ledger, module, check, words);
    this.config.report(found.map((each) => ({ ...each, checkedAgain: true })));
    return true;
  }

  #finish(): Plan {
    const { input } = this;
    this.config.report(planWarnings(this));
    const { outputs, diagnostics } = planOutputs(this);
    this.config.report(diagnostics);
    const sorted = [...this.decisions.values()].sort((a, b) => compareAddresses(a.change, b.change));
    const changes = this.dependencies.number(withClaims(sorted));
    this.config.report(this.#located(conflictingClaims(changes)));
    const errored = hasErrors(this.config.diagnostics) || input.signal.aborted;
    return {
      mode: input.mode,
      changes,
      drift: this.drift.sort(compareAddresses),
      outputs,
      checks: this.ledger.results(),
      variables: input.variables,
      priorState: input.state,
      refreshedState: this.#refreshedState(),
      targets: input.targets,
      replace: input.replace,
      complete: this.targets.length === 0 && !errored,
      applyable: !errored && isApplyable(changes, outputs, this.drift, input.mode),
      errored,
      planTime: input.planTime,
      relevantAttributes: relevantAttributes(this, changes),
      diagnostics: this.config.diagnostics,
    };
  }

  /** Found when all is decided; each belongs to the block of its address. */
  #located(diagnostics: readonly Diagnostic[]): Diagnostic[] {
    return diagnostics.map((diagnostic) => {
      const address = this.decisions.get(diagnostic.address ?? '')?.change.address;
      const module = address && this.config.moduleAt(address.resource.module)?.module;
      const subject = address && module?.resources.get(localResourceText(address.resource))?.range;
      return subject ? { ...diagnostic, subject } : diagnostic;
    });
  }

  #refreshedState() {
    for (const { change, refreshed } of this.decisions.values()) {
      if (change.deposed === undefined) this.state.setCurrent(change.address, change.providerConfig, refreshed);
      else this.state.setDeposed(change.address, change.providerConfig, change.deposed, refreshed);
    }
    return this.state.toState();
  }
}

function isApplyable(
  changes: readonly Change[],
  outputs: Plan['outputs'],
  drift: readonly Drift[],
  mode: Plan['mode'],
): boolean {
  if (changes.some((change) => change.action !== 'no-op' || change.previousAddress !== undefined || change.importing))
    return true;
  if ([...outputs.values()].some((output) => output.action !== 'no-op')) return true;
  return mode === 'refresh-only' && drift.length > 0;
}

/** A block replaced before it is destroyed needs everything that it depends on to be, too. */
function spreadCreateBeforeDestroy(graph: ConfigGraph): ReadonlySet<string> {
  const start = [...graph.entries()].filter(
    ([, node]) => node.kind === 'resource' && node.resource.lifecycle.createBeforeDestroy === true,
  );
  const addresses = new Set<string>();
  for (const id of graph.closure(start.map(([each]) => each))) {
    const node = graph.get(id);
    if (node?.kind !== 'resource' || node.resource.mode !== 'managed') continue;
    addresses.add(configResourceText({ module: node.module.path, ...pick(node.resource) }));
  }
  return addresses;
}

function pick({ mode, type, name }: Resource): Pick<InstanceAddress['resource'], 'mode' | 'type' | 'name'> {
  return { mode, type, name };
}

function configText(target: TargetAddress): string {
  return target.kind === 'module' ? '' : configResourceText(target.resource);
}

function staticPath(path: ModulePath): ModulePath {
  return path.map(({ name }) => ({ name, key: undefined }));
}

function repetitionOfKeys(keys: readonly (InstanceKey | undefined)[]): Repetition {
  const numbers = keys.filter((key) => typeof key === 'number');
  if (numbers.length > 0) return { kind: 'count', count: Math.max(...numbers) + 1 };
  const texts = keys.filter((key) => typeof key === 'string').sort(compareKeys);
  if (texts.length > 0) return { kind: 'each', values: new Map(texts.map((key) => [key, UNKNOWN])) };
  return SINGLE;
}

function withSubject(diagnostics: readonly Diagnostic[], use: ProviderUse): Diagnostic[] {
  const subject = use.config?.range;
  return diagnostics.map((diagnostic) => (subject && !diagnostic.subject ? { ...diagnostic, subject } : diagnostic));
}

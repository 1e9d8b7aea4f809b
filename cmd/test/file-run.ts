/**
 * Carries out one test file: its runs in order, each against the state that earlier ones have left, and then removes
 * everything that they have made, the latest first. States are kept in memory only.
 */
import { randomUUID } from 'node:crypto';
import { applyPlan } from '../../core/apply/applier.ts';
import type { Configuration } from '../../core/config/module.ts';
import type { SchemaSource } from '../../core/config/schema-source.ts';
import type { TestFile, TestRun } from '../../core/config/test-file.ts';
import type { UnparsedVariable } from '../../core/config/variables.ts';
import { type Diagnostic, type Result, errorAt, failed, hasErrors } from '../../core/diag/diagnostic.ts';
import { traversalsIn } from '../../core/eval/traversals.ts';
import { ProviderUses } from '../../core/graph/provider-use.ts';
import type { ModuleInstance } from '../../core/graph/module-instance.ts';
import type { WalkSettings } from '../../core/graph/module-scope.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { makePlan } from '../../core/plan/planner.ts';
import type { PlanInput, RunInput } from '../../core/plan/run-input.ts';
import { validateConfiguration } from '../../core/plan/validate.ts';
import type { Provider } from '../../core/provider.ts';
import type { State } from '../../core/state.ts';
import type { Value } from '../../core/value/value.ts';
import { builtInProviders } from '../../providers/registry.ts';
import { emptyState } from '../../state/codec.ts';
import type { Arguments } from '../command.ts';
import { type Schemas, runInput } from '../engine.ts';
import type { Io } from '../io.ts';
import { learnPlan } from '../planning.ts';
import { TERRAFORM_VERSION } from '../version.ts';
import type { Redactor } from '../view/redact.ts';
import { evaluateAssertions } from './assertions.ts';
import {
  type ExpectedFailure,
  expectedFailures,
  isFromCheck,
  withExplanations,
  withoutExpected,
} from './expected-failures.ts';
import { StandIns } from './stand-ins.ts';
import { mocksOf, providersOf, strayOverrides, testedConfiguration } from './test-configuration.ts';
import { TestProviders } from './test-providers.ts';
import {
  AssertionScope,
  type RunOutputs,
  type RunResult,
  firstName,
  malformedReferences,
  outputsOf,
} from './test-scope.ts';
import { type TestStatus, worse } from './test-status.ts';
import type { RunReport } from './run-report.ts';
import { TestVariables } from './test-variables.ts';
import type { TestView } from './test-view.ts';

/** The same for all files. */
export interface TestSession {
  readonly args: Arguments;
  readonly io: Io;
  readonly view: TestView;
  readonly redactor: Redactor;
  readonly schemas: Schemas;
  readonly main: Configuration;
  /** Other modules that runs test, by their sources. */
  readonly modules: ReadonlyMap<string, Configuration>;
  /** Functions and what they know of the world. */
  readonly settings: WalkSettings;
}

/** A state with the run that has changed it last, which knows how to remove it. */
interface KeptState {
  readonly state: State;
  readonly run: TestRun;
  readonly index: number;
  readonly input: RunInput;
}

/** A run that can be planned. */
interface ReadyRun {
  readonly run: TestRun;
  readonly index: number;
  readonly key: string;
  readonly input: RunInput;
  readonly expected: readonly ExpectedFailure[];
  readonly variables: TestVariables;
  /** Diagnostics about values that the test gives, at these values. */
  located(diagnostics: readonly Diagnostic[]): Diagnostic[];
}

export class FileRun {
  readonly #session: TestSession;
  readonly #file: TestFile;
  readonly #given: ReadonlyMap<string, UnparsedVariable>;
  readonly #states = new Map<string, KeptState>();
  readonly #results = new Map<string, RunResult>();
  /** As the walk that is going on, or was the last, has left it. */
  #root: ModuleInstance | undefined;

  /** @param given variables of the command line, of files of values and of the environment */
  constructor(session: TestSession, file: TestFile, given: ReadonlyMap<string, UnparsedVariable>) {
    this.#session = session;
    this.#file = file;
    this.#given = given;
  }

  /** Status of the file, and of each of its runs. */
  async run(): Promise<{ status: TestStatus; runs: TestStatus[] }> {
    const { view, io } = this.#session;
    view.file(this.#file, 'starting');
    const runs: TestStatus[] = [];
    let status: TestStatus = 'pass';
    for (const [index, run] of this.#file.runs.entries()) {
      const skips = status === 'error' || io.signal.aborted;
      if (!skips) view.run(this.#file, run, 'starting');
      const report: RunReport = skips ? { status: 'skip', diagnostics: [] } : await this.#execute(run, index);
      view.run(this.#file, run, 'complete', report.status);
      await view.report(this.#file, run, report);
      view.diagnostics(report.diagnostics, this.#file, run);
      runs.push(report.status);
      status = worse(status, report.status);
    }
    view.file(this.#file, 'teardown');
    status = worse(status, await this.#tearDown());
    view.file(this.#file, 'complete', status);
    const tested = this.#file.runs.flatMap((run) => this.#configuration(run) ?? []);
    view.diagnostics(strayOverrides(this.#file.overrides, [this.#session.main, ...tested]), this.#file);
    return { status, runs };
  }

  get #runs(): RunOutputs {
    return { declared: new Set(this.#file.runs.map(({ name }) => name)), outputs: this.#results };
  }

  // ---- One run -----------------------------------------------------------------------------------------------------

  async #execute(run: TestRun, index: number): Promise<RunReport> {
    const diagnostics: Diagnostic[] = [];
    const ready = await this.#prepare(run, index, diagnostics);
    if (!ready || hasErrors(diagnostics)) return { status: 'error', diagnostics };
    const { mode, refresh, targets, replace } = run;
    const state = this.#states.get(ready.key)?.state ?? emptyState(randomUUID(), TERRAFORM_VERSION);
    const asked = { mode, refresh, targets, replace, planTime: this.#session.settings.context.planTime };
    const conflict = mode === 'refresh-only' && replace.length > 0 ? [cannotReplace()] : [];
    const planned = conflict.length > 0 ? failed(...conflict) : await this.#plan({ ...ready.input, ...asked, state });
    if (run.command === 'plan') return this.#judgePlan(ready, planned, diagnostics);
    const { configuration } = ready.input;
    const explained = ready.located(withExplanations(planned.diagnostics, ready.expected, configuration));
    if (!planned.value || hasErrors(explained)) return { status: 'error', diagnostics: [...diagnostics, ...explained] };
    const kept = explained.filter((each) => !isFromCheck(each, configuration) && !each.checkedAgain);
    return this.#apply(ready, planned.value, [...diagnostics, ...kept]);
  }

  async #plan(input: PlanInput): Promise<Result<Plan>> {
    const { redactor, schemas } = this.#session;
    this.#root = undefined;
    const planned = await makePlan(input);
    if (planned.value) await learnPlan(planned.value, redactor, schemas);
    return planned;
  }

  async #judgePlan(ready: ReadyRun, { value: plan, diagnostics: found }: Result<Plan>, before: readonly Diagnostic[]) {
    const left = ready.located(withoutExpected(found, ready.expected, ready.input.configuration));
    const diagnostics = [...before, ...left];
    if (!plan || hasErrors(left)) return { status: 'error', diagnostics } as const;
    const judged = await this.#judge(ready);
    return { status: judged.status, diagnostics: [...diagnostics, ...judged.diagnostics], plan };
  }

  async #apply(ready: ReadyRun, plan: Plan, before: readonly Diagnostic[]): Promise<RunReport> {
    const { run, index, key, input } = ready;
    this.#root = undefined;
    const applied = await applyPlan({ ...input, plan, save: async () => [], journal: undefined });
    const { state } = applied;
    this.#states.set(key, { state, run, index, input });
    const left = ready.located(withoutExpected(applied.diagnostics, ready.expected, input.configuration));
    const diagnostics = [...before, ...left];
    if (hasErrors(left)) return { status: 'error', diagnostics, state };
    const judged = await this.#judge(ready);
    return { status: judged.status, diagnostics: [...diagnostics, ...judged.diagnostics], state };
  }

  /** Holds the assertions against what there is now, and keeps the outputs for later runs. */
  async #judge(ready: ReadyRun): Promise<{ status: TestStatus; diagnostics: readonly Diagnostic[] }> {
    const root = this.#root;
    if (!root) return { status: 'error', diagnostics: [] };
    const { run, variables, input } = ready;
    const { settings } = this.#session;
    const problems: Diagnostic[] = [];
    const testOnly = testOnlyVariables(run, root, variables, problems);
    const scopeSettings = { ...settings, rootDirectory: root.module.directory };
    const judged = evaluateAssertions({
      rules: run.assertions,
      scope: new AssertionScope(scopeSettings, root, this.#runs, testOnly),
      root: root.module,
      runs: this.#runs,
      testOnly,
      schemas: await schemaSource(input),
    });
    const outputs = outputsOf(root);
    for (const value of outputs.values()) this.#session.redactor.learn(value);
    this.#results.set(run.name, { command: run.command, outputs });
    const status = hasErrors(problems) ? 'error' : judged.status;
    return { status, diagnostics: [...problems, ...judged.diagnostics] };
  }

  // ---- Preparation -------------------------------------------------------------------------------------------------

  async #prepare(run: TestRun, index: number, diagnostics: Diagnostic[]): Promise<ReadyRun | undefined> {
    const { args, io, main, settings, redactor } = this.#session;
    const loaded = this.#configuration(run);
    if (!loaded) return undefined;
    diagnostics.push(...strayOverrides(run.overrides, [loaded]));
    const variables = new TestVariables(this.#file, this.#given, main.root, settings, this.#runs);
    const providers = providersOf(run, this.#file, loaded.root, diagnostics);
    const standIns = new StandIns(run, this.#file);
    const modules = standIns.modules(providers.values());
    const changes = { providers, modules, scope: variables.scope(diagnostics) };
    const configuration = testedConfiguration(loaded, changes, diagnostics);
    const mocks = mocksOf(providers, configuration.root, (name) => builtInProviders.defaultSource(name));
    if (hasErrors(diagnostics)) return undefined;
    const base: RunInput = {
      ...runInput(configuration, new Map(), 'default', args, io, { event: () => {} }),
      providers: new TestProviders(builtInProviders, standIns, mocks),
      onWalked: (root) => {
        this.#root = root;
      },
    };
    diagnostics.push(...(await validateConfiguration(base)).filter(({ severity }) => severity === 'error'));
    if (hasErrors(diagnostics)) return undefined;
    const assertions = run.assertions.flatMap(({ condition, errorMessage }) => [condition, errorMessage]);
    diagnostics.push(...malformedReferences(assertions));
    if (hasErrors(diagnostics)) return undefined;
    const expected = expectedFailures(run.expectFailures, diagnostics);
    const values = variables.forModule(run, configuration.root, diagnostics);
    for (const value of values.values()) redactor.learn(value);
    const key = run.stateKey ?? run.module?.source ?? '';
    const located = (found: readonly Diagnostic[]) => variables.located(run, configuration.root, found);
    return { run, index, key, input: { ...base, variables: values }, expected, variables, located };
  }

  #configuration({ module }: TestRun): Configuration | undefined {
    return module ? this.#session.modules.get(module.source) : this.#session.main;
  }

  // ---- The end -----------------------------------------------------------------------------------------------------

  async #tearDown(): Promise<TestStatus> {
    let status: TestStatus = 'skip';
    const kept = [...this.#states.values()].sort((a, b) => b.index - a.index);
    for (const each of kept) {
      if (!each.state.resources.some(({ mode }) => mode === 'managed')) continue;
      this.#session.view.run(this.#file, each.run, 'teardown');
      status = worse(status, await this.#destroy(each));
    }
    return status;
  }

  /** Not interrupted by what has interrupted the test: what was made for it has to go. */
  async #destroy({ state, run, input }: KeptState): Promise<TestStatus> {
    const { view, settings } = this.#session;
    const uninterrupted = { ...input, signal: new AbortController().signal };
    const asked = {
      mode: 'destroy',
      refresh: true,
      targets: [],
      replace: [],
      planTime: settings.context.planTime,
    } as const;
    const planned = await this.#plan({ ...uninterrupted, ...asked, state });
    const errors = (diagnostics: readonly Diagnostic[]) => diagnostics.filter(({ severity }) => severity === 'error');
    let [left, problems] = [state, errors(planned.diagnostics)];
    if (planned.value && problems.length === 0) {
      const applied = await applyPlan({
        ...uninterrupted,
        plan: planned.value,
        save: async () => [],
        journal: undefined,
      });
      [left, problems] = [applied.state, errors(applied.diagnostics)];
    }
    view.diagnostics(problems, this.#file, run);
    const hasLeft = left.resources.some(({ mode }) => mode === 'managed');
    if (hasLeft) view.leftOver(left, this.#file, run);
    return problems.length > 0 || hasLeft ? 'error' : 'pass';
  }
}

/** Those that assertions refer to and the module under test does not declare. */
function testOnlyVariables(
  run: TestRun,
  root: ModuleInstance,
  variables: TestVariables,
  diagnostics: Diagnostic[],
): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>();
  const expressions = run.assertions.flatMap(({ condition, errorMessage }) => [condition, errorMessage]);
  for (const traversal of expressions.flatMap((expression) => traversalsIn(expression))) {
    const name = firstName(traversal);
    if (traversal.root.name !== 'var' || found.has(name) || root.module.variables.has(name)) continue;
    const value = variables.testOnly(run, name, diagnostics);
    if (value) found.set(name, value);
  }
  return found;
}

/** Schemas of all providers that the configuration uses. */
async function schemaSource({ configuration, providers }: RunInput): Promise<SchemaSource> {
  const defaultSource = (name: string) => providers.defaultSource(name);
  const known = new Map<string, Provider>();
  for (const { source } of new ProviderUses(configuration, defaultSource).all()) {
    const provider = await providers.load(source);
    if (provider) known.set(source, provider);
  }
  return {
    resource: (mode, source, type) =>
      mode === 'data' ? known.get(source)?.dataSources.get(type) : known.get(source)?.resourceTypes.get(type)?.schema,
    provider: (source) => known.get(source)?.schema,
    defaultSource,
  };
}

function cannotReplace(): Diagnostic {
  const detail = 'Objects can be replaced in the normal mode only, but this run has the mode "refresh-only".';
  return errorAt(undefined, 'Unsupported plan mode', detail);
}

/**
 * A configuration, a state and the engine in one process: what a test of planning and applying needs without a command
 * line. Files are real, in a directory of its own; the state is kept in memory.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ApplyResult, applyPlan } from '../../core/apply/applier.ts';
import type { Journal } from '../../core/apply/journal.ts';
import { loadConfiguration } from '../../core/config/load.ts';
import { collectVariableValues, prepareVariables } from '../../core/config/variables.ts';
import { type Diagnostic, hasErrors } from '../../core/diag/diagnostic.ts';
import type { Event } from '../../core/event.ts';
import type { Change, Plan } from '../../core/plan/plan.ts';
import { makePlan } from '../../core/plan/planner.ts';
import type { PlanInput, RunInput } from '../../core/plan/run-input.ts';
import type { ProviderDirectory } from '../../core/plan/provider-pool.ts';
import { validateConfiguration } from '../../core/plan/validate.ts';
import type { State } from '../../core/state.ts';
import { builtInProviders } from '../../providers/registry.ts';

export const EMPTY_STATE: State = {
  terraformVersion: '1.11.4',
  serial: 0,
  lineage: '00000000-0000-0000-0000-000000000000',
  outputs: new Map(),
  resources: [],
  checkResults: null,
  unknownFields: {},
};

type PlanOptions = Partial<Pick<PlanInput, 'mode' | 'refresh' | 'targets' | 'replace' | 'signal' | 'parallelism'>>;

export class Workbench implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'stowage-bench-'));
  readonly events: Event[] = [];
  state: State = EMPTY_STATE;
  providers: ProviderDirectory = builtInProviders;
  journal: Journal | undefined;

  constructor(files: Readonly<Record<string, string>>) {
    this.write(files);
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.directory, name)), { recursive: true });
      writeFileSync(join(this.directory, name), text);
    }
  }

  async validate(): Promise<readonly Diagnostic[]> {
    const { run, diagnostics } = await this.#load();
    return run ? [...diagnostics, ...(await validateConfiguration(run))] : diagnostics;
  }

  async plan(options: PlanOptions = {}): Promise<{ plan: Plan | undefined; diagnostics: readonly Diagnostic[] }> {
    const { run, diagnostics } = await this.#load();
    if (!run || hasErrors(diagnostics)) return { plan: undefined, diagnostics };
    const defaults = { mode: 'normal', refresh: true, targets: [], replace: [], planTime: new Date() } as const;
    const result = await makePlan({ ...run, state: this.state, ...defaults, ...options });
    return { plan: result.value, diagnostics: [...diagnostics, ...result.diagnostics] };
  }

  async apply(options: PlanOptions = {}): Promise<ApplyResult> {
    const { plan, diagnostics } = await this.plan(options);
    if (!plan || plan.errored) throw new Error(`plan failed: ${summaries(diagnostics).join('; ')}`);
    return await this.applyPlan(plan, options.signal);
  }

  async applyPlan(plan: Plan, signal?: AbortSignal): Promise<ApplyResult> {
    const { run, diagnostics } = await this.#load();
    if (!run) throw new Error(`load failed: ${summaries(diagnostics).join('; ')}`);
    const save = async (state: State) => {
      this.state = state;
      return [];
    };
    return await applyPlan({ ...run, ...(signal ? { signal } : {}), plan, save, journal: this.journal });
  }

  /** `create a`, `delete b` ... in the order in which operations began, since the last call. */
  takeOperations(): string[] {
    const started = this.events.flatMap((event) =>
      event.kind === 'apply-start' ? [`${event.action} ${event.address}`] : [],
    );
    this.events.length = 0;
    return started;
  }

  async #load(): Promise<{ run: RunInput | undefined; diagnostics: readonly Diagnostic[] }> {
    const loaded = await loadConfiguration('.', { workingDirectory: this.directory, purpose: 'init' });
    if (!loaded.value || hasErrors(loaded.diagnostics)) return { run: undefined, diagnostics: loaded.diagnostics };
    const module = loaded.value.root;
    const given = await collectVariableValues({ module, directory: this.directory, environment: {}, cliArguments: [] });
    const variables = prepareVariables(module, given.value ?? new Map());
    const run: RunInput = {
      configuration: loaded.value,
      variables: variables.value ?? new Map(),
      providers: this.providers,
      parallelism: 10,
      signal: new AbortController().signal,
      events: (event) => this.events.push(event),
      environment: process.env,
      workingDirectory: this.directory,
      workspace: 'default',
      homeDirectory: tmpdir(),
    };
    return { run, diagnostics: [...loaded.diagnostics, ...given.diagnostics, ...variables.diagnostics] };
  }
}

export function summaries(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ summary, detail, address }) => `${address ?? ''} ${summary}: ${detail}`.trim());
}

/** One line per change: `[deps] -> #id address, action, cause`. No-ops are left out. */
export function planLines(plan: Plan | undefined): string[] {
  return (plan?.changes ?? []).filter(({ action }) => action !== 'no-op').map(changeLine);
}

function changeLine(change: Change): string {
  const causes = change.causes.map(({ path, forcesReplacement }) => `${path.join('.')}${forcesReplacement ? '!' : ''}`);
  const why = [change.reason, ...causes].filter((text) => text !== undefined && text !== '');
  const deposed = change.deposed === undefined ? '' : ' (deposed)';
  return `[${change.dependsOn.join(' ')}] -> #${change.id} ${change.text}${deposed}, ${change.action}${why.length > 0 ? `, ${why.join(' ')}` : ''}`;
}

/** What `test` reports, for people and for programs. */
import type { TestFile, TestRun } from '../../core/config/test-file.ts';
import type { Diagnostic } from '../../core/diag/diagnostic.ts';
import type { State } from '../../core/state.ts';
import { stateAddress } from '../state-names.ts';
import type { Schemas } from '../engine.ts';
import { stateObjects } from '../state-selection.ts';
import { diagnosticText } from '../view/diagnostic-text.ts';
import { plainLines } from '../view/plain-lines.ts';
import { planText } from '../view/plan-text.ts';
import { stateText } from '../view/state-text.ts';
import type { Style } from '../view/style.ts';
import type { RunReport } from './run-report.ts';
import { type TestCounts, type TestStatus, countsText } from './test-status.ts';

export type Progress = 'starting' | 'teardown' | 'complete';

export interface TestView {
  /** Before anything runs: what there is. */
  found(files: readonly TestFile[]): void;
  file(file: TestFile, progress: Progress, status?: TestStatus): void;
  run(file: TestFile, run: TestRun, progress: Progress, status?: TestStatus): void;
  /** The plan or state behind a run, when it was asked for. */
  report(file: TestFile, run: TestRun, report: RunReport): Promise<void>;
  diagnostics(diagnostics: readonly Diagnostic[], file?: TestFile, run?: TestRun): void;
  /** What could not be removed. */
  leftOver(state: State, file: TestFile, run: TestRun): void;
  summary(status: TestStatus, counts: TestCounts): void;
}

export interface TestTextOptions {
  readonly style: Style;
  /** Columns. */
  readonly width: number;
  readonly verbose: boolean;
  readonly schemas: Schemas;
  out(text: string): void;
  error(text: string): void;
  redact(text: string): string;
}

export class TestTextView implements TestView {
  readonly #options: TestTextOptions;

  constructor(options: TestTextOptions) {
    this.#options = options;
  }

  found(): void {
    // People see each file when its turn comes.
  }

  file({ name }: TestFile, progress: Progress, status: TestStatus = 'pass'): void {
    this.#write(`${name}... ${this.#word(progress, status)}\n`);
  }

  run(_: TestFile, { name }: TestRun, progress: Progress, status: TestStatus = 'pass'): void {
    if (progress === 'complete') this.#write(`  run ${JSON.stringify(name)}... ${this.#word(progress, status)}\n`);
  }

  #word(progress: Progress, status: TestStatus): string {
    const { style } = this.#options;
    if (progress !== 'complete') return style.dim(progress === 'starting' ? 'in progress' : 'tearing down');
    if (status === 'skip') return style.dim('skip');
    return status === 'pass' ? style.green('pass') : style.red('fail');
  }

  async report(_: TestFile, __: TestRun, { plan, state }: RunReport): Promise<void> {
    const { verbose, style, schemas } = this.#options;
    if (!verbose) return;
    const schemaOf = (change: Parameters<NonNullable<Parameters<typeof planText>[1]['schemaOf']>>[0]) =>
      change.address.resource.mode === 'data'
        ? schemas.dataSchema(change.providerSource, change.address.resource.type)
        : schemas.resourceSchema(change.providerSource, change.address.resource.type)?.schema;
    if (plan) this.#write(`${planText(plan, { style, schemaOf, lineDiff: plainLines })}\n`);
    if (!state) return;
    await schemas.loadForState(state);
    this.#write(`\n${stateText(state, schemas, style)}\n`);
  }

  diagnostics(diagnostics: readonly Diagnostic[]): void {
    const { style, width, error, redact } = this.#options;
    for (const diagnostic of diagnostics) error(diagnosticText(diagnostic, { style, width, redact }));
  }

  leftOver(state: State, { name }: TestFile, run: TestRun): void {
    const objects = leftAddresses(state).map((address) => `  - ${address}\n`);
    this.#options.error(
      `\nThese objects, made by run ${JSON.stringify(run.name)} of ${name}, could not be removed and need to be removed by hand:\n${objects.join('')}`,
    );
  }

  summary(status: TestStatus, counts: TestCounts): void {
    const { style } = this.#options;
    const good = status === 'pass' || status === 'skip';
    const word = good ? style.green('Success!') : style.red('Failure!');
    this.#write(`\n${style.bold(word)} ${countsText(counts)}\n`);
  }

  #write(text: string): void {
    this.#options.out(this.#options.redact(text));
  }
}

export function leftAddresses(state: State): string[] {
  return stateObjects(state)
    .filter(({ resource }) => resource.mode === 'managed')
    .map(({ resource, instance }) => stateAddress(resource, instance));
}

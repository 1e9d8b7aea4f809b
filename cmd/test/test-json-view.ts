/** `test -json`: one object a line, as Terraform's machine-readable UI 1.2 has them. */
import type { TestFile, TestRun } from '../../core/config/test-file.ts';
import type { Diagnostic } from '../../core/diag/diagnostic.ts';
import type { State } from '../../core/state.ts';
import type { JsonObject } from '../../core/value/json.ts';
import type { Schemas } from '../engine.ts';
import { TERRAFORM_VERSION, VERSION } from '../version.ts';
import { diagnosticJson } from '../view/json-diagnostic.ts';
import { planJson } from '../view/json-plan.ts';
import { jsonLine } from '../view/json-text.ts';
import { stateJson } from '../view/json-state.ts';
import type { RunReport } from './run-report.ts';
import { type TestCounts, type TestStatus, countsText } from './test-status.ts';
import { type Progress, type TestView, leftAddresses } from './test-view.ts';

export interface TestJsonOptions {
  readonly verbose: boolean;
  readonly schemas: Schemas;
  write(text: string): void;
  redact(text: string): string;
  now(): Date;
}

const WORDS: Readonly<Record<Exclude<Progress, 'complete'>, string>> = {
  starting: 'in progress',
  teardown: 'tearing down',
};

export class TestJsonView implements TestView {
  readonly #options: TestJsonOptions;

  constructor(options: TestJsonOptions) {
    this.#options = options;
    const versions = { stowage: VERSION, terraform: TERRAFORM_VERSION, ui: '1.2' };
    this.#line('info', `Stowage ${VERSION}`, 'version', versions);
  }

  found(files: readonly TestFile[]): void {
    const runs = files.reduce((count, file) => count + file.runs.length, 0);
    const abstract = Object.fromEntries(files.map((file) => [file.name, file.runs.map(({ name }) => name)]));
    const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
    const message = `Found ${count(files.length, 'file')} and ${count(runs, 'run block')}`;
    this.#line('info', message, 'test_abstract', { test_abstract: abstract });
  }

  file(file: TestFile, progress: Progress, status?: TestStatus): void {
    const test: JsonObject = { path: file.name, progress, ...(status ? { status } : {}) };
    this.#line('info', `${file.name}... ${wordOf(progress, status)}`, 'test_file', { test_file: test }, file);
  }

  run(file: TestFile, run: TestRun, progress: Progress, status?: TestStatus): void {
    const outcome: JsonObject = status ? { status } : { elapsed: 0 };
    const test: JsonObject = { path: file.name, run: run.name, progress, ...outcome };
    const message = `  ${JSON.stringify(run.name)}... ${wordOf(progress, status)}`;
    this.#line('info', message, 'test_run', { test_run: test }, file, run);
  }

  async report(file: TestFile, run: TestRun, { plan, state }: RunReport): Promise<void> {
    const { verbose, schemas } = this.#options;
    if (!verbose) return;
    if (plan) {
      const json = planJson(plan, { schemas, terraformVersion: TERRAFORM_VERSION, configuration: {} });
      this.#line('info', '-verbose flag enabled, printing plan', 'test_plan', { test_plan: json }, file, run);
    }
    if (!state) return;
    await schemas.loadForState(state);
    const json = stateJson(state, schemas, TERRAFORM_VERSION);
    this.#line('info', '-verbose flag enabled, printing state', 'test_state', { test_state: json }, file, run);
  }

  diagnostics(diagnostics: readonly Diagnostic[], file?: TestFile, run?: TestRun): void {
    for (const diagnostic of diagnostics) {
      const isError = diagnostic.severity === 'error';
      const title = `${isError ? 'Error' : 'Warning'}: ${diagnostic.summary}`;
      const json = { diagnostic: diagnosticJson(diagnostic, this.#options.redact) };
      this.#line(isError ? 'error' : 'warn', title, 'diagnostic', json, file, run);
    }
  }

  leftOver(state: State, file: TestFile, run: TestRun): void {
    const left = leftAddresses(state).map((instance) => ({ instance }));
    const message = `${left.length} objects made by ${file.name}/${run.name} could not be removed`;
    this.#line('error', message, 'test_cleanup', { test_cleanup: { failed_resources: left } }, file, run);
  }

  summary(status: TestStatus, counts: TestCounts): void {
    const good = status === 'pass' || status === 'skip';
    const summary = { status, passed: counts.pass, failed: counts.fail, errored: counts.error, skipped: counts.skip };
    const message = `${good ? 'Success!' : 'Failure!'} ${countsText(counts)}`;
    this.#line('info', message, 'test_summary', { test_summary: summary });
  }

  #line(level: string, message: string, type: string, fields: JsonObject, file?: TestFile, run?: TestRun): void {
    const { redact, now, write } = this.#options;
    const timestamp = now()
      .toISOString()
      .replace(/\.(\d{3})Z$/, '.$1000Z');
    const place: JsonObject = { ...(file ? { '@testfile': file.name } : {}), ...(run ? { '@testrun': run.name } : {}) };
    const head = { '@level': level, '@message': redact(message), '@module': 'stowage.ui' };
    write(jsonLine({ ...head, ...place, '@timestamp': timestamp, ...fields, type }));
  }
}

function wordOf(progress: Progress, status: TestStatus | undefined): string {
  if (progress !== 'complete') return WORDS[progress];
  return status === 'error' ? 'fail' : (status ?? 'pass');
}

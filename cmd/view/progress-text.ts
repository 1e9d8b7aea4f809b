/**
 * A run as a person follows it: one line for each thing that begins, goes on for long or ends. On a terminal the
 * latest word of each long operation stays on one line; elsewhere only what lasts is written.
 */
import { type Diagnostic, hasErrors } from '../../core/diag/diagnostic.ts';
import type { Event } from '../../core/event.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { OutputState } from '../../core/state.ts';
import { jsonToValue, typeFromJson } from '../../core/value/json.ts';
import { isFailure } from '../../core/value/convert.ts';
import { diagnosticText } from './diagnostic-text.ts';
import { type RunView, VERBS, elapsedText, idText, startId } from './events.ts';
import { INTERRUPTED, applySummary } from './json-ui.ts';
import { holdsLines, plainLines } from './plain-lines.ts';
import type { PlanCounts } from './plan-counts.ts';
import { type PlanTextOptions, planText } from './plan-text.ts';
import { type Style, visible } from './style.ts';
import { goQuote, valueText } from './value-text.ts';

export interface TextViewOptions {
  readonly style: Style;
  /** Columns. */
  readonly width: number;
  out(text: string): void;
  /** Where diagnostics go. */
  error(text: string): void;
  redact(text: string): string;
  /** One line each, unless there are errors too. */
  readonly compactWarnings?: boolean;
  readonly schemaOf: PlanTextOptions['schemaOf'];
  /** Undefined where progress cannot be overwritten. */
  readonly liveLine: LiveLine | undefined;
}

/** One line of a terminal that is written over again and again. */
export interface LiveLine {
  show(text: string): void;
  clear(): void;
}

export class TextView implements RunView {
  readonly #options: TextViewOptions;
  /** When each running operation was last spoken of, for those that report more often than people read. */
  readonly #lastWord = new Map<string, number>();

  constructor(options: TextViewOptions) {
    this.#options = options;
  }

  diagnostics(diagnostics: readonly Diagnostic[]): void {
    const { style, width, redact, error, liveLine } = this.#options;
    liveLine?.clear();
    const compact = this.#options.compactWarnings === true && !hasErrors(diagnostics);
    if (compact && diagnostics.length > 0) {
      const lines = diagnostics.map((warning) => `- ${visible(redact(warning.summary))}${placeText(warning)}`);
      error(
        `\n${style.bold(style.yellow('Warnings:'))}\n\n${lines.join('\n')}\n\nWithout -compact-warnings they are shown in full.\n`,
      );
      return;
    }
    for (const diagnostic of diagnostics) error(diagnosticText(diagnostic, { style, width, redact }));
  }

  async plan(plan: Plan): Promise<void> {
    const lineDiff = await lineDiffFor(plan);
    const { style, schemaOf } = this.#options;
    this.#write(planText(plan, { style, schemaOf, lineDiff }));
  }

  savedPlan(): void {
    // It was shown when it was made, and `show` shows it again.
  }

  summary(operation: 'apply' | 'destroy', counts: PlanCounts): void {
    const { style } = this.#options;
    this.#write(`\n${style.bold(style.green(applySummary(operation, counts)))}\n`);
  }

  outputs(outputs: ReadonlyMap<string, OutputState>): void {
    if (outputs.size === 0) return;
    const lines = [...outputs].sort().map(([name, output]) => `${name} = ${outputText(output)}\n`);
    this.#write(`\n${this.#options.style.bold(this.#options.style.green('Outputs:'))}\n\n${lines.join('')}`);
  }

  say(text: string): void {
    this.#write(text);
  }

  event(event: Event): void {
    switch (event.kind) {
      case 'refresh-start':
        return this.#line(event.address, `Refreshing state...${idText(event.id)}`);
      case 'refresh-complete':
        return undefined;
      case 'apply-start':
        return this.#line(event.address, `${VERBS[event.action].start}...${idText(startId(event))}`);
      case 'apply-progress':
        return this.#progress(event);
      case 'apply-complete':
        return this.#line(
          event.address,
          `${VERBS[event.action].noun} complete after ${elapsedText(event.elapsedMs)}${idText(event.id)}`,
        );
      case 'apply-errored':
        return undefined;
      case 'provision-start':
        return this.#line(event.address, `Provisioning with '${event.provisioner}'...`);
      case 'provision-output':
        return this.#line(`${event.address} (${event.provisioner})`, visible(event.output));
      case 'provision-complete':
      case 'provision-errored':
        return undefined;
      case 'diagnostic':
        return this.diagnostics([event.diagnostic]);
      case 'notice':
        return this.#write(`${event.message}\n`);
      case 'interrupted':
        return this.#write(`\n${INTERRUPTED}\n`);
    }
  }

  /** With news on a terminal: over the same line. Otherwise a line of its own, at most every ten seconds. */
  #progress(event: Extract<Event, { kind: 'apply-progress' }>): void {
    const { liveLine } = this.#options;
    const note = event.message === undefined ? '' : `: ${visible(event.message)}`;
    const text = `${VERBS[event.action].still}... [${elapsedText(event.elapsedMs)} elapsed]${note}`;
    if (liveLine !== undefined && event.message !== undefined) {
      liveLine.show(this.#options.redact(`${event.address}: ${text}`));
      return;
    }
    const last = this.#lastWord.get(event.address) ?? 0;
    if (event.elapsedMs - last < LEAST_BETWEEN_MS) return;
    this.#lastWord.set(event.address, event.elapsedMs);
    this.#line(event.address, text);
  }

  #line(address: string, text: string): void {
    this.#write(`${this.#options.style.bold(`${address}:`)} ${text}\n`);
  }

  #write(text: string): void {
    this.#options.liveLine?.clear();
    this.#options.out(this.#options.redact(text));
  }
}

function placeText({ subject }: Diagnostic): string {
  return subject === undefined ? '' : `\n  on ${subject.file.name} line ${subject.file.position(subject.start).line}`;
}

const LEAST_BETWEEN_MS = 9_000;

/** Loads the diff library when a text of several lines may have changed. */
async function lineDiffFor(plan: Plan): Promise<PlanTextOptions['lineDiff']> {
  if (!holdsLines(plan)) return plainLines;
  return (await import('./line-diff.ts')).lineDiff;
}

/** As `output` shows it. */
export function outputText(output: OutputState): string {
  if (output.sensitive) return '<sensitive>';
  const type = typeFromJson(output.type);
  const value = type === undefined ? undefined : jsonToValue(output.value, type);
  return value === undefined || isFailure(value) ? goQuote(JSON.stringify(output.value)) : valueText(value);
}

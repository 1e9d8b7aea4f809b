/** Failures that a run is meant to have: which diagnostics they are, and which of them did not come. */
import type { Configuration, Module } from '../../core/config/module.ts';
import { type Diagnostic, errorAt } from '../../core/diag/diagnostic.ts';
import type { Range } from '../../core/diag/source.ts';
import type { TraversalExpression } from '../../core/hcl/ast.ts';
import { parseReference } from '../../core/eval/reference.ts';
import { firstName } from './test-scope.ts';

/** A thing with conditions, and where its name stands in the test. */
export interface ExpectedFailure {
  /** `var.a`, `output.a`, `check.a`, `aws_x.a`, `aws_x.a[0]`. */
  readonly text: string;
  readonly range: Range;
}

/** What `expect_failures` names. */
export function expectedFailures(
  references: readonly TraversalExpression[],
  diagnostics: Diagnostic[],
): ExpectedFailure[] {
  return references.flatMap((reference) => {
    const text = checkableText(reference);
    if (text !== undefined) return [{ text, range: reference }];
    const written = reference.file.text.slice(reference.start, reference.end);
    const detail = `Nothing can be expected to fail in ${written}: only input variables, outputs, check blocks, resources and data sources of the module under test have conditions.`;
    diagnostics.push(errorAt(reference, 'Invalid `expect_failures` reference', detail));
    return [];
  });
}

function checkableText(reference: TraversalExpression): string | undefined {
  const root = reference.root.name;
  if (['var', 'output', 'check'].includes(root) && reference.steps.length > 0) return `${root}.${firstName(reference)}`;
  const subject = parseReference(reference).value?.subject;
  if (subject?.kind !== 'resource') return undefined;
  const key = subject.key === undefined ? '' : `[${JSON.stringify(subject.key)}]`;
  return `${subject.mode === 'data' ? 'data.' : ''}${subject.type}.${subject.name}${key}`;
}

/** The diagnostics that fail a run: without those that were expected, with those that were and did not come. */
export function withoutExpected(
  diagnostics: readonly Diagnostic[],
  expected: readonly ExpectedFailure[],
  configuration: Configuration,
): Diagnostic[] {
  const origins = new Origins(configuration);
  const failed = new Set<string>();
  const left = diagnostics.flatMap((diagnostic) => {
    const origin = origins.of(diagnostic);
    if (!origin || (diagnostic.severity === 'warning' && !origin.isCheck)) return [diagnostic];
    const names = origin.texts.filter((text) => expected.some((each) => each.text === text));
    for (const name of names) failed.add(name);
    if (names.length > 0) return [];
    return [origin.isCheck ? { ...diagnostic, severity: 'error' as const } : diagnostic];
  });
  return [...left, ...expected.filter(({ text }) => !failed.has(text)).map(missingFailure)];
}

function missingFailure({ text, range }: ExpectedFailure): Diagnostic {
  const detail = `The checkable object, ${text}, was expected to report an error but did not.`;
  return errorAt(range, 'Missing expected failure', detail);
}

/** While planning for an apply an expected failure is one, too: what was to be applied cannot be. */
export function withExplanations(
  diagnostics: readonly Diagnostic[],
  expected: readonly ExpectedFailure[],
  configuration: Configuration,
): Diagnostic[] {
  const origins = new Origins(configuration);
  return diagnostics.flatMap((diagnostic): Diagnostic[] => {
    const origin = origins.of(diagnostic);
    const name = origin?.texts.find((text) => expected.some((each) => each.text === text));
    if (name === undefined || origin?.isCheck || diagnostic.severity === 'warning') return [diagnostic];
    const detail = `A condition of ${name} failed while planning, so that there is nothing to apply. The failure was expected, but the run asks for an apply, so it counts as failed. Set "command = plan" if the failure is all that is tested.`;
    return [{ severity: 'warning', summary: 'Expected failure while planning', detail }, diagnostic];
  });
}

/** Whether it comes from a check block: an apply says it again, or no longer. */
export function isFromCheck(diagnostic: Diagnostic, configuration: Configuration): boolean {
  return new Origins(configuration).of(diagnostic)?.isCheck ?? false;
}

interface Origin {
  /** Names under which it may be expected; none for what stands in another module. */
  readonly texts: readonly string[];
  readonly isCheck: boolean;
}

const CONDITIONS: ReadonlySet<string> = new Set([
  'Check block assertion failed',
  'Check block assertion known after apply',
  'Invalid value for variable',
  'Module output value precondition failed',
  'Resource postcondition failed',
  'Resource precondition failed',
]);

/** From the place of a condition to what it is a condition of. */
class Origins {
  readonly #byRange = new Map<Range, { readonly text: string; readonly isCheck: boolean }>();
  readonly #dataInChecks: { readonly body: Range; readonly text: string }[] = [];

  constructor({ root, modules }: Configuration) {
    for (const module of modules.values()) this.#add(module, module === root);
  }

  #add(module: Module, isRoot: boolean): void {
    const note = (range: Range, text: string, isCheck = false) =>
      this.#byRange.set(range, { text: isRoot ? text : '', isCheck });
    for (const variable of module.variables.values()) if (isRoot) note(variable.range, `var.${variable.name}`);
    for (const output of module.outputs.values())
      for (const { condition } of output.preconditions) note(condition, `output.${output.name}`);
    for (const check of module.checks.values())
      for (const { condition } of check.assertions) note(condition, `check.${check.name}`, true);
    for (const [name, { lifecycle, check, body }] of module.resources) {
      for (const { condition } of [...lifecycle.preconditions, ...lifecycle.postconditions]) note(condition, name);
      if (check !== undefined) this.#dataInChecks.push({ body, text: isRoot ? `check.${check}` : '' });
    }
  }

  of({ summary, subject, address }: Diagnostic): Origin | undefined {
    if (!subject) return undefined;
    const found = CONDITIONS.has(summary) ? this.#byRange.get(subject) : undefined;
    if (found) {
      const instance = address !== undefined && found.text !== '' ? [address] : [];
      return { texts: [found.text, ...instance].filter((text) => text !== ''), isCheck: found.isCheck };
    }
    const { file, start } = subject;
    const data = this.#dataInChecks.find(({ body }) => body.file === file && body.start <= start && start <= body.end);
    return data && { texts: [data.text].filter((text) => text !== ''), isCheck: true };
  }
}

// Loads every program of the vectors and holds what loading and the static checks say against what
// `terraform validate -json` 1.11.4 said: summary, detail, file, line and column.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../core/diag/diagnostic.ts';
import { diagnoseStatically } from './diagnose.ts';

const PROGRAMS = fileURLToPath(new URL('../../data/vectors/programs', import.meta.url));

/** Programs of which Terraform says more, which takes values, the graph, functions or a provisioner to know. */
const NEEDS_EVALUATION = new Set([
  'builtin-provider-functions-errors',
  'check-sensitive-message',
  'ephemeral-into-resource',
  'import-null-id',
  'locals-cycle',
  'locals-cycle-through-output',
  'locals-unused-error-still-reported',
  'mistake-conditional-type-mismatch',
  'mistake-for-duplicate-key',
  'mistake-object-attr-missing',
  'mistake-provisioner-missing-command',
  'mistake-string-concat-plus',
  'mistake-three-eval-errors',
  'mistake-two-errors-two-files-main',
  'mistake-two-files-errors',
  'mistake-unknown-function-suggest',
  'module-output-expression-error',
  'module-resource-private',
  'module-wrong-type',
  'output-ephemeral-value',
  'output-precondition-fail',
  'sensitive-conditional',
  'td-computed-assigned',
  'td-count-bool',
  'td-count-fraction',
  'td-count-infinity',
  'td-count-negative',
  'td-count-null',
  'td-count-string',
  'td-cycle-depends-on',
  'td-cycle-two',
  'td-for-each-bool-set',
  'td-for-each-list',
  'td-for-each-null',
  'td-for-each-null-in-set',
  'td-for-each-sensitive',
  'td-for-each-string',
  'td-for-each-tuple',
  'var-sensitive-output-error',
]);

interface Expected {
  readonly severity: string;
  readonly summary: string;
  readonly detail: string;
  readonly range?: { readonly filename: string; readonly start: { readonly line: number; readonly column: number } };
}

interface Step {
  readonly run: string;
  readonly diagnostics?: readonly Expected[];
}

function describeDiagnostic({ severity, summary, detail, subject }: Diagnostic): string {
  const at = subject?.file.position(subject.start);
  return line(severity, subject?.file.name, at?.line, at?.column, summary, detail);
}

function describeExpected({ severity, summary, detail, range }: Expected): string {
  return line(severity, range?.filename, range?.start.line, range?.start.column, summary, detail);
}

function line(...parts: readonly (string | number | undefined)[]): string {
  return parts.map((part) => part ?? '').join(' | ');
}

const programs = readdirSync(PROGRAMS).flatMap((name) => {
  const { steps } = JSON.parse(readFileSync(join(PROGRAMS, name, 'expected.json'), 'utf8')) as { steps: Step[] };
  const step = steps.find(({ run }) => run === 'validate');
  return step ? [{ name, expected: step.diagnostics ?? [] }] : [];
});

/** Where our detail names what Terraform's does not: the directory, the module and its source. */
const OWN_DETAIL: ReadonlySet<string> = new Set(['module-source-not-found']);

describe('what terraform validate says of the programs', () => {
  it.each(programs.filter(({ name }) => !NEEDS_EVALUATION.has(name)))('$name', async ({ name, expected }) => {
    const said = (text: string) => (OWN_DETAIL.has(name) ? text.replace(/ \| [^|]*$/, '') : text);
    const found = (await diagnoseStatically(join(PROGRAMS, name))).map(describeDiagnostic).map(said);
    expect(found.sort()).toEqual(expected.map(describeExpected).map(said).sort());
  });

  it.each(programs.filter(({ name }) => NEEDS_EVALUATION.has(name)))('$name, in part', async ({ name, expected }) => {
    const found = (await diagnoseStatically(join(PROGRAMS, name))).map(describeDiagnostic);
    const wanted = expected.map(describeExpected);
    expect(wanted).toEqual(expect.arrayContaining(found));
    // As soon as all of it is said without evaluation, the program belongs to the others.
    expect(found.length).toBeLessThan(new Set(wanted).size);
  });

  it('knows all of its exceptions', () => {
    const names = programs.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...NEEDS_EVALUATION]));
    console.log(`${names.length - NEEDS_EVALUATION.size} of ${names.length} programs without evaluation`);
  });
});

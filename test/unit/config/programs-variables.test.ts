// Runs the value files, flags and environment of the programs through collectVariableValues and prepareVariables, and
// holds the result against what `terraform plan` said: its diagnostics, and the outputs that are variables as they are.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../core/config/load.ts';
import { type VariableArgument, collectVariableValues, prepareVariables } from '../../../core/config/variables.ts';
import type { Diagnostic } from '../../../core/diag/diagnostic.ts';
import { valueToJson } from '../../../core/value/json.ts';
import { unmarkDeep } from '../../../core/value/marks.ts';

const PROGRAMS = fileURLToPath(new URL('../../data/vectors/programs', import.meta.url));

/** What only a walk can say, beside what is compared here. */
const OTHER_SUMMARIES = new Set([
  'Invalid value for variable',
  'Invalid variable validation result',
  'Output refers to sensitive values',
]);

interface Expected {
  readonly severity: string;
  readonly summary: string;
  readonly detail: string;
  readonly range?: { readonly filename: string; readonly start: { readonly line: number; readonly column: number } };
}

interface Plan {
  readonly run: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly overlay?: string;
  readonly diagnostics?: readonly Expected[];
  readonly output_changes?: Readonly<Record<string, { readonly after?: unknown; readonly after_unknown?: unknown }>>;
}

interface Case {
  readonly name: string;
  readonly index: number;
  readonly overlays: readonly string[];
  readonly step: Plan;
}

function read(name: string, file: string): readonly Plan[] {
  return (JSON.parse(readFileSync(join(PROGRAMS, name, file), 'utf8')) as { steps: Plan[] }).steps;
}

/** Plans of a program: what is run with what came of it. */
function casesOf(name: string): Case[] {
  const results = read(name, 'expected.json');
  const overlays: string[] = [];
  return read(name, 'steps.json').flatMap((step, index) => {
    if (step.overlay) overlays.push(step.overlay);
    const result = results[index];
    if (step.run !== 'plan' || result?.run !== 'plan') return [];
    return [{ name, index, overlays: [...overlays], step: { ...result, ...step } }];
  });
}

function argumentsOf(args: readonly string[] = []): VariableArgument[] {
  return args.flatMap((arg, at): VariableArgument[] => {
    const [flag = '', ...rest] = arg.replace(/^--?/, '').split('=');
    const value = rest.length > 0 ? rest.join('=') : (args[at + 1] ?? '');
    if (flag === 'var') return [{ kind: 'var', text: value }];
    return flag === 'var-file' ? [{ kind: 'var-file', path: value }] : [];
  });
}

function withProgram<T>({ name, overlays }: Case, use: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'stowage-variables-'));
  cpSync(join(PROGRAMS, name), directory, { recursive: true });
  for (const overlay of overlays) cpSync(join(directory, overlay), directory, { recursive: true });
  return use(directory).finally(() => rmSync(directory, { recursive: true }));
}

function describeFound({ severity, summary, detail, subject }: Diagnostic): unknown {
  const at = subject?.file.position(subject.start);
  return { severity, summary, detail, at: subject && `${subject.file.name}:${at?.line}:${at?.column}` };
}

function describeExpected({ severity, summary, detail, range }: Expected): unknown {
  const at = range && `${range.filename}:${range.start.line}:${range.start.column}`;
  // Of the two about undeclared variables the names vary.
  return { severity, summary, detail, at };
}

const cases = readdirSync(PROGRAMS)
  .filter((name) => /^(var|tfvars)-/.test(name))
  .flatMap(casesOf);

describe('variables of the programs', () => {
  it.each(cases)('$name, step $index', async (given) => {
    await withProgram(given, async (directory) => {
      const { value } = await loadConfiguration('.', { workingDirectory: directory });
      if (value === undefined) throw new Error('no configuration');
      const collected = await collectVariableValues({
        module: value.root,
        directory,
        environment: given.step.env ?? {},
        cliArguments: argumentsOf(given.step.args),
      });
      const failed = collected.diagnostics.length > 0;
      const prepared = prepareVariables(value.root, collected.value ?? new Map());
      const found = failed ? collected.diagnostics : prepared.diagnostics;
      const expected = (given.step.diagnostics ?? []).filter(({ summary }) => !OTHER_SUMMARIES.has(summary));
      const details = expected.every(({ summary }) => summary !== 'Values for undeclared variables');
      const strip = (diagnostic: unknown): unknown => (details ? diagnostic : summaryOf(diagnostic));
      expect(found.map(describeFound).map(strip)).toEqual(expected.map(describeExpected).map(strip));
      if (found.some(({ severity }) => severity === 'error')) return;
      for (const [name, change] of Object.entries(given.step.output_changes ?? {})) {
        const expression = value.root.outputs.get(name)?.value;
        if (expression?.kind !== 'traversal' || expression.root.name !== 'var' || expression.steps.length !== 1)
          continue;
        const [step] = expression.steps;
        const variable = prepared.value?.get(step?.kind === 'attribute' ? step.name : '');
        expect(variable && valueToJson(unmarkDeep(variable)), name).toEqual(change.after ?? null);
      }
    });
  });
});

function summaryOf(diagnostic: unknown): unknown {
  const { severity, summary } = diagnostic as { severity: string; summary: string };
  return { severity, summary };
}

/**
 * Runs a recorded whole-configuration program through our command line and compares each step with what Terraform
 * answered: diagnostics with their places, plans, outputs, the state.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ExactNumber,
  type Json,
  type JsonObject,
  isJsonArray,
  isJsonObject,
  parseJsonText,
} from '../../core/value/json.ts';
import { commandLine } from './command-line.ts';

interface Step {
  readonly run: 'init' | 'validate' | 'workspace' | 'plan' | 'apply' | 'destroy';
  readonly args?: readonly string[] | string;
  readonly env?: Readonly<Record<string, string>>;
  readonly overlay?: string;
  readonly delete?: readonly string[];
  readonly continue?: boolean;
}

export function programNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'steps.json')))
    .sort();
}

/** What differs, a line each; empty when all is as recorded. */
export async function compareProgram(folder: string, name: string): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'stowage-program-'));
  try {
    cpSync(join(folder, name), directory, {
      recursive: true,
      filter: (path) => !/\/(steps|expected)\.json$/.test(path),
    });
    const steps = (read(join(folder, name, 'steps.json')) as { steps: readonly Step[] }).steps;
    const expected = field(parse(readFileSync(join(folder, name, 'expected.json'), 'utf8')), 'steps');
    const problems: string[] = [];
    for (const [index, step] of steps.entries()) {
      const want = isJsonArray(expected) ? expected[index] : undefined;
      if (!isJsonObject(want)) break;
      prepare(directory, step);
      const got = await runStep(directory, step);
      problems.push(...compareStep(step, got, want).map((problem) => `${index}:${step.run} ${problem}`));
      if (got.ok !== want.ok) break;
      if (!got.ok && !step.continue && step.run !== 'init') break;
    }
    return problems;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function prepare(directory: string, step: Step): void {
  if (step.overlay) cpSync(join(directory, step.overlay), directory, { recursive: true });
  for (const file of step.delete ?? []) rmSync(join(directory, file), { recursive: true, force: true });
}

interface Got {
  readonly ok: boolean;
  readonly diagnostics: readonly Json[];
  readonly plan?: Json;
  readonly outputs?: Json;
  readonly state?: Json;
  readonly printed: string;
}

async function runStep(directory: string, step: Step): Promise<Got> {
  const given = typeof step.args === 'string' ? step.args.split(/\s+/).filter(Boolean) : (step.args ?? []);
  const run = (args: readonly string[]) =>
    commandLine(args, { directory, ...(step.env ? { environment: step.env } : {}) });
  switch (step.run) {
    case 'init': {
      const { code, out, error } = await run(['init', '-input=false']);
      return { ok: code === 0, diagnostics: [], printed: out + error };
    }
    case 'workspace': {
      const { code, out, error } = await run(['workspace', ...given]);
      return { ok: code === 0, diagnostics: [], printed: out + error };
    }
    case 'validate': {
      const { code, out, error } = await run(['validate', '-json']);
      const diagnostics = field(parse(out), 'diagnostics');
      return { ok: code === 0, diagnostics: isJsonArray(diagnostics) ? diagnostics : [], printed: out + error };
    }
    case 'plan': {
      const { code, out, error } = await run(['plan', '-input=false', '-out=F.tfplan', '-json', ...given]);
      const diagnostics = diagnosticsOf(out);
      if (code !== 0) return { ok: false, diagnostics, printed: out + error };
      const shown = await run(['show', '-json', 'F.tfplan']);
      return { ok: true, diagnostics, plan: parse(shown.out), printed: out + error + shown.error };
    }
    case 'apply':
    case 'destroy': {
      const destroy = step.run === 'destroy' ? ['-destroy'] : [];
      const { code, out, error } = await run(['apply', ...destroy, '-auto-approve', '-json', '-input=false', ...given]);
      const outputs = parse((await run(['output', '-json'])).out);
      const state = parse((await run(['show', '-json'])).out);
      return { ok: code === 0, diagnostics: diagnosticsOf(out), outputs, state, printed: out + error };
    }
  }
}

// ---- Comparison --------------------------------------------------------------------------------------------------

function compareStep(step: Step, got: Got, want: JsonObject): string[] {
  if (got.ok !== want.ok) return [`ok is ${got.ok}: ${got.printed.slice(-300)}`];
  const problems: string[] = [];
  const wanted = isJsonArray(want.diagnostics) ? want.diagnostics : [];
  if (step.run !== 'init' && step.run !== 'workspace' && wanted.length > 0 && want.diagnostics_detail === undefined) {
    problems.push(...difference('diagnostics', got.diagnostics.map(diagnosticKey), wanted.map(diagnosticKey)));
  }
  if (step.run === 'plan' && got.ok) problems.push(...comparePlan(got.plan ?? null, want));
  if ((step.run === 'apply' || step.run === 'destroy') && want.outputs !== undefined) {
    const [gotOutputs, wantOutputs] = [text(scrub(got.outputs ?? {})), text(want.outputs)];
    if (gotOutputs !== wantOutputs) problems.push(`outputs ${gotOutputs} want ${wantOutputs}`);
    const wantState = isJsonArray(want.state) ? want.state.map((each) => text(field(each, 'address') ?? null)) : [];
    if (!wantState.some((address) => address.includes('data.'))) {
      problems.push(...difference('state', stateAddresses(got.state ?? null), wantState));
      problems.push(...compareValues(got.state ?? null, isJsonArray(want.state) ? want.state : []));
    }
  }
  return problems;
}

function comparePlan(plan: Json, want: JsonObject): string[] {
  const shown = field(plan, 'resource_changes');
  const changes = isJsonArray(shown) ? shown : [];
  const wanted = isJsonArray(want.resource_changes) ? want.resource_changes : [];
  const counts = (change: Json, actions: Json | undefined, importing: Json | undefined) =>
    text(actions ?? null) !== '["no-op"]' || Boolean(field(change, 'previous_address')) || Boolean(importing);
  const line = (change: Json, actions: Json | undefined) =>
    text([
      field(change, 'address') ?? null,
      actions ?? null,
      field(change, 'action_reason') ?? null,
      field(change, 'previous_address') ?? null,
    ]);
  const gotLines = changes
    .filter((change) =>
      counts(change, field(field(change, 'change'), 'actions'), field(field(change, 'change'), 'importing')),
    )
    .map((change) => line(change, field(field(change, 'change'), 'actions')));
  const wantLines = wanted
    .filter((change) => counts(change, field(change, 'actions'), field(change, 'importing')))
    .map((change) => line(change, field(change, 'actions')));
  return [
    ...difference('changes', gotLines, wantLines),
    ...difference('outputs', outputLines(field(plan, 'output_changes')), outputLines(want.output_changes)),
  ];
}

function outputLines(changes: Json | undefined): string[] {
  if (!isJsonObject(changes)) return [];
  return Object.entries(changes)
    .filter(([, change]) => text(field(change, 'actions') ?? null) !== '["no-op"]')
    .map(([name, change]) => `${name} ${text(field(change, 'actions') ?? null)}`);
}

function compareValues(state: Json, wanted: readonly Json[]): string[] {
  const got = new Map(managedResources(state).map((each) => [text(field(each, 'address') ?? null), each]));
  return wanted.flatMap((want) => {
    const address = text(field(want, 'address') ?? null);
    const [mine, theirs] = [scrub(field(got.get(address) ?? null, 'values') ?? null), field(want, 'values') ?? null];
    return text(mine) === text(theirs) ? [] : [`${address} ${text(mine)} want ${text(theirs)}`];
  });
}

function stateAddresses(state: Json): string[] {
  return managedResources(state).map((each) => text(field(each, 'address') ?? null));
}

function managedResources(state: Json): Json[] {
  const walk = (module: Json | undefined): Json[] => {
    const resources = field(module, 'resources');
    const children = field(module, 'child_modules');
    return [...(isJsonArray(resources) ? resources : []), ...(isJsonArray(children) ? children.flatMap(walk) : [])];
  };
  return walk(field(field(state, 'values'), 'root_module')).filter(
    (each) => (field(each, 'mode') ?? 'managed') === 'managed',
  );
}

function difference(what: string, got: readonly string[], want: readonly string[]): string[] {
  const [mine, theirs] = [[...got].sort(), [...want].sort()];
  if (mine.join('\n') === theirs.join('\n')) return [];
  return [`${what}: got ${minus(mine, theirs).join(', ')}; missing ${minus(theirs, mine).join(', ')}`];
}

function minus(a: readonly string[], b: readonly string[]): string[] {
  const rest = [...b];
  return a.filter((each) => {
    const at = rest.indexOf(each);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

/** Severity, summary and place; the names in a cycle come in any order. */
function diagnosticKey(diagnostic: Json): string {
  const summary = String(field(diagnostic, 'summary'));
  const sorted = summary.startsWith('Cycle: ') ? `Cycle: ${summary.slice(7).split(', ').sort().join(', ')}` : summary;
  const start = field(field(diagnostic, 'range'), 'start');
  const place = [field(field(diagnostic, 'range'), 'filename'), field(start, 'line'), field(start, 'column')];
  return `${String(field(diagnostic, 'severity'))} ${sorted} ${place.map((each) => String(each ?? '-')).join(':')}`;
}

function diagnosticsOf(lines: string): Json[] {
  return lines.split('\n').flatMap((line) => {
    const json = parse(line);
    return field(json, 'type') === 'diagnostic' ? [field(json, 'diagnostic') ?? null] : [];
  });
}

// ---- JSON --------------------------------------------------------------------------------------------------------

function parse(source: string): Json {
  const parsed = parseJsonText(source);
  return 'json' in parsed ? parsed.json : null;
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function field(json: Json | undefined, name: string): Json | undefined {
  return isJsonObject(json) ? json[name] : undefined;
}

/** What differs from run to run becomes the placeholder that the recording has. */
function scrub(json: Json): Json {
  if (typeof json === 'string') {
    return json
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<timestamp>');
  }
  if (isJsonArray(json)) return json.map(scrub);
  if (isJsonObject(json)) return Object.fromEntries(Object.entries(json).map(([name, each]) => [name, scrub(each)]));
  return json;
}

/** With sorted keys, numbers by their digits. */
function text(json: Json): string {
  if (typeof json === 'number' || json instanceof ExactNumber) return String(Number(String(json)));
  if (isJsonArray(json)) return `[${json.map(text).join(',')}]`;
  if (!isJsonObject(json)) return JSON.stringify(json);
  const members = Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${text(each)}`).join(',')}}`;
}

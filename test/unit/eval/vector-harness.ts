/**
 * Runs an expression vector in this process: a root module of `locals { e = <expr> }` and the vector's setup text, checked
 * and evaluated as far as the language goes, without planner or provider. A vector is what Terraform 1.11.4 made of it.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { ROOT } from '../../../core/addr/address.ts';
import type { Local, Module, Resource } from '../../../core/config/module.ts';
import { buildModule } from '../../../core/config/module-builder.ts';
import { type Diagnostic, errorAt } from '../../../core/diag/diagnostic.ts';
import { SourceFile } from '../../../core/diag/source.ts';
import { evaluate } from '../../../core/eval/evaluate.ts';
import type { CallEnvironment, FunctionTable, Resolved, Scope } from '../../../core/eval/scope.ts';
import type { TraversalExpression } from '../../../core/hcl/ast.ts';
import { parseConfig } from '../../../core/hcl/parser.ts';
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJsonText,
  stringifyJson,
  typeToJson,
  valueToJson,
} from '../../../core/value/json.ts';
import { isSensitive, marksIn } from '../../../core/value/marks.ts';
import { formatNum, isInfiniteNum, parseNumText } from '../../../core/value/number.ts';
import { typeText } from '../../../core/value/show.ts';
import { DYNAMIC, STRING } from '../../../core/value/type.ts';
import {
  boolValue,
  EPHEMERAL,
  NULL,
  objectValue,
  SENSITIVE,
  stringValue,
  typeOf,
  UNKNOWN,
  unknownValue,
  type Value,
  withMarks,
} from '../../../core/value/value.ts';
import { checkStatically } from './vector-references.ts';

export const VECTOR_FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../../data/vectors');

export interface Vector extends JsonObject {
  readonly id: string;
  readonly group: string;
  readonly expr: string;
  readonly ok: boolean;
}

/** `mismatch` is undefined for a vector that came out right; `detail` tells whether an error's words were Terraform's, too. */
export interface Outcome {
  readonly mismatch: string | undefined;
  readonly detail: boolean | undefined;
}

export function loadVectors(): Vector[] {
  const text = gunzipSync(readFileSync(join(VECTOR_FOLDER, 'expressions.jsonl.gz'))).toString();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const parsed = parseJsonText(line);
      if (!('json' in parsed)) throw new Error(`${parsed.error} at ${parsed.offset}: ${line}`);
      return parsed.json as Vector;
    });
}

const BEFORE = 'locals {\n  e = ';
const AFTER = '\n}\noutput "w" {\n  value = { v = local.e }\n}\n';

export function runVector(vector: Vector, functions: FunctionTable): Outcome {
  const { value, error } = evaluateVector(vector, functions);
  if (!vector.ok) return compareError(vector, error);
  if (error !== undefined) return { mismatch: `error: ${error.summary}: ${error.detail}`, detail: undefined };
  return { mismatch: compareValue(vector, value), detail: undefined };
}

/** What the vector's expression is here, and the first error on the way. */
export function evaluateVector(
  vector: Vector,
  functions: FunctionTable,
): { value: Value; error: Diagnostic | undefined } {
  const diagnostics: Diagnostic[] = [];
  const main = new SourceFile('main.tf', BEFORE + vector.expr + AFTER);
  const files = [main];
  if (typeof vector.setup === 'string') files.push(new SourceFile('setup.tf', vector.setup));
  const bodies = files.map((file) => {
    const parsed = parseConfig(file);
    diagnostics.push(...parsed.diagnostics);
    return parsed.value;
  });
  const stop = (): { value: Value; error: Diagnostic | undefined } => ({
    value: UNKNOWN,
    error: firstError(diagnostics),
  });
  if (firstError(diagnostics)) return stop();
  const place = { path: ROOT, directory: '.', call: undefined, parent: undefined };
  const module = buildModule(place, new Map(), bodies, [], diagnostics);
  if (firstError(diagnostics)) return stop();
  checkStatically(module, diagnostics);
  if (firstError(diagnostics)) return stop();
  const scope = new VectorScope(module, functions, vector.planned === true, diagnostics);
  const value = scope.local('e');
  const output = module.outputs.get('w')?.value;
  if (output !== undefined && (marksIn(value) & EPHEMERAL) !== 0) {
    const detail =
      'This output value is not declared as returning an ephemeral value, so it cannot be set to a result derived from an ephemeral value.';
    diagnostics.push(errorAt(output, 'Ephemeral value not allowed', detail));
  }
  return { value, error: firstError(diagnostics) };
}

function firstError(diagnostics: readonly Diagnostic[]): Diagnostic | undefined {
  return diagnostics.find((diagnostic) => diagnostic.severity === 'error');
}

class VectorScope implements Scope {
  readonly functions: FunctionTable;
  readonly context: CallEnvironment;
  readonly #module: Module;
  readonly #diagnostics: Diagnostic[];
  readonly #locals = new Map<string, Value>();

  constructor(module: Module, functions: FunctionTable, planned: boolean, diagnostics: Diagnostic[]) {
    this.#module = module;
    this.functions = functions;
    this.#diagnostics = diagnostics;
    this.context = {
      baseDirectory: VECTOR_FOLDER,
      homeDirectory: '/home/tester',
      planTime: new Date(),
      pure: planned,
    };
  }

  local(name: string): Value {
    const known = this.#locals.get(name);
    if (known !== undefined) return known;
    const local: Local | undefined = this.#module.locals.get(name);
    const value = local === undefined ? UNKNOWN : evaluate(local.value, this, this.#diagnostics);
    this.#locals.set(name, value);
    return value;
  }

  resolve(reference: TraversalExpression): Resolved {
    const [first, second] = reference.steps.map((step) => (step.kind === 'attribute' ? step.name : ''));
    switch (reference.root.name) {
      case 'local':
        return { value: this.local(first ?? ''), used: 1 };
      case 'var':
        return { value: this.#variable(first ?? ''), used: 1 };
      case 'path':
        return { value: stringValue(first === 'cwd' ? VECTOR_FOLDER : '.'), used: 1 };
      case 'terraform':
        if (first === 'applying') return { value: withMarks(boolValue(true), EPHEMERAL), used: 1 };
        return { value: stringValue('default'), used: 1 };
      case 'resource':
        return { value: this.#resource(`${first}.${second}`), used: 2 };
      default:
        return { value: this.#resource(`${reference.root.name}.${first}`), used: 1 };
    }
  }

  #variable(name: string): Value {
    const variable = this.#module.variables.get(name);
    if (variable === undefined) return UNKNOWN;
    const marks = (variable.sensitive ? SENSITIVE : 0) | (variable.ephemeral ? EPHEMERAL : 0);
    return withMarks(variable.defaultValue ?? unknownValue(variable.type), marks);
  }

  /** A terraform_data that is about to be created. */
  #resource(key: string): Value {
    const resource: Resource | undefined = this.#module.resources.get(key);
    const input = resource?.body.attributes.get('input');
    const value = input === undefined ? NULL : evaluate(input.value, this, this.#diagnostics);
    return objectValue([
      ['id', unknownValue(STRING, { notNull: true })],
      ['input', value],
      ['output', value.kind === 'null' ? unknownValue(DYNAMIC) : unknownValue(typeOf(value))],
      ['triggers_replace', NULL],
    ]);
  }
}

// ---- Comparison ------------------------------------------------------------------------------------------------

function compareError(vector: Vector, error: Diagnostic | undefined): Outcome {
  if (error === undefined) return { mismatch: `no error, expected ${vector.summary}`, detail: undefined };
  if (vector.panic === true) return { mismatch: undefined, detail: undefined };
  const detail = vector.detail === undefined || vector.detail === error.detail;
  if (error.summary !== vector.summary) {
    return { mismatch: `error "${error.summary}: ${error.detail}" instead of "${vector.summary}"`, detail };
  }
  const found = placeOf(vector, error);
  const expected = stringifyJson((vector.range as JsonObject | undefined)?.start ?? null);
  return { mismatch: found === expected ? undefined : `at ${found} instead of ${expected}`, detail };
}

/** Relative to the expression, unless the vector says in which file the error is. */
function placeOf(vector: Vector, { subject }: Diagnostic): string {
  if (subject === undefined) return 'null';
  const { line, column, byte } = subject.file.position(subject.start);
  if (vector.file !== undefined) return JSON.stringify({ line, column, byte });
  const relative = { line: line - 1, column: line === 2 ? column - 6 : column, byte: byte - BEFORE.length };
  return JSON.stringify(relative);
}

function compareValue(vector: Vector, value: Value): string | undefined {
  if (vector.planned === true) return comparePlanned(vector, value);
  if (vector.type !== undefined && stringifyJson(vector.type) !== stringifyJson(typeToJson(typeOf(value)))) {
    return `type ${stringifyJson(typeToJson(typeOf(value)))} instead of ${stringifyJson(vector.type)}`;
  }
  if (typeof vector.type_text === 'string' && vector.type_text !== typeText(typeOf(value))) {
    return `type as text ${typeText(typeOf(value))} instead of ${vector.type_text}`;
  }
  if (vector.not_json === true) return compareInfinity(vector, value);
  if (isSensitive(value) !== (vector.sensitive === true)) return `sensitive is ${isSensitive(value)}`;
  return compareJson(vector, value);
}

function compareInfinity(vector: Vector, value: Value): string | undefined {
  if (value.kind !== 'number') return undefined;
  if (!isInfiniteNum(value.value)) return 'not infinite';
  return formatNum(value.value) === vector.console
    ? undefined
    : `${formatNum(value.value)} instead of ${vector.console}`;
}

function compareJson(vector: Vector, value: Value): string | undefined {
  const expected = expectedJson(vector);
  if (expected === undefined) return undefined;
  const json = partOf(value);
  return sameJson(json, expected) ? undefined : `${shortened(json)} instead of ${shortened(expected)}`;
}

/** The number as text counts where it was written down, since `json` may be rounded. */
function expectedJson(vector: Vector): Json | undefined {
  if (typeof vector.json_text !== 'string') return vector.json;
  const parsed = parseJsonText(vector.json_text);
  return 'json' in parsed ? parsed.json : undefined;
}

function comparePlanned(vector: Vector, value: Value): string | undefined {
  if (vector.unknown !== undefined) {
    const mask = unknownMask(value);
    if (stringifyJson(mask) !== stringifyJson(normalMask(vector.unknown))) {
      return `unknown is ${stringifyJson(mask)} instead of ${stringifyJson(vector.unknown)}`;
    }
  }
  return value.kind === 'unknown' || vector.json === undefined ? undefined : compareJson(vector, value);
}

/** Known parts: null for an unknown element, nothing for an unknown attribute. */
function partOf(value: Value): Json {
  switch (value.kind) {
    case 'unknown':
      return null;
    case 'list':
    case 'set':
    case 'tuple':
      return value.elements.map(partOf);
    case 'map':
    case 'object': {
      const entries = value.kind === 'map' ? value.entries : value.attributes;
      return Object.fromEntries(
        [...entries].filter(([, entry]) => entry.kind !== 'unknown').map(([key, entry]) => [key, partOf(entry)]),
      );
    }
    default:
      return valueToJson(value);
  }
}

function unknownMask(value: Value): Json {
  switch (value.kind) {
    case 'unknown':
      return true;
    case 'list':
    case 'set':
    case 'tuple':
      return normalMask(value.elements.map(unknownMask));
    case 'map':
    case 'object': {
      const entries = value.kind === 'map' ? value.entries : value.attributes;
      return normalMask(Object.fromEntries([...entries].map(([key, entry]) => [key, unknownMask(entry)])));
    }
    default:
      return false;
  }
}

/** A structure in which nothing is true is just false. */
function normalMask(mask: Json): Json {
  if (isJsonArray(mask)) {
    const items = mask.map(normalMask);
    return items.every((item) => item === false) ? false : items;
  }
  if (!isJsonObject(mask)) return mask;
  const members = Object.entries(mask).map(([key, inner]) => [key, normalMask(inner)] as const);
  const unknown = members.filter(([, inner]) => inner !== false).sort();
  return unknown.length === 0 ? false : Object.fromEntries(unknown);
}

function sameJson(a: Json, b: Json): boolean {
  if (isNumber(a) && isNumber(b)) return numberText(a) === numberText(b);
  if (isJsonArray(a) && isJsonArray(b)) {
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index] ?? null));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return a === b;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && sameJson(a[name] ?? null, b[name] ?? null));
}

function isNumber(json: Json): json is number | ExactNumber {
  return typeof json === 'number' || json instanceof ExactNumber;
}

/** -0 is 0 here, as in the vectors. */
function numberText(json: number | ExactNumber): string {
  const text = formatNum(parseNumText(String(json)) ?? 0);
  return text === '-0' ? '0' : text;
}

function shortened(json: Json): string {
  const text = stringifyJson(json);
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}

/**
 * A saved plan as text: the plan itself, lossless, and the configuration it was made from. Knows no file system; a
 * text that is damaged, or was written by another version of this format, is refused.
 */
import { type Diagnostic, type Result, failed, ok } from '../diag/diagnostic.ts';
import { InternalError, invariant } from '../diag/invariant.ts';
import { ExactNumber, type Json, isJsonArray, isJsonObject, parseJsonText, stringifyJson } from '../value/json.ts';
import type { Value } from '../value/value.ts';
import type { Plan } from './plan.ts';
import { decodeValue, encodeValue } from './value-codec.ts';

const FORMAT = 'stowage-plan';
const FORMAT_VERSION = 1;

export interface PlanFile {
  readonly plan: Plan;
  /** What wrote it. */
  readonly stowageVersion: string;
  readonly workspace: string;
  /** Every file of the configuration, relative to the working directory, with its text. */
  readonly files: ReadonlyMap<string, string>;
  /** Where the state is, for the error that says what a plan belongs to. */
  readonly stateDescription: string;
}

export function encodePlanFile(file: PlanFile): string {
  const { plan, files, ...rest } = file;
  // Ranges point into files that are gone when the plan is read; the diagnostics were shown when it was made.
  const content = { ...rest, files: [...files], plan: new Encoder().document({ ...plan, diagnostics: [] }) };
  return `${stringifyJson({ format: FORMAT, version: FORMAT_VERSION, ...content })}\n`;
}

/** Whether a file looks like a saved plan at all, before it is read as one. */
export function looksLikePlanFile(text: string): boolean {
  return text.startsWith(`{"format":"${FORMAT}"`);
}

/** @param name of the file, for messages */
export function decodePlanFile(text: string, name: string): Result<PlanFile> {
  const parsed = parseJsonText(text);
  if (!('json' in parsed) || !isJsonObject(parsed.json) || parsed.json.format !== FORMAT) return failed(notAPlan(name));
  const json = parsed.json;
  if (json.version !== FORMAT_VERSION) return failed(otherVersion(name, String(json.stowageVersion)));
  try {
    return ok({
      plan: new Decoder(json.plan ?? null).document(),
      stowageVersion: String(json.stowageVersion),
      workspace: String(json.workspace),
      stateDescription: String(json.stateDescription),
      files: new Map(list(json.files).map((pair) => [String(list(pair)[0]), String(list(pair)[1])])),
    });
  } catch (error) {
    if (error instanceof InternalError) return failed(notAPlan(name));
    throw error;
  }
}

function list(json: Json | undefined): readonly Json[] {
  invariant(isJsonArray(json), 'a list is missing from a plan file');
  return json;
}

/**
 * Plain data with maps, sets, dates and values in it. Objects that are met twice are written once; a marker is an
 * object with one name that begins with `$`, so such names in data get a second `$`.
 */
class Encoder {
  readonly #values: Json[] = [];
  readonly #known = new Map<object, number>();

  document(data: object): Json {
    return { data: this.#encode(data), values: this.#values };
  }

  #encode(data: unknown): Json {
    if (data === null || typeof data === 'string' || typeof data === 'boolean') return data;
    if (typeof data === 'number') return data;
    if (data instanceof ExactNumber) return data;
    invariant(typeof data === 'object', `a plan holds a ${typeof data}`);
    if (Array.isArray(data)) return data.map((item) => this.#encode(item ?? null));
    if (data instanceof Map) return { $map: [...data].map(([key, item]) => [this.#encode(key), this.#encode(item)]) };
    if (data instanceof Set) return { $set: [...data].map((item) => this.#encode(item)) };
    if (data instanceof Date) return { $date: data.toISOString() };
    if (isValue(data)) return { $value: this.#valueIndex(data) };
    const names = Object.entries(data).filter(([, item]) => item !== undefined && typeof item !== 'function');
    return Object.fromEntries(
      names.map(([name, item]) => [name.startsWith('$') ? `$${name}` : name, this.#encode(item)]),
    );
  }

  #valueIndex(value: Value): number {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const index = this.#values.push(encodeValue(value)) - 1;
    this.#known.set(value, index);
    return index;
  }
}

const VALUE_KINDS: ReadonlySet<unknown> = new Set([
  'string',
  'number',
  'bool',
  'list',
  'set',
  'map',
  'tuple',
  'object',
  'null',
  'unknown',
]);

function isValue(data: object): data is Value {
  return 'kind' in data && 'marks' in data && typeof data.marks === 'number' && VALUE_KINDS.has(data.kind);
}

class Decoder {
  readonly #data: Json;
  readonly #values: readonly Value[];

  constructor(json: Json) {
    invariant(isJsonObject(json), 'a plan file has no plan');
    this.#data = json.data ?? null;
    this.#values = list(json.values).map(decodeValue);
  }

  /** What was written: the text's format and version say that it was a plan. */
  document(): Plan {
    const data = this.#decode(this.#data);
    invariant(
      typeof data === 'object' && data !== null && 'changes' in data && 'priorState' in data,
      'a plan is cut short',
    );
    return data as Plan;
  }

  #decode(json: Json): unknown {
    if (isJsonArray(json)) return json.map((item) => this.#decode(item));
    if (!isJsonObject(json)) return json;
    if ('$value' in json) return this.#value(Number(json.$value));
    if ('$map' in json)
      return new Map(list(json.$map).map((pair) => list(pair).map((item) => this.#decode(item)) as [unknown, unknown]));
    if ('$set' in json) return new Set(list(json.$set).map((item) => this.#decode(item)));
    if ('$date' in json) return new Date(String(json.$date));
    return Object.fromEntries(
      Object.entries(json).map(([name, item]) => [name.startsWith('$$') ? name.slice(1) : name, this.#decode(item)]),
    );
  }

  #value(index: number): Value {
    const value = this.#values[index];
    invariant(value !== undefined, 'a plan file refers to a value that is not in it');
    return value;
  }
}

function notAPlan(name: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'Failed to read plan file',
    detail: `${name} is not a saved plan of Stowage, or it is damaged. Make it again with "stowage plan -out=${name}".`,
  };
}

function otherVersion(name: string, writer: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'Failed to read plan file',
    detail: `${name} was written by Stowage ${writer}, whose plans this version does not read. Make it again with this version.`,
  };
}

/** `terraform_remote_state`: the outputs of another configuration's state. Only states in files are read. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Schema } from '../../core/config/schema.ts';
import { type AttributePath, type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type { ConfigureContext, DataSource } from '../../core/provider.ts';
import { isFailure } from '../../core/value/convert.ts';
import { type Json, isJsonObject, jsonToValue, parseJsonText, typeFromJson } from '../../core/value/json.ts';
import { DYNAMIC, STRING, compareUtf8 } from '../../core/value/type.ts';
import { NULL, type ObjectValue, type Value, objectValue } from '../../core/value/value.ts';

export const remoteStateSchema: Schema = {
  version: 0,
  description: 'The outputs of the root module of another configuration, as its last apply left them.',
  attributes: {
    backend: { type: STRING, use: 'required', description: 'Where the state is kept: "local".' },
    config: { type: DYNAMIC, use: 'optional', description: 'The arguments of that backend.' },
    defaults: { type: DYNAMIC, use: 'optional', description: 'Values of outputs that the state does not have.' },
    outputs: { type: DYNAMIC, use: 'computed', description: 'The outputs, by name.' },
    workspace: { type: STRING, use: 'optional', description: 'The workspace whose state is meant.' },
  },
  blocks: {},
};

const INVALID = 'Invalid backend configuration';
const KNOWN_BACKENDS = ['azurerm', 'consul', 'cos', 'gcs', 'http', 'kubernetes', 'oss', 'pg', 'remote', 's3'];

export function remoteState(context: ConfigureContext): DataSource {
  return { read: (config) => read(config, context.workingDirectory) };
}

async function read(config: ObjectValue, workingDirectory: string): Promise<Result<ObjectValue>> {
  const place = statePath(config);
  if (place.value === undefined) return failed(...place.diagnostics);
  const outputs = await readOutputs(resolve(workingDirectory, place.value));
  if (outputs.value === undefined) return failed(...outputs.diagnostics);
  const defaults = attribute(config, 'defaults');
  const entries = new Map(
    defaults.kind === 'object' ? defaults.attributes : defaults.kind === 'map' ? defaults.entries : [],
  );
  for (const [name, value] of outputs.value) entries.set(name, value);
  const sorted = [...entries].sort(([a], [b]) => compareUtf8(a, b));
  return ok(
    objectValue(
      [...config.attributes].map(([name, value]) => [name, name === 'outputs' ? objectValue(sorted) : value]),
    ),
  );
}

// ---- Where it is -------------------------------------------------------------------------------------------------

function statePath(config: ObjectValue): Result<string> {
  const backend = textOf(attribute(config, 'backend'));
  if (backend !== 'local') {
    const detail = KNOWN_BACKENDS.includes(backend ?? '')
      ? `Stowage reads the states of other configurations from files only, so the backend has to be "local", not ${JSON.stringify(backend)}.`
      : `There is no backend type named ${JSON.stringify(backend)}.`;
    return problem(INVALID, detail, ['backend']);
  }
  const settings = localSettings(attribute(config, 'config'));
  if (settings.value === undefined) return failed(...settings.diagnostics);
  const workspace = textOf(attribute(config, 'workspace')) ?? 'default';
  if (workspace === 'default') return ok(settings.value.path ?? 'terraform.tfstate');
  return ok(join(settings.value.workspace_dir ?? 'terraform.tfstate.d', workspace, 'terraform.tfstate'));
}

interface LocalSettings {
  path?: string;
  workspace_dir?: string;
}

function localSettings(config: Value): Result<LocalSettings> {
  if (config.kind === 'null') return ok({});
  const wrong = (why: string) =>
    problem(INVALID, `The given configuration is not valid for backend "local": ${why}.`, ['config']);
  if (config.kind !== 'object' && config.kind !== 'map') return wrong('an object is required');
  const settings: LocalSettings = {};
  for (const [name, value] of config.kind === 'object' ? config.attributes : config.entries) {
    if (name !== 'path' && name !== 'workspace_dir') return wrong(`unexpected attribute ${JSON.stringify(name)}`);
    const text = value.kind === 'number' || value.kind === 'bool' ? String(value.value) : textOf(value);
    if (text === undefined && value.kind !== 'null') return wrong(`attribute "${name}": a string is required`);
    if (text) settings[name] = text;
  }
  return ok(settings);
}

// ---- What is in it -----------------------------------------------------------------------------------------------

async function readOutputs(path: string): Promise<Result<readonly (readonly [string, Value])[]>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing ? missing(path) : unreadable(path, error instanceof Error ? error.message : String(error));
  }
  if (text.trim() === '') return missing(path);
  const parsed = parseJsonText(text);
  if (!('json' in parsed) || !isJsonObject(parsed.json)) return unreadable(path, 'it is not the JSON of a state');
  if (String(parsed.json.version) !== '4') {
    return unreadable(path, `its format version is ${JSON.stringify(parsed.json.version)}, and only 4 can be read`);
  }
  return decodeOutputs(path, parsed.json.outputs);
}

function decodeOutputs(path: string, outputs: Json | undefined): Result<readonly (readonly [string, Value])[]> {
  const entries: (readonly [string, Value])[] = [];
  for (const [name, output] of isJsonObject(outputs) ? Object.entries(outputs) : []) {
    const type = isJsonObject(output) && output.type !== undefined ? typeFromJson(output.type) : undefined;
    const value =
      type && isJsonObject(output) && output.value !== undefined ? jsonToValue(output.value, type) : undefined;
    if (value === undefined || isFailure(value))
      return unreadable(path, `the output ${name} in it has no value of its type`);
    entries.push([name, value]);
  }
  return ok(entries);
}

function missing(path: string) {
  const detail = `There is no state in ${path}. Apply the configuration that it belongs to first, or correct "path" and "workspace".`;
  return problem('Unable to find remote state', detail, []);
}

function unreadable(path: string, why: string) {
  return problem('Failed to read remote state', `${path} cannot be read as a state: ${why}.`, []);
}

function problem(summary: string, detail: string, path: AttributePath) {
  return failed({ severity: 'error', summary, detail, path });
}

function attribute(config: ObjectValue, name: string): Value {
  return config.attributes.get(name) ?? NULL;
}

function textOf(value: Value): string | undefined {
  return value.kind === 'string' ? value.value : undefined;
}

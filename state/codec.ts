/**
 * A state file's text and the state model, both ways. Every field survives, also those that we do not know and those
 * of providers that we never heard of. Knows format version 4; `upgrade.ts` has the older ones.
 */
import type { InstanceKey } from '../core/addr/address.ts';
import { type Diagnostic, type Result, failed, ok } from '../core/diag/diagnostic.ts';
import type { InstanceState, OutputState, ResourceState, State } from '../core/state.ts';
import { type Json, type JsonObject, isJsonObject, parseJsonText } from '../core/value/json.ts';
import { compareUtf8 } from '../core/value/type.ts';
import { type Ordered, arrayText, jsonText, orderedText, stringText } from './json-text.ts';
import { upgradeState } from './upgrade.ts';

export const FORMAT_VERSION = 4;

/** A state that holds nothing yet. `lineage` names it for all time. */
export function emptyState(lineage: string, terraformVersion: string): State {
  return {
    terraformVersion,
    serial: 0,
    lineage,
    outputs: new Map(),
    resources: [],
    checkResults: null,
    unknownFields: {},
  };
}

/**
 * @param text content of a state file
 * @param name how messages call it: a path, a URL
 * @returns the state, or a diagnostic that says what is wrong and what to do
 */
export function readState(text: string, name: string): Result<State> {
  const parsed = parseJsonText(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  if ('error' in parsed) return failed(damaged(name, `${placeOf(text, parsed.offset)}: ${parsed.error}`));
  if (!isJsonObject(parsed.json)) return failed(damaged(name, 'a state is a JSON object'));
  const version = parsed.json.version;
  if (typeof version !== 'number' || !Number.isInteger(version)) {
    return failed(damaged(name, 'it has no format version ("version": 4), so it is no state file'));
  }
  if (version > FORMAT_VERSION) return failed(tooNew(name, version));
  const current = version < FORMAT_VERSION ? upgradeState(parsed.json, version, name) : ok(parsed.json);
  if (current.value === undefined) return failed(...current.diagnostics);
  return decode(current.value, name);
}

function decode(file: JsonObject, name: string): Result<State> {
  try {
    return ok(decodeState(file));
  } catch (error) {
    if (error instanceof ShapeError) return failed(damaged(name, error.message));
    throw error;
  }
}

/** The whole text of a state file, final newline included, as Terraform writes it. */
export function writeState(state: State): string {
  const inner = '  ';
  const outputs = [...state.outputs].sort((a, b) => compareUtf8(a[0], b[0]));
  const resources = [...state.resources].sort(compareResources);
  const fields: Ordered = [
    ['version', String(FORMAT_VERSION)],
    ['terraform_version', stringText(state.terraformVersion)],
    ['serial', String(state.serial)],
    ['lineage', stringText(state.lineage)],
    [
      'outputs',
      orderedText(
        outputs.map(([name, output]) => [name, outputText(output, '    ')]),
        inner,
      ),
    ],
    [
      'resources',
      arrayText(
        resources.map((resource) => resourceText(resource, '    ')),
        inner,
      ),
    ],
    ['check_results', jsonText(state.checkResults, inner)],
    ...unknownTexts(state.unknownFields, inner),
  ];
  return `${orderedText(fields, '')}\n`;
}

// ---- Reading -----------------------------------------------------------------------------------------------------

/** Caught in `decode`: lets the short readers below speak of one field each. */
class ShapeError extends Error {}

function decodeState(file: JsonObject): State {
  const { version: _, terraform_version, serial, lineage, outputs, resources, check_results, ...unknownFields } = file;
  return {
    terraformVersion: optionalText(terraform_version, 'terraform_version') ?? '',
    serial: count(serial, 'serial'),
    lineage: optionalText(lineage, 'lineage') ?? '',
    outputs: new Map(
      Object.entries(object(outputs ?? {}, 'outputs')).map(([name, json]) => [name, decodeOutput(json, name)]),
    ),
    resources: list(resources, 'resources').map(decodeResource),
    checkResults: check_results ?? null,
    unknownFields,
  };
}

function decodeOutput(json: Json, name: string): OutputState {
  const { value, type, sensitive, ...unknownFields } = object(json, `output "${name}"`);
  return { value: value ?? null, type: type ?? 'dynamic', sensitive: sensitive === true, unknownFields };
}

function decodeResource(json: Json, index: number): ResourceState {
  const where = `resource ${index + 1}`;
  const { module, mode, type, name, provider, instances, ...unknownFields } = object(json, where);
  if (mode !== 'managed' && mode !== 'data') throw new ShapeError(`${where} has neither mode "managed" nor "data"`);
  const address = `${requiredText(type, `type of ${where}`)}.${requiredText(name, `name of ${where}`)}`;
  return {
    module: optionalText(module, `module of ${address}`) ?? '',
    mode,
    type: requiredText(type, 'type'),
    name: requiredText(name, 'name'),
    provider: requiredText(provider, `provider of ${address}`),
    instances: list(instances, `instances of ${address}`).map((instance) => decodeInstance(instance, address)),
    unknownFields,
  };
}

function decodeInstance(json: Json, address: string): InstanceState {
  const {
    index_key,
    status,
    deposed,
    schema_version,
    attributes,
    attributes_flat,
    sensitive_attributes,
    identity_schema_version,
    identity,
    private: privateData,
    dependencies,
    create_before_destroy,
    ...unknownFields
  } = object(json, `an instance of ${address}`);
  return {
    indexKey: instanceKey(index_key, address),
    deposed: optionalText(deposed, `deposed of ${address}`),
    status: instanceStatus(status, address),
    schemaVersion: count(schema_version, `schema_version of ${address}`),
    attributes: attributes ?? null,
    attributesFlat:
      attributes_flat === undefined ? undefined : object(attributes_flat, `attributes_flat of ${address}`),
    sensitiveAttributes: list(sensitive_attributes, `sensitive_attributes of ${address}`),
    ...(identity_schema_version === undefined
      ? {}
      : { identitySchemaVersion: count(identity_schema_version, `identity_schema_version of ${address}`) }),
    ...(identity === undefined ? {} : { identity }),
    private: optionalText(privateData, `private of ${address}`),
    dependencies: list(dependencies, `dependencies of ${address}`).map((text) => requiredText(text, 'dependency')),
    createBeforeDestroy: create_before_destroy === true,
    unknownFields,
  };
}

function instanceKey(json: Json | undefined, address: string): InstanceKey | undefined {
  if (json === undefined || json === null) return undefined;
  if (typeof json === 'string' || typeof json === 'number') return json;
  throw new ShapeError(`the index_key of an instance of ${address} is neither text nor a number`);
}

function instanceStatus(json: Json | undefined, address: string): 'ready' | 'tainted' {
  if (json === undefined || json === '' || json === null) return 'ready';
  if (json === 'tainted') return 'tainted';
  throw new ShapeError(`an instance of ${address} has a status that is not known: ${stringText(String(json))}`);
}

function object(json: Json, what: string): JsonObject {
  if (!isJsonObject(json)) throw new ShapeError(`${what} is not an object`);
  return json;
}

function list(json: Json | undefined, what: string): readonly Json[] {
  if (json === undefined || json === null) return [];
  if (!Array.isArray(json)) throw new ShapeError(`${what} is not a list`);
  return json as readonly Json[];
}

function requiredText(json: Json | undefined, what: string): string {
  if (typeof json !== 'string') throw new ShapeError(`${what} is not a text`);
  return json;
}

function optionalText(json: Json | undefined, what: string): string | undefined {
  return json === undefined || json === null ? undefined : requiredText(json, what);
}

function count(json: Json | undefined, what: string): number {
  if (json === undefined || json === null) return 0;
  if (typeof json !== 'number' || !Number.isSafeInteger(json) || json < 0) {
    throw new ShapeError(`${what} is not a whole number from 0`);
  }
  return json;
}

// ---- Writing -----------------------------------------------------------------------------------------------------

function outputText(output: OutputState, indent: string): string {
  const inner = `${indent}  `;
  return orderedText(
    [
      ['value', jsonText(output.value, inner)],
      ['type', jsonText(output.type, inner)],
      ['sensitive', output.sensitive ? 'true' : undefined],
      ...unknownTexts(output.unknownFields, inner),
    ],
    indent,
  );
}

function resourceText(resource: ResourceState, indent: string): string {
  const inner = `${indent}  `;
  const instances = [...resource.instances].sort(compareInstances);
  return orderedText(
    [
      ['module', resource.module === '' ? undefined : stringText(resource.module)],
      ['mode', stringText(resource.mode)],
      ['type', stringText(resource.type)],
      ['name', stringText(resource.name)],
      ['provider', stringText(resource.provider)],
      [
        'instances',
        arrayText(
          instances.map((instance) => instanceText(instance, `${inner}  `)),
          inner,
        ),
      ],
      ...unknownTexts(resource.unknownFields, inner),
    ],
    indent,
  );
}

function instanceText(instance: InstanceState, indent: string): string {
  const inner = `${indent}  `;
  const { attributesFlat, identitySchemaVersion, identity, indexKey } = instance;
  return orderedText(
    [
      ['index_key', indexKey === undefined ? undefined : jsonText(indexKey, inner)],
      ['status', instance.status === 'tainted' ? '"tainted"' : undefined],
      ['deposed', instance.deposed === undefined ? undefined : stringText(instance.deposed)],
      ['schema_version', String(instance.schemaVersion)],
      ['attributes', attributesFlat === undefined ? jsonText(instance.attributes, inner) : undefined],
      ['attributes_flat', attributesFlat === undefined ? undefined : jsonText(attributesFlat, inner)],
      ['sensitive_attributes', sensitivePathsText(instance, inner)],
      ['identity_schema_version', identitySchemaVersion === undefined ? undefined : String(identitySchemaVersion)],
      ['identity', identity === undefined ? undefined : jsonText(identity, inner)],
      ['private', instance.private === undefined ? undefined : stringText(instance.private)],
      ['dependencies', dependenciesText(instance.dependencies, inner)],
      ['create_before_destroy', instance.createBeforeDestroy ? 'true' : undefined],
      ...unknownTexts(instance.unknownFields, inner),
    ],
    indent,
  );
}

function dependenciesText(dependencies: readonly string[], indent: string): string | undefined {
  return dependencies.length === 0 ? undefined : arrayText(dependencies.map(stringText), indent);
}

function sensitivePathsText(instance: InstanceState, indent: string): string | undefined {
  if (instance.attributesFlat !== undefined && instance.sensitiveAttributes.length === 0) return undefined;
  return jsonText(instance.sensitiveAttributes, indent);
}

function unknownTexts(fields: JsonObject, indent: string): Ordered {
  return Object.entries(fields).map(([name, json]) => [name, jsonText(json, indent)]);
}

function compareResources(a: ResourceState, b: ResourceState): number {
  return (
    compareUtf8(a.module, b.module) ||
    compareUtf8(a.mode, b.mode) ||
    compareUtf8(a.type, b.type) ||
    compareUtf8(a.name, b.name)
  );
}

/** Without a key first, then numbers, then texts; the current object before the deposed ones. */
function compareInstances(a: InstanceState, b: InstanceState): number {
  return compareKeys(a.indexKey, b.indexKey) || compareUtf8(a.deposed ?? '', b.deposed ?? '');
}

function compareKeys(a: InstanceKey | undefined, b: InstanceKey | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareUtf8(a, b);
  return rank(a) - rank(b);
}

function rank(key: InstanceKey | undefined): number {
  if (key === undefined) return 0;
  return typeof key === 'number' ? 1 : 2;
}

// ---- What can be wrong -------------------------------------------------------------------------------------------

function damaged(name: string, why: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'State file is damaged',
    detail:
      `The state in ${name} cannot be read: ${why}.\n\n` +
      'Nothing has been changed. Restore the file from a backup (Stowage and Terraform keep the previous one beside ' +
      'it, with ".backup" at the end of its name) or from your version control, and run the command again.',
  };
}

function tooNew(name: string, version: number): Diagnostic {
  return {
    severity: 'error',
    summary: 'State file has a newer format',
    detail:
      `The state in ${name} has format version ${version}; this version of Stowage knows the formats up to ` +
      `${FORMAT_VERSION}. It was written by a newer program. The file has been left as it is: use that program, or a newer Stowage.`,
  };
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** `show -json` of a state: Terraform's format 1.0, which plans contain as `prior_state`. */
import type { Schema } from '../../core/config/schema.ts';
import { decodeInstance } from '../../core/plan/instance-codec.ts';
import type { ResourceSchema } from '../../core/provider.ts';
import type { InstanceState, OutputState, ResourceState, State } from '../../core/state.ts';
import { type Json, type JsonObject, jsonToImpliedValue } from '../../core/value/json.ts';
import { compareUtf8 } from '../../core/value/type.ts';
import type { Value } from '../../core/value/value.ts';
import { providerSourceOf, stateAddress } from '../state-names.ts';
import { stateChecksJson } from './json-checks.ts';
import { type PlacedResource, modulePrefixes, moduleTree } from './json-modules.ts';
import { shownValue } from './shown-value.ts';
import { compact, knownJson, sensitiveJson } from './json-shape.ts';

/** Schemas of what a state holds; undefined for a type that no provider here has. */
export interface StateSchemas {
  resourceSchema(providerSource: string, type: string): ResourceSchema | undefined;
  dataSchema(providerSource: string, type: string): Schema | undefined;
}

/** @param terraformVersion what the JSON says wrote it */
export function stateJson(state: State | null, schemas: StateSchemas, terraformVersion: string): JsonObject {
  if (state === null || (state.resources.length === 0 && state.outputs.size === 0)) return { format_version: '1.0' };
  const checks = stateChecksJson(state.checkResults);
  return {
    format_version: '1.0',
    terraform_version: terraformVersion,
    values: stateValuesJson(state, schemas),
    ...(checks.length > 0 ? { checks } : {}),
  };
}

function stateValuesJson(state: State, schemas: StateSchemas): JsonObject {
  const outputs = [...state.outputs].sort((a, b) => compareUtf8(a[0], b[0]));
  const placed = state.resources.flatMap((resource) => resourceJson(resource, schemas));
  const sorted = placed.sort((a, b) => compareUtf8(String(a.json.address), String(b.json.address)));
  return {
    ...(outputs.length > 0
      ? { outputs: Object.fromEntries(outputs.map(([name, output]) => [name, outputJson(output)])) }
      : {}),
    root_module: moduleTree(sorted),
  };
}

function outputJson({ sensitive, value, type }: OutputState): JsonObject {
  return { sensitive, value, type };
}

function resourceJson(resource: ResourceState, schemas: StateSchemas): PlacedResource[] {
  return resource.instances.map((instance) => ({
    modules: modulePrefixes(resource.module === '' ? '' : resource.module),
    json: instanceJson(resource, instance, schemas),
  }));
}

function instanceJson(resource: ResourceState, instance: InstanceState, schemas: StateSchemas): JsonObject {
  const value = instanceValue(resource, instance, schemas);
  return compact({
    address: stateAddress(resource, instance),
    mode: resource.mode,
    type: resource.type,
    name: resource.name,
    index: instance.indexKey,
    provider_name: providerSourceOf(resource.provider),
    schema_version: instance.schemaVersion,
    values: knownJson(value) ?? null,
    sensitive_values: sensitiveJson(value),
    depends_on: instance.dependencies.length > 0 ? instance.dependencies : undefined,
    tainted: instance.status === 'tainted' ? true : undefined,
    deposed_key: instance.deposed,
  });
}

/** By its schema; what has none, or does not fit it, has the types that its JSON implies. */
export function instanceValue(resource: ResourceState, instance: InstanceState, schemas: StateSchemas): Value {
  const source = providerSourceOf(resource.provider);
  const data = resource.mode === 'data' ? schemas.dataSchema(source, resource.type) : undefined;
  const schema = data === undefined ? schemas.resourceSchema(source, resource.type) : { schema: data };
  const decoded = schema && decodeInstance(stateAddress(resource, instance), schema, instance).value;
  return decoded === undefined ? jsonToImpliedValue(plainAttributes(instance)) : shownValue(decoded, schema?.schema);
}

function plainAttributes(instance: InstanceState): Json {
  return instance.attributesFlat ?? instance.attributes;
}

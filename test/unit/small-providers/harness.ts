/** One resource type of a small provider, asked without the engine: configurations and answers are JSON. */
import { impliedType } from '../../../core/config/schema-type.ts';
import type { Diagnostics } from '../../../core/diag/diagnostic.ts';
import { invariant } from '../../../core/diag/invariant.ts';
import type { ConfigureContext, Planned, Provider, ResourceType } from '../../../core/provider.ts';
import { isFailure } from '../../../core/value/convert.ts';
import { type JsonObject, jsonToValue, valueToJson } from '../../../core/value/json.ts';
import type { ObjectValue } from '../../../core/value/value.ts';
import { localProvider } from '../../../providers/local/provider.ts';
import { nullProvider } from '../../../providers/null/provider.ts';
import { randomProvider } from '../../../providers/random/provider.ts';
import { timeProvider } from '../../../providers/time/provider.ts';

const providers = [randomProvider, nullProvider, localProvider, timeProvider];

export function providerOf(type: string): Provider {
  const provider = providers.find(({ resourceTypes }) => resourceTypes.has(type));
  invariant(provider, `no provider has ${type}`);
  return provider;
}

function contextIn(workingDirectory: string): ConfigureContext {
  const signal = new AbortController().signal;
  return { environment: {}, workingDirectory, signal, parallelism: 1, events: () => undefined };
}

async function resourceOf(type: string, workingDirectory = '/nonexistent'): Promise<ResourceType> {
  const configured = await providerOf(type).configure(object(type, {}), contextIn(workingDirectory));
  invariant(configured.value, 'the small providers need no configuration');
  return configured.value.resource(type);
}

/** What is left out is null. */
export function object(type: string, json: JsonObject): ObjectValue {
  const schema = providerOf(type).resourceTypes.get(type)?.schema;
  invariant(schema, `${type} has a schema`);
  const nulls = Object.fromEntries(Object.keys(schema.attributes).map((name) => [name, null]));
  const value = jsonToValue({ ...nulls, ...json }, impliedType(schema));
  invariant(!isFailure(value) && value.kind === 'object', JSON.stringify(value));
  return value;
}

export async function planOf(type: string, config: JsonObject, prior?: JsonObject): Promise<Planned> {
  const resource = await resourceOf(type);
  const before = prior ? { value: object(type, prior), private: undefined, tainted: false } : null;
  const asked = object(type, config);
  const [result] = await resource.plan([{ address: type, prior: before, config: asked, proposed: asked, mode: 'any' }]);
  invariant(result?.value, JSON.stringify(result?.diagnostics));
  return result.value;
}

export function validate(type: string, config: JsonObject): Diagnostics {
  return providerOf(type).resourceTypes.get(type)?.validate?.(object(type, config)) ?? [];
}

export async function importOf(type: string, id: string): Promise<{ found: JsonObject[]; diagnostics: Diagnostics }> {
  const { value, diagnostics } = await (await resourceOf(type)).importState(id);
  return { found: (value ?? []).map((prior) => valueToJson(prior.value) as JsonObject), diagnostics };
}

/** What is refreshed of a state, with the values of an older version of the schema made new first. */
export async function refreshOf(type: string, attributes: JsonObject, version: number): Promise<JsonObject | string> {
  const described = providerOf(type).resourceTypes.get(type);
  const upgraded = described?.upgrade?.(attributes, version).value ?? attributes;
  const prior = { value: object(type, upgraded), private: undefined, tainted: false };
  const [result] = await (await resourceOf(type)).refresh([{ address: type, prior }]);
  invariant(result?.value, JSON.stringify(result?.diagnostics));
  return result.value.outcome === 'present'
    ? (valueToJson(result.value.prior.value) as JsonObject)
    : result.value.outcome;
}

/** Makes an object of a configuration that is wholly known, and gives back what is stored. */
export async function createOf(
  type: string,
  config: JsonObject,
): Promise<{ value: JsonObject; diagnostics: Diagnostics }> {
  const planned = await planOf(type, config);
  const resource = await resourceOf(type);
  const signal = new AbortController().signal;
  const step = async () => ({ value: {}, diagnostics: [] });
  const applied = await resource.apply(planned, { step, signal, phase: 'all', progress: () => {} });
  return {
    value: applied.value ? (valueToJson(applied.value) as JsonObject) : {},
    diagnostics: applied.diagnostics,
  };
}

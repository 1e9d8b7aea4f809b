/** `show -json` of a plan: Terraform's format 1.2, which tools read and our own tests compare. */
import { moduleText } from '../../core/addr/address.ts';
import type { Change, Drift, OutputChange, Plan } from '../../core/plan/plan.ts';
import type { State } from '../../core/state.ts';
import { type Json, type JsonObject, typeToJson, valueToJson } from '../../core/value/json.ts';
import { compareUtf8 } from '../../core/value/type.ts';
import { isWhollyKnown } from '../../core/value/marks.ts';
import { typeOf } from '../../core/value/value.ts';
import { shownValue } from './shown-value.ts';
import type { Schema } from '../../core/config/schema.ts';
import { checksJson } from './json-checks.ts';
import { type PlacedResource, modulePrefixes, moduleTree } from './json-modules.ts';
import { compact, knownJson, sensitiveJson, unknownJson } from './json-shape.ts';
import { type StateSchemas, stateJson } from './json-state.ts';

export interface JsonPlanContext {
  readonly schemas: StateSchemas;
  readonly terraformVersion: string;
  /** The `configuration` part. */
  readonly configuration: JsonObject;
}

export function planJson(plan: Plan, context: JsonPlanContext): JsonObject {
  const changes = plan.changes.map((change) => changeJson(change, context.schemas));
  const drift = plan.drift.map((item) => driftJson(item, context.schemas));
  const outputs = [...plan.outputs.values()];
  const prior = priorState(plan);
  const hasPrior = prior.resources.length > 0 || prior.outputs.size > 0;
  return compact({
    format_version: '1.2',
    terraform_version: context.terraformVersion,
    variables: plan.variables.size > 0 ? variablesJson(plan) : undefined,
    planned_values: plannedValuesJson(plan, context),
    resource_drift: drift.length > 0 ? drift : undefined,
    resource_changes: changes.length > 0 ? changes : undefined,
    output_changes:
      outputs.length > 0
        ? Object.fromEntries(outputs.map((output) => [output.name, outputChangeJson(output)]))
        : undefined,
    prior_state: hasPrior ? stateJson(prior, context.schemas, context.terraformVersion) : undefined,
    configuration: context.configuration,
    relevant_attributes:
      plan.relevantAttributes.length > 0
        ? plan.relevantAttributes.map(({ resource, attribute }) => ({ resource, attribute: [...attribute] }))
        : undefined,
    checks: plan.checks.length > 0 ? checksJson(plan.checks) : undefined,
    timestamp: plan.planTime.toISOString().replace(/\.\d+Z$/, 'Z'),
    applyable: plan.applyable,
    complete: plan.complete,
    errored: plan.errored,
  });
}

/** Terraform shows the refreshed state with what is known of the new outputs, and without results of checks. */
function priorState(plan: Plan): State {
  const outputs = new Map(plan.refreshedState.outputs);
  for (const { name, action, after, sensitive, type } of plan.outputs.values()) {
    if (action === 'delete') {
      if (plan.mode !== 'destroy') outputs.delete(name);
    } else if (after !== undefined && isWhollyKnown(after)) {
      const json = { value: valueToJson(after), type: typeToJson(type ?? typeOf(after)), sensitive };
      outputs.set(name, { ...json, unknownFields: {} });
    }
  }
  return { ...plan.refreshedState, outputs, checkResults: null };
}

function variablesJson(plan: Plan): JsonObject {
  return Object.fromEntries(
    [...plan.variables]
      .sort(([a], [b]) => compareUtf8(a, b))
      .map(([name, value]) => [name, compact({ value: value.kind === 'unknown' ? undefined : valueToJson(value) })]),
  );
}

// ---- Changes -----------------------------------------------------------------------------------------------------

function changeJson(change: Change, schemas: StateSchemas): JsonObject {
  return compact({
    ...identityJson(change),
    provider_name: change.providerSource,
    deposed: change.deposed,
    change: compact({
      actions: actionsJson(change),
      ...sidesJson(change, schemas),
      replace_paths: change.replacePaths.length > 0 ? change.replacePaths.map((path) => [...path]) : undefined,
      importing: change.importing ? { id: change.importing.id } : undefined,
    }),
    action_reason: change.reason,
  });
}

function driftJson(drift: Drift, schemas: StateSchemas): JsonObject {
  return {
    ...identityJson(drift),
    provider_name: drift.providerSource,
    change: { actions: [drift.action], ...sidesJson(drift, schemas) },
  };
}

function identityJson(change: Pick<Change, 'address' | 'text' | 'previousAddress'>): JsonObject {
  const { resource, key } = change.address;
  return compact({
    address: change.text,
    previous_address: change.previousAddress,
    module_address: moduleText(resource.module) || undefined,
    mode: resource.mode,
    type: resource.type,
    name: resource.name,
    index: key,
  });
}

function actionsJson({ action, createBeforeDestroy }: Change): Json[] {
  if (action !== 'replace') return [action];
  return createBeforeDestroy ? ['create', 'delete'] : ['delete', 'create'];
}

type Owner = Pick<Change, 'address' | 'providerSource'>;

function schemaOf({ address, providerSource }: Owner, schemas: StateSchemas): Schema | undefined {
  const { mode, type } = address.resource;
  return mode === 'data'
    ? schemas.dataSchema(providerSource, type)
    : schemas.resourceSchema(providerSource, type)?.schema;
}

function sidesJson(change: Owner & Pick<Change, 'before' | 'after'>, schemas: StateSchemas): JsonObject {
  const schema = schemaOf(change, schemas);
  const before = change.before && shownValue(change.before, schema);
  const after = change.after && shownValue(change.after, schema);
  return compact({
    before: before === null ? null : knownJson(before),
    after: after === null ? null : knownJson(after),
    after_unknown: after === null || isWhollyKnown(after) ? {} : unknownJson(after),
    before_sensitive: before === null ? false : sensitiveJson(before),
    after_sensitive: after === null ? false : sensitiveJson(after),
  });
}

/** All that is said of the sensitivity of an output is whether it is declared to be sensitive. */
function outputChangeJson({ action, before, after, sensitive, beforeSensitive }: OutputChange): JsonObject {
  const hidden = sensitive || beforeSensitive;
  return compact({
    actions: [action],
    before: before === undefined ? null : (knownJson(before) ?? null),
    after: after === undefined ? null : knownJson(after),
    after_unknown: after === undefined || isWhollyKnown(after) ? false : unknownJson(after),
    before_sensitive: hidden,
    after_sensitive: hidden,
  });
}

// ---- Planned values ----------------------------------------------------------------------------------------------

function plannedValuesJson(plan: Plan, context: JsonPlanContext): JsonObject {
  const outputs = [...plan.outputs.values()].filter(({ action }) => action !== 'delete');
  const resources = plan.changes.flatMap((change) => plannedResource(change, context));
  return {
    ...(outputs.length > 0
      ? { outputs: Object.fromEntries(outputs.map((output) => [output.name, plannedOutput(output)])) }
      : {}),
    root_module: moduleTree(resources),
  };
}

function plannedOutput({ after, sensitive }: OutputChange): JsonObject {
  if (after === undefined || !isWhollyKnown(after)) return { sensitive };
  return { sensitive, type: typeToJson(typeOf(after)), value: valueToJson(after) };
}

function plannedResource(change: Change, { schemas }: JsonPlanContext): PlacedResource[] {
  const { resource, key } = change.address;
  const { after } = change;
  if (after === null || change.deposed !== undefined) return [];
  const schema = schemaOf(change, schemas);
  const shown = shownValue(after, schema);
  const json = compact({
    address: change.text,
    mode: resource.mode,
    type: resource.type,
    name: resource.name,
    index: key,
    provider_name: change.providerSource,
    schema_version: schema?.version ?? 0,
    values: knownJson(shown) ?? null,
    sensitive_values: sensitiveJson(shown),
  });
  return [{ modules: modulePrefixes(moduleText(resource.module)), json }];
}

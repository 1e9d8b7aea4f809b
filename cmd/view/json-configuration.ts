/** The `configuration` part of a plan's JSON: what is declared, with the references that each expression makes. */
import type { Configuration, Module, ModuleCall, Output, Resource, Variable } from '../../core/config/module.ts';
import { constantText } from '../../core/config/static-value.ts';
import { type Reference, referencesIn } from '../../core/eval/reference.ts';
import { ProviderUses } from '../../core/graph/provider-use.ts';
import type { BlockContents } from '../../core/config/schema.ts';
import type { Body, Expression } from '../../core/hcl/ast.ts';
import { keyText, localResourceText } from '../../core/addr/address.ts';
import { ExactNumber, type Json, type JsonObject, valueToJson } from '../../core/value/json.ts';
import { builtInProviders } from '../../providers/registry.ts';
import type { StateSchemas } from './json-state.ts';
import { compact } from './json-shape.ts';

export async function configurationJson(configuration: Configuration, schemas: StateSchemas): Promise<JsonObject> {
  const uses = new ProviderUses(configuration, (name) => builtInProviders.defaultSource(name));
  const context: Context = { uses, schemas };
  const providers = providerConfigs(configuration, context);
  return {
    ...(Object.keys(providers).length > 0 ? { provider_config: providers } : {}),
    root_module: moduleJson(configuration.root, context),
  };
}

interface Context {
  readonly uses: ProviderUses;
  readonly schemas: StateSchemas;
}

function providerConfigs(configuration: Configuration, { uses }: Context): JsonObject {
  const found = new Map<string, JsonObject>();
  for (const module of configuration.modules.values()) {
    for (const resource of module.resources.values()) {
      const { localName, alias } = resource.provider;
      const key = alias === undefined ? localName : `${localName}.${alias}`;
      const { source } = uses.forResource(module, resource);
      if (!found.has(key)) found.set(key, compact({ name: localName, full_name: source, alias }));
    }
  }
  for (const [key, provider] of configuration.root.providers) {
    const expressions = bodyJson(provider.body, undefined);
    found.set(key, {
      ...(found.get(key) ?? compact({ name: provider.localName, alias: provider.alias })),
      ...filled('expressions', expressions),
    });
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function moduleJson(module: Module, context: Context): JsonObject {
  const resources = [...module.resources.values()].filter(({ check }) => check === undefined);
  return {
    ...entries('outputs', module.outputs, outputJson),
    ...(resources.length > 0
      ? { resources: sortedResources(resources).map((resource) => resourceJson(module, resource, context)) }
      : {}),
    ...entries('module_calls', module.calls, (call) => callJson(module, call, context)),
    ...entries('variables', module.variables, variableJson),
  };
}

function sortedResources(resources: readonly Resource[]): Resource[] {
  const order = (resource: Resource) => `${resource.mode === 'data' ? 1 : 0} ${localResourceText(resource)}`;
  return [...resources].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

function entries<T>(name: string, items: ReadonlyMap<string, T>, convert: (item: T) => JsonObject): JsonObject {
  if (items.size === 0) return {};
  return {
    [name]: Object.fromEntries(
      [...items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, convert(item)]),
    ),
  };
}

function filled(name: string, json: JsonObject): JsonObject {
  return Object.keys(json).length > 0 ? { [name]: json } : {};
}

function outputJson(output: Output): JsonObject {
  return compact({
    sensitive: output.sensitive || undefined,
    expression: output.value && expressionJson(output.value),
    depends_on: undefined,
    description: output.description,
  });
}

function variableJson(variable: Variable): JsonObject {
  const { defaultValue, description, sensitive, ephemeral } = variable;
  return compact({
    default: defaultValue === undefined || defaultValue.kind === 'unknown' ? undefined : valueToJson(defaultValue),
    description,
    sensitive: sensitive || undefined,
    ephemeral: ephemeral || undefined,
  });
}

function callJson(module: Module, call: ModuleCall, context: Context): JsonObject {
  const child = module.children.get(call.name);
  const expressions = Object.fromEntries(
    [...call.arguments].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { value }]) => [name, expressionJson(value)]),
  );
  return compact({
    source: call.source,
    ...filled('expressions', expressions),
    count_expression: call.count && nonEmpty(expressionJson(call.count)),
    for_each_expression: call.forEach && nonEmpty(expressionJson(call.forEach)),
    module: child === undefined ? {} : moduleJson(child, context),
    version_constraint: call.version,
  });
}

function resourceJson(module: Module, resource: Resource, { uses, schemas }: Context): JsonObject {
  const { source } = uses.forResource(module, resource);
  const schema =
    resource.mode === 'data'
      ? schemas.dataSchema(source, resource.type)
      : schemas.resourceSchema(source, resource.type)?.schema;
  const { localName, alias } = resource.provider;
  const provisioners = resource.provisioners.map(({ type, body }) => ({
    type,
    ...filled('expressions', bodyJson(body, undefined)),
  }));
  return compact({
    address: localResourceText(resource),
    mode: resource.mode,
    type: resource.type,
    name: resource.name,
    provider_config_key: alias === undefined ? localName : `${localName}.${alias}`,
    provisioners: provisioners.length > 0 ? provisioners : undefined,
    ...filled('expressions', bodyJson(resource.body, schema)),
    schema_version: schema?.version ?? 0,
    count_expression: resource.count && nonEmpty(expressionJson(resource.count)),
    for_each_expression: resource.forEach && nonEmpty(expressionJson(resource.forEach)),
  });
}

const META: ReadonlySet<string> = new Set([
  'count',
  'for_each',
  'provider',
  'depends_on',
  'lifecycle',
  'provisioner',
  'connection',
  'enabled',
]);

/** Arguments by name, blocks as lists of such objects (one object where the schema allows one only). */
function bodyJson(body: Body, contents: BlockContents | undefined): JsonObject {
  const result: Record<string, Json> = {};
  for (const [name, attribute] of body.attributes) if (!META.has(name)) result[name] = expressionJson(attribute.value);
  for (const block of body.blocks) {
    if (META.has(block.type) || block.type === 'dynamic') continue;
    const inner = contents?.blocks[block.type];
    const json = bodyJson(block.body, inner);
    const list = result[block.type];
    result[block.type] = inner?.nesting === 'single' ? json : [...(Array.isArray(list) ? list : []), json];
  }
  return Object.fromEntries(Object.entries(result).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function expressionJson(expression: Expression): JsonObject {
  const references = referencesIn(expression).flatMap(referenceTexts);
  if (references.length > 0) return { references: [...new Set(references)] };
  const constant = constantJson(expression);
  return constant === undefined ? {} : { constant_value: constant };
}

function nonEmpty(json: JsonObject): JsonObject | undefined {
  return Object.keys(json).length > 0 ? json : undefined;
}

function constantJson(expression: Expression): Json | undefined {
  const text = constantText(expression);
  if (text !== undefined) return text;
  if (expression.kind !== 'literal') return undefined;
  const { literal } = expression;
  if (literal.type === 'null') return null;
  return literal.type === 'bool' ? literal.value : numberJson(literal.text);
}

function numberJson(text: string): Json {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : new ExactNumber(text);
}

/** The whole reference first, then every prefix of it that names something itself. */
function referenceTexts({ subject, remaining }: Reference): string[] {
  const base = subjectTexts(subject);
  const [longest] = base;
  if (longest === undefined) return [];
  const steps = remaining.map((step) => (step.kind === 'attribute' ? `.${step.name}` : keyText(step.key)));
  const whole = longest + steps.join('');
  return whole === longest ? base : [whole, ...base];
}

function subjectTexts(subject: Reference['subject']): string[] {
  switch (subject.kind) {
    case 'variable':
      return [`var.${subject.name}`];
    case 'resource': {
      const resource = localResourceText(subject);
      return subject.key === undefined ? [resource] : [resource + keyText(subject.key), resource];
    }
    case 'module': {
      const call = `module.${subject.name}`;
      const instance = subject.key === undefined ? [] : [call + keyText(subject.key)];
      const output = subject.output === undefined ? [] : [`${instance[0] ?? call}.${subject.output}`];
      return [...output, ...instance, call];
    }
    case 'ephemeral-resource':
      return [`ephemeral.${subject.type}.${subject.name}`];
    case 'self':
      return ['self'];
    case 'local':
    case 'each':
    case 'count':
    case 'path':
    case 'terraform':
      return [`${subject.kind}.${subject.name}`];
  }
}

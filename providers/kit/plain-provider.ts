/** A provider that is a table of plain resource types and data sources. Types are loaded when they are first used. */
import type { Schema } from '../../core/config/schema.ts';
import { ok } from '../../core/diag/diagnostic.ts';
import { invariant } from '../../core/diag/invariant.ts';
import type {
  ConfigureContext,
  ConfiguredProvider,
  DataSource,
  Provider,
  ResourceSchema,
  ResourceType,
  Writer,
} from '../../core/provider.ts';
import { checkConfig } from './validators.ts';
import { PLAIN_EFFECTS, type PlainType, plainResource } from './plain-resource.ts';

export interface PlainDataSource {
  readonly schema: Schema;
  readonly source: (context: ConfigureContext) => DataSource;
}

export interface PlainProvider {
  readonly source: string;
  readonly type: string;
  readonly description: string;
  readonly resources: Readonly<Record<string, PlainType>>;
  readonly dataSources?: Readonly<Record<string, PlainDataSource>>;
}

export function plainProvider(table: PlainProvider): Provider {
  const { source, type, description, resources, dataSources = {} } = table;
  return {
    source,
    type,
    schema: { version: 0, description, attributes: {}, blocks: {} },
    resourceTypes: new Map(Object.entries(resources).map(([name, { resource }]) => [name, checked(resource)])),
    dataSources: new Map(Object.entries(dataSources).map(([name, { schema }]) => [name, schema])),
    configure: async (_config, context) => ok(configured(table, context)),
  };
}

function checked(resource: ResourceSchema): ResourceSchema {
  return { ...resource, validate: (config) => checkConfig(resource, config) };
}

function configured(table: PlainProvider, context: ConfigureContext): ConfiguredProvider {
  return {
    async resource(name): Promise<ResourceType> {
      const type = table.resources[name];
      invariant(type, `the ${table.type} provider has no resource type ${name}`);
      return plainResource(type, context);
    },
    async dataSource(name): Promise<DataSource> {
      const data = table.dataSources?.[name];
      invariant(data, `the ${table.type} provider has no data source ${name}`);
      return data.source(context);
    },
    openWriter: async () => writer(table, context),
    close: async () => {},
  };
}

/** Kinds of steps are told apart by their names, whichever type asks for them. */
function writer(table: PlainProvider, configuredWith: ConfigureContext): Writer {
  const effects = Object.assign({}, PLAIN_EFFECTS, ...Object.values(table.resources).map((type) => type.effects));
  return {
    perform(step, context) {
      const effect = effects[step.kind];
      invariant(effect, `nothing can carry out a step of kind ${step.kind}`);
      return effect(step, context, configuredWith);
    },
  };
}

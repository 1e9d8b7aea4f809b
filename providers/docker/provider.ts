/**
 * The built-in `kreuzwerker/docker`: its schemas, and one configured instance per engine. What a resource type does is
 * loaded when it is first asked for; schemas are light and always there. Nothing here speaks to an engine.
 */
import type { Schema } from '../../core/config/schema.ts';
import { type Diagnostics, type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import { invariant } from '../../core/diag/invariant.ts';
import type {
  ConfigureContext,
  ConfiguredProvider,
  DataSource,
  Outcome,
  Provider,
  ResourceSchema,
  ResourceType,
  Step,
  StepContext,
  Writer,
} from '../../core/provider.ts';
import type { ObjectValue } from '../../core/value/value.ts';
import { type Connection, resolveConnection } from './connection.ts';
import { containerResource } from './container-schema.ts';
import { DockerReader, DockerWriter } from './daemon.ts';
import type { RegistryCredentials } from './registry-auth.ts';
import { RenewedImages } from './renewed-images.ts';
import type { DockerContext, ResourceModule } from './resource-module.ts';
import { providerSchema } from './schema/provider.ts';
import {
  containersData,
  imageData,
  logsData,
  networkData,
  pluginData,
  registryImageData,
  registryManifestsData,
  registryTagsData,
} from './schema/data.ts';
import { configResource } from './schema/config.ts';
import { imageResource } from './schema/image.ts';
import { networkResource } from './schema/network.ts';
import { pluginResource } from './schema/plugin.ts';
import { registryImageResource } from './schema/registry-image.ts';
import { secretResource } from './schema/secret.ts';
import { serviceResource } from './schema/service.ts';
import { tagResource } from './schema/tag.ts';
import { volumeResource } from './schema/volume.ts';

interface Registered {
  readonly schema: ResourceSchema;
  readonly load: () => Promise<ResourceModule>;
}

/** One line per resource type: what is always there, and what is loaded when it is used. */
const RESOURCES: Readonly<Record<string, Registered>> = {
  docker_config: { schema: configResource, load: async () => (await import('./config.ts')).configModule },
  docker_container: { schema: containerResource, load: async () => (await import('./container.ts')).containerModule },
  docker_image: { schema: imageResource, load: async () => (await import('./image.ts')).imageModule },
  docker_network: { schema: networkResource, load: async () => (await import('./network.ts')).networkModule },
  docker_plugin: { schema: pluginResource, load: async () => (await import('./plugin.ts')).pluginModule },
  docker_registry_image: {
    schema: registryImageResource,
    load: async () => (await import('./registry-image.ts')).registryImageModule,
  },
  docker_secret: { schema: secretResource, load: async () => (await import('./secret.ts')).secretModule },
  docker_service: { schema: serviceResource, load: async () => (await import('./service.ts')).serviceModule },
  docker_tag: { schema: tagResource, load: async () => (await import('./tag.ts')).tagModule },
  docker_volume: { schema: volumeResource, load: async () => (await import('./volume.ts')).volumeModule },
};

interface RegisteredData {
  readonly schema: Schema;
  readonly load: () => Promise<(docker: DockerContext) => DataSource>;
}

const DATA_SOURCES: Readonly<Record<string, RegisteredData>> = {
  docker_containers: {
    schema: containersData,
    load: async () => (await import('./data-containers.ts')).containersDataSource,
  },
  docker_image: { schema: imageData, load: async () => (await import('./data-image.ts')).imageDataSource },
  docker_logs: { schema: logsData, load: async () => (await import('./data-logs.ts')).logsDataSource },
  docker_network: { schema: networkData, load: async () => (await import('./data-network.ts')).networkDataSource },
  docker_plugin: { schema: pluginData, load: async () => (await import('./data-plugin.ts')).pluginDataSource },
  docker_registry_image: {
    schema: registryImageData,
    load: async () => (await import('./data-registry.ts')).registryImageDataSource,
  },
  docker_registry_image_manifests: {
    schema: registryManifestsData,
    load: async () => (await import('./data-registry.ts')).registryManifestsDataSource,
  },
  docker_registry_image_tags: {
    schema: registryTagsData,
    load: async () => (await import('./data-registry.ts')).registryTagsDataSource,
  },
};

export const dockerProvider: Provider = {
  source: 'registry.terraform.io/kreuzwerker/docker',
  type: 'docker',
  schema: providerSchema,
  resourceTypes: new Map(Object.entries(RESOURCES).map(([name, registered]) => [name, registered.schema])),
  dataSources: new Map(Object.entries(DATA_SOURCES).map(([name, registered]) => [name, registered.schema])),
  configure,
};

async function configure(config: ObjectValue, context: ConfigureContext): Promise<Result<ConfiguredProvider>> {
  const unknown = refuseUnknown(config);
  if (unknown.length > 0) return failed(...unknown);
  const connection = await resolveConnection(config, context.environment);
  if (connection.value === undefined) return failed(...connection.diagnostics);
  const { registryCredentials } = await import('./registry-auth.ts');
  const credentials = registryCredentials(config, context.environment);
  return ok(configured(connection.value, credentials, context), connection.diagnostics);
}

/** Falling back to the default engine would make every object look gone. */
function refuseUnknown(config: ObjectValue): Diagnostics {
  const unknown = [...config.attributes].filter(([, value]) => value.kind === 'unknown');
  return unknown.map(([name]) => ({
    severity: 'error',
    summary: 'Provider configuration not known yet',
    detail: `"${name}" of the docker provider is known only after apply, so it is not known which engine to ask.`,
    path: [name],
  }));
}

function configured(
  connection: Connection,
  credentials: RegistryCredentials,
  context: ConfigureContext,
): ConfiguredProvider {
  const { environment, workingDirectory, signal, parallelism, events } = context;
  const reader = new DockerReader(connection, { parallelism, signal, environment });
  const settings = { environment, workingDirectory, signal, parallelism, events };
  const docker: DockerContext = {
    reader,
    credentials,
    ...settings,
    leaving: new Set(),
    renewed: new RenewedImages(),
    nameless: new Map(),
  };
  const modules = new Map<string, Promise<ResourceModule>>();
  const moduleOf = (type: string): Promise<ResourceModule> => {
    const registered = RESOURCES[type];
    invariant(registered, `the docker provider has no resource type ${type}`);
    const module = modules.get(type) ?? registered.load();
    modules.set(type, module);
    return module;
  };
  const resources = new Map<string, Promise<ResourceType>>();
  return {
    resource(type) {
      const resource = resources.get(type) ?? moduleOf(type).then((module) => module.resource(docker));
      resources.set(type, resource);
      return resource;
    },
    async dataSource(type): Promise<DataSource> {
      const registered = DATA_SOURCES[type];
      invariant(registered, `the docker provider has no data source ${type}`);
      return (await registered.load())(docker);
    },
    openWriter: async () => stepWriter(docker, moduleOf),
    close: async () => reader.close(),
  };
}

/** Hands a step to the resource type that its kind names: `network.create` to docker_network. */
function stepWriter(docker: DockerContext, moduleOf: (type: string) => Promise<ResourceModule>): Writer {
  const writer = new DockerWriter(docker.reader);
  return {
    async perform(step: Step, context: StepContext): Promise<Result<Outcome>> {
      const module = await moduleOf(`docker_${step.kind.slice(0, step.kind.indexOf('.'))}`);
      const effect = module.effects[step.kind];
      invariant(effect, `nothing can carry out a step of kind ${step.kind}`);
      return effect(step, { ...context, writer, docker });
    },
  };
}

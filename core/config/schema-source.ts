/** Schemas by name, and which provider a block belongs to. */
import type { ResourceMode } from '../addr/address.ts';
import type { Module, ProviderReference, Resource } from './module.ts';
import { impliedProviderSource } from './provider-source.ts';
import type { Schema } from './schema.ts';

/** Undefined for what is not known: nothing is said about it then. */
export interface SchemaSource {
  resource(mode: ResourceMode, providerSource: string, type: string): Schema | undefined;
  /** Schema of the provider's own configuration. */
  provider(source: string): Schema | undefined;
  /** Source of a local name that no `required_providers` mentions; the registry's default unless told. */
  defaultSource?(localName: string): string;
}

/** Source address of a local name in a module. */
export function sourceOfProvider(
  module: Module,
  { localName }: Pick<ProviderReference, 'localName'>,
  defaultSource: (localName: string) => string = impliedProviderSource,
): string {
  return module.requiredProviders.get(localName)?.source ?? defaultSource(localName);
}

/** Source address of the provider of a resource. */
export function sourceOfResource(module: Module, resource: Resource, schemas?: SchemaSource): string {
  return sourceOfProvider(module, resource.provider, schemas?.defaultSource?.bind(schemas));
}

/** Short form for messages: registry and host are left out where they are the default. */
export function displaySource(source: string): string {
  return source.startsWith('registry.terraform.io/') ? source.slice('registry.terraform.io/'.length) : source;
}

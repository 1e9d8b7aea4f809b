/** The providers that are built in. Each is loaded when a configuration or a state names it. */
import type { Provider } from '../core/provider.ts';
import type { ProviderDirectory } from '../core/plan/provider-pool.ts';

const LOADERS: Readonly<Record<string, () => Promise<Provider>>> = {
  'terraform.io/builtin/terraform': async () => (await import('./terraform/provider.ts')).terraformProvider,
  'registry.terraform.io/kreuzwerker/docker': async () => (await import('./docker/provider.ts')).dockerProvider,
  'registry.terraform.io/hashicorp/local': async () => (await import('./local/provider.ts')).localProvider,
  'registry.terraform.io/hashicorp/null': async () => (await import('./null/provider.ts')).nullProvider,
  'registry.terraform.io/hashicorp/random': async () => (await import('./random/provider.ts')).randomProvider,
  'registry.terraform.io/hashicorp/time': async () => (await import('./time/provider.ts')).timeProvider,
};

/** Local names that mean something else than `hashicorp/NAME` when no `required_providers` mentions them. */
const DEFAULT_SOURCES: Readonly<Record<string, string>> = {
  terraform: 'terraform.io/builtin/terraform',
  docker: 'registry.terraform.io/kreuzwerker/docker',
};

/** OpenTofu's registry serves the same providers under its own name. */
function canonical(source: string): string {
  return source.replace(/^registry\.opentofu\.org\//, 'registry.terraform.io/');
}

export const builtInSources: readonly string[] = Object.keys(LOADERS);

export const builtInProviders: ProviderDirectory = {
  defaultSource: (localName) => DEFAULT_SOURCES[localName] ?? `registry.terraform.io/hashicorp/${localName}`,
  load: async (source) => await LOADERS[canonical(source)]?.(),
};

/**
 * Which provider configuration each resource uses. A configuration is named as the state names it; the rules of
 * inheritance and of `providers` maps are here and nowhere else.
 */
import { type ModulePath, moduleText } from '../addr/address.ts';
import type { Configuration, Module, ProviderConfig, ProviderReference, Resource } from '../config/module.ts';

/** One provider configuration; without a block of its own it is the empty one of the root module. */
export interface ProviderUse {
  /** `provider["registry.terraform.io/kreuzwerker/docker"].alias`, with the module in front where it is configured there. */
  readonly text: string;
  readonly source: string;
  /** Where its block stands: names in it are those of this module. */
  readonly module: Module;
  readonly config: ProviderConfig | undefined;
}

export function providerNodeId(use: ProviderUse): string {
  return `provider ${use.text}`;
}

export function providerText(module: ModulePath, source: string, alias: string | undefined): string {
  const prefix = module.length > 0 ? `${moduleText(module)}.` : '';
  return `${prefix}provider["${source}"]${alias === undefined ? '' : `.${alias}`}`;
}

/** `provider["registry..."]` of a text as above. */
export function sourceOfProviderText(text: string): string | undefined {
  return /provider\["([^"]+)"\]/.exec(text)?.[1];
}

export class ProviderUses {
  readonly #configuration: Configuration;
  readonly #defaultSource: (localName: string) => string;
  readonly #uses = new Map<string, ProviderUse>();

  /** @param defaultSource the source of a local name that no `required_providers` mentions */
  constructor(configuration: Configuration, defaultSource: (localName: string) => string) {
    this.#configuration = configuration;
    this.#defaultSource = defaultSource;
    for (const module of configuration.modules.values()) {
      for (const resource of module.resources.values()) this.forResource(module, resource);
      for (const config of module.providers.values()) {
        this.resolve(module, { localName: config.localName, alias: config.alias });
      }
    }
  }

  all(): Iterable<ProviderUse> {
    return this.#uses.values();
  }

  forResource(module: Module, resource: Resource): ProviderUse {
    return this.resolve(module, resource.provider);
  }

  /** The configuration that a state names; undefined when nothing here configures it any more. */
  forState(text: string): ProviderUse | undefined {
    const known = this.#uses.get(text);
    const source = sourceOfProviderText(text);
    if (known || source === undefined || text !== providerText([], source, undefined)) return known;
    return this.#remember(this.#configuration.root, source, undefined, undefined);
  }

  sourceOf(module: Module, localName: string): string {
    return module.requiredProviders.get(localName)?.source ?? this.#defaultSource(localName);
  }

  resolve(module: Module, reference: Pick<ProviderReference, 'localName' | 'alias'>): ProviderUse {
    const { localName, alias } = reference;
    const key = alias === undefined ? localName : `${localName}.${alias}`;
    const source = this.sourceOf(module, localName);
    const own = module.providers.get(key);
    const parent = module.parent;
    const passed = module.call?.providers.get(key);
    if (parent && passed) return this.resolve(parent, passed);
    if (own || !parent || alias !== undefined) return this.#remember(module, source, alias, own);
    return this.resolve(parent, { localName: this.#localNameOf(parent, source, localName), alias: undefined });
  }

  /** What the parent calls the provider that the child knows by another name. */
  #localNameOf(module: Module, source: string, localName: string): string {
    for (const required of module.requiredProviders.values()) if (required.source === source) return required.localName;
    return localName;
  }

  #remember(
    module: Module,
    source: string,
    alias: string | undefined,
    config: ProviderConfig | undefined,
  ): ProviderUse {
    const text = providerText(module.path, source, alias);
    let use = this.#uses.get(text);
    if (!use) {
      use = { text, source, module, config };
      this.#uses.set(text, use);
    }
    return use;
  }
}

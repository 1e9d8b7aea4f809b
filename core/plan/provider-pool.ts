/**
 * Providers of a run: where they come from, and the instances that have been configured. Each walk has a pool of its
 * own, because each walk evaluates the configuration anew.
 */
import type { ProviderUse } from '../graph/provider-use.ts';
import { type Result, ok } from '../diag/diagnostic.ts';
import type { ConfigureContext, ConfiguredProvider, Provider } from '../provider.ts';
import { isWhollyKnown } from '../value/marks.ts';
import type { ObjectValue } from '../value/value.ts';

/** Which providers there are. Implemented outside core, which knows none by name. */
export interface ProviderDirectory {
  /** Source of a local name that no `required_providers` mentions. */
  defaultSource(localName: string): string;
  /** Undefined for a provider that is not built in. */
  load(source: string): Promise<Provider | undefined>;
}

/** `deferred`: its configuration is not known yet, so nothing can be asked of it. */
export type PooledProvider =
  | { readonly state: 'ready'; readonly provider: Provider; readonly configured: ConfiguredProvider }
  | { readonly state: 'deferred'; readonly provider: Provider }
  | { readonly state: 'failed' };

export class ProviderPool {
  readonly #providers: ReadonlyMap<string, Provider>;
  readonly #context: ConfigureContext;
  readonly #pooled = new Map<string, PooledProvider>();

  /** @param providers by source, all that configuration and state name */
  constructor(providers: ReadonlyMap<string, Provider>, context: ConfigureContext) {
    this.#providers = providers;
    this.#context = context;
  }

  provider(source: string): Provider | undefined {
    return this.#providers.get(source);
  }

  get(use: ProviderUse): PooledProvider {
    return this.#pooled.get(use.text) ?? { state: 'failed' };
  }

  /** Nothing is asked of an engine before something has to be known of it. */
  async configure(use: ProviderUse, config: ObjectValue): Promise<Result<PooledProvider>> {
    const provider = this.#providers.get(use.source);
    if (!provider) return ok(this.#pool(use, { state: 'failed' }));
    if (!isWhollyKnown(config)) return ok(this.#pool(use, { state: 'deferred', provider }));
    const { value, diagnostics } = await provider.configure(config, { ...this.#context, configuration: use.text });
    return ok(
      this.#pool(use, value ? { state: 'ready', provider, configured: value } : { state: 'failed' }),
      diagnostics,
    );
  }

  #pool(use: ProviderUse, pooled: PooledProvider): PooledProvider {
    this.#pooled.set(use.text, pooled);
    return pooled;
  }

  async close(): Promise<void> {
    for (const pooled of this.#pooled.values()) if (pooled.state === 'ready') await pooled.configured.close();
  }
}

/**
 * Asks for the live objects of a provider configuration in bulk, as soon as it is configured; whoever needs one object
 * waits for its own answer. Changes nothing.
 */
import { type InstanceAddress, instanceText } from '../addr/address.ts';
import { type Diagnostics, NO_DIAGNOSTICS, type Result, ok } from '../diag/diagnostic.ts';
import type { Sink } from '../event.ts';

import type { Prior, Provider, Refreshed } from '../provider.ts';
import type { InstanceState } from '../state.ts';
import { decodeInstance } from './instance-codec.ts';
import type { PooledProvider } from './provider-pool.ts';

/** An object of the state that a provider configuration is responsible for. */
export interface Tracked {
  readonly address: InstanceAddress;
  /** `deposed` is part of the key: a deposed object is refreshed like any other. */
  readonly object: InstanceState;
}

/** What is known of an object: as the state has it, and as it is now (undefined when it is gone). */
export interface Checked {
  readonly recorded: Prior;
  readonly current: Prior | undefined;
  readonly observed: unknown;
}

export function trackedKey(address: InstanceAddress, deposed: string | undefined): string {
  return deposed === undefined ? instanceText(address) : `${instanceText(address)} (${deposed})`;
}

export class Refresher {
  readonly #enabled: boolean;
  readonly #events: Sink;
  readonly #answers = new Map<string, Promise<Result<Checked>>>();

  constructor(enabled: boolean, events: Sink) {
    this.#enabled = enabled;
    this.#events = events;
  }

  /** One bulk question per resource type. */
  begin(pooled: PooledProvider, provider: Provider, tracked: readonly Tracked[]): void {
    for (const [type, group] of byType(tracked)) {
      const answers = this.#ask(pooled, provider, type, group);
      group.forEach(({ address, object }, index) => {
        const answer = answers.then((all) => all[index] as Result<Checked>);
        this.#answers.set(trackedKey(address, object.deposed), answer);
      });
    }
  }

  /** An instance has moved after it was asked for. */
  moved(from: InstanceAddress, to: InstanceAddress): void {
    const answer = this.#answers.get(trackedKey(from, undefined));
    if (answer) this.#answers.set(trackedKey(to, undefined), answer);
  }

  /** Undefined when the state has no such object. */
  answer(address: InstanceAddress, deposed: string | undefined): Promise<Result<Checked>> | undefined {
    return this.#answers.get(trackedKey(address, deposed));
  }

  async #ask(
    pooled: PooledProvider,
    provider: Provider,
    type: string,
    tracked: readonly Tracked[],
  ): Promise<Result<Checked>[]> {
    const decoded = tracked.map((each) => decodeTracked(provider, type, each));
    if (!this.#enabled || pooled.state !== 'ready') return decoded.map((result) => unchecked(result));
    const resource = await pooled.configured.resource(type);
    const asks = tracked.flatMap((each, index) => {
      const prior = decoded[index]?.value;
      return prior ? [{ index, address: instanceText(each.address), prior }] : [];
    });
    for (const { address, prior } of asks) this.#events({ kind: 'refresh-start', address, id: idOf(prior) });
    const answers = await resource.refresh(asks);
    const results = decoded.map((result) => unchecked(result));
    asks.forEach(({ index, address, prior }, position) => {
      this.#events({ kind: 'refresh-complete', address, id: idOf(prior) });
      const refreshed = answers[position];
      if (refreshed) results[index] = combine(prior, decoded[index]?.diagnostics ?? NO_DIAGNOSTICS, refreshed);
    });
    return results;
  }
}

function byType(tracked: readonly Tracked[]): Map<string, Tracked[]> {
  const groups = new Map<string, Tracked[]>();
  for (const each of tracked) {
    const { type } = each.address.resource;
    const group = groups.get(type);
    if (group) group.push(each);
    else groups.set(type, [each]);
  }
  return groups;
}

export function decodeTracked(provider: Provider, type: string, { address, object }: Tracked): Result<Prior> {
  const schema = provider.resourceTypes.get(type);
  if (!schema) return { value: undefined, diagnostics: [unknownType(provider, type, address)] };
  const { value, diagnostics } = decodeInstance(instanceText(address), schema, object);
  if (!value) return { value: undefined, diagnostics };
  return ok({ value, private: object.private, tainted: object.status === 'tainted' }, diagnostics);
}

function unknownType(provider: Provider, type: string, address: InstanceAddress) {
  return {
    severity: 'error' as const,
    summary: 'Unsupported resource type in state',
    detail: `The state holds ${instanceText(address)}, but the provider ${provider.source} has no resource type "${type}". Remove it from the state, or use the tool that made it.`,
    address: instanceText(address),
  };
}

function unchecked({ value, diagnostics }: Result<Prior>): Result<Checked> {
  return value ? ok({ recorded: value, current: value, observed: undefined }, diagnostics) : { value, diagnostics };
}

function combine(recorded: Prior, before: Diagnostics, { value, diagnostics }: Result<Refreshed>): Result<Checked> {
  const all = [...before, ...diagnostics];
  if (!value) return { value: undefined, diagnostics: all };
  const current = value.outcome === 'absent' ? undefined : { ...value.prior, tainted: recorded.tainted };
  return ok({ recorded, current, observed: value.observed }, all);
}

export function idOf(prior: Prior): string | undefined {
  const id = prior.value.attributes.get('id');
  return id?.kind === 'string' ? id.value : undefined;
}

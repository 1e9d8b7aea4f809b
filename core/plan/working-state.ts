/**
 * The state while it is worked on: by moves and refresh in a plan, by the outcomes of an apply. Indexed by address;
 * `toState` gives the value that is written.
 */
import {
  type InstanceAddress,
  type InstanceKey,
  ROOT,
  type ResourceAddress,
  keyText,
  moduleText,
  resourceText,
} from '../addr/address.ts';
import { parseModuleText } from '../config/address-text.ts';
import type { InstanceState, OutputState, ResourceState, State } from '../state.ts';
import type { Json, JsonObject } from '../value/json.ts';
import { compareUtf8 } from '../value/type.ts';

export interface WorkingInstance {
  readonly key: InstanceKey | undefined;
  readonly current: InstanceState | undefined;
  readonly deposed: ReadonlyMap<string, InstanceState>;
}

export interface WorkingResource {
  readonly address: ResourceAddress;
  /** As the state writes it. */
  readonly provider: string;
  readonly instances: Map<string, WorkingInstance>;
  readonly unknownFields: JsonObject;
}

export class WorkingState {
  readonly #base: State;
  readonly resources = new Map<string, WorkingResource>();
  outputs: Map<string, OutputState>;
  checkResults: Json;

  constructor(base: State) {
    this.#base = base;
    this.outputs = new Map(base.outputs);
    this.checkResults = base.checkResults;
    for (const resource of base.resources) this.#index(resource);
  }

  #index(resource: ResourceState): void {
    const module = resource.module === '' ? ROOT : (parseModuleText(resource.module).value ?? ROOT);
    const address = { module, mode: resource.mode, type: resource.type, name: resource.name };
    const instances = new Map<string, WorkingInstance>();
    for (const instance of resource.instances) {
      const text = keyText(instance.indexKey);
      const known = instances.get(text) ?? { key: instance.indexKey, current: undefined, deposed: new Map() };
      instances.set(
        text,
        instance.deposed === undefined
          ? { ...known, current: instance }
          : { ...known, deposed: new Map(known.deposed).set(instance.deposed, instance) },
      );
    }
    const { provider, unknownFields } = resource;
    this.resources.set(resourceText(address), { address, provider, instances, unknownFields });
  }

  instance(address: InstanceAddress): WorkingInstance | undefined {
    return this.resources.get(resourceText(address.resource))?.instances.get(keyText(address.key));
  }

  setCurrent(address: InstanceAddress, provider: string, object: InstanceState | undefined): void {
    this.#change(address, provider, (instance) => ({
      ...instance,
      current: object && { ...object, indexKey: address.key, deposed: undefined },
    }));
  }

  setDeposed(address: InstanceAddress, provider: string, deposed: string, object: InstanceState | undefined): void {
    this.#change(address, provider, (instance) => {
      const others = new Map(instance.deposed);
      if (object) others.set(deposed, { ...object, indexKey: address.key, deposed });
      else others.delete(deposed);
      return { ...instance, deposed: others };
    });
  }

  #change(address: InstanceAddress, provider: string, change: (instance: WorkingInstance) => WorkingInstance): void {
    const text = resourceText(address.resource);
    let resource = this.resources.get(text);
    if (!resource || resource.provider !== provider) {
      resource = {
        address: address.resource,
        provider,
        instances: resource?.instances ?? new Map(),
        unknownFields: resource?.unknownFields ?? {},
      };
      this.resources.set(text, resource);
    }
    const key = keyText(address.key);
    const next = change(resource.instances.get(key) ?? { key: address.key, current: undefined, deposed: new Map() });
    if (next.current || next.deposed.size > 0) resource.instances.set(key, next);
    else resource.instances.delete(key);
    if (resource.instances.size === 0) this.resources.delete(text);
  }

  /** Whole instance, deposed objects included, under another address. */
  move(from: InstanceAddress, to: InstanceAddress): void {
    const source = this.resources.get(resourceText(from.resource));
    const instance = source?.instances.get(keyText(from.key));
    if (!source || !instance) return;
    source.instances.delete(keyText(from.key));
    if (source.instances.size === 0) this.resources.delete(resourceText(from.resource));
    if (instance.current) this.setCurrent(to, source.provider, instance.current);
    for (const [deposed, object] of instance.deposed) this.setDeposed(to, source.provider, deposed, object);
  }

  toState(serial: number = this.#base.serial): State {
    const resources = [...this.resources.values()].map(toResourceState).sort(compareResources);
    return {
      ...this.#base,
      serial,
      outputs: new Map([...this.outputs].sort((a, b) => compareUtf8(a[0], b[0]))),
      resources,
      checkResults: this.checkResults,
    };
  }
}

function toResourceState(resource: WorkingResource): ResourceState {
  const { address, provider, unknownFields } = resource;
  const instances = [...resource.instances.values()]
    .sort(compareInstances)
    .flatMap((instance) => [
      ...(instance.current ? [instance.current] : []),
      ...[...instance.deposed.values()].sort((a, b) => compareUtf8(a.deposed ?? '', b.deposed ?? '')),
    ]);
  const { mode, type, name } = address;
  return { module: moduleText(address.module), mode, type, name, provider, instances, unknownFields };
}

function compareResources(a: ResourceState, b: ResourceState): number {
  return (
    compareUtf8(a.module, b.module) ||
    compareUtf8(a.mode, b.mode) ||
    compareUtf8(a.type, b.type) ||
    compareUtf8(a.name, b.name)
  );
}

function compareInstances(a: WorkingInstance, b: WorkingInstance): number {
  return compareKeys(a.key, b.key);
}

/** No key before numbers before strings. */
export function compareKeys(a: InstanceKey | undefined, b: InstanceKey | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareUtf8(a, b);
  const rank = (key: InstanceKey | undefined) => (key === undefined ? 0 : typeof key === 'number' ? 1 : 2);
  return rank(a) - rank(b);
}

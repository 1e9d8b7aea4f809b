/**
 * Changes of a state that a person asks for: objects that get another address or provider, are forgotten or marked. What
 * really exists stays untouched. Each gives a new state, or says why it cannot.
 */
import {
  type InstanceAddress,
  type InstanceKey,
  type ModulePath,
  ROOT,
  type ResourceAddress,
  configResourceText,
  instanceText,
  keyText,
  moduleText,
  resourceText,
} from '../addr/address.ts';
import type { Target } from '../addr/parse.ts';
import { parseModuleText } from '../config/address-text.ts';
import { type Result, errorAt, failed, ok } from '../diag/diagnostic.ts';
import type { InstanceState, ResourceState, State } from '../state.ts';

/** An object of the state with its address. */
interface Entry {
  readonly address: InstanceAddress;
  readonly resource: ResourceState;
  readonly instance: InstanceState;
}

export interface Edited {
  readonly state: State;
  /** How many objects it concerned, deposed ones not counted. */
  readonly count: number;
  /** Their addresses. */
  readonly addresses: readonly string[];
}

// ---- Forgetting --------------------------------------------------------------------------------------------------

/** Without everything that one of the targets means. */
export function forgetObjects(state: State, targets: readonly Target[]): Edited {
  const gone = entriesOf(state).filter(({ address }) => targets.some((target) => means(target, address)));
  const left = entriesOf(state).filter(({ address }) => !targets.some((target) => means(target, address)));
  return edited(fromEntries(state, left), gone);
}

/** A target without a key means all instances. */
function means(target: Target, { resource, key }: InstanceAddress): boolean {
  switch (target.kind) {
    case 'module':
      return below(resource.module, target.module);
    case 'resource':
      return resourceText(resource) === resourceText(target.resource);
    case 'instance':
      return instanceText({ resource, key }) === instanceText(target.instance);
  }
}

/** Whether a module is the other one or stands below it; without its last key the other means all of its instances. */
function below(path: ModulePath, top: ModulePath): boolean {
  return (
    path.length >= top.length &&
    top.every(({ name, key }, index) => {
      const step = path[index];
      const anyKey = key === undefined && index === top.length - 1;
      return step?.name === name && (anyKey || step.key === key);
    })
  );
}

// ---- Moving ------------------------------------------------------------------------------------------------------

const INVALID_REQUEST = 'Invalid state move request';

/** Gives what `from` means the address `to`. */
export function moveObjects(state: State, from: Target, to: Target): Result<Edited> {
  const move = moveBetween(from, to);
  if (move.value === undefined) return failed(...move.diagnostics);
  const renamed = move.value;
  const entries = entriesOf(state);
  const moving = entries.filter(({ address }) => renamed(address) !== undefined);
  if (moving.length === 0) {
    const detail = `Cannot move ${targetText(from)}: there is nothing with this address in the state. "stowage state list" shows what there is.`;
    return failed(errorAt(undefined, 'Invalid source address', detail));
  }
  const staying = new Set(
    entries.filter((entry) => !moving.includes(entry)).map(({ address }) => instanceText(address)),
  );
  const moved = entries.map((entry) => {
    const address = renamed(entry.address);
    return address ? { ...entry, address, instance: { ...entry.instance, indexKey: address.key } } : entry;
  });
  const taken = moved.find((entry, index) => entry !== entries[index] && staying.has(instanceText(entry.address)));
  if (taken) {
    const detail = `Cannot move to ${targetText(to)}: ${instanceText(taken.address)} is in the state already.`;
    return failed(errorAt(undefined, 'Invalid target address', detail));
  }
  return ok(edited(fromEntries(state, followed(moved, moving, renamed)), moving));
}

type Rename = (address: InstanceAddress) => InstanceAddress | undefined;

function moveBetween(from: Target, to: Target): Result<Rename> {
  if (from.kind === 'module' || to.kind === 'module') {
    if (from.kind === 'module' && to.kind === 'module') return ok(moduleMove(from.module, to.module));
    return refused(from, to, 'a module can only become a module, and a resource a resource');
  }
  const [source, target] = [resourceOf(from), resourceOf(to)];
  if (source.mode !== 'managed' || target.mode !== 'managed')
    return refused(from, to, 'data sources are read, not moved');
  if (source.type !== target.type) return refused(from, to, "resource types don't match");
  if (from.kind === 'resource' && to.kind === 'resource') {
    return ok(({ resource, key }) =>
      resourceText(resource) === resourceText(source) ? { resource: target, key } : undefined,
    );
  }
  const [fromKey, toKey] = [keyOf(from), keyOf(to)];
  const text = instanceText({ resource: source, key: fromKey });
  return ok((address) => (instanceText(address) === text ? { resource: target, key: toKey } : undefined));
}

function refused(from: Target, to: Target, why: string): Result<Rename> {
  return failed(errorAt(undefined, INVALID_REQUEST, `Cannot move ${targetText(from)} to ${targetText(to)}: ${why}.`));
}

function moduleMove(from: ModulePath, to: ModulePath): Rename {
  return ({ resource, key }) => {
    if (!below(resource.module, from)) return undefined;
    const own = resource.module[from.length - 1];
    const last = to.at(-1);
    // All instances of a module keep their keys.
    const kept = last && own && from.at(-1)?.key === undefined && last.key === undefined;
    const top = kept ? [...to.slice(0, -1), { name: last.name, key: own.key }] : to;
    return { resource: { ...resource, module: [...top, ...resource.module.slice(from.length)] }, key };
  };
}

/** Dependencies follow what they name, once nothing is left at the old address. */
function followed(entries: readonly Entry[], moving: readonly Entry[], renamed: Rename): Entry[] {
  const names = new Map<string, string>();
  for (const { address } of moving) {
    const target = renamed(address);
    if (target) names.set(configResourceText(address.resource), configResourceText(target.resource));
  }
  for (const { address } of entries) names.delete(configResourceText(address.resource));
  return entries.map((entry) => {
    const { dependencies } = entry.instance;
    if (!dependencies.some((name) => names.has(name))) return entry;
    return {
      ...entry,
      instance: { ...entry.instance, dependencies: dependencies.map((name) => names.get(name) ?? name).sort() },
    };
  });
}

function resourceOf(target: Exclude<Target, { kind: 'module' }>): ResourceAddress {
  return target.kind === 'resource' ? target.resource : target.instance.resource;
}

function keyOf(target: Target): InstanceKey | undefined {
  return target.kind === 'instance' ? target.instance.key : undefined;
}

export function targetText(target: Target): string {
  switch (target.kind) {
    case 'module':
      return moduleText(target.module);
    case 'resource':
      return resourceText(target.resource);
    case 'instance':
      return instanceText(target.instance);
  }
}

// ---- Marking -----------------------------------------------------------------------------------------------------

/** Undefined when there is no such object. */
export function setTainted(state: State, address: InstanceAddress, tainted: boolean): State | undefined {
  const text = instanceText(address);
  let found = false;
  const entries = entriesOf(state).map((entry) => {
    if (instanceText(entry.address) !== text || entry.instance.deposed !== undefined) return entry;
    found = true;
    return { ...entry, instance: { ...entry.instance, status: tainted ? 'tainted' : 'ready' } as InstanceState };
  });
  return found ? fromEntries(state, entries) : undefined;
}

export function currentInstance(state: State, address: InstanceAddress): InstanceState | undefined {
  const text = instanceText(address);
  return entriesOf(state).find((entry) => entry.instance.deposed === undefined && instanceText(entry.address) === text)
    ?.instance;
}

/** The state with the one object of another state that has this address; undefined when that has none. */
export function adoptObject(state: State, other: State, address: InstanceAddress): State | undefined {
  const text = instanceText(address);
  const found = entriesOf(other).find(
    (entry) => entry.instance.deposed === undefined && instanceText(entry.address) === text,
  );
  return found && fromEntries(state, [...entriesOf(state), found]);
}

/** With another provider for everything that `from` manages; aliases stay. */
export function replaceProvider(state: State, from: string, to: string): Edited {
  const quoted = `provider[${JSON.stringify(from)}]`;
  const changed = state.resources.filter(({ provider }) => provider.includes(quoted));
  const resources = state.resources.map((resource) => ({
    ...resource,
    provider: resource.provider.replace(quoted, `provider[${JSON.stringify(to)}]`),
  }));
  const addresses = changed.map((resource) => resourceText(addressOf(resource)));
  return { state: { ...state, resources }, count: changed.length, addresses };
}

// ---- The state as a list and back --------------------------------------------------------------------------------

function entriesOf(state: State): Entry[] {
  return state.resources.flatMap((resource) => {
    const address = addressOf(resource);
    return resource.instances.map((instance) => ({
      address: { resource: address, key: instance.indexKey },
      resource,
      instance,
    }));
  });
}

function addressOf({ module, mode, type, name }: ResourceState): ResourceAddress {
  return { module: module === '' ? ROOT : (parseModuleText(module).value ?? ROOT), mode, type, name };
}

/** Resources in the order in which they come first; one that has moved takes its provider along. */
function fromEntries(state: State, entries: readonly Entry[]): State {
  const resources = new Map<string, { address: ResourceAddress; like: ResourceState; instances: InstanceState[] }>();
  for (const { address, resource, instance } of entries) {
    const text = resourceText(address.resource);
    const known = resources.get(text) ?? { address: address.resource, like: resource, instances: [] };
    known.instances.push(instance);
    resources.set(text, known);
  }
  return {
    ...state,
    resources: [...resources.values()].map(({ address, like, instances }) => ({
      ...like,
      module: moduleText(address.module),
      mode: address.mode,
      type: address.type,
      name: address.name,
      instances,
    })),
  };
}

function edited(state: State, concerned: readonly Entry[]): Edited {
  const current = concerned.filter(({ instance }) => instance.deposed === undefined);
  const addresses = current.map(({ address }) => resourceText(address.resource) + keyText(address.key)).sort();
  return { state, count: current.length, addresses };
}

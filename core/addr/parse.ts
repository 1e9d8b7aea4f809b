/**
 * Addresses from what a person wrote: `-target`, `-replace`, state commands, `moved`, `removed` and `import` blocks. Works
 * on names and steps that are already separated; `config/address-text.ts` does that for plain text.
 */
import { type Diagnostic, type Result, errorAt, failed, ok } from '../diag/diagnostic.ts';
import { type Range, rangeBetween } from '../diag/source.ts';
import type { InstanceAddress, InstanceKey, ModulePath, ModuleStep, ResourceAddress, ResourceMode } from './address.ts';

/** A name and constant steps, as the syntax tree has them. */
export interface AddressTraversal extends Range {
  readonly root: { readonly name: string } & Range;
  readonly steps: readonly AddressStep[];
}

export type AddressStep =
  | ({ readonly kind: 'attribute'; readonly name: string } & Range)
  | ({ readonly kind: 'index'; readonly key: string | number } & Range);

/** What `-target` may name. A resource without a key means all of its instances. */
export type Target =
  | { readonly kind: 'module'; readonly module: ModulePath }
  | { readonly kind: 'resource'; readonly resource: ResourceAddress }
  | { readonly kind: 'instance'; readonly instance: InstanceAddress };

/** What a `moved` block may name. */
export type MoveEndpoint =
  | { readonly kind: 'module'; readonly module: ModulePath }
  | { readonly kind: 'instance'; readonly instance: InstanceAddress };

/** What a `removed` block may name: nothing with instance keys. */
export type RemoveEndpoint =
  | { readonly kind: 'module'; readonly module: ModulePath }
  | { readonly kind: 'resource'; readonly resource: ResourceAddress };

const INVALID = 'Invalid address';

/** A module, a resource or an instance. */
export function parseTarget(traversal: AddressTraversal): Result<Target> {
  const { module, rest, diagnostics } = modulePrefix(traversal);
  if (diagnostics.length > 0) return failed(...diagnostics);
  if (rest.length === 0) return ok({ kind: 'module', module });
  const instance = instanceUnder(module, rest, traversal);
  if (instance.value === undefined) return failed(...instance.diagnostics);
  return ok(
    instance.value.key === undefined
      ? { kind: 'resource', resource: instance.value.resource }
      : { kind: 'instance', instance: instance.value },
  );
}

/** An instance; an address without key is the single instance of its resource. */
export function parseInstance(traversal: AddressTraversal): Result<InstanceAddress> {
  const target = parseTarget(traversal);
  switch (target.value?.kind) {
    case undefined:
      return failed(...target.diagnostics);
    case 'module': {
      const detail =
        'A resource instance address is required here. The module path must be followed by a resource instance specification.';
      return failed(errorAt(traversal, INVALID, detail));
    }
    case 'resource':
      return ok({ resource: target.value.resource, key: undefined });
    case 'instance':
      return ok(target.value.instance);
  }
}

/** A resource: no instance key. */
export function parseResource(traversal: AddressTraversal): Result<ResourceAddress> {
  const target = parseTarget(traversal);
  switch (target.value?.kind) {
    case undefined:
      return failed(...target.diagnostics);
    case 'module': {
      const detail =
        'A resource address is required here. The module path must be followed by a resource specification.';
      return failed(errorAt(traversal, INVALID, detail));
    }
    case 'resource':
      return ok(target.value.resource);
    case 'instance': {
      const detail =
        'A resource address is required. This instance key identifies a specific resource instance, which is not expected here.';
      return failed(errorAt(traversal.steps.at(-1), INVALID, detail));
    }
  }
}

/** `module.a["k"].module.b` and nothing behind it. */
export function parseModule(traversal: AddressTraversal): Result<ModulePath> {
  const { module, rest, diagnostics } = modulePrefix(traversal);
  if (diagnostics.length > 0) return failed(...diagnostics);
  const [first] = rest;
  if (first === undefined) return ok(module);
  const detail =
    module.length === 0
      ? 'A module instance address must begin with "module.".'
      : 'The module instance address is followed by additional invalid content.';
  return failed(
    errorAt(rangeBetween(first, traversal.steps.at(-1) ?? first), 'Invalid module instance address', detail),
  );
}

/** A module or an instance, relative to the module that the block stands in. */
export function parseMoveEndpoint(traversal: AddressTraversal): Result<MoveEndpoint> {
  const { module, rest, diagnostics } = modulePrefix(traversal);
  if (diagnostics.length > 0) return failed(...diagnostics);
  if (rest.length === 0) return ok({ kind: 'module', module });
  const instance = instanceUnder(module, rest, traversal);
  return instance.value ? ok({ kind: 'instance', instance: instance.value }) : failed(...instance.diagnostics);
}

/** A module or a managed resource without any instance key, relative to the module that the block stands in. */
export function parseRemoveEndpoint(traversal: AddressTraversal): Result<RemoveEndpoint> {
  const { module, rest, diagnostics, keyStep } = modulePrefix(traversal);
  if (diagnostics.length > 0) return failed(...diagnostics);
  if (keyStep) {
    const detail = 'Module address must be a module (e.g. "module.foo"), not a module instance (e.g. "module.foo[1]").';
    return failed(errorAt(keyStep, 'Module instance keys not allowed', detail));
  }
  if (rest.length === 0) return ok({ kind: 'module', module });
  const instance = instanceUnder(module, rest, traversal);
  if (instance.value === undefined) return failed(...instance.diagnostics);
  const { resource, key } = instance.value;
  if (key !== undefined) {
    const detail =
      'Resource address must be a resource (e.g. "test_instance.foo"), not a resource instance (e.g. "test_instance.foo[1]").';
    return failed(errorAt(traversal.steps.at(-1), 'Resource instance keys not allowed', detail));
  }
  if (resource.mode === 'data') {
    const detail =
      'Data sources are never destroyed, so they are not valid targets of removed blocks. To remove the data source from state, remove the data source block from configuration.';
    return failed(errorAt(traversal, 'Data source address not allowed', detail));
  }
  return ok({ kind: 'resource', resource });
}

/** Root and steps alike, the root as an attribute. */
function partsOf(traversal: AddressTraversal): AddressStep[] {
  return [{ ...traversal.root, kind: 'attribute' }, ...traversal.steps];
}

interface ModulePrefix {
  readonly module: ModulePath;
  readonly rest: readonly AddressStep[];
  readonly diagnostics: readonly Diagnostic[];
  /** The first instance key in the path. */
  readonly keyStep: AddressStep | undefined;
}

/** `module.name`, possibly with a key, as often as it comes. */
function modulePrefix(traversal: AddressTraversal): ModulePrefix {
  const parts = partsOf(traversal);
  const module: ModuleStep[] = [];
  let keyStep: AddressStep | undefined;
  let at = 0;
  while (at < parts.length) {
    const word = parts[at];
    if (word?.kind !== 'attribute' || word.name !== 'module') break;
    const name = parts[at + 1];
    if (name?.kind !== 'attribute') {
      const detail = 'Prefix "module." must be followed by a module name.';
      const diagnostics = [errorAt(name ?? word, 'Invalid address operator', detail)];
      return { module, rest: [], diagnostics, keyStep };
    }
    at += 2;
    const next = parts[at];
    const key = next?.kind === 'index' ? next : undefined;
    if (key) {
      at++;
      keyStep ??= key;
      if (!isKey(key.key)) {
        const diagnostics = [errorAt(key, 'Invalid address operator', 'Invalid module index: must be a whole number.')];
        return { module, rest: [], diagnostics, keyStep };
      }
    }
    module.push({ name: name.name, key: key?.key });
  }
  return { module, rest: parts.slice(at), diagnostics: [], keyStep };
}

function isKey(key: InstanceKey): boolean {
  return typeof key === 'string' || Number.isSafeInteger(key);
}

/** `type.name`, `data.type.name`, with or without a key, and nothing behind it. */
function instanceUnder(
  module: ModulePath,
  parts: readonly AddressStep[],
  traversal: AddressTraversal,
): Result<InstanceAddress> {
  const [first] = parts;
  const isData = first?.kind === 'attribute' && first.name === 'data';
  const mode: ResourceMode = isData ? 'data' : 'managed';
  const [type, name, key, extra] = isData ? parts.slice(1) : parts;
  if (type === undefined || name === undefined) {
    const detail = 'Resource specification must include a resource type and name.';
    return failed(errorAt(type ?? first ?? traversal, INVALID, detail));
  }
  if (type.kind !== 'attribute') {
    const detail = isData ? 'A data source name is required.' : 'A resource type name is required.';
    return failed(errorAt(type, INVALID, detail));
  }
  if (name.kind !== 'attribute') return failed(errorAt(name, INVALID, 'A resource name is required.'));
  const resource: ResourceAddress = { module, mode, type: type.name, name: name.name };
  if (key === undefined) return ok({ resource, key: undefined });
  if (extra !== undefined) return failed(errorAt(extra, INVALID, 'Unexpected extra operators after address.'));
  if (key.kind !== 'index') {
    return failed(errorAt(key, INVALID, 'Resource instance key must be given in square brackets.'));
  }
  if (!isKey(key.key)) return failed(errorAt(key, INVALID, 'Invalid resource instance key: must be an integer.'));
  return ok({ resource, key: key.key });
}

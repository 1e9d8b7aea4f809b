/** `-target` and `-replace`: which parts of the graph and which instances are meant. */
import {
  type InstanceAddress,
  type InstanceKey,
  type ModulePath,
  type ResourceAddress,
  configResourceText,
  staticModule,
} from '../addr/address.ts';
import { type AddressTraversal, type Target, parseTarget } from '../addr/parse.ts';
import { parseTargetText } from '../config/address-text.ts';
import type { Diagnostic } from '../diag/diagnostic.ts';
import type { ConfigGraph, ConfigNode } from '../graph/config-graph.ts';
import type { Graph } from '../graph/graph.ts';

/** A module, or a resource with or without one of its keys. */
export type TargetAddress =
  | { readonly kind: 'module'; readonly module: ModulePath }
  | { readonly kind: 'resource'; readonly resource: ResourceAddress; readonly key: InstanceKey | undefined };

export function parseTargets(texts: readonly string[], diagnostics: Diagnostic[]): TargetAddress[] {
  return texts.flatMap((text) => {
    const { value, diagnostics: problems } = parseTargetText(text);
    diagnostics.push(...problems);
    return value ? [fromParsed(value)] : [];
  });
}

/** The target of a `moved`, `removed` or `import` block, which is relative to the module that the block stands in. */
export function targetInModule(module: ModulePath, traversal: AddressTraversal): TargetAddress | undefined {
  const { value } = parseTarget(traversal);
  if (!value) return undefined;
  const target = fromParsed(value);
  if (target.kind === 'module') return { kind: 'module', module: [...module, ...target.module] };
  return { ...target, resource: { ...target.resource, module: [...module, ...target.resource.module] } };
}

function fromParsed(target: Target): TargetAddress {
  switch (target.kind) {
    case 'module':
      return target;
    case 'resource':
      return { ...target, key: undefined };
    case 'instance':
      return { kind: 'resource', ...target.instance };
  }
}

/** Whether a target means this instance, by itself, its resource or its module. */
export function targetsInstance(target: TargetAddress, address: InstanceAddress): boolean {
  if (target.kind === 'module') return startsWith(address.resource.module, target.module);
  const { resource } = target;
  if (resource.mode !== address.resource.mode || resource.type !== address.resource.type) return false;
  if (resource.name !== address.resource.name || !sameModule(address.resource.module, resource.module)) return false;
  return target.key === undefined || target.key === address.key;
}

function startsWith(path: ModulePath, prefix: ModulePath): boolean {
  return prefix.length <= path.length && sameModule(path.slice(0, prefix.length), prefix);
}

/** A step without a key in the target means all instances of the module. */
function sameModule(path: ModulePath, target: ModulePath): boolean {
  return (
    path.length === target.length &&
    target.every(
      (step, index) => step.name === path[index]?.name && (step.key === undefined || step.key === path[index]?.key),
    )
  );
}

export function targetsNode(target: TargetAddress, node: ConfigNode): boolean {
  if (node.kind !== 'resource') return false;
  const { module, resource } = node;
  if (target.kind === 'module') return startsWith(module.path, staticModule(target.module));
  const wanted = configResourceText(target.resource);
  return (
    wanted ===
    configResourceText({ module: module.path, mode: resource.mode, type: resource.type, name: resource.name })
  );
}

/** The targets with everything they depend on, and outputs that are wholly inside. */
export function restrictToTargets(graph: ConfigGraph, targets: readonly TargetAddress[]): ConfigGraph {
  const start = [...graph.entries()].filter(([, node]) => targets.some((target) => targetsNode(target, node)));
  const kept = graph.closure(start.map(([id]) => id));
  for (const [id, node] of graph.entries()) {
    if (node.kind !== 'output' || node.module.path.length > 0) continue;
    const needs = graph.closure([id]);
    const resources = [...needs].filter((each) => graph.get(each)?.kind === 'resource');
    if (resources.length > 0 && resources.every((each) => kept.has(each))) for (const each of needs) kept.add(each);
  }
  return graph.restrictedTo(kept) as Graph<ConfigNode>;
}

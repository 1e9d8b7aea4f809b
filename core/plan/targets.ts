/** `-target` and `-replace`: which parts of the graph and which instances are meant. */
import {
  type InstanceAddress,
  type ModulePath,
  configResourceText,
  moduleText,
  staticModule,
} from '../addr/address.ts';
import { parseTarget, type TargetAddress } from '../addr/parse.ts';
import type { Diagnostic } from '../diag/diagnostic.ts';
import { type ConfigGraph, type ConfigNode } from '../graph/config-graph.ts';
import type { Graph } from '../graph/graph.ts';

export function parseTargets(texts: readonly string[], diagnostics: Diagnostic[]): TargetAddress[] {
  return texts.flatMap((text) => {
    const { value, diagnostics: problems } = parseTarget(text);
    diagnostics.push(...problems);
    return value ? [value] : [];
  });
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

export function targetText(target: TargetAddress): string {
  return target.kind === 'module' ? moduleText(target.module) : target.text;
}

/** Which resource block waits for which: the graph of a configuration with everything else left out. For people. */
import { type ModulePath, localResourceText, moduleText } from '../addr/address.ts';
import { compareUtf8 } from '../value/type.ts';
import type { ConfigGraph } from './config-graph.ts';

export interface ResourceNode {
  /** `module.a.docker_image.x` */
  readonly address: string;
  /** Without the module. */
  readonly label: string;
  /** Empty for the root. */
  readonly module: string;
}

export interface ResourceGraph {
  /** By module, data sources first, then by name. */
  readonly nodes: readonly ResourceNode[];
  /** Without those that follow from others; from what waits to what it waits for. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

export function resourceGraph(graph: ConfigGraph): ResourceGraph {
  const nodes = new Map<string, ResourceNode>();
  for (const [id, node] of graph.entries()) {
    if (node.kind === 'resource') nodes.set(id, nodeOf(node.module.path, localResourceText(node.resource)));
  }
  const direct = new Map<string, Set<string>>();
  for (const id of nodes.keys()) direct.set(id, resourcesBehind(graph, id, nodes));
  const reachable = new Map<string, Set<string>>();
  const edges = [...nodes].flatMap(([id, { address }]) =>
    reduced(id, direct, reachable).map((to) => ({ from: address, to: nodes.get(to)?.address ?? '' })),
  );
  const sorted = [...nodes.values()].sort(compareNodes);
  const order = new Map(sorted.map(({ address }, index) => [address, index]));
  const place = (address: string) => order.get(address) ?? 0;
  return { nodes: sorted, edges: edges.sort((a, b) => place(a.from) - place(b.from) || place(a.to) - place(b.to)) };
}

function nodeOf(module: ModulePath, label: string): ResourceNode {
  const path = moduleText(module);
  return { address: path === '' ? label : `${path}.${label}`, label, module: path };
}

function compareNodes(a: ResourceNode, b: ResourceNode): number {
  if (a.module !== b.module) return compareUtf8(a.module, b.module);
  const isData = ({ label }: ResourceNode) => label.startsWith('data.');
  if (isData(a) !== isData(b)) return isData(a) ? -1 : 1;
  return compareUtf8(a.label, b.label);
}

/** The nearest resources on every way from here, through variables, locals, outputs and providers. */
function resourcesBehind(graph: ConfigGraph, id: string, resources: ReadonlyMap<string, unknown>): Set<string> {
  const found = new Set<string>();
  const seen = new Set([id]);
  const open = [...graph.dependencies(id)];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (resources.has(next)) found.add(next);
    else open.push(...graph.dependencies(next));
  }
  return found;
}

/** Without what one of the others waits for anyway. */
function reduced(id: string, direct: ReadonlyMap<string, Set<string>>, reachable: Map<string, Set<string>>): string[] {
  const targets = [...(direct.get(id) ?? [])];
  return targets.filter(
    (target) => !targets.some((other) => other !== target && allBehind(other, direct, reachable).has(target)),
  );
}

function allBehind(
  id: string,
  direct: ReadonlyMap<string, Set<string>>,
  reachable: Map<string, Set<string>>,
): Set<string> {
  const known = reachable.get(id);
  if (known) return known;
  const all = new Set<string>();
  const open = [...(direct.get(id) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (all.has(next)) continue;
    all.add(next);
    open.push(...(direct.get(next) ?? []));
  }
  reachable.set(id, all);
  return all;
}

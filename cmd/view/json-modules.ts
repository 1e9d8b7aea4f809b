/** Resources gathered into the tree of module instances that Terraform's JSON shows. */
import type { Json, JsonObject } from '../../core/value/json.ts';
import { compareUtf8 } from '../../core/value/type.ts';

export interface PlacedResource {
  /** Texts of the module instances from the outermost to its own; empty for the root: `module.a`, `module.a.module.b`. */
  readonly modules: readonly string[];
  readonly json: JsonObject;
}

/** `{"resources": [...], "child_modules": [...]}`; both only where there is something. */
export function moduleTree(resources: readonly PlacedResource[]): JsonObject {
  return moduleJson(resources, 0);
}

function moduleJson(resources: readonly PlacedResource[], depth: number, address?: string): JsonObject {
  const own = resources.filter(({ modules }) => modules.length === depth).map(({ json }) => json);
  const inner = new Map<string, PlacedResource[]>();
  for (const resource of resources) {
    const name = resource.modules[depth];
    if (name !== undefined) inner.set(name, [...(inner.get(name) ?? []), resource]);
  }
  const children: Json[] = [...inner]
    .sort((a, b) => compareUtf8(a[0], b[0]))
    .map(([name, list]) => moduleJson(list, depth + 1, name));
  return {
    ...(own.length > 0 ? { resources: own } : {}),
    ...(address === undefined ? {} : { address }),
    ...(children.length > 0 ? { child_modules: children } : {}),
  };
}

/** `module.a["x"].module.b` as the texts of each module on the way; dots inside keys do not count. */
export function modulePrefixes(text: string): string[] {
  const prefixes: string[] = [];
  const step = /module\.[^.[]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.?/y;
  for (let match = step.exec(text); match !== null; match = step.exec(text)) {
    prefixes.push(text.slice(0, step.lastIndex).replace(/\.$/, ''));
  }
  return prefixes;
}

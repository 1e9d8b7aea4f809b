/** Gives a provider's diagnostics their place: the argument that its path names, or the block. */
import type { Diagnostic, Diagnostics } from '../diag/diagnostic.ts';
import type { Range } from '../diag/source.ts';
import type { Body } from '../hcl/ast.ts';

export function locate(diagnostics: Diagnostics, address: string, body: Body, header: Range): Diagnostics {
  return diagnostics.map((diagnostic): Diagnostic => {
    if (diagnostic.subject) return { address, ...diagnostic };
    // An empty path means the block as a whole, where something is missing in it.
    if (diagnostic.path?.length === 0) return { address, ...diagnostic, subject: body.missingItem };
    return { address, ...diagnostic, subject: rangeOfPath(body, diagnostic.path ?? []) ?? header };
  });
}

/** The most precise place that the path leads to. Blocks made by `dynamic` are found by their `dynamic` block. */
export function rangeOfPath(body: Body, path: readonly (string | number)[]): Range | undefined {
  const [name, ...rest] = path;
  if (typeof name !== 'string') return undefined;
  const attribute = body.attributes.get(name);
  if (attribute) return attribute.value;
  const blocks = body.blocks.filter((block) => block.type === name);
  const index = typeof rest[0] === 'number' ? rest[0] : 0;
  const block = blocks[index] ?? blocks[0];
  if (block) return rangeOfPath(block.body, typeof rest[0] === 'number' ? rest.slice(1) : rest) ?? block.header;
  return body.blocks.find((each) => each.type === 'dynamic' && each.labels[0]?.value === name)?.header;
}

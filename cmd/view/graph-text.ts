/** A graph as text for programs that draw: DOT as Terraform writes it, or Mermaid. */
import { goQuote } from './value-text.ts';

export interface DrawnNode {
  readonly address: string;
  readonly label: string;
  /** Drawn around it; empty for none. */
  readonly module: string;
}

export interface Drawing {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

const EMPTY = `  /* This configuration does not contain any resources.         */
  /* For a more detailed graph, try: stowage graph -plan=FILE   */
`;

export function dotText({ nodes, edges }: Drawing): string {
  const lines = ['digraph G {', '  rankdir = "RL";', '  node [shape = rect, fontname = "sans-serif"];'];
  for (const [module, members] of byModule(nodes)) {
    const indent = module === '' ? '  ' : '    ';
    const inner = members.map(({ address, label }) => `${indent}${goQuote(address)} [label=${goQuote(label)}];`);
    if (module === '') lines.push(...inner);
    else {
      const head = [`  subgraph ${goQuote(`cluster_${module}`)} {`, `    label = ${goQuote(module)}`];
      lines.push(...head, '    fontname = "sans-serif"', ...inner, '  }');
    }
  }
  lines.push(...edges.map(({ from, to }) => `  ${goQuote(from)} -> ${goQuote(to)};`));
  return `${lines.join('\n')}\n${nodes.length === 0 ? EMPTY : ''}}\n`;
}

export function mermaidText({ nodes, edges }: Drawing): string {
  const ids = new Map(nodes.map(({ address }, index) => [address, `n${index}`]));
  const lines = ['flowchart RL'];
  for (const [index, [module, members]] of [...byModule(nodes)].entries()) {
    const indent = module === '' ? '  ' : '    ';
    const inner = members.map(({ address, label }) => `${indent}${ids.get(address)}["${escaped(label)}"]`);
    if (module === '') lines.push(...inner);
    else lines.push(`  subgraph m${index}["${escaped(module)}"]`, ...inner, '  end');
  }
  lines.push(...edges.map(({ from, to }) => `  ${ids.get(from)} --> ${ids.get(to)}`));
  return `${lines.join('\n')}\n`;
}

function byModule(nodes: readonly DrawnNode[]): Map<string, DrawnNode[]> {
  const modules = new Map<string, DrawnNode[]>();
  for (const node of nodes) modules.set(node.module, [...(modules.get(node.module) ?? []), node]);
  return modules;
}

/** Mermaid has entities instead of escapes. */
function escaped(text: string): string {
  return text.replace(/[#"<>&]/g, (character) => `#${character.charCodeAt(0)};`);
}

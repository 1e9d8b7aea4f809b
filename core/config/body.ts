/** Bodies made of other bodies: escaping blocks and override files. */
import type { Block, Body } from '../hcl/ast.ts';

/** Both contents together, as an escaping `_` block asks for. */
export function mergeBodies(base: Body, other: Body): Body {
  return {
    ...base,
    attributes: new Map([...base.attributes, ...other.attributes]),
    blocks: [...base.blocks, ...other.blocks],
    ...(base.json || other.json ? { json: true } : {}),
  };
}

/**
 * `base` with what `override` says instead: its arguments replace those of the same name, and its blocks replace all
 * blocks of the same type. A `dynamic` block counts as the type that it makes.
 */
export function overrideBody(base: Body, override: Body): Body {
  const names = new Set([...override.attributes.keys(), ...override.blocks.map(madeType)]);
  const attributes = new Map([...base.attributes].filter(([name]) => !names.has(name)));
  const blocks = base.blocks.filter((block) => !names.has(madeType(block)));
  return mergeBodies({ ...base, attributes, blocks }, override);
}

function madeType(block: Block): string {
  return block.type === 'dynamic' ? (block.labels[0]?.value ?? 'dynamic') : block.type;
}

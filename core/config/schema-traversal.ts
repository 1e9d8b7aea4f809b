/** Steps into an object that only a schema describes: does what they name exist at all? */
import { type Diagnostic, errorAt, warningAt } from '../diag/diagnostic.ts';
import { suggestion } from '../diag/did-you-mean.ts';
import type { TraversalStep } from '../hcl/ast.ts';
import { isName } from '../hcl/characters.ts';
import type { AttributeSchema, BlockContents, BlockSchema } from './schema.ts';

/** What is wrong with the steps, as far as blocks go: what is inside an attribute is for the evaluator to say. */
export function checkSteps(contents: BlockContents, steps: readonly TraversalStep[]): Diagnostic[] {
  const [next, ...after] = steps;
  if (next === undefined) return [];
  if (next.kind === 'index') return [indexedObject(next)];
  if (Object.hasOwn(contents.attributes, next.name)) return legacyUse(contents.attributes[next.name], next);
  const block = Object.hasOwn(contents.blocks, next.name) ? contents.blocks[next.name] : undefined;
  if (block) return checkBlockSteps(next.name, block, after);
  const names = [...Object.keys(contents.attributes), ...Object.keys(contents.blocks)].sort();
  const detail = `This object has no argument, nested block, or exported attribute named "${next.name}".${suggestion(next.name, names)}`;
  return [errorAt(next, 'Unsupported attribute', detail)];
}

/** Attributes that are kept for older configurations alone. */
function legacyUse(attribute: AttributeSchema | undefined, step: TraversalStep): Diagnostic[] {
  if (attribute?.legacy !== true || attribute.deprecated === undefined) return [];
  return [warningAt(step, 'Deprecated attribute', attribute.deprecated)];
}

function indexedObject(step: TraversalStep & { readonly kind: 'index' }): Diagnostic {
  if (typeof step.key === 'string' && isName(step.key)) {
    const detail = `Only attribute access is allowed here. Did you mean to access attribute "${step.key}" using the dot operator?`;
    return errorAt(step, 'Invalid index operation', detail);
  }
  return errorAt(step, 'Invalid index operation', 'Only attribute access is allowed here, using the dot operator.');
}

function checkBlockSteps(type: string, block: BlockSchema, steps: readonly TraversalStep[]): Diagnostic[] {
  if (block.nesting === 'single') return checkSteps(block, steps);
  const [next, ...after] = steps;
  if (next === undefined) return [];
  if (block.nesting === 'map') return checkSteps(block, after);
  if (block.nesting === 'set') {
    const detail = `Block type "${type}" is represented by a set of objects, and set elements do not have addressable keys. To find elements matching specific criteria, use a "for" expression with an "if" clause.`;
    return [errorAt(next, 'Cannot index a set value', detail)];
  }
  if (next.kind === 'index') return checkSteps(block, after);
  const detail = `Block type "${type}" is represented by a list of objects, so it must be indexed using a numeric key, like .${type}[0].`;
  return [errorAt(next, 'Invalid operation', detail)];
}

/** `import` blocks: objects that exist already and are taken into the state by this plan. */
import { type InstanceAddress, instanceText } from '../addr/address.ts';
import type { Import } from '../config/module.ts';
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { evaluate } from '../eval/evaluate.ts';
import { evaluateRepetition, keysOf, dataFor } from '../graph/repetition.ts';
import type { Expression, TraversalExpression, TraversalStep } from '../hcl/ast.ts';
import type { Scope } from '../eval/scope.ts';
import { numToInteger } from '../value/number.ts';
import type { ManagedBlock } from './managed.ts';
import type { PlanContext } from './plan-context.ts';
import type { Checked } from './refresher.ts';
import { targetInModule } from './targets.ts';

/** The object that an import block names for this address; undefined when none does. */
export async function importFor(
  walk: PlanContext,
  address: InstanceAddress,

  block: ManagedBlock,
): Promise<Checked | 'failed' | undefined> {
  if (walk.input.configuration.root.imports.length === 0) return undefined;
  const text = instanceText(address);
  for (const imported of walk.input.configuration.root.imports) {
    const id = idFor(walk, imported, text);
    if (id === 'failed') return 'failed';
    if (id === undefined) continue;
    if (block.pooled.state !== 'ready') return undefined;
    const type = await block.pooled.configured.resource(address.resource.type);
    const { value, diagnostics } = await type.importState(id, text);
    const located = diagnostics.map((each) =>
      each.subject ? each : { ...each, subject: imported.range, address: text },
    );
    const [prior] = value ?? [];
    if (!walk.config.report(located)) return 'failed';
    if (!prior) {
      walk.config.report([nonexistent(imported, text, id)]);
      return 'failed';
    }
    walk.imported.set(text, { id });
    return { recorded: prior, current: prior, observed: undefined };
  }
  return undefined;
}

function nonexistent(imported: Import, text: string, id: string): Diagnostic {
  return errorAt(
    imported.range,
    'Cannot import non-existent remote object',
    `There is nothing with the ID "${id}" that could become ${text}. Check the ID, or remove the import block so that the object is created.`,
    { address: text },
  );
}

/** The ID when the block's `to`, in one of its instances, is this address. */
function idFor(walk: PlanContext, imported: Import, text: string): string | 'failed' | undefined {
  const problems: Diagnostic[] = [];
  const outer = walk.config.scope(walk.config.root);
  const repetition = evaluateRepetition(
    { count: undefined, forEach: imported.forEach },
    outer,
    { allowUnknown: false },
    problems,
  );
  for (const key of repetition ? keysOf(repetition) : []) {
    const scope = repetition ? walk.config.scope(walk.config.root, dataFor(repetition, key)) : outer;
    const to = addressOf(imported.to, scope);
    if (to !== text || !imported.id) continue;
    const id = evaluate(imported.id, scope, problems);
    if (id.kind === 'string' && id.value !== '' && id.marks === 0) return id.value;
    problems.push(
      errorAt(
        imported.id,
        'Invalid import id argument',
        'The ID of what is imported has to be a known string that is not empty or secret.',
      ),
    );
    break;
  }
  return walk.config.report(problems) ? undefined : 'failed';
}

/** `to` may have an index that is evaluated: `docker_container.a[each.key]`. */
function addressOf(expression: Expression, scope: Scope): string | undefined {
  const traversal = toTraversal(expression, scope);
  const target = traversal && targetInModule([], traversal);
  return target && target.kind !== 'module' ? instanceText({ resource: target.resource, key: target.key }) : undefined;
}

function toTraversal(expression: Expression, scope: Scope): TraversalExpression | undefined {
  if (expression.kind === 'traversal') return expression;
  if (expression.kind === 'relative-traversal') {
    const source = toTraversal(expression.source, scope);
    return source && { ...source, end: expression.end, steps: [...source.steps, ...expression.steps] };
  }
  if (expression.kind !== 'index') return undefined;
  const source = toTraversal(expression.collection, scope);
  const index = evaluate(expression.index, scope, []);
  const key = index.kind === 'string' ? index.value : index.kind === 'number' ? numToInteger(index.value) : undefined;
  if (!source || key === undefined) return undefined;
  const { file, start, end } = expression.index;
  const step: TraversalStep = { kind: 'index', key, legacy: false, file, start, end };
  return { ...source, end: expression.end, steps: [...source.steps, step] };
}

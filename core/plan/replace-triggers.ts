/** `replace_triggered_by`: whether something that it names changes in this plan. */
import { resourceText } from '../addr/address.ts';
import type { Resource } from '../config/module.ts';
import type { Diagnostic } from '../diag/diagnostic.ts';
import { evaluate } from '../eval/evaluate.ts';
import { referencesIn } from '../eval/reference.ts';
import type { Scope } from '../eval/scope.ts';
import type { Expression } from '../hcl/ast.ts';
import type { ModuleInstance } from '../graph/module-instance.ts';
import type { AttributePath } from '../diag/diagnostic.ts';
import { sameValue } from '../value/equal.ts';
import { isWhollyKnown } from '../value/marks.ts';
import { numToInteger } from '../value/number.ts';
import { valueAt } from '../value/path.ts';
import type { Change } from './plan.ts';
import type { PlanContext } from './plan-context.ts';

export function triggered(walk: PlanContext, instance: ModuleInstance, resource: Resource, scope: Scope): boolean {
  return resource.lifecycle.replaceTriggeredBy.some((expression) => fires(walk, instance, expression, scope));
}

interface Trigger {
  readonly resource: string;
  /** Set when one instance is meant. */
  readonly key: string | number | undefined;
  readonly path: AttributePath;
}

function fires(walk: PlanContext, instance: ModuleInstance, expression: Expression, scope: Scope): boolean {
  const trigger = triggerOf(instance, expression, scope);
  if (!trigger) return false;
  for (const { change } of walk.decisions.values()) {
    if (change.deposed !== undefined || resourceText(change.address.resource) !== trigger.resource) continue;
    if (trigger.key !== undefined && change.address.key !== trigger.key) continue;
    if (changes(change, trigger.path)) return true;
  }
  return false;
}

/** Creating or deleting an instance does not fire. */
function changes(change: Pick<Change, 'action' | 'before' | 'after'>, path: AttributePath): boolean {
  if (change.action !== 'update' && change.action !== 'replace') return false;
  if (path.length === 0) return true;
  const before = change.before && valueAt(change.before, path);
  const after = change.after && valueAt(change.after, path);
  if (!before || !after) return before !== after;
  return !isWhollyKnown(after) || !sameValue(before, after, { ignoreMarks: true });
}

/** `a`, `a.attribute`, `a[0].attribute` or `a[each.key].attribute`. */
function triggerOf(instance: ModuleInstance, expression: Expression, scope: Scope): Trigger | undefined {
  const [reference] = referencesIn(expression);
  if (reference?.subject.kind !== 'resource') return undefined;
  const { mode, type, name, key } = reference.subject;
  const resource = resourceText({ module: instance.path, mode, type, name });
  const path = reference.remaining.map((step) => (step.kind === 'attribute' ? step.name : step.key));
  if (expression.kind === 'relative-traversal' && expression.source.kind === 'index') {
    const steps = expression.steps.map((step) => (step.kind === 'attribute' ? step.name : step.key));
    return { resource, key: indexKey(expression.source.index, scope), path: steps };
  }
  if (expression.kind === 'index') return { resource, key: indexKey(expression.index, scope), path: [] };
  return { resource, key, path };
}

function indexKey(index: Expression, scope: Scope): string | number | undefined {
  const problems: Diagnostic[] = [];
  const value = evaluate(index, scope, problems);
  if (value.kind === 'string') return value.value;
  return value.kind === 'number' ? numToInteger(value.value) : undefined;
}

/** Attributes of resources that the entries of a plan refer to: what makes drift worth showing. */
import { moduleText, staticModule, localResourceText, resourceText } from '../addr/address.ts';
import { referencesInBody } from '../eval/reference.ts';
import type { Change, Plan } from './plan.ts';
import type { PlanContext } from './plan-context.ts';

export function relevantAttributes(walk: PlanContext, changes: readonly Change[]): Plan['relevantAttributes'] {
  const found = new Map<string, Plan['relevantAttributes'][number]>();
  const seen = new Set<string>();
  for (const change of changes) {
    if (change.action === 'no-op' || change.action === 'delete') continue;
    const { resource } = change.address;
    const text = resourceText(resource);
    if (seen.has(text)) continue;
    seen.add(text);
    const module = walk.input.configuration.modules.get(moduleText(staticModule(resource.module)));
    const block = module?.resources.get(localResourceText(resource));
    for (const { subject, remaining } of block ? referencesInBody(block.body) : []) {
      if (subject.kind !== 'resource') continue;
      const target = resourceText({
        module: resource.module,
        mode: subject.mode,
        type: subject.type,
        name: subject.name,
      });
      const attribute = remaining.map((step) => (step.kind === 'attribute' ? step.name : step.key));
      found.set(`${target} ${attribute.join('.')}`, { resource: target, attribute });
    }
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

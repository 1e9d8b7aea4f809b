/** What a plan as a whole has to warn of. */
import { type Diagnostic, warningAt } from '../diag/diagnostic.ts';
import type { PlanContext } from './plan-context.ts';

export function planWarnings({ input, targets, decisions }: PlanContext): Diagnostic[] {
  const warnings: Diagnostic[] = [];
  if (targets.length > 0) {
    warnings.push(
      warningAt(
        undefined,
        'Resource targeting is in effect',
        `Only ${input.targets.join(', ')} and what it needs was planned, so other changes that the configuration asks for may be missing. Use -target to get out of trouble, not as a habit: a plan without it shows everything.`,
      ),
    );
  }
  const forgotten = [...decisions.values()]
    .filter(({ change }) => change.action === 'forget')
    .map(({ change }) => change.text);
  if (forgotten.length > 0) {
    warnings.push(
      warningAt(
        undefined,
        'Some objects will no longer be managed by Terraform',
        `The state forgets these objects, and they go on existing:\n${forgotten.map((text) => ` - ${text}`).join('\n')}\nImport them if they shall be managed again.`,
      ),
    );
  }
  return warnings;
}

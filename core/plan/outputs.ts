/** Root outputs: what they were and what they will be. */
import { type Diagnostics, NO_DIAGNOSTICS } from '../diag/diagnostic.ts';
import type { OutputState } from '../state.ts';
import { sameValue } from '../value/equal.ts';
import { isSensitive, unmarkDeep } from '../value/marks.ts';
import { type Value, typeOf } from '../value/value.ts';
import { outputFromJson } from './instance-codec.ts';
import type { OutputChange } from './plan.ts';
import type { PlanContext } from './plan-context.ts';

export function planOutputs(walk: PlanContext): { outputs: Map<string, OutputChange>; diagnostics: Diagnostics } {
  const outputs = new Map<string, OutputChange>();
  const { configuration, mode, state } = walk.input;
  const destroying = mode === 'destroy';
  for (const [name, before] of state.outputs) {
    const kept = configuration.root.outputs.has(name);
    if ((destroying && walk.targets.length === 0) || (!kept && walk.targets.length === 0))
      outputs.set(name, removed(name, before));
  }
  if (!destroying) {
    for (const [name, output] of configuration.root.outputs) {
      const value = walk.config.root.outputs.get(name);
      if (value !== undefined && !output.ephemeral)
        outputs.set(name, compared(name, state.outputs.get(name), value, output.sensitive));
    }
  }
  return { outputs: new Map([...outputs].sort(([a], [b]) => (a < b ? -1 : 1))), diagnostics: NO_DIAGNOSTICS };
}

function removed(name: string, before: OutputState): OutputChange {
  const value = outputFromJson(before.value, before.type);
  return {
    name,
    action: 'delete',
    before: value,
    after: undefined,
    type: undefined,
    sensitive: before.sensitive,
    beforeSensitive: before.sensitive,
  };
}

/** An output whose value is null does not exist. */
function compared(
  name: string,
  state: OutputState | undefined,
  marked: Value,
  declaredSensitive: boolean,
): OutputChange {
  const before = state && outputFromJson(state.value, state.type);
  const after = unmarkDeep(marked);
  const sensitive = declaredSensitive || isSensitive(marked);
  const common = { name, before, after, type: typeOf(after), sensitive, beforeSensitive: state?.sensitive ?? false };
  if (after.kind === 'null') {
    return before === undefined ? { ...common, action: 'no-op' } : { ...common, action: 'delete', after: undefined };
  }
  if (before === undefined) return { ...common, action: 'create' };
  const same = sameValue(before, after) && state?.sensitive === sensitive;
  return { ...common, action: same ? 'no-op' : 'update' };
}

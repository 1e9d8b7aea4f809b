/** A plan from the schema alone, for a provider that cannot be asked because its own configuration is not known yet. */
import type { BlockContents } from '../config/schema.ts';
import type { Planned, PlanAsk } from '../provider.ts';
import { sameValue } from '../value/equal.ts';
import { type ObjectValue, type Value, objectValue, unknownValue } from '../value/value.ts';
import { NO_STEPS } from './decision.ts';

export function planWithoutProvider(contents: BlockContents, ask: PlanAsk): Planned {
  const { address, mode, prior, config, proposed } = ask;
  const value = proposed && (prior && mode === 'any' ? proposed : withUnknowns(contents, proposed));
  const changed = !value || !prior || !sameValue(value, prior.value, { ignoreMarks: true });
  return {
    address,
    mode,
    prior,
    config,
    value,
    private: prior?.private,
    replacePaths: [],
    causes: [],
    impact: changed ? 'unknown' : 'none',
    steps: { ...NO_STEPS, complete: !changed },
  };
}

/** Computed attributes that the configuration leaves out are unknown. */
export function withUnknowns(contents: BlockContents, proposed: ObjectValue): ObjectValue {
  const attributes = new Map<string, Value>(proposed.attributes);
  for (const [name, schema] of Object.entries(contents.attributes)) {
    const computed = schema.use === 'computed' || schema.use === 'optional-computed';
    if (computed && proposed.attributes.get(name)?.kind === 'null') attributes.set(name, unknownValue(schema.type));
  }
  return objectValue(attributes, proposed.marks);
}

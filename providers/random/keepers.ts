/** `keepers`, which every random resource has: a change of these values makes a new one. */
import type { AttributeSchema } from '../../core/config/schema.ts';
import { STRING, mapType } from '../../core/value/type.ts';
import { type PlanRules, replaceUnlessOnlyNulls } from '../kit/attribute-plan.ts';
import { REPLACE, optional } from '../kit/notation.ts';

export const keepers: AttributeSchema = optional(
  mapType(STRING),
  'Values whose change replaces the resource, and with it what is random in it.',
  REPLACE,
);

/** What is random keeps its value until the resource is replaced. */
export const RANDOM_RULES: PlanRules = { keeps: 'all', replaces: { keepers: replaceUnlessOnlyNulls } };

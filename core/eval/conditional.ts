/** `condition ? a : b`: both arms are evaluated for their types, errors count only in the arm that is taken. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { type Range, rangeBetween } from '../diag/source.ts';
import type { ConditionalExpression, Expression } from '../hcl/ast.ts';
import { convertValue, isFailure } from '../value/convert.ts';
import { typesOfValuesEqual } from '../value/equal.ts';
import { compareNum, type Num } from '../value/number.ts';
import { isNeverNull, lengthBounds, refinedUnknown } from '../value/refine.ts';
import { friendlyTypeName } from '../value/show.ts';
import { BOOL, DYNAMIC, type ObjectType, type Type, typesEqual } from '../value/type.ts';
import { unifyTypes } from '../value/unify.ts';
import {
  nullValue,
  type Refinement,
  typeOf,
  UNKNOWN,
  unknownValue,
  type Value,
  withMarks,
  withoutMarks,
} from '../value/value.ts';
import type { Evaluate } from './evaluation.ts';
import type { Scope } from './scope.ts';

/** A value with the errors that count only if it is chosen. */
export interface Arm {
  readonly value: Value;
  readonly diagnostics: readonly Diagnostic[];
  readonly range: Range;
}

export function evaluateConditional(
  expression: ConditionalExpression,
  scope: Scope,
  diagnostics: Diagnostic[],
  evaluate: Evaluate,
): Value {
  const consequent = evaluateArm(expression.consequent, scope, evaluate);
  const alternate = evaluateArm(expression.alternate, scope, evaluate);
  const condition = (): Value => evaluate(expression.condition, scope, diagnostics);
  return chooseArm(condition, expression.condition, expression, consequent, alternate, diagnostics);
}

function evaluateArm(expression: Expression, scope: Scope, evaluate: Evaluate): Arm {
  const diagnostics: Diagnostic[] = [];
  return { value: evaluate(expression, scope, diagnostics), diagnostics, range: expression };
}

/** The choice itself, which template directives make as well. The condition comes last, once the arms are seen to agree. */
export function chooseArm(
  evaluateCondition: () => Value,
  conditionRange: Range,
  whole: Range,
  consequent: Arm,
  alternate: Arm,
  diagnostics: Diagnostic[],
): Value {
  const type = resultType(consequent.value, alternate.value);
  if (type === undefined) {
    const why = describeMismatch(typeOf(consequent.value), typeOf(alternate.value));
    const detail = `The true and false result expressions must have consistent types. ${why}.`;
    const subject = rangeBetween(consequent.range, alternate.range);
    diagnostics.push(errorAt(subject, 'Inconsistent conditional result types', detail, { context: whole }));
    return UNKNOWN;
  }
  const given = evaluateCondition();
  const marks = given.marks | consequent.value.marks | alternate.value.marks;
  if (given.kind === 'null') {
    const detail = 'The condition value is null. Conditions must either be true or false.';
    diagnostics.push(errorAt(conditionRange, 'Null condition', detail, { context: whole }));
    return unknownValue(typeNow(type, consequent.value));
  }
  if (given.kind === 'unknown') {
    const result = typeNow(type, consequent.value);
    return withMarks(undecided(result, withoutMarks(consequent.value), withoutMarks(alternate.value)), marks);
  }
  const condition = convertValue(given, BOOL);
  if (isFailure(condition) || condition.kind !== 'bool') {
    const detail = 'The condition expression must be of type bool.';
    diagnostics.push(errorAt(conditionRange, 'Incorrect condition type', detail, { context: whole }));
    return unknownValue(typeNow(type, consequent.value));
  }
  const arm = condition.value ? consequent : alternate;
  diagnostics.push(...arm.diagnostics);
  return withMarks(convertArm(arm, type, condition.value ? 'true' : 'false', whole, diagnostics), marks);
}

/** 'same': both have one type and nothing is to be converted; 'any': a type that is not known yet, passed through. */
type ResultType = Type | 'same' | 'any' | 'undecidable';

function resultType(a: Value, b: Value): ResultType | undefined {
  if (isUntypedNull(a)) return isUntypedNull(b) ? 'same' : typeOf(b);
  if (isUntypedNull(b)) return typeOf(a);
  if (isUntypedUnknown(a) || isUntypedUnknown(b)) return 'any';
  if (typesOfValuesEqual(a, b)) return 'same';
  const unified = unifyTypes([typeOf(a), typeOf(b)]);
  return unified?.kind === 'dynamic' ? 'undecidable' : unified;
}

function isUntypedNull(value: Value): boolean {
  return value.kind === 'null' && value.type.kind === 'dynamic' && value.marks === 0;
}

function isUntypedUnknown(value: Value): boolean {
  return (value.kind === 'unknown' || value.kind === 'null') && value.type.kind === 'dynamic';
}

function typeNow(type: ResultType, sample: Value): Type {
  if (type === 'same') return typeOf(sample);
  return type === 'any' || type === 'undecidable' ? DYNAMIC : type;
}

function convertArm(arm: Arm, type: ResultType, name: string, whole: Range, diagnostics: Diagnostic[]): Value {
  if (type === 'same' || type === 'any') return arm.value;
  if (type === 'undecidable') return UNKNOWN;
  const converted = convertValue(arm.value, type);
  if (!isFailure(converted)) return converted;
  const detail = `The ${name} result value has the wrong type: ${converted.message}.`;
  diagnostics.push(errorAt(arm.range, 'Inconsistent conditional result types', detail, { context: whole }));
  return unknownValue(type);
}

// ---- Unknown condition -----------------------------------------------------------------------------------------

function undecided(type: Type, a: Value, b: Value): Value {
  if (a.kind === 'null' && b.kind === 'null') return nullValue(type);
  const notNull: Refinement = isNeverNull(a) && isNeverNull(b) ? { notNull: true } : {};
  const typeA = typeOf(a);
  const typeB = typeOf(b);
  if (typeA.kind === 'number' && typeB.kind === 'number')
    return refinedUnknown(type, { ...notNull, ...eitherBounds(a, b) });
  if ('element' in typeA && typesEqual(typeA, typeB)) {
    return refinedUnknown(type, { ...notNull, ...eitherLength(a, b) });
  }
  return refinedUnknown(type, notNull);
}

type Bound = NonNullable<Refinement['minimum']>;

function eitherBounds(a: Value, b: Value): Refinement {
  const minimum = wider(boundOf(a, 'minimum'), boundOf(b, 'minimum'), -1);
  const maximum = wider(boundOf(a, 'maximum'), boundOf(b, 'maximum'), 1);
  return { ...(minimum ? { minimum } : {}), ...(maximum ? { maximum } : {}) };
}

function boundOf(value: Value, side: 'minimum' | 'maximum'): Bound | undefined {
  if (value.kind === 'number') return { value: value.value, inclusive: true };
  return value.kind === 'unknown' ? value.refinement?.[side] : undefined;
}

function wider(a: Bound | undefined, b: Bound | undefined, direction: number): Bound | undefined {
  if (a === undefined || b === undefined) return undefined;
  const order: number = compareNum(a.value as Num, b.value as Num) * direction;
  if (order === 0) return { value: a.value, inclusive: a.inclusive || b.inclusive };
  return order > 0 ? a : b;
}

function eitherLength(a: Value, b: Value): Refinement {
  const one = lengthBounds(a);
  const other = lengthBounds(b);
  const minLength = Math.min(one.minimum, other.minimum);
  const known = one.maximum !== undefined && other.maximum !== undefined;
  return {
    ...(minLength > 0 ? { minLength } : {}),
    ...(known ? { maxLength: Math.max(one.maximum ?? 0, other.maximum ?? 0) } : {}),
  };
}

// ---- What disagrees --------------------------------------------------------------------------------------------

function describeMismatch(a: Type, b: Type): string {
  const nested = describeWithin(a, b);
  if (nested !== undefined) return nested;
  const nameA = friendlyTypeName(a);
  const nameB = friendlyTypeName(b);
  if (nameA === nameB) {
    return "At least one deeply-nested attribute or element is not compatible across both the 'true' and the 'false' value";
  }
  return `The 'true' value is ${nameA}, but the 'false' value is ${nameB}`;
}

function describeWithin(a: Type, b: Type): string | undefined {
  if (a.kind === 'object' && b.kind === 'object') return describeObjects(a, b);
  if (a.kind === 'tuple' && b.kind === 'tuple') return describeTuples(a.elements, b.elements);
  if (!('element' in a) || !('element' in b) || a.kind !== b.kind) return undefined;
  const inside = a.element.kind;
  if (inside !== b.element.kind || (inside !== 'object' && inside !== 'tuple')) return undefined;
  return `Mismatched ${a.kind} element types: ${describeMismatch(a.element, b.element)}`;
}

function describeObjects(a: ObjectType, b: ObjectType): string | undefined {
  for (const [name, type] of a.attributes) {
    const other = b.attributes.get(name);
    if (other === undefined) {
      return `The 'true' value includes object attribute "${name}", which is absent in the 'false' value`;
    }
    if (!typesEqual(type, other))
      return `Type mismatch for object attribute "${name}": ${describeMismatch(type, other)}`;
  }
  for (const name of b.attributes.keys()) {
    if (a.attributes.has(name)) continue;
    return `The 'false' value includes object attribute "${name}", which is absent in the 'true' value`;
  }
  return undefined;
}

function describeTuples(a: readonly Type[], b: readonly Type[]): string | undefined {
  if (a.length !== b.length)
    return `The 'true' tuple has length ${a.length}, but the 'false' tuple has length ${b.length}`;
  for (const [index, type] of a.entries()) {
    const other = b[index] ?? type;
    if (!typesEqual(type, other)) return `Type mismatch for tuple element ${index}: ${describeMismatch(type, other)}`;
  }
  return undefined;
}

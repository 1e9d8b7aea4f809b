/** `source[*].steps` and `source.*.steps`. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { type Range, rangeBetween } from '../diag/source.ts';
import type { SplatExpression, SplatStep } from '../hcl/ast.ts';
import { typesOfValuesEqual } from '../value/equal.ts';
import { isNeverNull, lengthBounds, refinedUnknown, refineNotNull } from '../value/refine.ts';
import { listType, type Type, tupleType } from '../value/type.ts';
import {
  listValue,
  tupleValue,
  typeOf,
  UNKNOWN,
  unknownValue,
  type Value,
  withMarks,
  withoutMarks,
} from '../value/value.ts';
import { applyStep, elementOf } from './access.ts';
import { type Evaluate, hasErrorsSince } from './evaluation.ts';
import type { Scope } from './scope.ts';

export function evaluateSplat(
  expression: SplatExpression,
  scope: Scope,
  diagnostics: Diagnostic[],
  evaluate: Evaluate,
): Value {
  const start = diagnostics.length;
  const source = evaluate(expression.source, scope, diagnostics);
  if (hasErrorsSince(diagnostics, start)) return UNKNOWN;
  return new Splat(scope, diagnostics, evaluate).apply(source, expression, expression.source, expression);
}

/** The steps behind a splat, and the marker itself. */
interface Steps {
  readonly each: readonly SplatStep[];
  readonly marker: Range;
}

class Splat {
  readonly #scope: Scope;
  readonly #diagnostics: Diagnostic[];
  readonly #evaluate: Evaluate;

  constructor(scope: Scope, diagnostics: Diagnostic[], evaluate: Evaluate) {
    this.#scope = scope;
    this.#diagnostics = diagnostics;
    this.#evaluate = evaluate;
  }

  /** A value that is no sequence counts as one of one element, or of none if it is null. */
  apply(source: Value, steps: Steps, sourceRange: Range, whole: Range): Value {
    const kind = typeOf(source).kind;
    const isSequence = kind === 'list' || kind === 'set' || kind === 'tuple';
    if (source.kind === 'null') {
      if (!isSequence) return tupleValue([], source.marks);
      const detail = 'Splat expressions (with the * symbol) cannot be applied to null sequences.';
      const context = { context: rangeBetween(sourceRange, steps.marker) };
      this.#diagnostics.push(errorAt(sourceRange, 'Splat of null value', detail, context));
      return UNKNOWN;
    }
    if (kind === 'dynamic') return withMarks(UNKNOWN, source.marks);
    if (isSequence) return this.#sequence(source, steps, whole);
    const result = this.#sequence(tupleValue([source], source.marks), steps, whole);
    const mayBeNull = source.kind === 'unknown' && !isNeverNull(withoutMarks(source));
    return mayBeNull ? withMarks(UNKNOWN, source.marks) : result;
  }

  #sequence(source: Value, steps: Steps, whole: Range): Value {
    if (source.kind === 'unknown') return this.#unknown(source, steps, whole);
    if (source.kind !== 'tuple' && source.kind !== 'list' && source.kind !== 'set') return UNKNOWN;
    const start = this.#diagnostics.length;
    const elements = source.elements.map((element) => this.#item(element, steps, whole));
    if (hasErrorsSince(this.#diagnostics, start)) {
      return unknownValue(this.#resultType(typeOf(source), steps, whole, []), undefined, source.marks);
    }
    if (source.kind === 'tuple') return tupleValue(elements, source.marks);
    const [first] = elements;
    if (first === undefined) {
      const type = this.#resultType(typeOf(source), steps, whole, this.#diagnostics);
      return listValue('element' in type ? type.element : UNKNOWN.type, [], source.marks);
    }
    if (elements.every((element) => typesOfValuesEqual(element, first))) {
      return listValue(typeOf(first), elements, source.marks);
    }
    const detail =
      "The second level of splat expression produced elements of different types, so it isn't possible to construct a valid list to represent the top-level result.\n\nConsider using a for expression instead, to produce a tuple-typed result which can therefore have non-homogenous element types.";
    this.#diagnostics.push(
      errorAt(steps.each[0] ?? whole, 'Invalid nested splat expressions', detail, { context: whole }),
    );
    return UNKNOWN;
  }

  #unknown(source: Extract<Value, { kind: 'unknown' }>, steps: Steps, whole: Range): Value {
    const type = this.#resultType(source.type, steps, whole, this.#diagnostics);
    if (type.kind !== 'list') return refineNotNull(unknownValue(type, undefined, source.marks));
    const { minimum, maximum } = lengthBounds(source);
    const lengths = {
      ...(minimum > 0 ? { minLength: minimum } : {}),
      ...(maximum === undefined ? {} : { maxLength: maximum }),
    };
    return refinedUnknown(type, { notNull: true, ...lengths }, source.marks);
  }

  /** Found by applying the steps to unknown elements. */
  #resultType(source: Type, steps: Steps, whole: Range, diagnostics: Diagnostic[]): Type {
    const probe = new Splat(this.#scope, diagnostics, this.#evaluate);
    const typeOfItem = (element: Type): Type => typeOf(probe.#item(unknownValue(element), steps, whole));
    if (source.kind === 'tuple') return tupleType(source.elements.map(typeOfItem));
    return 'element' in source ? listType(typeOfItem(source.element)) : UNKNOWN.type;
  }

  #item(element: Value, steps: Steps, whole: Range): Value {
    let value = element;
    for (const step of steps.each) {
      const start = this.#diagnostics.length;
      value = this.#step(value, step, whole);
      if (hasErrorsSince(this.#diagnostics, start)) return UNKNOWN;
    }
    return value;
  }

  #step(value: Value, step: SplatStep, whole: Range): Value {
    if (step.kind === 'nested-splat') return this.apply(value, step, rangeBetween(whole, step.marker), whole);
    if (step.kind !== 'dynamic-index') return applyStep(value, step, this.#diagnostics);
    const key = this.#evaluate(step.index, this.#scope, this.#diagnostics);
    return elementOf(value, key, step, this.#diagnostics);
  }
}

/** `[for ...]` and `{for ...}`. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Expression, ForExpression } from '../hcl/ast.ts';
import { convertValue, isFailure } from '../value/convert.ts';
import { friendlyTypeName } from '../value/show.ts';
import { BOOL, STRING } from '../value/type.ts';
import { type Marks, objectValue, tupleValue, typeOf, UNKNOWN, type Value, withMarks } from '../value/value.ts';
import { type Evaluate, hasErrorsSince } from './evaluation.ts';
import { forEachElement, isIterable } from './iteration.ts';
import { LocalScope } from './local-scope.ts';
import type { Scope } from './scope.ts';

export function evaluateFor(
  expression: ForExpression,
  scope: Scope,
  diagnostics: Diagnostic[],
  evaluate: Evaluate,
): Value {
  const collection = evaluate(expression.collection, scope, diagnostics);
  if (collection.kind === 'null') {
    const detail = "A null value cannot be used as the collection in a 'for' expression.";
    const context = { context: expression };
    diagnostics.push(errorAt(expression.collection, 'Iteration over null value', detail, context));
    return UNKNOWN;
  }
  const type = collection.kind === 'unknown' ? collection.type : undefined;
  if (type?.kind === 'dynamic') return UNKNOWN;
  if (!isIterable(type ?? typeOf(collection))) {
    const name = friendlyTypeName(typeOf(collection));
    const detail = `A value of type ${name} cannot be used as the collection in a 'for' expression.`;
    const context = { context: expression };
    diagnostics.push(errorAt(expression.collection, 'Iteration over non-iterable value', detail, context));
    return UNKNOWN;
  }
  return new Loop(expression, scope, diagnostics, evaluate).run(collection);
}

/** One evaluation of one `for`; `known` falls once some element could not be told. */
class Loop {
  readonly #expression: ForExpression;
  readonly #scope: LocalScope;
  readonly #diagnostics: Diagnostic[];
  readonly #evaluate: Evaluate;
  #marks: Marks = 0;
  #known = true;

  constructor(expression: ForExpression, scope: Scope, diagnostics: Diagnostic[], evaluate: Evaluate) {
    this.#expression = expression;
    this.#scope = new LocalScope(scope);
    this.#diagnostics = diagnostics;
    this.#evaluate = evaluate;
  }

  run(collection: Value): Value {
    this.#marks = collection.marks;
    const { condition } = this.#expression;
    const conditionMarks = condition === undefined ? 0 : this.#tryCondition(condition);
    if (conditionMarks === undefined) return UNKNOWN;
    if (collection.kind === 'unknown') return withMarks(UNKNOWN, this.#marks | conditionMarks);
    return this.#expression.brackets === 'tuple' ? this.#tuple(collection) : this.#object(collection);
  }

  /**
   * Evaluates the condition once with nothing known of the element, so that a mistake in it is reported once and not
   * for every element. The marks it carries, or undefined when it cannot be used at all.
   */
  #tryCondition(condition: Expression): Marks | undefined {
    const start = this.#diagnostics.length;
    this.#bind(UNKNOWN, UNKNOWN);
    const result = this.#evaluate(condition, this.#scope, this.#diagnostics);
    if (result.kind === 'null') {
      this.#complain(condition, 'Condition is null', "The value of the 'if' clause must not be null.");
      return undefined;
    }
    const converted = convertValue(result, BOOL);
    if (isFailure(converted)) {
      this.#complain(condition, "Invalid 'for' condition", `The 'if' clause value is invalid: ${converted.message}.`);
      return undefined;
    }
    return hasErrorsSince(this.#diagnostics, start) ? undefined : result.marks;
  }

  #tuple(collection: Value): Value {
    const elements: Value[] = [];
    forEachElement(collection, (key, element) => {
      this.#bind(key, element);
      if (!this.#isIncluded()) return;
      elements.push(this.#evaluate(this.#expression.result, this.#scope, this.#diagnostics));
    });
    return this.#known ? tupleValue(elements, this.#marks) : withMarks(UNKNOWN, this.#marks);
  }

  #object(collection: Value): Value {
    const { resultKey, result, grouping } = this.#expression;
    const single = new Map<string, Value>();
    const groups = new Map<string, Value[]>();
    forEachElement(collection, (key, element) => {
      this.#bind(key, element);
      if (!this.#isIncluded() || resultKey === undefined) return;
      const name = this.#key(resultKey);
      if (name === undefined) return;
      const value = this.#evaluate(result, this.#scope, this.#diagnostics);
      if (grouping) groups.set(name, [...(groups.get(name) ?? []), value]);
      else if (single.has(name)) this.#duplicate(resultKey, name);
      else single.set(name, value);
    });
    if (!this.#known) return withMarks(UNKNOWN, this.#marks);
    for (const [name, values] of groups) single.set(name, tupleValue(values));
    return objectValue(single, this.#marks);
  }

  #bind(key: Value, element: Value): void {
    const { key: keyName, value } = this.#expression;
    if (keyName !== undefined) this.#scope.set(keyName.name, key);
    this.#scope.set(value.name, element);
  }

  #isIncluded(): boolean {
    const { condition } = this.#expression;
    if (condition === undefined) return true;
    const given = this.#evaluate(condition, this.#scope, this.#diagnostics);
    if (given.kind === 'null') {
      this.#complainOnce(condition, "Invalid 'for' condition", "The value of the 'if' clause must not be null.");
      return false;
    }
    this.#marks |= given.marks;
    const included = convertValue(given, BOOL);
    if (isFailure(included)) {
      const detail = `The 'if' clause value is invalid: ${included.message}.`;
      this.#complainOnce(condition, "Invalid 'for' condition", detail);
      return false;
    }
    if (included.kind === 'bool') return included.value;
    this.#known = false;
    return false;
  }

  #key(expression: Expression): string | undefined {
    const given = this.#evaluate(expression, this.#scope, this.#diagnostics);
    if (given.kind === 'null') {
      const detail = "Key expression in 'for' expression must not produce a null value.";
      this.#complainOnce(expression, 'Invalid object key', detail);
      return undefined;
    }
    this.#marks |= given.marks;
    const key = convertValue(given, STRING);
    if (isFailure(key)) {
      const detail = `The key expression produced an invalid result: ${key.message}.`;
      this.#complainOnce(expression, 'Invalid object key', detail);
      return undefined;
    }
    if (key.kind === 'string') return key.value;
    this.#known = false;
    return undefined;
  }

  #duplicate(expression: Expression, name: string): void {
    const detail = `Two different items produced the key "${name}" in this 'for' expression. If duplicates are expected, use the ellipsis (...) after the value expression to enable grouping by key.`;
    this.#complain(expression, 'Duplicate object key', detail);
  }

  /** For what is wrong with one element and likely with the others, too. */
  #complainOnce(expression: Expression, summary: string, detail: string): void {
    if (this.#known) this.#complain(expression, summary, detail);
    this.#known = false;
  }

  #complain(expression: Expression, summary: string, detail: string): void {
    this.#diagnostics.push(errorAt(expression, summary, detail, { context: this.#expression }));
  }
}

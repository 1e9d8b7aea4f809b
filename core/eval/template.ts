/** Strings with `${...}` and `%{...}` in them. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Range } from '../diag/source.ts';
import type { TemplateFor, TemplateIf, TemplatePart } from '../hcl/ast.ts';
import { convertValue, isFailure } from '../value/convert.ts';
import { knownPrefix } from '../value/refine.ts';
import { friendlyTypeName } from '../value/show.ts';
import { STRING } from '../value/type.ts';
import { type Marks, NO_MARKS, stringValue, typeOf, unknownValue, type Value } from '../value/value.ts';
import { type Arm, chooseArm } from './conditional.ts';
import { type Evaluate, hasErrorsSince } from './evaluation.ts';
import { forEachElement, isIterable } from './iteration.ts';
import { LocalScope } from './local-scope.ts';
import type { Scope } from './scope.ts';

const INVALID_VALUE = 'Invalid template interpolation value';

/** The text of a template: a string, or an unknown one that is not null and whose beginning may be known. */
export function evaluateTemplate(
  parts: readonly TemplatePart[],
  range: Range,
  scope: Scope,
  diagnostics: Diagnostic[],
  evaluate: Evaluate,
): Value {
  const [only] = parts;
  if (only === undefined) return stringValue('');
  if (parts.length === 1 && only.kind === 'text') return stringValue(only.value);
  const start = diagnostics.length;
  let text = '';
  let isKnown = true;
  let marks: Marks = NO_MARKS;
  for (const part of parts) {
    const given = partValue(part, range, scope, diagnostics, evaluate);
    const value = asText(given, subjectOf(part), range, diagnostics);
    if (given.kind !== 'null') marks |= given.marks;
    if (value === undefined) continue;
    if (value.kind !== 'string') isKnown = false;
    else if (isKnown) text += value.value;
  }
  if (isKnown) return stringValue(text, marks);
  const prefix = hasErrorsSince(diagnostics, start) ? '' : knownPrefix(text);
  return unknownValue(STRING, prefix === '' ? { notNull: true } : { notNull: true, prefix }, marks);
}

function partValue(
  part: TemplatePart,
  range: Range,
  scope: Scope,
  diagnostics: Diagnostic[],
  evaluate: Evaluate,
): Value {
  switch (part.kind) {
    case 'text':
      return stringValue(part.value);
    case 'interpolation':
      return evaluate(part.expression, scope, diagnostics);
    case 'if':
      return evaluateIf(part, scope, diagnostics, evaluate);
    case 'for':
      return evaluateLoop(part, range, scope, diagnostics, evaluate);
  }
}

/** What is underlined when the part's value cannot be text. */
function subjectOf(part: TemplatePart): Range {
  return part.kind === 'interpolation' ? part.expression : part.kind === 'if' ? part.condition : part;
}

/** A string or an unknown; undefined after a complaint. */
function asText(value: Value, subject: Range, context: Range, diagnostics: Diagnostic[]): Value | undefined {
  if (value.kind === 'string' || value.kind === 'unknown') return value;
  if (value.kind === 'null') {
    const detail = 'The expression result is null. Cannot include a null value in a string template.';
    diagnostics.push(errorAt(subject, INVALID_VALUE, detail, { context }));
    return undefined;
  }
  const text = convertValue(value, STRING);
  if (!isFailure(text)) return text;
  const detail = `Cannot include the given value in a string template: ${text.message}.`;
  diagnostics.push(errorAt(subject, INVALID_VALUE, detail, { context }));
  return undefined;
}

function evaluateIf(part: TemplateIf, scope: Scope, diagnostics: Diagnostic[], evaluate: Evaluate): Value {
  const arm = (parts: readonly TemplatePart[]): Arm => {
    const own: Diagnostic[] = [];
    return { value: evaluateTemplate(parts, part, scope, own, evaluate), diagnostics: own, range: part };
  };
  const condition = (): Value => evaluate(part.condition, scope, diagnostics);
  return chooseArm(condition, part.condition, part, arm(part.consequent), arm(part.alternate), diagnostics);
}

/** `%{ for }` is a `for` expression whose results are joined, so its complaints are those of one. */
function evaluateLoop(
  part: TemplateFor,
  range: Range,
  scope: Scope,
  diagnostics: Diagnostic[],
  evaluate: Evaluate,
): Value {
  const collection = evaluate(part.collection, scope, diagnostics);
  const complaint = whyNotIterable(collection);
  if (complaint !== undefined) {
    diagnostics.push(errorAt(part.collection, complaint.summary, complaint.detail, { context: range }));
    return unknownValue(STRING);
  }
  if (collection.kind === 'unknown') return unknownValue(STRING, undefined, collection.marks);
  const local = new LocalScope(scope);
  let text = '';
  let isKnown = true;
  let marks = collection.marks;
  forEachElement(collection, (key, element) => {
    if (part.key !== undefined) local.set(part.key.name, key);
    local.set(part.value.name, element);
    const result = evaluateTemplate(part.body, part, local, diagnostics, evaluate);
    marks |= result.marks;
    if (result.kind === 'string') text += result.value;
    else isKnown = false;
  });
  return isKnown ? stringValue(text, marks) : unknownValue(STRING, undefined, marks);
}

function whyNotIterable(collection: Value): { summary: string; detail: string } | undefined {
  if (collection.kind === 'null') {
    const detail = "A null value cannot be used as the collection in a 'for' expression.";
    return { summary: 'Iteration over null value', detail };
  }
  const type = typeOf(collection);
  if (type.kind === 'dynamic' || isIterable(type)) return undefined;
  const detail = `A value of type ${friendlyTypeName(type)} cannot be used as the collection in a 'for' expression.`;
  return { summary: 'Iteration over non-iterable value', detail };
}

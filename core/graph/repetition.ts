/**
 * How often a block exists: once, by `count`, or by `for_each`. Holds one thing per instance and gives the value that a
 * reference to the whole block has.
 */
import type { InstanceKey } from '../addr/address.ts';
import type { Resource } from '../config/module.ts';
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { evaluate } from '../eval/evaluate.ts';
import type { Scope } from '../eval/scope.ts';
import type { Expression } from '../hcl/ast.ts';
import { convertValue, isFailure } from '../value/convert.ts';
import { numToInteger } from '../value/number.ts';
import { NUMBER } from '../value/type.ts';
import { EPHEMERAL, SENSITIVE, type Value, typeOf, withoutMarks } from '../value/value.ts';

export type Repetition =
  | { readonly kind: 'single' }
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'each'; readonly values: ReadonlyMap<string, Value> }
  /** Not known yet, which only a walk that validates accepts. */
  | { readonly kind: 'unknown'; readonly by: 'count' | 'each' };

export const SINGLE: Repetition = { kind: 'single' };

/** What `count.index`, `each.key` and `each.value` are in one instance. */
export type RepetitionData =
  | { readonly kind: 'none' }
  | { readonly kind: 'count'; readonly index: number | undefined }
  | { readonly kind: 'each'; readonly key: string | undefined; readonly value: Value | undefined };

export const NO_REPETITION: RepetitionData = { kind: 'none' };

export function keysOf(repetition: Repetition): readonly (InstanceKey | undefined)[] {
  switch (repetition.kind) {
    case 'single':
      return [undefined];
    case 'count':
      return Array.from({ length: repetition.count }, (_, index) => index);
    case 'each':
      return [...repetition.values.keys()];
    case 'unknown':
      return [];
  }
}

export function dataFor(repetition: Repetition, key: InstanceKey | undefined): RepetitionData {
  switch (repetition.kind) {
    case 'single':
      return NO_REPETITION;
    case 'count':
      return { kind: 'count', index: key as number };
    case 'each':
      return { kind: 'each', key: key as string, value: repetition.values.get(key as string) };
    case 'unknown':
      return repetition.by === 'count'
        ? { kind: 'count', index: undefined }
        : { kind: 'each', key: undefined, value: undefined };
  }
}

export interface RepeatedBlock {
  readonly count: Expression | undefined;
  readonly forEach: Expression | undefined;
  /** OpenTofu's `enabled`: one instance without a key, or none. */
  readonly enabled?: Expression | undefined;
}

export interface RepetitionRules {
  /** `validate` accepts what is not known yet. */
  readonly allowUnknown: boolean;
}

/** How often the block exists, or undefined after an error. */
export function evaluateRepetition(
  block: RepeatedBlock,
  scope: Scope,
  rules: RepetitionRules,
  diagnostics: Diagnostic[],
): Repetition | undefined {
  if (block.enabled) return evaluateEnabled(block.enabled, scope, rules, diagnostics);
  if (block.count) return evaluateCount(block.count, scope, rules, diagnostics);
  if (block.forEach) return evaluateForEach(block.forEach, scope, rules, diagnostics);
  return SINGLE;
}

/** A resource says in its `lifecycle` whether it exists at all. */
export function repeatedBlock({ count, forEach, lifecycle }: Resource): RepeatedBlock {
  return { count, forEach, enabled: lifecycle.enabled };
}

function evaluateEnabled(
  expression: Expression,
  scope: Scope,
  rules: RepetitionRules,
  diagnostics: Diagnostic[],
): Repetition | undefined {
  const value = evaluate(expression, scope, diagnostics);
  if (value.kind === 'bool') return value.value ? SINGLE : { kind: 'each', values: new Map() };
  if (value.kind === 'unknown' && rules.allowUnknown) return SINGLE;
  const detail = 'The value of "enabled" has to be true or false and known when planning.';
  diagnostics.push(errorAt(expression, 'Invalid enabled argument', detail));
  return undefined;
}

function evaluateCount(
  expression: Expression,
  scope: Scope,
  rules: RepetitionRules,
  diagnostics: Diagnostic[],
): Repetition | undefined {
  const before = diagnostics.length;
  const given = evaluate(expression, scope, diagnostics);
  if (diagnostics.length > before && diagnostics.slice(before).some((each) => each.severity === 'error'))
    return undefined;
  const marked = convertValue(given, NUMBER);
  if (isFailure(marked)) {
    const detail = `The value of "count" has to be a whole number: ${marked.message}.`;
    diagnostics.push(errorAt(expression, 'Incorrect value type', detail));
    return undefined;
  }
  const fail = (detail: string) => {
    diagnostics.push(errorAt(expression, 'Invalid count argument', detail));
    return undefined;
  };
  if (marked.marks & EPHEMERAL) {
    return fail(
      'The number of instances comes from an ephemeral value, which is gone by the time the plan is applied. Use a value that is not ephemeral.',
    );
  }
  const value = withoutMarks(marked);
  if (value.kind === 'null') {
    return fail(
      'The value of "count" is null, but the number of instances has to be a whole number. Give a number, or leave the argument out.',
    );
  }
  if (value.kind === 'unknown') {
    if (rules.allowUnknown) return { kind: 'unknown', by: 'count' };
    return fail(UNKNOWN_COUNT);
  }
  if (value.kind !== 'number') return undefined;
  const count = numToInteger(value.value);
  if (count === undefined) {
    return fail(
      'The value of "count" has a fraction or is too large. The number of instances has to be a whole number.',
    );
  }
  if (count < 0) {
    return fail('The value of "count" is negative. The number of instances has to be zero or more.');
  }
  return { kind: 'count', count };
}

const UNKNOWN_COUNT =
  'The value of "count" comes from attributes that are known only after apply, so the plan cannot say how many instances there will be. Take the number from something that is known now, or apply what it depends on first with -target.';

function evaluateForEach(
  expression: Expression,
  scope: Scope,
  rules: RepetitionRules,
  diagnostics: Diagnostic[],
): Repetition | undefined {
  const before = diagnostics.length;
  const value = evaluate(expression, scope, diagnostics);
  if (diagnostics.slice(before).some((each) => each.severity === 'error')) return undefined;
  const fail = (detail: string) => {
    diagnostics.push(errorAt(expression, 'Invalid for_each argument', detail));
    return undefined;
  };
  if (value.marks & SENSITIVE) {
    return fail(
      'The keys of "for_each" become part of addresses, which are shown everywhere, so they may not come from a sensitive value. Use keys that are no secret, or nonsensitive() where that is right.',
    );
  }
  if (value.marks & EPHEMERAL) {
    return fail(
      'The keys of "for_each" come from an ephemeral value, which is gone by the time the plan is applied. Use a value that is not ephemeral.',
    );
  }
  if (value.kind === 'null') {
    return fail(
      'The value of "for_each" is null, but a map or a set of strings is needed. An empty map gives no instances.',
    );
  }
  if (value.kind === 'unknown') {
    const kind = typeOf(value).kind;
    if (kind !== 'dynamic' && kind !== 'map' && kind !== 'object' && kind !== 'set') return fail(unsuitable(kind));
    if (rules.allowUnknown) return { kind: 'unknown', by: 'each' };
    return fail(kind === 'set' ? UNKNOWN_SET : UNKNOWN_MAP);
  }
  if (value.kind === 'map') return { kind: 'each', values: value.entries };
  if (value.kind === 'object') return { kind: 'each', values: value.attributes };
  if (value.kind !== 'set') return fail(unsuitable(value.kind));
  if (value.elements.some((element) => element.kind === 'unknown')) {
    if (rules.allowUnknown) return { kind: 'unknown', by: 'each' };
    return fail(UNKNOWN_SET);
  }
  if (value.element.kind !== 'string' && !(value.element.kind === 'dynamic' && value.elements.length === 0)) {
    diagnostics.push(
      errorAt(
        expression,
        'Invalid for_each set argument',
        `The elements of the set become instance keys, so they have to be strings, but these are of type ${value.element.kind}. Convert them, for example with a for expression and tostring().`,
      ),
    );
    return undefined;
  }
  const keys: [string, Value][] = [];
  for (const element of value.elements) {
    if (element.kind !== 'string') {
      diagnostics.push(
        errorAt(
          expression,
          'Invalid for_each set argument',
          'The set in "for_each" holds a null, which cannot be the key of an instance. Remove it, for example with compact().',
        ),
      );
      return undefined;
    }
    keys.push([element.value, element]);
  }
  return { kind: 'each', values: new Map(keys) };
}

function unsuitable(kind: string): string {
  return `"for_each" takes a map, an object or a set of strings, but this is a ${kind}. Use toset() for a list of strings.`;
}

const UNKNOWN_MAP =
  'Keys of the "for_each" map come from attributes that are known only after apply, so the plan cannot say which instances there will be. Write the keys in the configuration and use what is known later in the values alone, or apply what the keys depend on first with -target.';
const UNKNOWN_SET =
  'Elements of the "for_each" set come from attributes that are known only after apply, so the plan cannot say which instances there will be. Use a map whose keys are written in the configuration and whose values are known later, or apply what the set depends on first with -target.';

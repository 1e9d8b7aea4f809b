/**
 * Calling a function: its arguments are evaluated and converted, null, unknown and marks are dealt with as its parameters
 * say, and its complaints become diagnostics. `try` and `can` live here because their arguments may fail. What a
 * function does is not known here.
 */
import { suggestion } from '../diag/did-you-mean.ts';
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { type Range, rangeOf } from '../diag/source.ts';
import type { CallExpression, Expression } from '../hcl/ast.ts';
import { describeRange } from '../hcl/template.ts';
import { convertValue, isFailure } from '../value/convert.ts';
import { containsUnknown, marksIn, unmarkDeep } from '../value/marks.ts';
import { refinedUnknown } from '../value/refine.ts';
import { BOOL } from '../value/type.ts';
import {
  boolValue,
  type Marks,
  NO_MARKS,
  typeOf,
  UNKNOWN,
  unknownValue,
  type Value,
  withMarks,
} from '../value/value.ts';
import { type Evaluate, hasErrorsSince } from './evaluation.ts';
import {
  type CallContext,
  type CallEnvironment,
  type CallError,
  type FunctionDefinition,
  NO_FUNCTIONS,
  type Parameter,
  type Scope,
} from './scope.ts';
import { startRange } from './start-range.ts';

/** Of a scope that says nothing of the world: no files are read there, and nothing depends on the time. */
const NOWHERE: CallEnvironment = Object.freeze({
  baseDirectory: '.',
  homeDirectory: '',
  planTime: new Date(0),
  pure: true,
});

export function evaluateCall(
  expression: CallExpression,
  scope: Scope,
  diagnostics: Diagnostic[],
  evaluate: Evaluate,
): Value {
  if (scope.functions === NO_FUNCTIONS) {
    diagnostics.push(errorAt(expression, 'Function calls not allowed', 'Functions may not be called here.'));
    return UNKNOWN;
  }
  const name = expression.name.startsWith('core::') ? expression.name.slice('core::'.length) : expression.name;
  if (name === 'try') return evaluateTry(expression, scope, diagnostics, evaluate);
  if (name === 'can') return evaluateCan(expression, scope, diagnostics, evaluate);
  const definition = scope.functions.get(name);
  if (definition === undefined) return unknownFunction(expression, scope, diagnostics);
  const start = diagnostics.length;
  const args = gatherArguments(expression, scope, diagnostics, evaluate);
  if (args === undefined || !countFits(expression, definition, args, diagnostics)) return UNKNOWN;
  const values = convertArguments(expression, definition, args, scope, diagnostics, evaluate);
  if (hasErrorsSince(diagnostics, start)) return UNKNOWN;
  const result = callFunction(definition, values, {
    ...(scope.context ?? NOWHERE),
    functions: scope.functions,
    callRange: expression,
    argumentExpressions: expression.args,
  });
  if (result.kind !== 'call-error') return result;
  reportCallError(expression, definition, args, result, diagnostics);
  return UNKNOWN;
}

function unknownFunction(expression: CallExpression, scope: Scope, diagnostics: Diagnostic[]): Value {
  const { name, nameRange } = expression;
  const problem = name.includes('::') ? whyNoProviderFunction(name) : undefined;
  const detail =
    problem ?? `There is no function named "${name}".${suggestion(name, [...scope.functions.names()].sort())}`;
  const summary = problem === undefined ? 'Call to unknown function' : 'Unknown provider function';
  diagnostics.push(errorAt(nameRange, summary, detail, { context: expression }));
  return UNKNOWN;
}

function whyNoProviderFunction(name: string): string {
  const [namespace, provider, own] = name.split('::');
  if (namespace !== 'provider') {
    return `The function namespace "${namespace}" is not valid. Provider function calls must use the "provider::" namespace prefix.`;
  }
  if (own === undefined) return 'The function call must include the provider name after the "provider::" prefix.';
  return `There is no function named "${name}". Ensure that provider name "${provider}" is declared in this module's required_providers block, and that this provider offers a function named "${own}".`;
}

// ---- Arguments -------------------------------------------------------------------------------------------------

/** An argument as written, or an element of the list that was expanded by `...`, which is evaluated already. */
interface Argument {
  readonly expression: Expression;
  readonly value: Value | undefined;
}

/** Undefined when `...` has nothing usable to expand: the call's result is then unknown. */
function gatherArguments(
  expression: CallExpression,
  scope: Scope,
  diagnostics: Diagnostic[],
  evaluate: Evaluate,
): Argument[] | undefined {
  const args: Argument[] = expression.args.map((argument) => ({ expression: argument, value: undefined }));
  if (!expression.expandFinal) return args;
  const final = args.pop();
  if (final === undefined) return args;
  const start = diagnostics.length;
  const list = evaluate(final.expression, scope, diagnostics);
  if (hasErrorsSince(diagnostics, start)) return undefined;
  const kind = typeOf(list).kind;
  const isSequence = kind === 'tuple' || kind === 'list' || kind === 'set';
  if (!isSequence && kind !== 'dynamic') {
    invalidExpansion('must be of a tuple, list, or set type', final.expression, expression, diagnostics);
    return undefined;
  }
  if (list.kind === 'null') {
    invalidExpansion('must not be null', final.expression, expression, diagnostics);
    return undefined;
  }
  if (list.kind !== 'tuple' && list.kind !== 'list' && list.kind !== 'set') return undefined;
  for (const element of list.elements) {
    args.push({ expression: final.expression, value: withMarks(element, list.marks) });
  }
  return args;
}

function invalidExpansion(problem: string, subject: Range, context: Range, diagnostics: Diagnostic[]): void {
  const detail = `The expanding argument (indicated by ...) ${problem}.`;
  diagnostics.push(errorAt(subject, 'Invalid expanding argument value', detail, { context }));
}

/** What the count of arguments is compared with; `try` and `can` have no more definition than this. */
type Signature = Pick<FunctionDefinition, 'name' | 'parameters' | 'variadic'>;

function countFits(
  expression: CallExpression,
  signature: Signature,
  args: readonly Argument[],
  diagnostics: Diagnostic[],
): boolean {
  const { parameters, variadic } = signature;
  const missing = parameters[args.length];
  if (missing !== undefined) {
    const least = variadic === undefined ? '' : ' at least';
    const detail = `Function "${expression.name}" expects${least} ${parameters.length} argument(s). Missing value for "${missing.name}".`;
    diagnostics.push(errorAt(expression.closeParen, 'Not enough function arguments', detail, { context: expression }));
    return false;
  }
  const extra = args[parameters.length];
  if (extra === undefined || variadic !== undefined) return true;
  const detail = `Function "${expression.name}" expects only ${parameters.length} argument(s).`;
  const subject = startRange(extra.expression);
  diagnostics.push(errorAt(subject, 'Too many function arguments', detail, { context: expression }));
  return false;
}

function convertArguments(
  expression: CallExpression,
  definition: FunctionDefinition,
  args: readonly Argument[],
  scope: Scope,
  diagnostics: Diagnostic[],
  evaluate: Evaluate,
): Value[] {
  const values: Value[] = [];
  for (const [index, argument] of args.entries()) {
    const parameter = parameterAt(definition, index);
    const given = argument.value ?? evaluate(argument.expression, scope, diagnostics);
    const value = parameter === undefined ? given : convertValue(given, parameter.type);
    if (!isFailure(value)) {
      values.push(value);
      continue;
    }
    const name = parameter?.name ?? '';
    invalidArgument(name, value.message, startRange(argument.expression), expression, diagnostics);
    values.push(UNKNOWN);
  }
  return values;
}

function parameterAt(definition: Signature, index: number): Parameter | undefined {
  return definition.parameters[index] ?? definition.variadic;
}

function invalidArgument(
  name: string,
  message: string,
  subject: Range,
  context: Range,
  diagnostics: Diagnostic[],
): void {
  const detail = `Invalid value for "${name}" parameter: ${message}.`;
  diagnostics.push(errorAt(subject, 'Invalid function argument', detail, { context }));
}

// ---- The call itself -------------------------------------------------------------------------------------------

/**
 * Calls a function with arguments that are converted to its parameters' types already; also for functions that call
 * others. Unknown when an argument is that the function cannot take so.
 */
export function callFunction(
  definition: FunctionDefinition,
  given: readonly Value[],
  context: CallContext,
): Value | CallError {
  const args: Value[] = [];
  let marks: Marks = NO_MARKS;
  let isUnknown = false;
  let isUntyped = false;
  for (const [index, value] of given.entries()) {
    const parameter = parameterAt(definition, index);
    if (value.kind === 'null' && parameter?.nullable !== true) {
      return isUntyped
        ? withMarks(UNKNOWN, marks)
        : { kind: 'call-error', message: 'argument must not be null', argument: index };
    }
    const own = parameter?.acceptsMarks === true ? NO_MARKS : marksIn(value);
    marks |= own;
    if (value.kind === 'unknown' && parameter?.acceptsUnknown !== true) isUnknown = true;
    const hasType = (value.kind !== 'unknown' && value.kind !== 'null') || value.type.kind !== 'dynamic';
    if (!hasType && parameter?.acceptsDynamic !== true) isUntyped = true;
    args.push(own === NO_MARKS ? value : unmarkDeep(value));
  }
  if (isUntyped) return withMarks(UNKNOWN, marks);
  const type = definition.returnType(args);
  if (type.kind === 'call-error') return type;
  if (isUnknown) return refinedUnknown(type, definition.refinement ?? {}, marks);
  const result = definition.call(args, context);
  if (result.kind === 'call-error') return result;
  return withMarks(refinedResult(result, definition), marks);
}

function refinedResult(result: Value, { refinement }: FunctionDefinition): Value {
  if (result.kind !== 'unknown' || refinement === undefined) return result;
  return refinedUnknown(result.type, { ...refinement, ...result.refinement }, result.marks);
}

function reportCallError(
  expression: CallExpression,
  definition: FunctionDefinition,
  args: readonly Argument[],
  error: CallError,
  diagnostics: Diagnostic[],
): void {
  const parameter = error.argument === undefined ? undefined : parameterAt(definition, error.argument);
  if (error.argument === undefined || parameter === undefined) {
    callFailed(expression, error.message, diagnostics);
    return;
  }
  const argument = args[error.argument];
  if (argument === undefined) {
    const detail = `Invalid value for "${parameter.name}" parameter: ${error.message}.`;
    diagnostics.push(errorAt(expression, 'Invalid function argument', detail));
    return;
  }
  invalidArgument(parameter.name, error.message, startRange(argument.expression), expression, diagnostics);
}

function callFailed(expression: CallExpression, message: string, diagnostics: Diagnostic[]): void {
  const { file, nameRange, openParen } = expression;
  const subject = rangeOf(file, nameRange.start, openParen.end);
  const detail = `Call to function "${expression.name}" failed: ${message}.`;
  diagnostics.push(errorAt(subject, 'Error in function call', detail, { context: expression }));
}

// ---- try and can -----------------------------------------------------------------------------------------------

/** The first argument without an error; unknown as a whole while it has unknown parts, as these may yet fail. */
function evaluateTry(expression: CallExpression, scope: Scope, diagnostics: Diagnostic[], evaluate: Evaluate): Value {
  const args = gatherArguments(expression, scope, diagnostics, evaluate);
  if (args === undefined) return UNKNOWN;
  if (args.length === 0) {
    callFailed(expression, 'at least one argument is required', diagnostics);
    return UNKNOWN;
  }
  const failures: Diagnostic[] = [];
  for (const argument of args) {
    const start = failures.length;
    const value = argument.value ?? evaluate(argument.expression, scope, failures);
    if (!hasErrorsSince(failures, start)) return containsUnknown(value) ? UNKNOWN : value;
  }
  const list = failures.map(({ subject, summary, detail }) => {
    return `- ${summary}${subject === undefined ? '' : ` (at ${describeRange(subject)})`}\n  ${detail}\n`;
  });
  const message = `no expression succeeded:\n${list.join('')}\nAt least one expression must produce a successful result`;
  callFailed(expression, message, diagnostics);
  return UNKNOWN;
}

const CAN_SIGNATURE: Signature = { name: 'can', parameters: [{ name: 'expression', type: BOOL }] };

/** Whether the argument is without an error, which its marks do not hide. */
function evaluateCan(expression: CallExpression, scope: Scope, diagnostics: Diagnostic[], evaluate: Evaluate): Value {
  const args = gatherArguments(expression, scope, diagnostics, evaluate);
  if (args === undefined || !countFits(expression, CAN_SIGNATURE, args, diagnostics)) return UNKNOWN;
  const failures: Diagnostic[] = [];
  const [argument] = args;
  const value = argument?.value ?? (argument && evaluate(argument.expression, scope, failures)) ?? UNKNOWN;
  if (hasErrorsSince(failures, 0)) return boolValue(false);
  return containsUnknown(value) ? unknownValue(BOOL) : boolValue(true);
}

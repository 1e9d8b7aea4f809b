/** Arguments of a `backend` block that refer to variables. */
import { evaluateEarly } from '../core/config/early-evaluation.ts';
import type { Module } from '../core/config/module.ts';
import { type VariableArgument, collectVariableValues, prepareVariables } from '../core/config/variables.ts';
import { type Diagnostic, errorAt } from '../core/diag/diagnostic.ts';
import type { Expression } from '../core/hcl/ast.ts';
import { convertValue, isFailure } from '../core/value/convert.ts';
import { STRING } from '../core/value/type.ts';
import type { Value } from '../core/value/value.ts';
import type { Arguments } from './command.ts';
import type { Io } from './io.ts';

interface Sources {
  readonly root: Module;
  readonly args: Arguments;
  readonly io: Io;
  /** Looked up when they are not given. */
  readonly variables: ReadonlyMap<string, Value> | undefined;
}

/** Undefined for null, and after an error. */
export async function settledText(
  expression: Expression,
  { root, args, io, variables }: Sources,
  diagnostics: Diagnostic[],
): Promise<string | undefined> {
  const context = {
    baseDirectory: io.workingDirectory,
    homeDirectory: io.homeDirectory,
    planTime: io.now(),
    pure: true,
  };
  const values = variables ?? (await lookUp(root, args, io, diagnostics));
  const before = diagnostics.length;
  const value = await evaluateEarly(expression, root, values, context, diagnostics);
  if (diagnostics.length > before) return undefined;
  const text = convertValue(value, STRING);
  if (!isFailure(text) && text.kind === 'null') return undefined;
  if (!isFailure(text) && text.kind === 'string') return text.value;
  const why = isFailure(text) ? text.message : 'it is not known before the plan';
  diagnostics.push(errorAt(expression, 'Unsuitable value type', `This has to be a string: ${why}.`));
  return undefined;
}

/** Mistakes in variables that nothing here refers to are for the plan to report. */
async function lookUp(root: Module, args: Arguments, io: Io, diagnostics: Diagnostic[]): Promise<Map<string, Value>> {
  const collected = await collectVariableValues({
    module: root,
    directory: io.workingDirectory,
    environment: io.environment,
    cliArguments: variableArguments(args),
  });
  if (collected.value === undefined) diagnostics.push(...collected.diagnostics);
  return prepareVariables(root, collected.value ?? new Map()).value ?? new Map();
}

/** `-var` and `-var-file` in the order in which they were typed. */
export function variableArguments(args: Arguments): VariableArgument[] {
  return args.lists.flatMap(({ name, value }): VariableArgument[] => {
    if (name === 'var') return [{ kind: 'var', text: value }];
    return name === 'var-file' ? [{ kind: 'var-file', path: value }] : [];
  });
}

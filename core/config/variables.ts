/**
 * Values of variables: where those of the root module come from, which of them wins, and what a value becomes when it is
 * held against its declaration. Validation rules are not evaluated here.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Diagnostic, type Result, errorAt, hasErrors, warningAt } from '../diag/diagnostic.ts';
import { type Range, SourceFile } from '../diag/source.ts';
import type { Block, Body, Expression } from '../hcl/ast.ts';
import { parseJsonConfig } from '../hcl/json.ts';
import { parseConfig, parseExpression } from '../hcl/parser.ts';
import { describeRange } from '../hcl/template.ts';
import { applyDefaults, convertValue, isFailure } from '../value/convert.ts';
import { hasMarkWithin } from '../value/marks.ts';
import {
  EPHEMERAL,
  NO_MARKS,
  SENSITIVE,
  UNKNOWN,
  type Value,
  stringValue,
  unknownValue,
  withMarks,
} from '../value/value.ts';
import { readAttributes } from './content.ts';
import type { Module, Variable } from './module.ts';
import { staticValue } from './static-value.ts';

/** A value as it was given, before the declaration says how to read it. */
export type UnparsedVariable =
  | { readonly kind: 'text'; readonly source: 'environment' | 'argument'; readonly text: string }
  | { readonly kind: 'expression'; readonly source: 'file'; readonly expression: Expression };

export type VariableArgument =
  | { readonly kind: 'var'; readonly text: string }
  | { readonly kind: 'var-file'; readonly path: string };

export interface VariableSources {
  readonly module: Module;
  /** Absolute: where `terraform.tfvars` and `*.auto.tfvars` are looked for. */
  readonly directory: string;
  /** Absolute: what paths of `-var-file` start from; `directory` unless told. */
  readonly workingDirectory?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** In the order of the command line. */
  readonly cliArguments: readonly VariableArgument[];
}

const PREFIX = 'TF_VAR_';

/**
 * Everything that was given for the variables of the root module, by name. Later sources win: environment,
 * `terraform.tfvars`, `terraform.tfvars.json`, `*.auto.tfvars` and `*.auto.tfvars.json` by name, the command line.
 */
export async function collectVariableValues(sources: VariableSources): Promise<Result<Map<string, UnparsedVariable>>> {
  const diagnostics: Diagnostic[] = [];
  const values = new Map<string, UnparsedVariable>();
  for (const [name, text] of Object.entries(sources.environment)) {
    if (!name.startsWith(PREFIX) || text === undefined) continue;
    values.set(name.slice(PREFIX.length), { kind: 'text', source: 'environment', text });
  }
  for (const name of automaticFiles(sources.directory)) {
    readValuesFile(name, resolve(sources.directory, name), values, diagnostics);
  }
  for (const argument of sources.cliArguments) {
    if (argument.kind === 'var') readArgument(argument.text, values, diagnostics);
    else {
      const path = resolve(sources.workingDirectory ?? sources.directory, argument.path);
      readValuesFile(argument.path, path, values, diagnostics);
    }
  }
  return { value: values, diagnostics };
}

/** Names of the files that are read without being asked for, in their order. */
function automaticFiles(directory: string): readonly string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return [];
  }
  const fixed = ['terraform.tfvars', 'terraform.tfvars.json'].filter((name) => names.includes(name));
  const automatic = names.filter((name) => name.endsWith('.auto.tfvars') || name.endsWith('.auto.tfvars.json'));
  return [...fixed, ...automatic.sort()];
}

function readValuesFile(
  name: string,
  path: string,
  values: Map<string, UnparsedVariable>,
  diagnostics: Diagnostic[],
): void {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    diagnostics.push(unreadableFile(name, error));
    return;
  }
  const file = new SourceFile(name, text);
  const parsed = name.endsWith('.json') ? parseJsonConfig(file) : parseConfig(file);
  diagnostics.push(...parsed.diagnostics);
  const declarations = parsed.value.blocks.filter(({ type, labels }) => type === 'variable' && labels.length > 0);
  if (declarations.length > 0) {
    diagnostics.push(...declarations.map(misplacedDeclaration));
    return;
  }
  readValues(parsed.value, values, diagnostics);
}

function readValues(body: Body, values: Map<string, UnparsedVariable>, diagnostics: Diagnostic[]): void {
  for (const { name, value } of readAttributes(body, diagnostics).values()) {
    values.set(name, { kind: 'expression', source: 'file', expression: value });
  }
}

function unreadableFile(name: string, error: unknown): Diagnostic {
  const missing = (error as { code?: unknown }).code === 'ENOENT';
  const detail = missing
    ? `Given variables file ${name} does not exist.`
    : `Error while reading ${name}: ${error instanceof Error ? error.message : String(error)}.`;
  return errorAt(undefined, 'Failed to read variables file', detail);
}

function misplacedDeclaration(block: Block): Diagnostic {
  const name = block.labels[0]?.value ?? '';
  const detail = `A .tfvars file is used to assign values to variables that have already been declared in .tf files, not to declare new variables. To declare variable "${name}", place this block in one of your .tf files, such as variables.tf.\n\nTo set a value for this variable in ${block.file.name}, use the definition syntax instead:\n    ${name} = <value>`;
  return errorAt(block.typeRange, 'Variable declaration in .tfvars file', detail);
}

/** `-var name=value` */
function readArgument(argument: string, values: Map<string, UnparsedVariable>, diagnostics: Diagnostic[]): void {
  const equals = argument.indexOf('=');
  if (equals === -1) {
    const detail = `The given -var option "${argument}" is not correctly specified. Must be a variable name and value separated by an equals sign, like -var="key=value".`;
    diagnostics.push(errorAt(undefined, 'Invalid -var option', detail));
    return;
  }
  const name = argument.slice(0, equals);
  const text = argument.slice(equals + 1);
  if (name.endsWith(' ')) {
    const trimmed = name.trimEnd();
    const detail = `Variable name "${name}" is invalid due to trailing space. Did you mean -var="${trimmed}=${text.replace(/^ /, '')}"?`;
    diagnostics.push(errorAt(undefined, 'Invalid -var option', detail));
    return;
  }
  values.set(name, { kind: 'text', source: 'argument', text });
}

/**
 * Values of all variables of the root module: given ones converted, others by their defaults. What is missing or does
 * not fit is an unknown value beside its diagnostic.
 */
export function prepareVariables(
  module: Module,
  given: ReadonlyMap<string, UnparsedVariable>,
): Result<Map<string, Value>> {
  const diagnostics: Diagnostic[] = [...undeclared(module, given)];
  const values = new Map<string, Value>();
  for (const [name, variable] of module.variables) {
    const unparsed = given.get(name);
    if (unparsed === undefined && variable.defaultValue === undefined) {
      const detail = `The root module input variable "${name}" is not set, and has no default value. Use a -var or -var-file command line argument to provide a value for this variable.`;
      diagnostics.push(errorAt(variable.range, 'No value for required variable', detail));
      values.set(name, unknownVariable(variable));
      continue;
    }
    const problems: Diagnostic[] = [];
    const value = unparsed && parseGiven(variable, unparsed, problems);
    diagnostics.push(...problems);
    const usable = hasErrors(problems) ? undefined : value;
    values.set(
      name,
      hasErrors(problems)
        ? unknownVariable(variable)
        : finalVariableValue(`var.${name}`, variable, usable, originOf(name, unparsed), diagnostics),
    );
  }
  return { value: values, diagnostics };
}

/** The unparsed value as a value; text is read as an expression when the variable has a type that is not primitive. */
function parseGiven(variable: Variable, unparsed: UnparsedVariable, diagnostics: Diagnostic[]): Value {
  if (unparsed.kind === 'expression') return staticValue(unparsed.expression, diagnostics);
  const isText = !variable.typed || ['string', 'number', 'bool'].includes(variable.type.kind);
  if (isText) return stringValue(unparsed.text);
  const parsed = parseExpression(new SourceFile(`<value for var.${variable.name}>`, unparsed.text));
  diagnostics.push(...parsed.diagnostics);
  return parsed.value === undefined || hasErrors(parsed.diagnostics) ? UNKNOWN : staticValue(parsed.value, diagnostics);
}

/** Where a value came from: a place in a file, or words. */
export type VariableOrigin = { readonly range: Range } | { readonly words: string };

function originOf(name: string, unparsed: UnparsedVariable | undefined): VariableOrigin {
  if (unparsed?.kind === 'expression') return { range: unparsed.expression };
  return unparsed?.source === 'environment'
    ? { words: `set using the TF_VAR_${name} environment variable` }
    : { words: `set using -var="${name}=..."` };
}

/**
 * What a variable is when this value is given for it: converted, with defaults filled in and marked as declared.
 *
 * @param address `var.a` or `module.m.var.a`, for messages
 * @param given undefined when nothing was given
 */
export function finalVariableValue(
  address: string,
  variable: Variable,
  given: Value | undefined,
  origin: VariableOrigin,
  diagnostics: Diagnostic[],
): Value {
  const raw = given ?? variable.defaultValue;
  if (raw === undefined) {
    const detail = `The variable "${variable.name}" is required, but is not set.`;
    diagnostics.push(errorAt(variable.range, 'Required variable not set', detail));
    return unknownVariable(variable);
  }
  if (!variable.ephemeral && hasMarkWithin(raw, EPHEMERAL)) {
    const detail =
      'This input variable is not declared as accepting a ephemeral values, so it cannot be set to a result derived from an ephemeral value.';
    diagnostics.push(errorAt('range' in origin ? origin.range : variable.range, 'Ephemeral value not allowed', detail));
    return unknownVariable(variable);
  }
  const filled = variable.typeDefaults && raw.kind !== 'null' ? applyDefaults(raw, variable.typeDefaults) : raw;
  const converted = convertValue(filled, variable.type);
  if (isFailure(converted)) {
    diagnostics.push(unsuitableValue(address, variable, origin, converted.message));
    return unknownVariable(variable);
  }
  if (converted.kind !== 'null' || variable.nullable) return withMarks(converted, marksOf(variable));
  if (variable.defaultValue !== undefined) return withMarks(variable.defaultValue, marksOf(variable));
  diagnostics.push(nullNotAllowed(address, variable, origin));
  return unknownVariable(variable);
}

function marksOf(variable: Variable): number {
  return (variable.sensitive ? SENSITIVE : NO_MARKS) | (variable.ephemeral ? EPHEMERAL : NO_MARKS);
}

function unknownVariable(variable: Variable): Value {
  return unknownValue(variable.type, undefined, marksOf(variable));
}

function unsuitableValue(address: string, variable: Variable, origin: VariableOrigin, message: string): Diagnostic {
  const summary = 'Invalid value for input variable';
  if ('words' in origin) {
    return errorAt(variable.range, summary, `Unsuitable value for ${address} ${origin.words}: ${message}.`);
  }
  if (variable.sensitive) {
    const detail = `The given value is not suitable for ${address}, which is sensitive: ${message}. Invalid value defined at ${describeRange(origin.range)}.`;
    return errorAt(variable.range, summary, detail);
  }
  const detail = `The given value is not suitable for ${address} declared at ${describeRange(variable.range)}: ${message}.`;
  return errorAt(origin.range, summary, detail);
}

function nullNotAllowed(address: string, variable: Variable, origin: VariableOrigin): Diagnostic {
  const summary = 'Required variable not set';
  if ('words' in origin) {
    const detail = `Unsuitable value for ${address} ${origin.words}: required variable may not be set to null.`;
    return errorAt(variable.range, summary, detail);
  }
  const detail = `The given value is not suitable for ${address} defined at ${describeRange(variable.range)}: required variable may not be set to null.`;
  return errorAt(origin.range, summary, detail);
}

/** Values that no variable asks for: an error on the command line, a warning in files, nothing in the environment. */
function undeclared(module: Module, given: ReadonlyMap<string, UnparsedVariable>): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  let inFiles = 0;
  for (const name of [...given.keys()].sort()) {
    const value = given.get(name);
    if (value === undefined || module.variables.has(name)) continue;
    if (value.source === 'argument') {
      const detail = `A variable named "${name}" was assigned on the command line, but the root module does not declare a variable of that name. To use this value, add a "variable" block to the configuration.`;
      diagnostics.push(errorAt(undefined, 'Value for undeclared variable', detail));
    } else if (value.kind === 'expression' && inFiles++ < 2) {
      const detail = `The root module does not declare a variable named "${name}" but a value was found in file "${value.expression.file.name}". If you meant to use this value, add a "variable" block to the configuration.\n\nTo silence these warnings, use TF_VAR_... environment variables to provide certain "global" settings to all configurations in your organization. To reduce the verbosity of these warnings, use the -compact-warnings option.`;
      diagnostics.push(warningAt(undefined, 'Value for undeclared variable', detail));
    }
  }
  if (inFiles > 2) {
    const detail = `In addition to the other similar warnings shown, ${inFiles - 2} other variable(s) defined without being declared.`;
    diagnostics.push(warningAt(undefined, 'Values for undeclared variables', detail));
  }
  return diagnostics;
}

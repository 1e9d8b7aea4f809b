/** `variable` blocks. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { referencesIn } from '../eval/reference.ts';
import type { Attribute, Block, Expression } from '../hcl/ast.ts';
import { type ConversionFailure, applyDefaults, convertValue, isFailure } from '../value/convert.ts';
import { DYNAMIC, STRING, type Type, listType, mapType } from '../value/type.ts';
import { UNKNOWN, type Value } from '../value/value.ts';
import { decodeCheckRule } from './check-rule.ts';
import { type Content, type ContentSchema, readContent } from './content.ts';
import type { CheckRule, Variable } from './module.ts';
import { checkName } from './names.ts';
import { typedPathText } from './path-text.ts';
import { keywordOf } from './static-form.ts';
import { constantText, staticBool, staticString, staticValue } from './static-value.ts';
import { type TypeConstraint, decodeTypeConstraint } from './type-constraint.ts';

const SCHEMA: ContentSchema = {
  attributes: {
    description: 'optional',
    default: 'optional',
    type: 'optional',
    sensitive: 'optional',
    ephemeral: 'optional',
    nullable: 'optional',
  },
  blocks: { validation: [] },
};

/** Arguments and blocks of `module`, which no variable can be passed by. */
const RESERVED = new Set([
  'source',
  'version',
  'count',
  'for_each',
  'depends_on',
  'providers',
  'lifecycle',
  'locals',
  'provider',
]);

const UNTYPED: TypeConstraint = { type: DYNAMIC, defaults: undefined };

/**
 * The variable that a block declares; what is wrong with it is replaced by harmless values.
 *
 * @param override the block of an override file that is merged into it already
 */
export function decodeVariable(block: Block, diagnostics: Diagnostic[], override?: Block): Variable {
  const content = readContent(block.body, SCHEMA, diagnostics);
  const [label] = block.labels;
  const name = label?.value ?? '';
  checkName(label, 'Invalid variable name', diagnostics);
  if (RESERVED.has(name)) {
    const detail = `The variable name "${name}" is reserved due to its special meaning inside module blocks.`;
    diagnostics.push(errorAt(label, 'Invalid variable name', detail));
  }
  const get = (attribute: string): Attribute | undefined => content.attributes.get(attribute);
  const typeExpression = get('type')?.value;
  const constraint = typeExpression ? decodeVariableType(typeExpression, diagnostics) : UNTYPED;
  const nullable = boolean(get('nullable'), diagnostics) ?? true;
  return {
    name,
    range: block.header,
    type: constraint.type,
    typeDefaults: constraint.defaults,
    typed: typeExpression !== undefined,
    defaultValue: decodeDefault(get('default')?.value, constraint, nullable, override, diagnostics),
    description: text(get('description'), diagnostics),
    nullable,
    sensitive: boolean(get('sensitive'), diagnostics) ?? false,
    ephemeral: boolean(get('ephemeral'), diagnostics) ?? false,
    deprecated: undefined,
    validations: decodeValidations(name, content, diagnostics),
  };
}

function text(attribute: Attribute | undefined, diagnostics: Diagnostic[]): string | undefined {
  return attribute && staticString(attribute.value, diagnostics);
}

function boolean(attribute: Attribute | undefined, diagnostics: Diagnostic[]): boolean | undefined {
  return attribute && staticBool(attribute.value, diagnostics);
}

/** What to write instead of a type in quotes. */
const UNQUOTED: Readonly<Record<string, string>> = {
  string: 'Remove the quotes around "string".',
  list: 'Remove the quotes around "list" and write list(string) instead to explicitly indicate that the list elements are strings.',
  map: 'Remove the quotes around "map" and write map(string) instead to explicitly indicate that the map elements are strings.',
};

function decodeVariableType(expression: Expression, diagnostics: Diagnostic[]): TypeConstraint {
  const quoted = constantText(expression);
  if (quoted !== undefined) {
    diagnostics.push(quotedType(expression, quoted));
    return quoted === 'string' ? { type: STRING, defaults: undefined } : UNTYPED;
  }
  switch (keywordOf(expression)) {
    case 'list':
      return { type: listType(DYNAMIC), defaults: undefined };
    case 'map':
      return { type: mapType(DYNAMIC), defaults: undefined };
    default:
      return decodeTypeConstraint(expression, diagnostics);
  }
}

function quotedType(expression: Expression, quoted: string): Diagnostic {
  const instead = Object.hasOwn(UNQUOTED, quoted) ? UNQUOTED[quoted] : undefined;
  if (instead === undefined) {
    const detail =
      'To provide a full type expression, remove the surrounding quotes and give the type expression directly.';
    return errorAt(expression, 'Invalid legacy variable type hint', detail);
  }
  const detail = `Terraform 0.11 and earlier required type constraints to be given in quotes, but that form is now deprecated and will be removed in a future version of Terraform. ${instead}`;
  return errorAt(expression, 'Invalid quoted type constraints', detail);
}

function decodeDefault(
  expression: Expression | undefined,
  constraint: TypeConstraint,
  nullable: boolean,
  override: Block | undefined,
  diagnostics: Diagnostic[],
): Value | undefined {
  if (expression === undefined) return undefined;
  const written = staticValue(expression, diagnostics);
  const filled = constraint.defaults && written.kind !== 'null' ? applyDefaults(written, constraint.defaults) : written;
  const value = convertValue(filled, constraint.type);
  if (isFailure(value)) {
    const detail = unfitDefault(value, constraint.type, override);
    diagnostics.push(errorAt(override?.header ?? expression, 'Invalid default value for variable', detail));
    return UNKNOWN;
  }
  if (!nullable && value.kind === 'null') {
    const detail = 'A null default value is not valid when nullable=false.';
    diagnostics.push(errorAt(override?.header ?? expression, 'Invalid default value for variable', detail));
  }
  return value;
}

function unfitDefault(failure: ConversionFailure, type: Type, override: Block | undefined): string {
  const says = (name: string): boolean => override?.body.attributes.has(name) ?? false;
  if (override === undefined) {
    return `This default value is not compatible with the variable's type constraint: ${placed(failure, type)}.`;
  }
  if (says('type') && !says('default')) {
    return `Overriding this variable's type constraint has made its default value invalid: ${failure.message}.`;
  }
  if (!says('type') && says('default')) {
    return `The overridden default value for this variable is not compatible with the variable's type constraint: ${failure.message}.`;
  }
  return `This variable's default value is not compatible with its type constraint: ${failure.message}.`;
}

/** The failure with the place of the part that does not fit: `[1]: a number is required`. */
function placed({ message, path }: ConversionFailure, type: Type): string {
  const place = typedPathText(path, type);
  return place === '' ? message : `${place}: ${message}`;
}

function decodeValidations(name: string, content: Content, diagnostics: Diagnostic[]): CheckRule[] {
  const rules: CheckRule[] = [];
  for (const block of content.blocks) {
    const { rule, condition } = decodeCheckRule(block, diagnostics);
    if (condition && !refersTo(name, condition)) {
      const detail = `The condition for variable "${name}" must refer to var.${name} in order to test incoming values.`;
      diagnostics.push(errorAt(condition, 'Invalid variable validation condition', detail));
    }
    if (rule) rules.push(rule);
  }
  return rules;
}

function refersTo(name: string, condition: Expression): boolean {
  return referencesIn(condition).some(({ subject }) => subject.kind === 'variable' && subject.name === name);
}

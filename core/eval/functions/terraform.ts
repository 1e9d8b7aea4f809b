/** The functions of the provider `terraform`: values as text in the syntax of variable files and expressions, and back. */
import { type Diagnostic, hasErrors } from '../../diag/diagnostic.ts';
import { SourceFile } from '../../diag/source.ts';
import type { Body } from '../../hcl/ast.ts';
import { escapeText } from '../../hcl/escape.ts';
import { formatTokens } from '../../hcl/format.ts';
import { parseConfig } from '../../hcl/parser.ts';
import { describeRange } from '../../hcl/template.ts';
import { containsUnknown } from '../../value/marks.ts';
import { formatNum } from '../../value/number.ts';
import { DYNAMIC, STRING, compareUtf8 } from '../../value/type.ts';
import { UNKNOWN, type Value, objectValue, stringValue, typeOf, unknownValue } from '../../value/value.ts';
import { evaluate } from '../evaluate.ts';
import { NO_FUNCTIONS, type CallError, type Scope } from '../scope.ts';
import { walkExpression } from '../traversals.ts';
import { NOT_NULL, argumentAt, callError, defineFunction, entriesOf, parameter, textOf } from './define.ts';

const FIRST: Readonly<Record<string, string>> = {
  string: '"',
  list: '[',
  set: '[',
  tuple: '[',
  map: '{',
  object: '{',
};

const encodeExpr = defineFunction({
  name: 'encode_expr',
  parameters: [parameter('value', DYNAMIC, { acceptsUnknown: true })],
  returns: STRING,
  call: (args) => {
    const value = argumentAt(args, 0);
    if (!containsUnknown(value)) return stringValue(formatTokens(expressionText(value)).trim());
    const prefix = FIRST[typeOf(value).kind];
    return unknownValue(STRING, prefix === undefined ? NOT_NULL : { notNull: true, prefix });
  },
});

const encodeTfvars = defineFunction({
  name: 'encode_tfvars',
  parameters: [parameter('value', DYNAMIC, { acceptsUnknown: true })],
  returns: STRING,
  call: (args) => {
    const value = argumentAt(args, 0);
    if (containsUnknown(value)) return unknownValue(STRING, NOT_NULL);
    if (value.kind !== 'object' && value.kind !== 'map') {
      return callError(
        'invalid value to encode: must be an object whose attribute names will become the encoded variable names',
      );
    }
    const entries = sorted(value);
    const odd = entries.find(([name]) => !isIdentifier(name));
    if (odd) {
      const why = "must be a valid identifier, per Terraform's rules for input variable declarations";
      return callError(`invalid variable name ${JSON.stringify(odd[0])}: ${why}`);
    }
    const lines = entries.map(([name, each]) => `${name} = ${expressionText(each)}\n`);
    return stringValue(formatTokens(lines.join('')));
  },
});

const decodeTfvars = defineFunction({
  name: 'decode_tfvars',
  parameters: [parameter('src', STRING)],
  nullable: true,
  returns: DYNAMIC,
  call: (args) => decode(textOf(args, 0)),
});

export const terraformFunctions = [decodeTfvars, encodeExpr, encodeTfvars];

// ---- Text to values ----------------------------------------------------------------------------------------------

function decode(text: string): Value | CallError {
  const { value: body, diagnostics } = parseConfig(new SourceFile('<decode_tfvars argument>', text));
  const [syntax] = diagnostics.filter(({ severity }) => severity === 'error');
  if (syntax) return callError(`invalid tfvars syntax: ${words(syntax)}`);
  if (body === undefined) return callError('invalid tfvars syntax');
  const [block] = body.blocks;
  if (block) {
    const place = describeRange(block.typeRange);
    return callError(
      `invalid tfvars content: ${place}: Unexpected "${block.type}" block; Blocks are not allowed here.`,
    );
  }
  return attributesOf(body);
}

function attributesOf(body: Body): Value | CallError {
  const values: [string, Value][] = [];
  for (const { name, value } of body.attributes.values()) {
    const problems: Diagnostic[] = [];
    walkExpression(value, {
      traversal: ({ root }) => {
        const detail = 'Variables may not be used here.';
        problems.push({ severity: 'error', summary: 'Variables not allowed', detail, subject: root });
      },
    });
    const evaluated = problems.length > 0 ? UNKNOWN : evaluate(value, NO_NAMES, problems);
    const [problem] = problems;
    if (problem && hasErrors(problems))
      return callError(`invalid expression for variable "${name}": ${words(problem)}`);
    values.push([name, evaluated]);
  }
  return objectValue(values.sort(([a], [b]) => compareUtf8(a, b)));
}

const NO_NAMES: Scope = {
  resolve: (reference) => ({ value: UNKNOWN, used: reference.steps.length }),
  functions: NO_FUNCTIONS,
};

function words({ subject, summary, detail }: Diagnostic): string {
  return `${subject ? `${describeRange(subject)}: ` : ''}${summary}; ${detail}`;
}

// ---- Values to text ----------------------------------------------------------------------------------------------

/** An expression that gives the value, not laid out yet. */
function expressionText(value: Value): string {
  switch (value.kind) {
    case 'null':
    case 'unknown':
      return 'null';
    case 'bool':
      return String(value.value);
    case 'number':
      return formatNum(value.value);
    case 'string':
      return quoted(value.value);
    case 'list':
    case 'set':
    case 'tuple':
      return `[${value.elements.map(expressionText).join(', ')}]`;
    case 'map':
    case 'object': {
      const items = sorted(value).map(
        ([name, each]) => `${isIdentifier(name) ? name : quoted(name)} = ${expressionText(each)}\n`,
      );
      return items.length === 0 ? '{}' : `{\n${items.join('')}}`;
    }
  }
}

function sorted(value: Value): [string, Value][] {
  return [...entriesOf(value)].sort(([a], [b]) => compareUtf8(a, b));
}

function quoted(text: string): string {
  return `"${escapeText(text)}"`;
}

function isIdentifier(name: string): boolean {
  return /^\p{ID_Start}[\p{ID_Continue}-]*$/u.test(name);
}

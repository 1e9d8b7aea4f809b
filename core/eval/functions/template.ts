/**
 * `templatefile` and `templatestring`: a template is evaluated with the given variables and nothing else in scope. A
 * template cannot call either of them again, and one from a string cannot reach files.
 */
import type { Diagnostic } from '../../diag/diagnostic.ts';
import { SourceFile } from '../../diag/source.ts';
import type { Expression, TraversalExpression } from '../../hcl/ast.ts';
import { isName } from '../../hcl/characters.ts';
import { parseTemplate } from '../../hcl/parser.ts';
import { describeRange } from '../../hcl/template.ts';
import { convertValue, isFailure } from '../../value/convert.ts';
import { DYNAMIC, STRING } from '../../value/type.ts';
import { UNKNOWN, type Value, withMarks } from '../../value/value.ts';
import { evaluate } from '../evaluate.ts';
import type { CallContext, CallError, FunctionDefinition, FunctionTable, Resolved, Scope } from '../scope.ts';
import { traversalsIn } from '../traversals.ts';
import { NOT_NULL, argumentAt, callError, defineFunction, isCallError, parameter, textOf } from './define.ts';
import { notUtf8, readSource } from './read-file.ts';
import { decodeUtf8, quote } from './text.ts';
import { unknownValue } from '../../value/value.ts';

const vars = parameter('vars', DYNAMIC);

const templatefile = defineFunction({
  name: 'templatefile',
  parameters: [parameter('path', STRING, { acceptsMarks: true }), vars],
  returns: DYNAMIC,
  call: (args, context) => {
    const path = textOf(args, 0);
    const { marks } = argumentAt(args, 0);
    const bytes = readSource(path, marks, context);
    if ('kind' in bytes) return bytes;
    const text = decodeUtf8(bytes);
    if (text === undefined) return notUtf8(path, marks);
    const template = parse(text, path);
    if (typeof template === 'string') return callError(template);
    const result = render(template, argumentAt(args, 1), withoutTemplates(context.functions), context);
    return isCallError(result) ? result : withMarks(result, marks);
  },
});

const templatestring = defineFunction({
  name: 'templatestring',
  parameters: [parameter('template', DYNAMIC, { nullable: true, acceptsUnknown: true, acceptsDynamic: true }), vars],
  returns: STRING,
  call: (args, context) => {
    const written = context.argumentExpressions?.[0];
    const complaint = written && refusal(written);
    if (complaint !== undefined) return callError(`invalid template expression: ${complaint}`, 0);
    const source = argumentAt(args, 0);
    if (source.kind === 'unknown') return unknownValue(STRING, NOT_NULL);
    if (source.kind !== 'string') return callError('invalid template value: a string is required', 0);
    const template = parse(source.value, '<templatestring argument>');
    if (typeof template === 'string') return callError(`invalid template: ${template}`, 0);
    const functions = withoutFiles(withoutTemplates(context.functions));
    const result = render(template, argumentAt(args, 1), functions, context);
    if (isCallError(result)) return result;
    const text = convertValue(result, STRING);
    return isFailure(text) ? callError(`invalid template result: ${text.message}`) : text;
  },
});

const ELSEWHERE = 'templatestring is only for rendering templates retrieved dynamically from elsewhere';

/** Why this cannot be where a template comes from: only references can. */
function refusal(expression: Expression): string | undefined {
  switch (expression.kind) {
    case 'traversal':
      return undefined;
    case 'index':
      return refusal(expression.collection);
    case 'relative-traversal':
    case 'splat':
      return refusal(expression.source);
    case 'template-wrap':
      return `${ELSEWHERE}; to treat the inner expression as template syntax, write the reference expression directly without any template interpolation syntax`;
    case 'template':
      return `${ELSEWHERE}, and so does not support providing a literal template; consider using a template string expression instead`;
    default:
      return 'must be a direct reference to a single string from elsewhere, containing valid Terraform template syntax';
  }
}

/** A template that many instances render is parsed once. */
const parsedTemplates = new Map<string, Expression | string>();
const MOST_TEMPLATES = 200;

/** The template, or what is wrong with it. */
function parse(text: string, name: string): Expression | string {
  const key = `${name}\0${text}`;
  let parsed = parsedTemplates.get(key);
  if (parsed === undefined) {
    const { value, diagnostics } = parseTemplate(new SourceFile(name, text.replace(/^\ufeff/, '')));
    parsed = describe(diagnostics) ?? value ?? 'the template is empty';
    if (parsedTemplates.size >= MOST_TEMPLATES) parsedTemplates.clear();
    parsedTemplates.set(key, parsed);
  }
  return parsed;
}

/** The first error, and how many more there are. */
function describe(diagnostics: readonly Diagnostic[]): string | undefined {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return undefined;
  const place = first.subject === undefined ? '' : `${describeRange(first.subject)}: `;
  const more = errors.length > 1 ? `, and ${errors.length - 1} other diagnostic(s)` : '';
  return `${place}${first.summary}; ${first.detail}${more}`;
}

function render(
  template: Expression,
  variables: Value,
  functions: FunctionTable,
  context: CallContext,
): Value | CallError {
  if (variables.kind !== 'map' && variables.kind !== 'object') {
    return callError('invalid vars value: must be a map', 1);
  }
  const values = variables.kind === 'map' ? variables.entries : variables.attributes;
  const complaint = missingVariable(template, values);
  if (complaint !== undefined) return callError(complaint, 1);
  const diagnostics: Diagnostic[] = [];
  const result = evaluate(template, new TemplateScope(values, functions, context), diagnostics);
  const problem = describe(diagnostics);
  if (problem !== undefined) return callError(problem);
  if (result.kind !== 'null') return result;
  const words = 'The result of the template is null, which is not a valid result for a templatestring call.';
  return callError(`${describeRange(template)}: Template result is null; ${words}`);
}

function missingVariable(template: Expression, values: ReadonlyMap<string, Value>): string | undefined {
  for (const name of values.keys()) {
    if (isName(name)) continue;
    const rule = 'must start with a letter, followed by zero or more letters, digits, and underscores';
    return `invalid template variable name ${quote(name)}: ${rule}`;
  }
  for (const { root } of traversalsIn(template)) {
    if (!values.has(root.name)) {
      return `vars map does not contain key ${quote(root.name)}, referenced at ${describeRange(root)}`;
    }
  }
  return undefined;
}

/** Only the variables of the template; what it refers to has been checked before. */
class TemplateScope implements Scope {
  readonly functions: FunctionTable;
  readonly context: CallContext;
  readonly #values: ReadonlyMap<string, Value>;

  constructor(values: ReadonlyMap<string, Value>, functions: FunctionTable, context: CallContext) {
    this.#values = values;
    this.functions = functions;
    this.context = context;
  }

  resolve(reference: TraversalExpression): Resolved {
    return { value: this.#values.get(reference.root.name) ?? UNKNOWN, used: 0 };
  }
}

const TEMPLATE_FUNCTIONS = ['templatefile', 'templatestring'];
const FILE_FUNCTIONS = [
  'file',
  'filebase64',
  'filebase64sha256',
  'filebase64sha512',
  'fileexists',
  'filemd5',
  'fileset',
  'filesha1',
  'filesha256',
  'filesha512',
];

function withoutTemplates(functions: FunctionTable): FunctionTable {
  return refusing(functions, TEMPLATE_FUNCTIONS, (name) => {
    return `cannot recursively call ${name} from inside another template function`;
  });
}

function withoutFiles(functions: FunctionTable): FunctionTable {
  return refusing(functions, FILE_FUNCTIONS, (name) => {
    const advice = 'consider passing the function result as a template variable instead';
    return `cannot use filesystem access functions like ${name} in templatestring templates; ${advice}`;
  });
}

/** The same functions, but some give nothing but an error. */
function refusing(functions: FunctionTable, names: readonly string[], why: (name: string) => string): FunctionTable {
  const refused = new Map<string, FunctionDefinition>();
  return {
    names: () => functions.names(),
    get(name) {
      const definition = functions.get(name);
      if (definition === undefined || !names.includes(definition.name)) return definition;
      const known = refused.get(definition.name);
      if (known !== undefined) return known;
      const refusal = { ...definition, call: () => callError(why(definition.name)) };
      refused.set(definition.name, refusal);
      return refusal;
    },
  };
}

export const templateFunctions = [templatefile, templatestring];

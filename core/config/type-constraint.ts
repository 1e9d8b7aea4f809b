/**
 * Type expressions: `string`, `list(object({ a = optional(number, 1) }))`. Gives the type and the defaults inside it,
 * or says what is wrong with it in Terraform's words.
 */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { type Range, rangeBetween } from '../diag/source.ts';
import type { CallExpression, Expression } from '../hcl/ast.ts';
import { jsonExpressionText } from '../hcl/json.ts';
import { parseExpression } from '../hcl/parser.ts';
import { convertValue, isFailure } from '../value/convert.ts';
import {
  BOOL,
  DYNAMIC,
  NUMBER,
  STRING,
  type Type,
  listType,
  mapType,
  objectType,
  setType,
  tupleType,
} from '../value/type.ts';
import type { Value } from '../value/value.ts';
import type { TypeDefaults } from './module.ts';
import { keywordOf, staticList, staticMap } from './static-form.ts';
import { staticValue } from './static-value.ts';

export interface TypeConstraint {
  readonly type: Type;
  readonly defaults: TypeDefaults | undefined;
}

const ANY: TypeConstraint = { type: DYNAMIC, defaults: undefined };
const INVALID = 'Invalid type specification';

const PRIMITIVES: Readonly<Record<string, Type>> = { string: STRING, number: NUMBER, bool: BOOL };
const COLLECTIONS: Readonly<Record<string, (element: Type) => Type>> = { list: listType, set: setType, map: mapType };
/** What each constructor takes, for messages. */
const REQUIRES: Readonly<Record<string, string>> = {
  list: 'one argument specifying the element type',
  set: 'one argument specifying the element type',
  map: 'one argument specifying the element type',
  object: 'one argument specifying the attribute types and values as a map',
  tuple: 'one argument specifying the element types as a list',
};

/** The type that an expression writes out. After an error it is `any`, in whole or in the part that is wrong. */
export function decodeTypeConstraint(expression: Expression, diagnostics: Diagnostic[]): TypeConstraint {
  if (expression.kind === 'json') return decodeJsonType(expression, diagnostics);
  const keyword = keywordOf(expression);
  if (keyword !== '') return decodeKeyword(keyword, expression, diagnostics);
  if (expression.kind !== 'call') {
    const detail =
      'A type specification is either a primitive type keyword (bool, number, string) or a complex type constructor call, like list(string).';
    diagnostics.push(errorAt(expression, INVALID, detail));
    return ANY;
  }
  return decodeConstructor(expression, diagnostics);
}

function decodeJsonType(expression: Expression, diagnostics: Diagnostic[]): TypeConstraint {
  const text = expression.kind === 'json' ? jsonExpressionText(expression.json) : undefined;
  const parsed = text === undefined ? undefined : parseExpression(text.file, text.start, text.end);
  diagnostics.push(...(parsed?.diagnostics ?? []));
  if (parsed?.value !== undefined) return decodeTypeConstraint(parsed.value, diagnostics);
  if (parsed === undefined) {
    const detail =
      'A type specification is either a primitive type keyword (bool, number, string) or a complex type constructor call, like list(string).';
    diagnostics.push(errorAt(expression, INVALID, detail));
  }
  return ANY;
}

function decodeKeyword(keyword: string, expression: Expression, diagnostics: Diagnostic[]): TypeConstraint {
  const primitive = Object.hasOwn(PRIMITIVES, keyword) ? PRIMITIVES[keyword] : undefined;
  if (primitive) return { type: primitive, defaults: undefined };
  if (keyword === 'any') return ANY;
  const requires = Object.hasOwn(REQUIRES, keyword) ? REQUIRES[keyword] : undefined;
  const detail = requires
    ? `The ${keyword} type constructor requires ${requires}.`
    : `The keyword "${keyword}" is not a valid type specification.`;
  diagnostics.push(errorAt(expression, INVALID, detail));
  return ANY;
}

function decodeConstructor(call: CallExpression, diagnostics: Diagnostic[]): TypeConstraint {
  const complain = (subject: Range, detail: string): TypeConstraint => {
    diagnostics.push(errorAt(subject, INVALID, detail, { context: call }));
    return ANY;
  };
  const parentheses = rangeBetween(call.openParen, call.closeParen);
  if (Object.hasOwn(PRIMITIVES, call.name)) {
    return complain(parentheses, `Primitive type keyword "${call.name}" does not expect arguments.`);
  }
  if (call.name === 'any') return complain(parentheses, 'Type constraint keyword "any" does not expect arguments.');
  if (call.name === 'optional') {
    return complain(call.nameRange, `Keyword "optional" is valid only as a modifier for object type attributes.`);
  }
  if (!Object.hasOwn(REQUIRES, call.name)) {
    return complain(call, `Keyword "${call.name}" is not a valid type constructor.`);
  }
  const [argument, second] = call.args;
  const last = call.args.at(-1);
  if (argument === undefined || second !== undefined) {
    const subject = second && last ? rangeBetween(second, last) : parentheses;
    return complain(subject, `The ${call.name} type constructor requires ${REQUIRES[call.name]}.`);
  }
  const collection = COLLECTIONS[call.name];
  if (collection) return decodeCollection(collection, argument, diagnostics);
  return call.name === 'object' ? decodeObject(call, argument, diagnostics) : decodeTuple(call, argument, diagnostics);
}

function decodeCollection(
  make: (element: Type) => Type,
  argument: Expression,
  diagnostics: Diagnostic[],
): TypeConstraint {
  const element = decodeTypeConstraint(argument, diagnostics);
  return {
    type: make(element.type),
    defaults: element.defaults && { values: new Map(), children: new Map([['', element.defaults]]) },
  };
}

function decodeTuple(call: CallExpression, argument: Expression, diagnostics: Diagnostic[]): TypeConstraint {
  const list = staticList(argument);
  if (list.value === undefined) {
    const detail = 'Tuple type constructor requires a list of element types.';
    diagnostics.push(errorAt(argument, INVALID, detail, { context: call }));
    return ANY;
  }
  const children = new Map<string, TypeDefaults>();
  const types = list.value.map((expression, index) => {
    const element = decodeTypeConstraint(expression, diagnostics);
    if (element.defaults) children.set(String(index), element.defaults);
    return element.type;
  });
  return { type: tupleType(types), defaults: children.size > 0 ? { values: new Map(), children } : undefined };
}

function decodeObject(call: CallExpression, argument: Expression, diagnostics: Diagnostic[]): TypeConstraint {
  const map = staticMap(argument);
  if (map.value === undefined) {
    const detail =
      'Object type constructor requires a map whose keys are attribute names and whose values are the corresponding attribute types.';
    diagnostics.push(errorAt(argument, INVALID, detail, { context: call }));
    return ANY;
  }
  const attributes = new Map<string, Type>();
  const optional = new Set<string>();
  const values = new Map<string, Value>();
  const children = new Map<string, TypeDefaults>();
  for (const pair of map.value) {
    const name = pair.keyName;
    if (name === undefined) {
      const detail = 'Object constructor map keys must be attribute names.';
      diagnostics.push(errorAt(pair.key, INVALID, detail, { context: call }));
      continue;
    }
    const attribute = decodeAttribute(pair.value, diagnostics);
    if (attribute === undefined) continue;
    attributes.set(name, attribute.type);
    if (attribute.optional) optional.add(name);
    if (attribute.defaultValue) values.set(name, attribute.defaultValue);
    if (attribute.defaults) children.set(name, attribute.defaults);
  }
  const hasDefaults = values.size > 0 || children.size > 0;
  return { type: objectType(attributes, optional), defaults: hasDefaults ? { values, children } : undefined };
}

interface AttributeConstraint extends TypeConstraint {
  readonly optional: boolean;
  readonly defaultValue: Value | undefined;
}

/** `T`, `optional(T)` or `optional(T, default)` */
function decodeAttribute(expression: Expression, diagnostics: Diagnostic[]): AttributeConstraint | undefined {
  if (expression.kind !== 'call' || expression.name !== 'optional') {
    return { ...decodeTypeConstraint(expression, diagnostics), optional: false, defaultValue: undefined };
  }
  const parentheses = rangeBetween(expression.openParen, expression.closeParen);
  const [typeExpression, defaultExpression, extra] = expression.args;
  if (typeExpression === undefined) {
    const detail = 'Optional attribute modifier requires the attribute type as its argument.';
    diagnostics.push(errorAt(parentheses, INVALID, detail, { context: expression }));
    return undefined;
  }
  if (extra !== undefined) {
    const detail =
      'Optional attribute modifier expects at most two arguments: the attribute type, and a default value.';
    diagnostics.push(errorAt(parentheses, INVALID, detail, { context: expression }));
  }
  const constraint = decodeTypeConstraint(typeExpression, diagnostics);
  const defaultValue =
    defaultExpression && !extra ? decodeDefault(defaultExpression, constraint.type, diagnostics) : undefined;
  return { ...constraint, optional: true, defaultValue };
}

function decodeDefault(expression: Expression, type: Type, diagnostics: Diagnostic[]): Value | undefined {
  const problems: Diagnostic[] = [];
  const value = staticValue(expression, problems);
  diagnostics.push(...problems);
  if (problems.length > 0) return undefined;
  const converted = convertValue(value, type);
  if (!isFailure(converted)) return converted;
  const detail = `This default value is not compatible with the attribute's type constraint: ${converted.message}.`;
  diagnostics.push(errorAt(expression, 'Invalid default value for optional attribute', detail));
  return undefined;
}

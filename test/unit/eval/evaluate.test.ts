import { describe, expect, it } from 'vitest';
import { type Diagnostic, warningAt } from '../../../core/diag/diagnostic.ts';
import { SourceFile } from '../../../core/diag/source.ts';
import { evaluate, evaluateTo } from '../../../core/eval/evaluate.ts';
import { type FunctionDefinition, type FunctionTable, NO_FUNCTIONS, type Scope } from '../../../core/eval/scope.ts';
import { parseJson } from '../../../core/hcl/json-parser.ts';
import { jsonExpression } from '../../../core/hcl/json.ts';
import { parseExpression } from '../../../core/hcl/parser.ts';
import { BOOL, DYNAMIC, listType, NUMBER, objectType, STRING, setType, tupleType } from '../../../core/value/type.ts';
import {
  boolValue,
  EPHEMERAL,
  listValue,
  NULL,
  nullValue,
  numberValue,
  objectValue,
  SENSITIVE,
  stringValue,
  tupleValue,
  UNKNOWN,
  unknownValue,
  type Value,
} from '../../../core/value/value.ts';

/** Names that expressions below may use. */
const VALUES: Readonly<Record<string, Value>> = {
  us: unknownValue(STRING),
  un: unknownValue(NUMBER),
  ub: unknownValue(BOOL),
  ul: unknownValue(listType(STRING)),
  uset: unknownValue(setType(STRING)),
  uo: unknownValue(objectType([['a', NUMBER]])),
  ut: unknownValue(tupleType([NUMBER, STRING])),
  any: UNKNOWN,
  positive: unknownValue(NUMBER, { notNull: true, minimum: { value: 0, inclusive: false } }),
  ss: stringValue('s', SENSITIVE),
  sn: numberValue(1, SENSITIVE),
  sb: boolValue(true, SENSITIVE),
  sl: listValue(STRING, [stringValue('x')], SENSITIVE),
  en: numberValue(2, EPHEMERAL),
  ns: nullValue(STRING),
  nl: nullValue(listType(STRING)),
};

const twice: FunctionDefinition = {
  name: 'twice',
  parameters: [{ name: 'number', type: NUMBER }],
  returnType: () => NUMBER,
  call: ([value]) => numberValue(value?.kind === 'number' ? Number(value.value) * 2 : 0),
  refinement: { notNull: true },
};

const count: FunctionDefinition = {
  name: 'count',
  parameters: [],
  variadic: {
    name: 'values',
    type: DYNAMIC,
    nullable: true,
    acceptsUnknown: true,
    acceptsDynamic: true,
    acceptsMarks: true,
  },
  returnType: () => NUMBER,
  call: (values) => numberValue(values.length),
};

const refuse: FunctionDefinition = {
  name: 'refuse',
  parameters: [{ name: 'why', type: STRING }],
  returnType: () => STRING,
  call: ([why]) => ({
    kind: 'call-error',
    message: 'no',
    ...(why?.kind === 'string' && why.value ? { argument: 0 } : {}),
  }),
};

const definitions = new Map([twice, count, refuse].map((definition) => [definition.name, definition]));
const functions: FunctionTable = { get: (name) => definitions.get(name), names: () => definitions.keys() };

function scopeWith(table: FunctionTable): Scope {
  return {
    functions: table,
    resolve: (reference) => ({ value: VALUES[reference.root.name] ?? UNKNOWN, used: 0 }),
  };
}

function run(text: string, table = functions): { value: Value; errors: string[] } {
  const parsed = parseExpression(new SourceFile('test.tf', text));
  if (parsed.value === undefined) throw new Error(`not an expression: ${text}`);
  const diagnostics: Diagnostic[] = [...parsed.diagnostics];
  const value = evaluate(parsed.value, scopeWith(table), diagnostics);
  return { value, errors: diagnostics.map(describeError) };
}

function describeError({ summary, detail, subject }: Diagnostic): string {
  const place = subject === undefined ? '?' : subject.file.text.slice(subject.start, subject.end);
  return `${summary} | ${detail} | ${place}`;
}

const bool = (marks = 0) => unknownValue(BOOL, { notNull: true }, marks);
const number = (marks = 0) => unknownValue(NUMBER, { notNull: true }, marks);
const text = (prefix?: string, marks = 0) =>
  unknownValue(STRING, prefix === undefined ? { notNull: true } : { notNull: true, prefix }, marks);

describe('operators with unknown and marked operands', () => {
  const rows: [string, Value][] = [
    ...['+', '-', '*', '/', '%'].map((operator): [string, Value] => [`un ${operator} 1`, number()]),
    ...['<', '>', '<=', '>='].map((operator): [string, Value] => [`1 ${operator} un`, bool()]),
    ...['==', '!='].map((operator): [string, Value] => [`us ${operator} "x"`, bool()]),
    ...['&&', '||'].map((operator): [string, Value] => [`ub ${operator} true`, bool()]),
    ...['+', '*'].map((operator): [string, Value] => [`sn ${operator} en`, numberValue(operator === '+' ? 3 : 2, 3)]),
    ...['<', '=='].map((operator): [string, Value] => [`sn ${operator} en`, boolValue(operator === '<', 3)]),
    ['sn + un', number(SENSITIVE)],
    ['any + 1', number()],
    ['any == 1', bool()],
    ['-un', number()],
    ['!ub', bool()],
    ['-sn', numberValue(-1, SENSITIVE)],
    ['!sb', boolValue(false, SENSITIVE)],
    ['sb && false', boolValue(false, SENSITIVE)],
    ['ub && false', bool()],
    ['positive > -1', boolValue(true)],
    ['positive <= -1', boolValue(false)],
    ['positive > 1', bool()],
    ['"2" * "3"', numberValue(6)],
    ['1 == "1"', boolValue(false)],
    ['"1" < 2', boolValue(true)],
    ['null == ns', boolValue(true)],
  ];
  it.each(rows)('%s', (expression, expected) => {
    expect(run(expression)).toEqual({ value: expected, errors: [] });
  });

  const refused: [string, string][] = [
    ...['+', '-', '*', '/', '%', '<', '>', '<=', '>='].map((operator): [string, string] => {
      return [
        `1 ${operator} null`,
        `Operation failed | Error during operation: argument must not be null. | 1 ${operator} null`,
      ];
    }),
    ['un + null', 'Operation failed | Error during operation: argument must not be null. | un + null'],
    ['true && null', 'Operation failed | Error during operation: argument must not be null. | true && null'],
    ['-null', 'Operation failed | Error during operation: argument must not be null. | -null'],
    ['1 + true', 'Invalid operand | Unsuitable value for right operand: number required. | true'],
    ['"x" < 1', 'Invalid operand | Unsuitable value for left operand: a number is required. | "x"'],
    ['!1', 'Invalid operand | Unsuitable value for unary operand: bool required. | 1'],
    ['0 / 0', "Operation failed | Error during operation: can't divide zero by zero or infinity by infinity. | 0 / 0"],
    [
      'false && [][0]',
      'Invalid index | The given key does not identify an element in this collection value: the collection has no elements. | [0]',
    ],
  ];
  it.each(refused)('refuses %s', (expression, complaint) => {
    expect(run(expression).errors).toEqual([complaint]);
  });
});

describe('access to unknown and marked values', () => {
  const rows: [string, Value][] = [
    ['ul[0]', unknownValue(STRING)],
    ['ul[un]', unknownValue(STRING)],
    ['ut[0]', unknownValue(NUMBER)],
    ['[1, 2][un]', UNKNOWN],
    ['{ a = 1 }[us]', UNKNOWN],
    ['uo.a', unknownValue(NUMBER)],
    ['uo["a"]', unknownValue(NUMBER)],
    ['any.a.b[0]', UNKNOWN],
    ['sl[0]', stringValue('x', SENSITIVE)],
    ['["x", "y"][sn]', stringValue('y', SENSITIVE)],
    ['[ss, 1][1]', numberValue(1)],
    ['uset[*]', unknownValue(listType(STRING), { notNull: true })],
    ['us[*]', UNKNOWN],
    ['sl[*]', listValue(STRING, [stringValue('x')], SENSITIVE)],
    ['null[*]', tupleValue([])],
  ];
  it.each(rows)('%s', (expression, expected) => {
    expect(run(expression)).toEqual({ value: expected, errors: [] });
  });

  it.each([
    ['ut[5]', 'Invalid index | The given key does not identify an element in this collection value. | [5]'],
    ['uo.b', 'Unsupported attribute | This object does not have an attribute named "b". | .b'],
    ['us.b', "Unsupported attribute | Can't access attributes on a primitive-typed value (string). | .b"],
    ['ns.b', 'Attempt to get attribute from null value | This value is null, so it does not have any attributes. | .b'],
    ['sl[7]', 'Invalid index | The given key does not identify an element in this collection value. | [7]'],
    ['nl[*]', 'Splat of null value | Splat expressions (with the * symbol) cannot be applied to null sequences. | nl'],
  ])('refuses %s', (expression, complaint) => {
    expect(run(expression)).toEqual({ value: UNKNOWN, errors: [complaint] });
  });
});

describe('conditionals', () => {
  const rows: [string, Value][] = [
    ['ub ? 1 : 1', numberValue(1)],
    [
      'ub ? 1 : 2',
      unknownValue(NUMBER, {
        notNull: true,
        minimum: { value: 1, inclusive: true },
        maximum: { value: 2, inclusive: true },
      }),
    ],
    ['ub ? "a" : 1', text()],
    ['ub ? null : null', nullValue(DYNAMIC)],
    ['ub ? ns : "x"', unknownValue(STRING)],
    ['ub ? [1] : [1, 2]', unknownValue(listType(NUMBER), { notNull: true })],
    ['ub ? sl : sl', listValue(STRING, [unknownValue(STRING)], SENSITIVE)],
    ['true ? any : 1', UNKNOWN],
    ['false ? any : 1', numberValue(1)],
    ['true ? 1 : [][0]', numberValue(1)],
    ['sb ? "a" : "b"', stringValue('a', SENSITIVE)],
    ['false ? ss : "b"', stringValue('b', SENSITIVE)],
    ['true ? [1] : any', tupleValue([numberValue(1)])],
  ];
  it.each(rows)('%s', (expression, expected) => {
    expect(run(expression)).toEqual({ value: expected, errors: [] });
  });

  it('reports only the errors of the arm that is taken', () => {
    expect(run('true ? null.a : null.b').errors).toHaveLength(1);
    expect(run('ub ? null.a : 1').errors).toEqual([]);
  });
});

describe('for expressions', () => {
  const rows: [string, Value][] = [
    ['[for x in ul : x]', UNKNOWN],
    ['[for x in [us, "b"] : x]', tupleValue([unknownValue(STRING), stringValue('b')])],
    ['[for x in ["a"] : x if ub]', UNKNOWN],
    ['{ for x in [us] : x => 1 }', UNKNOWN],
    ['{ for k, v in { a = us } : k => v }', objectValue([['a', unknownValue(STRING)]])],
    ['[for x in sl : x]', tupleValue([stringValue('x')], SENSITIVE)],
    ['[for x in [ss] : x]', tupleValue([stringValue('s', SENSITIVE)])],
    ['[for x in [1] : x if sb]', tupleValue([numberValue(1)], SENSITIVE)],
    ['{ for x in [ss] : x => 1 }', objectValue([['s', numberValue(1)]], SENSITIVE)],
    ['[for x in any : x]', UNKNOWN],
  ];
  it.each(rows)('%s', (expression, expected) => {
    expect(run(expression)).toEqual({ value: expected, errors: [] });
  });

  it('hides outer names only within', () => {
    expect(run('[[for us in [1] : us], us]').value).toEqual(
      tupleValue([tupleValue([numberValue(1)]), unknownValue(STRING)]),
    );
  });
});

describe('templates', () => {
  const rows: [string, Value][] = [
    ['"pre-${us}"', text('pre-')],
    ['"prefix${us}"', text('prefi')],
    ['"${us}-post"', text()],
    ['"${us}"', unknownValue(STRING)],
    ['"a${ss}b"', stringValue('asb', SENSITIVE)],
    ['"a-${ss}${us}"', text('a-', SENSITIVE)],
    ['"%{ if ub }a%{ endif }"', text()],
    ['"%{ if sb }a%{ endif }"', stringValue('a', SENSITIVE)],
    ['"%{ for x in ul }${x}%{ endfor }"', text()],
    ['"%{ for x in sl }${x}%{ endfor }"', stringValue('x', SENSITIVE)],
    ['""', stringValue('')],
  ];
  it.each(rows)('%s', (expression, expected) => {
    expect(run(expression)).toEqual({ value: expected, errors: [] });
  });

  it.each([
    [
      '"a${null}"',
      'Invalid template interpolation value | The expression result is null. Cannot include a null value in a string template. | null',
    ],
    [
      '"a${[]}"',
      'Invalid template interpolation value | Cannot include the given value in a string template: string required. | []',
    ],
    [
      '"%{ for x in null }%{ endfor }"',
      "Iteration over null value | A null value cannot be used as the collection in a 'for' expression. | null",
    ],
  ])('refuses %s', (expression, complaint) => {
    expect(run(expression).errors).toEqual([complaint]);
  });
});

describe('calls', () => {
  const rows: [string, Value][] = [
    ['twice("2")', numberValue(4)],
    ['twice(un)', number()],
    ['twice(any)', number()],
    ['twice(sn)', numberValue(2, SENSITIVE)],
    ['core::twice(1)', numberValue(2)],
    ['count(1, null, us, ss)', numberValue(4)],
    ['count(["a", "b"]...)', numberValue(2)],
    ['count(ul...)', UNKNOWN],
    ['try(null.a, 1)', numberValue(1)],
    ['try([us], 1)', UNKNOWN],
    ['can(null.a)', boolValue(false)],
    ['can(us)', unknownValue(BOOL)],
    ['can(ss)', boolValue(true)],
  ];
  it.each(rows)('%s', (expression, expected) => {
    expect(run(expression)).toEqual({ value: expected, errors: [] });
  });

  it.each([
    [
      'twice()',
      'Not enough function arguments | Function "twice" expects 1 argument(s). Missing value for "number". | )',
    ],
    ['twice(1, 2)', 'Too many function arguments | Function "twice" expects only 1 argument(s). | 2'],
    [
      'twice(null)',
      'Invalid function argument | Invalid value for "number" parameter: argument must not be null. | null',
    ],
    ['twice("x")', 'Invalid function argument | Invalid value for "number" parameter: a number is required. | x'],
    ['twise(1)', 'Call to unknown function | There is no function named "twise". Did you mean "twice"? | twise'],
    ['refuse("x")', 'Invalid function argument | Invalid value for "why" parameter: no. | x'],
    ['refuse("")', 'Error in function call | Call to function "refuse" failed: no. | refuse('],
    [
      'count(1...)',
      'Invalid expanding argument value | The expanding argument (indicated by ...) must be of a tuple, list, or set type. | 1',
    ],
    [
      'count(null...)',
      'Invalid expanding argument value | The expanding argument (indicated by ...) must not be null. | null',
    ],
    [
      'x::y(1)',
      'Unknown provider function | The function namespace "x" is not valid. Provider function calls must use the "provider::" namespace prefix. | x::y',
    ],
  ])('refuses %s', (expression, complaint) => {
    expect(run(expression)).toEqual({ value: UNKNOWN, errors: [complaint] });
  });

  it('are refused where none are allowed', () => {
    const { errors } = run('twice(1)', NO_FUNCTIONS);
    expect(errors).toEqual(['Function calls not allowed | Functions may not be called here. | twice(1)']);
  });
});

describe('JSON', () => {
  function runJson(source: string): { value: Value; errors: string[] } {
    const parsed = parseJson(new SourceFile('test.tf.json', source));
    const diagnostics: Diagnostic[] = [...parsed.diagnostics];
    return {
      value: evaluate(jsonExpression(parsed.value), scopeWith(functions), diagnostics),
      errors: diagnostics.map(describeError),
    };
  }

  it('evaluates strings and names as templates', () => {
    const { value, errors } = runJson('{"${\\"k\\"}": ["${twice(2)}", "a-${ss}", 1.5, true, null], "u": "$${x}"}');
    const list = tupleValue([
      numberValue(4),
      stringValue('a-s', SENSITIVE),
      runJson('1.5').value,
      boolValue(true),
      NULL,
    ]);
    expect({ value, errors }).toEqual({
      value: objectValue([
        ['k', list],
        ['u', stringValue('${x}')],
      ]),
      errors: [],
    });
  });

  it('refuses keys that are no strings', () => {
    expect(runJson('{"${null}": 1}').errors[0]).toMatch('Cannot use null value as an object key.');
    expect(runJson('{"${[]}": 1}').errors[0]).toMatch('Cannot use this expression as an object key: string required.');
    expect(runJson('{"${us}": 1}').value).toEqual(UNKNOWN);
  });
});

describe('evaluateTo', () => {
  function to(expression: string): { value: Value; errors: string[] } {
    const parsed = parseExpression(new SourceFile('test.tf', expression));
    const diagnostics: Diagnostic[] = [warningAt(undefined, 'earlier', 'stays')];
    const value = evaluateTo(
      parsed.value ?? { kind: 'invalid', file: new SourceFile('', ''), start: 0, end: 0 },
      NUMBER,
      scopeWith(functions),
      diagnostics,
    );
    return { value, errors: diagnostics.slice(1).map(describeError) };
  }

  it('converts, or gives an unknown of the type with a complaint', () => {
    expect(to('"5"')).toEqual({ value: numberValue(5), errors: [] });
    expect(to('"x"')).toEqual({
      value: unknownValue(NUMBER),
      errors: ['Incorrect attribute value type | Inappropriate value for this argument: a number is required. | "x"'],
    });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../core/diag/diagnostic.ts';
import { SourceFile } from '../../core/diag/source.ts';
import { evaluate } from '../../core/eval/evaluate.ts';
import type { Scope } from '../../core/eval/scope.ts';
import { parseExpression } from '../../core/hcl/parser.ts';
import { convertValue, isFailure } from '../../core/value/convert.ts';
import { equalValues, sameValue } from '../../core/value/equal.ts';
import {
  impliedType,
  jsonToImpliedValue,
  jsonToValue,
  parseJsonText,
  stringifyJson,
  typeFromJson,
  typeToJson,
  valueToJson,
  valueToTypedJson,
} from '../../core/value/json.ts';
import { isSensitive, marksIn, markPaths, unmarkDeep, unmarkDeepWithPaths } from '../../core/value/marks.ts';
import {
  absNum,
  addNum,
  compareNum,
  divNum,
  equalNum,
  formatNum,
  isArithmeticError,
  mulNum,
  type Num,
  negNum,
  numFromFloat,
  parseNumText,
  subNum,
} from '../../core/value/number.ts';
import { setValue } from '../../core/value/set.ts';
import {
  DYNAMIC,
  listType,
  mapType,
  NUMBER,
  objectType,
  STRING,
  setType,
  type Type,
  tupleType,
  BOOL,
} from '../../core/value/type.ts';
import { canConvert, unifyTypes } from '../../core/value/unify.ts';
import {
  boolValue,
  mapValue,
  nullValue,
  numberValue,
  objectValue,
  SENSITIVE,
  stringValue,
  tupleValue,
  typeOf,
  UNKNOWN,
  unknownValue,
  type Value,
  withMarks,
} from '../../core/value/value.ts';

// ---- Generators ------------------------------------------------------------------------------------------------

const decimal = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 40n }), fc.integer({ min: -60, max: 60 }))
  .map(([negative, digits, exponent]) => parseNumText(`${negative ? '-' : ''}${digits}e${exponent}`) ?? 0);
const num: fc.Arbitrary<Num> = fc.oneof(
  fc.maxSafeInteger(),
  decimal,
  // Whole float64 beyond 2^53 print fewer digits than they have, in Terraform as here.
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 53), max: 2 ** 53 }).map(numFromFloat),
);

const name = fc
  .oneof(fc.constantFrom('a', 'b', 'é', '__proto__', '1'), fc.string({ maxLength: 4 }))
  .map((text) => text.normalize('NFC'));

const { type } = fc.letrec<{ type: Type }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(STRING, NUMBER, BOOL),
    tie('type').map(listType),
    tie('type').map(setType),
    tie('type').map(mapType),
    fc.array(tie('type'), { maxLength: 3 }).map(tupleType),
    fc.array(fc.tuple(name, tie('type')), { maxLength: 3 }).map((attributes) => objectType(attributes)),
  ),
}));

/** A wholly known value; `marked` and `open` add marks, nulls and unknowns. */
function valueArbitrary(leaf: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 3 }).map((elements) => tupleValue(elements)),
      fc.array(fc.tuple(name, tie('value')), { maxLength: 3 }).map((attributes) => objectValue(attributes)),
      fc.array(num, { maxLength: 4 }).map((elements) =>
        setValue(
          NUMBER,
          elements.map((element) => numberValue(element)),
        ),
      ),
      fc.array(fc.tuple(name, fc.boolean()), { maxLength: 3 }).map((entries) =>
        mapValue(
          BOOL,
          entries.map(([key, value]) => [key, boolValue(value)] as const),
        ),
      ),
    ),
  })).value;
}

const leaf = fc.oneof<fc.Arbitrary<Value>[]>(
  fc.string().map((text) => stringValue(text)),
  num.map((value) => numberValue(value)),
  fc.boolean().map((value) => boolValue(value)),
);
const known = valueArbitrary(fc.oneof(leaf, fc.constant(nullValue(DYNAMIC))));
const open = valueArbitrary(
  fc.oneof(
    leaf,
    type.map((of) => nullValue(of)),
    type.map((of) => unknownValue(of)),
    fc.constant(UNKNOWN),
    leaf.map((value) => withMarks(value, SENSITIVE)),
  ),
);

// ---- Numbers ---------------------------------------------------------------------------------------------------

describe('numbers', () => {
  it('print so that reading gives an equal number back', () => {
    fc.assert(
      fc.property(num, (value) => {
        const read = parseNumText(formatNum(value));
        return read !== undefined && equalNum(read, value);
      }),
    );
  });

  it('obey the laws that rounding leaves', () => {
    const result = (value: Num | { kind: 'arithmetic-error' }): Num => {
      if (typeof value === 'object' && value.kind === 'arithmetic-error') throw new Error('an error of finite numbers');
      return value;
    };
    fc.assert(
      fc.property(num, num, (a, b) => {
        expect(compareNum(result(addNum(a, b)), result(addNum(b, a)))).toBe(0);
        expect(compareNum(result(mulNum(a, b)), result(mulNum(b, a)))).toBe(0);
        expect(compareNum(result(subNum(a, b)), negNum(result(subNum(b, a))))).toBe(0);
        expect(compareNum(a, b)).toBe(0 - compareNum(b, a));
        expect(compareNum(absNum(a), 0)).toBeGreaterThanOrEqual(0);
        const quotient = divNum(a, b);
        if (compareNum(b, 0) !== 0) expect(isArithmeticError(quotient)).toBe(false);
      }),
    );
  });

  it('agree with BigInt on integers', () => {
    const big = fc.bigInt({ min: -(2n ** 250n), max: 2n ** 250n });
    fc.assert(
      fc.property(big, big, (a, b) => {
        const read = (value: bigint): Num => parseNumText(String(value)) ?? 0;
        expect(String(addNum(read(a), read(b)))).toBe(String(a + b));
        expect(String(mulNum(read(a), read(b))).replace(/^-0$/, '0')).toBe(String(a * b));
      }),
    );
  });
});

// ---- Values ----------------------------------------------------------------------------------------------------

describe('values', () => {
  it('are converted once and for all', () => {
    fc.assert(
      fc.property(open, type, (value, to) => {
        const once = convertValue(value, to);
        if (isFailure(once)) return;
        expect(isFailure(convertValue(once, to))).toBe(false);
        expect(sameValue(convertValue(once, to) as Value, once)).toBe(true);
        expect(marksIn(once) & ~marksIn(value)).toBe(0);
      }),
    );
  });

  it('convert to the type of another only when their types say so', () => {
    fc.assert(
      fc.property(open, type, (value, to) => {
        if (!canConvert(typeOf(value), to)) expect(isFailure(convertValue(value, to))).toBe(true);
      }),
    );
  });

  it('have an equality that is symmetric, and reflexive where all is known', () => {
    fc.assert(
      fc.property(open, open, known, (a, b, c) => {
        expect(equalValues(a, b)).toEqual(equalValues(b, a));
        expect(equalValues(c, c)).toEqual(boolValue(true));
        expect(sameValue(a, a)).toBe(true);
        expect(sameValue(a, b)).toBe(sameValue(b, a));
      }),
    );
  });

  it('survive JSON', () => {
    fc.assert(
      fc.property(known, (value) => {
        const parsed = parseJsonText(stringifyJson(valueToTypedJson(value, DYNAMIC)));
        const read = 'json' in parsed ? jsonToValue(parsed.json, DYNAMIC) : undefined;
        expect(read !== undefined && !isFailure(read) && equalOrNull(read, value)).toBe(true);
        const plain = valueToJson(value);
        expect(valueToJson(jsonToImpliedValue(plain))).toEqual(plain);
        expect(typeOf(jsonToImpliedValue(plain))).toEqual(impliedType(plain));
      }),
    );
  });

  it('get their marks back where they were', () => {
    fc.assert(
      fc.property(open, (value) => {
        const { value: plain, paths } = unmarkDeepWithPaths(value);
        expect(isSensitive(plain)).toBe(false);
        expect(sameValue(plain, unmarkDeep(value))).toBe(true);
        expect(sameValue(markPaths(plain, paths), value)).toBe(true);
      }),
    );
  });
});

function equalOrNull(a: Value, b: Value): boolean {
  return equalValues(a, b).kind === 'bool' && (equalValues(a, b) as { value: boolean }).value;
}

describe('types', () => {
  it('survive JSON', () => {
    fc.assert(
      fc.property(type, (value) => {
        expect(typeFromJson(typeToJson(value))).toEqual(value);
      }),
    );
  });

  it('unify to one that all of them convert to, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(type, { minLength: 1, maxLength: 4 }), (types) => {
        const unified = unifyTypes(types);
        if (unified === undefined) return;
        expect(types.every((one) => canConvert(one, unified))).toBe(true);
        expect(unifyTypes([unified, unified])).toEqual(unified);
      }),
    );
  });
});

// ---- Expressions -----------------------------------------------------------------------------------------------

const atoms = [
  '1',
  '0',
  '-2.5',
  '"a"',
  '"1"',
  'true',
  'null',
  'u',
  'us',
  'ul',
  's',
  'sl',
  '[]',
  '{}',
  '[1, "a"]',
  '{ a = 1 }',
  '5/0',
];
const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie('expression');
  const list = fc.tuple(inner, inner);
  return {
    expression: fc.oneof(
      { depthSize: 'medium', maxDepth: 5 },
      fc.constantFrom(...atoms),
      fc
        .tuple(inner, fc.constantFrom('+', '-', '*', '/', '%', '<', '>=', '==', '!=', '&&', '||'), inner)
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(fc.constantFrom('-', '!'), inner).map(([op, a]) => `(${op}${a})`),
      fc.tuple(inner, inner, inner).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
      list.map(([a, b]) => `[${a}, ${b}]`),
      list.map(([a, b]) => `{ (${a}) = ${b}, x = ${a} }`),
      list.map(([a, b]) => `(${a})[${b}]`),
      inner.map((a) => `(${a}).a`),
      inner.map((a) => `(${a})[*].a`),
      inner.map((a) => `(${a}).*.a`),
      list.map(([a, b]) => `[for k, v in ${a} : ${b} if v != k]`),
      list.map(([a, b]) => `{ for k, v in ${a} : k => ${b}... }`),
      list.map(([a, b]) => `"%{ if ${a} }x%{ else }\${${b}}%{ endif }"`),
      list.map(([a, b]) => `"%{ for v in ${a} }\${v}\${${b}}%{ endfor }"`),
      list.map(([a, b]) => `try(${a}, ${b})`),
      inner.map((a) => `can(${a})`),
    ),
  };
});

const names: Readonly<Record<string, Value>> = {
  u: UNKNOWN,
  us: unknownValue(STRING),
  ul: unknownValue(listType(STRING)),
  s: stringValue('s', SENSITIVE),
  sl: tupleValue([numberValue(1, SENSITIVE)], SENSITIVE),
};
const scope: Scope = {
  functions: { get: () => undefined, names: () => [] },
  resolve: (reference) => ({ value: names[reference.root.name] ?? UNKNOWN, used: 0 }),
};

describe('the evaluator', () => {
  it('never throws, and gives an unknown or a value for whatever parses', () => {
    fc.assert(
      fc.property(expression, (text) => {
        const parsed = parseExpression(new SourceFile('test.tf', text));
        if (parsed.value === undefined) throw new Error(`does not parse: ${text}`);
        const diagnostics: Diagnostic[] = [];
        const value = evaluate(parsed.value, scope, diagnostics);
        expect(typeOf(value)).toBeDefined();
        for (const { subject } of diagnostics) expect(subject).toBeDefined();
      }),
      { numRuns: 400 },
    );
  });

  it('gives the same value twice', () => {
    fc.assert(
      fc.property(expression, (text) => {
        const parsed = parseExpression(new SourceFile('test.tf', text));
        if (parsed.value === undefined) return;
        expect(sameValue(evaluate(parsed.value, scope, []), evaluate(parsed.value, scope, []))).toBe(true);
      }),
    );
  });
});

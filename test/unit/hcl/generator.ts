/** Random expressions, as trees without places that printing and parsing must give back. */
import fc from 'fast-check';

type Tree = { readonly kind: string; readonly [part: string]: unknown };

const NAMES = ['a', 'b1', 'var', 'local', 'x-y', 'é', 'for_each', 'if1', '_', 'data'] as const;
const name = fc.constantFrom(...NAMES);
const number = fc.constantFrom('0', '1', '007', '12345678901234567890', '1.50', '1e3', '2.5E-10', '1.e2');
const literal = fc.oneof(
  number.map((text) => ({ kind: 'literal', literal: { type: 'number', text } })),
  fc.boolean().map((value) => ({ kind: 'literal', literal: { type: 'bool', value } })),
  fc.constant({ kind: 'literal', literal: { type: 'null' } }),
);
const characters = fc.constantFrom(
  ...'aZ 09.,:;(){}[]#/*-+=!?~<>&|^%$"\\\n\r\t`\'é€'.split(''),
  '😀',
  '\u0301',
  '\u0000',
  '\u2028',
);
const text = fc.array(characters, { minLength: 1, maxLength: 8 }).map((each) => each.join(''));

const attributeStep = name.map((each) => ({ kind: 'attribute', name: each }));
const indexStep = fc
  .oneof(text, fc.constant(''), fc.integer({ min: 0, max: 999 }))
  .map((key) => ({ kind: 'index', key, legacy: false }));
const legacyStep = fc.integer({ min: 0, max: 99 }).map((key) => ({ kind: 'index', key, legacy: true }));
const steps = fc.array(fc.oneof(attributeStep, indexStep), { maxLength: 4 });
const someSteps = fc.array(fc.oneof(attributeStep, indexStep), { minLength: 1, maxLength: 3 });

const root = name.map((each) => ({ name: each }));
/** Two legacy indexes in a row would read as a number with a fraction. */
const traversal = fc
  .tuple(root, steps, fc.option(legacyStep, { nil: undefined, freq: 6 }))
  .map(([first, rest, last]) => ({ kind: 'traversal', root: first, steps: last ? [...rest, last] : rest }));

const OPERATORS = ['||', '&&', '==', '!=', '<', '>', '<=', '>=', '+', '-', '*', '/', '%'] as const;

/** A text after a text would be one text; an interpolation alone is no template. */
function isTemplate(parts: readonly Tree[]): boolean {
  const hasNeighbours = parts.some((part, index) => part.kind === 'text' && parts[index - 1]?.kind === 'text');
  return !hasNeighbours && !(parts.length === 1 && parts[0]?.kind === 'interpolation');
}

function isPartList(parts: readonly Tree[]): boolean {
  return !parts.some((part, index) => part.kind === 'text' && parts[index - 1]?.kind === 'text');
}

const { expression } = fc.letrec<{ expression: Tree; atom: Tree; parts: Tree[]; part: Tree; item: Tree }>((tie) => {
  const any = tie('expression');
  const atom = tie('atom');
  const parts = tie('parts') as fc.Arbitrary<Tree[]>;
  const option = fc.option(any, { nil: undefined });
  const nameOption = fc.option(root, { nil: undefined });
  const defined = (tree: Tree): Tree =>
    Object.fromEntries(Object.entries(tree).filter(([, value]) => value !== undefined)) as Tree;

  const parentheses = any.map((inner) => ({ kind: 'parentheses', inner }));
  const call = fc
    .tuple(fc.constantFrom('f', 'upper', 'a::b', 'provider::x::y'), fc.array(any, { maxLength: 3 }), fc.boolean())
    .map(([each, args, expands]) => ({ kind: 'call', name: each, args, expandFinal: expands && args.length > 0 }));
  const tuple = fc.array(any, { maxLength: 3 }).map((elements) => ({ kind: 'tuple', elements }));
  const key = fc.oneof(
    name.map((each) => ({ keyName: each, key: { kind: 'traversal', root: { name: each }, steps: [] } })),
    parentheses.map((each) => ({ key: each })),
    text.map((value) => ({ key: { kind: 'template', parts: [{ kind: 'text', value }], heredoc: false } })),
  );
  const object = fc
    .array(
      fc.tuple(key, any).map(([each, value]) => ({ ...each, value })),
      { maxLength: 3 },
    )
    .map((items) => ({ kind: 'object', items }));
  const template = parts.filter(isTemplate).map((each) => ({ kind: 'template', parts: each, heredoc: false }));
  const wrap = any.map((wrapped) => ({ kind: 'template-wrap', wrapped }));
  const listFor = fc
    .record({ key: nameOption, value: root, collection: any, result: any, condition: option })
    .map((each) => defined({ kind: 'for', brackets: 'tuple', grouping: false, ...each }));
  const objectFor = fc
    .record({
      key: nameOption,
      value: root,
      collection: any,
      resultKey: any,
      result: any,
      grouping: fc.boolean(),
      condition: option,
    })
    .map((each) => defined({ kind: 'for', brackets: 'object', ...each }));
  const source = fc.oneof(call, tuple, parentheses, template);
  const relative = fc
    .tuple(source, someSteps)
    .map(([each, rest]) => ({ kind: 'relative-traversal', source: each, steps: rest }));
  const index = fc
    .tuple(fc.oneof(source, traversal), fc.oneof(parentheses, call, traversal))
    .map(([collection, each]) => ({
      kind: 'index',
      collection,
      index: each,
    }));
  const dynamicStep = traversal.map((each) => ({ kind: 'dynamic-index', index: each }));
  const fullSteps = fc
    .tuple(
      fc.array(fc.oneof(attributeStep, indexStep, dynamicStep), { maxLength: 3 }),
      fc.option(
        fc.array(attributeStep, { maxLength: 2 }).map((each) => ({ kind: 'nested-splat', full: true, each })),
        { nil: undefined },
      ),
    )
    .map(([each, last]) => (last ? [...each, last] : each));
  const splat = fc.oneof(
    fc
      .tuple(fc.oneof(source, traversal), fullSteps)
      .map(([each, rest]) => ({ kind: 'splat', source: each, full: true, each: rest })),
    fc
      .tuple(traversal, fc.array(attributeStep, { maxLength: 3 }))
      .map(([each, rest]) => ({ kind: 'splat', source: each, full: false, each: rest })),
  );
  const unary = fc
    .tuple(fc.constantFrom('-', '!'), atom)
    .map(([operator, operand]) => ({ kind: 'unary', operator, operand }));

  return {
    atom: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      literal,
      traversal,
      parentheses,
      call,
      tuple,
      object,
      template,
      wrap,
      listFor,
      objectFor,
      relative,
      index,
      splat,
      unary,
    ),
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      atom,
      fc
        .tuple(fc.constantFrom(...OPERATORS), atom, atom)
        .map(([operator, left, right]) => ({ kind: 'binary', operator, left, right })),
      fc
        .tuple(atom, any, any)
        .map(([condition, consequent, alternate]) => ({ kind: 'conditional', condition, consequent, alternate })),
    ),
    parts: fc.array(tie('part'), { maxLength: 4 }).filter(isPartList),
    part: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      text.map((value) => ({ kind: 'text', value })),
      any.map((each) => ({ kind: 'interpolation', expression: each })),
      fc.record({ condition: any, consequent: parts, alternate: parts }).map((each) => ({ kind: 'if', ...each })),
      fc
        .record({ key: nameOption, value: root, collection: any, body: parts })
        .map((each) => defined({ kind: 'for', ...each })),
    ),
    item: any,
  };
});

/** Any expression, operators of which have no operators as operands but in parentheses. */
export const anyExpression: fc.Arbitrary<Tree> = expression;

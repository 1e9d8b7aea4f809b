// Decoding by schema: what becomes of arguments and blocks, of dynamic blocks, and what is said of those that do not fit.
import { describe, expect, it } from 'vitest';
import { checkBody, decodeBody } from '../../../core/config/decode.ts';
import { impliedType } from '../../../core/config/schema-type.ts';
import type { AttributeSchema, BlockContents } from '../../../core/config/schema.ts';
import type { Diagnostic } from '../../../core/diag/diagnostic.ts';
import { SourceFile } from '../../../core/diag/source.ts';
import type { Scope } from '../../../core/eval/scope.ts';
import { parseJsonConfig } from '../../../core/hcl/json.ts';
import { parseConfig } from '../../../core/hcl/parser.ts';
import { valueToJson } from '../../../core/value/json.ts';
import { NUMBER, STRING, type Type, listType, mapType, typesEqual } from '../../../core/value/type.ts';
import {
  SENSITIVE,
  type Value,
  listValue,
  mapValue,
  nullValue,
  objectValue,
  stringValue,
  typeOf,
  unknownValue,
} from '../../../core/value/value.ts';

function attribute(type: Type, use: AttributeSchema['use'] = 'optional'): AttributeSchema {
  return { type, use, description: '' };
}

const PORT: BlockContents = {
  attributes: { internal: attribute(NUMBER, 'required'), protocol: attribute(STRING) },
  blocks: {},
};

const CONTENTS: BlockContents = {
  attributes: {
    name: attribute(STRING, 'required'),
    env: attribute(listType(STRING)),
    labels: attribute(mapType(STRING)),
    old: { ...attribute(STRING), deprecated: 'Use name.' },
  },
  blocks: {
    ports: { ...PORT, nesting: 'list', description: '' },
    mounts: { ...PORT, nesting: 'set', maxItems: 2, description: '' },
    health: { ...PORT, nesting: 'single', description: '' },
    network: { ...PORT, nesting: 'map', description: '' },
  },
};

const VALUES: Readonly<Record<string, Value>> = {
  ports: listValue(STRING, [stringValue('80'), stringValue('81')]),
  unknown: unknownValue(listType(STRING)),
  none: nullValue(listType(STRING)),
  secret: listValue(STRING, [stringValue('80')], SENSITIVE),
  nets: mapValue(STRING, [
    ['a', stringValue('1')],
    ['b', stringValue('2')],
  ]),
  nested: listValue({ kind: 'dynamic' }, [objectValue([['n', stringValue('5')]])]),
};

const SCOPE: Scope = {
  resolve: (reference) => {
    const [step] = reference.steps;
    const name = step?.kind === 'attribute' ? step.name : '';
    return { value: VALUES[name] ?? stringValue(`?${reference.root.name}`), used: 1 };
  },
  functions: { get: () => undefined, names: () => [] },
};

function decode(text: string, json = false): { value: Value; said: string[] } {
  const file = new SourceFile(json ? 'main.tf.json' : 'main.tf', text);
  const parsed = json ? parseJsonConfig(file) : parseConfig(file);
  expect(parsed.diagnostics).toEqual([]);
  const diagnostics: Diagnostic[] = [];
  const value = decodeBody(parsed.value, CONTENTS, SCOPE, diagnostics);
  expect(typesEqual(typeOf(value), impliedType(CONTENTS))).toBe(true);
  return { value, said: diagnostics.map(describeDiagnostic) };
}

function describeDiagnostic({ summary, detail, subject }: Diagnostic): string {
  const at = subject?.file.position(subject.start);
  return `${at?.line},${at?.column}: ${summary}: ${detail}`;
}

function part(value: Value, name: string): Value | undefined {
  return value.kind === 'object' ? value.attributes.get(name) : undefined;
}

const EMPTY = { env: null, health: null, labels: null, mounts: [], network: {}, old: null, ports: [] };

describe('decodeBody', () => {
  it('fills in nulls and empty collections', () => {
    const { value, said } = decode('name = "x"');
    expect(said).toEqual([]);
    expect(valueToJson(value)).toEqual({ ...EMPTY, name: 'x' });
  });

  it('converts arguments to their types', () => {
    const { value, said } = decode('name = 5\nenv = ["a", true]\nlabels = { a = 1 }');
    expect(said).toEqual([]);
    expect(valueToJson(value)).toEqual({ ...EMPTY, name: '5', env: ['a', 'true'], labels: { a: '1' } });
  });

  it('reads blocks of every nesting', () => {
    const { value, said } = decode(
      'name = "x"\nports {\n  internal = 2\n}\nports {\n  internal = 1\n}\nmounts {\n  internal = 9\n}\nhealth {\n  internal = 3\n}\nnetwork "n" {\n  internal = 4\n}\n',
    );
    expect(said).toEqual([]);
    const block = (internal: number) => ({ internal, protocol: null });
    expect(valueToJson(value)).toEqual({
      ...EMPTY,
      name: 'x',
      ports: [block(2), block(1)],
      mounts: [block(9)],
      health: block(3),
      network: { n: block(4) },
    });
  });

  it.each([
    [
      'an argument that is missing',
      'env = []',
      '1,1: Missing required argument: The argument "name" is required, but no definition was found.',
    ],
    [
      'an argument that is not known',
      'name = 1\nenvs = []',
      '2,1: Unsupported argument: An argument named "envs" is not expected here. Did you mean "env"?',
    ],
    [
      'a block for an argument',
      'name = 1\nenv {\n}',
      '2,1: Unsupported block type: Blocks of type "env" are not expected here. Did you mean to define argument "env"? If so, use the equals sign to assign it a value.',
    ],
    [
      'an argument for a block',
      'name = 1\nports = []',
      '2,1: Unsupported argument: An argument named "ports" is not expected here. Did you mean to define a block of type "ports"?',
    ],
    [
      'a value of another type',
      'name = []',
      '1,8: Incorrect attribute value type: Inappropriate value for attribute "name": string required.',
    ],
    [
      'a second single block',
      'name = 1\nhealth {\n  internal = 1\n}\nhealth {\n  internal = 1\n}',
      '5,1: Duplicate health block: Only one block of type "health" is allowed. Previous definition was at main.tf:2,1-7.',
    ],
    [
      'too many blocks',
      'name = 1\nmounts {\n  internal = 1\n}\nmounts {\n  internal = 1\n}\nmounts {\n  internal = 1\n}',
      '8,8: Too many mounts blocks: No more than 2 "mounts" blocks are allowed',
    ],
    [
      'a label too many',
      'name = 1\nports "x" {\n  internal = 1\n}',
      '2,7: Extraneous label for ports: No labels are expected for ports blocks.',
    ],
    [
      'a missing label',
      'name = 1\nnetwork {\n  internal = 1\n}',
      '2,9: Missing key for network: All network blocks must have 1 labels (key).',
    ],
  ])('complains of %s', (_, text, message) => {
    expect(decode(text).said).toEqual([message]);
  });

  it('gives an unknown value of the right type for an argument that does not fit', () => {
    expect(part(decode('name = "x"\nenv = "y"').value, 'env')).toEqual(unknownValue(listType(STRING)));
  });

  it('warns of deprecated arguments when asked', () => {
    const file = new SourceFile('main.tf', 'name = 1\nold = 2');
    const diagnostics: Diagnostic[] = [];
    decodeBody(parseConfig(file).value, CONTENTS, SCOPE, diagnostics, { warnDeprecated: true });
    expect(diagnostics.map(describeDiagnostic)).toEqual(['2,7: Argument is deprecated: Use name.']);
    expect(diagnostics[0]?.severity).toBe('warning');
  });
});

describe('arguments of older versions', () => {
  const contents: BlockContents = {
    attributes: { context: attribute(STRING, 'required') },
    blocks: {},
    formerly: { path: { now: 'context', note: 'Use context.' }, gone: { note: 'Leave it out.' } },
  };
  const read = (text: string, warnDeprecated = true) => {
    const diagnostics: Diagnostic[] = [];
    const { value } = parseConfig(new SourceFile('main.tf', text));
    const decoded = decodeBody(value, contents, SCOPE, diagnostics, { warnDeprecated });
    const missing = checkBody(value, contents).map(describeDiagnostic);
    return { value: valueToJson(decoded), said: diagnostics.map(describeDiagnostic), missing };
  };

  it('are read under their present name, or passed over, with a warning', () => {
    expect(read('path = "a"\ngone = 1')).toEqual({
      value: { context: 'a' },
      said: ['1,8: Argument is deprecated: Use context.', '2,8: Argument is deprecated: Leave it out.'],
      missing: [],
    });
    expect(read('path = "a"', false).said).toEqual([]);
  });

  it('give way to the present one, and are not enough where it is missing', () => {
    expect(read('path = "a"\ncontext = "b"').value).toEqual({ context: 'b' });
    expect(read('gone = 1').missing[0]).toMatch(/Missing required argument/);
  });
});

describe('dynamic blocks', () => {
  const dynamic = (forEach: string, content: string, more = '') =>
    `name = "x"\ndynamic "ports" {\n  for_each = ${forEach}\n${more}  content {\n    ${content}\n  }\n}\n`;

  it('makes a block of each element, in place', () => {
    const { value, said } = decode(
      `name = "x"\nports {\n  internal = 1\n}\n${dynamic('var.ports', 'internal = ports.value + ports.key').slice(11)}`,
    );
    expect(said).toEqual([]);
    const ports = part(value, 'ports');
    expect(ports && valueToJson(ports)).toEqual([
      { internal: 1, protocol: null },
      { internal: 80, protocol: null },
      { internal: 82, protocol: null },
    ]);
  });

  it('lets the iterator be renamed, and sees the outer one inside', () => {
    const { value, said } = decode(dynamic('var.nets', 'internal = it.value\n protocol = it.key', '  iterator = it\n'));
    expect(said).toEqual([]);
    const ports = part(value, 'ports');
    expect(ports && valueToJson(ports)).toEqual([
      { internal: 1, protocol: 'a' },
      { internal: 2, protocol: 'b' },
    ]);
  });

  it('gives labels to blocks of a map', () => {
    const { value, said } = decode(
      'name = "x"\ndynamic "network" {\n  for_each = var.nets\n  labels = [network.key]\n  content {\n    internal = network.value\n  }\n}\n',
    );
    expect(said).toEqual([]);
    const network = part(value, 'network');
    expect(network && Object.keys(valueToJson(network) as object)).toEqual(['a', 'b']);
  });

  it('is wholly unknown when its collection is', () => {
    const { value, said } = decode(dynamic('var.unknown', 'internal = ports.value'));
    expect(said).toEqual([]);
    expect(part(value, 'ports')).toEqual(unknownValue(listType(impliedType(PORT))));
  });

  it('marks what comes from a sensitive collection', () => {
    const { value, said } = decode(dynamic('var.secret', 'internal = ports.value'));
    expect(said).toEqual([]);
    const ports = part(value, 'ports');
    const [first] = ports?.kind === 'list' ? ports.elements : [];
    expect(first && part(first, 'internal')?.marks).toBe(SENSITIVE);
  });

  it.each([
    ['null', 'var.none', '3,14: Invalid dynamic for_each value: Cannot use a null value in for_each.'],
    [
      'a string',
      '"a"',
      '3,14: Invalid dynamic for_each value: Cannot use a string value in for_each. An iterable collection is required.',
    ],
  ])('refuses %s to iterate over', (_, forEach, message) => {
    expect(decode(dynamic(forEach, 'internal = 1')).said).toEqual([message]);
  });

  it.each([
    [
      'dynamic "foo" {\n  for_each = []\n  content {\n  }\n}',
      '2,9: Unsupported block type: Blocks of type "foo" are not expected here.',
    ],
    [
      'dynamic "ports" {\n  for_each = []\n}',
      '2,17: Missing dynamic content block: A dynamic block must have a nested block of type "content" to describe the body of each generated block.',
    ],
    [
      'dynamic "ports" {\n  content {\n  }\n}',
      '2,17: Missing required argument: The argument "for_each" is required, but no definition was found.',
    ],
    [
      'dynamic "ports" {\n  for_each = []\n  iterator = "a.b"\n  content {\n  }\n}',
      '4,14: Invalid dynamic iterator name: Dynamic iterator must be a single variable name.',
    ],
  ])('complains of %s', (text, message) => {
    expect(decode(`name = "x"\n${text}`).said).toEqual([message]);
  });
});

describe('JSON bodies', () => {
  it('reads arguments, blocks and dynamic blocks by the schema', () => {
    const { value, said } = decode(
      '{"name": "${var.x}", "//": "note", "env": ["a"], "ports": [{"internal": 1}, {"internal": "2"}], "network": {"n": {"internal": 3}}, "dynamic": {"mounts": {"for_each": "${var.ports}", "content": {"internal": "${mounts.value}"}}}}',
      true,
    );
    expect(said).toEqual([]);
    const block = (internal: number) => ({ internal, protocol: null });
    expect(valueToJson(value)).toEqual({
      ...EMPTY,
      name: '?var',
      env: ['a'],
      ports: [block(1), block(2)],
      network: { n: block(3) },
      mounts: [block(80), block(81)],
    });
  });

  it('complains of properties that nothing describes', () => {
    expect(decode('{"name": "x", "envs": 1}', true).said).toEqual([
      '1,15: Extraneous JSON object property: No argument or block type is named "envs". Did you mean "env"?',
    ]);
  });
});

describe('checkBody', () => {
  it('says what needs no values, in depth and inside dynamic blocks', () => {
    const text =
      'ports {\n  intern = 1\n}\ndynamic "mounts" {\n  for_each = var.x\n  content {\n    internal = []\n    x = 1\n  }\n}\n';
    const said = checkBody(parseConfig(new SourceFile('main.tf', text)).value, CONTENTS).map(describeDiagnostic);
    expect(said).toEqual([
      '1,1: Missing required argument: The argument "name" is required, but no definition was found.',
      '1,7: Missing required argument: The argument "internal" is required, but no definition was found.',
      '2,3: Unsupported argument: An argument named "intern" is not expected here. Did you mean "internal"?',
      '8,5: Unsupported argument: An argument named "x" is not expected here.',
    ]);
  });
});

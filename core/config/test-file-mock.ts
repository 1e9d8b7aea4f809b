/** `mock_provider` and `override_*` blocks: values in the place of objects. */
import { moduleText, instanceText, resourceText } from '../addr/address.ts';
import { type Target, parseTarget } from '../addr/parse.ts';
import { type Diagnostic, errorAt, hasErrors } from '../diag/diagnostic.ts';
import type { Attribute, Block, Body, Expression } from '../hcl/ast.ts';
import { describeRange } from '../hcl/template.ts';
import { type ObjectValue, objectValue } from '../value/value.ts';
import { type Content, type ContentSchema, readContent } from './content.ts';
import { checkProviderName } from './names.ts';
import { keywordOf, staticTraversal } from './static-form.ts';
import { staticString, staticValue } from './static-value.ts';
import type { MockData, MockProvider, Override, OverrideTime, StandInValues } from './test-file.ts';

const MOCKS: ContentSchema['blocks'] = {
  mock_resource: ['type'],
  mock_data: ['type'],
  override_resource: [],
  override_data: [],
  override_module: [],
};

const PROVIDER: ContentSchema = {
  attributes: { alias: 'optional', source: 'optional', override_during: 'optional' },
  blocks: MOCKS,
};

const DEFAULTS: ContentSchema = { attributes: { defaults: 'optional', override_during: 'optional' }, blocks: {} };

const OVERRIDE: ContentSchema = {
  attributes: { target: 'optional', values: 'optional', override_during: 'optional' },
  blocks: {},
};

const OVERRIDE_MODULE: ContentSchema = {
  attributes: { target: 'optional', outputs: 'optional', override_during: 'optional' },
  blocks: {},
};

/** Undefined when the block has no usable name. */
export function decodeMockProvider(
  block: Block,
  readMocks: (directory: string, diagnostics: Diagnostic[]) => MockData,
  diagnostics: Diagnostic[],
): MockProvider | undefined {
  const localName = block.labels[0]?.value ?? '';
  if (!checkProviderName(localName, block.header, diagnostics)) return undefined;
  const content = readContent(block.body, PROVIDER, diagnostics);
  const get = (name: string): Expression | undefined => content.attributes.get(name)?.value;
  const [alias, source] = [get('alias'), get('source')];
  const during = overrideTime(content, 'apply', diagnostics);
  const own = decodeMockData(content, during, diagnostics);
  const directory = source && staticString(source, diagnostics);
  const shared = directory === undefined ? undefined : readMocks(directory, diagnostics);
  return {
    kind: 'mock',
    localName,
    alias: alias && staticString(alias, diagnostics),
    range: block.header,
    during,
    resources: new Map([...(shared?.resources ?? []), ...own.resources]),
    dataSources: new Map([...(shared?.dataSources ?? []), ...own.dataSources]),
    overrides: [...own.overrides, ...(shared?.overrides ?? [])],
  };
}

/** A `*.tfmock.hcl` file. */
export function decodeMockFile(body: Body, diagnostics: Diagnostic[]): MockData {
  return decodeMockData(readContent(body, { attributes: {}, blocks: MOCKS }, diagnostics), 'apply', diagnostics);
}

function decodeMockData({ blocks }: Content, during: OverrideTime, diagnostics: Diagnostic[]): MockData {
  const [resources, dataSources] = [new Map<string, StandInValues>(), new Map<string, StandInValues>()];
  for (const block of blocks) {
    if (block.type === 'mock_resource') addDefaults(block, resources, during, diagnostics);
    if (block.type === 'mock_data') addDefaults(block, dataSources, during, diagnostics);
  }
  return { resources, dataSources, overrides: decodeOverrides(blocks, during, diagnostics) };
}

function addDefaults(
  block: Block,
  known: Map<string, StandInValues>,
  usual: OverrideTime,
  diagnostics: Diagnostic[],
): void {
  const type = block.labels[0]?.value ?? '';
  const earlier = known.get(type);
  if (earlier) {
    const detail = `A ${block.type} block for ${type} has already been defined at ${describeRange(earlier.range)}.`;
    diagnostics.push(errorAt(block.labels[0], `Duplicate ${block.type} block`, detail));
    return;
  }
  const content = readContent(block.body, DEFAULTS, diagnostics);
  const values = objectOf(content.attributes.get('defaults'), `${block.type} blocks`, diagnostics);
  known.set(type, { values, during: overrideTime(content, usual, diagnostics), range: block.header });
}

/** Those of the blocks that are overrides. */
export function decodeOverrides(
  blocks: readonly Block[],
  usual: OverrideTime,
  diagnostics: Diagnostic[],
): readonly Override[] {
  const known = new Map<string, Override>();
  for (const block of blocks) {
    const kind = KINDS[block.type];
    const override = kind && decodeOverride(block, kind, usual, diagnostics);
    if (!override) continue;
    const earlier = known.get(override.text);
    if (earlier) {
      const detail = `An ${block.type} block targeting ${override.text} has already been defined at ${describeRange(earlier.range)}.`;
      diagnostics.push(errorAt(block.header, `Duplicate ${block.type} block`, detail));
    } else known.set(override.text, override);
  }
  return [...known.values()];
}

const KINDS: Readonly<Record<string, Override['kind'] | undefined>> = {
  override_resource: 'resource',
  override_data: 'data',
  override_module: 'module',
};

const NOUNS: Readonly<Record<Override['kind'], string>> = {
  resource: 'resources',
  data: 'data sources',
  module: 'modules',
};

function decodeOverride(
  block: Block,
  kind: Override['kind'],
  usual: OverrideTime,
  diagnostics: Diagnostic[],
): Override | undefined {
  const content = readContent(block.body, kind === 'module' ? OVERRIDE_MODULE : OVERRIDE, diagnostics);
  const attribute = content.attributes.get('target');
  const valuesName = kind === 'module' ? 'outputs' : 'values';
  const values = objectOf(content.attributes.get(valuesName), `${block.type} blocks`, diagnostics);
  const during = overrideTime(content, usual, diagnostics);
  if (!attribute) {
    const detail = `${block.type} blocks must specify a target address.`;
    diagnostics.push(errorAt(block.header, 'Missing target attribute', detail));
    return undefined;
  }
  const target = decodeTarget(attribute, diagnostics);
  if (!target) return undefined;
  const text = targetText(target);
  if (kindOf(target) !== kind) {
    const detail = `You can only target ${NOUNS[kind]} from ${block.type} blocks, not ${text}.`;
    diagnostics.push(errorAt(attribute, 'Invalid override target', detail));
    return undefined;
  }
  return { kind, target, text, targetRange: attribute, values, during, range: block.header };
}

function decodeTarget({ value }: Attribute, diagnostics: Diagnostic[]): Target | undefined {
  const traversal = staticTraversal(value);
  diagnostics.push(...traversal.diagnostics);
  if (!traversal.value) return undefined;
  const target = parseTarget(traversal.value);
  diagnostics.push(...target.diagnostics);
  return target.value;
}

function targetText(target: Target): string {
  if (target.kind === 'module') return moduleText(target.module);
  return target.kind === 'resource' ? resourceText(target.resource) : instanceText(target.instance);
}

function kindOf(target: Target): Override['kind'] {
  if (target.kind === 'module') return 'module';
  const { mode } = target.kind === 'resource' ? target.resource : target.instance.resource;
  return mode === 'data' ? 'data' : 'resource';
}

function overrideTime({ attributes }: Content, usual: OverrideTime, diagnostics: Diagnostic[]): OverrideTime {
  const attribute = attributes.get('override_during');
  if (!attribute) return usual;
  const keyword = keywordOf(attribute.value);
  if (keyword === 'plan' || keyword === 'apply') return keyword;
  const detail = 'The override_during attribute must be a value of plan or apply.';
  diagnostics.push(errorAt(attribute, 'Invalid override_during value', detail));
  return usual;
}

/** The object that an argument has to be; an empty one where there is none. */
function objectOf(attribute: Attribute | undefined, blocks: string, diagnostics: Diagnostic[]): ObjectValue {
  const empty = objectValue([]);
  if (!attribute) return empty;
  const problems: Diagnostic[] = [];
  const value = staticValue(attribute.value, problems);
  diagnostics.push(...problems);
  if (value.kind === 'object' || hasErrors(problems)) return value.kind === 'object' ? value : empty;
  const detail = `${blocks} must specify a ${attribute.name} attribute that is an object.`;
  diagnostics.push(errorAt(attribute, `Invalid ${attribute.name} attribute`, detail));
  return empty;
}

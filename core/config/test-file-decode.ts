/** The blocks of a test file. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Attribute, Block, Body, Expression, TraversalExpression } from '../hcl/ast.ts';
import { describeRange } from '../hcl/template.ts';
import { decodeCheckRule } from './check-rule.ts';
import { type ContentSchema, readAttributes, readContent } from './content.ts';
import { providerText } from './module-call.ts';
import { isLocalSource } from './module-source.ts';
import type { CheckRule, ProviderReference } from './module.ts';
import { checkName } from './names.ts';
import { decodeProviderConfig } from './provider-config.ts';
import { decodeProviderReference } from './provider-reference.ts';
import { decodeDependsOn, keywordOf, staticMap } from './static-form.ts';
import { staticBool, staticString } from './static-value.ts';
import { decodeMockProvider, decodeOverrides } from './test-file-mock.ts';
import type { MockData, TestFile, TestProvider, TestRun } from './test-file.ts';
import { decodeVersionConstraint } from './version-constraint.ts';

const FILE: ContentSchema = {
  attributes: {},
  blocks: {
    run: ['name'],
    variables: [],
    provider: ['name'],
    mock_provider: ['name'],
    override_resource: [],
    override_data: [],
    override_module: [],
  },
};

const RUN: ContentSchema = {
  attributes: { command: 'optional', providers: 'optional', expect_failures: 'optional', state_key: 'optional' },
  blocks: {
    plan_options: [],
    assert: [],
    variables: [],
    module: [],
    override_resource: [],
    override_data: [],
    override_module: [],
  },
};

const PLAN_OPTIONS: ContentSchema = {
  attributes: { mode: 'optional', refresh: 'optional', replace: 'optional', target: 'optional' },
  blocks: {},
};

const MODULE: ContentSchema = { attributes: { source: 'optional', version: 'optional' }, blocks: {} };

/** @param readMocks what the files of a directory of mocks hold, for `source` */
export function decodeTestFile(
  place: Pick<TestFile, 'name' | 'directory'>,
  body: Body,
  readMocks: (directory: string, diagnostics: Diagnostic[]) => MockData,
  diagnostics: Diagnostic[],
): TestFile {
  const { blocks } = readContent(body, FILE, diagnostics);
  const ofType = (type: string) => blocks.filter((block) => block.type === type);
  const variables = decodeVariables(ofType('variables'), 'test file', diagnostics);
  const overrides = decodeOverrides(blocks, 'apply', diagnostics);
  const runs = new Map<string, TestRun>();
  const providers = new Map<string, TestProvider>();
  for (const block of blocks) {
    if (block.type === 'run') addRun(block, runs, diagnostics);
    const provider = block.type === 'provider' ? realProvider(block, diagnostics) : undefined;
    const mock = block.type === 'mock_provider' ? decodeMockProvider(block, readMocks, diagnostics) : undefined;
    const made = provider ?? mock;
    if (made) addProvider(block, made, providers, diagnostics);
  }
  return { ...place, variables, overrides, providers, runs: [...runs.values()] };
}

function addRun(block: Block, runs: Map<string, TestRun>, diagnostics: Diagnostic[]): void {
  const run = decodeRun(block, diagnostics);
  const known = runs.get(run.name);
  if (known) {
    const detail = `This test file already has a run named ${run.name} block defined at ${describeRange(known.range)}.`;
    diagnostics.push(errorAt(block.header, 'Duplicate "run" block names', detail));
  } else runs.set(run.name, run);
}

function addProvider(
  block: Block,
  provider: TestProvider,
  providers: Map<string, TestProvider>,
  diagnostics: Diagnostic[],
): void {
  const key = providerText(provider.kind === 'real' ? provider.config : provider);
  const known = providers.get(key);
  if (known) {
    const range = known.kind === 'real' ? known.config.range : known.range;
    const detail = `A provider for ${key} is already defined at ${describeRange(range)}.`;
    diagnostics.push(errorAt(block.header, 'Duplicate provider block', detail));
  } else providers.set(key, provider);
}

function realProvider(block: Block, diagnostics: Diagnostic[]): TestProvider | undefined {
  const config = decodeProviderConfig(block, diagnostics);
  return config && { kind: 'real', config };
}

// ---- Run blocks --------------------------------------------------------------------------------------------------

function decodeRun(block: Block, diagnostics: Diagnostic[]): TestRun {
  const content = readContent(block.body, RUN, diagnostics);
  const [label] = block.labels;
  checkName(label, 'Invalid run block name', diagnostics);
  const get = (name: string): Expression | undefined => content.attributes.get(name)?.value;
  const ofType = (type: string) => content.blocks.filter((each) => each.type === type);
  const command = get('command');
  const [providers, failures, stateKey] = [get('providers'), get('expect_failures'), get('state_key')];
  return {
    name: label?.value ?? '',
    range: block.header,
    command: command ? decodeCommand(command, diagnostics) : 'apply',
    ...decodePlanOptions(ofType('plan_options'), diagnostics),
    variables: decodeVariables(ofType('variables'), 'run block', diagnostics),
    overrides: decodeOverrides(content.blocks, 'apply', diagnostics),
    assertions: ofType('assert').flatMap((each) => decodeAssertions(each, diagnostics)),
    expectFailures: failures ? decodeReferences(failures, diagnostics) : [],
    module: decodeModule(ofType('module'), diagnostics),
    providers: providers ? decodeProviders(providers, diagnostics) : new Map(),
    stateKey: stateKey && staticString(stateKey, diagnostics),
  };
}

function decodeCommand(expression: Expression, diagnostics: Diagnostic[]): 'plan' | 'apply' {
  const keyword = keywordOf(expression);
  if (keyword === 'plan' || keyword === 'apply') return keyword;
  const detail = 'The "command" argument requires one of the following keywords without quotes: apply or plan.';
  diagnostics.push(errorAt(expression, 'Invalid "command" keyword', detail));
  return 'apply';
}

function decodeAssertions(block: Block, diagnostics: Diagnostic[]): CheckRule[] {
  const { rule } = decodeCheckRule(block, diagnostics);
  return rule ? [rule] : [];
}

function decodeReferences(expression: Expression, diagnostics: Diagnostic[]): TraversalExpression[] {
  return decodeDependsOn(expression, diagnostics);
}

type PlanOptions = Pick<TestRun, 'mode' | 'refresh' | 'targets' | 'replace'>;

function decodePlanOptions(blocks: readonly Block[], diagnostics: Diagnostic[]): PlanOptions {
  const block = single(blocks, 'plan_options', 'run block', diagnostics);
  if (!block) return { mode: 'normal', refresh: true, targets: [], replace: [] };
  const content = readContent(block.body, PLAN_OPTIONS, diagnostics);
  const get = (name: string): Expression | undefined => content.attributes.get(name)?.value;
  const [modeExpression, refreshExpression] = [get('mode'), get('refresh')];
  const mode = modeExpression ? decodeMode(modeExpression, diagnostics) : 'normal';
  const refresh = refreshExpression ? (staticBool(refreshExpression, diagnostics) ?? true) : true;
  if (mode === 'refresh-only' && !refresh) {
    const detail = 'The "refresh" option cannot be set to false when running a test in "refresh-only" mode.';
    diagnostics.push(errorAt(refreshExpression, 'Incompatible plan options', detail));
  }
  return {
    mode,
    refresh,
    targets: addresses(get('target'), diagnostics),
    replace: addresses(get('replace'), diagnostics),
  };
}

function decodeMode(expression: Expression, diagnostics: Diagnostic[]): TestRun['mode'] {
  const keyword = keywordOf(expression);
  if (keyword === 'normal' || keyword === 'refresh-only') return keyword;
  const detail = 'The "mode" argument requires one of the following keywords without quotes: normal or refresh-only';
  diagnostics.push(errorAt(expression, 'Invalid "mode" keyword', detail));
  return 'normal';
}

function addresses(expression: Expression | undefined, diagnostics: Diagnostic[]): string[] {
  if (!expression) return [];
  return decodeDependsOn(expression, diagnostics).map(({ file, start, end }) => file.text.slice(start, end));
}

function decodeModule(blocks: readonly Block[], diagnostics: Diagnostic[]): TestRun['module'] {
  const block = single(blocks, 'module', 'run block', diagnostics);
  if (!block) return undefined;
  const content = readContent(block.body, MODULE, diagnostics);
  const [source, version] = [content.attributes.get('source'), content.attributes.get('version')];
  if (!source) {
    const detail = 'You must specify a source attribute when executing alternate modules during testing.';
    diagnostics.push(errorAt(block.header, 'Missing "source" attribute for module block', detail));
    return undefined;
  }
  const text = staticString(source.value, diagnostics);
  const wanted = version && decodeVersionConstraint(version, diagnostics);
  if (version && text !== undefined && isLocalSource(text)) {
    const detail = 'A module in a local directory has no versions, so "version" may not be set for it.';
    diagnostics.push(errorAt(version.nameRange, 'Invalid version constraint', detail));
  }
  return text === undefined ? undefined : { source: text, version: wanted, range: block.header };
}

function decodeProviders(expression: Expression, diagnostics: Diagnostic[]): TestRun['providers'] {
  const pairs = staticMap(expression);
  diagnostics.push(...pairs.diagnostics);
  const providers = new Map<string, ProviderReference>();
  for (const pair of pairs.value ?? []) {
    const child = decodeProviderReference(pair.key, 'providers', diagnostics);
    const parent = decodeProviderReference(pair.value, 'providers', diagnostics);
    if (child && parent) providers.set(providerText(child), parent);
  }
  return providers;
}

// ---- Pieces ------------------------------------------------------------------------------------------------------

function decodeVariables(
  blocks: readonly Block[],
  where: 'test file' | 'run block',
  diagnostics: Diagnostic[],
): ReadonlyMap<string, Attribute> {
  const block = single(blocks, 'variables', where, diagnostics);
  return block ? readAttributes(block.body, diagnostics) : new Map();
}

function single(
  blocks: readonly Block[],
  type: string,
  where: 'test file' | 'run block',
  diagnostics: Diagnostic[],
): Block | undefined {
  const [first, ...others] = blocks;
  for (const other of first ? others : []) {
    const detail = `This ${where} already has a ${type} block defined at ${describeRange(first?.header ?? other)}.`;
    diagnostics.push(errorAt(other.header, `Multiple "${type}" blocks`, detail));
  }
  return first;
}

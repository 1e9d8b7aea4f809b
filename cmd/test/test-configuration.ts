/** The configuration under test as one run of a test has it: with providers of the test file, and modules stood in for. */
import { moduleText } from '../../core/addr/address.ts';
import { providerText } from '../../core/config/module-call.ts';
import type { Configuration, Module, Output, ProviderConfig } from '../../core/config/module.ts';
import { sourceOfProvider } from '../../core/config/schema-source.ts';
import type { MockProvider, Override, TestFile, TestProvider, TestRun } from '../../core/config/test-file.ts';
import { type Diagnostic, errorAt } from '../../core/diag/diagnostic.ts';
import { evaluate } from '../../core/eval/evaluate.ts';
import type { Scope } from '../../core/eval/scope.ts';
import { traversalsIn } from '../../core/eval/traversals.ts';
import { providerText as providerAddress } from '../../core/graph/provider-use.ts';
import type { Attribute, Block, Body } from '../../core/hcl/ast.ts';
import { unmarkDeep } from '../../core/value/marks.ts';
import { NULL } from '../../core/value/value.ts';
import { valueExpression } from './value-expression.ts';

// ---- Providers ---------------------------------------------------------------------------------------------------

/** Those of the file that this run uses, under the names that the configuration has for them. */
export function providersOf(
  run: TestRun,
  file: TestFile,
  root: Module,
  diagnostics: Diagnostic[],
): ReadonlyMap<string, TestProvider> {
  if (run.providers.size === 0)
    return new Map([...file.providers].filter(([name, provider]) => isUsed(name, provider, run, root)));
  const chosen = new Map<string, TestProvider>();
  for (const [name, reference] of run.providers) {
    const provider = file.providers.get(providerText(reference));
    if (provider) chosen.set(name, provider);
    else {
      const detail = `The test file has no provider block for ${providerText(reference)}, which this run asks for. Add one, or name another.`;
      diagnostics.push(errorAt(reference.range, `Missing provider definition for ${providerText(reference)}`, detail));
    }
  }
  return chosen;
}

/** The module under test gets all providers of the file, another one those that it knows. */
function isUsed(name: string, provider: TestProvider, run: TestRun, root: Module): boolean {
  const { localName } = provider.kind === 'real' ? provider.config : provider;
  if (!run.module || root.requiredProviders.has(localName) || root.providers.has(name)) return true;
  return [...root.resources.values()].some((resource) => resource.provider.localName === localName);
}

/** Mocks by the configuration that they stand for, as a state would name it. */
export function mocksOf(
  providers: ReadonlyMap<string, TestProvider>,
  root: Module,
  defaultSource: (localName: string) => string,
): ReadonlyMap<string, MockProvider> {
  const mocks = new Map<string, MockProvider>();
  for (const [name, provider] of providers) {
    if (provider.kind !== 'mock') continue;
    const [localName = name, alias] = name.split('.');
    mocks.set(providerAddress([], sourceOfProvider(root, { localName }, defaultSource), alias), provider);
  }
  return mocks;
}

/** The provider blocks of the root module, with those of the test in their place. */
function providerConfigs(
  root: Module,
  providers: ReadonlyMap<string, TestProvider>,
  scope: Scope,
  diagnostics: Diagnostic[],
): ReadonlyMap<string, ProviderConfig> {
  const configs = new Map(root.providers);
  for (const [name, provider] of providers) {
    const [localName = name, alias] = name.split('.');
    if (provider.kind === 'real') {
      const { config } = provider;
      configs.set(name, { ...config, localName, alias, body: evaluatedBody(config.body, scope, diagnostics) });
    } else {
      const { range } = provider;
      const nothing: Body = { kind: 'body', attributes: new Map(), blocks: [], missingItem: range, ...range };
      configs.set(name, { localName, alias, range, body: nothing, forEach: undefined });
    }
  }
  return configs;
}

/** What refers to variables or runs of the test is evaluated here: in the configuration these names mean something else. */
function evaluatedBody(body: Body, scope: Scope, diagnostics: Diagnostic[]): Body {
  const attributes = new Map<string, Attribute>();
  for (const [name, attribute] of body.attributes) {
    const ofTest = traversalsIn(attribute.value).some(({ root }) => root.name === 'var' || root.name === 'run');
    const value = ofTest ? evaluate(attribute.value, scope, diagnostics) : undefined;
    attributes.set(
      name,
      value ? { ...attribute, value: valueExpression(unmarkDeep(value), attribute.value) } : attribute,
    );
  }
  const blocks = body.blocks.map((block): Block => ({ ...block, body: evaluatedBody(block.body, scope, diagnostics) }));
  return { ...body, attributes, blocks };
}

// ---- The configuration -------------------------------------------------------------------------------------------

export interface ConfigurationChanges {
  readonly providers: ReadonlyMap<string, TestProvider>;
  /** Modules that are stood in for, by the text of the path. */
  readonly modules: ReadonlyMap<string, Override>;
  /** Of the expressions in provider blocks of the test. */
  readonly scope: Scope;
}

export function testedConfiguration(
  { root }: Configuration,
  { providers, modules, scope }: ConfigurationChanges,
  diagnostics: Diagnostic[],
): Configuration {
  const rebuilt = new Map<string, Module>();
  diagnostics.push(...[...modules.values()].filter(namesInstance).map(unsupportedInstance));
  const changed = { ...root, providers: providerConfigs(root, providers, scope, diagnostics) };
  const newRoot = rebuild(changed, undefined, modules, rebuilt);
  return { root: newRoot, modules: rebuilt };
}

/** Modules know their parents, so that all of them are made anew. */
function rebuild(
  module: Module,
  parent: Module | undefined,
  overrides: ReadonlyMap<string, Override>,
  rebuilt: Map<string, Module>,
): Module {
  const children = new Map<string, Module>();
  const override = overrides.get(moduleText(module.path));
  const made: Module = { ...(override ? withoutContent(module, override) : module), parent, children };
  rebuilt.set(moduleText(module.path), made);
  // A path without keys means no instance of a repeated module but the last one in it.
  const below = isRepeated(module) ? new Map<string, Override>() : overrides;
  for (const [name, child] of override ? [] : module.children) {
    children.set(name, rebuild(child, made, below, rebuilt));
  }
  return made;
}

function isRepeated({ call }: Module): boolean {
  return call?.count !== undefined || call?.forEach !== undefined;
}

function namesInstance({ target }: Override): boolean {
  return target.kind === 'module' && target.module.some(({ key }) => key !== undefined);
}

function unsupportedInstance({ text, targetRange }: Override): Diagnostic {
  const detail = `Stowage stands in for all instances of a module call or for none, but ${text} names one of several. Leave the key out, or override the resources in this instance.`;
  return errorAt(targetRange, 'Unsupported override target', detail);
}

/** A module that makes nothing and has the outputs that the test gives. */
function withoutContent(module: Module, { values, range }: Override): Module {
  const outputs = [...module.outputs].map(([name, output]): [string, Output] => {
    const value = valueExpression(values.attributes.get(name) ?? NULL, range);
    return [name, { ...output, value, dependsOn: [], preconditions: [] }];
  });
  const nothing = {
    locals: new Map(),
    resources: new Map(),
    calls: new Map(),
    providers: new Map(),
    checks: new Map(),
  };
  return { ...module, ...nothing, moved: [], removed: [], imports: [], outputs: new Map(outputs) };
}

/** Overrides whose target the configuration does not have. */
export function strayOverrides(overrides: readonly Override[], configurations: readonly Configuration[]): Diagnostic[] {
  const isThere = ({ target }: Override): boolean =>
    configurations.some(({ modules }) => {
      if (target.kind === 'module') return modules.has(staticText(target.module));
      const resource = target.kind === 'resource' ? target.resource : target.instance.resource;
      const name = `${resource.mode === 'data' ? 'data.' : ''}${resource.type}.${resource.name}`;
      return modules.get(staticText(resource.module))?.resources.has(name) ?? false;
    });
  return overrides
    .filter((override) => !isThere(override))
    .map(({ text, targetRange }) => ({
      severity: 'warning',
      summary: 'Invalid override target',
      detail: `The configuration under test has no ${text}, so this override stands in for nothing. Correct the address, or remove the block.`,
      subject: targetRange,
    }));
}

function staticText(path: Module['path']): string {
  return moduleText(path.map(({ name }) => ({ name, key: undefined })));
}

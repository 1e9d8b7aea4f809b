/** `terraform` blocks: required versions and providers, the backend. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Range } from '../diag/source.ts';
import type { Attribute, Block, Body, Expression } from '../hcl/ast.ts';
import { type ContentSchema, readAttributes, readContent } from './content.ts';
import type { RequiredProvider } from './module.ts';
import { checkProviderName } from './names.ts';
import { parseProviderSource } from './provider-source.ts';
import { impliedProviderSource } from './provider-source.ts';
import { staticList, staticMap, staticTraversal } from './static-form.ts';
import { constantText, staticValue } from './static-value.ts';
import { decodeVersionConstraint, isVersionConstraint } from './version-constraint.ts';

const SCHEMA: ContentSchema = {
  attributes: { required_version: 'optional', experiments: 'optional', language: 'optional' },
  blocks: { backend: ['type'], cloud: [], required_providers: [], provider_meta: ['provider'], encryption: [] },
};

/** What one `terraform` block says. */
export interface TerraformBlock {
  readonly requiredVersion: { readonly constraint: string; readonly range: Range } | undefined;
  readonly backends: readonly Block[];
  readonly cloud: Block | undefined;
  readonly requiredProviders: readonly { readonly range: Range; readonly providers: readonly RequiredProvider[] }[];
  readonly encryption: Body | undefined;
}

export function decodeTerraformBlock(block: Block, diagnostics: Diagnostic[]): TerraformBlock {
  const { attributes, blocks } = readContent(block.body, SCHEMA, diagnostics);
  const of = (type: string): Block[] => blocks.filter((inner) => inner.type === type);
  const experiments = attributes.get('experiments');
  if (experiments) {
    const detail =
      'Experimental features are intended only for gathering early feedback on new language designs, and so are available only in alpha releases of Terraform.';
    diagnostics.push(errorAt(experiments.nameRange, 'Module uses experimental features', detail));
  }
  const version = attributes.get('required_version');
  const constraint = version && decodeVersionConstraint(version, diagnostics);
  return {
    requiredVersion: version && constraint !== undefined ? { constraint, range: version } : undefined,
    backends: of('backend'),
    cloud: of('cloud')[0],
    requiredProviders: of('required_providers').flatMap((inner) => {
      const providers = decodeRequiredProviders(inner, diagnostics);
      return providers ? [{ range: inner.header, providers }] : [];
    }),
    encryption: of('encryption')[0]?.body,
  };
}

function decodeRequiredProviders(block: Block, diagnostics: Diagnostic[]): RequiredProvider[] | undefined {
  const problems: Diagnostic[] = [];
  const attributes = readAttributes(block.body, problems);
  diagnostics.push(...problems);
  if (problems.length > 0) return undefined;
  return [...attributes.values()]
    .map((attribute) => decodeRequiredProvider(attribute, diagnostics))
    .filter((provider) => provider !== undefined);
}

function decodeRequiredProvider(attribute: Attribute, diagnostics: Diagnostic[]): RequiredProvider | undefined {
  const { name, value } = attribute;
  const range: Range = { file: value.file, start: value.start, end: value.end };
  const plain = { localName: name, source: impliedProviderSource(name), version: undefined, aliases: [], range };
  if (isVersion(value)) return { ...plain, version: decodeVersionConstraint(attribute, diagnostics) };
  if (!checkProviderName(name, value, diagnostics)) return undefined;
  const pairs = staticMap(value);
  if (pairs.value === undefined) {
    const detail = 'required_providers entries must be strings or objects.';
    diagnostics.push(errorAt(value, 'Invalid required_providers object', detail));
    return undefined;
  }
  let provider: RequiredProvider = plain;
  for (const pair of pairs.value) {
    const key = pair.keyName ?? constantText(pair.key);
    if (key === 'version') provider = { ...provider, version: decodeVersion(pair.value, diagnostics) };
    else if (key === 'source')
      provider = { ...provider, source: decodeSource(pair.value, diagnostics) ?? plain.source };
    else if (key === 'configuration_aliases') {
      provider = { ...provider, aliases: decodeAliases(name, pair.value, diagnostics) };
    } else {
      const detail =
        'required_providers objects can only contain "version", "source" and "configuration_aliases" attributes. To configure a provider, use a "provider" block.';
      diagnostics.push(errorAt(pair.key, 'Invalid required_providers object', detail));
      break;
    }
  }
  return provider;
}

/** The old form: the version alone. */
function isVersion(value: Expression): boolean {
  if (value.kind === 'json') return value.json.kind !== 'object' && value.json.kind !== 'array';
  return value.kind === 'literal' || constantText(value) !== undefined;
}

/** Text of an argument; undefined when it is anything else. */
function textOf(expression: Expression): string | undefined {
  const problems: Diagnostic[] = [];
  const value = staticValue(expression, problems);
  return problems.length === 0 && value.kind === 'string' ? value.value : undefined;
}

function decodeVersion(expression: Expression, diagnostics: Diagnostic[]): string | undefined {
  const constraint = textOf(expression);
  if (constraint !== undefined && isVersionConstraint(constraint)) return constraint;
  const detail =
    constraint === undefined
      ? 'Version must be specified as a string.'
      : 'This string does not use correct version constraint syntax.';
  diagnostics.push(errorAt(expression, 'Invalid version constraint', detail));
  return undefined;
}

function decodeSource(expression: Expression, diagnostics: Diagnostic[]): string | undefined {
  const text = textOf(expression);
  if (text === undefined) {
    diagnostics.push(errorAt(expression, 'Invalid source', 'Source must be specified as a string.'));
    return undefined;
  }
  const source = parseProviderSource(text);
  diagnostics.push(...source.diagnostics.map((diagnostic) => ({ ...diagnostic, subject: expression })));
  return source.value;
}

function decodeAliases(localName: string, expression: Expression, diagnostics: Diagnostic[]): string[] {
  const list = staticList(expression);
  diagnostics.push(...list.diagnostics);
  const aliases: string[] = [];
  for (const element of list.value ?? []) {
    const { value, diagnostics: problems } = staticTraversal(element);
    diagnostics.push(...problems);
    if (value === undefined) continue;
    const [alias] = value.steps;
    if (value.steps.length > 1 || (alias && alias.kind !== 'attribute')) {
      const detail =
        'Configuration aliases can only contain references to local provider configuration names in the format of provider.alias';
      diagnostics.push(errorAt(expression, 'Invalid configuration_aliases value', detail));
    } else if (value.root.name !== localName) {
      const detail = `Configuration aliases must be prefixed with the provider name. Expected "${localName}", but found "${value.root.name}".`;
      diagnostics.push(errorAt(expression, 'Invalid configuration_aliases value', detail));
    } else if (alias) {
      aliases.push(alias.name);
    }
  }
  return aliases;
}

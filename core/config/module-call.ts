/** `module` blocks. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { rangeBetween, type Range } from '../diag/source.ts';
import type { Block, Body, Expression } from '../hcl/ast.ts';
import { describeRange } from '../hcl/template.ts';
import { mergeBodies } from './body.ts';
import { type ContentSchema, readContent, readPartialContent } from './content.ts';
import type { ModuleCall, ProviderReference } from './module.ts';
import { checkName } from './names.ts';
import { decodeProviderReference } from './provider-reference.ts';
import { duplicateEscape, reservedBlock } from './provisioner.ts';
import { checkRepetition } from './resource.ts';
import { decodeVersionConstraint } from './version-constraint.ts';
import { decodeDependsOn, staticMap } from './static-form.ts';
import { staticString } from './static-value.ts';
import { checkSource } from './module-source.ts';

const SCHEMA: ContentSchema = {
  attributes: {
    source: 'required',
    version: 'optional',
    count: 'optional',
    for_each: 'optional',
    depends_on: 'optional',
    providers: 'optional',
  },
  blocks: { _: [], lifecycle: [], locals: [], provider: ['type'] },
};

const LIFECYCLE: ContentSchema = { attributes: { enabled: 'optional' }, blocks: {} };

/** The call that a block makes; `source` is empty after an error in it. */
export function decodeModuleCall(block: Block, diagnostics: Diagnostic[]): ModuleCall {
  const { content, rest } = readPartialContent(block.body, SCHEMA, diagnostics);
  const [label] = block.labels;
  checkName(label, 'Invalid module instance name', diagnostics);
  const get = (name: string): Expression | undefined => content.attributes.get(name)?.value;
  const sourceExpression = get('source');
  const dependsOn = get('depends_on');
  const providers = get('providers');
  const versionAttribute = content.attributes.get('version');
  const version = versionAttribute && decodeVersionConstraint(versionAttribute, diagnostics);
  const source = decodeSource(sourceExpression, versionAttribute !== undefined, diagnostics);
  const special = decodeSpecialBlocks(content.blocks, diagnostics);
  checkRepetition(content.attributes.get('count'), content.attributes.get('for_each'), diagnostics);
  const body = special.escaped ? mergeBodies(rest, special.escaped) : rest;
  return {
    name: label?.value ?? '',
    range: block.header,
    source: source ?? '',
    sourceRange: sourceExpression ?? block.header,
    version,
    count: get('count'),
    forEach: get('for_each'),
    enabled: special.enabled,
    dependsOn: dependsOn ? decodeDependsOn(dependsOn, diagnostics) : [],
    ...(providers ? decodeProviders(providers, diagnostics) : { providers: new Map() }),
    arguments: argumentsOf(body),
    body,
  };
}

/** Arguments that become the child's variables. */
export function argumentsOf(body: Body): ModuleCall['arguments'] {
  return new Map(
    [...body.attributes.values()]
      .filter(({ name }) => !(body.json && name === '//'))
      .map(({ name, value, nameRange }) => [name, { value, nameRange }]),
  );
}

function decodeSource(
  expression: Expression | undefined,
  hasVersion: boolean,
  diagnostics: Diagnostic[],
): string | undefined {
  if (expression === undefined) return undefined;
  const source = staticString(expression, diagnostics);
  if (source === undefined) return undefined;
  const problem = checkSource(source, hasVersion, expression);
  if (problem === undefined) return source;
  diagnostics.push(problem);
  return undefined;
}

function decodeSpecialBlocks(
  blocks: readonly Block[],
  diagnostics: Diagnostic[],
): { enabled: Expression | undefined; escaped: Body | undefined } {
  let escaped: Block | undefined;
  let enabled: Expression | undefined;
  for (const block of blocks) {
    if (block.type === 'lifecycle') {
      // OpenTofu's; Terraform has nothing to say in such a block.
      enabled = block.body.attributes.get('enabled')?.value;
      if (enabled) readContent(block.body, LIFECYCLE, diagnostics);
      else diagnostics.push(reservedBlock(block, 'module'));
    } else if (block.type !== '_') diagnostics.push(reservedBlock(block, 'module'));
    else if (escaped) diagnostics.push(duplicateEscape(block, escaped, 'module input variables', 'module'));
    else escaped = block;
  }
  return { enabled, escaped: escaped?.body };
}

function decodeProviders(
  expression: Expression,
  diagnostics: Diagnostic[],
): Pick<ModuleCall, 'providers' | 'providerRanges'> {
  const pairs = staticMap(expression);
  diagnostics.push(...pairs.diagnostics);
  const providers = new Map<string, ProviderReference>();
  const providerRanges = new Map<string, Range>();
  const seen = new Map<string, Range>();
  for (const pair of pairs.value ?? []) {
    const child = decodeProviderReference(pair.key, 'providers', diagnostics);
    const parent = decodeProviderReference(pair.value, 'providers', diagnostics);
    if (child === undefined || parent === undefined) continue;
    const name = providerText(child);
    const previous = seen.get(name);
    if (previous) {
      const detail = `A provider configuration was already passed to ${name} at ${describeRange(previous)}. Each child provider configuration can be assigned only once.`;
      diagnostics.push(errorAt(pair.value, 'Duplicate provider address', detail));
      continue;
    }
    seen.set(name, rangeBetween(pair.key, pair.value));
    providers.set(name, parent);
    providerRanges.set(name, child.range);
  }
  return { providers, providerRanges };
}

/** `docker` or `docker.alias`: key of `Module.providers`. */
export function providerText({ localName, alias }: Pick<ProviderReference, 'localName' | 'alias'>): string {
  return alias === undefined ? localName : `${localName}.${alias}`;
}

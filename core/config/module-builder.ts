/** Collects the blocks of one directory into a module: decodes them, refuses duplicates, applies override files. */
import { localResourceText } from '../addr/address.ts';
import type { ModulePath } from '../addr/address.ts';
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Range } from '../diag/source.ts';
import type { Block, Body, Expression } from '../hcl/ast.ts';
import { describeRange } from '../hcl/template.ts';
import { decodeCheck } from './check.ts';
import { type ContentSchema, readContent } from './content.ts';
import { decodeModuleCall, providerText } from './module-call.ts';
import type {
  Check,
  Import,
  Local,
  Module,
  ModuleCall,
  Moved,
  Output,
  ProviderConfig,
  Removed,
  RequiredProvider,
  Resource,
  TerraformSettings,
  Variable,
} from './module.ts';
import { decodeLocals, decodeOutput } from './output.ts';
import { blockKey, missingBase, notOverridable, overrideBlock } from './override.ts';
import { decodeProviderConfig } from './provider-config.ts';
import { decodeImport, decodeMoved, decodeRemoved } from './refactoring.ts';
import { impliedProviderSource } from './provider-source.ts';
import { decodeResource, impliedProvider } from './resource.ts';
import { displaySource } from './schema-source.ts';
import { decodeTerraformBlock } from './terraform-block.ts';
import { decodeVariable } from './variable.ts';

const FILE: ContentSchema = {
  attributes: {},
  blocks: {
    terraform: [],
    required_providers: [],
    provider: ['name'],
    variable: ['name'],
    locals: [],
    output: ['name'],
    module: ['name'],
    resource: ['type', 'name'],
    data: ['type', 'name'],
    ephemeral: ['type', 'name'],
    moved: [],
    removed: [],
    import: [],
    check: ['name'],
  },
};

/** Where a module stands, and how it came there. */
export interface ModulePlace {
  readonly path: ModulePath;
  readonly directory: string;
  readonly call: ModuleCall | undefined;
  readonly parent: Module | undefined;
}

/** Module of the given files. `children` is filled in by the caller. */
export function buildModule(
  place: ModulePlace,
  children: ReadonlyMap<string, Module>,
  primary: readonly Body[],
  overrides: readonly Body[],
  diagnostics: Diagnostic[],
): Module {
  const builder = new ModuleBuilder(diagnostics);
  const blocks = primary.flatMap((body) => readContent(body, FILE, diagnostics).blocks);
  const overriding = overrides.flatMap((body) => readContent(body, FILE, diagnostics).blocks);
  for (const block of applyOverrides(blocks, overriding, builder)) builder.add(block);
  return builder.finish(place, children);
}

/** The primary blocks, changed as the override files say. */
function applyOverrides(
  primary: readonly Block[],
  overriding: readonly Block[],
  builder: ModuleBuilder,
): readonly Block[] {
  if (overriding.length === 0) return primary;
  const blocks = [...primary];
  for (const override of overriding) {
    const refused = notOverridable(override);
    if (refused) {
      builder.diagnostics.push(refused);
      continue;
    }
    const key = blockKey(override);
    if (key === undefined) {
      builder.override(override);
      continue;
    }
    const at = blocks.findIndex((block) => blockKey(block) === key);
    const base = blocks[at];
    if (base) {
      const merged = overrideBlock(base, override, builder.diagnostics);
      builder.overridden.set(merged, override);
      blocks[at] = merged;
    } else if (override.type === 'provider' && !override.body.attributes.has('alias')) blocks.push(override);
    else builder.diagnostics.push(missingBase(override));
  }
  return blocks;
}

class ModuleBuilder {
  readonly diagnostics: Diagnostic[];
  /** Merged blocks with the blocks that changed them. */
  readonly overridden = new Map<Block, Block>();
  readonly #variables = new Map<string, Variable>();
  readonly #locals = new Map<string, Local>();
  readonly #outputs = new Map<string, Output>();
  readonly #resources = new Map<string, Resource>();
  readonly #calls = new Map<string, ModuleCall>();
  readonly #providers = new Map<string, ProviderConfig>();
  readonly #requiredProviders = new Map<string, RequiredProvider>();
  readonly #moved: Moved[] = [];
  readonly #removed: Removed[] = [];
  readonly #imports: Import[] = [];
  readonly #checks = new Map<string, Check>();
  readonly #requiredVersions: { constraint: string; range: Range }[] = [];
  readonly #overrides: Block[] = [];
  #requirements: Range | undefined;
  readonly #ephemeral: Block[] = [];
  #cloud: Block | undefined;
  #backend: Block | undefined;
  #encryption: Body | undefined;

  constructor(diagnostics: Diagnostic[]) {
    this.diagnostics = diagnostics;
  }

  /** Keeps a `locals` or `terraform` block of an override file for the end. */
  override(block: Block): void {
    this.#overrides.push(block);
  }

  add(block: Block): void {
    const { diagnostics } = this;
    switch (block.type) {
      case 'resource':
        return this.#addResource(decodeResource(block, 'managed', undefined, diagnostics));
      case 'data':
        return this.#addResource(decodeResource(block, 'data', undefined, diagnostics));
      case 'variable':
        return this.#addVariable(decodeVariable(block, diagnostics, this.overridden.get(block)));
      case 'output':
        return this.#addOutput(decodeOutput(block, diagnostics));
      case 'locals':
        for (const local of decodeLocals(block, diagnostics)) this.#addLocal(local);
        return;
      case 'module':
        return this.#addCall(decodeModuleCall(block, diagnostics));
      case 'provider':
        return this.#addProvider(decodeProviderConfig(block, diagnostics));
      case 'terraform':
        return this.#addTerraform(block);
      case 'check':
        return this.#addCheck(block);
      case 'moved':
        return pushDefined(this.#moved, decodeMoved(block, diagnostics));
      case 'removed':
        return pushDefined(this.#removed, decodeRemoved(block, diagnostics));
      case 'import':
        return this.#addImport(decodeImport(block, diagnostics));
      case 'required_providers': {
        const detail = 'A "required_providers" block must be nested inside a "terraform" block.';
        diagnostics.push(errorAt(block.typeRange, 'Invalid required_providers block', detail));
        return;
      }
      case 'ephemeral':
        this.#ephemeral.push(block);
    }
  }

  finish(place: ModulePlace, children: ReadonlyMap<string, Module>): Module {
    for (const block of this.#overrides) this.#applyOverride(block);
    for (const block of this.#ephemeral) this.diagnostics.push(this.#unsupportedEphemeral(block));
    if (this.#cloud && this.#backend) this.diagnostics.push(cloudAndBackend(this.#cloud, this.#backend));
    return {
      path: place.path,
      directory: place.directory,
      call: place.call,
      parent: place.parent,
      variables: this.#variables,
      locals: this.#locals,
      outputs: this.#outputs,
      resources: this.#resources,
      calls: this.#calls,
      children,
      providers: this.#providers,
      requiredProviders: this.#requiredProviders,
      moved: this.#moved,
      removed: this.#removed,
      imports: this.#imports,
      checks: this.#checks,
      terraform: this.#settings(),
    };
  }

  /** None of the providers has any. */
  #unsupportedEphemeral(block: Block): Diagnostic {
    const [label] = block.labels;
    const type = label?.value ?? '';
    const { localName } = impliedProvider(type, block.header);
    const source = this.#requiredProviders.get(localName)?.source ?? impliedProviderSource(localName);
    const detail = `The provider ${displaySource(source)} does not support ephemeral resource "${type}".`;
    return errorAt(label, 'Invalid ephemeral resource', detail);
  }

  #settings(): TerraformSettings {
    const label = this.#backend?.labels[0];
    const backend = this.#backend && {
      type: label?.value ?? '',
      body: this.#backend.body,
      range: label ?? this.#backend,
    };
    return { requiredVersions: this.#requiredVersions, backend, encryption: this.#encryption };
  }

  #applyOverride(block: Block): void {
    if (block.type === 'terraform') {
      this.#overrideTerraform(block);
      return;
    }
    for (const local of block.type === 'locals' ? decodeLocals(block, this.diagnostics) : []) {
      if (this.#locals.has(local.name)) this.#locals.set(local.name, local);
      else {
        const detail = `There is no local value named "${local.name}". An override file can only override a local value that was already defined in a primary configuration file.`;
        this.diagnostics.push(errorAt(local.range, 'Missing base local value definition to override', detail));
      }
    }
  }

  #overrideTerraform(block: Block): void {
    const settings = decodeTerraformBlock(block, this.diagnostics);
    if (settings.requiredVersion) this.#requiredVersions.push(settings.requiredVersion);
    for (const provider of settings.requiredProviders.flatMap(({ providers }) => providers)) {
      this.#requiredProviders.set(provider.localName, provider);
    }
    const [backend, second] = settings.backends;
    if (backend && second) {
      const detail = `Each override file may have only one backend configuration. A backend was previously configured at ${describeRange(backend.header)}.`;
      this.diagnostics.push(errorAt(second.header, 'Duplicate backend configuration', detail));
    }
    this.#backend = backend ?? this.#backend;
    this.#encryption = settings.encryption ?? this.#encryption;
  }

  #addVariable(variable: Variable): void {
    const first = this.#variables.get(variable.name);
    if (first === undefined) this.#variables.set(variable.name, variable);
    else {
      const detail = `A variable named "${first.name}" was already declared at ${describeRange(first.range)}. Variable names must be unique within a module.`;
      this.diagnostics.push(errorAt(variable.range, 'Duplicate variable declaration', detail));
    }
  }

  #addLocal(local: Local): void {
    const first = this.#locals.get(local.name);
    if (first === undefined) this.#locals.set(local.name, local);
    else {
      const detail = `A local value named "${first.name}" was already defined at ${describeRange(first.range)}. Local value names must be unique within a module.`;
      this.diagnostics.push(errorAt(local.range, 'Duplicate local value definition', detail));
    }
  }

  #addOutput(output: Output): void {
    const first = this.#outputs.get(output.name);
    if (first === undefined) this.#outputs.set(output.name, output);
    else {
      const detail = `An output named "${first.name}" was already defined at ${describeRange(first.range)}. Output names must be unique within a module.`;
      this.diagnostics.push(errorAt(output.range, 'Duplicate output definition', detail));
    }
  }

  #addCall(call: ModuleCall): void {
    const first = this.#calls.get(call.name);
    if (first === undefined) this.#calls.set(call.name, call);
    else {
      const detail = `A module call named "${first.name}" was already defined at ${describeRange(first.range)}. Module calls must have unique names within a module.`;
      this.diagnostics.push(errorAt(call.range, 'Duplicate module call', detail));
    }
  }

  #addResource(resource: Resource): void {
    const key = localResourceText(resource);
    const first = this.#resources.get(key);
    if (first === undefined) {
      this.#resources.set(key, resource);
      return;
    }
    const isData = resource.mode === 'data';
    const scope = resource.check === undefined ? '' : ', including within check blocks';
    const detail = `A ${first.type} ${isData ? 'data resource' : 'resource'} named "${first.name}" was already declared at ${describeRange(first.range)}. Resource names must be unique per type in each module${scope}.`;
    const summary = `Duplicate ${isData ? 'data' : 'resource'} "${first.type}" configuration`;
    this.diagnostics.push(errorAt(resource.range, summary, detail));
  }

  #addProvider(provider: ProviderConfig | undefined): void {
    if (provider === undefined) return;
    const key = providerText(provider);
    const first = this.#providers.get(key);
    if (first === undefined) {
      this.#providers.set(key, provider);
      return;
    }
    const at = describeRange(first.range);
    const detail =
      first.alias === undefined
        ? `A default (non-aliased) provider configuration for "${first.localName}" was already given at ${at}. If multiple configurations are required, set the "alias" argument for alternative configurations.`
        : `A provider configuration for "${first.localName}" with alias "${first.alias}" was already given at ${at}. Each configuration for the same provider must have a distinct alias.`;
    this.diagnostics.push(errorAt(provider.range, 'Duplicate provider configuration', detail));
  }

  #addTerraform(block: Block): void {
    const settings = decodeTerraformBlock(block, this.diagnostics);
    if (settings.requiredVersion) this.#requiredVersions.push(settings.requiredVersion);
    for (const { range, providers } of settings.requiredProviders) {
      if (this.#requirements) {
        const detail = `A module may have only one required providers configuration. The required providers were previously configured at ${describeRange(this.#requirements)}.`;
        this.diagnostics.push(errorAt(range, 'Duplicate required providers configuration', detail));
        continue;
      }
      this.#requirements = range;
      for (const provider of providers) this.#requiredProviders.set(provider.localName, provider);
    }
    this.#cloud ??= settings.cloud;
    for (const backend of settings.backends) this.#addBackend(backend);
    this.#encryption ??= settings.encryption;
  }

  #addBackend(block: Block): void {
    if (this.#backend === undefined) {
      this.#backend = block;
      return;
    }
    const detail = `A module may have only one backend configuration. The backend was previously configured at ${describeRange(this.#backend.header)}.`;
    this.diagnostics.push(errorAt(block.header, 'Duplicate backend configuration', detail));
  }

  #addCheck(block: Block): void {
    const { check, data } = decodeCheck(block, this.diagnostics);
    if (data) this.#addResource(data);
    const first = this.#checks.get(check.name);
    if (first === undefined) {
      this.#checks.set(check.name, check);
      return;
    }
    const detail = `A check block named "${first.name}" was already declared at ${describeRange(first.range)}. Check blocks must be unique within each module.`;
    this.diagnostics.push(errorAt(check.range, `Duplicate check "${first.name}" configuration`, detail));
  }

  #addImport(declared: Import | undefined): void {
    if (declared === undefined) return;
    const target = staticText(declared.to);
    const first = target === undefined ? undefined : this.#imports.find((other) => staticText(other.to) === target);
    this.#imports.push(declared);
    if (first === undefined) return;
    const detail = `An import block for the resource "${target}" was already declared at ${describeRange(first.range)}. A resource can have only one import block.`;
    this.diagnostics.push(errorAt(declared.to, `Duplicate import configuration for "${target}"`, detail));
  }
}

function cloudAndBackend(cloud: Block, backend: Block): Diagnostic {
  const detail = `A module may declare either one 'cloud' block OR one 'backend' block configuring a state backend. The 'cloud' block is configured at ${describeRange(cloud.header)}; a backend is configured at ${describeRange(backend.header)}. Remove the backend block to configure HCP Terraform or Terraform Enteprise.`;
  return errorAt(backend.header, 'Both a backend and cloud configuration are present', detail);
}

/** Text of a target without calculated keys. */
function staticText(to: Expression): string | undefined {
  return to.kind === 'traversal' ? to.file.text.slice(to.start, to.end) : undefined;
}

function pushDefined<T>(list: T[], item: T | undefined): void {
  if (item !== undefined) list.push(item);
}

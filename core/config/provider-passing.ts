/**
 * Provider configurations between modules: what a call passes to its child has to be what the child asks for. Looks at
 * names and source addresses only.
 */
import { type Diagnostic, errorAt, warningAt } from '../diag/diagnostic.ts';
import type { Range } from '../diag/source.ts';
import { providerText } from './module-call.ts';
import type { Module, ModuleCall, ProviderConfig } from './module.ts';
import { displayModule } from './reference-check.ts';
import { displaySource, sourceOfProvider } from './schema-source.ts';

type DefaultSource = (localName: string) => string;

/**
 * Problems of the calls in a module and below it.
 *
 * @param repeated what repeats or delays the module itself, which forbids provider configurations of its own
 */
export function checkProviderPassing(
  module: Module,
  defaultSource: DefaultSource,
  repeated: Range | undefined = undefined,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const child of module.children.values()) {
    const { call } = child;
    if (call === undefined) continue;
    const cause = call.count ?? call.forEach ?? call.enabled ?? call.dependsOn[0] ?? repeated;
    diagnostics.push(...checkProviderPassing(child, defaultSource, cause));
    diagnostics.push(...checkConfigured(child, call, cause), ...checkRequired(child, call));
    for (const name of call.providers.keys()) {
      diagnostics.push(...checkPassed(name, child, call, module, defaultSource));
    }
  }
  return diagnostics;
}

/** A block without arguments only says that a configuration is expected. */
function isConfigured({ body }: ProviderConfig): boolean {
  return body.attributes.size > 0 || body.blocks.length > 0;
}

/** A child with provider configurations of its own. */
function checkConfigured(child: Module, call: ModuleCall, cause: Range | undefined): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const configured = [...child.providers.values()].filter(isConfigured);
  if (configured.length > 0 && cause) {
    const detail = `The module at ${displayModule(child)} is a legacy module which contains its own local provider configurations, and so calls to it may not use the count, for_each, or depends_on arguments.\n\nIf you also control the module "${call.source}", consider updating this module to instead expect provider configurations to be passed by its caller.`;
    diagnostics.push(errorAt(cause, 'Module is incompatible with count, for_each, and depends_on', detail));
  }
  for (const config of configured) {
    const name = providerText(config);
    if (!call.providers.has(name)) continue;
    const detail = `The configuration of ${displayModule(child)} has its own local configuration for ${name}, and so it cannot accept an overridden configuration provided by ${parentText(child)}.`;
    diagnostics.push(errorAt(nameRange(call, name), 'Cannot override provider configuration', detail));
  }
  return diagnostics;
}

/** Aliases that the child needs and nobody gives it. */
function checkRequired(child: Module, call: ModuleCall): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const { localName, source, aliases } of child.requiredProviders.values()) {
    for (const alias of aliases) {
      const name = providerText({ localName, alias });
      const own = child.providers.get(name);
      if (call.providers.has(name) || (own && isConfigured(own))) continue;
      const detail = `The child module requires an additional configuration for provider ${displaySource(source)}, with the local name "${name}".\n\nRefer to the module's documentation to understand the intended purpose of this additional provider configuration, and then add an entry for ${name} in the "providers" meta-argument in the module block to choose which provider configuration the module should use for that purpose.`;
      diagnostics.push(errorAt(call.range, 'Missing required provider configuration', detail));
    }
  }
  return diagnostics;
}

/** One entry of a `providers` map. */
function checkPassed(
  name: string,
  child: Module,
  call: ModuleCall,
  parent: Module,
  defaultSource: DefaultSource,
): Diagnostic[] {
  const given = call.providers.get(name);
  const [localName = name, alias] = name.split('.');
  if (given === undefined) return [];
  const wanted = sourceOfProvider(child, { localName }, defaultSource);
  const passed = sourceOfProvider(parent, given, defaultSource);
  const diagnostics: Diagnostic[] = [];
  if (!isDeclared(child, localName, alias)) diagnostics.push(undeclared(name, child, call, wanted, localName));
  if (wanted !== passed) {
    const detail = `The local name "${providerText(given)}" in ${parentText(child)} represents provider "${displaySource(passed)}", but "${name}" in ${displayModule(child)} represents "${displaySource(wanted)}".\n\nEach provider has its own distinct configuration schema and provider types, so this module's "${name}" can be assigned only a configuration for ${displaySource(wanted)}, which is not required by ${displayModule(child)}.`;
    diagnostics.push(errorAt(given.range, 'Provider type mismatch', detail));
  }
  return diagnostics;
}

function isDeclared(child: Module, localName: string, alias: string | undefined): boolean {
  const required = child.requiredProviders.get(localName);
  if (required && (alias === undefined || required.aliases.includes(alias))) return true;
  return child.providers.has(providerText({ localName, alias }));
}

function undeclared(name: string, child: Module, call: ModuleCall, source: string, localName: string): Diagnostic {
  const summary = 'Reference to undefined provider';
  const shown = displaySource(source);
  if (!child.requiredProviders.has(localName)) {
    const detail = `There is no explicit declaration for local provider name "${name}" in ${displayModule(child)}, so Terraform is assuming you mean to pass a configuration for "${shown}".\n\nIf you also control the child module, add a required_providers entry named "${name}" with the source address "${shown}".`;
    return warningAt(nameRange(call, name), summary, detail);
  }
  const detail = `The child module does not declare any provider requirement with the local name "${name}".\n\nIf you also control the child module, you can add a required_providers entry named "${name}" with the source address "${shown}" to accept this provider configuration.`;
  return errorAt(nameRange(call, name), summary, detail);
}

function nameRange(call: ModuleCall, name: string): Range {
  return call.providerRanges?.get(name) ?? call.range;
}

function parentText(child: Module): string {
  return child.parent ? displayModule(child.parent) : 'the root module';
}

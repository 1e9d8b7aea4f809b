/**
 * Checks every reference of a configuration, every resource type and every module call, without evaluating anything.
 * Each expression is checked once, in the order of the blocks' kinds.
 */
import { localResourceText, moduleText } from '../addr/address.ts';
import { type Diagnostic, type Diagnostics, errorAt, hasErrors, warningAt } from '../diag/diagnostic.ts';
import { type Reference, parseAll, parseReference, referencesIn, traversalsInBody } from '../eval/reference.ts';
import type { Body, Expression, TraversalExpression, TraversalStep } from '../hcl/ast.ts';
import { rangeBetween } from '../diag/source.ts';
import { type ContentSchema, readContent } from './content.ts';
import type { CheckRule, Configuration, IgnorePath, Module, ModuleCall, Resource } from './module.ts';
import { type ReferencePlace, checkReferences } from './reference-check.ts';
import type { BlockContents, Schema } from './schema.ts';
import { type SchemaSource, displaySource, sourceOfProvider, sourceOfResource } from './schema-source.ts';
import { checkSteps } from './schema-traversal.ts';

/** Problems of all modules of a configuration that was loaded without errors. */
export function validateReferences(configuration: Configuration, schemas: SchemaSource): Diagnostics {
  const modules = [...configuration.modules.values()];
  const missing = modules.flatMap((module) => missingParts(module, schemas));
  if (missing.length > 0) return missing;
  const validator = new Validator(schemas);
  for (const module of modules) validator.module(module);
  return validator.diagnostics;
}

const PROVISIONERS = new Set(['file', 'local-exec', 'remote-exec']);

/** Provisioners and provider configurations that are not there, without which nothing else can be checked. */
function missingParts(module: Module, schemas: SchemaSource): Diagnostic[] {
  const types = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  for (const resource of module.resources.values()) {
    for (const { type } of resource.provisioners) if (!PROVISIONERS.has(type)) types.add(type);
    const { localName, alias } = resource.provider;
    if (alias === undefined) continue;
    const name = `${localName}.${alias}`;
    if (module.providers.has(name) || module.call?.providers.has(name)) continue;
    const prefix = module.parent ? `${moduleText(module.path)}.` : '';
    const address = prefix + localResourceText(resource);
    const provider = `${prefix}provider["${sourceOfResource(module, resource, schemas)}"].${alias}`;
    const detail = `To work with ${address} its original provider configuration at ${provider} is required, but it has been removed. This occurs when a provider configuration is removed while objects created by that provider still exist in the state. Re-add the provider configuration to destroy ${address}, after which you can remove the provider configuration again.`;
    diagnostics.push(errorAt(undefined, 'Provider configuration not present', detail));
  }
  for (const type of types) {
    const detail = `This configuration requires provisioner plugin "${type}", which isn't available. If you're intending to use an external provisioner plugin, you must install it manually into one of the plugin search directories before running Terraform.`;
    diagnostics.push(errorAt(undefined, 'Missing required provisioner plugin', detail));
  }
  return diagnostics;
}

class Validator {
  readonly diagnostics: Diagnostic[] = [];
  readonly #schemas: SchemaSource;

  constructor(schemas: SchemaSource) {
    this.#schemas = schemas;
  }

  module(module: Module): void {
    const place = { module };
    for (const variable of module.variables.values()) this.#rules(variable.validations, place);
    for (const { name, value } of module.locals.values()) this.#local(name, value, place);
    for (const { localName, body, forEach } of module.providers.values()) {
      const schema = this.#schemas.provider(sourceOfProvider(module, { localName }));
      this.#expression(forEach, place);
      this.#body(body, schema, repeated(place, undefined, forEach));
    }
    for (const resource of module.resources.values()) this.#resource(resource, module);
    for (const call of module.calls.values()) this.#call(call, module);
    for (const check of module.checks.values()) this.#rules(check.assertions, { module, check: check.name });
    for (const output of module.outputs.values()) {
      if (output.ephemeral && module.path.length === 0) {
        const detail = 'Ephemeral outputs are not allowed in context of a root module';
        this.diagnostics.push(errorAt(output.range, 'Ephemeral output not allowed', detail));
      }
      this.#expression(output.value, place);
      this.#dependsOn(output.dependsOn, place);
      this.#rules(output.preconditions, place);
    }
    for (const { id, identity, forEach } of module.imports) {
      this.#expression(forEach, place);
      for (const expression of [id, identity]) this.#expression(expression, repeated(place, undefined, forEach));
    }
  }

  /** False when there was anything to complain of. */
  #expression(expression: Expression | undefined, place: ReferencePlace): boolean {
    if (expression === undefined) return true;
    const problems: Diagnostic[] = [];
    return this.#references(referencesIn(expression, problems), problems, place);
  }

  #references(references: readonly Reference[], problems: readonly Diagnostic[], place: ReferencePlace): boolean {
    const found = [...problems, ...checkReferences(references, place, this.#schemas)];
    for (const problem of found) this.diagnostics.push(problem);
    return !hasErrors(found);
  }

  #body(body: Body | undefined, contents: BlockContents | undefined, place: ReferencePlace): void {
    if (body === undefined) return;
    const problems: Diagnostic[] = [];
    const references = parseAll(traversalsInBody(body, contents), problems);
    this.#references(references, problems, place);
  }

  #local(name: string, value: Expression, place: ReferencePlace): void {
    if (!this.#expression(value, place)) return;
    for (const { subject, range } of referencesIn(value)) {
      if (subject.kind !== 'local' || subject.name !== name) continue;
      const detail = `Local value local.${name} cannot use its own result as part of its expression.`;
      this.diagnostics.push(errorAt(range, 'Self-referencing local value', detail));
    }
  }

  #rules(rules: readonly CheckRule[], place: ReferencePlace): void {
    for (const { condition, errorMessage } of rules) {
      this.#expression(condition, place);
      this.#expression(errorMessage, place);
      // Terraform goes on to evaluate a condition that it has found at fault.
      const own = place.self ? undefined : referencesIn(condition).find(({ subject }) => subject.kind === 'self');
      if (own) this.diagnostics.push(errorAt(own.range, 'Unknown variable', 'There is no variable named "self".'));
    }
  }

  /** Once something is wrong, Terraform does not look whether the others exist. */
  #dependsOn(traversals: readonly TraversalExpression[], place: ReferencePlace): void {
    let isClean = true;
    for (const traversal of traversals) {
      const { value, diagnostics } = parseReference(traversal);
      const [first] = value?.remaining ?? [];
      const last = value?.remaining.at(-1);
      if (first && last) {
        const detail =
          'References in depends_on must be to a whole object (resource, etc), not to an attribute of an object.';
        this.diagnostics.push(errorAt(rangeBetween(first, last), 'Invalid depends_on reference', detail));
        isClean = false;
      } else if (isClean || value === undefined) {
        isClean = this.#references(value ? [value] : [], diagnostics, place) && isClean;
      }
    }
  }

  #resource(resource: Resource, module: Module): void {
    const outside: ReferencePlace = resource.check === undefined ? { module } : { module, check: resource.check };
    const { lifecycle } = resource;
    for (const expression of [resource.count, resource.forEach, lifecycle.enabled])
      this.#expression(expression, outside);
    this.#dependsOn(resource.dependsOn, outside);
    const place = repeated(outside, resource.count, resource.forEach);
    const own = { ...place, self: true };
    for (const provisioner of resource.provisioners) {
      this.#body(provisioner.body, undefined, own);
      this.#body(provisioner.connection, undefined, own);
    }
    this.#body(resource.connection, undefined, own);
    this.#rules(lifecycle.preconditions, place);
    this.#rules(lifecycle.postconditions, own);
    for (const trigger of lifecycle.replaceTriggeredBy) this.#expression(trigger, place);
    const source = sourceOfResource(module, resource, this.#schemas);
    const schema = this.#schemas.resource(resource.mode, source, resource.type);
    if (schema === undefined) {
      if (this.#schemas.provider(source)) this.diagnostics.push(this.#unknownType(resource, source));
      return;
    }
    this.#body(resource.body, schema, place);
    if (lifecycle.ignoreChanges !== 'all') {
      for (const path of lifecycle.ignoreChanges) this.#ignored(path, schema, resource);
    }
  }

  #unknownType(resource: Resource, source: string): Diagnostic {
    const { type } = resource;
    const isData = resource.mode === 'data';
    const other = this.#schemas.resource(isData ? 'managed' : 'data', source, type);
    const hint = isData
      ? `\n\nDid you intend to use the managed resource type "${type}"? If so, declare this using a "resource" block instead of a "data" block.`
      : `\n\nDid you intend to use the data source "${type}"? If so, declare this using a "data" block instead of a "resource" block.`;
    const what = isData ? 'data source' : 'resource type';
    const detail = `The provider ${displaySource(source)} does not support ${what} "${type}".${other ? hint : ''}`;
    return errorAt(resource.typeRange, isData ? 'Invalid data source' : 'Invalid resource type', detail);
  }

  #ignored(ignored: IgnorePath, schema: Schema, resource: Resource): void {
    const steps = ignored.path.map((step): TraversalStep => {
      const { file, start, end } = ignored;
      return typeof step === 'string' && isWritten(ignored, step)
        ? { kind: 'attribute', name: step, file, start, end }
        : { kind: 'index', key: step, legacy: false, file, start, end };
    });
    const problems = checkSteps(schema, steps);
    for (const problem of problems) this.diagnostics.push(problem);
    const [name] = ignored.path;
    if (problems.length > 0 || ignored.path.length !== 1 || typeof name !== 'string') return;
    if (schema.attributes[name]?.use === 'computed') this.diagnostics.push(redundant(name, resource));
  }

  #call(call: ModuleCall, module: Module): void {
    const place = { module };
    this.#expression(call.count, place);
    this.#expression(call.forEach, place);
    this.#expression(call.enabled, place);
    this.#dependsOn(call.dependsOn, place);
    const inside = repeated(place, call.count, call.forEach);
    for (const { value } of call.arguments.values()) this.#expression(value, inside);
    const child = module.children.get(call.name);
    if (child) readContent(call.body, argumentsOf(child), this.diagnostics);
  }
}

/** The place inside a block that is repeated by these arguments. */
function repeated(
  place: ReferencePlace,
  count: Expression | undefined,
  forEach: Expression | undefined,
): ReferencePlace {
  if (count) return { ...place, repetition: 'count' };
  return forEach ? { ...place, repetition: 'each' } : place;
}

/** What a call of the module may and must say. */
function argumentsOf(child: Module): ContentSchema {
  const attributes = [...child.variables.values()].map(
    ({ name, defaultValue }) => [name, defaultValue === undefined ? 'required' : 'optional'] as const,
  );
  return { attributes: Object.fromEntries(attributes), blocks: {} };
}

/** Whether a step was written as an attribute; a key stands in brackets. */
function isWritten({ file, start, end }: IgnorePath, step: string): boolean {
  return !file.text.slice(start, end).includes(`["${step}"]`);
}

function redundant(name: string, resource: Resource): Diagnostic {
  const detail = `Adding an attribute name to ignore_changes tells Terraform to ignore future changes to the argument in configuration after the object has been created, retaining the value originally configured.\n\nThe attribute ${name} is decided by the provider alone and therefore there can be no configured value to compare with. Including this attribute in ignore_changes has no effect. Remove the attribute from ignore_changes to quiet this warning.`;
  return warningAt(resource.typeRange, 'Redundant ignore_changes element', detail);
}

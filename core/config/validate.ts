/**
 * Checks every reference of a configuration, every resource type and every module call, without evaluating anything.
 * Each expression is checked once, in the order of the blocks' kinds.
 */
import { type Diagnostic, type Diagnostics, errorAt, warningAt } from '../diag/diagnostic.ts';
import { type Reference, parseAll, parseReference, referencesIn, traversalsInBody } from '../eval/reference.ts';
import type { Body, Expression, TraversalExpression, TraversalStep } from '../hcl/ast.ts';
import { rangeBetween } from '../diag/source.ts';
import { type ContentSchema, readContent } from './content.ts';
import type { CheckRule, Configuration, IgnorePath, Module, ModuleCall, Provisioner, Resource } from './module.ts';
import { type ReferencePlace, checkReferences } from './reference-check.ts';
import type { BlockContents, Schema } from './schema.ts';
import { type SchemaSource, displaySource, sourceOfProvider, sourceOfResource } from './schema-source.ts';
import { checkSteps } from './schema-traversal.ts';

/** Problems of all modules of a configuration that was loaded without errors. */
export function validateReferences(configuration: Configuration, schemas: SchemaSource): Diagnostics {
  const validator = new Validator(schemas);
  for (const module of configuration.modules.values()) validator.module(module);
  return validator.diagnostics;
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
    for (const config of module.providers.values()) {
      this.#body(config.body, this.#schemas.provider(sourceOfProvider(module, config)), place);
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
    for (const { to, id, identity, forEach } of module.imports) {
      void to;
      for (const expression of [id, identity, forEach]) this.#expression(expression, place);
    }
  }

  /** False when there was anything to complain of. */
  #expression(expression: Expression | undefined, place: ReferencePlace): boolean {
    if (expression === undefined) return true;
    const problems: Diagnostic[] = [];
    return this.#references(referencesIn(expression, problems), problems, place);
  }

  #references(references: readonly Reference[], problems: readonly Diagnostic[], place: ReferencePlace): boolean {
    const found = problems.length > 0 ? problems : checkReferences(references, place, this.#schemas);
    for (const problem of found) this.diagnostics.push(problem);
    return found.length === 0;
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
    }
  }

  #dependsOn(traversals: readonly TraversalExpression[], place: ReferencePlace): void {
    for (const traversal of traversals) {
      const { value, diagnostics } = parseReference(traversal);
      const [first] = value?.remaining ?? [];
      const last = value?.remaining.at(-1);
      if (first && last) {
        const detail =
          'References in depends_on must be to a whole object (resource, etc), not to an attribute of an object.';
        this.diagnostics.push(errorAt(rangeBetween(first, last), 'Invalid depends_on reference', detail));
      } else {
        this.#references(value ? [value] : [], diagnostics, place);
      }
    }
  }

  #resource(resource: Resource, module: Module): void {
    const place: ReferencePlace = resource.check === undefined ? { module } : { module, check: resource.check };
    const { lifecycle } = resource;
    this.#expression(resource.count, place);
    this.#expression(resource.forEach, place);
    this.#expression(lifecycle.enabled, place);
    this.#dependsOn(resource.dependsOn, place);
    for (const provisioner of resource.provisioners) this.#provisioner(provisioner, place);
    this.#body(resource.connection, undefined, place);
    this.#rules(lifecycle.preconditions, place);
    this.#rules(lifecycle.postconditions, place);
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

  #provisioner(provisioner: Provisioner, place: ReferencePlace): void {
    this.#body(provisioner.body, undefined, place);
    this.#body(provisioner.connection, undefined, place);
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
    for (const { value } of call.arguments.values()) this.#expression(value, place);
    const child = module.children.get(call.name);
    if (child) readContent(call.body, argumentsOf(child), this.diagnostics);
  }
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

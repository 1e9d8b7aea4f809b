/**
 * Whether what a reference names is there: the variable, the local value, the resource and its attribute, the module
 * call. Needs no values. What depends on the instance (a key that is not there, `each` without `for_each`) is for the
 * evaluation to say.
 */
import { moduleText } from '../addr/address.ts';
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { suggestion } from '../diag/did-you-mean.ts';
import type { Range } from '../diag/source.ts';
import type { Reference, ReferenceSubject } from '../eval/reference.ts';
import type { Module, Resource } from './module.ts';
import type { SchemaSource } from './schema-source.ts';
import { sourceOfResource } from './schema-source.ts';
import { checkSteps } from './schema-traversal.ts';

/** Where a reference stands. */
export interface ReferencePlace {
  readonly module: Module;
  /** The `check` block around it, whose data source nobody else may see. */
  readonly check?: string;
  /** What tells the instances of the block around it apart. */
  readonly repetition?: 'count' | 'each';
  /** `self` stands for the resource around it. */
  readonly self?: boolean;
}

type ResourceSubject = ReferenceSubject & { readonly kind: 'resource' };

/**
 * Problems of the references of one expression or body. As in Terraform, names of variables and local values are only
 * looked at when resources and modules are all right.
 */
export function checkReferences(
  references: readonly Reference[],
  place: ReferencePlace,
  schemas: SchemaSource,
): Diagnostic[] {
  const objects = references.flatMap((reference) => checkObject(reference, place, schemas));
  return objects.length > 0 ? objects : references.flatMap((reference) => checkNamed(reference, place));
}

/** Resources and module calls. */
function checkObject(reference: Reference, place: ReferencePlace, schemas: SchemaSource): Diagnostic[] {
  const { subject, range } = reference;
  switch (subject.kind) {
    case 'resource':
      return checkResource(reference, subject, place, schemas);
    case 'ephemeral-resource': {
      const detail = `An ephemeral resource "${subject.type}" "${subject.name}" has not been declared in ${displayModule(place.module)}.`;
      return [errorAt(range, 'Reference to undeclared resource', detail)];
    }
    case 'module': {
      const { calls } = place.module;
      if (calls.has(subject.name)) return [];
      const detail = `No module call named "${subject.name}" is declared in ${displayModule(place.module)}.${suggestion(subject.name, [...calls.keys()].sort())}`;
      return [errorAt(range, 'Reference to undeclared module', detail)];
    }
    default:
      return [];
  }
}

/** `the root module` or `module.a` */
export function displayModule(module: Module): string {
  return module.path.length === 0 ? 'the root module' : moduleText(module.path);
}

const MODE_WORDS = { managed: 'managed', data: 'data' } as const;

function checkResource(
  reference: Reference,
  subject: ResourceSubject,
  place: ReferencePlace,
  schemas: SchemaSource,
): Diagnostic[] {
  const { module, check } = place;
  const name = `${subject.type}.${subject.name}`;
  const address = subject.mode === 'data' ? `data.${name}` : name;
  const resource = module.resources.get(address);
  const what = `${MODE_WORDS[subject.mode]} resource "${subject.type}" "${subject.name}"`;
  if (resource === undefined) return [undeclaredResource(what, subject, name, module, reference.range)];
  if (resource.check !== undefined && resource.check !== check) {
    const detail = `The referenced ${what} is not available from this context.`;
    return [errorAt(reference.range, 'Reference to scoped resource', detail)];
  }
  return [...checkKey(reference, subject, resource, address), ...checkAttribute(reference, resource, module, schemas)];
}

function undeclaredResource(
  what: string,
  subject: ResourceSubject,
  name: string,
  module: Module,
  range: Range,
): Diagnostic {
  const hint =
    subject.mode === 'managed' && module.resources.has(`data.${name}`)
      ? `\n\nDid you mean the data resource data.${name}?`
      : '';
  const detail = `A ${what} has not been declared in ${displayModule(module)}.${hint}`;
  return errorAt(range, 'Reference to undeclared resource', detail);
}

/** A key where there is but one instance, or an attribute where there are several. */
function checkKey(reference: Reference, subject: ResourceSubject, resource: Resource, address: string): Diagnostic[] {
  if (!subject.instance) return [];
  const { range } = reference;
  if (subject.key !== undefined) {
    if (resource.count || resource.forEach) return [];
    const detail = `Because ${address} does not have "count" or "for_each" set, references to it must not include an index key. Remove the bracketed index to refer to the single instance of this resource.`;
    return [errorAt(range, 'Unexpected resource instance key', detail)];
  }
  if (!resource.count && !resource.forEach) return [];
  const [argument, key] = resource.count ? ['count', 'count.index'] : ['for_each', 'each.key'];
  const detail = `Because ${address} has "${argument}" set, its attributes must be accessed on specific instances.\n\nFor example, to correlate with indices of a referring resource, use:\n    ${address}[${key}]`;
  return [errorAt(range, 'Missing resource instance key', detail)];
}

function checkAttribute(reference: Reference, resource: Resource, module: Module, schemas: SchemaSource): Diagnostic[] {
  const [next] = reference.remaining;
  if (next === undefined) return [];
  const source = sourceOfResource(module, resource, schemas);
  const schema = schemas.resource(resource.mode, source, resource.type);
  // A type that does not exist is complained of where the resource is declared.
  if (schema === undefined) return [];
  if (next.kind === 'attribute' && next.name === 'count' && !Object.hasOwn(schema.attributes, 'count')) {
    const detail = `The special "count" attribute is no longer supported after Terraform v0.12. Instead, use length(${resource.type}.${resource.name}) to count resource instances.`;
    return [errorAt(reference.range, 'Invalid resource count attribute', detail)];
  }
  return checkSteps(schema, reference.remaining);
}

/** Names that have no schema. */
function checkNamed({ subject, range }: Reference, place: ReferencePlace): Diagnostic[] {
  const { module } = place;
  switch (subject.kind) {
    case 'variable': {
      if (module.variables.has(subject.name)) return [];
      const hint =
        suggestion(subject.name, [...module.variables.keys()].sort()) ||
        ` This variable can be declared with a variable "${subject.name}" {} block.`;
      const detail = `An input variable with the name "${subject.name}" has not been declared.${hint}`;
      return [errorAt(range, 'Reference to undeclared input variable', detail)];
    }
    case 'local': {
      if (module.locals.has(subject.name)) return [];
      const hint = suggestion(subject.name, [...module.locals.keys()].sort());
      const detail = `A local value with the name "${subject.name}" has not been declared.${hint}`;
      return [errorAt(range, 'Reference to undeclared local value', detail)];
    }
    case 'each':
    case 'count':
    case 'path':
    case 'terraform':
      return checkFixed(subject.kind, subject.name, place, range);
    case 'self': {
      if (place.self) return [];
      const detail =
        'The "self" object is not available in this context. This object can be used only in resource provisioner, connection, and postcondition blocks.';
      return [errorAt(range, 'Invalid "self" reference', detail)];
    }
    default:
      return [];
  }
}

const FIXED_NAMES = {
  each: ['key', 'value'],
  count: ['index'],
  path: ['cwd', 'module', 'root'],
  terraform: ['workspace', 'applying'],
} as const;

/** Ends of the sentences about objects with fixed names. */
const FIXED_HINTS = {
  each: ' The supported attributes are each.key and each.value, the current key and value pair of the "for_each" attribute set.',
  count:
    ' The only supported attribute is count.index, which is the index of each instance of a resource block that has the "count" argument set.',
  path: '',
  terraform:
    ' The only supported attributes are terraform.workspace, the name of the currently-selected workspace, and terraform.applying, a boolean which is true only during apply.',
} as const;

function checkFixed(object: keyof typeof FIXED_NAMES, name: string, place: ReferencePlace, range: Range): Diagnostic[] {
  const names: readonly string[] = FIXED_NAMES[object];
  if (names.includes(name)) return checkContext(object, place, range);
  const summary = `Invalid "${object}" attribute`;
  if (object === 'terraform' && name === 'env') {
    const detail =
      'The terraform.env attribute was deprecated in v0.10 and removed in v0.12. The "state environment" concept was renamed to "workspace" in v0.12, and so the workspace name can now be accessed using the terraform.workspace attribute.';
    return [errorAt(range, summary, detail)];
  }
  const hint = object === 'path' ? suggestion(name, names) : FIXED_HINTS[object];
  return [errorAt(range, summary, `The "${object}" object does not have an attribute named "${name}".${hint}`)];
}

/** `each` and `count` exist only where a block is repeated by them. */
function checkContext(object: keyof typeof FIXED_NAMES, place: ReferencePlace, range: Range): Diagnostic[] {
  if (object === 'each' && place.repetition !== 'each') {
    const detail =
      'The "each" object can be used only in "module" or "resource" blocks, and only when the "for_each" argument is set.';
    return [errorAt(range, 'Reference to "each" in context without for_each', detail)];
  }
  if (object === 'count' && place.repetition !== 'count') {
    const detail =
      'The "count" object can only be used in "module", "resource", and "data" blocks, and only when the "count" argument is set.';
    return [errorAt(range, 'Reference to "count" in non-counted context', detail)];
  }
  return [];
}

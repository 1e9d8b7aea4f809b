/** Addresses in plain text: flags and arguments of commands. */
import type { InstanceAddress, ModulePath, ResourceAddress } from '../addr/address.ts';
import {
  type AddressTraversal,
  type Target,
  parseInstance,
  parseModule,
  parseResource,
  parseTarget,
} from '../addr/parse.ts';
import { type Result, failed } from '../diag/diagnostic.ts';
import { parseTraversal } from '../hcl/parser.ts';

/** `-target`: a module, a resource or an instance. */
export function parseTargetText(text: string): Result<Target> {
  return parsed(text, parseTarget);
}

/** `-replace`, `import`, `taint`: one instance. */
export function parseInstanceText(text: string): Result<InstanceAddress> {
  return parsed(text, parseInstance);
}

export function parseResourceText(text: string): Result<ResourceAddress> {
  return parsed(text, parseResource);
}

export function parseModuleText(text: string): Result<ModulePath> {
  return parsed(text, parseModule);
}

function parsed<T>(text: string, parse: (traversal: AddressTraversal) => Result<T>): Result<T> {
  const traversal = parseTraversal(text);
  return traversal.value === undefined ? failed(...traversal.diagnostics) : parse(traversal.value);
}

/** Provider source addresses: `kreuzwerker/docker` is short for `registry.terraform.io/kreuzwerker/docker`. */
import { type Result, errorAt, failed, ok } from '../diag/diagnostic.ts';

const DEFAULT_HOST = 'registry.terraform.io';
const PART = /^[\p{L}\p{N}]+(?:[-_][\p{L}\p{N}]+)*$/u;

export const BUILTIN_TERRAFORM = 'terraform.io/builtin/terraform';

/** Source of a provider that `required_providers` does not name. */
export function impliedProviderSource(localName: string): string {
  return localName === 'terraform' ? BUILTIN_TERRAFORM : `${DEFAULT_HOST}/hashicorp/${localName}`;
}

/** The full form of a source address, in lower case. The diagnostic has no place. */
export function parseProviderSource(text: string): Result<string> {
  const parts = text.split('/');
  const type = parts.at(-1) ?? '';
  const namespace = parts.length > 1 ? (parts.at(-2) ?? '') : 'hashicorp';
  const host = parts.length === 3 ? (parts[0] ?? '') : DEFAULT_HOST;
  if (parts.length > 3 || parts.some((part) => part === '')) {
    const detail = 'The "source" attribute must be in the format "[hostname/][namespace/]name"';
    return failed(errorAt(undefined, 'Invalid provider source string', detail));
  }
  if (!PART.test(type)) return invalidPart('type', type, text);
  if (!PART.test(namespace)) return invalidPart('namespace', namespace, text);
  return ok(`${host}/${namespace}/${type}`.toLowerCase());
}

function invalidPart(what: 'type' | 'namespace', part: string, text: string): Result<string> {
  const detail = `Invalid provider ${what} "${part}" in source "${text}": must contain only letters, digits, and dashes, and may not use leading or trailing dashes"`;
  return failed(errorAt(undefined, `Invalid provider ${what}`, detail));
}

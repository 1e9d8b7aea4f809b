/** Source addresses of modules: which kind they are, and whether they are one at all. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Range } from '../diag/source.ts';

const LOCAL_PREFIXES = ['./', '../', '.\\', '..\\'];
const REGISTRY_NAME = /^[0-9A-Za-z](?:[0-9A-Za-z-_]{0,62}[0-9A-Za-z])?$/;
const REGISTRY_SYSTEM = /^[0-9a-z]{1,64}$/;
const REMOTE = /^(?:[a-z0-9]+::|[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/|bitbucket\.org\/|[^/]+@[^/]+:)/;

/** Written as a path relative to the module that calls. */
export function isLocalSource(source: string): boolean {
  return LOCAL_PREFIXES.some((prefix) => source.startsWith(prefix));
}

/** `namespace/name/system`, possibly with a host before it and a sub-directory after it. */
export function isRegistrySource(source: string): boolean {
  const [address = ''] = source.split('//');
  const parts = address.split('/');
  const [namespace, name, system] = parts.slice(-3);
  if (parts.length !== 3 && parts.length !== 4) return false;
  if (parts.length === 4 && !isRegistryHost(parts[0] ?? '')) return false;
  return REGISTRY_NAME.test(namespace ?? '') && REGISTRY_NAME.test(name ?? '') && REGISTRY_SYSTEM.test(system ?? '');
}

/** Hosts of repositories are taken for those. */
function isRegistryHost(host: string): boolean {
  if (['github.com', 'bitbucket.org', 'gitlab.com'].includes(host)) return false;
  return /^[^.@]+(?:\.[^.@]+)+$|^localhost(?::\d+)?$/.test(host);
}

/** What is wrong with a source, or nothing. With a version only a registry address will do. */
export function checkSource(source: string, hasVersion: boolean, range: Range): Diagnostic | undefined {
  if (hasVersion) {
    if (isRegistrySource(source)) return undefined;
    const why = isLocalSource(source)
      ? `can't use local directory "${source}" as a module registry address`
      : 'a module registry source address must have either three or four slash-separated components';
    const detail = `Failed to parse module registry address: ${why}.\n\nTerraform assumed that you intended a module registry source address because you also set the argument "version", which applies only to registry modules.`;
    return errorAt(range, 'Invalid registry module source address', detail);
  }
  if (isLocalSource(source) || source.startsWith('/') || isRegistrySource(source) || REMOTE.test(source)) {
    return undefined;
  }
  if (source === '.' || source === '..') return undefined;
  const detail = `Terraform failed to determine your intended installation method for remote module package "${source}".\n\nIf you intended this as a path relative to the current module, use "./${source}" instead. The "./" prefix indicates that the address is a relative filesystem path.`;
  return errorAt(range, 'Invalid module source address', detail);
}

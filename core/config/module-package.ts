/**
 * What the source of a module means: which kind of place it is, its address in full, and the directory inside. Says
 * nothing of how anything is fetched.
 */
import { posix } from 'node:path';
import { isLocalSource, isRegistrySource } from './module-source.ts';

export const DEFAULT_REGISTRY = 'registry.terraform.io';

/** `file` is a directory or an archive on this machine; `other` is a kind that nothing here can fetch. */
export type PackageKind = 'git' | 'http' | 'file' | 'other';

export interface PackageSource {
  readonly kind: PackageKind;
  /** With its scheme, without `git::` and without the directory inside. */
  readonly url: string;
  /** As `modules.json` names the package: `git::https://github.com/a/b.git?ref=v1`. */
  readonly address: string;
  /** Directory inside, empty for the whole; may hold `*`. */
  readonly directory: string;
}

export interface RegistrySource {
  readonly kind: 'registry';
  readonly host: string;
  /** `namespace/name/system` */
  readonly path: string;
  readonly directory: string;
}

export interface LocalSource {
  readonly kind: 'local';
  readonly path: string;
}

export type ModuleSource = LocalSource | RegistrySource | PackageSource;

export function parseModuleSource(source: string): ModuleSource {
  if (isLocalSource(source)) return { kind: 'local', path: source.replaceAll('\\', '/') };
  if (isRegistrySource(source)) return parseRegistrySource(source);
  return parsePackageSource(source);
}

/** The source in full, as `modules.json` has it. */
export function canonicalSource(source: string): string {
  const parsed = parseModuleSource(source);
  if (parsed.kind === 'local') return source;
  if (parsed.kind === 'registry') {
    return `${parsed.host}/${parsed.path}${parsed.directory === '' ? '' : `//${parsed.directory}`}`;
  }
  return withDirectory(parsed.address, parsed.directory);
}

/** Without the password that may stand in an address. */
export function shownSource(source: string): string {
  return source.replace(/\/\/([^/@:\s]*):[^/@\s]*@/g, '//$1:xxxxx@').replace(/([?&]sshkey=)[^&\s'"]*/g, '$1xxxxx');
}

function parseRegistrySource(source: string): RegistrySource {
  const [address = '', ...inside] = source.split('//');
  const parts = address.split('/');
  const host = parts.length === 4 ? (parts[0] ?? '').toLowerCase() : DEFAULT_REGISTRY;
  return { kind: 'registry', host, path: parts.slice(-3).join('/'), directory: cleanDirectory(inside.join('/')) };
}

/** A source that is neither local nor in a registry, as a registry answers it too. */
export function parsePackageSource(source: string): PackageSource {
  const { address, directory } = splitDirectory(source);
  const [, forced, plain = address] = /^([A-Za-z0-9]+)::(.+)$/s.exec(address) ?? [];
  const detected = detect(plain);
  const kind = kindOf(forced ?? detected.forced, detected.url);
  const prefix = kind === 'git' ? 'git::' : forced && kind === 'other' ? `${forced}::` : '';
  return { kind, url: detected.url, address: prefix + detected.url, directory };
}

/** The part behind `//`; the query stays with the address. */
function splitDirectory(source: string): { readonly address: string; readonly directory: string } {
  const scheme = source.indexOf('://');
  const query = source.indexOf('?');
  const end = query < 0 ? source.length : query;
  const at = source.indexOf('//', scheme < 0 ? 0 : scheme + 3);
  if (at < 0 || at >= end) return { address: source, directory: '' };
  return { address: source.slice(0, at) + source.slice(end), directory: cleanDirectory(source.slice(at + 2, end)) };
}

function cleanDirectory(text: string): string {
  const clean = posix.normalize(text.replace(/^\/+|\/+$/g, ''));
  return clean === '.' ? '' : clean;
}

function withDirectory(address: string, directory: string): string {
  if (directory === '') return address;
  const query = address.indexOf('?');
  return query < 0 ? `${address}//${directory}` : `${address.slice(0, query)}//${directory}${address.slice(query)}`;
}

/** Shorthands written out. */
function detect(source: string): { readonly url: string; readonly forced?: 'git' } {
  const hosted = /^(github\.com|bitbucket\.org)\/([^/?]+)\/([^/?]+)([^?]*)(\?.*)?$/s.exec(source);
  if (hosted) {
    const [, host, owner, name = '', rest, query = ''] = hosted;
    return { forced: 'git', url: `https://${host}/${owner}/${name.replace(/\.git$/, '')}.git${rest}${query}` };
  }
  const shell = /^([^@/:?]+@[^/:?]+):(?!\/\/)\/?(.+)$/s.exec(source);
  if (shell) return { forced: 'git', url: `ssh://${shell[1]}/${shell[2]}` };
  return { url: source.startsWith('/') ? `file://${source}` : source };
}

function kindOf(forced: string | undefined, url: string): PackageKind {
  const name = forced ?? /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  switch (name) {
    case 'git':
    case 'ssh':
    case 'git+ssh':
      return 'git';
    case 'http':
    case 'https':
      return 'http';
    case 'file':
      return 'file';
    default:
      return 'other';
  }
}

/**
 * Where the engine is and how to reach it: the provider's arguments, the environment and docker contexts become one
 * `Connection` that remembers where each part of it came from. Opens no connection.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Diagnostic, type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type { ObjectValue } from '../../core/value/value.ts';

export interface Tls {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly verify: boolean;
  /** Name to check the certificate against, where it is not the host's. */
  readonly serverName?: string;
}

export type Endpoint =
  | { readonly kind: 'unix'; readonly socketPath: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly path: string;
      readonly tls: Tls | undefined;
    }
  | SshEndpoint;

/** The engine that `docker system dial-stdio` reaches on another machine. */
export interface SshEndpoint {
  readonly kind: 'ssh';
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  /** Of the engine's socket there, where it is not the usual one. */
  readonly path: string | undefined;
  /** For ssh, before everything else. */
  readonly options: readonly string[];
}

/** What a request can be sent to. */
export type DirectEndpoint = Exclude<Endpoint, SshEndpoint>;

export interface Connection {
  readonly endpoint: Endpoint;
  /** As it was given: `unix:///var/run/docker.sock`. */
  readonly address: string;
  /** Who gave it, in words that fit behind "from": `DOCKER_HOST`, `the docker context "far"`. */
  readonly origin: string;
}

export const DEFAULT_HOST = 'unix:///var/run/docker.sock';

type Environment = Readonly<Record<string, string | undefined>>;

interface Source {
  readonly address: string;
  readonly origin: string;
  /** Folder with TLS material that belongs to the address, of a context. */
  readonly tls?: Tls;
}

/** Decides on the engine; `config` is the provider block, its unknown values already refused. */
export async function resolveConnection(config: ObjectValue, environment: Environment): Promise<Result<Connection>> {
  const source = await findSource(config, environment);
  if (source.value === undefined) return failed(...source.diagnostics);
  const tls = await findTls(config, environment);
  if (hasFailed(tls)) return failed(...tls.diagnostics);
  const endpoint = parseAddress(source.value, tls.value ?? source.value.tls, sshOptions(config, environment));
  if (endpoint.value === undefined) return failed(...endpoint.diagnostics);
  const { address, origin } = source.value;
  return ok({ endpoint: endpoint.value, address, origin });
}

/** A context that is named wins over `host`, as it does in the provider that we stand in for. */
async function findSource(config: ObjectValue, environment: Environment): Promise<Result<Source>> {
  const named = text(config, 'context');
  const context = named ?? environment.DOCKER_CONTEXT ?? '';
  const contextOrigin = named === undefined ? 'DOCKER_CONTEXT' : 'the argument "context"';
  if (context !== '' && context !== 'default') return contextSource(context, contextOrigin, environment);
  const host = text(config, 'host');
  if (host !== undefined && host !== '') return ok({ address: host, origin: 'the argument "host"' });
  const fromEnvironment = environment.DOCKER_HOST ?? '';
  if (fromEnvironment !== '') return ok({ address: fromEnvironment, origin: 'DOCKER_HOST' });
  const current = context === 'default' ? undefined : await currentContext(environment);
  if (current !== undefined && current !== '' && current !== 'default') {
    return contextSource(current, `"currentContext" in ${configFile(environment)}`, environment);
  }
  return ok({
    address: DEFAULT_HOST,
    origin: 'the default, as neither "host" nor DOCKER_HOST nor a docker context says otherwise',
  });
}

/** Folder of the docker client's configuration. */
export function configFolder(environment: Environment): string {
  const home = environment.HOME === undefined || environment.HOME === '' ? homedir() : environment.HOME;
  return environment.DOCKER_CONFIG === undefined || environment.DOCKER_CONFIG === ''
    ? join(home, '.docker')
    : environment.DOCKER_CONFIG;
}

export function configFile(environment: Environment): string {
  return join(configFolder(environment), 'config.json');
}

async function currentContext(environment: Environment): Promise<string | undefined> {
  const config = await readJson(configFile(environment));
  const name = member(config, 'currentContext');
  return typeof name === 'string' ? name : undefined;
}

async function contextSource(name: string, namedBy: string, environment: Environment): Promise<Result<Source>> {
  const folder = createHash('sha256').update(name).digest('hex');
  const file = join(configFolder(environment), 'contexts', 'meta', folder, 'meta.json');
  const docker = member(member(await readJson(file), 'Endpoints'), 'docker');
  const address = member(docker, 'Host');
  if (typeof address !== 'string' || address === '') return failed(noContext(name, namedBy, file));
  const material = await contextTls(join(configFolder(environment), 'contexts', 'tls', folder, 'docker'));
  const verify = member(docker, 'SkipTLSVerify') !== true;
  const tls = material === undefined ? {} : { tls: { ...material, verify } };
  return ok({ address, origin: `the docker context "${name}" (${namedBy})`, ...tls });
}

async function contextTls(folder: string): Promise<Omit<Tls, 'verify'> | undefined> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readText(join(folder, name))),
  );
  return ca === undefined && cert === undefined && key === undefined ? undefined : { ca, cert, key };
}

function noContext(name: string, namedBy: string, file: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'Docker context not found',
    detail:
      `The docker context "${name}" is named by ${namedBy}, but it has no address for a Docker Engine in ${file}. ` +
      'See "docker context ls" for the contexts that there are.',
    path: namedBy.includes('argument') ? ['context'] : [],
  };
}

// ---- TLS ---------------------------------------------------------------------------------------------------------

/** PEM texts win over a folder. Undefined without diagnostics: no TLS is asked for. */
async function findTls(config: ObjectValue, environment: Environment): Promise<Result<Tls>> {
  const cert = text(config, 'cert_material') ?? environment.DOCKER_CERT_MATERIAL ?? '';
  const key = text(config, 'key_material') ?? environment.DOCKER_KEY_MATERIAL ?? '';
  const folder = text(config, 'cert_path') ?? environment.DOCKER_CERT_PATH ?? '';
  if (cert !== '' || key !== '') return materialTls(cert, key, folder, config, environment);
  if (folder === '') return verifyOnly(environment);
  return folderTls(folder);
}

function materialTls(
  cert: string,
  key: string,
  folder: string,
  config: ObjectValue,
  environment: Environment,
): Result<Tls> {
  const missing = cert === '' ? 'cert_material' : key === '' ? 'key_material' : undefined;
  if (missing !== undefined) {
    return failed(
      tlsProblem(missing, `"cert_material" and "key_material" belong together, and "${missing}" is missing.`),
    );
  }
  if (folder !== '' && text(config, 'cert_path') !== undefined) {
    return failed(
      tlsProblem(
        'cert_path',
        '"cert_path" cannot stand beside "cert_material" and "key_material". Leave one of them out.',
      ),
    );
  }
  const ca = text(config, 'ca_material') ?? environment.DOCKER_CA_MATERIAL ?? '';
  // As with the provider that we stand in for: without a CA the engine's certificate is not checked.
  return ok({ ca: ca === '' ? undefined : ca, cert, key, verify: ca !== '' });
}

async function folderTls(folder: string): Promise<Result<Tls>> {
  const names = ['ca.pem', 'cert.pem', 'key.pem'];
  const texts = await Promise.all(names.map((name) => readText(join(folder, name))));
  const missing = names.filter((_, index) => texts[index] === undefined);
  if (missing.length > 0) {
    return failed(
      tlsProblem(
        'cert_path',
        `${missing.map((name) => join(folder, name)).join(', ')} cannot be read. The folder has to hold ca.pem, cert.pem and key.pem.`,
      ),
    );
  }
  return ok({ ca: texts[0], cert: texts[1], key: texts[2], verify: true });
}

/** `DOCKER_TLS_VERIFY` alone: the docker client looks into its own folder. */
async function verifyOnly(environment: Environment): Promise<Result<Tls>> {
  if ((environment.DOCKER_TLS_VERIFY ?? '') === '') return { value: undefined, diagnostics: [] };
  return folderTls(configFolder(environment));
}

function tlsProblem(argument: string, detail: string): Diagnostic {
  return { severity: 'error', summary: 'Invalid TLS material', detail, path: [argument] };
}

// ---- Addresses ---------------------------------------------------------------------------------------------------

function parseAddress(source: Source, tls: Tls | undefined, options: readonly string[]): Result<Endpoint> {
  const match = /^([a-z]+):\/\/(.*)$/i.exec(source.address);
  const scheme = match?.[1]?.toLowerCase();
  const rest = match?.[2] ?? '';
  if (scheme === 'unix' && rest !== '') return ok({ kind: 'unix', socketPath: rest });
  if (scheme === 'tcp' || scheme === 'http' || scheme === 'https') return tcpEndpoint(scheme, source, tls);
  if (scheme === 'ssh') return sshEndpoint(source, options);
  // A pipe is opened like a socket, where the system has pipes.
  if (scheme === 'npipe' && rest !== '') return ok({ kind: 'unix', socketPath: rest.replaceAll('/', '\\') });
  return failed(invalidAddress(source));
}

function tcpEndpoint(scheme: string, source: Source, tls: Tls | undefined): Result<Endpoint> {
  const plain = source.address.replace(/^[a-z]+:/i, 'http:');
  const url = URL.canParse(plain) ? new URL(plain) : undefined;
  if (url === undefined || url.hostname === '') return failed(invalidAddress(source));
  const secured = scheme === 'https' ? (tls ?? { ca: undefined, cert: undefined, key: undefined, verify: true }) : tls;
  const fallback = scheme === 'tcp' ? (secured ? 2376 : 2375) : scheme === 'https' ? 443 : 80;
  // URL drops a port that is the default of its scheme.
  const written = /:(\d+)(\/|$)/.exec(source.address.slice(scheme.length + 3))?.[1];
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const path = url.pathname.replace(/\/$/, '');
  return ok({ kind: 'tcp', host, port: written === undefined ? fallback : Number(written), path, tls: secured });
}

function sshOptions(config: ObjectValue, environment: Environment): string[] {
  const given = config.attributes.get('ssh_opts');
  if (given?.kind === 'list') return given.elements.flatMap((each) => (each.kind === 'string' ? [each.value] : []));
  return (environment.DOCKER_SSH_OPTS ?? '').split(/\s+/).filter((each) => each !== '');
}

function sshEndpoint(source: Source, options: readonly string[]): Result<Endpoint> {
  const url = URL.canParse(source.address) ? new URL(source.address) : undefined;
  const host = url?.hostname.replace(/^\[|\]$/g, '') ?? '';
  // A host that begins with a dash would be an option of ssh.
  if (url === undefined || host === '' || host.startsWith('-') || url.password !== '')
    return failed(invalidAddress(source));
  const path = url.pathname === '' || url.pathname === '/' ? undefined : url.pathname;
  const user = url.username === '' ? undefined : decodeURIComponent(url.username);
  return ok({ kind: 'ssh', user, host, port: url.port === '' ? undefined : Number(url.port), path, options });
}

function invalidAddress(source: Source): Diagnostic {
  return {
    severity: 'error',
    summary: 'Invalid Docker host',
    detail:
      `"${source.address}" (from ${source.origin}) is not an address of a Docker Engine. ` +
      'Write unix:///path/to/docker.sock, ssh://user@host, tcp://host:2375, or tcp://host:2376 with TLS material.',
    path: source.origin.includes('"host"') ? ['host'] : [],
  };
}

// ---- Reading -----------------------------------------------------------------------------------------------------

function text(config: ObjectValue, name: string): string | undefined {
  const value = config.attributes.get(name);
  return value?.kind === 'string' ? value.value : undefined;
}

function hasFailed(result: Result<unknown>): boolean {
  return result.value === undefined && result.diagnostics.length > 0;
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Undefined when the file is not there or is not JSON: a broken client configuration is not ours to judge. */
export async function readJson(file: string): Promise<unknown> {
  const content = await readText(file);
  try {
    return content === undefined ? undefined : JSON.parse(content);
  } catch {
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

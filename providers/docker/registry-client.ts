/**
 * The part of the registry protocol that is needed beside the engine: digests, manifests, tags, and taking a manifest
 * away. Answers challenges with the credentials it is given, waits when it is told to, and refuses nothing but what the
 * registry refuses. Knows no resource type.
 */
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import type { ObjectValue } from '../../core/value/value.ts';
import { blocksAt, flagAt, textAt } from './attributes.ts';
import { type ImageName, parseImageName } from './image-name.ts';
import { type Inspected, fieldOf, listOf, recordOf, textOf, textsOf } from './inspect.ts';
import type { RegistryLogin } from './registry-auth.ts';
import type { DockerContext } from './resource-module.ts';
import { pause } from './retry.ts';

export type RegistryAnswer<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** 404: no such image. */
  | { readonly kind: 'absent'; readonly message: string }
  /** 401 or 403 after everything that is known was tried. */
  | { readonly kind: 'denied'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unreachable'; readonly message: string };

export type RegistryFailure = Exclude<RegistryAnswer<never>, { readonly kind: 'done' }>;

/** Where an image is, and how to speak to its registry. */
export interface RegistryTarget {
  /** Host of the API: that of the Hub is another than its name. */
  readonly host: string;
  /** `library/busybox` */
  readonly repository: string;
  /** A tag or a digest. */
  readonly reference: string;
  readonly schemes: readonly ('https' | 'http')[];
  readonly verify: boolean;
  readonly login: RegistryLogin | null;
  readonly signal: AbortSignal;
}

export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly body: Inspected;
}

const HUB = 'docker.io';
const HUB_API = 'registry-1.docker.io';
const TIMEOUT_MS = 30_000;
const MOST_PAGES = 1000;
const MOST_WAITS = 5;
const CERTIFICATES = '/etc/docker/certs.d';

const MANIFESTS: readonly string[] = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
];

/**
 * The registry of an image. Credentials come from an `auth_config` block of `config`, else from the provider; its
 * address says by its scheme how the registry is spoken to. Undefined with a message when the name is none.
 */
export async function registryTarget(
  config: ObjectValue,
  { credentials, reader, signal }: DockerContext,
): Promise<RegistryAnswer<RegistryTarget>> {
  const name = textAt(config, 'name') ?? '';
  const parsed = parseImageName(name);
  if (parsed === undefined) return { kind: 'refused', message: `"${name}" is not an image name` };
  const own = blocksAt(config, 'auth_config')[0];
  const login =
    own === undefined ? await credentials.forHost(parsed.registry) : { value: ownLogin(own), diagnostics: [] };
  if (login.value === undefined) return { kind: 'denied', message: login.diagnostics.map((it) => it.detail).join(' ') };
  const address = own === undefined ? credentials.addressOf(parsed.registry) : (textAt(own, 'address') ?? '');
  const insecure = isLoopback(parsed.registry) || (await isInsecure(parsed.registry, reader));
  const value: RegistryTarget = {
    host: parsed.registry === HUB ? HUB_API : parsed.registry,
    repository: repositoryPath(parsed),
    reference: parsed.digest ?? parsed.tag ?? 'latest',
    schemes: schemesOf(address, insecure),
    verify: flagAt(config, 'insecure_skip_verify') !== true,
    login: login.value,
    signal,
  };
  return { kind: 'done', value };
}

function ownLogin(block: ObjectValue): RegistryLogin | null {
  const username = textAt(block, 'username') ?? '';
  const serveraddress = (textAt(block, 'address') ?? '').replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return username === '' ? null : { username, password: textAt(block, 'password') ?? '', serveraddress };
}

function repositoryPath({ registry, repository }: ImageName): string {
  const path = repository.startsWith(`${registry}/`) ? repository.slice(registry.length + 1) : repository;
  return registry === HUB && !path.includes('/') ? `library/${path}` : path;
}

/** What is written counts; else it is TLS, and the engine's own rule for hosts that it trusts without. */
function schemesOf(address: string, insecure: boolean): readonly ('https' | 'http')[] {
  if (address.startsWith('http://')) return ['http'];
  return insecure && !address.startsWith('https://') ? ['https', 'http'] : ['https'];
}

function isLoopback(host: string): boolean {
  return /^(127(\.\d+){3}|localhost|\[::1\])(:\d+)?$/.test(host);
}

async function isInsecure(host: string, reader: DockerContext['reader']): Promise<boolean> {
  const info = await reader.info();
  return info.kind === 'done' && fieldOf(info.value, 'RegistryConfig', 'IndexConfigs', host, 'Secure') === false;
}

// ---- What is asked -----------------------------------------------------------------------------------------------

/** Digest of the manifest that the reference leads to. */
export async function fetchDigest(target: RegistryTarget): Promise<RegistryAnswer<string>> {
  const head = await ask(target, 'HEAD', manifestPath(target, target.reference), 'pull');
  if (head.kind !== 'done') return head;
  const digest = head.value.headers['docker-content-digest'];
  if (typeof digest === 'string' && digest !== '') return { kind: 'done', value: digest };
  const manifest = await fetchManifest(target);
  return manifest.kind === 'done' ? { kind: 'done', value: manifest.value.digest } : manifest;
}

export async function fetchManifest(target: RegistryTarget): Promise<RegistryAnswer<Manifest>> {
  const answer = await ask(target, 'GET', manifestPath(target, target.reference), 'pull');
  if (answer.kind !== 'done') return answer;
  const { headers, body } = answer.value;
  const parsed = parseJson(body);
  const told = headers['docker-content-digest'];
  const digest = typeof told === 'string' ? told : `sha256:${createHash('sha256').update(body).digest('hex')}`;
  const mediaType = textOf(parsed, 'mediaType') || (headers['content-type'] ?? '');
  return { kind: 'done', value: { digest, mediaType, body: parsed } };
}

/** All tags, page after page. */
export async function fetchTags(target: RegistryTarget): Promise<RegistryAnswer<readonly string[]>> {
  const tags: string[] = [];
  let path: string | undefined = `/v2/${target.repository}/tags/list`;
  for (let page = 0; path !== undefined && page < MOST_PAGES; page++) {
    const answer: RegistryAnswer<Raw> = await ask(target, 'GET', path, 'pull');
    if (answer.kind !== 'done') return answer;
    tags.push(...textsOf(parseJson(answer.value.body), 'tags'));
    path = nextPage(answer.value.headers.link);
  }
  return { kind: 'done', value: tags };
}

function nextPage(link: string | string[] | undefined): string | undefined {
  const match = typeof link === 'string' ? /<([^>]+)>\s*;\s*rel="?next"?/.exec(link) : null;
  return match?.[1]?.replace(/^https?:\/\/[^/]+/, '');
}

/** Takes a manifest away, by its digest. One that is not there is as good as taken away. */
export async function deleteManifest(target: RegistryTarget, digest: string): Promise<RegistryAnswer<undefined>> {
  const answer = await ask(target, 'DELETE', manifestPath(target, digest), 'pull,push,delete');
  if (answer.kind === 'done' || answer.kind === 'absent') return { kind: 'done', value: undefined };
  return answer;
}

function manifestPath({ repository }: RegistryTarget, reference: string): string {
  return `/v2/${repository}/manifests/${reference}`;
}

// ---- How it is asked ---------------------------------------------------------------------------------------------

interface Raw {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

type Method = 'GET' | 'HEAD' | 'DELETE';

async function ask(
  target: RegistryTarget,
  method: Method,
  path: string,
  actions: string,
): Promise<RegistryAnswer<Raw>> {
  let last: RegistryAnswer<Raw> = { kind: 'unreachable', message: 'there is no way to speak to it' };
  for (const scheme of target.schemes) {
    last = await askBy(scheme, target, method, path, actions);
    if (last.kind !== 'unreachable') return last;
  }
  return last;
}

async function askBy(
  scheme: 'https' | 'http',
  target: RegistryTarget,
  method: Method,
  path: string,
  actions: string,
): Promise<RegistryAnswer<Raw>> {
  const url = `${scheme}://${target.host}${path}`;
  try {
    const first = await patiently(target, url, method, undefined);
    if (first.status !== 401) return sorted(first);
    const authorization = await authorize(target, challengeOf(first.headers), actions);
    if (authorization === undefined) return sorted(first);
    return sorted(await patiently(target, url, method, authorization));
  } catch (error) {
    return { kind: 'unreachable', message: `${method} ${url}: ${textOf(error, 'message') || String(error)}` };
  }
}

function sorted(raw: Raw): RegistryAnswer<Raw> {
  const { status } = raw;
  if (status >= 200 && status < 300) return { kind: 'done', value: raw };
  const told = textOf(listOf(parseJson(raw.body), 'errors')[0], 'message');
  const words = `${status} ${http.STATUS_CODES[status] ?? ''}`.trim();
  if (status === 401 || status === 403) return { kind: 'denied', message: `bad credentials: ${words}` };
  const message = told === '' ? words : `${words}: ${told}`;
  return status === 404 ? { kind: 'absent', message } : { kind: 'refused', message };
}

/** A registry that has had too many requests says when to come back, or does not; then the pauses double. */
async function patiently(target: RegistryTarget, url: string, method: Method, authorization: string | undefined) {
  for (let attempt = 0; ; attempt++) {
    const raw = await send(url, method, target, authorization === undefined ? {} : { Authorization: authorization });
    if (raw.status !== 429 || attempt === MOST_WAITS || target.signal.aborted) return raw;
    const seconds = Number(raw.headers['retry-after']);
    await pause(Number.isFinite(seconds) ? Math.min(seconds, 60) * 1000 : 500 * 2 ** attempt, target.signal);
  }
}

async function send(
  url: string,
  method: Method,
  { verify, signal }: Pick<RegistryTarget, 'verify' | 'signal'>,
  headers: Readonly<Record<string, string>>,
): Promise<Raw> {
  const { protocol, host } = new URL(url);
  const options = { method, signal, timeout: TIMEOUT_MS, headers: { Accept: MANIFESTS.join(', '), ...headers } };
  if (protocol === 'http:') return exchange(http.request(url, options));
  const ca = await certificatesFor(host);
  return exchange(https.request(url, { ...options, rejectUnauthorized: verify, ...(ca === undefined ? {} : { ca }) }));
}

/** Authorities that the engine trusts for this registry. */
async function certificatesFor(host: string): Promise<string[] | undefined> {
  try {
    const folder = join(CERTIFICATES, host);
    const files = (await readdir(folder)).filter((file) => file.endsWith('.crt'));
    if (files.length === 0) return undefined;
    const { rootCertificates } = await import('node:tls');
    return [...rootCertificates, ...(await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8'))))];
  } catch {
    return undefined;
  }
}

function exchange(request: http.ClientRequest): Promise<Raw> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.end();
  });
}

function parseJson(body: Buffer): Inspected {
  try {
    return recordOf(JSON.parse(body.toString('utf8')));
  } catch {
    return {};
  }
}

// ---- Challenges --------------------------------------------------------------------------------------------------

export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly parameters: ReadonlyMap<string, string>;
}

/** Of several challenges the first that is known. */
function challengeOf(headers: http.IncomingHttpHeaders): Challenge | undefined {
  return parseChallenge(headers['www-authenticate'] ?? '');
}

export function parseChallenge(header: string): Challenge | undefined {
  const match = /(?:^|,\s*)(basic|bearer)(?:\s+|$)/i.exec(header);
  if (match === null) return undefined;
  const scheme = match[1]?.toLowerCase() === 'bearer' ? 'bearer' : 'basic';
  const parameters = [...header.slice(match.index + match[0].length).matchAll(/([a-z_]+)="([^"]*)"/gi)];
  return { scheme, parameters: new Map(parameters.map(([, name = '', value = '']) => [name.toLowerCase(), value])) };
}

/** The header that answers a challenge; undefined when there is nothing to answer with. */
async function authorize(
  target: RegistryTarget,
  challenge: Challenge | undefined,
  actions: string,
): Promise<string | undefined> {
  if (challenge === undefined) return undefined;
  if (challenge.scheme === 'basic') return basic(target.login);
  const token = await fetchToken(target, challenge.parameters, actions);
  return token === undefined ? undefined : `Bearer ${token}`;
}

function basic(login: RegistryLogin | null): string | undefined {
  if (login?.username === undefined) return undefined;
  return `Basic ${Buffer.from(`${login.username}:${passwordOf(login)}`).toString('base64')}`;
}

/** Of ECR people write the token as it comes, or with its user in front, or as the API gives it: encoded. */
function passwordOf({ password = '', serveraddress }: RegistryLogin): string {
  if (!/\.dkr\.ecr\./.test(serveraddress)) return password;
  if (password.startsWith('AWS:')) return password.slice(4);
  const decoded = Buffer.from(password, 'base64').toString('utf8');
  return decoded.startsWith('AWS:') ? decoded.slice(4) : password;
}

async function fetchToken(
  target: RegistryTarget,
  parameters: ReadonlyMap<string, string>,
  actions: string,
): Promise<string | undefined> {
  const realm = parameters.get('realm');
  if (realm === undefined) return undefined;
  const url = new URL(realm);
  const service = parameters.get('service');
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', parameters.get('scope') ?? `repository:${target.repository}:${actions}`);
  const refresh = target.login?.identitytoken;
  if (refresh !== undefined) return exchangeToken(url, refresh, target.signal);
  const authorization = basic(target.login);
  const headers: Record<string, string> = authorization === undefined ? {} : { Authorization: authorization };
  const answer = await send(url.href, 'GET', target, headers);
  const token = tokenOf(answer);
  // Public images are given without credentials, and wrong ones must not stand in the way.
  return token ?? (authorization === undefined ? undefined : tokenOf(await send(url.href, 'GET', target, {})));
}

function tokenOf({ status, body }: Raw): string | undefined {
  if (status !== 200) return undefined;
  const answer = parseJson(body);
  return textOf(answer, 'token') || textOf(answer, 'access_token') || undefined;
}

/** An identity token, as `docker login` stores it for some registries, is exchanged for one that opens a repository. */
async function exchangeToken(url: URL, refresh: string, signal: AbortSignal): Promise<string | undefined> {
  const body = new URLSearchParams(url.searchParams);
  body.set('grant_type', 'refresh_token');
  body.set('refresh_token', refresh);
  body.set('client_id', 'stowage');
  const answer = await fetch(`${url.origin}${url.pathname}`, { method: 'POST', body, signal });
  const parsed = recordOf(await answer.json().catch(() => ({})));
  return textOf(parsed, 'access_token') || textOf(parsed, 'token') || undefined;
}

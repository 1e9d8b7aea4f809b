/** The registry protocol for modules: where a host keeps it, which versions there are, where one can be fetched. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FetchContext } from './fetch-context.ts';
import { type HostSettings, readHostSettings } from './fetch-hosts.ts';
import { type Fetched, type HttpAnswer, httpGet, shownUrl } from './fetch-http.ts';
import type { RegistrySource } from './module-package.ts';

/** `not-found`: the registry answers, and has no such module. */
export type RegistryAnswer<T> = Fetched<T> | { readonly problem: string; readonly kind: 'not-found' };

const SERVICE = 'modules.v1';

export class ModuleRegistries {
  readonly #context: FetchContext;
  #settings: HostSettings | undefined;
  /** Answers by host and by module: each is asked for once. */
  readonly #bases = new Map<string, Promise<Fetched<URL>>>();
  readonly #versions = new Map<string, Promise<RegistryAnswer<readonly string[]>>>();

  constructor(context: FetchContext) {
    this.#context = context;
  }

  versions(source: RegistrySource): Promise<RegistryAnswer<readonly string[]>> {
    const key = `${source.host}/${source.path}`;
    const known = this.#versions.get(key) ?? this.#askVersions(source);
    this.#versions.set(key, known);
    return known;
  }

  /** Source of one version, as `//` and `git::` say it. */
  async location(source: RegistrySource, version: string): Promise<RegistryAnswer<string>> {
    const base = await this.#base(source.host);
    if ('problem' in base) return base;
    const url = new URL(`${source.path}/${version}/download`, base.value);
    const answer = await this.#get(url, source.host);
    if ('problem' in answer) return answer;
    const { status, headers, body } = answer.value;
    if (status !== 200 && status !== 204) return { problem: statusProblem(answer.value) };
    const header = headers['x-terraform-get'];
    const location = typeof header === 'string' ? header : locationOf(body);
    if (!location) return { problem: `${shownUrl(url)} does not say where the module is: X-Terraform-Get is missing` };
    return { value: /^\.{0,2}\//.test(location) ? new URL(location, answer.value.url).href : location };
  }

  async #askVersions(source: RegistrySource): Promise<RegistryAnswer<readonly string[]>> {
    const base = await this.#base(source.host);
    if ('problem' in base) return base;
    const answer = await this.#get(new URL(`${source.path}/versions`, base.value), source.host);
    if ('problem' in answer) return answer;
    if (answer.value.status === 404) return { problem: 'the registry does not have it', kind: 'not-found' };
    if (answer.value.status !== 200) return { problem: statusProblem(answer.value) };
    const versions = versionsOf(parse(answer.value.body));
    return versions
      ? { value: versions }
      : { problem: `${shownUrl(answer.value.url)} answers with something else than versions` };
  }

  #base(host: string): Promise<Fetched<URL>> {
    const known = this.#bases.get(host) ?? this.#discover(host);
    this.#bases.set(host, known);
    return known;
  }

  async #discover(host: string): Promise<Fetched<URL>> {
    const told = this.#hosts().service(host, SERVICE);
    if (told !== undefined) return baseFrom(told, `https://${host}/`, host);
    const secure = await this.#get(new URL(`https://${host}/.well-known/terraform.json`), host);
    // A registry that somebody tries out on this very machine needs no certificate.
    const plain =
      'problem' in secure && isLoopback(host)
        ? await this.#get(new URL(`http://${host}/.well-known/terraform.json`), host)
        : secure;
    const answer = 'problem' in plain ? secure : plain;
    if ('problem' in answer) return answer;
    if (answer.value.status !== 200)
      return { problem: `${host} does not say which services it has: ${statusProblem(answer.value)}` };
    const service = field(parse(answer.value.body), SERVICE);
    if (typeof service !== 'string')
      return { problem: `${host} has no module registry: ${shownUrl(answer.value.url)} does not name ${SERVICE}` };
    return baseFrom(service, answer.value.url.href, host);
  }

  #get(url: URL, host: string): Promise<Fetched<HttpAnswer>> {
    const token = this.#hosts().token(host);
    const certificates = certificatesOf(this.#context);
    return httpGet(url, {
      signal: this.#context.signal,
      headers: { 'x-terraform-version': '1.11.4', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(certificates === undefined ? {} : { certificates }),
    });
  }

  #hosts(): HostSettings {
    this.#settings ??= readHostSettings(this.#context);
    return this.#settings;
  }
}

/** What `SSL_CERT_FILE` names. */
export function certificatesOf({ environment, workingDirectory }: FetchContext): string | undefined {
  if (!environment.SSL_CERT_FILE) return undefined;
  try {
    return readFileSync(resolve(workingDirectory, environment.SSL_CERT_FILE), 'utf8');
  } catch {
    return undefined;
  }
}

function baseFrom(service: string, from: string, host: string): Fetched<URL> {
  if (!URL.canParse(service, from))
    return { problem: `${host} names "${service}" as its registry, which is no address` };
  const url = new URL(service, from);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return { value: url };
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(host);
}

export function statusProblem({ status, url }: HttpAnswer): string {
  const why =
    status === 401 || status === 403 ? ': it wants a token, in TF_TOKEN_<host> or in a credentials block' : '';
  return `${shownUrl(url)} answers with status ${status}${why}`;
}

function versionsOf(document: unknown): string[] | undefined {
  const modules = field(document, 'modules');
  const listed: unknown = Array.isArray(modules) ? field(modules[0], 'versions') : undefined;
  if (!Array.isArray(listed)) return undefined;
  return listed.map((each) => field(each, 'version')).filter((version) => typeof version === 'string');
}

/** OpenTofu's way: a body instead of a header. */
function locationOf(body: Buffer): string | undefined {
  const location = field(parse(body), 'location');
  return typeof location === 'string' ? location : undefined;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function field(document: unknown, name: string): unknown {
  return typeof document === 'object' && document !== null ? (document as Record<string, unknown>)[name] : undefined;
}

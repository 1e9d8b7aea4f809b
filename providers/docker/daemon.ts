/**
 * The engine, twice. `DockerReader` is the read path: it has no method but GET and HEAD and its transport refuses any
 * other, which is why a plan cannot change anything. `DockerWriter` is dockerode, loaded when the first effect is sent,
 * and the only use of it. Both turn every answer into an `Answer`; neither knows what a resource is.
 */
import { setMaxListeners } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { PeerCertificate } from 'node:tls';
import type Dockerode from 'dockerode';
import { invariant } from '../../core/diag/invariant.ts';
import type { Connection, DirectEndpoint, Endpoint, Tls } from './connection.ts';
import type { SshTunnel } from './ssh-tunnel.ts';
import { type Inspected, listOf, recordOf, textOf } from './inspect.ts';
import { type Answer, type Failure, failureOf } from './outcome.ts';
import { readJsonLines } from './streams.ts';

/** The newest API that this program was written for; an older engine is spoken to in its own. */
const NEWEST_API = '1.47';
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** Idle connections must not keep the process alive or pile up. */
const IDLE_MS = 4000;

/** The client library's types, for those who send effects: this file alone imports it. */
export type Engine = Dockerode;
export type EngineContainer = Dockerode.Container;
export type BuildOptions = Dockerode.ImageBuildOptions;
export type ContainerOptions = Dockerode.ContainerCreateOptions;

interface RawAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

// ---- Reading -----------------------------------------------------------------------------------------------------

export interface ReaderOptions {
  /** How many requests may be under way at once; the rest wait for a free connection. */
  readonly parallelism?: number;
  readonly signal?: AbortSignal;
  /** For programs that reach the engine for us: ssh. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export class DockerReader {
  readonly connection: Connection;
  readonly #agent: http.Agent;
  readonly #signal: AbortSignal | undefined;
  readonly #cache = new Map<string, Promise<Answer<unknown>>>();
  readonly #environment: Readonly<Record<string, string | undefined>>;
  #apiVersion: Promise<Answer<string>> | undefined;
  #tunnel: Promise<SshTunnel> | undefined;

  constructor(connection: Connection, options: ReaderOptions = {}) {
    this.connection = connection;
    this.#environment = options.environment ?? {};
    this.#signal = options.signal;
    // Every request under way listens to it, and there may be hundreds.
    if (options.signal) setMaxListeners(0, options.signal);
    const limits = { keepAlive: true, maxSockets: Math.max(options.parallelism ?? 10, 16), timeout: IDLE_MS };
    this.#agent = isSecure(connection.endpoint) ? new https.Agent(limits) : new http.Agent(limits);
  }

  /** The API version that both sides speak, as `1.41`; asks the engine once. */
  apiVersion(): Promise<Answer<string>> {
    this.#apiVersion ??= this.#negotiate();
    return this.#apiVersion;
  }

  /** Undefined when the engine speaks this API version or a newer one, else what to report. */
  async needs(version: string): Promise<Failure | undefined> {
    const has = await this.apiVersion();
    if (has.kind !== 'done') return has.kind === 'unchanged' ? undefined : has;
    return compareVersions(has.value, version) >= 0 ? undefined : { kind: 'too-old', needs: version, has: has.value };
  }

  /** JSON behind a path such as `/networks`, the version left out. */
  async get(path: string): Promise<Answer<unknown>> {
    const answer = await this.#read('GET', path);
    return answer.kind === 'done' ? { kind: 'done', value: parseBody(answer.value.body) } : answer;
  }

  /** The bytes behind a path: logs, archives. */
  async getBytes(path: string): Promise<Answer<Buffer>> {
    const answer = await this.#read('GET', path);
    return answer.kind === 'done' ? { kind: 'done', value: answer.value.body } : answer;
  }

  async getObject(path: string): Promise<Answer<Inspected>> {
    const answer = await this.get(path);
    return answer.kind === 'done' ? { kind: 'done', value: recordOf(answer.value) } : answer;
  }

  async getList(path: string): Promise<Answer<readonly Inspected[]>> {
    const answer = await this.get(path);
    if (answer.kind !== 'done') return answer;
    return { kind: 'done', value: (Array.isArray(answer.value) ? answer.value : []).map(recordOf) };
  }

  containers(): Promise<Answer<readonly Inspected[]>> {
    return this.getList('/containers/json?all=1');
  }

  inspectContainer(idOrName: string): Promise<Answer<Inspected>> {
    return this.getObject(`/containers/${encodeURIComponent(idOrName)}/json`);
  }

  networks(): Promise<Answer<readonly Inspected[]>> {
    return this.getList('/networks');
  }

  inspectNetwork(idOrName: string): Promise<Answer<Inspected>> {
    return this.getObject(`/networks/${encodeURIComponent(idOrName)}`);
  }

  async volumes(): Promise<Answer<readonly Inspected[]>> {
    const answer = await this.getObject('/volumes');
    return answer.kind === 'done' ? { kind: 'done', value: listOf(answer.value, 'Volumes').map(recordOf) } : answer;
  }

  inspectVolume(name: string): Promise<Answer<Inspected>> {
    return this.getObject(`/volumes/${encodeURIComponent(name)}`);
  }

  images(): Promise<Answer<readonly Inspected[]>> {
    return this.getList('/images/json');
  }

  /** Asked once per run: many containers use one image. `forget` after anything that may have moved it. */
  inspectImage(idOrName: string): Promise<Answer<Inspected>> {
    return this.#once(`/images/${encodeImage(idOrName)}/json`);
  }

  /** The engine's description of itself; asked once per run. */
  info(): Promise<Answer<Inspected>> {
    return this.#once('/info');
  }

  /** Drops what is remembered of images, which an effect may have changed. */
  forget(): void {
    for (const path of this.#cache.keys()) if (path.startsWith('/images/')) this.#cache.delete(path);
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    await (await this.#tunnel)?.[Symbol.asyncDispose]();
  }

  #once(path: string): Promise<Answer<Inspected>> {
    let answer = this.#cache.get(path);
    if (answer === undefined) {
      answer = this.get(path);
      this.#cache.set(path, answer);
    }
    return answer.then((it) => (it.kind === 'done' ? { kind: 'done', value: recordOf(it.value) } : it));
  }

  async #negotiate(): Promise<Answer<string>> {
    const answer = await this.#send('GET', '/_ping');
    if (answer.kind !== 'done') return answer;
    const header = answer.value.headers['api-version'];
    const spoken = typeof header === 'string' && /^\d+\.\d+$/.test(header) ? header : NEWEST_API;
    return { kind: 'done', value: compareVersions(spoken, NEWEST_API) < 0 ? spoken : NEWEST_API };
  }

  async #read(method: 'GET' | 'HEAD', path: string): Promise<Answer<RawAnswer>> {
    const version = await this.apiVersion();
    if (version.kind !== 'done') return version;
    return this.#send(method, `/v${version.value}${path}`);
  }

  async #send(method: 'GET' | 'HEAD', path: string): Promise<Answer<RawAnswer>> {
    try {
      const answer = await this.#exchange(method, path);
      if (answer.status >= 200 && answer.status < 300) return { kind: 'done', value: answer };
      return failureOf(answer.status, messageOf(answer.body, answer.status));
    } catch (error) {
      return transportFailure(await this.#explained(error), this.connection);
    }
  }

  /** ssh says more about what went wrong than the connection that it ended. */
  async #explained(error: unknown): Promise<unknown> {
    const complaint = (await this.#tunnel)?.complaint ?? '';
    return complaint === '' ? error : new Error(complaint);
  }

  /** Where requests go: the engine itself, or the near end of a tunnel to it, which is made when it is first needed. */
  async endpoint(): Promise<DirectEndpoint> {
    const { endpoint } = this.connection;
    if (endpoint.kind !== 'ssh') return endpoint;
    this.#tunnel ??= import('./ssh-tunnel.ts').then((module) => module.SshTunnel.open(endpoint, this.#environment));
    return { kind: 'unix', socketPath: (await this.#tunnel).socketPath };
  }

  async #exchange(method: string, path: string): Promise<RawAnswer> {
    invariant(READS.has(method), `the read path was asked to send ${method} ${path}`);
    const endpoint = await this.endpoint();
    const options: https.RequestOptions = {
      ...requestTarget(endpoint),
      method,
      path: `${endpoint.kind === 'tcp' ? endpoint.path : ''}${path}`,
      agent: this.#agent,
      ...(this.#signal ? { signal: this.#signal } : {}),
    };
    return await exchange(isSecure(endpoint) ? https.request(options) : http.request(options));
  }
}

function exchange(request: http.ClientRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
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

// ---- Writing -----------------------------------------------------------------------------------------------------

export class DockerWriter {
  readonly #reader: DockerReader;
  #engine: Promise<Answer<Engine>> | undefined;

  constructor(reader: DockerReader) {
    this.#reader = reader;
  }

  /** Sends one effect. What the effect throws, which is how dockerode reports, becomes an outcome. */
  async send<T>(effect: (engine: Engine) => Promise<T>, signal?: AbortSignal): Promise<Answer<T>> {
    this.#engine ??= this.#open();
    const engine = await this.#engine;
    if (engine.kind !== 'done') return engine;
    try {
      return { kind: 'done', value: await effect(engine.value) };
    } catch (error) {
      return this.#outcome(error, signal);
    } finally {
      this.#reader.forget();
    }
  }

  /**
   * Sends an effect that answers with lines of progress and waits for their end. An error line is a refusal, whatever
   * the HTTP status was; `onLine` sees every other line.
   */
  async follow(
    effect: (engine: Engine) => Promise<NodeJS.ReadableStream>,
    onLine: (line: Inspected) => void,
    signal?: AbortSignal,
  ): Promise<Answer<undefined>> {
    return this.send(async (engine) => {
      const stream = await effect(engine);
      for await (const line of readJsonLines(stream as AsyncIterable<Uint8Array>)) {
        const error = errorLine(line);
        if (error !== undefined) throw new StreamError(error);
        onLine(line);
      }
      return undefined;
    }, signal);
  }

  async #open(): Promise<Answer<Engine>> {
    const version = await this.#reader.apiVersion();
    if (version.kind !== 'done') return version;
    const { default: Docker } = await import('dockerode');
    // No `agent`: docker-modem would print it, sockets and all, before every request.
    const endpoint = await this.#reader.endpoint();
    const prefix = endpoint.kind === 'tcp' && endpoint.path !== '' ? `${endpoint.path.slice(1)}/` : '';
    const engine = new Docker({ ...modemTarget(endpoint), version: `${prefix}v${version.value}` });
    keepBodyOutOfAddress(engine);
    if (endpoint.kind === 'tcp' && endpoint.tls?.verify === false) trustAnyCertificate(engine);
    return { kind: 'done', value: engine };
  }

  #outcome(error: unknown, signal: AbortSignal | undefined): Answer<never> {
    if (signal?.aborted) return { kind: 'aborted' };
    if (error instanceof StreamError) return { kind: 'refused', status: 0, message: error.message };
    const status = recordOf(error).statusCode;
    if (status === 304) return { kind: 'unchanged' };
    if (typeof status === 'number') return failureOf(status, engineMessage(error, status));
    return transportFailure(error, this.#reader.connection);
  }
}

/** What of a request that makes an object belongs into its address. */
const QUERY_NAMES: ReadonlySet<string> = new Set(['name', 'platform']);

/** dockerode writes the whole body of a request that makes an object into its address as well: secrets into logs. */
function keepBodyOutOfAddress(engine: Engine): void {
  const dial = engine.modem.dial.bind(engine.modem);
  engine.modem.dial = (request, callback) => {
    const { path, options } = request;
    if (!/^\/(containers|networks|volumes|services|secrets|configs)\/create\?$/.test(path))
      return dial(request, callback);
    const entries = Object.entries(options ?? {}).filter(([name]) => name !== 'abortSignal' && name !== 'authconfig');
    const inQuery = path.startsWith('/containers') ? entries.filter(([name]) => QUERY_NAMES.has(name)) : [];
    const inBody = entries.filter((entry) => !inQuery.includes(entry));
    return dial(
      { ...request, options: { _query: Object.fromEntries(inQuery), _body: Object.fromEntries(inBody) } },
      callback,
    );
  };
}

interface Requests {
  buildRequest(request: https.RequestOptions, ...rest: readonly unknown[]): void;
}

/** Client certificates without an authority: the engine's own certificate is not checked, as with the peer. */
function trustAnyCertificate(engine: Engine): void {
  const modem = engine.modem as unknown as Requests;
  const build = modem.buildRequest.bind(modem);
  modem.buildRequest = (request, ...rest) => build({ ...request, rejectUnauthorized: false }, ...rest);
}

class StreamError extends Error {}

/** The text of an error line, of pulls, pushes and builds alike. */
function errorLine(line: Inspected): string | undefined {
  const detail = textOf(line, 'errorDetail', 'message');
  if (detail !== '') return detail;
  return typeof line.error === 'string' ? line.error : undefined;
}

/** dockerode's errors carry the engine's answer as `json`, except for streams: there it is only in the message. */
function engineMessage(error: unknown, status: number): string {
  const message = textOf(error, 'json', 'message') || textOf(error, 'json');
  if (message.trim() !== '') return message;
  const told = textOf(error, 'message').replace(/^\(HTTP code \d+\) [^-]* - /, '');
  return told.trim() || textOf(error, 'reason') || `HTTP status ${status}`;
}

function modemTarget(endpoint: DirectEndpoint): Dockerode.DockerOptions {
  if (endpoint.kind === 'unix') return { socketPath: endpoint.socketPath };
  const { host, port, tls } = endpoint;
  if (tls === undefined) return { host, port, protocol: 'http' };
  return { host, port, protocol: 'https', ...tlsOptions(tls) };
}

// ---- Shared ------------------------------------------------------------------------------------------------------

function isSecure(endpoint: Endpoint): boolean {
  return endpoint.kind === 'tcp' && endpoint.tls !== undefined;
}

function requestTarget(endpoint: DirectEndpoint): https.RequestOptions {
  // Without a server name node would find out whether the host is an address: 10 ms for the first request.
  if (endpoint.kind === 'unix') return { socketPath: endpoint.socketPath, headers: { Host: 'docker' }, servername: '' };
  const { host, port, tls } = endpoint;
  return { host, port, ...(tls ? { ...tlsOptions(tls), rejectUnauthorized: tls.verify, ...serverName(tls) } : {}) };
}

function tlsOptions(tls: Tls): { ca?: string; cert?: string; key?: string } {
  const { ca, cert, key } = tls;
  return { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) };
}

function serverName(tls: Tls): {
  servername?: string;
  checkServerIdentity?: (host: string, peer: PeerCertificate) => Error | undefined;
} {
  return tls.serverName === undefined ? {} : { servername: tls.serverName };
}

/** Names have slashes, colons and at signs, which the engine wants as they are. */
function encodeImage(name: string): string {
  return encodeURIComponent(name).replace(/%2F/g, '/').replace(/%3A/g, ':').replace(/%40/g, '@');
}

function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function messageOf(body: Buffer, status: number): string {
  const message = textOf(parseBody(body), 'message');
  return message === '' ? body.toString('utf8').trim() || `HTTP status ${status}` : message;
}

function transportFailure(error: unknown, connection: Connection): Failure {
  const { code, name, message } = recordOf(error);
  if (name === 'AbortError' || code === 'ABORT_ERR') return { kind: 'aborted' };
  const text = typeof message === 'string' && message !== '' ? message : String(error);
  return { kind: 'unreachable', message: text, code: typeof code === 'string' ? code : 'ERROR', connection };
}

/** Order of two versions such as `1.9` and `1.41`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

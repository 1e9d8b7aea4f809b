// A small Docker Engine API client on node:http for the tests, the demo and the benchmarks: it finds the engine as the
// docker CLI would and sends one request. It refuses to know what the product does: tests look at the daemon through it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';

const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true }) };

/** Where the engine is: DOCKER_HOST, else the current docker context, else the default socket. */
export function engineHost(env = process.env) {
  if (env.DOCKER_HOST) return env.DOCKER_HOST;
  return contextHost(env) ?? 'unix:///var/run/docker.sock';
}

function contextHost(env) {
  const config = env.DOCKER_CONFIG || join(homedir(), '.docker');
  const name = env.DOCKER_CONTEXT || readJson(join(config, 'config.json'))?.currentContext;
  if (!name || name === 'default') return undefined;
  const folder = createHash('sha256').update(name).digest('hex');
  return readJson(join(config, 'contexts', 'meta', folder, 'meta.json'))?.Endpoints?.docker?.Host;
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function target(host, env) {
  const url = new URL(host);
  if (url.protocol === 'unix:') return { protocol: 'http:', socketPath: url.pathname };
  if (!['tcp:', 'http:', 'https:'].includes(url.protocol)) throw new Error(`the tests cannot speak to ${host}`);
  const address = { hostname: url.hostname, port: url.port || (env.DOCKER_TLS_VERIFY ? 2376 : 2375) };
  if (url.protocol !== 'https:' && !env.DOCKER_TLS_VERIFY) return { protocol: 'http:', ...address };
  const folder = env.DOCKER_CERT_PATH || join(homedir(), '.docker');
  const read = (name) => readFileSync(join(folder, name));
  return { protocol: 'https:', ...address, ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}

/**
 * Sends one request and resolves to { status, body }: body is parsed JSON when it is JSON, else text. It rejects only
 * when no answer came; an answer of 404 or 500 is an answer. `body` may be a Buffer (a tar) or a value sent as JSON.
 */
export function engine(method, path, body, { env = process.env, timeoutMs = 120_000 } = {}) {
  const to = target(engineHost(env), env);
  const raw = Buffer.isBuffer(body);
  const data = body === undefined ? undefined : raw ? body : Buffer.from(JSON.stringify(body));
  const headers = data
    ? { 'Content-Type': raw ? 'application/x-tar' : 'application/json', 'Content-Length': data.length }
    : {};
  const send = to.protocol === 'https:' ? https.request : http.request;
  return new Promise((resolve, reject) => {
    const request = send(
      { ...to, method, path, headers, agent: agents[to.protocol], timeout: timeoutMs },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode, body: decode(Buffer.concat(chunks)) }));
      },
    );
    request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer in ${timeoutMs} ms`)));
    request.on('error', reject);
    request.end(data);
  });
}

function decode(buffer) {
  const text = buffer.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The paths at which one object of a kind is inspected. */
export const inspectPaths = {
  container: (name) => `/containers/${encodeURIComponent(name)}/json`,
  network: (name) => `/networks/${encodeURIComponent(name)}`,
  volume: (name) => `/volumes/${encodeURIComponent(name)}`,
  image: (name) => `/images/${name}/json`,
};

/** The inspected object, or undefined when the engine answers 404; any other answer is an error. */
export async function inspect(kind, name) {
  const path = inspectPaths[kind];
  if (!path) throw new Error(`no such kind of object: ${kind} (${Object.keys(inspectPaths).join(', ')})`);
  const { status, body } = await engine('GET', path(name));
  if (status === 404) return undefined;
  if (status !== 200) throw new Error(`inspect ${kind} ${name}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** Every object whose name starts with `prefix`, as { kind, id, name }, in the order in which they can be removed. */
export async function objectsOf(prefix) {
  const [containers, networks, volumes, images] = await Promise.all([
    engine('GET', '/containers/json?all=1'),
    engine('GET', '/networks'),
    engine('GET', '/volumes'),
    engine('GET', '/images/json'),
  ]);
  const found = [];
  for (const item of containers.body)
    for (const name of item.Names ?? []) found.push({ kind: 'container', id: item.Id, name: name.slice(1) });
  for (const item of networks.body) found.push({ kind: 'network', id: item.Id, name: item.Name });
  for (const item of volumes.body.Volumes ?? []) found.push({ kind: 'volume', id: item.Name, name: item.Name });
  for (const item of images.body)
    for (const tag of item.RepoTags ?? []) found.push({ kind: 'image', id: tag, name: tag });
  return found.filter((item) => item.name.startsWith(prefix));
}

const removePaths = {
  container: (id) => `/containers/${id}?force=1&v=1`,
  network: (id) => `/networks/${id}`,
  volume: (id) => `/volumes/${id}?force=1`,
  image: (id) => `/images/${id}?force=1`,
};

/** Removes every object whose name starts with `prefix` and says which there were. A prefix under 4 letters is refused. */
export async function sweep(prefix) {
  if (prefix.length < 4) throw new Error(`sweep: the prefix "${prefix}" is too short to be anyone's own`);
  const found = await objectsOf(prefix);
  for (const { kind, id, name } of found) {
    const { status, body } = await engine('DELETE', removePaths[kind](id));
    if (status >= 400 && status !== 404) throw new Error(`remove ${kind} ${name}: ${status} ${JSON.stringify(body)}`);
  }
  return found;
}

/**
 * Credentials for registries: the provider's `registry_auth` blocks first, then the docker client's configuration with
 * its plain entries and credential helpers. Asked per pull, as helpers hand out tokens that expire.
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type { ObjectValue, Value } from '../../core/value/value.ts';
import { configFile } from './connection.ts';
import { fieldOf, recordOf, textOf } from './inspect.ts';

export interface RegistryCredentials {
  /** What the engine is told for a pull from this host. A value of null: nothing is known, ask without credentials. */
  forHost(host: string): Promise<Result<RegistryLogin | null>>;
  /** Address of this host as a `registry_auth` block writes it, with its scheme if any; empty when none does. */
  addressOf(host: string): string;
}

/** In the form of the engine's `X-Registry-Auth`. */
export interface RegistryLogin {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly serveraddress: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const HUB_KEY = 'https://index.docker.io/v1/';
const HUB_HOSTS: readonly string[] = [
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
];

/** `config` is the provider block. */
export function registryCredentials(config: ObjectValue, environment: Environment): RegistryCredentials {
  const blocks = config.attributes.get('registry_auth');
  const elements: readonly Value[] = blocks?.kind === 'set' || blocks?.kind === 'list' ? blocks.elements : [];
  const byHost = new Map<string, ObjectValue>();
  for (const element of elements)
    if (element.kind === 'object') byHost.set(hostOf(textAt(element, 'address') ?? ''), element);
  const blockFor = (host: string): ObjectValue | undefined =>
    spellings(host)
      .map((name) => byHost.get(name))
      .find((found) => found !== undefined);
  return {
    addressOf: (host) => textAt(blockFor(host) ?? config, 'address') ?? '',
    forHost(host) {
      const block = blockFor(host);
      return block === undefined ? fromClient(host, environment) : fromBlock(block, host, environment);
    },
  };
}

/** Scheme and path of an address do not matter. */
function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

/** Other names under which the same registry may be written. */
function spellings(host: string): readonly string[] {
  return HUB_HOSTS.includes(host) ? [host, ...HUB_HOSTS.filter((name) => name !== host)] : [host];
}

async function fromBlock(
  block: ObjectValue,
  host: string,
  environment: Environment,
): Promise<Result<RegistryLogin | null>> {
  if (flagAt(block, 'auth_disabled')) return ok(null);
  const username = textAt(block, 'username') ?? environment.DOCKER_REGISTRY_USER ?? '';
  if (username !== '') {
    return ok({
      username,
      password: textAt(block, 'password') ?? environment.DOCKER_REGISTRY_PASS ?? '',
      serveraddress: host,
    });
  }
  const content = textAt(block, 'config_file_content') ?? '';
  if (content !== '') return fromText(content, '"config_file_content"', host, environment);
  const written = textAt(block, 'config_file');
  const file =
    written === undefined ? configFile(environment) : written.replace(/^~(?=\/)/, environment.HOME ?? homedir());
  return fromFile(file, host, environment);
}

async function fromFile(file: string, host: string, environment: Environment): Promise<Result<RegistryLogin | null>> {
  try {
    return await fromText(await readFile(file, 'utf8'), file, host, environment);
  } catch {
    return failed(problem(host, `The registry_auth block for it names no user, and ${file} cannot be read.`));
  }
}

async function fromText(
  content: string,
  origin: string,
  host: string,
  environment: Environment,
): Promise<Result<RegistryLogin | null>> {
  let config: unknown;
  try {
    config = JSON.parse(content);
  } catch {
    return failed(problem(host, `${origin} is not JSON, so no credentials can be read from it.`));
  }
  return lookUp(config, host, environment);
}

/** The user's own configuration: nothing in it, or no such file, is not an error. */
async function fromClient(host: string, environment: Environment): Promise<Result<RegistryLogin | null>> {
  try {
    return await lookUp(JSON.parse(await readFile(configFile(environment), 'utf8')), host, environment);
  } catch {
    return ok(null);
  }
}

async function lookUp(config: unknown, host: string, environment: Environment): Promise<Result<RegistryLogin | null>> {
  const keys = HUB_HOSTS.includes(host) ? [HUB_KEY, ...spellings(host)] : [host];
  for (const key of keys) {
    const helper = textOf(config, 'credHelpers', key);
    if (helper !== '') return askHelper(helper, key, host, environment);
  }
  const store = textOf(config, 'credsStore');
  if (store !== '') {
    const stored = await askHelper(store, keys[0] ?? host, host, environment);
    if (stored.value !== null) return stored;
  }
  return ok(plainEntry(fieldOf(config, 'auths'), keys, host));
}

function plainEntry(auths: unknown, keys: readonly string[], host: string): RegistryLogin | null {
  for (const [address, entry] of Object.entries(recordOf(auths))) {
    if (!keys.includes(address) && !keys.includes(hostOf(address))) continue;
    const login = decodeEntry(entry, host);
    if (login !== null) return login;
  }
  return null;
}

function decodeEntry(entry: unknown, host: string): RegistryLogin | null {
  const identitytoken = textOf(entry, 'identitytoken');
  if (identitytoken !== '') return { identitytoken, serveraddress: host };
  const decoded = Buffer.from(textOf(entry, 'auth'), 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  const username = colon > 0 ? decoded.slice(0, colon) : textOf(entry, 'username');
  const password = colon > 0 ? decoded.slice(colon + 1) : textOf(entry, 'password');
  return username === '' ? null : { username, password, serveraddress: host };
}

// ---- Credential helpers ------------------------------------------------------------------------------------------

/** Runs `docker-credential-NAME get`. A helper that knows nothing of the registry answers with null. */
async function askHelper(
  name: string,
  key: string,
  host: string,
  environment: Environment,
): Promise<Result<RegistryLogin | null>> {
  const program = `docker-credential-${name}`;
  const answer = await run(program, key, environment);
  if (answer.failure !== undefined) {
    if (/credentials not found/i.test(answer.failure)) return ok(null);
    return failed(problem(host, `The credential helper ${program} failed: ${answer.failure}`));
  }
  let reply: unknown;
  try {
    reply = JSON.parse(answer.output);
  } catch {
    return failed(problem(host, `The credential helper ${program} did not answer with JSON.`));
  }
  const [username, secret] = [textOf(reply, 'Username'), textOf(reply, 'Secret')];
  if (username === '<token>') return ok({ identitytoken: secret, serveraddress: host });
  return ok(username === '' ? null : { username, password: secret, serveraddress: host });
}

async function run(
  program: string,
  input: string,
  environment: Environment,
): Promise<{ output: string; failure?: string }> {
  const { spawn } = await import('node:child_process');
  return new Promise((resolve) => {
    const child = spawn(program, ['get'], {
      env: { ...environment } as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', (error) => resolve({ output, failure: error.message }));
    child.on('close', (code) =>
      resolve(code === 0 ? { output } : { output, failure: (output + errors).trim() || `exit code ${code}` }),
    );
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function problem(host: string, detail: string) {
  return {
    severity: 'error',
    summary: 'Registry credentials not available',
    detail: `No credentials for the registry ${host}. ${detail}`,
  } as const;
}

function textAt(block: ObjectValue, name: string): string | undefined {
  const value = block.attributes.get(name);
  return value?.kind === 'string' ? value.value : undefined;
}

function flagAt(block: ObjectValue, name: string): boolean {
  const value = block.attributes.get(name);
  return value?.kind === 'bool' && value.value;
}

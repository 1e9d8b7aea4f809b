/** Pulling an image: credentials, progress in words, and what to do about the usual refusals. */
import { type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type { Outcome } from '../../core/provider.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { parseImageName, pulledTag } from './image-name.ts';
import { type Inspected, numberOf, textOf } from './inspect.ts';
import { type Failure, failureDiagnostic, isFailure } from './outcome.ts';
import type { RegistryLogin } from './registry-auth.ts';
import type { EffectTools } from './resource-module.ts';

/** Pulls `arguments.name` for `arguments.platform`; the outcome holds the ID of the image. */
export async function runPull(args: JsonObject, tools: EffectTools, signal: AbortSignal): Promise<Result<Outcome>> {
  const name = textOf(args, 'name');
  const parsed = parseImageName(name);
  if (parsed === undefined) return failed(notAName(name));
  const login = await tools.docker.credentials.forHost(parsed.registry);
  if (login.value === undefined) return failed(...login.diagnostics);
  const platform = textOf(args, 'platform');
  const options = {
    fromImage: parsed.repository,
    tag: pulledTag(parsed),
    ...(platform === '' ? {} : { platform }),
    abortSignal: signal,
  };
  const layers = new LayerProgress(tools.progress);
  const answer = await tools.writer.follow(
    (engine) => engine.createImage(authOf(login.value), options),
    (line) => layers.add(line),
    signal,
  );
  if (isFailure(answer)) return failed(pullFailure(answer, name, login.value !== null));
  const image = await tools.docker.reader.inspectImage(name);
  if (image.kind === 'done') return ok({ id: textOf(image.value, 'Id') }, login.diagnostics);
  return failed(
    ...(isFailure(image) ? [failureDiagnostic(image, `find the image "${name}" after it was pulled`)] : []),
  );
}

/** dockerode takes the options for credentials when there are none before them. */
function authOf(login: RegistryLogin | null | undefined): object {
  return login ?? {};
}

function notAName(name: string) {
  return {
    severity: 'error',
    summary: 'Invalid image name',
    detail: `"${name}" is not there, and it is not a name that can be pulled.`,
    path: ['name'],
  } as const;
}

function pullFailure(failure: Failure, name: string, withCredentials: boolean) {
  const remedy = 'message' in failure ? remedyFor(failure.message, withCredentials) : undefined;
  return failureDiagnostic(failure, `pull the image "${name}"`, {
    path: ['name'],
    ...(remedy === undefined ? {} : { remedy }),
  });
}

function remedyFor(message: string, withCredentials: boolean): string | undefined {
  if (/HTTP response to HTTPS client/.test(message))
    return 'The registry speaks plain http: list it under "insecure-registries" in the daemon.json of the engine.';
  if (/manifest (for .* )?(unknown|not found)|not found/i.test(message))
    return 'Check the name and the tag; the registry answers, but it has no such image.';
  if (/unauthorized|denied|authentication|no basic auth/i.test(message)) {
    return withCredentials
      ? 'The registry refused the credentials: check the registry_auth block, or log in again with "docker login".'
      : 'Either there is no such image or it needs credentials: add a registry_auth block to the provider, or log in with "docker login".';
  }
  if (/dial tcp|lookup|timeout|i\/o|no such host|connection refused/i.test(message)) {
    return 'The engine cannot reach the registry. An image that is there already is never pulled: build or load it under this name.';
  }
  if (/no matching manifest/i.test(message))
    return 'The image does not exist for this platform; set "platform" to one that it has.';
  return undefined;
}

/** Counts layers, and says so at most once a second. */
class LayerProgress {
  readonly #done = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #bytes = new Map<string, number>();
  readonly #say: (message: string) => void;
  #saidAt = 0;

  constructor(say: (message: string) => void) {
    this.#say = say;
  }

  add(line: Inspected): void {
    const [layer, status] = [textOf(line, 'id'), textOf(line, 'status')];
    if (layer === '' || /^Pulling from/.test(status)) return;
    this.#seen.add(layer);
    if (/^Downloading/.test(status)) this.#bytes.set(layer, numberOf(line, 'progressDetail', 'current'));
    if (/complete$|^Already exists/i.test(status) && !/^(Download|Verifying)/.test(status)) this.#done.add(layer);
    if (Date.now() - this.#saidAt < 1000) return;
    this.#saidAt = Date.now();
    this.#say(`${this.#done.size} of ${this.#seen.size} layers, ${this.#megabytes()} MB`);
  }

  #megabytes(): string {
    let total = 0;
    for (const bytes of this.#bytes.values()) total += bytes;
    return (total / 1e6).toFixed(1);
  }
}

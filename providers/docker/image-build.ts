/**
 * Building: the `build` block as a request to the Engine's builder, and the request carried out, with the end of the
 * log where it fails. What goes into the archive is the business of build-context.ts.
 */
import { appendFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Diagnostic, type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type { Outcome } from '../../core/provider.ts';
import type { Json, JsonObject } from '../../core/value/json.ts';
import type { ObjectValue } from '../../core/value/value.ts';
import { blocksAt, flagAt, numberAt, textAt, textMapAt, textsAt } from './attributes.ts';
import { type BuildContext, type ContextAsk, archiveContext, scanContext } from './build-context.ts';
import type { BuildOptions } from './daemon.ts';
import { type Inspected, fieldOf, recordOf, textMapOf, textOf } from './inspect.ts';
import { readTrace } from './buildkit-trace.ts';
import { type Answer, failureDiagnostic, isFailure } from './outcome.ts';
import type { DockerContext, EffectTools } from './resource-module.ts';

const LOG_LINES = 30;

/** Where the context of a `build` block is. Undefined while that is not known. */
export function contextAsk(
  build: ObjectValue,
  docker: Pick<DockerContext, 'workingDirectory' | 'environment'>,
): ContextAsk | undefined {
  const context = textAt(build, 'context');
  if (context === undefined || build.attributes.get('dockerfile')?.kind === 'unknown') return undefined;
  return {
    context,
    dockerfile: textAt(build, 'dockerfile') || 'Dockerfile',
    workingDirectory: docker.workingDirectory,
    home: docker.environment.HOME,
  };
}

/** The `build` block as arguments of a step. */
export function buildArguments(name: string, build: ObjectValue): JsonObject {
  return {
    name,
    context: textAt(build, 'context') ?? '',
    dockerfile: textAt(build, 'dockerfile') || 'Dockerfile',
    logFile: textAt(build, 'build_log_file') ?? '',
    query: buildQuery(name, build),
    registries: registryConfig(build),
  };
}

/** Only what says something: the engine has defaults of its own. */
function buildQuery(name: string, build: ObjectValue): JsonObject {
  const labels = { ...textMapAt(build, 'labels'), ...textMapAt(build, 'label') };
  const query: Record<string, Json | undefined> = {
    t: [name, ...textsAt(build, 'tag')],
    buildargs: some(textMapAt(build, 'build_args')),
    labels: some(labels),
    target: textAt(build, 'target'),
    platform: textAt(build, 'platform'),
    remote: textAt(build, 'remote_context'),
    nocache: flagAt(build, 'no_cache'),
    q: flagAt(build, 'suppress_output'),
    pull: flagAt(build, 'pull_parent') === true ? 'true' : undefined,
    rm: flagAt(build, 'remove') ?? true,
    // The container of a failed step belongs to nobody, so it goes unless the configuration says otherwise.
    forcerm: flagAt(build, 'force_remove') ?? flagAt(build, 'remove') ?? true,
    squash: flagAt(build, 'squash'),
    isolation: textAt(build, 'isolation'),
    networkmode: textAt(build, 'network_mode'),
    cgroupparent: textAt(build, 'cgroup_parent'),
    cpusetcpus: textAt(build, 'cpu_set_cpus'),
    cpusetmems: textAt(build, 'cpu_set_mems'),
    cpushares: numberAt(build, 'cpu_shares'),
    cpuquota: numberAt(build, 'cpu_quota'),
    cpuperiod: numberAt(build, 'cpu_period'),
    memory: numberAt(build, 'memory'),
    memswap: numberAt(build, 'memory_swap'),
    shmsize: numberAt(build, 'shm_size'),
    extrahosts: textsAt(build, 'extra_hosts'),
    cachefrom: someList(textsAt(build, 'cache_from')),
    securityopt: textsAt(build, 'security_opt'),
    ulimits: someList(blocksAt(build, 'ulimit').map(ulimit)),
    buildid: textAt(build, 'build_id'),
  };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => isSaid(value))) as JsonObject;
}

function isSaid(value: Json | undefined): boolean {
  return value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0);
}

function some(map: Readonly<Record<string, string>>): JsonObject | undefined {
  return Object.keys(map).length === 0 ? undefined : map;
}

/** The engine takes these lists as JSON text, and others as a parameter that is there several times. */
function someList(list: readonly Json[]): string | undefined {
  return list.length === 0 ? undefined : JSON.stringify(list);
}

function ulimit(block: ObjectValue): JsonObject {
  return { Name: textAt(block, 'name') ?? '', Hard: numberAt(block, 'hard') ?? 0, Soft: numberAt(block, 'soft') ?? 0 };
}

function registryConfig(build: ObjectValue): JsonObject {
  const entries = blocksAt(build, 'auth_config').map((block) => {
    const fields: readonly [string, string][] = [
      ['username', 'user_name'],
      ['password', 'password'],
      ['auth', 'auth'],
      ['email', 'email'],
      ['serveraddress', 'server_address'],
      ['identitytoken', 'identity_token'],
      ['registrytoken', 'registry_token'],
    ];
    const login = fields
      .map(([key, name]) => [key, textAt(block, name) ?? ''] as const)
      .filter(([, text]) => text !== '');
    return [textAt(block, 'host_name') ?? '', Object.fromEntries(login)] as const;
  });
  return Object.fromEntries(entries);
}

/** What the Engine's own builder cannot do; nothing of a `build` block is left out without a word. */
export function unsupportedBuild(build: ObjectValue): readonly Diagnostic[] {
  const needs: string[] = [];
  if (blocksAt(build, 'secrets').length > 0) needs.push('secrets');
  for (const name of ['additional_contexts', 'cache_to']) if (textsAt(build, name).length > 0) needs.push(name);
  for (const name of ['provenance', 'sbom']) if (!['', 'false'].includes(textAt(build, name) ?? '')) needs.push(name);
  if (needs.length === 0) return [];
  return [
    {
      severity: 'error',
      summary: 'Build argument needs BuildKit',
      detail: `${needs.map((name) => `"${name}"`).join(', ')} cannot be given to the Engine's own builder, and this version does not use another one yet. Leave it out, or build the image elsewhere and name it here.`,
      path: ['build'],
    },
  ];
}

// ---- Carrying out ------------------------------------------------------------------------------------------------

/** Sends the context and follows the build. The outcome holds the ID of what the name stands for afterwards. */
export async function runBuild(args: JsonObject, tools: EffectTools, signal: AbortSignal): Promise<Result<Outcome>> {
  const name = textOf(args, 'name');
  const context = await scanForBuild(args, tools.docker);
  if (context.value === undefined) return failed(...context.diagnostics);
  let attempt = await buildOnce(args, context.value, tools, signal, false);
  const again = needsBuildKit(attempt.answer);
  if (again) attempt = await buildOnce(args, context.value, tools, signal, true);
  const { answer, log } = attempt;
  const written = await writeLog(textOf(args, 'logFile'), log, tools.docker.workingDirectory);
  const remarks = [...written, ...(again ? limitsLost(args) : [])];
  if (isFailure(answer)) {
    const failure = answer.kind === 'refused' ? { ...answer, log: log.tail() } : answer;
    return failed(failureDiagnostic(failure, `build the image "${name}"`, { path: ['build'] }), ...remarks);
  }
  return ok({ id: log.imageId ?? name }, remarks);
}

interface Attempt {
  readonly answer: Answer<undefined>;
  readonly log: BuildLog;
}

async function buildOnce(
  args: JsonObject,
  context: BuildContext,
  tools: EffectTools,
  signal: AbortSignal,
  buildKit: boolean,
): Promise<Attempt> {
  const log = new BuildLog(tools.progress);
  const archive = await archiveContext(context);
  // As a number, since dockerode opens a session of its own for the text "2".
  const options = { ...engineQuery(args, context), ...(buildKit ? { version: 2 } : {}), abortSignal: signal };
  const answer = await tools.writer.follow(
    (engine) => engine.buildImage(archive, options as unknown as BuildOptions),
    (line) => log.add(line),
    signal,
  );
  archive.destroy();
  return { answer, log };
}

/** The Engine's first builder says of newer instructions that they need BuildKit, or does not know them at all. */
function needsBuildKit(answer: Answer<undefined>): boolean {
  return answer.kind === 'refused' && /requires BuildKit|unknown instruction|unknown flag/i.test(answer.message);
}

/** Limits that hold for the first builder alone. */
function limitsLost(args: JsonObject): readonly Diagnostic[] {
  const limits = [
    'memory',
    'memswap',
    'cpushares',
    'cpuquota',
    'cpuperiod',
    'cpusetcpus',
    'cpusetmems',
    'ulimits',
    'cgroupparent',
  ];
  const lost = limits.filter((name) => fieldOf(args, 'query', name) !== undefined);
  if (lost.length === 0) return [];
  const detail = `The Dockerfile needs BuildKit, which the limits of the build (${lost.join(', ')}) do not hold for. The image was built without them.`;
  return [{ severity: 'warning', summary: 'Build limits without effect', detail, path: ['build'] }];
}

function scanForBuild(args: JsonObject, docker: DockerContext): Promise<Result<BuildContext>> {
  return scanContext({
    context: textOf(args, 'context'),
    dockerfile: textOf(args, 'dockerfile'),
    workingDirectory: docker.workingDirectory,
    home: docker.environment.HOME,
  });
}

function engineQuery(args: JsonObject, context: BuildContext): Readonly<Record<string, unknown>> {
  const registries = recordOf(args.registries);
  const query = recordOf(args.query);
  return {
    ...query,
    dockerfile: context.dockerfile,
    ...(Object.keys(registries).length === 0 ? {} : { registryconfig: registries }),
  };
}

/** What a build says, line by line. */
class BuildLog {
  readonly #lines: string[] = [];
  readonly #progress: (message: string) => void;
  #open = '';
  imageId: string | undefined;

  constructor(progress: (message: string) => void) {
    this.#progress = progress;
  }

  add(line: Inspected): void {
    const id = textOf(fieldOf(line, 'aux'), 'ID');
    if (id !== '') this.imageId = id;
    if (textOf(line, 'id') === 'moby.buildkit.trace') {
      this.#addTrace(textOf(line, 'aux'));
      return;
    }
    const text = textOf(line, 'stream') || textOf(line, 'status');
    const lines = (this.#open + text.replace(/\r/g, '\n')).split('\n');
    this.#open = lines.pop() ?? '';
    for (const each of lines) this.#keep(each);
  }

  #addTrace(aux: string): void {
    const { started, lines } = readTrace(aux);
    for (const name of started) this.#progress(name);
    this.#lines.push(...started.map((name) => `=> ${name}`), ...lines.map((line) => line.trimEnd()));
  }

  tail(): readonly string[] {
    return this.#all().slice(-LOG_LINES);
  }

  text(): string {
    return this.#all()
      .map((line) => `${line}\n`)
      .join('');
  }

  #all(): readonly string[] {
    return this.#open.trim() === '' ? this.#lines : [...this.#lines, this.#open];
  }

  #keep(line: string): void {
    const plain = line.trimEnd();
    if (plain === '') return;
    this.#lines.push(plain);
    if (/^Step \d+\/\d+ /.test(plain)) this.#progress(plain);
  }
}

async function writeLog(file: string, log: BuildLog, workingDirectory: string): Promise<readonly Diagnostic[]> {
  if (file === '') return [];
  try {
    await appendFile(resolve(workingDirectory, file), log.text());
    return [];
  } catch (error) {
    const detail = `The log of the build cannot be written to "${file}": ${error instanceof Error ? error.message : String(error)}.`;
    return [{ severity: 'warning', summary: 'Build log not written', detail, path: ['build'] }];
  }
}

/** Labels that were asked for and that the image does not bear. */
export function missingLabels(args: unknown, image: Inspected): readonly string[] {
  const there = textMapOf(image, 'Config', 'Labels');
  return [...textMapOf(args, 'query', 'labels')].filter(([key, value]) => there.get(key) !== value).map(([key]) => key);
}

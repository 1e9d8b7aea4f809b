/**
 * Provisioners: commands that run when an object has been made or before it goes. `local-exec` runs here; those that
 * need a connection to another machine are refused when the run is prepared.
 */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { decodeBody } from '../config/decode.ts';
import type { Provisioner, Resource } from '../config/module.ts';
import { type Diagnostic, type Diagnostics, errorAt, hasErrors } from '../diag/diagnostic.ts';
import type { Scope } from '../eval/scope.ts';
import type { Sink } from '../event.ts';
import { LOCAL_EXEC } from '../plan/local-exec-schema.ts';
import { marksIn, unmarkDeep } from '../value/marks.ts';
import type { ObjectValue, Value } from '../value/value.ts';

export interface ProvisionContext {
  readonly address: string;
  readonly scope: Scope;
  readonly events: Sink;
  readonly signal: AbortSignal;
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Runs those of the resource that belong to this moment, in order; stops at the first failure that counts. */
export async function runProvisioners(
  resource: Resource,
  when: Provisioner['when'],
  context: ProvisionContext,
): Promise<Diagnostics> {
  const all: Diagnostic[] = [];
  for (const provisioner of resource.provisioners) {
    if (provisioner.when !== when) continue;
    const problems = await runOne(provisioner, context);
    const softened = provisioner.onFailure === 'continue' ? problems.map(asWarning) : problems;
    all.push(...softened);
    if (hasErrors(softened)) break;
  }
  return all;
}

function asWarning(diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, severity: 'warning' };
}

async function runOne(provisioner: Provisioner, context: ProvisionContext): Promise<Diagnostic[]> {
  const { address, scope, events } = context;
  const problems: Diagnostic[] = [];
  const config = decodeBody(provisioner.body, LOCAL_EXEC, scope, problems);
  if (hasErrors(problems)) return problems;
  events({ kind: 'provision-start', address, provisioner: provisioner.type });
  const failure = await execute(config, context);
  if (failure === undefined) {
    events({ kind: 'provision-complete', address, provisioner: provisioner.type });
    return problems;
  }
  events({ kind: 'provision-errored', address, provisioner: provisioner.type });
  return [...problems, errorAt(provisioner.body.missingItem, 'local-exec provisioner error', failure, { address })];
}

/** What went wrong, or undefined. */
async function execute(marked: ObjectValue, context: ProvisionContext): Promise<string | undefined> {
  const config = unmarkDeep(marked) as ObjectValue;
  const command = text(config.attributes.get('command'));
  if (command === undefined || command === '')
    return 'The command of a local-exec provisioner is empty. Give it a command to run.';
  const [program = '/bin/sh', ...rest] = texts(config.attributes.get('interpreter')) ?? ['/bin/sh', '-c'];
  const secret = marksIn(marked) !== 0;
  const quiet = config.attributes.get('quiet');
  const { address, events } = context;
  const say = (output: string) => events({ kind: 'provision-output', address, provisioner: 'local-exec', output });
  if (secret) say('(output suppressed due to sensitive value in config)');
  else if (!(quiet?.kind === 'bool' && quiet.value)) say(`Executing: ${JSON.stringify([program, ...rest, command])}`);
  const directory = text(config.attributes.get('working_dir')) ?? '.';
  const child = spawn(program, [...rest, command], {
    cwd: resolve(context.workingDirectory, directory),
    env: { ...context.environment, ...environmentOf(config.attributes.get('environment')) },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: context.signal,
  });
  const output: string[] = [];
  const onData = (chunk: Buffer) => {
    const lines = chunk.toString('utf8');
    output.push(lines);
    if (!secret) for (const line of lines.replace(/\n$/, '').split('\n')) say(line);
  };
  child.stdout.on('data', onData);
  child.stderr.on('data', onData);
  const ended = await new Promise<string | undefined>((settle) => {
    child.on('error', (error) => settle(error.message));
    child.on('close', (code, signal) =>
      settle(code === 0 ? undefined : signal ? `signal ${signal}` : `exit status ${code}`),
    );
  });
  if (ended === undefined) return undefined;
  const shown = secret
    ? '(output suppressed, since the configuration holds sensitive values)'
    : output.join('').trimEnd();
  const what = secret ? 'The command' : `The command ${JSON.stringify(command)}`;
  return `${what} failed: ${ended}. Output: ${shown === '' ? '(none)' : shown}`;
}

function text(value: Value | undefined): string | undefined {
  return value?.kind === 'string' ? value.value : undefined;
}

function texts(value: Value | undefined): string[] | undefined {
  return value?.kind === 'list' ? value.elements.flatMap((element) => text(element) ?? []) : undefined;
}

function environmentOf(value: Value | undefined): Record<string, string> {
  if (value?.kind !== 'map') return {};
  return Object.fromEntries(
    [...value.entries].flatMap(([name, each]) => (each.kind === 'string' ? [[name, each.value]] : [])),
  );
}

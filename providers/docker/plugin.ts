/**
 * docker_plugin: schema (in schema/plugin.ts), read, plan, create (install), update (settings, enable, disable), delete.
 * A plugin gets the privileges that the configuration grants and no others.
 */
import { type Diagnostic, type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type {
  Applied,
  PlanAsk,
  Planned,
  Prior,
  RefreshAsk,
  Refreshed,
  ResourceType,
  Runner,
  Step,
} from '../../core/provider.ts';
import { setValue } from '../../core/value/set.ts';
import { STRING } from '../../core/value/type.ts';
import { type ObjectValue, boolValue, stringValue } from '../../core/value/value.ts';
import { blocksAt, flagAt, numberAt, textAt, textsAt, withAttributes } from './attributes.ts';
import type { DockerReader } from './daemon.ts';
import { callEngine, followEngine } from './engine-call.ts';
import { parseImageName } from './image-name.ts';
import { type Inspected, flagOf, listOf, recordOf, textOf, textsOf } from './inspect.ts';
import { type Answer, failureDiagnostic, isFailure } from './outcome.ts';
import { NOTHING_PRIVATE } from './private-data.ts';
import {
  deletePlan,
  isRetiring,
  leftAfterFailure,
  noChange,
  plannedBase,
  priorOf,
  retired,
  runSteps,
  steps,
  verify,
} from './resource-kit.ts';
import type { DockerContext, Effect, EffectTools, ResourceModule } from './resource-module.ts';
import { fullReference, pluginSchema } from './schema/plugin.ts';
import { planFromSchema } from './sdk-plan.ts';
import { settleApplied, settleRefreshed } from './sdk-state.ts';

const PRIVATE = NOTHING_PRIVATE;
const BLANK = planFromSchema({
  schema: pluginSchema,
  prior: null,
  config: { kind: 'object', attributes: new Map(), marks: 0 },
  mode: 'any',
}).value;

export const pluginModule: ResourceModule = {
  resource: pluginType,
  effects: {
    'plugin.install': installEffect,
    'plugin.set': setEffect,
    'plugin.enable': enableEffect,
    'plugin.disable': disableEffect,
    'plugin.remove': removeEffect,
  },
};

function pluginType({ reader }: DockerContext): ResourceType {
  return {
    refresh: (asks) => Promise.all(asks.map((ask) => refresh(ask, reader))),
    plan: async (asks) => asks.map(decide),
    apply: (planned, run) => apply(planned, run, reader),
    importState: (id) => importPlugin(id, reader),
    claims: (value) => [{ kind: 'plugin-name', key: textAt(value, 'alias') ?? textAt(value, 'name') ?? '' }],
    locate: (step) => locate(step, reader),
  };
}

// ---- Read --------------------------------------------------------------------------------------------------------

function inspectPlugin(reader: DockerReader, idOrName: string): Promise<Answer<Inspected>> {
  // Names have slashes and colons, which the engine wants as they are.
  return reader.getObject(`/plugins/${encodeURI(idOrName)}/json`);
}

async function refresh({ prior }: RefreshAsk, reader: DockerReader): Promise<Result<Refreshed>> {
  const id = textAt(prior.value, 'id') ?? '';
  const answer = await inspectPlugin(reader, id);
  if (answer.kind === 'absent') return ok({ outcome: 'absent', prior });
  if (isFailure(answer)) return failed(failureDiagnostic(answer, `read the plugin "${id}"`));
  if (answer.kind !== 'done') return ok({ outcome: 'unchecked', prior });
  const value = settleRefreshed(pluginValue(answer.value, prior.value), prior.value);
  return ok({ outcome: 'present', prior: { ...prior, value }, observed: answer.value });
}

/** What the engine knows, over what only the configuration knows. */
function pluginValue(observed: Inspected, before: ObjectValue): ObjectValue {
  const reference = textOf(observed, 'PluginReference');
  const written = textAt(before, 'name');
  const same = written !== undefined && fullReference(written) === fullReference(reference);
  const env = textsOf(observed, 'Settings', 'Env').map((setting) => stringValue(setting));
  return withAttributes(before, [
    ['id', stringValue(textOf(observed, 'Id'))],
    ['name', stringValue(same ? written : reference)],
    ['alias', stringValue(textOf(observed, 'Name'))],
    ['plugin_reference', stringValue(reference)],
    ['enabled', boolValue(flagOf(observed, 'Enabled'))],
    ['env', setValue(STRING, env)],
  ]);
}

async function importPlugin(id: string, reader: DockerReader): Promise<Result<readonly Prior[]>> {
  const answer = await inspectPlugin(reader, id);
  if (isFailure(answer)) return failed(failureDiagnostic(answer, `read the plugin "${id}"`));
  return ok(answer.kind === 'done' ? [priorOf(pluginValue(answer.value, BLANK), PRIVATE)] : []);
}

// ---- Plan --------------------------------------------------------------------------------------------------------

/** Pure: what is to be done about one plugin. */
export function decide(ask: PlanAsk): Result<Planned> {
  const { prior, config, mode } = ask;
  if (config === null) return ok(deletePlan(ask, steps(removeStep(ask)), 'recreate'));
  const plan = comparison(prior, config, mode === 'replace' ? 'replace' : 'any');
  if (prior !== null && mode === 'any' && plan.changes.length === 0) return ok(noChange(ask, prior));
  const { value, replacePaths, causes } = plan;
  const base = { ...plannedBase(ask), value, replacePaths, causes, private: PRIVATE };
  if (prior === null) return ok({ ...base, impact: 'none', steps: steps(...installSteps(value)) });
  if (mode === 'any' && replacePaths.length === 0) {
    const change = updateSteps(prior.value, value);
    return ok({ ...base, impact: change.length > 0 ? 'restart' : 'none', steps: steps(...change) });
  }
  const [make, retire] = [installSteps(value), removeStep(ask)];
  const ordered = ask.createBeforeDestroy ? [...make, retire] : [retire, ...make];
  return ok({ ...base, impact: 'recreate', steps: steps(...ordered) });
}

/** Settings are compared with those that are written; a plugin has others with defaults of its own. */
function comparison(prior: Prior | null, config: ObjectValue, mode: 'any' | 'replace') {
  const wanted = config.attributes.get('env');
  const desired =
    prior !== null && wanted?.kind === 'set' && wanted.elements.every((it) => it.kind === 'string')
      ? withAttributes(config, [['env', mergedSettings(prior.value, config)]])
      : config;
  return planFromSchema({
    schema: pluginSchema,
    prior: prior?.value ?? null,
    config: mode === 'any' ? desired : config,
    mode,
  });
}

function mergedSettings(prior: ObjectValue, config: ObjectValue) {
  const nameOf = (setting: string): string => setting.split('=', 1)[0] ?? '';
  const written = textsAt(config, 'env');
  const said = new Set(written.map(nameOf));
  const others = textsAt(prior, 'env').filter((setting) => !said.has(nameOf(setting)));
  const all = [...written, ...others].map((setting) => stringValue(setting));
  return setValue(STRING, all);
}

function localName(value: ObjectValue): string {
  return textAt(value, 'alias') || textAt(value, 'name') || '';
}

function installSteps(value: ObjectValue): readonly Step[] {
  const target = { name: localName(value) };
  const grants = blocksAt(value, 'grant_permissions').map((it) => ({
    name: textAt(it, 'name') ?? '',
    value: textsAt(it, 'value'),
  }));
  const install: Step = {
    id: 'install',
    kind: 'plugin.install',
    phase: 'make',
    target,
    arguments: { remote: textAt(value, 'name') ?? '', alias: textAt(value, 'alias') ?? '', grants },
    undo: { id: 'undo-install', kind: 'plugin.remove', phase: 'retire', target, arguments: { force: true } },
  };
  const env = textsAt(value, 'env');
  return [
    install,
    ...(env.length === 0 ? [] : [setStep(env, { outcomeOf: 'install' })]),
    ...(flagAt(value, 'enabled') === false ? [] : [enableStep(value, { outcomeOf: 'install' })]),
  ];
}

/** Settings change only while the plugin is stopped. */
function updateSteps(prior: ObjectValue, value: ObjectValue): readonly Step[] {
  const target = { id: textAt(value, 'id') ?? '' };
  const [was, will] = [flagAt(prior, 'enabled') === true, flagAt(value, 'enabled') !== false];
  const env = textsAt(value, 'env');
  const settings = [...env].sort().join('\n') !== [...textsAt(prior, 'env')].sort().join('\n');
  const force = flagAt(value, 'force_disable') === true;
  const disable: Step = { id: 'disable', kind: 'plugin.disable', phase: 'make', target, arguments: { force } };
  return [
    ...(was && (settings || !will) ? [disable] : []),
    ...(settings ? [setStep(env, target)] : []),
    ...(will && (settings || !was) ? [enableStep(value, target)] : []),
  ];
}

function setStep(env: readonly string[], target: Step['target']): Step {
  return { id: 'set', kind: 'plugin.set', phase: 'make', target, arguments: { env } };
}

function enableStep(value: ObjectValue, target: Step['target']): Step {
  const timeout = numberAt(value, 'enable_timeout') ?? 0;
  return { id: 'enable', kind: 'plugin.enable', phase: 'make', target, arguments: { timeout } };
}

// ---- Create ------------------------------------------------------------------------------------------------------

async function apply(planned: Planned, run: Runner, reader: DockerReader): Promise<Applied> {
  const result = await runSteps(planned, run);
  if (isRetiring(planned, run)) return retired(planned, result);
  const installed = result.outcomes.get('install')?.id;
  const changes = planned.steps.items.some((step) => ['disable', 'set', 'enable'].includes(step.id));
  const id = installed ?? (changes && planned.prior ? textAt(planned.prior.value, 'id') : undefined);
  if (id === undefined || planned.value === null || planned.config === null) return leftAfterFailure(planned, result);
  const answer = await inspectPlugin(reader, id);
  const tainted = installed !== undefined && result.failed;
  if (answer.kind !== 'done') {
    const problem = isFailure(answer) ? [failureDiagnostic(answer, `read the plugin "${id}" back`)] : [];
    const value = withAttributes(planned.value, [['id', stringValue(id)]]);
    return { value, private: PRIVATE, tainted: true, diagnostics: [...result.diagnostics, ...problem] };
  }
  const observed = pluginValue(answer.value, planned.value);
  if (result.failed) return { value: observed, private: PRIVATE, tainted, diagnostics: result.diagnostics };
  const problems = verify('plugin', comparison(priorOf(observed, PRIVATE), planned.config, 'any'));
  const settled = settleApplied(observed, planned.value);
  const names = ['alias', 'env'].flatMap((name) => {
    const value = observed.attributes.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const value = withAttributes(settled, names);
  return { value, private: PRIVATE, tainted, diagnostics: [...result.diagnostics, ...problems] };
}

interface Privilege {
  readonly Name: string;
  readonly Description: string;
  readonly Value: readonly string[];
}

async function installEffect(step: Step, tools: EffectTools): ReturnType<Effect> {
  const remote = textOf(step.arguments, 'remote');
  const alias = textOf(step.arguments, 'alias');
  const doing = `install the plugin "${remote}"`;
  const full = fullReference(remote);
  const login = await tools.docker.credentials.forHost(parseImageName(remote)?.registry ?? 'docker.io');
  if (login.value === undefined) return failed(...login.diagnostics);
  const asked = await tools.docker.reader.getList(`/plugins/privileges?remote=${encodeURIComponent(full)}`);
  if (asked.kind !== 'done')
    return failed(...(isFailure(asked) ? [failureDiagnostic(asked, doing, { path: ['name'] })] : []));
  const privileges = asked.value.map(privilegeOf);
  const denied = privileges.filter((it) => !isGranted(it, listOf(step.arguments, 'grants')));
  if (denied.length > 0) return failed(notGranted(remote, denied));
  const name = alias === '' ? full : alias.includes(':') ? alias : `${alias}:latest`;
  const call = {
    method: 'POST',
    path: '/plugins/pull',
    query: { remote: full, name },
    body: privileges,
    login: login.value,
  } as const;
  const answer = await tools.writer.follow(
    (engine) => followEngine(engine, call),
    (line) => {
      const status = textOf(line, 'status');
      if (status !== '' && textOf(line, 'id') === '') tools.progress(status);
    },
    tools.signal,
  );
  if (isFailure(answer)) return failed(failureDiagnostic(answer, doing, { path: ['name'] }));
  const plugin = await inspectPlugin(tools.docker.reader, name.replace(/^docker\.io\/(library\/)?/, ''));
  if (plugin.kind === 'done') return ok({ id: textOf(plugin.value, 'Id') });
  return failed(
    ...(isFailure(plugin) ? [failureDiagnostic(plugin, `find the plugin "${name}" after installing it`)] : []),
  );
}

function privilegeOf(privilege: Inspected): Privilege {
  const { Name, Description, Value } = recordOf(privilege);
  return {
    Name: typeof Name === 'string' ? Name : '',
    Description: typeof Description === 'string' ? Description : '',
    Value: Array.isArray(Value) ? Value.map(String) : [],
  };
}

/** No grant at all stands for all of them, as with the peer; a grant has to name the privilege and every value of it. */
function isGranted(privilege: Privilege, grants: readonly unknown[]): boolean {
  if (grants.length === 0) return true;
  const values = grants
    .filter((it) => textOf(it, 'name') === privilege.Name)
    .flatMap((it) => [...textsOf(it, 'value')]);
  const named = grants.some((it) => textOf(it, 'name') === privilege.Name);
  return named && privilege.Value.every((value) => values.includes(value));
}

function notGranted(remote: string, denied: readonly Privilege[]): Diagnostic {
  const list = denied.map((it) => `${it.Name} = ${JSON.stringify(it.Value)}`).join(', ');
  return {
    severity: 'error',
    summary: 'Plugin asks for more privileges than are granted',
    detail: `The plugin "${remote}" asks for ${list}. Add grant_permissions blocks for these, or set grant_all_permissions = true.`,
    path: ['grant_permissions'],
  };
}

/** After a crash: a plugin of the name that was to be installed. */
async function locate(step: Step, reader: DockerReader): Promise<Prior | 'absent' | 'unsure'> {
  if (step.kind !== 'plugin.install' || step.target === null || !('name' in step.target)) return 'unsure';
  const answer = await inspectPlugin(reader, step.target.name);
  if (answer.kind === 'absent') return 'absent';
  return answer.kind === 'done' ? priorOf(pluginValue(answer.value, BLANK), PRIVATE) : 'unsure';
}

// ---- Update ------------------------------------------------------------------------------------------------------

function post(step: Step, tools: EffectTools, verb: string, more: Partial<Parameters<typeof callEngine>[1]>) {
  const path = `/plugins/${idOf(step)}/${verb}`;
  return tools.writer.send((engine) => callEngine(engine, { method: 'POST', path, ...more }), tools.signal);
}

async function setEffect(step: Step, tools: EffectTools): ReturnType<Effect> {
  const answer = await post(step, tools, 'set', { body: textsOf(step.arguments, 'env') });
  if (!isFailure(answer)) return ok({ id: idOf(step) });
  return failed(failureDiagnostic(answer, `change the settings of the plugin "${idOf(step)}"`, { path: ['env'] }));
}

async function enableEffect(step: Step, tools: EffectTools): ReturnType<Effect> {
  const { timeout } = step.arguments;
  const answer = await post(step, tools, 'enable', { query: { timeout: typeof timeout === 'number' ? timeout : 0 } });
  if (!isFailure(answer)) return ok({ id: idOf(step) });
  return failed(failureDiagnostic(answer, `enable the plugin "${idOf(step)}"`, { path: ['enabled'] }));
}

async function disableEffect(step: Step, tools: EffectTools): ReturnType<Effect> {
  const answer = await post(step, tools, 'disable', { query: { force: step.arguments.force === true } });
  if (!isFailure(answer)) return ok({ id: idOf(step) });
  const remedy = 'Set force_disable = true to stop it while it is used.';
  return failed(failureDiagnostic(answer, `disable the plugin "${idOf(step)}"`, { path: ['enabled'], remedy }));
}

// ---- Delete ------------------------------------------------------------------------------------------------------

function removeStep({ prior }: PlanAsk): Step {
  const id = prior === null ? '' : (textAt(prior.value, 'id') ?? '');
  const force = prior !== null && flagAt(prior.value, 'force_destroy') === true;
  return { id: 'remove', kind: 'plugin.remove', phase: 'retire', target: { id }, arguments: { force } };
}

async function removeEffect(step: Step, tools: EffectTools): ReturnType<Effect> {
  const id = idOf(step);
  const force = step.arguments.force === true;
  // A plugin that nothing uses is stopped first; one in use stays, unless it is to go by force.
  if (!force) await post(step, tools, 'disable', { query: { force: false } });
  const call = { method: 'DELETE', path: `/plugins/${encodeURI(id)}`, query: { force } } as const;
  const answer = await tools.writer.send((engine) => callEngine(engine, call), tools.signal);
  if (!isFailure(answer) || answer.kind === 'absent') return ok({ id });
  const remedy = 'Set force_destroy = true to remove it while it is used.';
  return failed(failureDiagnostic(answer, `remove the plugin "${id}"`, { remedy }));
}

function idOf(step: Step): string {
  const { target } = step;
  if (target === null) return '';
  return 'id' in target ? target.id : 'name' in target ? target.name : '';
}

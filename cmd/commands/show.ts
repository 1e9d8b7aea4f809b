/** `show`: the state, or a saved plan, as text or in Terraform's JSON. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import { looksLikePlanFile } from '../../core/plan/plan-file.ts';
import type { State } from '../../core/state.ts';
import { readStateFile } from '../../state/local.ts';
import type { Arguments, Command } from '../command.ts';
import { Schemas, openView, styleOf } from '../engine.ts';
import { COLOR, JSON_OUTPUT } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { readCurrentState } from '../read-state.ts';
import { failWith } from '../reporting.ts';
import { TERRAFORM_VERSION } from '../version.ts';

export const show: Command = {
  describe: 'Shows the current state, a state file or a saved plan.',
  usage: '[PATH]',
  flags: { ...COLOR, ...JSON_OUTPUT },
  words: { least: 0, most: 1 },
  run,
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const [path] = args.words;
  if (path !== undefined && (await isPlan(resolve(io.workingDirectory, path)))) return showPlan(path, args, io);
  const state = path === undefined ? await readCurrentState(args, io) : await readGivenState(path, io);
  if (state.value === undefined) return failWith(state.diagnostics, args, io);
  return showState(state.value, args, io);
}

async function isPlan(path: string): Promise<boolean> {
  return readFile(path, 'utf8').then(looksLikePlanFile, () => false);
}

async function readGivenState(path: string, io: Io): Promise<Result<State | null>> {
  const { value, diagnostics } = await readStateFile(resolve(io.workingDirectory, path));
  if (value !== null) return value === undefined ? failed(...diagnostics) : ok(value, diagnostics);
  return failed({
    severity: 'error',
    summary: 'Failed to read the given file as a state or plan file',
    detail: `${path} is empty, or there is no such file.`,
  });
}

async function showState(state: State | null, args: Arguments, io: Io): Promise<ExitCode> {
  const schemas = new Schemas();
  await schemas.loadForState(state);
  if (args.boolean('json')) {
    const [{ stateJson }, { jsonLine }] = await Promise.all([
      import('../view/json-state.ts'),
      import('../view/json-text.ts'),
    ]);
    io.out(jsonLine(stateJson(state, schemas, TERRAFORM_VERSION)));
    return 0;
  }
  if (state === null) {
    io.out('No state.\n');
    return 0;
  }
  const [{ learnState, stateText }, { Redactor }] = await Promise.all([
    import('../view/state-text.ts'),
    import('../view/redact.ts'),
  ]);
  const redactor = new Redactor();
  learnState(state, schemas, redactor);
  const text = redactor.text(stateText(state, schemas, styleOf(args, io)));
  io.out(text === '' ? 'The state file is empty. No resources are represented.\n' : text);
  return 0;
}

async function showPlan(path: string, args: Arguments, io: Io): Promise<ExitCode> {
  const [{ plannedConfiguration, readPlanFile }, { learnPlan }, { Redactor }] = await Promise.all([
    import('../saved-plan.ts'),
    import('../planning.ts'),
    import('../view/redact.ts'),
  ]);
  const file = await readPlanFile(path, io);
  if (file.value === undefined) return failWith(file.diagnostics, args, io);
  const { plan } = file.value;
  const [schemas, redactor] = [new Schemas(), new Redactor()];
  await learnPlan(plan, redactor, schemas);
  if (!args.boolean('json')) {
    await (await openView(args, io, redactor, schemas)).plan(plan);
    return 0;
  }
  const configuration = await plannedConfiguration(file.value, io);
  const [{ planJson }, { configurationJson }, { jsonLine }] = await Promise.all([
    import('../view/json-plan.ts'),
    import('../view/json-configuration.ts'),
    import('../view/json-text.ts'),
  ]);
  const shown = configuration.value ? await configurationJson(configuration.value, schemas) : {};
  io.out(jsonLine(planJson(plan, { schemas, terraformVersion: TERRAFORM_VERSION, configuration: shown })));
  return 0;
}

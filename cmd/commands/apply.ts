/** `apply`, `destroy` and `refresh`: carry a plan out, a fresh one after a yes or a saved one as it stands. */
import { randomUUID } from 'node:crypto';
import { applyPlan } from '../../core/apply/applier.ts';
import { type Diagnostic, errorAt, hasErrors } from '../../core/diag/diagnostic.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { RunInput } from '../../core/plan/run-input.ts';
import { JournalFile } from '../../state/journal-file.ts';
import { rescueState } from '../../state/local.ts';
import { resolve } from 'node:path';
import type { Flags } from '../arguments.ts';
import type { Arguments, Command } from '../command.ts';
import { Schemas, openView, runInput } from '../engine.ts';
import { PLANNING, RUNNING } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { type Session, contradiction, learnPlan, planMode, planRun, unlock } from '../planning.ts';
import { type StatePlace, lockState, openStatePlace } from '../state-place.ts';
import type { PlanCounts } from '../view/plan-counts.ts';
import { Redactor } from '../view/redact.ts';

const APPROVAL: Flags = { 'auto-approve': { type: 'boolean', describe: 'Do not ask before doing it' } };

type Kind = 'apply' | 'destroy' | 'refresh';

export const apply: Command = {
  describe: 'Makes a plan and, after a yes, carries it out; or carries out a saved plan as it stands.',
  usage: '[PLAN]',
  flags: { ...RUNNING, ...PLANNING, ...APPROVAL },
  words: { least: 0, most: 1 },
  run: (args, io) => run('apply', args, io),
};

export const destroy: Command = {
  describe: 'Removes everything that the state of this directory holds, after a yes.',
  flags: { ...RUNNING, ...PLANNING, ...APPROVAL },
  words: { least: 0, most: 0 },
  run: (args, io) => run('destroy', args, io),
};

export const refresh: Command = {
  describe: 'Records in the state what really exists. The same as "apply -refresh-only -auto-approve".',
  flags: { ...RUNNING, ...PLANNING },
  words: { least: 0, most: 0 },
  run: (args, io) => run('refresh', args, io),
};

async function run(kind: Kind, args: Arguments, io: Io): Promise<ExitCode> {
  const [redactor, schemas] = [new Redactor(), new Schemas()];
  const view = await openView(args, io, redactor, schemas);
  const session: Session = { args, io, view, redactor, schemas };
  io.signal.addEventListener('abort', () => view.event({ kind: 'interrupted', count: 1 }), { once: true });
  const [path] = args.words;
  return path === undefined ? applyFresh(kind, session) : applySaved(path, session);
}

async function applyFresh(kind: Kind, session: Session): Promise<ExitCode> {
  const { args, view } = session;
  const mode = kind === 'refresh' ? 'refresh-only' : planMode(args, kind === 'destroy');
  if (mode === undefined) return refuse(session, [contradiction()]);
  if (args.boolean('json') && kind !== 'refresh' && !args.boolean('auto-approve'))
    return refuse(session, [jsonNeedsApproval()]);
  const planned = await planRun(session, mode, 'Apply');
  if (planned.value === undefined) return refuse(session, planned.diagnostics);
  const { plan, place, run: input, lock } = planned.value;
  await view.plan(plan);
  const applies = args.boolean('auto-approve');
  view.diagnostics(applies ? planned.diagnostics.filter(({ checkedAgain }) => !checkedAgain) : planned.diagnostics);
  const answer = plan.applyable && kind !== 'refresh' ? await approve(plan, session) : 'yes';
  const operation = mode === 'destroy' ? 'destroy' : 'apply';
  const code = answer === 'yes' ? await carryOut(plan, place, input, operation, session) : decline(answer, session);
  view.diagnostics(await unlock(lock));
  return code;
}

async function applySaved(path: string, session: Session): Promise<ExitCode> {
  const { args, io, view, redactor, schemas } = session;
  const { plannedConfiguration, readPlanFile, unfitReason } = await import('../saved-plan.ts');
  const file = await readPlanFile(path, io);
  if (file.value === undefined) return refuse(session, file.diagnostics);
  const { plan, workspace } = file.value;
  if (args.boolean('destroy')) return refuse(session, [modeWithPlan()]);
  const configuration = await plannedConfiguration(file.value, io);
  if (configuration.value === undefined || hasErrors(configuration.diagnostics))
    return refuse(session, configuration.diagnostics);
  const place = await openStatePlace(
    args,
    { ...io, environment: { ...io.environment, TF_WORKSPACE: workspace } },
    configuration.value.root,
    { variables: plan.variables },
  );
  if (place.value === undefined) return refuse(session, place.diagnostics);
  const lock = await lockState(place.value, args, io, 'Apply', (message) => view.event({ kind: 'notice', message }));
  if (lock.value === undefined) return refuse(session, lock.diagnostics);
  const current = await place.value.store.read();
  const unfit = current.value === undefined ? undefined : unfitReason(plan, current.value, path);
  const problems = [...current.diagnostics, ...(unfit ? [unfit] : [])];
  if (hasErrors(problems)) return refuse(session, [...problems, ...(await unlock(lock.value))]);
  await learnPlan(plan, redactor, schemas);
  view.savedPlan(plan);
  const code = await carryOut(
    plan,
    place.value,
    runInput(configuration.value, plan.variables, workspace, args, io, view),
    'apply',
    session,
  );
  view.diagnostics(await unlock(lock.value));
  return code;
}

function refuse({ view }: Session, diagnostics: readonly Diagnostic[]): ExitCode {
  view.diagnostics(diagnostics);
  return 1;
}

/** @param operation what the last line calls it: a saved plan is applied, whatever it holds */
async function carryOut(
  plan: Plan,
  place: StatePlace,
  input: RunInput,
  operation: 'apply' | 'destroy',
  { io, view, args }: Session,
): Promise<ExitCode> {
  const { lineage, serial } = plan.priorState;
  const journal = new JournalFile(place.path, { runId: randomUUID(), lineage, baseSerial: serial });
  const result = await applyPlan({ ...input, plan, journal, save: (state) => place.store.write(state) });
  view.diagnostics(result.diagnostics);
  const unsaved = result.diagnostics.some(({ summary }) => summary === 'Failed to save state');
  if (unsaved) view.diagnostics([await rescueState(resolve(io.workingDirectory, 'errored.tfstate'), result.state)]);
  if (hasErrors(result.diagnostics)) return 1;
  const { imported, added, changed, destroyed, forgotten } = result.counts;
  const counts: PlanCounts = { import: imported, add: added, change: changed, remove: destroyed, forget: forgotten };
  view.summary(operation, counts);
  if (operation !== 'destroy' || args.boolean('json')) view.outputs(result.state.outputs);
  return 0;
}

// ---- The question ------------------------------------------------------------------------------------------------

type Answer = 'yes' | 'no' | 'nobody';

/** At a terminal the question is printed; otherwise a line that waits in the input is taken for the answer. */
async function approve(plan: Plan, { args, io }: Session): Promise<Answer> {
  if (args.boolean('auto-approve')) return 'yes';
  if (!args.boolean('input')) return 'nobody';
  if (io.terminal.input && io.terminal.output) io.out(question(plan));
  const answer = await io.readLine();
  if (answer === undefined) return 'nobody';
  return answer.trim() === 'yes' ? 'yes' : 'no';
}

function question({ mode }: Plan): string {
  const [ask, what] =
    mode === 'destroy'
      ? ['Do you really want to destroy all resources?', 'Everything shown above will be removed. There is no undo.']
      : mode === 'refresh-only'
        ? ['Would you like to update the state to reflect these detected changes?', 'Only the state will be written.']
        : ['Do you want to perform these actions?', 'Stowage will perform the actions described above.'];
  return `\n${ask}\n  ${what}\n  Only 'yes' will be accepted to approve.\n\n  Enter a value: `;
}

function decline(answer: Exclude<Answer, 'yes'>, { view }: Session): ExitCode {
  if (answer === 'no') view.say('\nApply cancelled.\n');
  else
    view.diagnostics([
      errorAt(
        undefined,
        'Approval needed',
        'Nobody could be asked whether to go on, so nothing was done. Run with -auto-approve, or save a plan with "stowage plan -out=FILE" and apply that.',
      ),
    ]);
  return 1;
}

function jsonNeedsApproval(): Diagnostic {
  return errorAt(
    undefined,
    'Plan file or auto-approve required',
    'Stowage cannot ask for interactive approval when -json is set. Apply a saved plan, or add -auto-approve.',
  );
}

function modeWithPlan(): Diagnostic {
  return errorAt(
    undefined,
    "Can't change a saved plan",
    'A saved plan says itself what is to be done: -destroy belongs to the command that makes the plan.',
  );
}

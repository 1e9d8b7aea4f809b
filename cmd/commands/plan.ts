/** `plan`: shows what would change, and saves it when asked. Changes nothing. */
import { hasErrors } from '../../core/diag/diagnostic.ts';
import type { Arguments, Command } from '../command.ts';
import { Schemas, openView } from '../engine.ts';
import { PLANNING, RUNNING } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { type Planned, type Session, contradiction, planMode, planRun, unlock } from '../planning.ts';
import { Redactor } from '../view/redact.ts';

export const plan: Command = {
  describe: 'Compares the configuration with the state and with what really exists, and shows what would change.',
  flags: {
    ...RUNNING,
    ...PLANNING,
    out: { type: 'string', describe: 'Write the plan to this file, for "stowage apply FILE"' },
    'detailed-exitcode': { type: 'boolean', describe: 'Exit with 2 when there is something to change' },
    'generate-config-out': { type: 'string', describe: 'Accepted for compatibility' },
  },
  words: { least: 0, most: 0 },
  run,
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const [redactor, schemas] = [new Redactor(), new Schemas()];
  const view = await openView(args, io, redactor, schemas);
  const session: Session = { args, io, view, redactor, schemas };
  const mode = planMode(args, false);
  if (mode === undefined) {
    view.diagnostics([contradiction()]);
    return 1;
  }
  const planned = await planRun(session, mode, 'Plan');
  if (planned.value === undefined) {
    view.diagnostics(planned.diagnostics);
    return 1;
  }
  await view.plan(planned.value.plan);
  view.diagnostics(planned.diagnostics);
  const problems = [...(await save(session, planned.value)), ...(await unlock(planned.value.lock))];
  view.diagnostics(problems);
  if (hasErrors(problems)) return 1;
  return args.boolean('detailed-exitcode') && planned.value.plan.applyable ? 2 : 0;
}

async function save({ args, io, view }: Session, { plan: made, configuration, place }: Planned) {
  const path = args.text('out');
  if (path === undefined) return [];
  const { writePlanFile } = await import('../saved-plan.ts');
  const problems = await writePlanFile(path, made, configuration, place, io);
  if (problems.length === 0)
    view.say(
      `\nSaved the plan to: ${path}\n\nTo perform exactly these actions, run:\n    stowage apply ${JSON.stringify(path)}\n`,
    );
  return problems;
}

/** `graph`: which resource waits for which, of the configuration or of a saved plan, for programs that draw. */
import { moduleText, resourceText } from '../../core/addr/address.ts';
import { hasErrors } from '../../core/diag/diagnostic.ts';
import { buildConfigGraph, cycleDiagnostics } from '../../core/graph/config-graph.ts';
import { ProviderUses } from '../../core/graph/provider-use.ts';
import { resourceGraph } from '../../core/graph/resource-graph.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { builtInProviders } from '../../providers/registry.ts';
import type { Arguments, Command } from '../command.ts';
import { configurationNames } from '../configuration-names.ts';
import { readConfiguration } from '../engine.ts';
import { COLOR } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { failWith, report } from '../reporting.ts';
import { type Drawing, dotText, mermaidText } from '../view/graph-text.ts';

export const graph: Command = {
  describe:
    'Prints which resource waits for which, as DOT or Mermaid. Colours and layout are for the program that draws.',
  flags: {
    ...COLOR,
    format: { type: 'string', default: 'dot', describe: 'dot or mermaid' },
    plan: { type: 'string', describe: 'Of the changes in this saved plan, with what is done to each' },
    type: { type: 'string', describe: 'Accepted for compatibility' },
    'draw-cycles': { type: 'boolean', describe: 'Accepted for compatibility' },
  },
  words: { least: 0, most: 0 },
  run,
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const format = args.text('format') ?? 'dot';
  if (format !== 'dot' && format !== 'mermaid') {
    const detail = `invalid value "${format}" for flag -format: it is dot or mermaid`;
    return failWith([{ severity: 'error', summary: 'Failed to parse command-line flags', detail }], args, io);
  }
  const plan = args.text('plan');
  const drawing = plan === undefined ? await ofConfiguration(args, io) : await ofPlan(plan, args, io);
  if (drawing === undefined) return 1;
  io.out(format === 'dot' ? dotText(drawing) : mermaidText(drawing));
  return 0;
}

/** Undefined after an error, which is reported. */
async function ofConfiguration(args: Arguments, io: Io): Promise<Drawing | undefined> {
  if ((await configurationNames(io.workingDirectory)).length === 0) return { nodes: [], edges: [] };
  const { value, diagnostics } = await readConfiguration(io);
  report(diagnostics, args, io);
  if (value === undefined || hasErrors(diagnostics)) return undefined;
  const uses = new ProviderUses(value, (name) => builtInProviders.defaultSource(name));
  const whole = buildConfigGraph(value, uses);
  const cycles = cycleDiagnostics(whole);
  report(cycles, args, io);
  return hasErrors(cycles) ? undefined : resourceGraph(whole);
}

async function ofPlan(path: string, args: Arguments, io: Io): Promise<Drawing | undefined> {
  const { readPlanFile } = await import('../saved-plan.ts');
  const { value, diagnostics } = await readPlanFile(path, io);
  report(diagnostics, args, io);
  return value === undefined ? undefined : drawingOf(value.plan);
}

const WORDS: Readonly<Record<Plan['changes'][number]['action'], string>> = {
  create: 'create',
  read: 'read',
  update: 'update',
  replace: 'replace',
  delete: 'destroy',
  forget: 'forget',
  'no-op': '',
};

/** Everything that is done, and what has to be done first. */
function drawingOf({ changes }: Plan): Drawing {
  const shown = changes.filter(({ action }) => action !== 'no-op');
  const names = new Map(
    shown.map(({ id, text, deposed }) => [id, deposed === undefined ? text : `${text} (${deposed})`]),
  );
  const nodes = shown.map(({ id, address, action }) => {
    const module = moduleText(address.resource.module);
    const name = names.get(id) ?? resourceText(address.resource);
    const local = module === '' ? name : name.slice(module.length + 1);
    return { address: name, label: `${local} (${WORDS[action]})`, module };
  });
  const edges = shown.flatMap(({ id, dependsOn }) =>
    dependsOn.flatMap((other) => {
      const [from, to] = [names.get(id), names.get(other)];
      return from === undefined || to === undefined ? [] : [{ from, to }];
    }),
  );
  return { nodes, edges };
}

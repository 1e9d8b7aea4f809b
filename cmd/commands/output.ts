/** `output`: values of the root module's outputs, as the last apply left them. */
import type { Diagnostic } from '../../core/diag/diagnostic.ts';
import { suggestion } from '../../core/diag/did-you-mean.ts';
import type { OutputState } from '../../core/state.ts';
import { type Json, ExactNumber } from '../../core/value/json.ts';
import { compareUtf8 } from '../../core/value/type.ts';
import type { Arguments, Command } from '../command.ts';
import { COLOR, JSON_OUTPUT, STATE } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { readCurrentState } from '../read-state.ts';
import { failWith, report } from '../reporting.ts';

export const output: Command = {
  describe: 'Shows the outputs of the root module, all of them or one.',
  usage: '[NAME]',
  flags: {
    ...COLOR,
    ...JSON_OUTPUT,
    ...STATE,
    raw: { type: 'boolean', describe: 'Print text as it is, for scripts; needs a NAME' },
  },
  words: { least: 0, most: 1 },
  run,
};

type Outputs = ReadonlyMap<string, OutputState>;

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const [name] = args.words;
  if (args.boolean('raw') && args.boolean('json'))
    return failWith([problem('Invalid output format', 'The -raw and -json options are mutually-exclusive.')], args, io);
  if (args.boolean('raw') && name === undefined)
    return failWith(
      [problem('Output name required', 'You must give the name of a single output value when using the -raw option.')],
      args,
      io,
    );
  const state = await readCurrentState(args, io);
  if (state.value === undefined) return failWith(state.diagnostics, args, io);
  const outputs: Outputs = state.value?.outputs ?? new Map();
  return name === undefined ? showAll(outputs, args, io) : showOne(outputs, name, args, io);
}

async function showAll(outputs: Outputs, args: Arguments, io: Io): Promise<ExitCode> {
  const sorted = [...outputs].sort((a, b) => compareUtf8(a[0], b[0]));
  if (args.boolean('json')) {
    const { jsonDocument } = await import('../view/json-text.ts');
    io.out(
      jsonDocument(
        Object.fromEntries(sorted.map(([name, { sensitive, type, value }]) => [name, { sensitive, type, value }])),
      ),
    );
    return 0;
  }
  if (sorted.length === 0) {
    report([NO_OUTPUTS], args, io);
    return 0;
  }
  const { outputText } = await import('../view/progress-text.ts');
  for (const [name, value] of sorted) io.out(`${name} = ${outputText(value)}\n`);
  return 0;
}

async function showOne(outputs: Outputs, name: string, args: Arguments, io: Io): Promise<ExitCode> {
  const found = outputs.get(name);
  if (found === undefined) return failWith([notFound(name, outputs)], args, io);
  if (args.boolean('json')) {
    const { jsonLine } = await import('../view/json-text.ts');
    io.out(jsonLine(found.value));
    return 0;
  }
  if (args.boolean('raw')) return showRaw(found.value, name, args, io);
  const { outputText } = await import('../view/progress-text.ts');
  io.out(`${outputText({ ...found, sensitive: false })}\n`);
  return 0;
}

function showRaw(value: Json, name: string, args: Arguments, io: Io): ExitCode {
  if (value === null || (typeof value === 'object' && !(value instanceof ExactNumber))) {
    const detail = `The -raw option only supports strings, numbers, and boolean values, but output value "${name}" is ${value === null ? 'null' : 'a collection'}. Use the -json option for machine-readable representations of output values that have complex types.`;
    return failWith([problem('Unsupported value for raw output', detail)], args, io);
  }
  io.out(String(value));
  return 0;
}

function notFound(name: string, outputs: Outputs): Diagnostic {
  return problem(
    `Output "${name}" not found`,
    `The output variable requested could not be found in the state file.${suggestion(name, outputs.keys())} If you recently added this to your configuration, be sure to run "stowage apply", since the state won't be updated with new output variables until that command is run.`,
  );
}

const NO_OUTPUTS: Diagnostic = {
  severity: 'warning',
  summary: 'No outputs found',
  detail:
    'The state has no outputs. Declare some in the configuration and run "stowage apply" or "stowage refresh" to see their values here.',
};

function problem(summary: string, detail: string): Diagnostic {
  return { severity: 'error', summary, detail };
}

/** `validate`: checks the configuration without looking at any state or engine. */
import { type Diagnostic, hasErrors } from '../../core/diag/diagnostic.ts';
import type { Json } from '../../core/value/json.ts';
import type { Arguments, Command } from '../command.ts';
import { configurationNames } from '../configuration-names.ts';
import { COLOR, JSON_OUTPUT, VARIABLES } from '../flags.ts';
import { type ExitCode, type Io, wantsColour } from '../io.ts';
import { DEFAULT_WIDTH, styleFor } from '../view/style.ts';

export const validate: Command = {
  describe: 'Checks whether the configuration is valid, without looking at a state or an engine.',
  flags: {
    ...COLOR,
    ...JSON_OUTPUT,
    ...VARIABLES,
    'no-tests': { type: 'boolean', describe: 'Accepted for compatibility' },
    'test-directory': { type: 'string', describe: 'Accepted for compatibility' },
  },
  words: { least: 0, most: 0 },
  run,
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const diagnostics = await check(args, io);
  if (args.boolean('json')) await printJson(diagnostics, io);
  else await printText(diagnostics, args, io);
  return hasErrors(diagnostics) ? 1 : 0;
}

async function check(args: Arguments, io: Io): Promise<readonly Diagnostic[]> {
  if ((await configurationNames(io.workingDirectory)).length === 0) return [];
  const { validateDirectory } = await import('../validation.ts');
  return validateDirectory(args, io);
}

async function printJson(diagnostics: readonly Diagnostic[], io: Io): Promise<void> {
  const [{ diagnosticJson }, { jsonDocument }] = await Promise.all([
    import('../view/json-diagnostic.ts'),
    import('../view/json-text.ts'),
  ]);
  const count = (severity: string) => diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const json: Json = {
    format_version: '1.0',
    valid: !hasErrors(diagnostics),
    error_count: count('error'),
    warning_count: count('warning'),
    diagnostics: diagnostics.map((diagnostic) => diagnosticJson(diagnostic, (text) => text)),
  };
  io.out(jsonDocument(json));
}

async function printText(diagnostics: readonly Diagnostic[], args: Arguments, io: Io): Promise<void> {
  const style = styleFor(wantsColour(io, args.boolean('no-color')));
  if (diagnostics.length > 0) {
    const { diagnosticText } = await import('../view/diagnostic-text.ts');
    const options = { style, width: io.columns ?? DEFAULT_WIDTH, redact: (text: string) => text };
    for (const diagnostic of diagnostics) io.error(diagnosticText(diagnostic, options));
  }
  if (hasErrors(diagnostics)) return;
  const success = style.bold(style.green('Success!'));
  io.out(
    diagnostics.length > 0
      ? `${success} The configuration is valid, but there were some validation warnings as shown above.\n`
      : `${success} The configuration is valid.\n`,
  );
}

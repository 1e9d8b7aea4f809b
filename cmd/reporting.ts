/** Diagnostics of the small commands, which report nothing else: on the error stream, as text. */
import type { Diagnostic } from '../core/diag/diagnostic.ts';
import type { Arguments } from './command.ts';
import { type ExitCode, type Io, wantsColour } from './io.ts';
import { diagnosticText } from './view/diagnostic-text.ts';
import { DEFAULT_WIDTH, styleFor } from './view/style.ts';

export function report(diagnostics: readonly Diagnostic[], args: Arguments, io: Io): void {
  const style = styleFor(wantsColour(io, args.boolean('no-color')));
  for (const diagnostic of diagnostics) {
    io.error(diagnosticText(diagnostic, { style, width: io.columns ?? DEFAULT_WIDTH, redact: (text) => text }));
  }
}

/** Reports and gives the exit code of a failure. */
export function failWith(diagnostics: readonly Diagnostic[], args: Arguments, io: Io): ExitCode {
  report(diagnostics, args, io);
  return 1;
}

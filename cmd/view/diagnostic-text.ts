/** Diagnostics as a person reads them: a box on a terminal, plain lines elsewhere. */
import type { Diagnostic } from '../../core/diag/diagnostic.ts';
import { type Snippet, snippetOf } from './snippet.ts';
import { type Style, visible, wrap } from './style.ts';

export interface DiagnosticTextOptions {
  readonly style: Style;
  /** Columns. */
  readonly width: number;
  redact(text: string): string;
}

/** Ends with a line break. */
export function diagnosticText(diagnostic: Diagnostic, options: DiagnosticTextOptions): string {
  const { style, width } = options;
  const colour = diagnostic.severity === 'error' ? style.red : style.yellow;
  const title = diagnostic.severity === 'error' ? 'Error: ' : 'Warning: ';
  const clean = (text: string) => visible(options.redact(text));
  const body = bodyLines(diagnostic, clean, style, style.enabled ? width - 2 : width);
  if (!style.enabled) return `\n${title}${clean(diagnostic.summary)}\n\n${body.join('\n')}\n`;
  const headline = `${style.bold(colour(title))}${style.bold(clean(diagnostic.summary))}`;
  const bar = colour('│');
  const inside = [headline, '', ...body].map((line) => (line === '' ? bar : `${bar} ${line}`));
  return `${colour('╷')}\n${inside.join('\n')}\n${colour('╵')}\n`;
}

function bodyLines(diagnostic: Diagnostic, clean: (text: string) => string, style: Style, width: number): string[] {
  const source = sourceLines(diagnostic, clean, style);
  const detail = diagnostic.detail === '' ? [] : wrap(clean(diagnostic.detail), width).split('\n');
  return source.length === 0 ? detail : [...source, ...(detail.length === 0 ? [] : ['', ...detail])];
}

function sourceLines(diagnostic: Diagnostic, clean: (text: string) => string, style: Style): string[] {
  const { subject, address } = diagnostic;
  const owner = address === undefined ? [] : [`  with ${clean(address)},`];
  const snippet = snippetOf(diagnostic);
  if (subject === undefined || snippet === undefined) return owner;
  const { line, column } = subject.file.position(subject.start);
  const context = snippet.context === undefined ? '' : `, in ${clean(snippet.context)}`;
  const values = (diagnostic.values ?? []).map(
    ({ traversal, statement }) => `    ${style.dim('│')} ${style.bold(clean(traversal))} ${clean(statement)}`,
  );
  return [
    ...owner,
    `  on ${clean(subject.file.name)} line ${line}, column ${column}${context}:`,
    ...codeLines(snippet, clean, style),
    ...(values.length === 0 ? [] : [`    ${style.dim('├────────────────')}`, ...values]),
  ];
}

/** On a terminal what is wrong is underlined; elsewhere a caret stands below it. */
function codeLines(snippet: Snippet, clean: (text: string) => string, style: Style): string[] {
  let next = 0;
  return snippet.code.split('\n').flatMap((code, index) => {
    const offset = next;
    next += code.length + 1;
    const number = `${String(snippet.startLine + index).padStart(4)}: `;
    if (snippet.highlightStart >= next || snippet.highlightEnd <= offset) return [number + clean(code)];
    const start = Math.max(snippet.highlightStart - offset, 0);
    const end = Math.min(snippet.highlightEnd - offset, code.length);
    const before = clean(code.slice(0, start));
    const marked = clean(code.slice(start, end));
    const line = number + before + (marked === '' ? '' : style.underline(marked)) + clean(code.slice(end));
    if (style.enabled) return [line];
    const indent = before.replace(/[^\t]/g, ' ');
    return [line, ' '.repeat(number.length) + indent + '^'.repeat(Math.max(1, marked.trimEnd().length))];
  });
}

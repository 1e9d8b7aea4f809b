/** The piece of source that a diagnostic points at, for text and for JSON. */
import type { Diagnostic } from '../../core/diag/diagnostic.ts';
import type { Range } from '../../core/diag/source.ts';

export interface Snippet {
  /** Header of the block around it: `resource "a" "b"`. */
  readonly context: string | undefined;
  /** Whole lines. */
  readonly code: string;
  readonly startLine: number;
  /** What is underlined, in UTF-16 units of `code`. */
  readonly highlightStart: number;
  readonly highlightEnd: number;
}

const MOST_LINES = 30;

export function snippetOf(diagnostic: Diagnostic): Snippet | undefined {
  const { subject } = diagnostic;
  if (subject === undefined) return undefined;
  const { file } = subject;
  const around = diagnostic.context ?? subject;
  const first = Math.min(file.lineIndex(around.start), file.lineIndex(subject.start));
  const wanted = Math.max(file.lineIndex(lastOf(around)), file.lineIndex(lastOf(subject)));
  const last = Math.min(wanted, first + MOST_LINES);
  const lines = Array.from({ length: last - first + 1 }, (_, index) => file.lineText(first + index));
  const code = lines.join('\n');
  const base = file.lineStarts[first] ?? 0;
  const start = Math.min(Math.max(subject.start - base, 0), code.length);
  const end = Math.min(Math.max(visibleEnd(subject) - base, start), code.length);
  return { context: headerAround(subject), code, startLine: first + 1, highlightStart: start, highlightEnd: end };
}

/** An empty range still underlines one character. */
function visibleEnd(range: Range): number {
  return range.end > range.start ? range.end : range.start + 1;
}

function lastOf(range: Range): number {
  return Math.max(range.start, range.end - 1);
}

const HEADER = /^[A-Za-z_][\w-]*(?:[ \t]+(?:"(?:[^"\\]|\\.)*"|[A-Za-z_][\w-]*))*[ \t]*\{/;

/** The nearest line before it, without indentation, that opens a block which is still open there. A header has none. */
function headerAround(range: Range): string | undefined {
  const { file } = range;
  if (file.name.endsWith('.json')) return undefined;
  for (let index = file.lineIndex(range.start); index >= 0; index--) {
    const line = file.lineText(index);
    if (line.startsWith('}') && index !== file.lineIndex(range.start)) return undefined;
    const header = HEADER.exec(line)?.[0];
    if (header === undefined) continue;
    if (range.start === file.lineStarts[index]) return undefined;
    return header
      .slice(0, -1)
      .trim()
      .replace(/[ \t]+/g, ' ');
  }
  return undefined;
}

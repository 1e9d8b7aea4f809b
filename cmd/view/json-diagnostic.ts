/** A diagnostic in Terraform's JSON: range in lines, columns and bytes, and the piece of source around it. */
import type { Diagnostic } from '../../core/diag/diagnostic.ts';
import type { Range } from '../../core/diag/source.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { compact } from './json-shape.ts';
import { snippetOf } from './snippet.ts';

export function diagnosticJson(diagnostic: Diagnostic, redact: (text: string) => string): JsonObject {
  const snippet = snippetOf(diagnostic);
  return compact({
    severity: diagnostic.severity,
    summary: redact(diagnostic.summary),
    detail: redact(diagnostic.detail),
    address: diagnostic.address,
    range: diagnostic.subject && rangeJson(diagnostic.subject),
    snippet: snippet && {
      context: snippet.context ?? null,
      code: redact(snippet.code),
      start_line: snippet.startLine,
      highlight_start_offset: Buffer.byteLength(snippet.code.slice(0, snippet.highlightStart)),
      highlight_end_offset: Buffer.byteLength(snippet.code.slice(0, snippet.highlightEnd)),
      values: (diagnostic.values ?? []).map(({ traversal, statement }) => ({
        traversal,
        statement: redact(statement),
      })),
    },
  });
}

function rangeJson({ file, start, end }: Range): JsonObject {
  const position = (offset: number): JsonObject => {
    const { line, column, byte } = file.position(offset);
    return { line, column, byte };
  };
  return { filename: file.name, start: position(start), end: endJson(position(start), position(end), end <= start) };
}

/** An empty range covers one character. */
function endJson(start: JsonObject, end: JsonObject, empty: boolean): JsonObject {
  return empty ? { line: start.line ?? 0, column: Number(start.column) + 1, byte: Number(start.byte) + 1 } : end;
}

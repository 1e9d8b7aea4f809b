/** JSON as the commands print it: like Go's encoder, with `<`, `>` and `&` escaped. */
import { type Json, stringifyJson } from '../../core/value/json.ts';

export function jsonLine(json: Json): string {
  return `${stringifyJson(json, { escapeHtml: true })}\n`;
}

export function jsonDocument(json: Json): string {
  return `${stringifyJson(json, { escapeHtml: true, indent: '  ' })}\n`;
}

/** Which files of a directory are configuration, and their syntax trees. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { SourceFile } from '../diag/source.ts';
import type { Body } from '../hcl/ast.ts';
import { parseJsonConfig } from '../hcl/json.ts';
import { parseConfig } from '../hcl/parser.ts';

/** Names of a module's files, each list in the order of names. */
export interface ModuleFileNames {
  readonly primary: readonly string[];
  readonly overrides: readonly string[];
}

/** Undefined when the directory cannot be read. */
export function configurationFiles(directory: string): ModuleFileNames | undefined {
  let names: string[];
  try {
    names = readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && isConfiguration(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch {
    return undefined;
  }
  return { primary: names.filter((name) => !isOverride(name)), overrides: names.filter(isOverride) };
}

function isConfiguration(name: string): boolean {
  return (name.endsWith('.tf') || name.endsWith('.tf.json')) && !isIgnored(name);
}

/** Hidden files and what editors leave behind. */
function isIgnored(name: string): boolean {
  return name.startsWith('.') || name.endsWith('~') || (name.startsWith('#') && name.endsWith('#'));
}

function isOverride(name: string): boolean {
  const base = name.replace(/\.tf(?:\.json)?$/, '');
  return base === 'override' || base.endsWith('_override');
}

/**
 * Syntax tree of one file.
 *
 * @param directory as shown to the user
 * @param absolute where it is
 */
export function parseFile(
  directory: string,
  absolute: string,
  name: string,
  diagnostics: Diagnostic[],
): Body | undefined {
  const shown = join(directory, name);
  let text: string;
  try {
    text = readFileSync(join(absolute, name), 'utf8');
  } catch {
    const detail = `The configuration file "${shown}" could not be read.`;
    diagnostics.push(errorAt(undefined, 'Failed to read file', detail));
    return undefined;
  }
  const file = new SourceFile(shown, text);
  const parsed = name.endsWith('.json') ? parseJsonConfig(file) : parseConfig(file);
  for (const diagnostic of parsed.diagnostics) diagnostics.push(diagnostic);
  return parsed.value;
}

/** Asks at a terminal for variables that have no value. Where there is no terminal nothing is asked. */
import type { Module } from '../core/config/module.ts';
import type { UnparsedVariable } from '../core/config/variables.ts';
import type { Arguments } from './command.ts';
import type { Io } from './io.ts';

/** The same values with those that were typed in. */
export async function askForVariables(
  module: Module,
  values: Map<string, UnparsedVariable>,
  args: Arguments,
  io: Io,
): Promise<Map<string, UnparsedVariable>> {
  if (!args.boolean('input') || !io.terminal.input || !io.terminal.output) return values;
  const missing = [...module.variables.values()].filter(
    ({ name, defaultValue }) => defaultValue === undefined && !values.has(name),
  );
  const asked = new Map(values);
  for (const { name, description } of missing.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    io.out(`var.${name}\n${description === undefined ? '' : `  ${description}\n`}\n  Enter a value: `);
    const text = await io.readLine();
    io.out('\n');
    if (text !== undefined) asked.set(name, { kind: 'text', source: 'argument', text });
  }
  return asked;
}

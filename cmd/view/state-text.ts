/** Objects and outputs of a state as HCL-like text, for `show` and `state show`. */
import { quote } from '../../core/addr/address.ts';
import type { Schema } from '../../core/config/schema.ts';
import type { InstanceState, OutputState, ResourceState, State } from '../../core/state.ts';
import { stateObjects } from '../state-selection.ts';
import { compareUtf8 } from '../../core/value/type.ts';
import { isFailure } from '../../core/value/convert.ts';
import { jsonToValue, typeFromJson } from '../../core/value/json.ts';
import { SENSITIVE, type Value, withMarks } from '../../core/value/value.ts';
import { type DiffContext, entryLines } from './diff-text.ts';
import { providerSourceOf, stateAddress } from '../state-names.ts';
import { type StateSchemas, instanceValue } from './json-state.ts';
import { plainLines } from './plain-lines.ts';
import { diffValues } from './plan-diff.ts';
import { contentLines } from './plan-text.ts';
import type { Redactor } from './redact.ts';
import { type Style, styleFor } from './style.ts';

/** Every object, module by module with the root first, then the outputs. */
export function stateText(state: State, schemas: StateSchemas, style: Style): string {
  const modules = [...new Set(state.resources.map(({ module }) => module))].sort(compareUtf8);
  const objects = stateObjects(state);
  const texts = modules.map((module) =>
    objects
      .filter(({ resource }) => resource.module === module)
      .map(({ resource, instance }) => `${instanceText(resource, instance, schemas, style)}\n`)
      .join(''),
  );
  return [...texts, outputsText(state.outputs)].filter((text) => text !== '').join('\n');
}

/** `# address:` and the block beneath it; ends with a line break. */
export function instanceText(
  resource: ResourceState,
  instance: InstanceState,
  schemas: StateSchemas,
  style: Style,
): string {
  const value = instanceValue(resource, instance, schemas);
  const notes = [
    ...(instance.status === 'tainted' ? [' (tainted)'] : []),
    ...(instance.deposed === undefined ? [] : [` (deposed object ${instance.deposed})`]),
  ].join('');
  const head = `${resource.mode === 'data' ? 'data' : 'resource'} ${quote(resource.type)} ${quote(resource.name)} {`;
  const object = value.kind === 'object' ? value : null;
  const lines = contentLines(null, object, schemaOf(resource, schemas), { level: 1, path: [] }, contextOf(style));
  return `# ${stateAddress(resource, instance)}:${notes}\n${[head, ...lines.map(dedent), '}'].join('\n')}\n`;
}

function schemaOf(resource: ResourceState, schemas: StateSchemas): Schema | undefined {
  const source = providerSourceOf(resource.provider);
  return resource.mode === 'data'
    ? schemas.dataSchema(source, resource.type)
    : schemas.resourceSchema(source, resource.type)?.schema;
}

function contextOf(style: Style): DiffContext {
  return { style: styleFor(style.enabled), lineDiff: plainLines, forcesReplacement: () => false };
}

/** The room of the symbols of a plan is taken away. */
function dedent(line: string): string {
  return line.slice(0, 4).trim() === '' ? line.slice(4) : line;
}

function outputsText(outputs: ReadonlyMap<string, OutputState>): string {
  if (outputs.size === 0) return '';
  const lines = [...outputs].sort().flatMap(([name, output]) => {
    const value = outputValue(output);
    if (value === undefined) return [];
    const shown = output.sensitive ? withMarks(value, SENSITIVE) : value;
    return entryLines(name, diffValues(undefined, shown), { level: 0, path: [] }, contextOf(styleFor(false))).map(
      dedent,
    );
  });
  return `Outputs:\n\n${lines.join('\n')}\n`;
}

/** Every object of a state learnt by the redactor: copies of its secrets may stand in others of its values. */
export function learnState(state: State, schemas: StateSchemas, redactor: Redactor): void {
  for (const { resource, instance } of stateObjects(state)) redactor.learn(instanceValue(resource, instance, schemas));
}

/** With the type that the state keeps beside it; undefined when the two do not fit. */
export function outputValue({ value, type }: OutputState): Value | undefined {
  const known = typeFromJson(type);
  const decoded = known === undefined ? undefined : jsonToValue(value, known);
  return decoded === undefined || isFailure(decoded) ? undefined : decoded;
}

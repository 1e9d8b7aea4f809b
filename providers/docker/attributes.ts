/** Short ways to read and make attribute values. An attribute that is null, unknown or not there reads as undefined. */
import { setValue } from '../../core/value/set.ts';
import { STRING, objectType } from '../../core/value/type.ts';
import {
  type MapValue,
  type ObjectValue,
  type SetValue,
  type Value,
  mapValue,
  objectValue,
  stringValue,
} from '../../core/value/value.ts';

export function textAt(object: ObjectValue, name: string): string | undefined {
  const value = object.attributes.get(name);
  return value?.kind === 'string' ? value.value : undefined;
}

export function flagAt(object: ObjectValue, name: string): boolean | undefined {
  const value = object.attributes.get(name);
  return value?.kind === 'bool' ? value.value : undefined;
}

/** Numbers that the engine takes are safe integers or short fractions. */
export function numberAt(object: ObjectValue, name: string): number | undefined {
  const value = object.attributes.get(name);
  return value?.kind === 'number' && typeof value.value === 'number' ? value.value : undefined;
}

/** Known texts of a list or set. */
export function textsAt(object: ObjectValue, name: string): readonly string[] {
  const value = object.attributes.get(name);
  const elements = value?.kind === 'list' || value?.kind === 'set' ? value.elements : [];
  return elements.flatMap((element) => (element.kind === 'string' ? [element.value] : []));
}

/** Known texts of a map, as plain data. */
export function textMapAt(object: ObjectValue, name: string): Readonly<Record<string, string>> {
  const value = object.attributes.get(name);
  const entries = value?.kind === 'map' ? [...value.entries] : [];
  return Object.fromEntries(entries.flatMap(([key, entry]) => (entry.kind === 'string' ? [[key, entry.value]] : [])));
}

/** The blocks of a list or set; none while it is unknown. */
export function blocksAt(object: ObjectValue, name: string): readonly ObjectValue[] {
  const value = object.attributes.get(name);
  const elements = value?.kind === 'list' || value?.kind === 'set' ? value.elements : [];
  return elements.filter((element): element is ObjectValue => element.kind === 'object');
}

/** Labels written as blocks, as the engine takes them. Of two blocks with one label the later wins. */
export function labelsAt(object: ObjectValue, name: string): Readonly<Record<string, string>> {
  const entries = blocksAt(object, name).flatMap((block) => {
    const label = textAt(block, 'label');
    return label === undefined ? [] : [[label, textAt(block, 'value') ?? ''] as const];
  });
  return Object.fromEntries(entries);
}

export function textMapValue(entries: Iterable<readonly [string, string]>): MapValue {
  return mapValue(
    STRING,
    [...entries].map(([name, text]) => [name, stringValue(text)] as const),
  );
}

const LABEL = objectType([
  ['label', STRING],
  ['value', STRING],
]);

/** Labels as the state has them. */
export function labelSet(labels: ReadonlyMap<string, string>): SetValue {
  const elements = [...labels].map(([label, value]) =>
    objectValue([
      ['label', stringValue(label)],
      ['value', stringValue(value)],
    ]),
  );
  return setValue(LABEL, elements);
}

/** The same object with some attributes replaced. */
export function withAttributes(object: ObjectValue, changes: Iterable<readonly [string, Value]>): ObjectValue {
  return objectValue([...object.attributes, ...changes], object.marks);
}

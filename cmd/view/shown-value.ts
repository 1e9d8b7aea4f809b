/** What of an object is shown at all: attributes that only live on for older configurations are not. */
import type { BlockContents } from '../../core/config/schema.ts';
import { type ObjectValue, objectValue } from '../../core/value/value.ts';

const hiddenNames = new WeakMap<BlockContents, ReadonlySet<string>>();

function hiddenIn(schema: BlockContents): ReadonlySet<string> {
  let names = hiddenNames.get(schema);
  if (names === undefined) {
    names = new Set(Object.entries(schema.attributes).flatMap(([name, { legacy }]) => (legacy === true ? [name] : [])));
    hiddenNames.set(schema, names);
  }
  return names;
}

/** The object without what its schema calls legacy. */
export function shownValue(value: ObjectValue, schema: BlockContents | undefined): ObjectValue {
  const hidden = schema === undefined ? undefined : hiddenIn(schema);
  if (hidden === undefined || hidden.size === 0) return value;
  return objectValue(
    [...value.attributes].filter(([name]) => !hidden.has(name)),
    value.marks,
  );
}

/** Types and values that follow from a schema alone. Each is made once. */
import { setValue } from '../value/set.ts';
import { type ObjectType, type Type, listType, mapType, objectType, setType } from '../value/type.ts';
import { type ObjectValue, type Value, listValue, mapValue, nullValue, objectValue } from '../value/value.ts';
import type { AttributeSchema, BlockContents, BlockSchema } from './schema.ts';

const objectTypes = new WeakMap<BlockContents, ObjectType>();
const blockTypes = new WeakMap<BlockSchema, Type>();
const nulls = new WeakMap<AttributeSchema, Value>();
const empties = new WeakMap<BlockSchema, Value>();

/** Type of the object that a body with these contents is decoded to. */
export function impliedType(contents: BlockContents): ObjectType {
  return remembered(objectTypes, contents, () =>
    objectType([
      ...Object.entries(contents.attributes).map(([name, { type }]) => [name, type] as const),
      ...Object.entries(contents.blocks).map(([name, block]) => [name, blockType(block)] as const),
    ]),
  );
}

/** Type of all blocks of one kind together: a collection, or the object itself when there is at most one. */
export function blockType(block: BlockSchema): Type {
  return remembered(blockTypes, block, () => {
    const element = impliedType(block);
    switch (block.nesting) {
      case 'single':
        return element;
      case 'list':
        return listType(element);
      case 'set':
        return setType(element);
      case 'map':
        return mapType(element);
    }
  });
}

/** What an argument is that is not set. */
export function absentAttribute(attribute: AttributeSchema): Value {
  return remembered(nulls, attribute, () => nullValue(attribute.type));
}

/** What blocks of a kind are when there are none: an empty collection, or null for a single one. */
export function emptyBlockValue(block: BlockSchema): Value {
  return remembered(empties, block, () => {
    const element = impliedType(block);
    switch (block.nesting) {
      case 'single':
        return nullValue(element);
      case 'list':
        return listValue(element, []);
      case 'set':
        return setValue(element, []);
      case 'map':
        return mapValue(element, []);
    }
  });
}

/** What a body is decoded to in which nothing is set. */
export function emptyObject(contents: BlockContents): ObjectValue {
  return objectValue([
    ...Object.entries(contents.attributes).map(([name, attribute]) => [name, absentAttribute(attribute)] as const),
    ...Object.entries(contents.blocks).map(([name, block]) => [name, emptyBlockValue(block)] as const),
  ]);
}

function remembered<K extends object, V>(cache: WeakMap<K, V>, key: K, make: () => V): V {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  return made;
}

/**
 * The planning rules of the provider that we stand in for, over any schema: what an unset argument means, when a
 * computed one keeps its value, and when two collections of blocks are the same. Pure; knows no resource type.
 *
 * - An optional argument that is unset equals its zero value ("", 0, false, nothing in it): no difference.
 * - An optional argument with another stored value is removed when the configuration no longer has it.
 * - What is optional and computed keeps its stored value when the configuration says nothing (or "").
 * - A computed block that is left out is unknown as a whole when creating and kept when updating.
 * - Inside a set, texts that are unset are "" and lists are empty; numbers, flags and maps stay null.
 */
import type { AttributeSchema, BlockContents, BlockSchema, ChangeMode } from '../../core/config/schema.ts';
import type { AttributePath } from '../../core/diag/diagnostic.ts';
import type { Cause } from '../../core/provider.ts';
import { formatNum } from '../../core/value/number.ts';
import { setValue } from '../../core/value/set.ts';
import { type ObjectType, type Type, listType, mapType, objectType, setType } from '../../core/value/type.ts';
import {
  type ListValue,
  type ObjectValue,
  type SetValue,
  type Value,
  boolValue,
  listValue,
  nullValue,
  numberValue,
  objectValue,
  stringValue,
  unknownValue,
} from '../../core/value/value.ts';

export interface SchemaAsk {
  readonly schema: BlockContents;
  /** As refreshed; null when there is none. */
  readonly prior: ObjectValue | null;
  readonly config: ObjectValue;
  /** `replace`: the value is planned as for a new object; the differences to `prior` are found all the same. */
  readonly mode: 'any' | 'replace';
}

export interface SchemaChange {
  readonly path: AttributePath;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
  readonly mode: ChangeMode;
}

export interface SchemaPlan {
  readonly value: ObjectValue;
  /** Empty: nothing differs from `prior`, and `value` is `prior`. Empty as well when there is no prior. */
  readonly changes: readonly SchemaChange[];
  readonly replacePaths: readonly AttributePath[];
  readonly causes: readonly Cause[];
}

/** Plans every argument of a schema by the rules above. */
export function planFromSchema(ask: SchemaAsk): SchemaPlan {
  if (ask.prior === null) return { value: createValue(ask), changes: [], replacePaths: [], causes: [] };
  const changes: SchemaChange[] = [];
  const updated = updateContents(ask.schema, ask.prior, ask.config, { path: [], changes, inherited: undefined });
  const replacePaths = changes.filter((change) => change.mode === 'replace').map((change) => change.path);
  const value = ask.mode === 'replace' ? createValue(ask) : changes.length === 0 ? ask.prior : updated;
  return { value, changes, replacePaths, causes: changes.map(causeOf) };
}

function causeOf({ path, before, after, mode }: SchemaChange): Cause {
  return { path, before, after, forcesReplacement: mode === 'replace', author: 'configuration' };
}

// ---- A new object ------------------------------------------------------------------------------------------------

function createValue(ask: SchemaAsk): ObjectValue {
  return createContents(ask.schema, ask.config, false);
}

function createContents(contents: BlockContents, config: ObjectValue, inSet: boolean): ObjectValue {
  const attributes: [string, Value][] = [];
  for (const [name, schema] of Object.entries(contents.attributes)) {
    attributes.push([name, createAttribute(schema, attributeOf(config, name, schema.type), inSet)]);
  }
  for (const [name, block] of Object.entries(contents.blocks)) {
    attributes.push([name, createBlock(block, attributeOf(config, name, blockType(block)), inSet)]);
  }
  return objectValue(attributes);
}

function createAttribute(schema: AttributeSchema, config: Value, inSet: boolean): Value {
  if (schema.use === 'computed') return unknownValue(schema.type);
  if (schema.use === 'optional-computed') return saysNothing(config) ? unknownValue(schema.type) : config;
  if (config.kind !== 'null') return config;
  return defaultOf(schema) ?? (inSet ? unsetInSet(schema.type) : nullValue(schema.type));
}

function createBlock(block: BlockSchema, config: Value, inSet: boolean): Value {
  if (block.computed && (config.kind === 'null' || isEmptyCollection(config))) return unknownValue(blockType(block));
  switch (config.kind) {
    case 'object':
      return createContents(block, config, inSet);
    case 'list':
      return rebuildList(
        config,
        config.elements.map((element) => createElement(block, element, inSet)),
      );
    case 'set':
      return rebuildSet(
        config,
        config.elements.map((element) => createElement(block, element, true)),
      );
    case 'null':
      return emptyBlock(block);
    default:
      return config;
  }
}

function createElement(block: BlockSchema, element: Value, inSet: boolean): Value {
  return element.kind === 'object' ? createContents(block, element, inSet) : element;
}

function defaultOf(schema: AttributeSchema): Value | undefined {
  const { default: given } = schema;
  if (given === undefined || given === '') return undefined;
  if (typeof given === 'string') return stringValue(given);
  return typeof given === 'number' ? numberValue(given) : boolValue(given);
}

function unsetInSet(type: Type): Value {
  switch (type.kind) {
    case 'string':
      return stringValue('');
    case 'list':
      return listValue(type.element, []);
    case 'set':
      return setValue(type.element, []);
    default:
      return nullValue(type);
  }
}

// ---- An object that is there --------------------------------------------------------------------------------------

interface Place {
  readonly path: AttributePath;
  readonly changes: SchemaChange[];
  /** How a change of the surrounding block reaches the object; holds for arguments that do not say. */
  readonly inherited: ChangeMode | undefined;
}

function updateContents(contents: BlockContents, prior: ObjectValue, config: ObjectValue, place: Place): ObjectValue {
  const attributes: [string, Value][] = [];
  for (const [name, schema] of Object.entries(contents.attributes)) {
    const before = attributeOf(prior, name, schema.type);
    const after = updateAttribute(schema, before, attributeOf(config, name, schema.type));
    attributes.push([name, after]);
    if (after !== before) record(place, [...place.path, name], before, after, schema.change ?? place.inherited);
  }
  for (const [name, block] of Object.entries(contents.blocks)) {
    const type = blockType(block);
    const inside = { ...place, path: [...place.path, name] };
    attributes.push([
      name,
      updateBlock(block, attributeOf(prior, name, type), attributeOf(config, name, type), inside),
    ]);
  }
  return objectValue(attributes);
}

/** Returns `prior` itself when there is no difference. */
function updateAttribute(schema: AttributeSchema, prior: Value, config: Value): Value {
  if (schema.use === 'computed') return prior;
  if (schema.use === 'optional-computed' && (config.kind === 'null' || isEmptyText(config))) return prior;
  const desired = config.kind === 'null' ? (defaultOf(schema) ?? config) : config;
  return sameAttribute(schema, prior, desired) ? prior : desired;
}

/** Whether two values of an argument mean the same; unknown is the same as nothing. */
export function sameAttribute(schema: AttributeSchema, a: Value, b: Value): boolean {
  if (a.kind === 'unknown' || b.kind === 'unknown') return false;
  if (isZero(a) && isZero(b)) return true;
  if (equal(a, b)) return true;
  return schema.sameMeaning !== undefined && a.kind !== 'null' && b.kind !== 'null' && schema.sameMeaning(a, b);
}

function updateBlock(block: BlockSchema, prior: Value, config: Value, place: Place): Value {
  if (config.kind === 'unknown') {
    record(place, place.path, prior, config, modeOf(block));
    return config;
  }
  if (block.nesting === 'single') return updateSingle(block, prior, config, place);
  const desired = elementsOf(config);
  if (block.computed && desired.length === 0) return prior;
  if (block.nesting === 'set') return updateSet(block, prior, desired, place);
  return updateList(block, prior, desired, place);
}

function updateSingle(block: BlockSchema, prior: Value, config: Value, place: Place): Value {
  if (config.kind === 'object' && prior.kind === 'object') {
    return updateContents(block, prior, config, { ...place, inherited: block.change ?? place.inherited });
  }
  if (config.kind === prior.kind) return prior;
  const after = createBlock(block, config, false);
  record(place, place.path, prior, after, modeOf(block));
  return after;
}

function updateList(block: BlockSchema, prior: Value, desired: readonly Value[], place: Place): Value {
  const before = elementsOf(prior);
  if (before.length !== desired.length) record(place, place.path, prior, undefined, modeOf(block));
  if (before.length === 0 && desired.length === 0) return prior;
  const elements = desired.map((element, index) => {
    const old = before[index];
    if (old?.kind !== 'object' || element.kind !== 'object') return createElement(block, element, false);
    const inside = { path: [...place.path, index], changes: place.changes, inherited: block.change ?? place.inherited };
    return updateContents(block, old, element, inside);
  });
  return listValue(elementType(block), elements);
}

function updateSet(block: BlockSchema, prior: Value, desired: readonly Value[], place: Place): Value {
  const { kept, added, removed } = matchElements(block, elementsOf(prior), desired);
  if (added.length === 0 && removed.length === 0) return prior;
  const created = added.map((element) => createElement(block, element, true));
  const after = setValue(elementType(block), [...kept, ...created]);
  const mode = setMode(block, [...removed, ...created], added.length !== removed.length);
  record(place, place.path, prior, after, mode);
  return after;
}

/** A change of the count counts for the block; an edit counts for the arguments that the elements have. */
function setMode(block: BlockSchema, touched: readonly Value[], countDiffers: boolean): ChangeMode {
  const modes: (ChangeMode | undefined)[] = countDiffers ? [block.change] : [];
  for (const element of touched) {
    if (element.kind !== 'object') continue;
    for (const [name, schema] of Object.entries(block.attributes)) {
      if (!isZero(attributeOf(element, name, schema.type))) modes.push(schema.change ?? block.change);
    }
    for (const [name, nested] of Object.entries(block.blocks)) {
      if (elementsOf(attributeOf(element, name, blockType(nested))).length > 0) modes.push(modeOf(nested));
    }
  }
  return strongest(modes) ?? modeOf(block);
}

function modeOf(block: BlockSchema): ChangeMode {
  const nested = [
    ...Object.values(block.attributes).map((schema) => schema.change),
    ...Object.values(block.blocks).map(modeOf),
  ];
  return block.change ?? strongest(nested) ?? 'in-place';
}

function strongest(modes: readonly (ChangeMode | undefined)[]): ChangeMode | undefined {
  return (['replace', 'in-place', 'bookkeeping'] as const).find((mode) => modes.includes(mode));
}

interface Matched {
  /** Elements of the prior set that the configuration has as well, in the prior's form. */
  readonly kept: readonly Value[];
  readonly added: readonly Value[];
  readonly removed: readonly Value[];
}

/** Pairs the elements of two sets of blocks by what they mean. */
function matchElements(block: BlockSchema, prior: readonly Value[], desired: readonly Value[]): Matched {
  const rest = [...prior];
  const kept: Value[] = [];
  const added: Value[] = [];
  for (const element of desired) {
    const index = rest.findIndex((old) => sameElement(block, old, element));
    if (index === -1) added.push(element);
    else kept.push(...rest.splice(index, 1));
  }
  // The same block written twice is one element of the set.
  const extra = added.filter((element) => !kept.some((old) => sameElement(block, old, element)));
  return { kept, added: extra, removed: rest };
}

/** Whether planning the second element over the first would change anything. */
export function sameElement(block: BlockContents, prior: Value, config: Value): boolean {
  if (prior.kind !== 'object' || config.kind !== 'object') return false;
  const changes: SchemaChange[] = [];
  updateContents(block, prior, config, { path: [], changes, inherited: undefined });
  return changes.length === 0;
}

function record(
  place: Place,
  path: AttributePath,
  before: Value | undefined,
  after: Value | undefined,
  mode: ChangeMode | undefined,
): void {
  place.changes.push({ path, before, after, mode: mode ?? 'in-place' });
}

// ---- Values ------------------------------------------------------------------------------------------------------

/** The zero values of Go, which the SDK cannot tell from unset. */
export function isZero(value: Value): boolean {
  switch (value.kind) {
    case 'null':
      return true;
    case 'string':
      return value.value === '';
    case 'number':
      return value.value === 0;
    case 'bool':
      return !value.value;
    case 'list':
    case 'set':
    case 'tuple':
      return value.elements.length === 0;
    case 'map':
      return value.entries.size === 0;
    case 'unknown':
    case 'object':
      return false;
  }
}

/** Equality without regard to marks; an unknown equals nothing. Sets are in one order, so elements pair up. */
export function equal(a: Value, b: Value): boolean {
  switch (a.kind) {
    case 'null':
      return b.kind === 'null';
    case 'unknown':
      return false;
    case 'string':
    case 'bool':
      return a.kind === b.kind && a.value === b.value;
    case 'number':
      return b.kind === 'number' && (a.value === b.value || formatNum(a.value) === formatNum(b.value));
    case 'list':
    case 'set':
    case 'tuple':
      return equalElements(a.elements, elementsOf(b));
    case 'map':
      return b.kind === 'map' && equalEntries(a.entries, b.entries);
    case 'object':
      return b.kind === 'object' && equalEntries(a.attributes, b.attributes);
  }
}

function equalElements(a: readonly Value[], b: readonly Value[]): boolean {
  return (
    a.length === b.length &&
    a.every((element, index) => {
      const other = b[index];
      return other !== undefined && equal(element, other);
    })
  );
}

function equalEntries(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === undefined || !equal(value, other)) return false;
  }
  return true;
}

/** Null, "" or an empty set or map: what an optional and computed argument takes for "you decide". An empty list counts. */
function saysNothing(value: Value): boolean {
  return (
    value.kind === 'null' || isEmptyText(value) || ((value.kind === 'set' || value.kind === 'map') && isZero(value))
  );
}

function isEmptyText(value: Value): boolean {
  return value.kind === 'string' && value.value === '';
}

function isEmptyCollection(value: Value): boolean {
  return (value.kind === 'list' || value.kind === 'set' || value.kind === 'map') && isZero(value);
}

export function elementsOf(value: Value): readonly Value[] {
  return value.kind === 'list' || value.kind === 'set' || value.kind === 'tuple' ? value.elements : [];
}

function attributeOf(value: ObjectValue, name: string, type: Type): Value {
  return value.attributes.get(name) ?? nullValue(type);
}

function rebuildList(original: ListValue, elements: readonly Value[]): Value {
  return listValue(original.element, elements, original.marks);
}

function rebuildSet(original: SetValue, elements: readonly Value[]): Value {
  return setValue(original.element, elements, original.marks);
}

// ---- Types -------------------------------------------------------------------------------------------------------

export function blockType(block: BlockSchema): Type {
  const element = elementType(block);
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
}

/** Type of the objects that a schema describes. */
export function elementType(contents: BlockContents): ObjectType {
  return objectType([
    ...Object.entries(contents.attributes).map(([name, schema]) => [name, schema.type] as const),
    ...Object.entries(contents.blocks).map(([name, block]) => [name, blockType(block)] as const),
  ]);
}

function emptyBlock(block: BlockSchema): Value {
  const element = elementType(block);
  if (block.nesting === 'list') return listValue(element, []);
  if (block.nesting === 'set') return setValue(element, []);
  return nullValue(blockType(block));
}

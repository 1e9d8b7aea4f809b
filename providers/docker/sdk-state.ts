/**
 * The form in which values enter the state. The peer cannot always tell null from empty, and which of the two it
 * writes depends on what was planned (after an apply) or stored (after a refresh). States have to agree to the letter.
 */
import { type ObjectValue, type Value, listValue, mapValue, objectValue } from '../../core/value/value.ts';

/** `observed` as it is stored after an apply that planned `planned`. */
export function settleApplied(observed: ObjectValue, planned: ObjectValue): ObjectValue {
  return settleObject(observed, planned, true);
}

/** `observed` as it is stored after a refresh of `prior`. */
export function settleRefreshed(observed: ObjectValue, prior: ObjectValue): ObjectValue {
  return settleObject(observed, prior, false);
}

function settleObject(observed: ObjectValue, reference: ObjectValue, applied: boolean): ObjectValue {
  return objectValue(
    [...observed.attributes].map(([name, value]) => {
      const other = reference.attributes.get(name);
      return [name, other === undefined ? value : settle(value, other, applied)] as const;
    }),
  );
}

function settle(observed: Value, reference: Value, applied: boolean): Value {
  if (applied && swapsEmptyAndNull(observed, reference)) return reference;
  if (reference.kind === 'null' || reference.kind === 'unknown' || observed.kind === 'unknown') return observed;
  switch (reference.kind) {
    case 'object':
      return observed.kind === 'object' ? settleObject(observed, reference, applied) : observed;
    case 'map':
      return observed.kind === 'map' ? settleMap(observed.entries, reference, applied) : observed;
    case 'set':
      return applied && whollyKnown(reference) ? reference : observed;
    case 'list':
      return settleList(observed, reference, applied);
    case 'string':
      return observed.kind === 'null' && reference.value === '' ? reference : observed;
    default:
      return observed;
  }
}

/** A collection that is empty on one side and null on the other. */
function swapsEmptyAndNull(observed: Value, reference: Value): boolean {
  return (observed.kind === 'null' && isEmpty(reference)) || (reference.kind === 'null' && isEmpty(observed));
}

function isEmpty(value: Value): boolean {
  if (value.kind === 'map') return value.entries.size === 0;
  return (value.kind === 'list' || value.kind === 'set') && value.elements.length === 0;
}

function settleMap(entries: ReadonlyMap<string, Value>, reference: Value & { kind: 'map' }, applied: boolean): Value {
  return mapValue(
    reference.element,
    [...entries].map(([name, value]) => {
      const other = reference.entries.get(name);
      return [name, other === undefined ? value : settle(value, other, applied)] as const;
    }),
  );
}

function settleList(observed: Value, reference: Value & { kind: 'list' }, applied: boolean): Value {
  if (observed.kind === 'null') return reference.elements.length === 0 ? reference : observed;
  if (observed.kind !== 'list' || observed.elements.length !== reference.elements.length) return observed;
  const elements = observed.elements.map((element, index) => {
    const other = reference.elements[index];
    return other === undefined ? element : settle(element, other, applied);
  });
  return listValue(observed.element, elements);
}

function whollyKnown(value: Value): boolean {
  switch (value.kind) {
    case 'unknown':
      return false;
    case 'list':
    case 'set':
    case 'tuple':
      return value.elements.every(whollyKnown);
    case 'map':
      return [...value.entries.values()].every(whollyKnown);
    case 'object':
      return [...value.attributes.values()].every(whollyKnown);
    default:
      return true;
  }
}

/** Makes from one configuration all those that differ from it in exactly one argument or block. */
import type { AttributeSchema, Schema } from '../../../core/config/schema.ts';
import { setValue } from '../../../core/value/set.ts';
import type { Type } from '../../../core/value/type.ts';
import {
  type ObjectValue,
  type Value,
  boolValue,
  listValue,
  mapValue,
  numberValue,
  objectValue,
  stringValue,
} from '../../../core/value/value.ts';
import { elementsOf, isZero } from '../../../providers/docker/sdk-plan.ts';

/** `prior` is what the configuration led to: every changed argument differs from that as well. */
export function eachChanged(
  schema: Schema,
  config: ObjectValue,
  prior: ObjectValue,
): readonly (readonly [string, ObjectValue])[] {
  const changed: [string, ObjectValue][] = [];
  for (const [name, attribute] of Object.entries(schema.attributes)) {
    if (attribute.use === 'computed' || name === 'id') continue;
    const other = otherValue(attribute, prior.attributes.get(name));
    if (other !== undefined) changed.push([name, replaced(config, name, other)]);
  }
  for (const [name, block] of Object.entries(schema.blocks)) {
    const value = config.attributes.get(name);
    const before = prior.attributes.get(name);
    if (value === undefined || block.computed || elementsOf(value).length === 0) continue;
    if (before !== undefined && isZero(before)) continue;
    const empty =
      value.kind === 'set' ? setValue(value.element, []) : value.kind === 'list' ? listValue(value.element, []) : value;
    changed.push([name, replaced(config, name, empty)]);
  }
  return changed;
}

function replaced(config: ObjectValue, name: string, value: Value): ObjectValue {
  return objectValue([...config.attributes, [name, value]]);
}

function otherValue(schema: AttributeSchema, prior: Value | undefined): Value | undefined {
  return otherOf(schema.type, prior === undefined || isZero(prior) ? undefined : prior);
}

function otherOf(type: Type, prior: Value | undefined): Value | undefined {
  switch (type.kind) {
    case 'string':
      return stringValue(prior?.kind === 'string' ? `${prior.value}-changed` : 'changed');
    case 'number':
      return numberValue(prior?.kind === 'number' && typeof prior.value === 'number' ? prior.value + 7 : 7);
    case 'bool':
      return boolValue(!(prior?.kind === 'bool' && prior.value));
    case 'map': {
      const extra = otherOf(type.element, undefined);
      return extra && mapValue(type.element, [...(prior?.kind === 'map' ? prior.entries : []), ['changed', extra]]);
    }
    case 'list':
    case 'set': {
      const extra = otherOf(type.element, undefined);
      if (extra === undefined) return undefined;
      const elements = [...elementsOf(prior ?? stringValue('')), extra];
      return type.kind === 'set' ? setValue(type.element, elements) : listValue(type.element, elements);
    }
    default:
      return undefined;
  }
}

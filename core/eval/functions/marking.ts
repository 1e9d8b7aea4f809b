/** Functions that put marks on a value, take them off and ask for them. */
import { setValue } from '../../value/set.ts';
import { BOOL, DYNAMIC } from '../../value/type.ts';
import {
  EPHEMERAL,
  FALSE,
  SENSITIVE,
  TRUE,
  type Value,
  listValue,
  mapValue,
  nullValue,
  objectValue,
  tupleValue,
  typeOf,
  unknownValue,
  withMarks,
} from '../../value/value.ts';
import { NOT_NULL, anything, argumentAt, defineFunction } from './define.ts';

const value = anything('value', { acceptsMarks: true });

const sensitive = defineFunction({
  name: 'sensitive',
  parameters: [value],
  nullable: true,
  returns: DYNAMIC,
  call: (args) => withMarks(argumentAt(args, 0), SENSITIVE),
});

const nonsensitive = defineFunction({
  name: 'nonsensitive',
  parameters: [value],
  nullable: true,
  returns: DYNAMIC,
  call: (args) => without(argumentAt(args, 0), SENSITIVE),
});

function without(marked: Value, marks: number): Value {
  return (marked.marks & marks) === 0 ? marked : { ...marked, marks: marked.marks & ~marks };
}

const issensitive = defineFunction({
  name: 'issensitive',
  parameters: [value],
  returns: BOOL,
  call: (args) => {
    const asked = argumentAt(args, 0);
    if ((asked.marks & SENSITIVE) !== 0) return TRUE;
    return asked.kind === 'unknown' ? unknownValue(BOOL, NOT_NULL) : FALSE;
  },
});

const ephemeralasnull = defineFunction({
  name: 'ephemeralasnull',
  parameters: [value],
  nullable: true,
  returns: DYNAMIC,
  call: (args) => nullWhereEphemeral(argumentAt(args, 0)),
});

function nullWhereEphemeral(part: Value): Value {
  if ((part.marks & EPHEMERAL) !== 0) return nullValue(typeOf(part), part.marks & ~EPHEMERAL);
  switch (part.kind) {
    case 'list':
      return listValue(part.element, part.elements.map(nullWhereEphemeral), part.marks);
    case 'tuple':
      return tupleValue(part.elements.map(nullWhereEphemeral), part.marks);
    case 'set':
      return setValue(part.element, part.elements.map(nullWhereEphemeral), part.marks);
    case 'map':
      return mapValue(part.element, eachValue(part.entries), part.marks);
    case 'object':
      return objectValue(eachValue(part.attributes), part.marks);
    default:
      return part;
  }
}

function eachValue(entries: ReadonlyMap<string, Value>): [string, Value][] {
  return Array.from(entries, ([name, entry]) => [name, nullWhereEphemeral(entry)]);
}

export const markingFunctions = [ephemeralasnull, issensitive, nonsensitive, sensitive];

/** JSON values that are data and nothing else: in `.tfvars.json` strings are no templates. */
import type { JsonNode } from '../hcl/ast.ts';
import { parseNumText } from '../value/number.ts';
import {
  NULL,
  UNKNOWN,
  type Value,
  boolValue,
  numberValue,
  objectValue,
  stringValue,
  tupleValue,
} from '../value/value.ts';

export function plainJsonValue(node: JsonNode): Value {
  switch (node.kind) {
    case 'null':
      return NULL;
    case 'bool':
      return boolValue(node.value);
    case 'number': {
      const number = parseNumText(node.text);
      return number === undefined ? UNKNOWN : numberValue(number);
    }
    case 'string':
      return stringValue(node.value);
    case 'array':
      return tupleValue(node.items.map(plainJsonValue));
    case 'object':
      return objectValue(node.members.map(({ name, value }) => [name, plainJsonValue(value)] as const));
  }
}

/** Paths into values as Terraform writes them: `.name`, `[0]`, `["key"]`. */
import { quote } from '../addr/address.ts';
import type { AttributePath } from '../diag/diagnostic.ts';
import { DYNAMIC, type Type } from '../value/type.ts';

/** Text of a path into a value of this type, which tells attributes and keys of maps apart. */
export function typedPathText(path: AttributePath, type: Type): string {
  let text = '';
  let at = type;
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += at.kind === 'map' ? `[${quote(step)}]` : `.${step}`;
    at = inner(at, step);
  }
  return text;
}

function inner(type: Type, step: string | number): Type {
  switch (type.kind) {
    case 'list':
    case 'set':
    case 'map':
      return type.element;
    case 'tuple':
      return (typeof step === 'number' ? type.elements[step] : undefined) ?? DYNAMIC;
    case 'object':
      return type.attributes.get(String(step)) ?? DYNAMIC;
    default:
      return DYNAMIC;
  }
}

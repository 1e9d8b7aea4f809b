/** A block may not refer to itself: none of its instances could come first. */
import type { Resource } from '../config/module.ts';
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { referencesIn, referencesInBody } from '../eval/reference.ts';

export function selfReferences(resource: Resource): Diagnostic[] {
  const { mode, type, name } = resource;
  const expressions = [resource.count, resource.forEach].flatMap((expression) =>
    expression ? referencesIn(expression) : [],
  );
  return [...referencesInBody(resource.body), ...expressions].flatMap(({ subject, range }) => {
    if (subject.kind !== 'resource' || subject.mode !== mode || subject.type !== type || subject.name !== name)
      return [];
    const detail = `A block is evaluated before its object is there, so ${type}.${name} may not refer to itself. Conditions and provisioners can use self.`;
    return [errorAt(range, 'Self-referential block', detail)];
  });
}

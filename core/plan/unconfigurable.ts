/** Attributes that only the provider sets. */
import type { Resource } from '../config/module.ts';
import type { BlockContents } from '../config/schema.ts';
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { ObjectValue } from '../value/value.ts';

export function unconfigurable(resource: Resource, contents: BlockContents, config: ObjectValue): Diagnostic[] {
  return Object.keys(contents.attributes).flatMap((name) => {
    const value = config.attributes.get(name);
    if (value === undefined || value.kind === 'null' || contents.attributes[name]?.use !== 'computed') return [];
    const detail = `"${name}" says what became of the object and is set when it is made, so the configuration cannot give it a value. Remove the argument.`;
    return [
      errorAt(
        resource.body.attributes.get(name)?.value ?? resource.range,
        'Value for unconfigurable attribute',
        detail,
      ),
    ];
  });
}

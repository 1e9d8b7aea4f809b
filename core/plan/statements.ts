/** `import` and `removed` blocks held against the resources that the configuration declares. */
import { instanceText, localResourceText, moduleText, resourceText, staticModule } from '../addr/address.ts';
import type { Configuration, Import, Module, Resource } from '../config/module.ts';
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { referencesIn } from '../eval/reference.ts';
import { targetInModule } from './targets.ts';

export function checkStatements(configuration: Configuration): Diagnostic[] {
  return [...configuration.modules.values()].flatMap((module) => [
    ...module.removed.flatMap((removed) => {
      const target = targetInModule(module.path, removed.from);
      if (target?.kind !== 'resource') return [];
      const block = blockOf(configuration, target.resource);
      return block ? [stillThere(block.range, resourceText(target.resource))] : [];
    }),
    ...module.imports.flatMap((imported) => withoutResource(module, imported)),
  ]);
}

function blockOf(configuration: Configuration, address: Parameters<typeof resourceText>[0]): Resource | undefined {
  const module = configuration.modules.get(moduleText(staticModule(address.module)));
  return module?.resources.get(localResourceText(address));
}

function stillThere(range: Diagnostic['subject'], text: string): Diagnostic {
  return errorAt(
    range,
    'Removed resource still exists',
    `A removed block says that ${text} is gone, but here it is still declared. Remove this block, or the removed block.`,
  );
}

/** An import needs a block that says what the object shall be. */
function withoutResource(module: Module, imported: Import): Diagnostic[] {
  const [reference] = referencesIn(imported.to);
  if (reference?.subject.kind !== 'resource') return [];
  const { mode, type, name } = reference.subject;
  if (module.resources.has(localResourceText({ mode, type, name }))) return [];
  const text = instanceText({ resource: { module: module.path, mode, type, name }, key: undefined });
  return [
    errorAt(
      imported.to,
      'Configuration for import target does not exist',
      `${text} is to be imported, but no resource block declares it. Write the block first: it says what the object shall be.`,
    ),
  ];
}

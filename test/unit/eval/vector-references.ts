/** The checks of references that Terraform makes before it evaluates anything, as far as the vectors need them. */
import type { Module } from '../../../core/config/module.ts';
import { suggestion } from '../../../core/diag/did-you-mean.ts';
import { type Diagnostic, errorAt } from '../../../core/diag/diagnostic.ts';
import { type Reference, referencesIn } from '../../../core/eval/reference.ts';

export function checkStatically(module: Module, diagnostics: Diagnostic[]): void {
  const locals = [...module.locals.values()];
  const references = locals.flatMap((local) => referencesIn(local.value, diagnostics));
  if (diagnostics.some((diagnostic) => diagnostic.severity === 'error')) return;
  for (const reference of references) checkReference(module, reference, diagnostics);
}

function checkReference(module: Module, reference: Reference, diagnostics: Diagnostic[]): void {
  const { subject, range, remaining } = reference;
  const report = (summary: string, detail: string, place = range): void => {
    diagnostics.push(errorAt(place, summary, detail));
  };
  switch (subject.kind) {
    case 'local':
      if (!module.locals.has(subject.name)) {
        const hint = suggestion(subject.name, module.locals.keys());
        report(
          'Reference to undeclared local value',
          `A local value with the name "${subject.name}" has not been declared.${hint}`,
        );
      }
      return;
    case 'variable':
      if (!module.variables.has(subject.name)) {
        const hint =
          suggestion(subject.name, module.variables.keys()) ||
          ` This variable can be declared with a variable "${subject.name}" {} block.`;
        report(
          'Reference to undeclared input variable',
          `An input variable with the name "${subject.name}" has not been declared.${hint}`,
        );
      }
      return;
    case 'module':
      report(
        'Reference to undeclared module',
        `No module call named "${subject.name}" is declared in the root module.`,
      );
      return;
    case 'resource': {
      if (!module.resources.has(`${subject.type}.${subject.name}`)) {
        report(
          'Reference to undeclared resource',
          `A managed resource "${subject.type}" "${subject.name}" has not been declared in the root module.`,
        );
        return;
      }
      const [step] = remaining;
      const attributes = ['id', 'input', 'output', 'triggers_replace'];
      if (step?.kind === 'attribute' && !attributes.includes(step.name)) {
        report(
          'Unsupported attribute',
          `This object has no argument, nested block, or exported attribute named "${step.name}".`,
          step,
        );
      }
      return;
    }
    case 'ephemeral-resource':
      report(
        'Reference to undeclared resource',
        `An ephemeral resource "${subject.type}" "${subject.name}" has not been declared in the root module.`,
      );
      return;
    case 'path':
      if (!['module', 'root', 'cwd'].includes(subject.name)) {
        report('Invalid "path" attribute', `The "path" object does not have an attribute named "${subject.name}".`);
      }
      return;
    case 'terraform':
      if (!['workspace', 'applying'].includes(subject.name)) {
        report(
          'Invalid "terraform" attribute',
          `The "terraform" object does not have an attribute named "${subject.name}". The only supported attributes are terraform.workspace, the name of the currently-selected workspace, and terraform.applying, a boolean which is true only during apply.`,
        );
      }
      return;
    case 'self':
      report(
        'Invalid "self" reference',
        'The "self" object is not available in this context. This object can be used only in resource provisioner, connection, and postcondition blocks.',
      );
      return;
    case 'each':
      if (subject.name === 'value') {
        report(
          'each.value cannot be used in this context',
          'A reference to "each.value" has been used in a context in which it is unavailable, such as when the configuration no longer contains the value in its "for_each" expression. Remove this reference to each.value in your configuration to work around this error.',
        );
      } else if (subject.name === 'key') {
        report(
          'Reference to "each" in context without for_each',
          'The "each" object can be used only in "module" or "resource" blocks, and only when the "for_each" argument is set.',
        );
      } else {
        report(
          'Invalid "each" attribute',
          `The "each" object does not have an attribute named "${subject.name}". The supported attributes are each.key and each.value, the current key and value pair of the "for_each" attribute set.`,
        );
      }
      return;
    case 'count':
      if (subject.name === 'index') {
        report(
          'Reference to "count" in non-counted context',
          'The "count" object can only be used in "module", "resource", and "data" blocks, and only when the "count" argument is set.',
        );
      } else {
        report(
          'Invalid "count" attribute',
          `The "count" object does not have an attribute named "${subject.name}". The only supported attribute is count.index, which is the index of each instance of a resource block that has the "count" argument set.`,
        );
      }
      return;
  }
}

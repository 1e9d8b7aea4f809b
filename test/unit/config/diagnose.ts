// What loading and the static checks say of a directory, with the schemas of the provider that is built in.
import { checkBody } from '../../../core/config/decode.ts';
import { loadConfiguration } from '../../../core/config/load.ts';
import type { Schema } from '../../../core/config/schema.ts';
import { validateReferences } from '../../../core/config/validate.ts';
import { type Diagnostic, hasErrors } from '../../../core/diag/diagnostic.ts';
import { DYNAMIC, STRING } from '../../../core/value/type.ts';

function schema(attributes: Schema['attributes']): Schema {
  return { version: 0, description: '', attributes, blocks: {} };
}

const optional = (type: Schema['attributes'][string]['type']) => ({ type, use: 'optional', description: '' }) as const;
const computed = (type: Schema['attributes'][string]['type']) => ({ type, use: 'computed', description: '' }) as const;

const DATA = schema({
  id: computed(STRING),
  input: optional(DYNAMIC),
  output: computed(DYNAMIC),
  triggers_replace: optional(DYNAMIC),
});

const REMOTE_STATE = schema({
  backend: { type: STRING, use: 'required', description: '' },
  config: optional(DYNAMIC),
  defaults: optional(DYNAMIC),
  outputs: computed(DYNAMIC),
  workspace: optional(STRING),
});

const BUILTIN = 'terraform.io/builtin/terraform';

const schemas = {
  resource: (mode: string, source: string, type: string) => {
    if (source !== BUILTIN) return undefined;
    if (mode === 'managed') return type === 'terraform_data' ? DATA : undefined;
    return type === 'terraform_remote_state' ? REMOTE_STATE : undefined;
  },
  provider: (source: string) => (source === BUILTIN ? schema({}) : undefined),
};

/** Everything that can be said without evaluating, in no particular order. */
export async function diagnoseStatically(directory: string): Promise<Diagnostic[]> {
  const loaded = await loadConfiguration('.', { workingDirectory: directory });
  if (loaded.value === undefined || hasErrors(loaded.diagnostics)) return [...loaded.diagnostics];
  const bodies = [...loaded.value.modules.values()].flatMap((module) => [
    ...[...module.resources.values()].flatMap(({ mode, type, body }) => {
      const known = schemas.resource(mode, BUILTIN, type);
      return known ? checkBody(body, known) : [];
    }),
    ...[...module.providers.values()].flatMap(({ body }) => checkBody(body, schema({}))),
  ]);
  return [...loaded.diagnostics, ...validateReferences(loaded.value, schemas), ...bodies];
}

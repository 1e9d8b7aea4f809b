/** What a `docker_plugin` may say. */
import type { Schema } from '../../../core/config/schema.ts';
import type { AttributePath, Diagnostics } from '../../../core/diag/diagnostic.ts';
import type { ResourceSchema } from '../../../core/provider.ts';
import { BOOL, NUMBER, STRING, setType } from '../../../core/value/type.ts';
import type { ObjectValue, Value } from '../../../core/value/value.ts';
import { blocksAt } from '../attributes.ts';
import { parseImageName } from '../image-name.ts';
import { block, computed, invalid, optional, optionalComputed, required } from './notation.ts';
import { wholeNumber } from './whole-number.ts';

const replace = { change: 'replace' } as const;
const inPlace = { change: 'in-place' } as const;
const bookkeeping = { change: 'bookkeeping' } as const;

export const pluginSchema: Schema = {
  version: 0,
  description: 'A plugin of the engine.',
  attributes: {
    id: optionalComputed(STRING, 'Plugin ID.'),
    name: required(STRING, 'Name in the registry.', { ...replace, validate: reference, sameMeaning: sameReference }),
    alias: optionalComputed(STRING, 'Local name; that of the registry when nothing is said.', {
      ...replace,
      sameMeaning: sameAlias,
    }),
    enabled: optional(BOOL, 'Whether it runs.', { ...inPlace, default: true }),
    grant_all_permissions: optional(BOOL, 'Give the plugin every privilege that it asks for.', bookkeeping),
    env: optionalComputed(setType(STRING), 'Settings, as `NAME=value`.', inPlace),
    plugin_reference: computed(STRING, 'Name in the registry, as the engine has it.'),
    force_destroy: optional(BOOL, 'Remove it even while it runs or is used.', bookkeeping),
    enable_timeout: optional(NUMBER, 'Seconds that starting it may take.', { ...bookkeeping, validate: wholeNumber }),
    force_disable: optional(BOOL, 'Stop it even while it is used.', bookkeeping),
  },
  blocks: {
    grant_permissions: block(
      'set',
      'A privilege that the plugin may have.',
      {
        attributes: {
          name: required(STRING, 'Privilege, as in `network`.', bookkeeping),
          value: required(setType(STRING), 'What of it, as in `host`.', bookkeeping),
        },
      },
      bookkeeping,
    ),
  },
};

export const pluginResource: ResourceSchema = {
  schema: pluginSchema,
  validate: oneGrant,
  importHint: 'name or ID',
};

function reference(value: Value, path: AttributePath): Diagnostics {
  if (value.kind !== 'string' || parseImageName(value.value) !== undefined) return [];
  return [invalid(path, `"${value.value}" is not the name of a plugin, such as "vieux/sshfs:latest".`)];
}

function sameReference(a: Value, b: Value): boolean {
  return a.kind === 'string' && b.kind === 'string' && fullReference(a.value) === fullReference(b.value);
}

/** With the registry, the library and the tag that are meant when they are not written. */
export function fullReference(text: string): string {
  const parsed = parseImageName(text);
  if (parsed === undefined) return text;
  const { registry, repository, tag, digest } = parsed;
  const path = repository.startsWith(`${registry}/`) ? repository.slice(registry.length + 1) : repository;
  const full = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  return `${registry}/${full}${digest === undefined ? `:${tag ?? 'latest'}` : `@${digest}`}`;
}

function sameAlias(a: Value, b: Value): boolean {
  return a.kind === 'string' && b.kind === 'string' && withTag(a.value) === withTag(b.value);
}

function withTag(alias: string): string {
  return alias.includes(':') ? alias : `${alias}:latest`;
}

/** All privileges, or those that are listed. */
function oneGrant(config: ObjectValue): Diagnostics {
  const all = config.attributes.get('grant_all_permissions');
  if (all?.kind !== 'bool' || !all.value || blocksAt(config, 'grant_permissions').length === 0) return [];
  const detail = 'Either all privileges are given or those of the grant_permissions blocks. Keep one of the two.';
  return [
    { severity: 'error', summary: 'Conflicting configuration arguments', detail, path: ['grant_all_permissions'] },
  ];
}

/**
 * docker_config: schema (in schema/config.ts), and how the content of a config is read and written. Everything else is
 * as with secrets: swarm-file.ts.
 */
import { STRING } from '../../core/value/type.ts';
import { type ObjectValue, nullValue, objectValue, stringValue } from '../../core/value/value.ts';
import { labelSet, textAt, withAttributes } from './attributes.ts';
import { type Inspected, textMapOf, textOf } from './inspect.ts';
import { NOTHING_PRIVATE, encodePrivate } from './private-data.ts';
import type { ResourceModule } from './resource-module.ts';
import { configSchema } from './schema/config.ts';
import { type SwarmFileKind, SUPERSEDED, swarmFileModule } from './swarm-file.ts';

const kind: SwarmFileKind = {
  word: 'config',
  schema: configSchema,
  encodePrivate: (ours) => (ours === undefined ? NOTHING_PRIVATE : encodePrivate({ schemaVersion: 0, ours })),
  valueOf: configValue,
  contentOf,
  likePrior,
};

export const configModule: ResourceModule = swarmFileModule(kind);

function configValue(observed: Inspected, name: string, before: ObjectValue | undefined): ObjectValue {
  const data = textOf(observed, 'Spec', 'Data');
  const raw = before !== undefined && (textAt(before, 'data_raw') ?? '') !== '';
  const labels = new Map([...textMapOf(observed, 'Spec', 'Labels')].filter(([label]) => label !== SUPERSEDED));
  return objectValue([
    ['id', stringValue(textOf(observed, 'ID'))],
    ['name', stringValue(name)],
    ['data', raw ? (before.attributes.get('data') ?? nullValue(STRING)) : stringValue(data)],
    ['data_raw', raw ? stringValue(decoded(data)) : (before?.attributes.get('data_raw') ?? nullValue(STRING))],
    ['labels', labelSet(labels)],
  ]);
}

function contentOf(value: ObjectValue): string | undefined {
  const raw = textAt(value, 'data_raw') ?? '';
  return raw === '' ? textAt(value, 'data') : Buffer.from(raw).toString('base64');
}

/** One that was imported has its content as base64; a configuration that says the same as plain text means the same. */
function likePrior(prior: ObjectValue, config: ObjectValue): ObjectValue {
  const said = ['data', 'data_raw'].filter((name) => config.attributes.get(name)?.kind === 'string');
  const [only] = said;
  if (said.length !== 1 || only === undefined || (textAt(prior, only) ?? '') !== '') return config;
  const [before, wanted] = [contentOf(prior), contentOf(config)];
  if (before === undefined || wanted === undefined || decoded(before) !== decoded(wanted)) return config;
  const attributes = ['data', 'data_raw'].map(
    (name) => [name, prior.attributes.get(name) ?? nullValue(STRING)] as const,
  );
  return withAttributes(config, attributes);
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

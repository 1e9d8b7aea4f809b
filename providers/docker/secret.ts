/**
 * docker_secret: schema (in schema/secret.ts). The engine never tells a content, so that of the state stands. Everything
 * else is as with configs: swarm-file.ts.
 */
import { STRING } from '../../core/value/type.ts';
import { type ObjectValue, nullValue, objectValue, stringValue } from '../../core/value/value.ts';
import { labelSet, textAt, withAttributes } from './attributes.ts';
import { type Inspected, textMapOf, textOf } from './inspect.ts';
import { encodePrivate } from './private-data.ts';
import type { ResourceModule } from './resource-module.ts';
import { secretSchema } from './schema/secret.ts';
import { type SwarmFileKind, SUPERSEDED, swarmFileModule } from './swarm-file.ts';

const kind: SwarmFileKind = {
  word: 'secret',
  schema: secretSchema,
  encodePrivate: (ours) => encodePrivate({ schemaVersion: 1, ...(ours === undefined ? {} : { ours }) }),
  valueOf: secretValue,
  contentOf: (value) => textAt(value, 'data'),
  likePrior,
};

export const secretModule: ResourceModule = swarmFileModule(kind);

function secretValue(observed: Inspected, name: string, before: ObjectValue | undefined): ObjectValue {
  const labels = new Map([...textMapOf(observed, 'Spec', 'Labels')].filter(([label]) => label !== SUPERSEDED));
  return objectValue([
    ['id', stringValue(textOf(observed, 'ID'))],
    ['name', stringValue(name)],
    ['data', before?.attributes.get('data') ?? nullValue(STRING)],
    ['labels', labelSet(labels)],
  ]);
}

/** The content of one that was imported is not known: it is taken for what the configuration says. */
function likePrior(prior: ObjectValue, config: ObjectValue): ObjectValue {
  return textAt(prior, 'data') === undefined
    ? withAttributes(config, [['data', prior.attributes.get('data') ?? nullValue(STRING)]])
    : config;
}

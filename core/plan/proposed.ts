/**
 * What core does to a configuration before a provider plans it: the proposed object (configuration over prior, so that
 * computed attributes keep their value) and `ignore_changes`.
 */
import type { BlockContents, BlockSchema } from '../config/schema.ts';
import type { AttributePath } from '../diag/diagnostic.ts';
import { sameValue } from '../value/equal.ts';
import { listValue, mapValue, objectValue, type ObjectValue, type Value } from '../value/value.ts';

/**
 * Configuration over prior. With no prior, computed attributes that the configuration leaves out stay null here; the
 * provider makes them unknown.
 */
export function proposedObject(contents: BlockContents, prior: ObjectValue | null, config: ObjectValue): ObjectValue {
  const attributes = new Map<string, Value>();
  for (const [name, value] of config.attributes) attributes.set(name, value);
  for (const [name, schema] of Object.entries(contents.attributes)) {
    const configured = config.attributes.get(name);
    if (configured?.kind !== 'null' || schema.use === 'required' || schema.use === 'optional') continue;
    const before = prior?.attributes.get(name);
    if (before) attributes.set(name, before);
  }
  for (const [name, schema] of Object.entries(contents.blocks)) {
    const configured = config.attributes.get(name);
    if (configured) attributes.set(name, proposedBlock(schema, prior?.attributes.get(name), configured));
  }
  return objectValue(attributes, config.marks);
}

function proposedBlock(schema: BlockSchema, prior: Value | undefined, config: Value): Value {
  if (config.kind === 'unknown' || config.kind === 'null') return config;
  if (config.kind === 'object') return proposedObject(schema, asObject(prior), config);
  if (config.kind === 'list') {
    const before = prior?.kind === 'list' ? prior.elements : [];
    const elements = config.elements.map((element, index) => proposedElement(schema, before[index], element));
    return listValue(config.element, elements, config.marks);
  }
  if (config.kind === 'map') {
    const before = prior?.kind === 'map' ? prior.entries : new Map<string, Value>();
    const entries = [...config.entries].map(
      ([key, element]) => [key, proposedElement(schema, before.get(key), element)] as const,
    );
    return mapValue(config.element, entries, config.marks);
  }
  // Elements of sets have no identity by which a prior one could be found.
  return config;
}

function proposedElement(schema: BlockSchema, prior: Value | undefined, config: Value): Value {
  return config.kind === 'object' ? proposedObject(schema, asObject(prior), config) : config;
}

function asObject(value: Value | undefined): ObjectValue | null {
  return value?.kind === 'object' ? value : null;
}

/** The configuration with prior values in the ignored places. Not for an object that is created or replaced. */
export function ignoreChanges(
  ignore: 'all' | readonly { readonly path: AttributePath }[],
  prior: ObjectValue,
  config: ObjectValue,
): ObjectValue {
  if (ignore === 'all') return prior;
  let result: Value = config;
  for (const { path } of ignore) result = takePrior(path, prior, result);
  return result.kind === 'object' ? result : config;
}

function takePrior(path: AttributePath, prior: Value | undefined, config: Value): Value {
  const [step, ...rest] = path;
  if (step === undefined) return prior ?? config;
  if (typeof step === 'string') return takeNamed(step, rest, prior, config);
  if (config.kind !== 'list' && config.kind !== 'tuple') return config;
  const before = prior?.kind === 'list' || prior?.kind === 'tuple' ? prior.elements[step] : undefined;
  const current = config.elements[step];
  if (before === undefined || current === undefined) return config;
  const elements = config.elements.with(step, takePrior(rest, before, current));
  return { ...config, elements };
}

function takeNamed(name: string, rest: AttributePath, prior: Value | undefined, config: Value): Value {
  if (config.kind === 'object') {
    const current = config.attributes.get(name);
    const before = prior?.kind === 'object' ? prior.attributes.get(name) : undefined;
    if (current === undefined || before === undefined) return config;
    const next = takePrior(rest, before, current);
    return sameValue(next, current) ? config : objectValue(new Map([...config.attributes, [name, next]]), config.marks);
  }
  // A map whose one key is ignored: a key that is only before comes back, one that is only in the configuration goes.
  const beforeEntries = prior?.kind === 'map' ? prior.entries : undefined;
  if (config.kind === 'null' && beforeEntries === undefined) return config;
  if (config.kind !== 'map' && config.kind !== 'null') return config;
  const entries = new Map(config.kind === 'map' ? config.entries : []);
  const before = beforeEntries?.get(name);
  const current = entries.get(name);
  if (before === undefined) entries.delete(name);
  else entries.set(name, current === undefined ? before : takePrior(rest, before, current));
  if (entries.size === 0 && config.kind === 'null') return config;
  const element =
    config.kind === 'map' ? config.element : prior?.kind === 'map' ? prior.element : { kind: 'dynamic' as const };
  return mapValue(element, entries, config.marks);
}

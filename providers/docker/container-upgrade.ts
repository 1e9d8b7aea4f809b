/**
 * State of older provider versions made new: labels were maps once, mounts could be missing. What later versions
 * dropped (links, ip_address ...) is left out by decoding.
 */
import { type Result, ok } from '../../core/diag/diagnostic.ts';
import { ExactNumber, type Json, type JsonObject } from '../../core/value/json.ts';
import { labelBlocks } from './schema/labels.ts';

export function upgradeContainer(attributes: JsonObject, version: number): Result<JsonObject> {
  if (version >= 2) return ok(attributes);
  const mounts = Array.isArray(attributes.mounts) ? attributes.mounts.map(upgradeMount) : [];
  return ok({ ...attributes, labels: labelBlocks(attributes.labels), mounts });
}

function upgradeMount(mount: Json): Json {
  if (!isObject(mount) || !Array.isArray(mount.volume_options)) return mount;
  const options = mount.volume_options.map((option: Json) =>
    isObject(option) ? { ...option, labels: labelBlocks(option.labels) } : option,
  );
  return { ...mount, volume_options: options };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

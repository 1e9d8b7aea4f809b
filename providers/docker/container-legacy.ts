/** Attributes that older versions of the provider had, made from those that took their place. */
import { type JsonObject, isJsonArray, isJsonObject } from '../../core/value/json.ts';

/** The address of the first network, as configurations written for older versions read it. */
export function completeContainer(attributes: JsonObject): JsonObject {
  const networks = attributes.network_data;
  const [first] = isJsonArray(networks) ? networks : [];
  const data = isJsonObject(first) ? first : {};
  const { ip_address = '', ip_prefix_length = 0, gateway = '' } = data;
  return { ...attributes, ip_address, ip_prefix_length, gateway };
}

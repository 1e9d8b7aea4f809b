/** Names that the state file writes in its own way. */
import { keyText } from '../core/addr/address.ts';
import type { InstanceState, ResourceState } from '../core/state.ts';

/** `registry.terraform.io/kreuzwerker/docker` out of `provider["registry..."].alias`. */
export function providerSourceOf(text: string): string {
  return /provider\["((?:[^"\\]|\\.)*)"\]/.exec(text)?.[1] ?? text;
}

/** Address of an object of the state, with its module and key. */
export function stateAddress(resource: ResourceState, instance: InstanceState): string {
  const module = resource.module === '' ? '' : `${resource.module}.`;
  const data = resource.mode === 'data' ? 'data.' : '';
  return `${module}${data}${resource.type}.${resource.name}${keyText(instance.indexKey)}`;
}

/** Objects of a state that an address on the command line means: an instance, all of a resource, all of a module. */
import type { InstanceState, ResourceState, State } from '../core/state.ts';
import { stateAddress } from './state-names.ts';

export interface StateObject {
  readonly address: string;
  readonly resource: ResourceState;
  readonly instance: InstanceState;
}

/** In order of address. Deposed objects come behind the current one, under the same address. */
export function stateObjects(state: State): StateObject[] {
  const objects = state.resources.flatMap((resource) =>
    resource.instances.map((instance) => ({ address: stateAddress(resource, instance), resource, instance })),
  );
  return objects.sort((a, b) => compareAddresses(a.address, b.address));
}

/** Numbers inside brackets by their size. */
function compareAddresses(a: string, b: string): number {
  const numbered = /^(.*)\[(\d+)\]$/;
  const [left, right] = [numbered.exec(a), numbered.exec(b)];
  if (left && right && left[1] === right[1]) return Number(left[2]) - Number(right[2]);
  return a < b ? -1 : a > b ? 1 : 0;
}

export function selects(pattern: string, { address }: StateObject): boolean {
  return address === pattern || address.startsWith(`${pattern}[`) || address.startsWith(`${pattern}.`);
}

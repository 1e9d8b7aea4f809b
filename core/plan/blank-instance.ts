/** An object of the state with nothing in it yet. */
import type { InstanceKey } from '../addr/address.ts';
import type { InstanceState } from '../state.ts';

export function blankInstance(key: InstanceKey | undefined): InstanceState {
  return {
    indexKey: key,
    deposed: undefined,
    status: 'ready',
    schemaVersion: 0,
    attributes: null,
    attributesFlat: undefined,
    sensitiveAttributes: [],
    private: undefined,
    dependencies: [],
    createBeforeDestroy: false,
    unknownFields: {},
  };
}

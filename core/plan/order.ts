/** The order of entries in a plan: by module, data before managed, then type, name and key. */
import type { InstanceAddress } from '../addr/address.ts';
import { moduleText } from '../addr/address.ts';
import { compareUtf8 } from '../value/type.ts';
import { compareKeys } from './working-state.ts';

interface Addressed {
  readonly address: InstanceAddress;
  readonly deposed?: string | undefined;
}

export function compareAddresses(a: Addressed, b: Addressed): number {
  const left = a.address.resource;
  const right = b.address.resource;
  return (
    compareUtf8(moduleText(left.module), moduleText(right.module)) ||
    compareUtf8(left.mode, right.mode) ||
    compareUtf8(left.type, right.type) ||
    compareUtf8(left.name, right.name) ||
    compareKeys(a.address.key, b.address.key) ||
    compareUtf8(a.deposed ?? '', b.deposed ?? '')
  );
}

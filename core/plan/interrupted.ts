/**
 * What a run that was killed has left behind: objects that were made, or may have been, before the state could say so.
 * They are looked for where they would be, and what is there is taken into the plan. Changes nothing.
 */
import { randomBytes } from 'node:crypto';
import { type InstanceAddress, instanceText, localResourceText, moduleText, staticModule } from '../addr/address.ts';
import { parseInstanceText } from '../config/address-text.ts';
import { type Diagnostic, warningAt } from '../diag/diagnostic.ts';
import type { ProviderUse } from '../graph/provider-use.ts';
import type { Prior } from '../provider.ts';
import { blankInstance } from './blank-instance.ts';
import { encodeInstance } from './instance-codec.ts';
import type { PlanContext } from './plan-context.ts';
import type { PooledProvider } from './provider-pool.ts';
import { idOf } from './refresher.ts';
import type { InterruptedStep } from './run-input.ts';

/** Takes what this provider finds of them into the prior state. */
export async function recoverInterrupted(walk: PlanContext, use: ProviderUse, pooled: PooledProvider): Promise<void> {
  if (pooled.state !== 'ready') return;
  for (const interrupted of walk.input.interrupted ?? []) {
    const address = parseInstanceText(interrupted.address).value;
    if (!address || !belongsTo(walk, use, address)) continue;
    const type = await pooled.configured.resource(address.resource.type);
    const found = (await type.locate?.(interrupted.step)) ?? 'unsure';
    if (found === 'unsure') walk.config.report([unsure(interrupted)]);
    else if (found !== 'absent') adopt(walk, use, address, found);
  }
}

function belongsTo(walk: PlanContext, use: ProviderUse, address: InstanceAddress): boolean {
  const { resource } = address;
  const module = walk.input.configuration.modules.get(moduleText(staticModule(resource.module)));
  const block = module?.resources.get(localResourceText(resource));
  if (module && block) return walk.prepared.uses.forResource(module, block).text === use.text;
  // The block is gone: the first configuration of a provider that knows the type answers for it.
  const knows = walk.prepared.providers.get(use.source)?.resourceTypes.has(resource.type) ?? false;
  return knows && use.module.path.length === 0 && use.config?.alias === undefined;
}

function adopt(walk: PlanContext, use: ProviderUse, address: InstanceAddress, found: Prior): void {
  const schema = walk.prepared.providers.get(use.source)?.resourceTypes.get(address.resource.type)?.schema;
  const known = walk.state.instance(address)?.current;
  const attributes = known?.attributes;
  const id = idOf(found);
  const sameObject =
    attributes !== null && typeof attributes === 'object' && 'id' in attributes && attributes.id === id;
  if (!schema || sameObject) return;
  if (known) walk.state.setDeposed(address, use.text, randomBytes(4).toString('hex'), known);
  walk.state.setCurrent(address, use.text, {
    ...blankInstance(address.key),
    ...encodeInstance(schema, found.value),
    private: found.private,
    status: found.tainted ? 'tainted' : 'ready',
  });
  if (id !== undefined) walk.imported.set(instanceText(address), { id });
}

function unsure({ address, step }: InterruptedStep): Diagnostic {
  return warningAt(
    undefined,
    'Interrupted change cannot be checked',
    `An earlier run was killed while it did "${step.kind}" for ${address}, and it cannot be told whether that took effect. Look for the object by hand if the next apply finds its name taken.`,
    { address },
  );
}

/**
 * The steps that make, change and remove a container, as plain data with the step that takes each back. They are
 * computed from the configuration and from what was observed before; nothing here speaks to the engine.
 */
import type { Step } from '../../core/provider.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { createBody, isUpdated, neededApis, ownEndpoint, updateBody } from './container-body.ts';
import type { Difference } from './container-compare.ts';
import {
  type Endpoint,
  endpointRequest,
  liveEndpoints,
  networkMode,
  sameEndpoint,
  wantedEndpoints,
} from './container-endpoints.ts';
import { type PlainObject, plainNumber, plainText, plainList } from './container-plain.ts';
import type { Scene } from './container-scene.ts';
import { uploadArgument, uploadChanges, uploadsByFile } from './container-uploads.ts';
import { type Inspected, fieldOf, numberOf, recordOf, textOf } from './inspect.ts';

type Target = Step['target'];

const CREATED: Target = { outcomeOf: 'create' };

/** `whole` has the schema's defaults filled in. */
export function createSteps(whole: PlainObject, scene: Scene): readonly Step[] {
  const name = plainText(whole.name).replace(/^\//, '');
  return [
    ...(scene.imageId === undefined && scene.imageMaker === undefined ? [pullStep(whole)] : []),
    {
      id: 'create',
      kind: 'container.create',
      phase: 'make',
      target: { name },
      arguments: {
        name,
        platform: plainText(whole.platform),
        needs: neededApis(whole),
        body: createBody(whole, scene),
      },
      undo: {
        id: 'undo-create',
        kind: 'container.remove',
        phase: 'make',
        target: CREATED,
        arguments: { volumes: true, force: true },
      },
    },
    ...connectSteps(whole, scene),
    ...uploadSteps([...uploadsByFile(whole.upload ?? null).values()], CREATED),
    ...(whole.start === false ? [] : startSteps(whole, CREATED)),
  ];
}

/** Only when no image of that name is there. */
function pullStep(whole: PlainObject): Step {
  const image = plainText(whole.image);
  return {
    id: 'pull',
    kind: 'container.pull',
    phase: 'make',
    target: { name: image },
    arguments: { image, platform: plainText(whole.platform) },
  };
}

/** With networks listed the default one is left, and each is joined; the one of `network_mode` came with the create. */
function connectSteps(whole: PlainObject, scene: Scene): readonly Step[] {
  const listed = plainList(whole.networks_advanced).length > 0;
  const onBridge = networkMode(plainText(whole.network_mode), scene) === 'bridge';
  const own = ownEndpoint(whole, scene);
  const wanted = [...wantedEndpoints(whole, scene).values()];
  const given = networkMode(own?.network ?? plainText(whole.network_mode), scene);
  const others = wanted.filter(({ network }) => networkMode(network, scene) !== given);
  const leave = listed && onBridge && own === undefined && !wanted.some(({ network }) => network === 'bridge');
  const joins = listed ? others.map((endpoint) => connectStep(endpoint, CREATED, scene)) : [];
  return leave ? [disconnectStep('bridge', CREATED, undefined), ...joins] : joins;
}

function connectStep(endpoint: Endpoint, target: Target, scene: Scene, undo?: Step): Step {
  return {
    id: `connect ${endpoint.network}`,
    kind: 'container.network-connect',
    phase: 'make',
    target,
    arguments: { network: endpoint.network, endpoint: endpointRequest(endpoint, scene.apiVersion) },
    undo: undo ?? disconnectStep(endpoint.network, target, undefined, 'undo-connect'),
  };
}

function disconnectStep(network: string, target: Target, undo: Step | undefined, prefix = 'disconnect'): Step {
  const id = `${prefix} ${network}`;
  const step = { id, kind: 'container.network-disconnect', phase: 'make', target, arguments: { network } } as const;
  return undo === undefined ? step : { ...step, undo };
}

function uploadSteps(blocks: readonly PlainObject[], target: Target): readonly Step[] {
  if (blocks.length === 0) return [];
  const files = blocks.map(uploadArgument);
  return [{ id: 'upload', kind: 'container.upload', phase: 'make', target, arguments: { files } }];
}

/** Start, then whatever is to be waited for. */
function startSteps(whole: PlainObject, target: Target): readonly Step[] {
  const items: Step[] = [
    {
      id: 'start',
      kind: 'container.start',
      phase: 'make',
      target,
      arguments: {},
      undo: { id: 'undo-start', kind: 'container.stop', phase: 'make', target, arguments: {} },
    },
  ];
  if (whole.wait === true) {
    const seconds = plainNumber(whole.wait_timeout);
    items.push({ id: 'healthy', kind: 'container.wait-healthy', phase: 'make', target, arguments: { seconds } });
  }
  if (whole.attach === true) {
    const args = { logs: whole.logs === true, tty: whole.tty === true, rm: whole.rm === true };
    items.push({ id: 'attach', kind: 'container.attach', phase: 'make', target, arguments: args });
  }
  return items;
}

// ---- Change in place ---------------------------------------------------------------------------------------------

export interface Updating {
  readonly whole: PlainObject;
  readonly prior: PlainObject;
  readonly container: Inspected | undefined;
  readonly scene: Scene;
  readonly differences: readonly Difference[];
  /** What makes it run again; undefined when it runs, or need not. */
  readonly wake: 'start' | 'unpause' | undefined;
}

export function updateSteps(updating: Updating): readonly Step[] {
  const { whole, prior, differences, wake } = updating;
  const target: Target = { id: plainText(prior.id) };
  const names = new Set(differences.filter((difference) => difference.mode === 'in-place').map(({ name }) => name));
  return [
    ...(names.has('name') ? [renameStep(plainText(whole.name), currentName(updating), target)] : []),
    ...limitSteps(updating, names, target),
    ...(names.has('networks_advanced') ? reconnectSteps(updating, target) : []),
    ...(names.has('upload')
      ? uploadSteps(uploadChanges(whole.upload ?? null, prior.upload ?? null).changed, target)
      : []),
    ...(wake === 'unpause' ? [unpauseStep(target)] : []),
    ...(wake === 'start' ? startSteps(whole, target) : []),
  ];
}

function currentName({ container, prior }: Updating): string {
  return container ? textOf(container, 'Name').replace(/^\//, '') : plainText(prior.name);
}

export function renameStep(to: string, from: string, target: Target, id = 'rename'): Step {
  const step = (name: string, stepId: string): Step => ({
    id: stepId,
    kind: 'container.rename',
    phase: 'make',
    target,
    arguments: { name: name.replace(/^\//, '') },
  });
  return { ...step(to, id), undo: step(from, `undo-${id}`) };
}

function limitSteps(updating: Updating, names: ReadonlySet<string>, target: Target): readonly Step[] {
  const changed = new Set([...names].filter(isUpdated));
  const body = updateBody(updating.whole, changed);
  if (Object.keys(body).length === 0) return [];
  const step = { id: 'update', kind: 'container.update', phase: 'make', target } as const;
  const undo = { ...step, id: 'undo-update', arguments: { body: limitsBefore(updating, changed) } };
  return [{ ...step, arguments: { body }, undo }];
}

/** What the container had; 0 and "" mean "leave" to the engine, which is as far back as it goes. */
function limitsBefore({ container, prior }: Updating, changed: ReadonlySet<string>): JsonObject {
  if (container === undefined) return updateBody(prior, changed);
  const host = (name: string): number => numberOf(container, 'HostConfig', name);
  const memory = changed.has('memory') || changed.has('memory_swap');
  const policy = {
    Name: textOf(container, 'HostConfig', 'RestartPolicy', 'Name') || 'no',
    MaximumRetryCount: numberOf(container, 'HostConfig', 'RestartPolicy', 'MaximumRetryCount'),
  };
  return {
    ...(memory ? { Memory: host('Memory'), MemorySwap: host('MemorySwap') || -1 } : {}),
    ...(changed.has('memory_reservation') ? { MemoryReservation: host('MemoryReservation') } : {}),
    ...(changed.has('cpus') ? { NanoCpus: host('NanoCpus') } : {}),
    ...(changed.has('cpu_period') ? { CpuPeriod: host('CpuPeriod') } : {}),
    ...(changed.has('cpu_quota') ? { CpuQuota: host('CpuQuota') } : {}),
    ...(changed.has('cpu_shares') ? { CpuShares: host('CpuShares') } : {}),
    ...(changed.has('cpu_set') ? { CpusetCpus: textOf(container, 'HostConfig', 'CpusetCpus') } : {}),
    ...(changed.has('restart') || changed.has('max_retry_count') ? { RestartPolicy: policy } : {}),
  };
}

/** Leaves what is not wanted or has to be joined in another way, then joins what is missing. */
function reconnectSteps({ whole, prior, container, scene }: Updating, target: Target): readonly Step[] {
  const there = container
    ? liveEndpoints(container, scene)
    : wantedEndpoints(
        { network_mode: prior.network_mode ?? null, networks_advanced: prior.networks_advanced ?? null },
        scene,
      );
  const wanted = wantedEndpoints(whole, scene);
  const leaving = [...there].filter(([key, endpoint]) => !isKept(wanted.get(key), endpoint));
  const joining = [...wanted].filter(([key, endpoint]) => !isKept(endpoint, there.get(key)));
  return [
    ...leaving.map(([, endpoint]) =>
      disconnectStep(endpoint.network, target, {
        ...connectStep(endpoint, target, scene),
        id: `undo-disconnect ${endpoint.network}`,
      }),
    ),
    ...joining.map(([, endpoint]) => connectStep(endpoint, target, scene)),
  ];
}

function isKept(wanted: Endpoint | undefined, there: Endpoint | undefined): boolean {
  return wanted !== undefined && there !== undefined && sameEndpoint(wanted, there);
}

function unpauseStep(target: Target): Step {
  const undo: Step = { id: 'undo-unpause', kind: 'container.pause', phase: 'make', target, arguments: {} };
  return { id: 'unpause', kind: 'container.unpause', phase: 'make', target, arguments: {}, undo };
}

// ---- Removal -----------------------------------------------------------------------------------------------------

/** Stop, honouring the grace that it was given, then remove. */
export function retireSteps(prior: PlainObject): readonly Step[] {
  const target: Target = { id: plainText(prior.id) };
  const grace = prior.destroy_grace_seconds;
  const start: Step = { id: 'undo-stop', kind: 'container.start', phase: 'make', target, arguments: {} };
  const name = plainText(prior.name);
  return [
    {
      id: 'stop',
      kind: 'container.stop',
      phase: 'retire',
      target,
      arguments: { name, ...(typeof grace === 'number' ? { seconds: grace } : {}) },
      undo: start,
    },
    {
      id: 'remove',
      kind: 'container.remove',
      phase: 'retire',
      target,
      arguments: { name, volumes: prior.remove_volumes !== false, force: false },
    },
    ...(prior.rm === true
      ? [{ id: 'removed', kind: 'container.wait-removed', phase: 'retire', target, arguments: { name } } as const]
      : []),
  ];
}

/** Volumes without a name, which go along with the container. */
export function anonymousVolumes(container: Inspected | undefined): readonly string[] {
  const mounts = fieldOf(container, 'Mounts');
  return (Array.isArray(mounts) ? mounts : [])
    .map(recordOf)
    .filter((mount) => textOf(mount, 'Type') === 'volume' && /^[0-9a-f]{64}$/.test(textOf(mount, 'Name')))
    .map((mount) => textOf(mount, 'Destination'));
}

/**
 * docker_container, put together: refresh, plan, apply, import, claims and what recovery asks. Each part has a file of
 * its own: schema, attributes (what they mean), compare, decide (pure), steps, effects, read, apply.
 */
import { type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type { Claim, PlanAsk, Planned, Prior, RefreshAsk, Refreshed, ResourceType, Step } from '../../core/provider.ts';
import { type ObjectValue, objectValue } from '../../core/value/value.ts';
import { applyContainer } from './container-apply.ts';
import { decideContainer } from './container-decide.ts';
import { containerEffects } from './container-effects.ts';
import { gatherScenes, uploadsNow } from './container-gather.ts';
import { encodeMemory } from './container-memory.ts';
import { hostIp, ipAddress } from './container-notation.ts';
import { fromPlain, objectToPlain, plainList, plainNumber, plainObject, plainText } from './container-plain.ts';
import { importedValue, refreshedValue } from './container-read.ts';
import { EMPTY_SCENE } from './container-scene.ts';
import { containerSchema } from './container-schema.ts';
import { type Inspected, textOf, textsOf } from './inspect.ts';
import { failureDiagnostic, isFailure } from './outcome.ts';
import { priorOf } from './resource-kit.ts';
import type { DockerContext, ResourceModule } from './resource-module.ts';
import { elementType } from './sdk-plan.ts';

export const containerModule: ResourceModule = { resource: containerType, effects: containerEffects };

function containerType(docker: DockerContext): ResourceType {
  // Planned again while applying, an object comes without its inspect answer; the one of this run still holds.
  const seen = new Map<string, Inspected>();
  return {
    refresh: (asks) => refresh(asks, docker, seen),
    plan: (asks) => plan(asks, docker, seen),
    apply: (planned, run) => {
      noteLeaving(planned, docker.leaving);
      return applyContainer(planned, run, docker.reader);
    },
    importState: (id) => importContainer(id, docker),
    claims,
    locate: (step) => locate(step, docker),
  };
}

// ---- Refresh -----------------------------------------------------------------------------------------------------

/** One list, then an inspection of each at once. */
async function refresh(
  asks: readonly RefreshAsk[],
  { reader, workingDirectory }: DockerContext,
  seen: Map<string, Inspected>,
): Promise<readonly Result<Refreshed>[]> {
  const listed = await reader.containers();
  if (listed.kind !== 'done') {
    return asks.map(() => failed(...(isFailure(listed) ? [failureDiagnostic(listed, 'list the containers')] : [])));
  }
  const index = indexOf(listed.value);
  const ids = asks.map((ask) => idOfAsk(ask, asks, index));
  const inspected = await Promise.all(ids.map((id) => (id === undefined ? undefined : reader.inspectContainer(id))));
  const containers = inspected.map((answer) => (answer?.kind === 'done' ? answer.value : undefined));
  const scenes = await gatherScenes(
    asks.map(({ prior }, at) => ({
      config: prior.value,
      // Only of a container that somebody made anew its image has to be known.
      container: isFollowed(prior, containers[at]) ? containers[at] : undefined,
      private: undefined,
      needsImage: false,
    })),
    reader,
  );
  return Promise.all(
    asks.map(async ({ prior }, at) => {
      const answer = inspected[at];
      const container = containers[at];
      if (answer !== undefined && isFailure(answer) && answer.kind !== 'absent') {
        return failed(failureDiagnostic(answer, `read the container "${plainText(objectToPlain(prior.value).name)}"`));
      }
      if (container === undefined) return ok(gone(prior));
      seen.set(textOf(container, 'Id'), container);
      const value = refreshedValue(prior.value, container, scenes[at] ?? EMPTY_SCENE);
      const uploads = await uploadsNow(objectToPlain(value), textOf(container, 'Id'), reader, workingDirectory);
      const now = uploads === undefined ? value : withUploads(value, uploads);
      return ok({ outcome: 'present', prior: { ...prior, value: now }, observed: container });
    }),
  );
}

/** The listed containers' IDs, and who has which name. */
interface Listed {
  readonly ids: ReadonlySet<string>;
  readonly byName: ReadonlyMap<string, string>;
}

function indexOf(containers: readonly Inspected[]): Listed {
  const byName = new Map<string, string>();
  for (const container of containers)
    for (const name of textsOf(container, 'Names')) byName.set(name, textOf(container, 'Id'));
  return { ids: new Set(containers.map((container) => textOf(container, 'Id'))), byName };
}

/** By ID; made anew under the same name by somebody, by the name, unless that is another object of the state. */
function idOfAsk({ prior }: RefreshAsk, asks: readonly RefreshAsk[], listed: Listed): string | undefined {
  const plain = objectToPlain(prior.value);
  const id = plainText(plain.id);
  if (listed.ids.has(id)) return id;
  const name = nameOf(prior.value);
  const found = listed.byName.get(`/${name}`);
  if (found === undefined) return undefined;
  const others = asks.filter((ask) => ask.prior !== prior);
  const isTaken = others.some(
    (ask) => plainText(objectToPlain(ask.prior.value).id) === found || nameOf(ask.prior.value) === name,
  );
  return isTaken ? undefined : found;
}

function nameOf(value: ObjectValue): string {
  return plainText(objectToPlain(value).name).replace(/^\//, '');
}

function isFollowed(prior: Prior, container: Inspected | undefined): boolean {
  return container !== undefined && plainText(objectToPlain(prior.value).id) !== textOf(container, 'Id');
}

/** A job that removes itself once it is done is not missing. */
function gone(prior: Prior): Refreshed {
  const plain = objectToPlain(prior.value);
  const isDone = plain.rm === true && (plain.must_run === false || plain.attach === true);
  return { outcome: isDone ? 'present' : 'absent', prior };
}

function withUploads(value: ObjectValue, uploads: Parameters<typeof fromPlain>[0]): ObjectValue {
  const type = elementType(containerSchema).attributes.get('upload');
  return type ? objectValue(new Map([...value.attributes, ['upload', fromPlain(uploads, type)]])) : value;
}

// ---- Plan --------------------------------------------------------------------------------------------------------

async function plan(
  asks: readonly PlanAsk[],
  { reader, leaving, renewed }: DockerContext,
  seen: ReadonlyMap<string, Inspected>,
): Promise<readonly Result<Planned>[]> {
  const full = asks.map((ask) => {
    const id = ask.prior ? plainText(objectToPlain(ask.prior.value).id) : '';
    return ask.observed === undefined ? { ...ask, observed: seen.get(id) } : ask;
  });
  const scenes = await gatherScenes(
    full.map(({ config, observed, prior, mode, dependencies }) => ({
      config: mode === 'delete' ? null : config,
      container: mode === 'delete' ? undefined : (observed as Inspected | undefined),
      private: prior?.private,
      needsImage: observed !== undefined || prior === null || mode === 'replace',
      imageMaker: config ? renewed.makerOf(imageOf(config), dependencies ?? []) : undefined,
    })),
    reader,
  );
  return full.map((ask, index) => {
    const decided = decideContainer(ask, scenes[index] ?? EMPTY_SCENE);
    if (decided.value) noteLeaving(decided.value, leaving);
    return decided;
  });
}

function imageOf(config: ObjectValue): string {
  return plainText(objectToPlain(config).image);
}

const LETTING_GO: ReadonlySet<string> = new Set(['container.remove', 'container.network-disconnect']);

/** A network that this run removes, too, waits for the containers that are about to let go of it. */
function noteLeaving({ prior, steps }: Planned, leaving: Set<string>): void {
  const lets = steps.items.some(({ kind }) => LETTING_GO.has(kind));
  if (prior && lets) leaving.add(plainText(objectToPlain(prior.value).id));
}

// ---- Import, claims, recovery ------------------------------------------------------------------------------------

async function importContainer(id: string, { reader }: DockerContext): Promise<Result<readonly Prior[]>> {
  const answer = await reader.inspectContainer(id);
  if (answer.kind === 'absent') {
    return failed({
      severity: 'error',
      summary: 'Cannot import non-existent remote object',
      detail: `There is no container "${id}" on this engine. Its name, its ID or the beginning of its ID is needed; "docker ps -a" shows them.`,
    });
  }
  if (answer.kind !== 'done') {
    return failed(...(isFailure(answer) ? [failureDiagnostic(answer, `read the container "${id}"`)] : []));
  }
  return ok([await priorFrom(answer.value, reader)]);
}

async function priorFrom(container: Inspected, reader: DockerContext['reader']): Promise<Prior> {
  const [scene] = await gatherScenes([{ config: null, container, private: undefined, needsImage: false }], reader);
  const value = importedValue(container, scene ?? EMPTY_SCENE);
  return priorOf(value, encodeMemory(value, undefined));
}

function claims(value: ObjectValue): readonly Claim[] {
  const plain = objectToPlain(value);
  const name = nameOf(value);
  const ports = plainList(plain.ports).map(plainObject);
  const networks = plainList(plain.networks_advanced).map(plainObject);
  return [
    ...(name === '' ? [] : [{ kind: 'container-name', key: name }]),
    ...ports.flatMap((port) => {
      const external = plainNumber(port.external);
      const protocol = plainText(port.protocol) || 'tcp';
      return external > 0 ? [{ kind: 'host-port', key: `${hostIp(plainText(port.ip))}:${external}/${protocol}` }] : [];
    }),
    ...networks.flatMap((network) =>
      [plainText(network.ipv4_address), plainText(network.ipv6_address)].flatMap((address) => {
        const text = ipAddress(address);
        return text === '' ? [] : [{ kind: 'address', key: `${plainText(network.name)} ${text}` }];
      }),
    ),
  ];
}

/** After a crash: the container that the step was about, or was to make. */
async function locate(step: Step, { reader }: DockerContext): Promise<Prior | 'absent' | 'unsure'> {
  const { target } = step;
  if (target === null || 'outcomeOf' in target) return 'unsure';
  const answer = await reader.inspectContainer('id' in target ? target.id : target.name);
  if (answer.kind === 'absent') return 'absent';
  if (answer.kind !== 'done') return 'unsure';
  const prior = await priorFrom(answer.value, reader);
  if (step.kind !== 'container.create') return prior;
  // Somebody else's container may have the name; ours is made from the body that was sent.
  const ours = textOf(answer.value, 'Config', 'Image') === textOf(step.arguments, 'body', 'Image');
  return ours ? { ...prior, tainted: true } : 'unsure';
}

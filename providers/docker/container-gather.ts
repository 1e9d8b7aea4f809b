/**
 * Gathers what has to be known before containers can be compared or decided about. Reads only, each thing once for all
 * that need it, and what no one needs not at all. What cannot be read is left unknown.
 */
import { readFile } from 'node:fs/promises';
import type { ObjectValue } from '../../core/value/value.ts';
import { hasOwnNetworks } from './container-endpoints.ts';
import { localPath } from './container-effects.ts';
import { memoryOf } from './container-memory.ts';
import {
  type Plain,
  type PlainObject,
  isZero,
  objectToPlain,
  plainList,
  plainObject,
  plainText,
} from './container-plain.ts';
import { EMPTY_SCENE, type Scene } from './container-scene.ts';
import { type LiveFile, driftedBlock, uploadPath, uploadsByFile } from './container-uploads.ts';
import type { DockerReader } from './daemon.ts';
import { type Inspected, textOf, textsOf } from './inspect.ts';
import { pickFirstEntry } from './container-archive.ts';

export interface SceneAsk {
  readonly config: ObjectValue | null;
  readonly container: Inspected | undefined;
  readonly private: string | undefined;
  /** Whether the image that the configuration names has to be looked for. */
  readonly needsImage: boolean;
  /** See `Scene`. */
  readonly imageMaker?: string | undefined;
}

/** One scene per ask; what they share is asked once. */
export async function gatherScenes(asks: readonly SceneAsk[], reader: DockerReader): Promise<readonly Scene[]> {
  const plains = asks.map(({ config }) => (config ? objectToPlain(config) : {}));
  const [networks, containers, info, version] = await Promise.all([
    plains.some(namesNetworks) || asks.some(({ container }) => isOnNamedNetwork(container))
      ? networkIds(reader)
      : EMPTY_SCENE.networks,
    plains.some(namesContainers) ? containerIds(reader) : EMPTY_SCENE.containers,
    asks.some(needsInfo) ? objectOrNothing(reader.info()) : undefined,
    reader.apiVersion(),
  ]);
  const apiVersion = version.kind === 'done' ? version.value : EMPTY_SCENE.apiVersion;
  return Promise.all(
    asks.map(async ({ container, needsImage, imageMaker }, index) => {
      const name = plainText(plains[index]?.image);
      const [image, liveImage] = await Promise.all([
        needsImage && name !== '' ? objectOrNothing(reader.inspectImage(name)) : undefined,
        container ? objectOrNothing(reader.inspectImage(textOf(container, 'Image'))) : undefined,
      ]);
      const imageId = image ? textOf(image, 'Id') || undefined : undefined;
      return { imageId, imageMaker, liveImage, info, networks, containers, apiVersion };
    }),
  );
}

async function objectOrNothing(asked: ReturnType<DockerReader['info']>): Promise<Inspected | undefined> {
  const answer = await asked;
  return answer.kind === 'done' ? answer.value : undefined;
}

function namesNetworks(plain: PlainObject): boolean {
  const mode = plainText(plain.network_mode);
  return (
    plainList(plain.networks_advanced).length > 0 || (!['', 'default', 'bridge'].includes(mode) && hasOwnNetworks(mode))
  );
}

function isOnNamedNetwork(container: Inspected | undefined): boolean {
  const networks = plainObject((container?.NetworkSettings as PlainObject | undefined)?.Networks);
  return Object.keys(networks).some((name) => !['bridge', 'host', 'none'].includes(name));
}

function namesContainers(plain: PlainObject): boolean {
  const modes = [plain.network_mode, plain.ipc_mode, plain.pid_mode].map((mode) => plainText(mode as Plain));
  return (
    modes.some((mode) => mode.startsWith('container:')) ||
    plainList(plain.volumes).some((item) => !isZero(plainObject(item).from_container))
  );
}

/** The engine's own defaults matter only where we do not remember what was set. */
function needsInfo({ container, private: data }: SceneAsk): boolean {
  return container !== undefined && memoryOf(data, textOf(container, 'Id')) === undefined;
}

async function networkIds(reader: DockerReader): Promise<ReadonlyMap<string, string>> {
  const answer = await reader.networks();
  const ids = new Map<string, string>();
  for (const network of answer.kind === 'done' ? answer.value : [])
    addNames(ids, textOf(network, 'Id'), [textOf(network, 'Name')]);
  return ids;
}

async function containerIds(reader: DockerReader): Promise<ReadonlyMap<string, string>> {
  const answer = await reader.containers();
  const ids = new Map<string, string>();
  for (const container of answer.kind === 'done' ? answer.value : []) {
    addNames(
      ids,
      textOf(container, 'Id'),
      textsOf(container, 'Names').map((name) => name.replace(/^\//, '')),
    );
  }
  return ids;
}

function addNames(ids: Map<string, string>, id: string, names: readonly string[]): void {
  for (const name of [...names, id, id.slice(0, 12)]) ids.set(name, id);
}

// ---- Files -------------------------------------------------------------------------------------------------------

/** The stored upload blocks as the files in the container are now; undefined when nothing is other than stored. */
export async function uploadsNow(
  stored: PlainObject,
  id: string,
  reader: DockerReader,
  workingDirectory: string,
): Promise<Plain | undefined> {
  const effective = uploadsByFile(stored.upload ?? null);
  if (effective.size === 0) return undefined;
  const drifted = new Map<string, PlainObject>();
  await Promise.all(
    [...effective].map(async ([path, block]) => {
      const [live, source] = await Promise.all([liveFile(id, path, reader), sourceOf(block, workingDirectory)]);
      const now = live && driftedBlock(block, live, source);
      if (now) drifted.set(path, now);
    }),
  );
  if (drifted.size === 0) return undefined;
  return plainList(stored.upload).map((item) => drifted.get(uploadPath(plainObject(item))) ?? item);
}

/** Undefined when it cannot be told. */
async function liveFile(id: string, path: string, reader: DockerReader): Promise<LiveFile | 'absent' | undefined> {
  const answer = await reader.getBytes(`/containers/${id}/archive?path=${encodeURIComponent(path)}`);
  if (answer.kind === 'absent') return 'absent';
  return answer.kind === 'done' ? pickFirstEntry(answer.value) : undefined;
}

async function sourceOf(block: PlainObject, workingDirectory: string): Promise<Buffer | undefined> {
  const source = plainText(block.source);
  if (source === '') return undefined;
  try {
    return await readFile(localPath(source, workingDirectory));
  } catch {
    return undefined;
  }
}

/**
 * What images do to the containers of the same run: which names a plan gives to another image, so that containers that
 * use the name follow in the same plan; and which images have lost their name and go once nothing uses them any more.
 */
import { imageKey } from './image-name.ts';
import { textsOf } from './inspect.ts';
import type { EffectTools } from './resource-module.ts';

/** Names that are about to stand for another image. Filled while planning, by the resources that make the images. */
export class RenewedImages {
  readonly #makers = new Map<string, Set<string>>();

  /** @param address of the instance that makes the image: `module.a[0].docker_image.app["x"]` */
  note(name: string, address: string): void {
    const makers = this.#makers.get(imageKey(name)) ?? new Set();
    this.#makers.set(imageKey(name), makers.add(withoutKeys(address)));
  }

  /** It stands for the new image now, or no plan speaks of it any more. */
  forget(name: string): void {
    this.#makers.delete(imageKey(name));
  }

  /**
   * The resource that makes the image anew, when it is among those that have been planned before. Of others nobody
   * knows whether they come first, and following them now or later would be a matter of chance.
   */
  makerOf(name: string, dependencies: readonly string[]): string | undefined {
    const makers = this.#makers.get(imageKey(name));
    return makers && dependencies.find((address) => makers.has(address));
  }
}

/** The address of the resource, of all its instances. */
function withoutKeys(address: string): string {
  return address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, '');
}

/**
 * Removes an image that has lost `name` and has no other, and that nothing uses; any other is left where it is, without
 * a word. One that is still used is tried again when a container of this run has gone.
 */
export async function sweepImage(id: string, name: string, tools: EffectTools): Promise<void> {
  const { docker, writer } = tools;
  docker.nameless.delete(id);
  const answer = await docker.reader.inspectImage(id);
  if (answer.kind !== 'done' || !isNameless(answer.value, name)) return;
  const removed = await writer.send((engine) => engine.getImage(id).remove({ force: false }), tools.signal);
  if (removed.kind === 'conflict') docker.nameless.set(id, name);
}

/** Tries those again that were still used. */
export async function sweepNameless(tools: EffectTools): Promise<void> {
  for (const [id, name] of [...tools.docker.nameless]) await sweepImage(id, name, tools);
}

/** Digests of the name's own repository go with it, as the engine has it; any other is the name that somebody uses. */
export function isNameless(image: unknown, name: string): boolean {
  const repository = repositoryOf(name);
  const digests = textsOf(image, 'RepoDigests');
  return textsOf(image, 'RepoTags').length === 0 && digests.every((digest) => repositoryOf(digest) === repository);
}

function repositoryOf(name: string): string {
  return imageKey(name).replace(/[:@][^/]*$/, '');
}

/** Images that have lost their name to a newer one: they go once nothing uses them any more, and nobody else's do. */
import { imageKey } from './image-name.ts';
import { textsOf } from './inspect.ts';
import type { EffectTools } from './resource-module.ts';

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

/**
 * What is known beside a container itself when it is compared: images, names and IDs of networks and containers, the
 * engine's description. Gathered beforehand, so that comparing is pure.
 */
import type { Inspected } from './inspect.ts';

export interface Scene {
  /** ID of the image that the configuration names; undefined when the engine has none of that name. */
  readonly imageId: string | undefined;
  /** The resource that makes the named image anew in this run, before the container: then it is another image. */
  readonly imageMaker?: string | undefined;
  /** Inspect answer of the image that the container was made from; undefined when it is gone, or not looked at. */
  readonly liveImage: Inspected | undefined;
  /** Answer of `/info`; undefined when it was not needed. */
  readonly info: Inspected | undefined;
  /** IDs by name, ID and short ID. */
  readonly networks: ReadonlyMap<string, string>;
  readonly containers: ReadonlyMap<string, string>;
  /** API version of the engine. */
  readonly apiVersion: string;
}

export const EMPTY_SCENE: Scene = Object.freeze({
  imageId: undefined,
  liveImage: undefined,
  info: undefined,
  networks: new Map(),
  containers: new Map(),
  apiVersion: '1.41',
});

/** What we remember of the last apply, from the private part of the state. Holds for the container of that ID only. */
export interface Memory {
  readonly id: string;
  /** Arguments that the configuration gave a value. */
  readonly configured: ReadonlySet<string>;
  /** Digests of what the arguments that can change in place meant. */
  readonly applied: Readonly<Record<string, string>>;
}

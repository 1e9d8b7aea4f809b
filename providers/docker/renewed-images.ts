/**
 * Which names of images the plans of a run give to another image, so that containers that use a name follow in the same
 * plan. Knows neither images nor containers, only who makes what.
 */
import { imageKey } from './image-name.ts';

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

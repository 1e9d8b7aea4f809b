/**
 * Containers and the images that their names stand for, on the real engine: an image that the same plan makes anew, a
 * tag that moves, an image that is not there yet; and what the engine is asked for devices.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { invariant } from '../../core/diag/invariant.ts';
import type { Applied, Planned, Prior } from '../../core/provider.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { imageKey } from '../../providers/docker/image-name.ts';
import { fieldOf } from '../../providers/docker/inspect.ts';
import { RenewedImages } from '../../providers/docker/renewed-images.ts';
import { ensureBusyboxImage, ensureEngine } from '../support/docker-engine.mjs';
import { engine, inspect, sweep } from '../support/engine-api.mjs';
import { type Harness, type ResourceHarness, changed, jsonOf, openHarness } from '../unit/docker/harness.ts';

const NAME = 'sti2-follow';
const IMAGE = `${NAME}:1`;
const MAKER = 'module.app.docker_image.app';
let folder: string;
let harness: Harness;
let image: ResourceHarness;
let container: ResourceHarness;

beforeAll(async () => {
  await ensureEngine();
  await ensureBusyboxImage();
  await sweep(NAME);
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sti2-'));
  await mkdir(join(folder, 'app'));
  await dockerfile('1');
  harness = await openHarness({ workingDirectory: folder });
  [image, container] = [harness.of('docker_image'), harness.of('docker_container')];
  return async () => {
    await harness.close();
    await sweep(NAME);
    await rm(folder, { recursive: true, force: true });
  };
});

afterAll(async () => {
  await sweep(NAME);
});

function dockerfile(version: string): Promise<void> {
  return writeFile(join(folder, 'app/Dockerfile'), `FROM busybox:local\nLABEL version=${version}\n`);
}

const built: JsonObject = { name: IMAGE, build: [{ context: 'app' }] };

function running(more: JsonObject = {}): JsonObject {
  return { name: NAME, image: IMAGE, command: ['sleep', '600'], destroy_grace_seconds: 0, ...more };
}

function priorOf({ value, private: data, diagnostics }: Applied): Prior {
  invariant(value, JSON.stringify(diagnostics));
  expect(diagnostics).toEqual([]);
  return { value, private: data, tainted: false };
}

const idOf = (prior: Prior): string => String(jsonOf(prior.value).image_id);

/** As core asks: the image before what depends on it. */
async function planImage(prior: Prior | null, mode: 'any' | 'replace'): Promise<Planned> {
  const config = image.config(built);
  const address = 'module.app[0].docker_image.app["x.y"]';
  const [answer] = await (await image.resource()).plan([{ address, prior, config, proposed: config, mode }]);
  invariant(answer?.value, JSON.stringify(answer?.diagnostics));
  return answer.value;
}

async function planContainer(prior: Prior | null, json: JsonObject, dependencies: readonly string[]): Promise<Planned> {
  const config = container.config(json);
  const type = await container.resource();
  const ask = { address: 'docker_container.app', config, proposed: config, mode: 'any', dependencies } as const;
  const observed = prior ? await type.refresh([{ address: ask.address, prior }]) : [];
  const seen = observed[0]?.value;
  const [answer] = await type.plan([{ ...ask, prior: seen?.prior ?? prior, observed: seen?.observed }]);
  invariant(answer?.value, JSON.stringify(answer?.diagnostics));
  return answer.value;
}

describe('an image that the same plan makes anew', () => {
  test('takes the containers along that depend on it, whatever the notation of its name', async () => {
    const first = await image.create(built);
    const prior = await container.create(running());
    expect(changed(await planContainer(prior, running(), [MAKER]))).toEqual([]);
    await dockerfile('2');
    expect((await planImage(first, 'any')).replacePaths).toEqual([['build']]);
    await planImage(first, 'replace');
    for (const name of [IMAGE, `docker.io/library/${IMAGE}`]) {
      const planned = await planContainer(prior, running({ image: name }), ['docker_network.other', MAKER]);
      expect(planned.replacePaths).toEqual([['image']]);
    }
    const { causes, impact } = await planContainer(prior, running(), [MAKER]);
    expect(causes).toMatchObject([{ path: ['image'], author: 'image', forcesReplacement: true }]);
    expect(causes[0]?.note).toContain(`${MAKER} makes this image anew`);
    expect(impact).toBe('recreate');
  });

  test('leaves others to the next plan, which finds that their image is another one', async () => {
    const first = await image.create(built);
    const prior = await container.create(running());
    await dockerfile('2');
    await planImage(first, 'replace');
    expect(changed(await planContainer(prior, running(), []))).toEqual([]);
    expect(changed(await planContainer(prior, running({ image: 'busybox:local' }), [MAKER]))).toEqual(['image']);
    const second = priorOf(await image.apply(first, built));
    expect(await inspect('image', idOf(first))).toBeDefined();

    const later = await openHarness({ workingDirectory: folder });
    const [laterImage, laterContainer] = [later.of('docker_image'), later.of('docker_container')];
    await laterImage.refresh(second);
    const live = await laterContainer.refresh(prior);
    const applied = await laterContainer.apply(live ?? null, running());
    expect(applied.planned.causes).toMatchObject([{ path: ['image'], author: 'image' }]);
    priorOf(applied);
    expect(fieldOf(await inspect('container', NAME), 'Image')).toBe(idOf(second));
    // The one that it ran on has lost its name, and now its last user.
    expect(await inspect('image', idOf(first))).toBeUndefined();
    await later.close();
  });

  test('goes with the last container of the run that used it', async () => {
    const first = await image.create(built);
    const [one, two] = [
      await container.create(running()),
      await container.create(running({ name: `${NAME}-two`, must_run: false, start: false })),
    ];
    await dockerfile('2');
    priorOf(await image.apply(first, built));
    await container.destroy(one);
    expect(await inspect('image', idOf(first))).toBeDefined();
    await container.destroy(two);
    expect(await inspect('image', idOf(first))).toBeUndefined();
  });

  test('knows resources by their address without keys, and names by what they stand for', () => {
    const renewed = new RenewedImages();
    renewed.note('app', 'module.a["x]"].module.b[2].docker_image.i["k.[1]"]');
    expect(renewed.makerOf('docker.io/library/app:latest', ['module.a.module.b.docker_image.i'])).toBe(
      'module.a.module.b.docker_image.i',
    );
    expect(renewed.makerOf('app', ['docker_image.i'])).toBeUndefined();
    expect(renewed.makerOf('app:2', ['module.a.module.b.docker_image.i'])).toBeUndefined();
    expect(imageKey('registry.example:5000/app')).toBe('registry.example:5000/app:latest');
    expect(imageKey('team/app@sha256:'.concat('a'.repeat(64)))).toBe(`docker.io/team/app@sha256:${'a'.repeat(64)}`);
  });
});

describe('an image that is not there when the plan is made', () => {
  test('is not pulled when something of the same plan makes it, and the container is made from it', async () => {
    await planImage(null, 'any');
    const planned = await planContainer(null, running(), [MAKER]);
    expect(planned.steps.items.map(({ kind }) => kind)).toEqual(['container.create', 'container.start']);
    const made = await image.create(built);
    const prior = await container.create(running());
    expect(fieldOf(await inspect('container', NAME), 'Image')).toBe(idOf(made));
    expect(changed(await planContainer(prior, running(), [MAKER]))).toEqual([]);
  });

  test('is looked for once more before it is pulled, where nobody says who makes it', async () => {
    const planned = await planContainer(null, running(), []);
    expect(planned.steps.items.map(({ kind }) => kind)).toEqual([
      'container.pull',
      'container.create',
      'container.start',
    ]);
  });
});

describe('devices that a driver is asked for', () => {
  const requestsOf = async (json: JsonObject): Promise<unknown> => {
    const config = running({ image: 'busybox:local', start: false, must_run: false, ...json });
    const prior = await container.create(config);
    const found = fieldOf(await inspect('container', NAME), 'HostConfig', 'DeviceRequests');
    expect(changed(await planContainer(prior, config, []))).toEqual([]);
    await engine('DELETE', `/containers/${NAME}?force=1`);
    return found;
  };

  test('gpus', async () => {
    expect(await requestsOf({ gpus: 'all' })).toEqual([
      { Driver: '', Count: -1, DeviceIDs: null, Capabilities: [['gpu']], Options: {} },
    ]);
  });

  test('device_requests, in the order of the provider that we stand in for', async () => {
    const nvidia = { driver: 'nvidia', count: 1, capabilities: ['gpu', 'utility'], options: { visible: 'yes' } };
    expect(await requestsOf({ device_requests: [nvidia] })).toEqual([
      {
        Driver: 'nvidia',
        Count: 1,
        DeviceIDs: [],
        Capabilities: [['utility', 'gpu']],
        Options: { visible: 'yes' },
      },
    ]);
    expect(await requestsOf({ device_requests: [{ device_ids: ['vendor.com/device=one'] }] })).toEqual([
      { Driver: 'cdi', Count: 0, DeviceIDs: ['vendor.com/device=one'], Capabilities: [[]], Options: {} },
    ]);
  });
});

/** docker_image on the real engine: what is there, what is pulled, and how it goes. Builds are in docker-image-build. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invariant } from '../../core/diag/invariant.ts';
import type { Prior } from '../../core/provider.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { resolveConnection } from '../../providers/docker/connection.ts';
import { DockerReader, DockerWriter } from '../../providers/docker/daemon.ts';
import { providerSchema } from '../../providers/docker/schema/provider.ts';
import { ensureBusyboxImage, ensureEngine } from '../support/docker-engine.mjs';
import { engine, inspect, sweep } from '../support/engine-api.mjs';
import {
  type Harness,
  type HarnessOptions,
  type ResourceHarness,
  changed,
  jsonOf,
  openHarness,
} from '../unit/docker/harness.ts';
import { decode } from '../unit/docker/recorded.ts';
import { type TestRegistry, registryMissing, startRegistry } from '../unit/docker/registry.ts';

const PREFIX = 'sti-img-';
const LOGIN = { user: 'sti', password: 'sti-pass' };
const missing = registryMissing();
let harness: Harness;
let image: ResourceHarness;

beforeAll(async () => {
  await ensureEngine();
  await ensureBusyboxImage();
  await sweep(PREFIX);
  harness = await openHarness();
  image = harness.of('docker_image');
});

afterAll(async () => {
  await harness.close();
  await sweep(PREFIX);
});

/** Another image under a name of its own: busybox with a label. */
async function makeImage(name: string, label: string): Promise<string> {
  const made = await engine('POST', `/containers/create?name=${PREFIX}commit`, {
    Image: 'busybox:local',
    Labels: { sti: label },
  });
  expect(made.status).toBe(201);
  const [repo = '', tag = 'latest'] = name.split(/:(?=[^:/]*$)/);
  const committed = await engine(
    'POST',
    `/commit?container=${PREFIX}commit&repo=${encodeURIComponent(repo)}&tag=${tag}`,
    {},
  );
  expect(committed.status).toBe(201);
  await engine('DELETE', `/containers/${PREFIX}commit?force=1`);
  return (committed.body as { Id: string }).Id;
}

async function dropImage(name: string): Promise<void> {
  await engine('DELETE', `/images/${name}?force=1`);
}

async function priorAfter(resource: ResourceHarness, prior: Prior | null, json: JsonObject): Promise<Prior> {
  const { value, private: data, diagnostics } = await resource.apply(prior, json);
  invariant(value, JSON.stringify(diagnostics));
  expect(diagnostics).toEqual([]);
  return { value, private: data, tainted: false };
}

describe('an image that is there', () => {
  test('decides: nothing is sent, and the state is what Terraform writes', async () => {
    const name = `${PREFIX}there:1`;
    const id = await makeImage(name, 'there');
    const planned = await image.plan(null, { name, keep_locally: true });
    expect(planned.steps.items).toEqual([]);
    const prior = await image.create({ name, keep_locally: true });
    expect(jsonOf(prior.value)).toEqual({
      build: [],
      force_remove: null,
      id: `${id}${name}`,
      image_id: id,
      keep_locally: true,
      name,
      platform: null,
      pull_triggers: null,
      repo_digest: '',
      // For older configurations alone; no state holds it.
      latest: id,
      timeouts: null,
      triggers: null,
    });
    expect(Buffer.from(prior.private ?? '', 'base64').toString()).toBe(
      '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":1200000000000,"delete":1200000000000,"update":1200000000000}}',
    );
    expect(changed(await image.plan((await image.refresh(prior)) ?? null, { name, keep_locally: true }))).toEqual([]);
    await image.destroy(prior);
    expect(await inspect('image', name)).toBeDefined();
    await dropImage(name);
  });

  test('whose name moved to another is followed', async () => {
    const name = `${PREFIX}moved:1`;
    await makeImage(name, 'one');
    const prior = await image.create({ name });
    const other = await makeImage(name, 'two');
    const again = await openHarness();
    const refreshed = await again.of('docker_image').refresh(prior);
    expect(jsonOf(refreshed?.value)).toMatchObject({ id: `${other}${name}`, image_id: other });
    await again.of('docker_image').destroy(prior);
    expect(await again.of('docker_image').refresh(prior)).toBeUndefined();
    await again.close();
    await engine('DELETE', `/images/${String(jsonOf(prior.value).image_id)}`);
  });

  for (const argument of ['keep_locally', 'force_remove']) {
    test(`${argument}: changed without touching the image`, async () => {
      const name = `${PREFIX}keep:1`;
      await makeImage(name, 'keep');
      const prior = await image.create({ name });
      expect(changed(await image.plan(prior, { name, [argument]: false }))).toEqual([]);
      const applied = await image.apply(prior, { name, [argument]: true });
      expect([changed(applied.planned), applied.planned.impact, applied.planned.steps.items]).toEqual([
        [argument],
        'none',
        [],
      ]);
      const next: Prior = { value: applied.value ?? prior.value, private: applied.private, tainted: false };
      expect(jsonOf(next.value)[argument]).toBe(true);
      expect(changed(await image.plan((await image.refresh(next)) ?? null, { name, [argument]: true }))).toEqual([]);
      await image.destroy(next);
      expect((await inspect('image', name)) === undefined).toBe(argument === 'force_remove');
      if (argument === 'keep_locally') await dropImage(name);
    });
  }

  test('in use by a container is removed only by force, and the container goes on', async () => {
    const name = `${PREFIX}used:1`;
    await makeImage(name, 'used');
    expect((await engine('POST', `/containers/create?name=${PREFIX}user`, { Image: name })).status).toBe(201);
    const prior = await image.create({ name });
    const refused = await image.destroy(prior);
    expect(refused.diagnostics[0]).toMatchObject({ summary: 'Docker Engine reports a conflict' });
    expect(refused.diagnostics[0]?.detail).toMatch(/keep_locally/);
    expect(refused.value).toEqual(prior.value);
    const forced = await priorAfter(image, prior, { name, force_remove: true });
    expect((await image.destroy(forced)).diagnostics).toEqual([]);
    expect(await inspect('image', name)).toBeUndefined();
    expect(await inspect('container', `${PREFIX}user`)).toBeDefined();
    await engine('DELETE', `/containers/${PREFIX}user?force=1`);
    await engine('DELETE', `/images/${String(jsonOf(prior.value).image_id)}`);
  });
});

describe('an image that is nowhere', () => {
  test('is an error that says what can be done', { timeout: 60_000 }, async () => {
    const applied = await image.apply(null, { name: 'sti.invalid/nothing:1' });
    expect(applied.value).toBeUndefined();
    expect(applied.diagnostics[0]).toMatchObject({ summary: 'Docker Engine refused', path: ['name'] });
    expect(applied.diagnostics[0]?.detail).toMatch(
      /Could not pull the image "sti\.invalid\/nothing:1".*cannot reach the registry/s,
    );
  });
});

describe.skipIf(missing !== undefined)(`an image in a registry${missing === undefined ? '' : ` (${missing})`}`, () => {
  let registry: TestRegistry;
  let secured: TestRegistry;

  beforeAll(async () => {
    [registry, secured] = await Promise.all([startRegistry(), startRegistry(LOGIN)]);
  });

  afterAll(async () => {
    await Promise.all([registry.stop(), secured.stop()]);
  });

  /** Puts a new image into a registry, and nowhere else. Returns the image's digest there. */
  async function publish(name: string, label: string): Promise<string> {
    const local = await makeImage(name, label);
    const connection = await resolveConnection(decode(providerSchema, { registry_auth: [] }), process.env);
    invariant(connection.value, 'there is an engine');
    const reader = new DockerReader(connection.value);
    let digest = '';
    const authconfig = { username: LOGIN.user, password: LOGIN.password, serveraddress: secured.host };
    const pushed = await new DockerWriter(reader).follow(
      (docker) => docker.getImage(name).push({ authconfig }),
      (line) => {
        const aux = line.aux as { Digest?: string } | undefined;
        digest = aux?.Digest ?? digest;
      },
    );
    expect(pushed).toEqual({ kind: 'done', value: undefined });
    reader.close();
    await dropImage(name);
    expect(await inspect('image', local)).toBeUndefined();
    return digest;
  }

  test('is pulled with progress, by tag and by digest', async () => {
    const repository = `${registry.host}/sti-img-pulled`;
    const digest = await publish(`${repository}:1`, 'one');
    const byTag = await image.create({ name: `${repository}:1`, timeouts: { create: '5m' } });
    expect(jsonOf(byTag.value).repo_digest).toBe(`${repository}@${digest}`);
    expect(Buffer.from(byTag.private ?? '', 'base64').toString()).toContain('"create":300000000000');
    expect(harness.progress.join('\n')).toMatch(/layers/);
    const refreshed = await image.refresh(byTag);
    expect(
      changed(await image.plan(refreshed ?? null, { name: `${repository}:1`, timeouts: { create: '5m' } })),
    ).toEqual([]);
    await image.destroy(byTag);
    const byDigest = await image.create({ name: `${repository}@${digest}` });
    expect(changed(await image.plan(byDigest, { name: `${repository}@${digest}` }))).toEqual([]);
    await image.destroy(byDigest);
    expect(await inspect('image', String(jsonOf(byDigest.value).image_id))).toBeUndefined();
  });

  test('under another name replaces, and the old one goes', async () => {
    const repository = `${registry.host}/sti-img-other`;
    await publish(`${repository}:1`, 'one');
    await publish(`${repository}:2`, 'two');
    const prior = await image.create({ name: `${repository}:1` });
    const applied = await image.apply(prior, { name: `${repository}:2` });
    expect([changed(applied.planned), applied.planned.replacePaths]).toEqual([['name'], [['name']]]);
    expect(await inspect('image', `${repository}:1`)).toBeUndefined();
    expect(jsonOf(applied.value).image_id).not.toBe(jsonOf(prior.value).image_id);
    await image.destroy({ value: applied.value ?? prior.value, private: applied.private, tainted: false });
  });

  for (const argument of ['pull_triggers', 'triggers']) {
    test(`${argument}: a change pulls the tag again, also where it is kept locally`, async () => {
      const name = `${registry.host}/sti-img-${argument.replace('_', '-')}:1`;
      const trigger = (value: string): JsonObject => ({ [argument]: argument === 'triggers' ? { a: value } : [value] });
      await publish(name, 'one');
      const prior = await image.create({ name, ...trigger('1') });
      expect(changed(await image.plan(prior, { name, ...trigger('1') }))).toEqual([]);
      const old = String(jsonOf(prior.value).image_id);
      // Published from here, so that the tag is taken from the old image; it has to come back by a pull.
      await publish(name, 'two');
      await engine('POST', `/images/${old}/tag?repo=${encodeURIComponent(name.replace(/:1$/, ''))}&tag=1`);
      const applied = await image.apply(prior, { name, ...trigger('2'), keep_locally: true });
      expect(applied.diagnostics).toEqual([]);
      expect(applied.planned.replacePaths).toEqual([[argument]]);
      expect(jsonOf(applied.value).image_id).not.toBe(old);
      await dropImage(name);
      await dropImage(old);
    });
  }

  test('platform: the one that is there is pulled, another is an error', async () => {
    const name = `${registry.host}/sti-img-platform:1`;
    await publish(name, 'platform');
    const prior = await image.create({ name, platform: 'linux/amd64' });
    expect(changed(await image.plan((await image.refresh(prior)) ?? null, { name, platform: 'linux/amd64' }))).toEqual(
      [],
    );
    expect(changed(await image.plan(prior, { name, platform: 'linux/arm64' }))).toEqual(['platform']);
    await image.destroy(prior);
    const applied = await image.apply(null, { name, platform: 'linux/arm64' });
    expect(applied.diagnostics.map((it) => it.severity)).toEqual(['error']);
    await dropImage(name);
  });

  describe('that asks for a login', () => {
    let folder: string;
    let name: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'sti-client-'));
      name = `${secured.host}/sti-img-secret:1`;
      await publish(name, 'secret');
    });

    afterAll(() => rm(folder, { recursive: true, force: true }));

    async function pull(options: HarnessOptions): Promise<readonly string[]> {
      const own = await openHarness({
        environment: { PATH: process.env.PATH, DOCKER_CONFIG: '/nonexistent' },
        ...options,
      });
      const applied = await own.of('docker_image').apply(null, { name });
      await own.close();
      await dropImage(name);
      return applied.diagnostics.map((it) => it.detail);
    }

    const auth = Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64');
    const block = (more: JsonObject): JsonObject => ({ registry_auth: [{ address: secured.host, ...more }] });
    const login = { username: LOGIN.user, password: LOGIN.password };

    test('without credentials is refused, with the way to give them', async () => {
      expect((await pull({})).join()).toMatch(/registry_auth block/);
    });

    test('with wrong ones is refused', async () => {
      expect((await pull({ provider: block({ ...login, password: 'wrong' }) })).join()).toMatch(
        /refused the credentials/,
      );
    });

    test('with a registry_auth block', async () => {
      expect(await pull({ provider: block(login) })).toEqual([]);
      expect(await pull({ provider: block({ ...login, address: `http://${secured.host}/v2/` }) })).toEqual([]);
    });

    test('with DOCKER_REGISTRY_USER and _PASS', async () => {
      const environment = { DOCKER_REGISTRY_USER: LOGIN.user, DOCKER_REGISTRY_PASS: LOGIN.password };
      expect(await pull({ provider: block({}), environment })).toEqual([]);
    });

    test('with config_file_content and config_file', async () => {
      const content = JSON.stringify({ auths: { [secured.host]: { auth } } });
      expect(await pull({ provider: block({ config_file_content: content }) })).toEqual([]);
      await writeFile(join(folder, 'other.json'), content);
      expect(await pull({ provider: block({ config_file: join(folder, 'other.json') }) })).toEqual([]);
      expect((await pull({ provider: block({ config_file: join(folder, 'none.json') }) })).join()).toMatch(
        /cannot be read/,
      );
    });

    test("with the docker client's own configuration", async () => {
      await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [secured.host]: { auth } } }));
      expect(await pull({ environment: { DOCKER_CONFIG: folder } })).toEqual([]);
    });

    for (const key of ['credHelpers', 'credsStore']) {
      test(`with a credential helper (${key})`, async () => {
        const helper = join(folder, 'docker-credential-sti');
        const answer = JSON.stringify({ ServerURL: secured.host, Username: LOGIN.user, Secret: LOGIN.password });
        await writeFile(helper, `#!/bin/sh\nread host; [ "$1 $host" = "get ${secured.host}" ] && echo '${answer}'\n`);
        await chmod(helper, 0o755);
        const config = { [key]: key === 'credsStore' ? 'sti' : { [secured.host]: 'sti' } };
        await writeFile(join(folder, 'config.json'), JSON.stringify(config));
        expect(await pull({ environment: { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env.PATH}` } })).toEqual(
          [],
        );
      });
    }
  });
});

/** docker_config and docker_secret on a real Swarm of one node. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../core/value/json.ts';
import { ensureEngine } from '../support/docker-engine.mjs';
import { engine } from '../support/engine-api.mjs';
import { configResource } from '../../providers/docker/schema/config.ts';
import { secretResource } from '../../providers/docker/schema/secret.ts';
import { type Harness, changed, jsonOf, openHarness } from '../unit/docker/harness.ts';
import { decode } from '../unit/docker/recorded.ts';
import { ensureSwarm, sweepSwarm } from '../unit/docker/service-swarm.ts';
import { stringValue } from '../../core/value/value.ts';

const PREFIX = 'sts-cfg-';
let harness: Harness;
let leave: () => Promise<void>;

beforeAll(async () => {
  await ensureEngine();
  leave = await ensureSwarm();
  await sweepSwarm(PREFIX);
  harness = await openHarness();
});

afterAll(async () => {
  await harness.close();
  await sweepSwarm(PREFIX);
  await leave();
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface Spec {
  readonly Name: string;
  readonly Data?: string;
  readonly Labels: Readonly<Record<string, string>>;
}

async function live(word: string, idOrName: string): Promise<{ ID: string; Spec: Spec } | undefined> {
  const { status, body } = await engine('GET', `/v1.41/${word}s/${idOrName}`);
  return status === 200 ? (body as { ID: string; Spec: Spec }) : undefined;
}

/** A service that holds on to a config or a secret and never starts a task. */
async function holder(name: string, word: 'config' | 'secret', id: string, objectName: string): Promise<string> {
  const title = word === 'config' ? 'Config' : 'Secret';
  const reference = {
    [`${title}ID`]: id,
    [`${title}Name`]: objectName,
    File: { Name: '/x', UID: '0', GID: '0', Mode: 292 },
  };
  const { body } = await engine('POST', '/v1.41/services/create', {
    Name: name,
    TaskTemplate: { ContainerSpec: { Image: 'busybox:local', [`${title}s`]: [reference] } },
    Mode: { Replicated: { Replicas: 0 } },
  });
  return (body as { ID: string }).ID;
}

for (const word of ['config', 'secret'] as const) {
  const type = `docker_${word}`;
  const labels = (value: string): JsonObject[] => [{ label: 'a', value }];

  describe(type, () => {
    test('is created, read back, changed and removed', async () => {
      const resource = harness.of(type);
      const config = { name: `${PREFIX}${word}-life`, data: base64('one\n'), labels: labels('1') };
      const prior = await resource.create(config);
      const { id } = jsonOf(prior.value);
      expect(jsonOf(prior.value)).toMatchObject(config);
      expect(changed(await resource.plan((await resource.refresh(prior)) ?? null, config))).toEqual([]);
      const replaced = await resource.plan(prior, { ...config, data: base64('two\n') });
      expect(replaced.replacePaths).toEqual([['data']]);
      await resource.destroy(prior);
      expect(await live(word, String(id))).toBeUndefined();
      expect(await resource.refresh(prior)).toBeUndefined();
    });

    test('labels change in place', async () => {
      const resource = harness.of(type);
      const config = { name: `${PREFIX}${word}-labels`, data: base64('x'), labels: labels('1') };
      const prior = await resource.create(config);
      const { planned, value, diagnostics } = await resource.apply(prior, { ...config, labels: labels('2') });
      expect([planned.replacePaths, planned.impact, diagnostics]).toEqual([[], 'in-place', []]);
      expect(jsonOf(value).id).toBe(jsonOf(prior.value).id);
      expect((await live(word, config.name))?.Spec.Labels).toEqual({ a: '2' });
    });

    test('is replaced under a derived name while a service holds the old one', async () => {
      const resource = harness.of(type);
      const config = { name: `${PREFIX}${word}-held`, data: base64('one'), labels: labels('1') };
      const prior = await resource.create(config);
      const oldId = String(jsonOf(prior.value).id);
      const service = await holder(`${PREFIX}${word}-holder`, word, oldId, config.name);
      const next = { ...config, data: base64('two') };
      const applied = await resource.apply(prior, next);
      expect(applied.diagnostics).toEqual([]);
      const newId = String(jsonOf(applied.value).id);
      expect(newId).not.toBe(oldId);
      expect(jsonOf(applied.value).name).toBe(config.name);
      expect((await live(word, newId))?.Spec.Name).toMatch(new RegExp(`^${config.name}-[0-9a-f]{8}$`));
      expect((await live(word, oldId))?.Spec.Labels['io.stowage.superseded']).toBe('true');
      const after = { value: applied.value ?? prior.value, private: applied.private, tainted: false };
      expect(changed(await resource.plan((await resource.refresh(after)) ?? null, next))).toEqual([]);
      await engine('DELETE', `/v1.41/services/${service}`);
    });

    test('a name that is taken is an error that says what to do', async () => {
      const resource = harness.of(type);
      const config = { name: `${PREFIX}${word}-twice`, data: base64('x') };
      await resource.create(config);
      const { value, diagnostics } = await resource.apply(null, config);
      expect(value).toBeUndefined();
      expect(diagnostics[0]?.summary).toBe(`${word === 'config' ? 'Config' : 'Secret'} already exists`);
    });

    test('one that is removed while a service uses it stays, and the error says so', async () => {
      const resource = harness.of(type);
      const config = { name: `${PREFIX}${word}-used`, data: base64('x') };
      const prior = await resource.create(config);
      const service = await holder(`${PREFIX}${word}-user`, word, String(jsonOf(prior.value).id), config.name);
      const { value, diagnostics } = await resource.destroy(prior);
      expect(value).toEqual(prior.value);
      expect(diagnostics[0]?.detail).toMatch(/in use by the following service/);
      await engine('DELETE', `/v1.41/services/${service}`);
    });
  });
}

describe('docker_config contents', () => {
  test('plain text is stored as plain text, and an imported one means the same', async () => {
    const resource = harness.of('docker_config');
    const config = { name: `${PREFIX}raw`, data_raw: 'level=info\n' };
    const prior = await resource.create(config);
    expect(jsonOf(prior.value)).toMatchObject({ data: null, data_raw: 'level=info\n', labels: [] });
    const imported = await (await resource.resource()).importState(String(jsonOf(prior.value).id));
    const [object] = imported.value ?? [];
    expect(jsonOf(object?.value)).toMatchObject({ data: base64('level=info\n'), data_raw: null });
    expect(changed(await resource.plan(object ?? null, config))).toEqual([]);
    expect((await resource.plan(object ?? null, { ...config, data_raw: 'level=debug\n' })).replacePaths).not.toEqual(
      [],
    );
  });

  test('needs exactly one content, and base64 that is base64', () => {
    const config = (json: JsonObject) => decode(configResource.schema, { labels: [], name: 'x', ...json });
    const summaries = (json: JsonObject) => configResource.validate?.(config(json)).map((it) => it.summary);
    expect(summaries({})).toEqual(['Invalid combination of arguments', 'Invalid combination of arguments']);
    expect(summaries({ data: 'eA==', data_raw: 'x' })).toHaveLength(2);
    expect(summaries({ data_raw: 'x' })).toEqual([]);
    const check = configResource.schema.attributes.data?.validate;
    expect(check?.(stringValue('not base64!'), ['data'])[0]?.summary).toBe("'not base64!' is not base64 decodeable");
    expect(check?.(stringValue('eA=='), ['data'])).toEqual([]);
  });

  test('a refused secret is not shown', () => {
    const check = secretResource.schema.attributes.data?.validate;
    expect(JSON.stringify(check?.(stringValue('hunter2!'), ['data']))).not.toContain('hunter2');
  });
});

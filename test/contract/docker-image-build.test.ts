/** docker_image with a `build` block on the real engine: every argument, the context, and builds that fail. */
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { invariant } from '../../core/diag/invariant.ts';
import type { Applied, Prior } from '../../core/provider.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { ensureBusyboxImage, ensureEngine } from '../support/docker-engine.mjs';
import { engine, inspect, sweep } from '../support/engine-api.mjs';
import { type Harness, type ResourceHarness, changed, jsonOf, openHarness } from '../unit/docker/harness.ts';

const PREFIX = 'sti-build-';
let folder: string;
let harness: Harness;
let image: ResourceHarness;

beforeAll(async () => {
  await ensureEngine();
  await ensureBusyboxImage();
  await sweep(PREFIX);
});

afterAll(async () => {
  await harness.close();
  await sweep(PREFIX);
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sti-context-'));
  harness = await openHarness({ workingDirectory: folder });
  image = harness.of('docker_image');
  await put('app/Dockerfile', 'FROM busybox:local\nCOPY hello.txt /hello.txt\n');
  await put('app/hello.txt', 'hello');
  return async () => {
    await harness.close();
    await rm(folder, { recursive: true, force: true });
  };
});

async function put(path: string, content: string): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), content);
}

let count = 0;

function named(build: JsonObject, more: JsonObject = {}): JsonObject {
  return { name: `${PREFIX}${++count}:1`, build: [{ context: 'app', ...build }], ...more };
}

function priorOf(applied: Applied): Prior {
  invariant(applied.value, JSON.stringify(applied.diagnostics));
  return { value: applied.value, private: applied.private, tainted: false };
}

async function inspected(prior: Prior): Promise<{ Config: { Labels: object; Env: readonly string[] }; Size: number }> {
  return (await inspect('image', String(jsonOf(prior.value).image_id))) as never;
}

/** The text of a file in an image. */
async function fileIn(prior: Prior, path: string): Promise<string> {
  const created = await engine('POST', `/containers/create?name=${PREFIX}reader`, {
    Image: jsonOf(prior.value).image_id,
    Cmd: ['cat', path],
    HostConfig: { LogConfig: { Type: 'json-file' } },
  });
  expect(created.status).toBe(201);
  await engine('POST', `/containers/${PREFIX}reader/start`);
  await engine('POST', `/containers/${PREFIX}reader/wait`);
  const { readFrames } = await import('../../providers/docker/streams.ts');
  const logs = await engine('GET', `/containers/${PREFIX}reader/logs?stdout=1`);
  await engine('DELETE', `/containers/${PREFIX}reader?force=1`);
  let text = '';
  for await (const frame of readFrames(bytes(String(logs.body)))) text += frame.data.toString();
  return text.trim();
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

interface Row {
  readonly argument: string;
  readonly build: JsonObject;
  readonly dockerfile?: string;
  /** What `/out` of the image has to hold. */
  readonly out?: string | RegExp;
  readonly changed?: JsonObject;
}

const out = (command: string): string => `FROM busybox:local\nARG A\nRUN ${command} > /out\n`;

const ROWS: readonly Row[] = [
  {
    argument: 'build_args',
    build: { build_args: { A: 'given' } },
    dockerfile: out('echo $A'),
    out: 'given',
    changed: { build_args: { A: 'other' } },
  },
  {
    argument: 'target',
    build: { target: 'first' },
    dockerfile: 'FROM busybox:local AS first\nRUN echo first > /out\nFROM first\nRUN echo second > /out\n',
    out: 'first',
    changed: { target: '' },
  },
  {
    argument: 'network_mode',
    build: { network_mode: 'none' },
    dockerfile: out('ls /sys/class/net'),
    out: 'lo',
    changed: { network_mode: 'host' },
  },
  {
    argument: 'extra_hosts',
    build: { extra_hosts: ['db:10.9.8.7', 'api:10.9.8.6'] },
    dockerfile: out('grep -c "10.9.8" /etc/hosts'),
    out: '2',
    changed: { extra_hosts: [] },
  },
  {
    argument: 'shm_size',
    build: { shm_size: 33554432 },
    dockerfile: out("df -k /dev/shm | awk 'END {print $2}'"),
    out: '32768',
    changed: { shm_size: 67108864 },
  },
  {
    argument: 'ulimit',
    build: { ulimit: [{ name: 'nofile', soft: 1111, hard: 2222 }] },
    dockerfile: out('sh -c "ulimit -n; ulimit -Hn" | xargs echo'),
    out: '1111 2222',
    changed: { ulimit: [] },
  },
  {
    argument: 'memory',
    build: { memory: 67108864, memory_swap: -1 },
    dockerfile: out('cat /sys/fs/cgroup/memory/memory.limit_in_bytes'),
    out: /^67108864$|^$/,
    changed: { memory: 77108864, memory_swap: -1 },
  },
  {
    argument: 'cpu_set_cpus',
    build: { cpu_set_cpus: '0' },
    dockerfile: out('grep Cpus_allowed_list /proc/self/status'),
    out: /\s0$/,
    changed: { cpu_set_cpus: '0-1' },
  },
  { argument: 'cpu_shares', build: { cpu_shares: 512 }, changed: { cpu_shares: 256 } },
  {
    argument: 'cpu_quota',
    build: { cpu_period: 100000, cpu_quota: 50000 },
    changed: { cpu_period: 100000, cpu_quota: 60000 },
  },
  { argument: 'cpu_set_mems', build: { cpu_set_mems: '0' }, changed: { cpu_set_mems: '' } },
  { argument: 'cgroup_parent', build: { cgroup_parent: '/sti' }, changed: { cgroup_parent: '/sti2' } },
  { argument: 'platform', build: { platform: 'linux/amd64' }, changed: { platform: '' } },
  { argument: 'no_cache', build: { no_cache: true }, changed: { no_cache: false } },
  { argument: 'remove', build: { remove: false }, changed: { remove: true } },
  { argument: 'force_remove', build: { force_remove: true }, changed: {} },
  { argument: 'suppress_output', build: { suppress_output: true }, changed: {} },
  { argument: 'pull_parent', build: { pull_parent: false }, changed: { pull_parent: true } },
  { argument: 'cache_from', build: { cache_from: ['busybox:local'] }, changed: { cache_from: [] } },
  { argument: 'use_legacy_builder', build: { use_legacy_builder: true }, changed: { use_legacy_builder: false } },
  {
    argument: 'auth_config',
    build: { auth_config: [{ host_name: '127.0.0.1:1', user_name: 'a', password: 'b' }] },
    changed: {},
  },
  { argument: 'build_id', build: { build_id: 'sti' }, changed: { build_id: 'sti2' } },
  { argument: 'version', build: { version: '1' }, changed: { version: '' } },
  { argument: 'session_id', build: { session_id: 'sti' }, changed: {} },
  { argument: 'builder', build: { builder: 'default' }, changed: {} },
  { argument: 'provenance', build: { provenance: 'false' }, changed: {} },
  { argument: 'sbom', build: { sbom: 'false' }, changed: {} },
];

describe('every argument of a build', () => {
  for (const row of ROWS) {
    test(`${row.argument}: built, nothing left to do, a change builds again`, async () => {
      if (row.dockerfile !== undefined) await put('app/Dockerfile', row.dockerfile);
      const config = named(row.build);
      const prior = await image.create(config);
      if (row.out !== undefined)
        expect(await fileIn(prior, '/out')).toMatch(typeof row.out === 'string' ? new RegExp(`^${row.out}$`) : row.out);
      const refreshed = (await image.refresh(prior)) ?? null;
      expect(changed(await image.plan(refreshed, config))).toEqual([]);
      const planned = await image.plan(refreshed, { ...config, build: [{ context: 'app', ...row.changed }] });
      expect([changed(planned), planned.replacePaths]).toEqual([['build'], [['build']]]);
      await image.destroy(prior);
    });
  }

  for (const argument of ['label', 'labels']) {
    test(`${argument}: the image bears them`, async () => {
      const prior = await image.create(named({ [argument]: { owner: 'sti' } }));
      expect((await inspected(prior)).Config.Labels).toMatchObject({ owner: 'sti' });
      await image.destroy(prior);
    });
  }

  test('tag: the image has more names', async () => {
    const prior = await image.create(named({ tag: [`${PREFIX}more:a`, `${PREFIX}more:b`] }));
    for (const name of [`${PREFIX}more:a`, `${PREFIX}more:b`]) {
      expect(await inspect('image', name)).toMatchObject({ Id: jsonOf(prior.value).image_id });
    }
    await image.destroy(prior);
    for (const name of [`${PREFIX}more:a`, `${PREFIX}more:b`]) expect(await inspect('image', name)).toBeUndefined();
  });

  test('tag: a name that somebody gave to another image stays; one that is not wanted any more goes', async () => {
    const config = named({ tag: [`${PREFIX}more:a`, `${PREFIX}more:b`] });
    const prior = await image.create(config);
    const built = String(jsonOf(prior.value).image_id);
    const applied = await image.apply(prior, { ...config, build: [{ context: 'app', tag: [`${PREFIX}more:a`] }] });
    expect(applied.diagnostics).toEqual([]);
    expect(await inspect('image', `${PREFIX}more:b`)).toBeUndefined();
    expect(await inspect('image', `${PREFIX}more:a`)).toMatchObject({ Id: built });
    await engine('POST', `/images/busybox:local/tag?repo=${PREFIX}more&tag=a`);
    expect((await image.destroy(priorOf(applied))).diagnostics).toEqual([]);
    expect(await inspect('image', built)).toBeUndefined();
    expect(await inspect('image', `${PREFIX}more:a`)).toBeDefined();
    await sweep(`${PREFIX}more`);
  });

  test('tag: all names stay with keep_locally', async () => {
    const prior = await image.create(named({ tag: [`${PREFIX}more:a`] }, { keep_locally: true }));
    expect((await image.destroy(prior)).diagnostics).toEqual([]);
    expect(await inspect('image', `${PREFIX}more:a`)).toMatchObject({ Id: jsonOf(prior.value).image_id });
    await sweep(PREFIX);
  });

  test('build_log_file: the log is appended to it', async () => {
    await image.destroy(await image.create(named({ build_log_file: 'build.log' })));
    expect(await readFile(join(folder, 'build.log'), 'utf8')).toMatch(/Step 1\/2 : FROM busybox:local/);
  });

  test('dockerfile: under another name, and outside of the context', async () => {
    await put('app/docker/Other', out('echo inside'));
    await put('Outside', out('echo outside'));
    const inside = await image.create(named({ dockerfile: 'docker/Other' }));
    expect(await fileIn(inside, '/out')).toBe('inside');
    const outside = await image.create(named({ dockerfile: '../Outside' }));
    expect(await fileIn(outside, '/out')).toBe('outside');
    await image.destroy(inside);
    await image.destroy(outside);
  });

  test('dockerfile: the one in the context comes before one in the working directory', async () => {
    await put('app/Own', out('echo context'));
    await put('Own', out('echo directory'));
    for (const use_legacy_builder of [true, false]) {
      const prior = await image.create(named({ dockerfile: 'Own', use_legacy_builder }));
      expect(await fileIn(prior, '/out')).toBe('context');
      await image.destroy(prior);
    }
    await rm(join(folder, 'app/Own'));
    const prior = await image.create(named({ dockerfile: 'Own' }));
    expect(await fileIn(prior, '/out')).toBe('directory');
    await image.destroy(prior);
  });

  test('the steps of the build are told while it runs', async () => {
    await image.destroy(await image.create(named({})));
    expect(harness.progress).toContain('Step 2/2 : COPY hello.txt /hello.txt');
  });
});

/** What this engine's own builder cannot do, and what is answered. */
const NOT_HERE: readonly { readonly argument: string; readonly build: JsonObject; readonly answer: RegExp }[] = [
  { argument: 'secrets', build: { secrets: [{ id: 'a', src: 'b' }] }, answer: /"secrets" cannot be given/ },
  {
    argument: 'additional_contexts',
    build: { additional_contexts: ['a=b'] },
    answer: /"additional_contexts" cannot be given/,
  },
  { argument: 'cache_to', build: { cache_to: ['type=inline'] }, answer: /"cache_to" cannot be given/ },
  { argument: 'provenance', build: { provenance: 'mode=max' }, answer: /"provenance" cannot be given/ },
  { argument: 'sbom', build: { sbom: 'true' }, answer: /"sbom" cannot be given/ },
  { argument: 'squash', build: { squash: true }, answer: /squash is only supported with experimental mode/ },
  { argument: 'isolation', build: { isolation: 'hyperv' }, answer: /[iI]solation/ },
  {
    argument: 'security_opt',
    build: { security_opt: ['seccomp=unconfined'] },
    answer: /does not support setting security options/,
  },
  {
    argument: 'remote_context',
    build: { remote_context: 'http://127.0.0.1:1/context.tar' },
    answer: /connection refused/,
  },
];

describe('what cannot be done here', () => {
  for (const { argument, build, answer } of NOT_HERE) {
    test(`${argument}: is an error, not left out without a word`, async () => {
      const applied = await image.apply(null, named(build));
      expect(applied.diagnostics.map((it) => it.detail).join()).toMatch(answer);
      expect(applied.value).toBeUndefined();
    });
  }
});

describe('the build context', () => {
  test('a changed file builds again and is named; the same content does not', async () => {
    await put('app/deep/er/data', '1');
    const config = named({});
    const prior = await image.create(config);
    await utimes(join(folder, 'app/hello.txt'), new Date(0), new Date(0));
    await chmod(join(folder, 'app/hello.txt'), 0o664);
    expect(changed(await image.plan(prior, config))).toEqual([]);
    await chmod(join(folder, 'app/hello.txt'), 0o644);
    await put('app/deep/er/data', '2');
    await put('app/new', '');
    const planned = await image.plan(prior, config);
    expect(planned.causes[0]?.note).toBe('files of the build context changed: deep/er/data, new');
    expect(planned.replacePaths).toEqual([['build']]);
    const applied = await image.apply(prior, config);
    expect(applied.diagnostics).toEqual([]);
    expect(jsonOf(applied.value).image_id).toBe(jsonOf(prior.value).image_id);
    expect(changed(await image.plan(priorOf(applied), config))).toEqual([]);
    await put('app/hello.txt', 'changed');
    const again = await image.apply(priorOf(applied), config);
    expect(jsonOf(again.value).image_id).not.toBe(jsonOf(prior.value).image_id);
    expect(await inspect('image', String(jsonOf(prior.value).image_id))).toBeUndefined();
    await image.destroy(priorOf(again));
  });

  test('a state that Terraform wrote plans nothing', async () => {
    const config = named({});
    const prior = await image.create(config);
    await put('app/hello.txt', 'changed');
    expect(changed(await image.plan(prior, config))).toEqual(['build']);
    const theirs = { ...prior, private: Buffer.from('{"schema_version":"0"}').toString('base64') };
    expect(changed(await image.plan(theirs, config))).toEqual([]);
    expect(changed(await image.plan({ ...prior, private: undefined }, config))).toEqual([]);
    await image.destroy(prior);
  });

  test('.dockerignore leaves files out, of the archive and of the comparison', async () => {
    await put('app/.dockerignore', '# comment\n*.log\nnode_modules\n**/cache\n!keep.log\nvendor/*\n!vendor/kept\n');
    await put(
      'app/Dockerfile',
      'FROM busybox:local\nCOPY . /app\nRUN cd /app && find . -type f | sort | xargs echo > /out\n',
    );
    for (const path of [
      'a.log',
      'keep.log',
      'node_modules/x/y',
      'src/cache/z',
      'src/main',
      'vendor/gone',
      'vendor/kept',
    ])
      await put(`app/${path}`, path);
    const config = named({});
    const prior = await image.create(config);
    const sent = './.dockerignore ./Dockerfile ./hello.txt ./keep.log ./src/main ./vendor/kept';
    expect(await fileIn(prior, '/out')).toBe(sent);
    await put('app/a.log', 'changed');
    await put('app/node_modules/x/more', 'new');
    expect(changed(await image.plan(prior, config))).toEqual([]);
    await put('app/keep.log', 'changed');
    expect(changed(await image.plan(prior, config))).toEqual(['build']);
    await image.destroy(prior);
  });

  test('links, modes and empty folders arrive; everything belongs to root', async () => {
    await put('app/run.sh', '#!/bin/sh\n');
    await chmod(join(folder, 'app/run.sh'), 0o750);
    await symlink('hello.txt', join(folder, 'app/link'));
    await mkdir(join(folder, 'app/empty'));
    await put(
      'app/Dockerfile',
      "FROM busybox:local\nCOPY . /app\nRUN cd /app && stat -c '%n %a %u:%g %F' run.sh link empty | xargs echo > /out\n",
    );
    const prior = await image.create(named({}));
    expect(await fileIn(prior, '/out')).toBe(
      'run.sh 750 0:0 regular file link 777 0:0 symbolic link empty 755 0:0 directory',
    );
    await image.destroy(prior);
  });

  test('a large file is streamed', async () => {
    await writeFile(join(folder, 'app/large'), Buffer.alloc(20_000_000, 7));
    await put('app/Dockerfile', 'FROM busybox:local\nCOPY large /large\nRUN wc -c < /large > /out\n');
    const prior = await image.create(named({}));
    expect(await fileIn(prior, '/out')).toBe('20000000');
    await image.destroy(prior);
  });
});

describe('a Dockerfile that needs BuildKit', () => {
  test('is built by it, with its steps told and nothing left to do', async () => {
    await put(
      'app/Dockerfile',
      'FROM busybox:local\nARG A\nRUN --mount=type=cache,target=/c echo $A > /c/x && cp /c/x /out\n',
    );
    const config = named({ build_args: { A: 'kit' }, label: { owner: 'sti' } });
    const prior = await image.create(config);
    expect(await fileIn(prior, '/out')).toBe('kit');
    expect((await inspected(prior)).Config.Labels).toMatchObject({ owner: 'sti' });
    expect(harness.progress.join('\n')).toMatch(/RUN --mount=type=cache/);
    expect(changed(await image.plan((await image.refresh(prior)) ?? null, config))).toEqual([]);
    await image.destroy(prior);
  });

  test('shows the end of the log when it fails', async () => {
    await put(
      'app/Dockerfile',
      'FROM busybox:local\nRUN --mount=type=cache,target=/c echo something is wrong >&2; exit 3\n',
    );
    const [problem] = (await image.apply(null, named({}))).diagnostics;
    expect(problem?.detail).toMatch(/exit code: 3.*something is wrong/s);
  });

  test('is a warning where limits are asked for', async () => {
    await put('app/Dockerfile', 'FROM busybox:local\nRUN --mount=type=cache,target=/c true\n');
    const applied = await image.apply(null, named({ memory: 67108864 }));
    expect(applied.diagnostics.map((it) => [it.severity, it.summary])).toEqual([
      ['warning', 'Build limits without effect'],
    ]);
    await image.destroy(priorOf(applied));
  });
});

describe('builds that fail', () => {
  test('show the end of the log', async () => {
    await put('app/Dockerfile', 'FROM busybox:local\nRUN echo something is wrong >&2; exit 3\n');
    const applied = await image.apply(null, named({}));
    expect(applied.value).toBeUndefined();
    expect(applied.diagnostics[0]).toMatchObject({
      severity: 'error',
      summary: 'Docker Engine refused',
      path: ['build'],
    });
    expect(applied.diagnostics[0]?.detail).toMatch(/returned a non-zero code: 3.*something is wrong/s);
    const left = await engine('GET', '/containers/json?all=1');
    expect(JSON.stringify(left.body)).not.toContain('echo something is wrong');
  });

  test('a context or a Dockerfile that is missing is named', async () => {
    const [context] = (await image.apply(null, named({ context: './nowhere' }))).diagnostics;
    expect(context).toMatchObject({ summary: 'Build context not found', path: ['build'] });
    const [dockerfile] = (await image.apply(null, named({ dockerfile: 'None' }))).diagnostics;
    expect(dockerfile).toMatchObject({ summary: 'Dockerfile not found', path: ['build'] });
  });

  test('an interrupted build ends, and says so', async () => {
    await put('app/Dockerfile', 'FROM busybox:local\nRUN sleep 30\n');
    const controller = new AbortController();
    const own = await openHarness({ workingDirectory: folder, signal: controller.signal });
    setTimeout(() => controller.abort(), 1500);
    const started = Date.now();
    const applied = await own.of('docker_image').apply(null, named({}));
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(applied.diagnostics[0]).toMatchObject({ summary: 'Operation interrupted' });
    await own.close();
  });

  test('a build that fails while replacing leaves the old image where it was', async () => {
    const config = named({});
    const prior = await image.create(config);
    await put('app/Dockerfile', 'FROM busybox:local\nRUN false\n');
    const applied = await image.apply(prior, config);
    expect(applied.diagnostics.map((it) => it.severity)).toEqual(['error']);
    expect(applied.value).toEqual(prior.value);
    expect(await inspect('image', String(config.name))).toMatchObject({ Id: jsonOf(prior.value).image_id });
    await image.destroy(prior);
  });
});

describe('what a new build leaves behind', () => {
  const idOf = (prior: Prior): string => String(jsonOf(prior.value).image_id);
  const rebuilt = async (prior: Prior, config: JsonObject, content: string): Promise<Prior> => {
    await put('app/hello.txt', content);
    const applied = await image.apply(prior, config);
    expect(applied.diagnostics).toEqual([]);
    return priorOf(applied);
  };

  test('goes when nothing uses it, and stays with keep_locally or under another name', async () => {
    const config = named({});
    const first = await image.create(config);
    const second = await rebuilt(first, config, 'second');
    expect(await inspect('image', idOf(first))).toBeUndefined();
    await engine('POST', `/images/${idOf(second)}/tag?repo=${PREFIX}others&tag=1`);
    const third = await rebuilt(second, { ...config, keep_locally: true }, 'third');
    expect(await inspect('image', `${PREFIX}others:1`)).toMatchObject({ Id: idOf(second) });
    const fourth = await rebuilt(third, { ...config, keep_locally: true }, 'fourth');
    expect(await inspect('image', idOf(third))).toBeDefined();
    await image.destroy({ ...fourth, value: third.value });
    await engine('DELETE', `/images/${idOf(third)}`);
    await sweep(PREFIX);
  });

  test('in use it stays, is remembered, and goes with the resource', async () => {
    const config = named({});
    const first = await image.create(config);
    await engine('POST', `/containers/create?name=${PREFIX}user`, { Image: idOf(first), Cmd: ['true'] });
    const second = await rebuilt(first, config, 'second');
    expect(await inspect('image', idOf(first))).toBeDefined();
    expect(changed(await image.plan((await image.refresh(second)) ?? null, config))).toEqual([]);
    await engine('DELETE', `/containers/${PREFIX}user?force=1`);
    expect((await image.destroy(second)).diagnostics).toEqual([]);
    expect(await inspect('image', idOf(first))).toBeUndefined();
  });
});

/** The registry protocol against a server that says what a test tells it to: challenges, pages, too many requests. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type RegistryTarget,
  deleteManifest,
  fetchDigest,
  fetchManifest,
  fetchTags,
  parseChallenge,
} from '../../../providers/docker/registry-client.ts';
import { isRelease } from '../../../providers/docker/data-registry.ts';

type Answer = readonly [status: number, headers?: Readonly<Record<string, string>>, body?: string];

const servers: http.Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

async function registry(answer: (asked: Asked, host: string) => Answer): Promise<{ host: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = http.createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    asked.push({ method, path: url, authorization: headers.authorization });
    const [status, more = {}, body = ''] = answer({ method, path: url, authorization: headers.authorization }, host);
    response.writeHead(status, more);
    response.end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, asked };
}

function target(host: string, more: Partial<RegistryTarget> = {}): RegistryTarget {
  const signal = new AbortController().signal;
  return { host, repository: 'a/b', reference: '1', schemes: ['http'], verify: true, login: null, signal, ...more };
}

const LOGIN = { username: 'u', password: 'p', serveraddress: 'x' };
const BASIC = `Basic ${Buffer.from('u:p').toString('base64')}`;

describe('challenges', () => {
  test('are read', () => {
    const bearer = parseChallenge('Bearer realm="https://a/token",service="s",scope="repository:a/b:pull"');
    expect(bearer?.scheme).toBe('bearer');
    expect(Object.fromEntries(bearer?.parameters ?? [])).toEqual({
      realm: 'https://a/token',
      service: 's',
      scope: 'repository:a/b:pull',
    });
    expect(parseChallenge('basic realm="x"')?.scheme).toBe('basic');
    expect(parseChallenge('Negotiate')).toBeUndefined();
  });

  test('basic is answered with the login, and with nothing when there is none', async () => {
    const { host, asked } = await registry(({ authorization }) =>
      authorization === BASIC
        ? [200, { 'docker-content-digest': 'sha256:1' }]
        : [401, { 'www-authenticate': 'Basic realm="r"' }],
    );
    expect(await fetchDigest(target(host, { login: LOGIN }))).toEqual({ kind: 'done', value: 'sha256:1' });
    expect(await fetchDigest(target(host))).toEqual({ kind: 'denied', message: 'bad credentials: 401 Unauthorized' });
    expect(asked.map((it) => it.authorization)).toEqual([undefined, BASIC, undefined]);
  });

  test('bearer fetches a token with the login, and without it when that is refused', async () => {
    const { host, asked } = await registry(({ path, authorization }, self) => {
      if (path.startsWith('/token')) return authorization === undefined ? [200, {}, '{"token":"t"}'] : [401];
      if (authorization === 'Bearer t') return [200, { 'docker-content-digest': 'sha256:2' }];
      return [401, { 'www-authenticate': `Bearer realm="http://${self}/token",service="s"` }];
    });
    expect(await fetchDigest(target(host, { login: LOGIN }))).toEqual({ kind: 'done', value: 'sha256:2' });
    expect(asked.map((it) => [it.path, it.authorization])).toEqual([
      ['/v2/a/b/manifests/1', undefined],
      ['/token?service=s&scope=repository%3Aa%2Fb%3Apull', BASIC],
      ['/token?service=s&scope=repository%3Aa%2Fb%3Apull', undefined],
      ['/v2/a/b/manifests/1', 'Bearer t'],
    ]);
  });

  test('an identity token is exchanged', async () => {
    const { host, asked } = await registry(({ method, path, authorization }, self) => {
      if (path === '/token' && method === 'POST') return [200, {}, '{"access_token":"x"}'];
      if (authorization === 'Bearer x') return [200, { 'docker-content-digest': 'sha256:3' }];
      return [401, { 'www-authenticate': `Bearer realm="http://${self}/token",service="s"` }];
    });
    const login = { identitytoken: 'refresh', serveraddress: 'x' };
    expect(await fetchDigest(target(host, { login }))).toEqual({ kind: 'done', value: 'sha256:3' });
    expect(asked.map((it) => it.method)).toEqual(['HEAD', 'POST', 'HEAD']);
  });

  test('a token of ECR is used in each of its three forms', async () => {
    const { host, asked } = await registry(({ authorization }) =>
      authorization === undefined
        ? [401, { 'www-authenticate': 'Basic realm="r"' }]
        : [200, { 'docker-content-digest': 'd' }],
    );
    const serveraddress = '1.dkr.ecr.eu-west-1.amazonaws.com';
    for (const password of ['eyJ0', 'AWS:eyJ0', Buffer.from('AWS:eyJ0').toString('base64')]) {
      await fetchDigest(target(host, { login: { username: 'AWS', password, serveraddress } }));
    }
    const sent = `Basic ${Buffer.from('AWS:eyJ0').toString('base64')}`;
    expect(asked.flatMap((it) => it.authorization ?? [])).toEqual([sent, sent, sent]);
  });
});

describe('answers', () => {
  test('too many requests are waited out', async () => {
    let refusals = 2;
    const { host, asked } = await registry(() =>
      refusals-- > 0 ? [429, { 'retry-after': '0' }] : [200, { 'docker-content-digest': 'sha256:4' }],
    );
    expect(await fetchDigest(target(host))).toEqual({ kind: 'done', value: 'sha256:4' });
    expect(asked).toHaveLength(3);
  });

  test('a digest that is in no header is that of the manifest', async () => {
    const { host } = await registry(({ method }) => (method === 'HEAD' ? [200] : [200, {}, '{}']));
    const digest = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';
    expect(await fetchDigest(target(host))).toEqual({ kind: 'done', value: digest });
  });

  test('tags come in pages', async () => {
    const { host } = await registry(({ path }) =>
      path.includes('last=b')
        ? [200, {}, '{"tags":["c"]}']
        : [200, { link: '</v2/a/b/tags/list?last=b&n=2>; rel="next"' }, '{"tags":["a","b"]}'],
    );
    expect(await fetchTags(target(host))).toEqual({ kind: 'done', value: ['a', 'b', 'c'] });
  });

  test.each([
    [404, 'absent', '404 Not Found: manifest unknown'],
    [500, 'refused', '500 Internal Server Error: manifest unknown'],
    [403, 'denied', 'bad credentials: 403 Forbidden'],
  ] as const)('%i is %s', async (status, kind, message) => {
    const { host } = await registry(() => [status, {}, '{"errors":[{"message":"manifest unknown"}]}']);
    expect(await fetchManifest(target(host))).toEqual({ kind, message });
  });

  test('what is gone already is deleted', async () => {
    const { host } = await registry(() => [404]);
    expect(await deleteManifest(target(host), 'sha256:1')).toEqual({ kind: 'done', value: undefined });
  });

  test('TLS is tried first, plain http after it only where that is allowed', async () => {
    const { host } = await registry(() => [200, { 'docker-content-digest': 'sha256:5' }]);
    expect((await fetchDigest(target(host, { schemes: ['https', 'http'] }))).kind).toBe('done');
    expect((await fetchDigest(target(host, { schemes: ['https'] }))).kind).toBe('unreachable');
  });

  test('hostile answers are no manifests', async () => {
    for (const body of ['', 'null', '[1', '{"manifests": 7}', '"x"']) {
      const { host } = await registry(() => [200, {}, body]);
      expect((await fetchManifest(target(host))).kind).toBe('done');
      expect(await fetchTags(target(host))).toEqual({ kind: 'done', value: [] });
    }
  });
});

test('releases are versions without a pre-release', () => {
  const tags = ['1.0.0', '1.2', 'v1.3.0', 'v2', '1.0.0+build', '2.0.0-rc1', 'latest', '1.0.0.0', '1.x'];
  expect(tags.filter(isRelease)).toEqual(['1.0.0', '1.2', 'v1.3.0', 'v2', '1.0.0+build']);
});

/** The small notations: image names, durations, sizes, streams, private data, labels of older states. */
import { describe, expect, test } from 'vitest';
import { objectValue, stringValue } from '../../../core/value/value.ts';
import { parseByteSize } from '../../../providers/docker/byte-size.ts';
import { formatDurationNs, parseDurationNs } from '../../../providers/docker/duration.ts';
import { parseImageName, pulledTag } from '../../../providers/docker/image-name.ts';
import { repoDigest } from '../../../providers/docker/image.ts';
import { flagOf, listOf, numberOf, recordOf, textMapOf, textOf } from '../../../providers/docker/inspect.ts';
import { encodePrivate, ourPrivate } from '../../../providers/docker/private-data.ts';
import { dockerProvider } from '../../../providers/docker/provider.ts';
import { framesText, readFrames, readJsonLines } from '../../../providers/docker/streams.ts';
import { decode } from './recorded.ts';
import { imageSchema } from '../../../providers/docker/schema/image.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('image names', () => {
  test.each([
    ['busybox', 'docker.io', 'busybox', undefined, undefined],
    ['busybox:1.36', 'docker.io', 'busybox', '1.36', undefined],
    ['library/busybox', 'docker.io', 'library/busybox', undefined, undefined],
    ['localhost/app', 'localhost', 'localhost/app', undefined, undefined],
    ['127.0.0.1:5000/app:1', '127.0.0.1:5000', '127.0.0.1:5000/app', '1', undefined],
    ['[::1]:5000/app', '[::1]:5000', '[::1]:5000/app', undefined, undefined],
    ['ghcr.io/org/team/app', 'ghcr.io', 'ghcr.io/org/team/app', undefined, undefined],
    [`app@${DIGEST}`, 'docker.io', 'app', undefined, DIGEST],
    [`quay.io/a/b:2@${DIGEST}`, 'quay.io', 'quay.io/a/b', '2', DIGEST],
    ['a__b/c-d.e_f', 'docker.io', 'a__b/c-d.e_f', undefined, undefined],
  ])('%s', (text, registry, repository, tag, digest) => {
    expect(parseImageName(text)).toEqual({ registry, repository, tag, digest });
  });

  test.each([
    '',
    'Busybox',
    'a//b',
    'a:',
    'a:-x',
    '-a',
    'a b',
    'a@sha256:12',
    'a/b:c/d',
    'https://ghcr.io/a',
    'a:b:c',
    `:${'x'}`,
    `a:${'x'.repeat(129)}`,
  ])('not a name: "%s"', (text) => {
    expect(parseImageName(text)).toBeUndefined();
  });

  test('the digest is pulled before the tag, and latest where there is neither', () => {
    const tags = ['a', 'a:1', `a:1@${DIGEST}`]
      .map((text) => parseImageName(text))
      .map((name) => name && pulledTag(name));
    expect(tags).toEqual(['latest', '1', DIGEST]);
  });

  test('of several digests the one of the repository is taken', () => {
    expect(repoDigest('a:1', [])).toBe('');
    expect(repoDigest('b:1', ['a@sha256:1', 'b@sha256:2'])).toBe('b@sha256:2');
    expect(repoDigest('c:1', ['a@sha256:1', 'b@sha256:2'])).toBe('a@sha256:1');
  });

  test('an invalid name, and build beside pull_triggers, are found without an engine', () => {
    const validate = (json: Parameters<typeof decode>[1]) =>
      dockerProvider.resourceTypes
        .get('docker_image')
        ?.validate?.(decode(imageSchema, { build: [], ...json }))
        .map((it) => [it.summary, it.path]);
    expect(validate({ name: 'Not A Name' })).toEqual([['Invalid image name', ['name']]]);
    expect(validate({ name: 'a', pull_triggers: ['x'], build: [{ context: '.' }] })).toEqual([
      ['Conflicting configuration arguments', ['pull_triggers']],
    ]);
    expect(validate({ name: 'a:1', pull_triggers: ['x'] })).toEqual([]);
  });
});

test.each([
  ['0', 0, '0s'],
  ['1ns', 1, '1ns'],
  ['1.5us', 1500, '1.5µs'],
  ['1500µs', 1_500_000, '1.5ms'],
  ['500ms', 500e6, '500ms'],
  ['1.5s', 1.5e9, '1.5s'],
  ['90s', 90e9, '1m30s'],
  ['60m', 3600e9, '1h0m0s'],
  ['1h30m5.25s', 5405.25e9, '1h30m5.25s'],
  ['-2m', -120e9, '-2m0s'],
])('the duration %s', (text, ns, printed) => {
  expect(parseDurationNs(text)).toBe(ns);
  expect(formatDurationNs(ns)).toBe(printed);
});

test.each(['', 's', '10', '1d', '1 s', 'h1', '1.s.', '--1s'])('not a duration: "%s"', (text) => {
  expect(parseDurationNs(text)).toBeUndefined();
});

test.each([
  ['0', 0],
  ['100', 100],
  ['100b', 100],
  ['1k', 1024],
  ['1.5K', 1536],
  ['512m', 536870912],
  ['1 GiB', 1073741824],
  ['2tb', 2199023255552],
  ['', undefined],
  ['-1', undefined],
  ['1x', undefined],
  ['g', undefined],
])('the size "%s" is %s bytes', (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

describe('streams', () => {
  async function* chunks(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
    for (const part of parts) yield part;
  }

  async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
    const found: T[] = [];
    for await (const item of items) found.push(item);
    return found;
  }

  test('lines of JSON survive being cut anywhere, also within a letter', async () => {
    const text = Buffer.from('{"status":"télé"}\r\n{"stream":"a\\n"}\nnot json\n\n{"last":true}');
    for (let at = 0; at <= text.length; at++) {
      expect(await collect(readJsonLines(chunks(text.subarray(0, at), text.subarray(at))))).toEqual([
        { status: 'télé' },
        { stream: 'a\n' },
        { stream: 'not json' },
        { last: true },
      ]);
    }
  });

  function frame(stream: number, text: string): Buffer {
    const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([header, Buffer.from(text)]);
  }

  test('frames survive being cut anywhere', async () => {
    const whole = Buffer.concat([frame(1, 'out'), frame(2, 'err'), frame(1, '')]);
    for (let at = 0; at <= whole.length; at++) {
      const frames = await collect(readFrames(chunks(whole.subarray(0, at), whole.subarray(at))));
      expect(frames.map(({ stream, data }) => `${stream}:${data}`)).toEqual(['stdout:out', 'stderr:err', 'stdout:']);
    }
    expect(framesText(whole)).toBe('outerr');
  });

  test('ten thousand small frames in one chunk are no recursion', async () => {
    const whole = Buffer.concat(Array.from({ length: 10_000 }, () => frame(1, 'x')));
    expect(await collect(readFrames(chunks(whole)))).toHaveLength(10_000);
  });
});

describe('private data', () => {
  const timeouts = (create: string) => objectValue([['timeouts', objectValue([['create', stringValue(create)]])]]);

  test('is the JSON that the peer writes, and ours beside it', () => {
    const encoded = encodePrivate({
      schemaVersion: 2,
      timeouts: { operations: ['update', 'create'], value: timeouts('1h') },
      ours: { a: 1 },
    });
    expect(JSON.parse(Buffer.from(encoded ?? '', 'base64').toString())).toEqual({
      'e2bfb730-ecaa-11e6-8f88-34363bc7c4c0': { create: 3_600_000_000_000, update: 1_200_000_000_000 },
      schema_version: '2',
      stowage: { a: 1 },
    });
    expect(ourPrivate(encoded)).toEqual({ a: 1 });
    expect(encodePrivate({ schemaVersion: 0 })).toBeUndefined();
  });

  test.each([undefined, '', 'bnVsbA==', 'not base64!', 'W10='])(
    'of somebody else (%s) has nothing of ours',
    (encoded) => {
      expect(ourPrivate(encoded)).toEqual({});
    },
  );
});

test('labels of an older state, a map, become blocks', () => {
  for (const type of ['docker_network', 'docker_volume']) {
    const upgrade = dockerProvider.resourceTypes.get(type)?.upgrade;
    expect(upgrade?.({ name: 'a', labels: { x: 'y' } }, 0).value).toEqual({
      name: 'a',
      labels: [{ label: 'x', value: 'y' }],
    });
    expect(upgrade?.({ name: 'a' }, 0).value).toEqual({ name: 'a', labels: [] });
    expect(upgrade?.({ labels: null }, 0).value).toEqual({ labels: [] });
  }
});

test('answers of the engine are read without trusting them', () => {
  for (const hostile of [undefined, null, 1, 'a', [], [null], { a: null }, { a: { b: [] } }, { a: [{ b: 1 }] }]) {
    expect(textOf(hostile, 'a', 'b')).toBe('');
    expect(flagOf(hostile, 'a', 'b')).toBe(false);
    expect(numberOf(hostile, 'a', 'b')).toBe(0);
    expect(listOf(hostile, 'a', 'b')).toEqual([]);
    expect(textMapOf(hostile, 'a', 'b').size).toBe(0);
    expect(typeof recordOf(hostile)).toBe('object');
  }
});

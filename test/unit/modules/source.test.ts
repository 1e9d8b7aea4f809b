import { expect, test } from 'vitest';
import { canonicalSource, parseModuleSource } from '../../../core/config/module-package.ts';

test.each([
  ['github.com/acme/web', 'git::https://github.com/acme/web.git'],
  ['github.com/acme/web.git//sub?ref=v1', 'git::https://github.com/acme/web.git//sub?ref=v1'],
  ['bitbucket.org/acme/web', 'git::https://bitbucket.org/acme/web.git'],
  ['git@github.com:acme/web.git', 'git::ssh://git@github.com/acme/web.git'],
  ['git::git@example.com:acme/web.git//a/b?ref=x', 'git::ssh://git@example.com/acme/web.git//a/b?ref=x'],
  ['git::ssh://git@example.com:22/acme/web.git', 'git::ssh://git@example.com:22/acme/web.git'],
  ['git::https://example.com/web.git', 'git::https://example.com/web.git'],
  ['https://example.com/m.zip//sub?checksum=md5:00', 'https://example.com/m.zip//sub?checksum=md5:00'],
  ['/opt/modules/web', 'file:///opt/modules/web'],
  ['acme/web/docker', 'registry.terraform.io/acme/web/docker'],
  ['Example.com/acme/web/docker//sub', 'example.com/acme/web/docker//sub'],
  ['s3::https://s3.amazonaws.com/b/m.zip', 's3::https://s3.amazonaws.com/b/m.zip'],
  ['./web', './web'],
])('%s is %s', (source, canonical) => expect(canonicalSource(source)).toBe(canonical));

test.each([
  ['github.com/acme/web/docker', 'git'],
  ['./x', 'local'],
  ['a/b/c', 'registry'],
  ['hg::http://example.com/x', 'other'],
  ['https://example.com/x.tgz', 'http'],
])('%s is of kind %s', (source, kind) => expect(parseModuleSource(source).kind).toBe(kind));

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { folder, init, manifest, outputs, serve, tarball, telling, writeFiles } from './install.ts';

function calling(source: string): string {
  return `module "a" {\n  source = "${source}"\n}\noutput "value" {\n  value = module.a.value\n}\n`;
}

/** A zip archive, written out by hand; the last entry first, as some programs do. */
function zip(files: Readonly<Record<string, string>>, method: 0 | 8 = 8): Buffer {
  const [locals, central]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const [name, content] = [Buffer.from(path), Buffer.from(text)];
    const packed = method === 8 ? deflateRawSync(content) : content;
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(method, 8);
    header.writeUInt32LE(packed.length, 18);
    header.writeUInt32LE(content.length, 22);
    header.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(header, name, packed);
    central.unshift(entry, name);
    offset += header.length + name.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** Serves each path's content. */
function serving(contents: Readonly<Record<string, Buffer>>): Promise<string> {
  return serve((request, response) => {
    const content = contents[(request.url ?? '').split('?')[0] ?? ''];
    response.writeHead(content ? 200 : 404).end(content);
  });
}

const MODULE = { 'main.tf': telling('packed'), 'deep/er/main.tf': telling('deeper') };

test.each([
  ['m.tar.gz', () => tarball(MODULE)],
  ['m.tgz', () => tarball(MODULE)],
  ['m.tar', () => tarball(MODULE, '-cf')],
  ['m.zip', () => zip(MODULE)],
  ['stored.zip', () => zip(MODULE, 0)],
])('an archive from a server: %s', async (name, make) => {
  const host = await serving({ [`/${name}`]: make() });
  const directory = folder({ 'main.tf': calling(`http://${host}/${name}`) });
  expect((await init(directory)).error).toBe('');
  expect(await outputs(directory)).toEqual({ value: 'packed' });
  writeFiles(directory, { 'main.tf': calling(`http://${host}/${name}//deep/er`) });
  expect((await init(directory)).error).toBe('');
  expect(await outputs(directory)).toEqual({ value: 'deeper' });
});

test('a zip archive that zip itself has made', async () => {
  const source = folder(MODULE);
  const python = 'import shutil,sys; shutil.make_archive(sys.argv[1], "zip", sys.argv[2])';
  const archive = join(folder(), 'made');
  execFileSync('python3', ['-c', python, archive, source]);
  const directory = folder({ 'main.tf': calling(`${archive}.zip//deep/er`) });
  expect((await init(directory)).error).toBe('');
  expect(await outputs(directory)).toEqual({ value: 'deeper' });
});

test('a local archive and a local directory by their absolute paths', async () => {
  const place = folder(MODULE);
  writeFileSync(join(place, 'm.tar.gz'), tarball(MODULE));
  const directory = folder({ 'main.tf': calling(`${place}/m.tar.gz`) });
  expect((await init(directory)).error).toBe('');
  expect(await outputs(directory)).toEqual({ value: 'packed' });
  writeFiles(directory, { 'main.tf': calling(`${place}//deep/er`) });
  expect((await init(directory)).error).toBe('');
  expect(lstatSync(join(directory, '.terraform/modules/a')).isSymbolicLink()).toBe(true);
  expect(manifest(directory)).toContainEqual({
    Key: 'a',
    Source: `file://${place}//deep/er`,
    Dir: '.terraform/modules/a/deep/er',
  });
  expect(await outputs(directory)).toEqual({ value: 'deeper' });
});

test('removing a linked directory leaves what it leads to', async () => {
  const place = folder(MODULE);
  const directory = folder({ 'main.tf': calling(place) });
  await init(directory);
  await init(directory, ['-upgrade']);
  expect(existsSync(join(place, 'main.tf'))).toBe(true);
});

test('archive= names the kind, and * finds the one directory', async () => {
  const host = await serving({ '/download': tarball({ 'repo-abc123/main.tf': telling('starred') }) });
  const directory = folder({ 'main.tf': calling(`http://${host}/download//*?archive=tar.gz`) });
  expect((await init(directory)).error).toBe('');
  expect(await outputs(directory)).toEqual({ value: 'starred' });
});

test.each(['header', 'meta'])('an address that leads to an archive by a %s', async (way) => {
  const archive = tarball({ 'inside/main.tf': telling('led') });
  const host = await serve((request, response) => {
    if (request.url === '/m?terraform-get=1') {
      const lead = './files/m.tar.gz//inside';
      if (way === 'header') response.writeHead(204, { 'x-terraform-get': lead }).end();
      else response.end(`<html><head><meta name="terraform-get" content="${lead}"></head></html>`);
    } else if (request.url === '/files/m.tar.gz') response.writeHead(302, { location: '/moved.tar.gz' }).end();
    else if (request.url === '/moved.tar.gz') response.end(archive);
    else response.writeHead(404).end();
  });
  const directory = folder({ 'main.tf': calling(`http://${host}/m`) });
  expect((await init(directory)).error).toBe('');
  expect(await outputs(directory)).toEqual({ value: 'led' });
});

test('a checksum that is right, and one that is not', async () => {
  const archive = tarball(MODULE);
  const host = await serving({ '/m.tar.gz': archive });
  const digest = createHash('sha256').update(archive).digest('hex');
  const directory = folder({ 'main.tf': calling(`http://${host}/m.tar.gz?checksum=sha256:${digest}`) });
  expect((await init(directory)).error).toBe('');
  writeFiles(directory, { 'main.tf': calling(`http://${host}/m.tar.gz?checksum=sha256:${'0'.repeat(64)}`) });
  expect((await init(directory)).error).toContain(digest.slice(0, 20));
});

async function tarOf(entries: readonly { name: string; type?: 'symlink'; linkname?: string }[]): Promise<Buffer> {
  const packing = pack();
  for (const entry of entries) {
    if (entry.type) packing.entry(entry);
    else packing.entry(entry, 'x');
  }
  packing.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packing) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

test.each([
  ['a path with ..', () => tarOf([{ name: '../../escaped.tf' }]), 'm.tar'],
  ['an absolute path', async () => zip({ '/tmp/escaped.tf': '' }), 'm.zip'],
  ['a path with .. in a zip', async () => zip({ '../escaped.tf': '' }), 'm.zip'],
  ['a link that leads out', () => tarOf([{ name: 'l', type: 'symlink', linkname: '../..' }]), 'm.tar'],
  ['a file behind a link', () => tarOf([{ name: 'l', type: 'symlink', linkname: 'm' }, { name: 'l/x.tf' }]), 'm.tar'],
])('an archive with %s is refused', async (_, make, name) => {
  const host = await serving({ [`/${name}`]: await make() });
  const directory = folder({ 'main.tf': calling(`http://${host}/${name}`) });
  const { code, error } = await init(directory);
  expect(code).toBe(1);
  expect(error.replaceAll(/\s+/g, ' ')).toContain('which would lie outside of the module');
  expect(existsSync(join(directory, '.terraform/modules/a'))).toBe(false);
});

test.each([
  ['/absent.zip', 'answers with status 404'],
  ['/damaged.zip', 'the archive is damaged'],
  ['/damaged.tar.gz', 'the archive cannot be unpacked'],
  ['/m.tar.xz', 'archives have to be .zip, .tar or .tar.gz'],
  ['/plain', 'this address is no archive'],
])('%s: %s', async (path, why) => {
  const damaged = readFileSync('package.json');
  const host = await serving({
    '/damaged.zip': damaged,
    '/damaged.tar.gz': damaged,
    '/m.tar.xz': damaged,
    '/plain': damaged,
  });
  const directory = folder({ 'main.tf': calling(`http://${host}${path}`) });
  const { code, error } = await init(directory);
  const text = error.replaceAll(/\s+/g, ' ');
  expect(code).toBe(1);
  expect(text).toContain(why);
  expect(text).toContain(`http://${host}${path}`);
  expect(text).toContain('module "a" (main.tf:1');
});

test('a kind of source that nothing here fetches', async () => {
  const directory = folder({ 'main.tf': calling('s3::https://s3.amazonaws.com/bucket/m.zip') });
  expect((await init(directory)).error.replaceAll(/\s+/g, ' ')).toContain('this is none of them');
});

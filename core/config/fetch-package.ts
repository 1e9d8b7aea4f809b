/** Brings one package (a repository, an archive, a directory) into a directory, whatever kind it is. */
import { cp, readFile, readdir, stat, symlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { archiveKind, checksumProblem, unpackArchive } from './fetch-archive.ts';
import type { FetchContext } from './fetch-context.ts';
import { fetchGit } from './fetch-git.ts';
import { type Fetched, type HttpAnswer, httpGet, wordsOf } from './fetch-http.ts';
import { certificatesOf, statusProblem } from './fetch-registry.ts';
import { type PackageSource, parsePackageSource } from './module-package.ts';

/** An address may lead to another one, that to a third; not for ever. */
const MAXIMUM_HOPS = 5;

/**
 * @param target absolute; not there yet
 * @returns the directory inside that is meant: the source's own, behind those of addresses that it led to
 */
export async function fetchPackage(
  source: PackageSource,
  target: string,
  context: FetchContext,
  hops = 0,
): Promise<Fetched<string>> {
  const done = await fetchKind(source, target, context, hops);
  if ('problem' in done) return done;
  return { value: posix.join(done.value, source.directory) };
}

async function fetchKind(
  source: PackageSource,
  target: string,
  context: FetchContext,
  hops: number,
): Promise<Fetched<string>> {
  switch (source.kind) {
    case 'git': {
      const done = await fetchGit(source.url, target, context);
      return 'problem' in done ? done : { value: '' };
    }
    case 'file':
      return fetchFile(source, target);
    case 'http':
      return fetchHttp(source, target, context, hops);
    case 'other':
      return {
        problem:
          'modules can be fetched by git:: and ssh, by http and https as archives, from a module registry, and from paths on this machine; this is none of them',
      };
  }
}

async function fetchFile(source: PackageSource, target: string): Promise<Fetched<string>> {
  if (!URL.canParse(source.url)) return { problem: `"${source.url}" is no address` };
  const url = new URL(source.url);
  try {
    const path = fileURLToPath(new URL(url.pathname, 'file:///'));
    const kind = archiveKind(url);
    if ((await stat(path)).isDirectory()) {
      // A link, so that what is edited there is seen here at once; a copy where there are no links.
      await symlink(path, target, 'dir').catch(() => cp(path, target, { recursive: true }));
      return { value: '' };
    }
    if (kind === undefined) return { problem: `${path} is neither a directory nor an archive (.zip, .tar, .tar.gz)` };
    return await unpack(await readFile(path), kind, url, target);
  } catch (error) {
    return { problem: wordsOf(error) };
  }
}

async function fetchHttp(
  source: PackageSource,
  target: string,
  context: FetchContext,
  hops: number,
): Promise<Fetched<string>> {
  if (!URL.canParse(source.url)) return { problem: `"${source.url}" is no address` };
  const url = new URL(source.url);
  const kind = archiveKind(url);
  const asked = new URL(url);
  for (const own of ['archive', 'checksum']) asked.searchParams.delete(own);
  if (kind === undefined) asked.searchParams.set('terraform-get', '1');
  const certificates = certificatesOf(context);
  const options = { signal: context.signal, ...(certificates === undefined ? {} : { certificates }) };
  const answer = await httpGet(asked, options);
  if ('problem' in answer) return answer;
  if (answer.value.status < 200 || answer.value.status > 299) return { problem: statusProblem(answer.value) };
  if (kind !== undefined) return unpack(answer.value.body, kind, url, target);
  return follow(answer.value, target, context, hops);
}

/** An address that is no archive may name the one that is. */
async function follow(
  answer: HttpAnswer,
  target: string,
  context: FetchContext,
  hops: number,
): Promise<Fetched<string>> {
  const header = answer.headers['x-terraform-get'];
  const location = typeof header === 'string' ? header : metaLocation(answer.body.toString('utf8'));
  if (!location) {
    return {
      problem: 'this address is no archive (.zip, .tar.gz; or add ?archive=zip), and it does not say where one is',
    };
  }
  if (hops >= MAXIMUM_HOPS) return { problem: 'this address leads to another one, and so on without an end' };
  const absolute = /^\.{0,2}\//.test(location) ? new URL(location, answer.url).href : location;
  return fetchPackage(parsePackageSource(absolute), target, context, hops + 1);
}

function metaLocation(html: string): string | undefined {
  const tag = /<meta\b[^>]*\bname=["']?terraform-get["']?[^>]*>/i.exec(html)?.[0];
  return tag && /\bcontent=["']([^"']+)["']/i.exec(tag)?.[1];
}

async function unpack(
  archive: Buffer,
  kind: NonNullable<ReturnType<typeof archiveKind>>,
  url: URL,
  target: string,
): Promise<Fetched<string>> {
  const checksum = url.searchParams.get('checksum');
  const wrong = checksum ? checksumProblem(archive, checksum) : undefined;
  if (wrong !== undefined) return { problem: wrong };
  const done = await unpackArchive(archive, kind, target);
  return 'problem' in done ? done : { value: '' };
}

/** The one directory that a path with `*` in it means; undefined when there is none, or more. */
export async function expandDirectory(root: string, directory: string): Promise<string | undefined> {
  let found = [''];
  for (const part of directory.split('/').filter((each) => each !== '')) {
    if (!part.includes('*')) found = found.map((each) => posix.join(each, part));
    else {
      const pattern = new RegExp(`^${part.split('*').map(escapePattern).join('.*')}$`, 's');
      const lists = await Promise.all(
        found.map(async (each) => {
          const entries = await readdir(join(root, each), { withFileTypes: true }).catch(() => []);
          const matching = entries.filter((entry) => entry.isDirectory() && pattern.test(entry.name));
          return matching.map((entry) => posix.join(each, entry.name));
        }),
      );
      found = lists.flat();
    }
  }
  return found.length === 1 ? found[0] : undefined;
}

function escapePattern(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}

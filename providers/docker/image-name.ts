/** Image names: `registry/path:tag@digest`. Knows the grammar, not what is behind a name. */
export interface ImageName {
  /** Host that the engine would ask: `docker.io` when none is written. */
  readonly registry: string;
  /** As written, without tag and digest. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const HUB = 'docker.io';
const PATH_PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

/** Undefined when the text is not an image name. An image ID (`sha256:...`) is not one. */
export function parseImageName(text: string): ImageName | undefined {
  const at = text.indexOf('@');
  const digest = at === -1 ? undefined : text.slice(at + 1);
  const named = at === -1 ? text : text.slice(0, at);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const tag = colon === -1 ? undefined : named.slice(colon + 1);
  const repository = colon === -1 ? named : named.slice(0, colon);
  if ((digest !== undefined && !DIGEST.test(digest)) || (tag !== undefined && !TAG.test(tag))) return undefined;
  const host = writtenHost(repository);
  const path = host === undefined ? repository : repository.slice(host.length + 1);
  if ((host !== undefined && !HOST.test(host)) || !path.split('/').every((part) => PATH_PART.test(part)))
    return undefined;
  return { registry: host ?? HUB, repository, tag, digest };
}

/** The first part is a host when it could not be part of a path on the Hub. */
function writtenHost(repository: string): string | undefined {
  const slash = repository.indexOf('/');
  if (slash === -1) return undefined;
  const first = repository.slice(0, slash);
  return /[.:A-Z]/.test(first) || first === 'localhost' ? first : undefined;
}

/** One text for all notations of a name: `busybox`, `library/busybox:latest` and `docker.io/library/busybox` are the same. */
export function imageKey(text: string): string {
  const name = parseImageName(text);
  if (name === undefined) return text;
  const path = name.registry === HUB ? name.repository.replace(/^docker\.io\//, '') : name.repository;
  const whole = name.registry === HUB ? `${HUB}/${path.includes('/') ? path : `library/${path}`}` : path;
  return `${whole}${name.digest === undefined ? `:${name.tag ?? 'latest'}` : `@${name.digest}`}`;
}

/** What the engine is asked to pull: a tag or a digest, `latest` when neither is written. */
export function pulledTag(name: ImageName): string {
  return name.digest ?? name.tag ?? 'latest';
}

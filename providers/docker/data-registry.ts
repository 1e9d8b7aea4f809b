/** The data sources that ask a registry: the digest under a name, the images for several platforms, the tags. */
import { type Diagnostic, failed, ok } from '../../core/diag/diagnostic.ts';
import type { DataSource } from '../../core/provider.ts';
import { setValue } from '../../core/value/set.ts';
import { STRING } from '../../core/value/type.ts';
import { type ObjectValue, boolValue, listValue, nullValue, objectValue, stringValue } from '../../core/value/value.ts';
import { blocksAt, flagAt, withAttributes } from './attributes.ts';
import { listOf, textOf } from './inspect.ts';
import {
  type RegistryFailure,
  type RegistryTarget,
  fetchDigest,
  fetchManifest,
  fetchTags,
  registryTarget,
} from './registry-client.ts';
import { registryRemedy } from './registry-failure.ts';
import type { DockerContext } from './resource-module.ts';
import { MANIFEST_TYPE, registryManifestsData } from './schema/data.ts';
import { blockType } from './sdk-plan.ts';

export function registryImageDataSource(docker: DockerContext): DataSource {
  return {
    async read(config) {
      const target = await registryTarget(config, docker);
      if (target.kind !== 'done') return failed(fetchFailure(target, undefined));
      const digest = await fetchDigest(target.value);
      if (digest.kind !== 'done') return failed(fetchFailure(digest, target.value));
      return ok(
        withAttributes(config, [
          ['id', stringValue(digest.value)],
          ['sha256_digest', stringValue(digest.value)],
          ['insecure_skip_verify', boolValue(flagAt(config, 'insecure_skip_verify') ?? false)],
        ]),
      );
    },
  };
}

export function registryManifestsDataSource(docker: DockerContext): DataSource {
  return {
    async read(config) {
      const target = await registryTarget(config, docker);
      if (target.kind !== 'done') return failed(fetchFailure(target, undefined));
      const manifest = await fetchManifest(target.value);
      if (manifest.kind !== 'done') return failed(fetchFailure(manifest, target.value));
      const { body, mediaType } = manifest.value;
      if (!/manifest\.list|image\.index/.test(mediaType) && !Array.isArray(body.manifests)) {
        return failed(oneManifest(target.value, mediaType));
      }
      const { repository, reference } = target.value;
      return ok(
        withAttributes(config, [
          ['id', stringValue(`${repository}:${reference}`)],
          ['manifests', setValue(MANIFEST_TYPE, listOf(body, 'manifests').map(entry))],
          ['insecure_skip_verify', boolValue(flagAt(config, 'insecure_skip_verify') ?? false)],
          ...withoutEmptyAuth(config),
        ]),
      );
    },
  };
}

/** The peer stores null where the block is not there. */
function withoutEmptyAuth(config: ObjectValue) {
  const block = registryManifestsData.blocks.auth_config;
  if (block === undefined || blocksAt(config, 'auth_config').length > 0) return [];
  return [['auth_config', nullValue(blockType(block))] as const];
}

function entry(manifest: unknown): ObjectValue {
  return objectValue([
    ['media_type', stringValue(textOf(manifest, 'mediaType'))],
    ['sha256_digest', stringValue(textOf(manifest, 'digest'))],
    ['architecture', stringValue(textOf(manifest, 'platform', 'architecture'))],
    ['os', stringValue(textOf(manifest, 'platform', 'os'))],
  ]);
}

export function registryTagsDataSource(docker: DockerContext): DataSource {
  return {
    async read(config) {
      const target = await registryTarget(config, docker);
      if (target.kind !== 'done') return failed(tagsFailure(target, undefined));
      const tags = await fetchTags(target.value);
      if (tags.kind !== 'done') return failed(tagsFailure(tags, target.value));
      const strict = flagAt(config, 'strict_semver') === true;
      const kept = tags.value.filter((tag) => !strict || isRelease(tag)).sort(byBytes);
      return ok(
        withAttributes(config, [
          ['id', stringValue(`${target.value.host}/${target.value.repository}`)],
          [
            'tags',
            listValue(
              STRING,
              kept.map((tag) => stringValue(tag)),
            ),
          ],
        ]),
      );
    },
  };
}

/** A version as people write it, with or without "v" and the last numbers, and no pre-release. */
export function isRelease(tag: string): boolean {
  return /^v?\d+(\.\d+){0,2}(\+[0-9A-Za-z.-]+)?$/.test(tag);
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// ---- Words -------------------------------------------------------------------------------------------------------

function fetchFailure(failure: RegistryFailure, target: RegistryTarget | undefined): Diagnostic {
  const image = target === undefined ? '' : ` ${target.repository}:${target.reference}`;
  return {
    severity: 'error',
    summary: `Got error when attempting to fetch image version${image} from registry: ${failure.message}`,
    detail: wordsOf(failure, target),
    path: ['name'],
  };
}

function tagsFailure(failure: RegistryFailure, target: RegistryTarget | undefined): Diagnostic {
  return {
    severity: 'error',
    summary: 'Docker registry tags lookup failed',
    detail: wordsOf(failure, target),
    path: ['name'],
  };
}

function wordsOf(failure: RegistryFailure, target: RegistryTarget | undefined): string {
  const where = target === undefined ? 'The registry' : `The registry ${target.host}`;
  return `${where} could not be asked: ${failure.message}. ${registryRemedy(failure)}`.trim();
}

function oneManifest({ repository, reference }: RegistryTarget, mediaType: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'Got no manifest list from the registry',
    detail:
      `${repository}:${reference} is one image for one platform (${mediaType}), not a list of images. ` +
      'data.docker_registry_image gives its digest.',
    path: ['name'],
  };
}

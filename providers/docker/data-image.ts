/** data.docker_image: what the engine knows of an image that it has. Pulls nothing. */
import { failed, ok } from '../../core/diag/diagnostic.ts';
import type { DataSource } from '../../core/provider.ts';
import { stringValue } from '../../core/value/value.ts';
import { textAt, withAttributes } from './attributes.ts';
import { repoDigest } from './image.ts';
import { textOf, textsOf } from './inspect.ts';
import { failureDiagnostic, isFailure } from './outcome.ts';
import type { DockerContext } from './resource-module.ts';

export function imageDataSource({ reader }: DockerContext): DataSource {
  return {
    async read(config) {
      const name = textAt(config, 'name') ?? '';
      const answer = await reader.inspectImage(name);
      if (answer.kind === 'absent') return failed(notThere(name));
      if (isFailure(answer)) return failed(failureDiagnostic(answer, `read the image "${name}"`));
      if (answer.kind !== 'done') return failed(notThere(name));
      return ok(
        withAttributes(config, [
          ['id', stringValue(textOf(answer.value, 'Id'))],
          ['repo_digest', stringValue(repoDigest(name, textsOf(answer.value, 'RepoDigests')))],
        ]),
      );
    },
  };
}

function notThere(name: string) {
  return {
    severity: 'error',
    summary: `did not find docker image '${name}'`,
    detail:
      `The engine has no image "${name}", and a data source pulls none. Refer to a docker_image resource, which pulls it, ` +
      'or to data.docker_registry_image for what the registry has.',
    path: ['name'],
  } as const;
}

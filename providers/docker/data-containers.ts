/** data.docker_containers: the list of all containers, as the engine gives it. */
import { failed, ok } from '../../core/diag/diagnostic.ts';
import type { DataSource } from '../../core/provider.ts';
import { STRING } from '../../core/value/type.ts';
import { type ObjectValue, listValue, numberValue, objectValue, stringValue } from '../../core/value/value.ts';
import { textMapValue, withAttributes } from './attributes.ts';
import { type Inspected, numberOf, textMapOf, textOf, textsOf } from './inspect.ts';
import { failureDiagnostic, isFailure } from './outcome.ts';
import type { DockerContext } from './resource-module.ts';
import { LISTED_CONTAINER_TYPE } from './schema/data.ts';

export function containersDataSource({ reader }: DockerContext): DataSource {
  return {
    async read(config) {
      const answer = await reader.containers();
      if (isFailure(answer)) return failed(failureDiagnostic(answer, 'list the containers'));
      const listed = answer.kind === 'done' ? answer.value : [];
      const sorted = [...listed].sort((a, b) => (textOf(a, 'Id') < textOf(b, 'Id') ? -1 : 1));
      return ok(
        withAttributes(config, [
          ['id', stringValue('docker_containers')],
          ['containers', listValue(LISTED_CONTAINER_TYPE, sorted.map(container))],
        ]),
      );
    },
  };
}

function container(listed: Inspected): ObjectValue {
  const text = (name: string) => stringValue(textOf(listed, name));
  return objectValue([
    ['id', text('Id')],
    [
      'names',
      listValue(
        STRING,
        textsOf(listed, 'Names').map((name) => stringValue(name)),
      ),
    ],
    ['image', text('Image')],
    ['image_id', text('ImageID')],
    ['command', text('Command')],
    ['created', numberValue(numberOf(listed, 'Created'))],
    ['state', text('State')],
    ['status', text('Status')],
    ['labels', textMapValue(textMapOf(listed, 'Labels'))],
  ]);
}

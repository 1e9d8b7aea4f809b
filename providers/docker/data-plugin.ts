/** data.docker_plugin: a plugin of the engine, found by its ID or by its local name. */
import { failed, ok } from '../../core/diag/diagnostic.ts';
import type { DataSource } from '../../core/provider.ts';
import { setValue } from '../../core/value/set.ts';
import { STRING } from '../../core/value/type.ts';
import { boolValue, stringValue } from '../../core/value/value.ts';
import { textAt, withAttributes } from './attributes.ts';
import { flagOf, textOf, textsOf } from './inspect.ts';
import { failureDiagnostic, isFailure } from './outcome.ts';
import type { DockerContext } from './resource-module.ts';

export function pluginDataSource({ reader }: DockerContext): DataSource {
  return {
    async read(config) {
      const [id, alias] = [textAt(config, 'id') ?? '', textAt(config, 'alias') ?? ''];
      if ((id === '') === (alias === '')) return failed(oneOfBoth());
      const asked = id === '' ? alias : id;
      const answer = await reader.getObject(`/plugins/${encodeURI(asked)}/json`);
      if (isFailure(answer)) {
        return failed(failureDiagnostic(answer, `read the plugin "${asked}"`, { path: [id === '' ? 'alias' : 'id'] }));
      }
      if (answer.kind !== 'done') return ok(config);
      const reference = stringValue(textOf(answer.value, 'PluginReference'));
      const env = textsOf(answer.value, 'Settings', 'Env').map((setting) => stringValue(setting));
      return ok(
        withAttributes(config, [
          ['id', stringValue(textOf(answer.value, 'Id'))],
          ['alias', stringValue(textOf(answer.value, 'Name'))],
          ['name', reference],
          ['plugin_reference', reference],
          ['enabled', boolValue(flagOf(answer.value, 'Enabled'))],
          ['env', setValue(STRING, env)],
        ]),
      );
    },
  };
}

function oneOfBoth() {
  return {
    severity: 'error',
    summary: 'Invalid combination of arguments',
    detail: 'A plugin is looked up by exactly one of "id" and "alias".',
  } as const;
}

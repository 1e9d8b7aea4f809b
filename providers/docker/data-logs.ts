/** data.docker_logs: the lines that a container has written, in the order in which it wrote them. */
import { type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type { DataSource } from '../../core/provider.ts';
import { STRING, listType } from '../../core/value/type.ts';
import { type ObjectValue, boolValue, listValue, nullValue, stringValue } from '../../core/value/value.ts';
import { flagAt, textAt, withAttributes } from './attributes.ts';
import type { DockerReader } from './daemon.ts';
import { parseDurationNs } from './duration.ts';
import { flagOf } from './inspect.ts';
import { failureDiagnostic, isFailure } from './outcome.ts';
import type { DockerContext } from './resource-module.ts';
import { framesText } from './streams.ts';

const DEFAULTS: readonly (readonly [string, boolean])[] = [
  ['logs_list_string_enabled', true],
  ['discard_headers', true],
  ['show_stdout', true],
  ['show_stderr', true],
  ['timestamps', false],
  ['follow', false],
  ['details', false],
];

export function logsDataSource({ reader }: DockerContext): DataSource {
  return {
    async read(config) {
      const name = textAt(config, 'name') ?? '';
      const filled = withAttributes(config, [
        ['id', stringValue(name)],
        ...DEFAULTS.map(([flag, usual]) => [flag, boolValue(flagAt(config, flag) ?? usual)] as const),
      ]);
      if (flagAt(filled, 'logs_list_string_enabled') !== true) {
        return ok(withAttributes(filled, [['logs_list_string', nullValue(listType(STRING))]]));
      }
      const lines = await readLines(filled, name, reader);
      if (lines.value === undefined) return failed(...lines.diagnostics);
      const values = lines.value.map((line) => stringValue(line));
      return ok(withAttributes(filled, [['logs_list_string', listValue(STRING, values)]]));
    },
  };
}

/** A container with a terminal writes plain text; any other writes frames. */
async function readLines(config: ObjectValue, name: string, reader: DockerReader): Promise<Result<readonly string[]>> {
  const container = await reader.inspectContainer(name);
  if (isFailure(container))
    return failed(failureDiagnostic(container, `read the container "${name}"`, { path: ['name'] }));
  const framed = container.kind === 'done' && !flagOf(container.value, 'Config', 'Tty');
  const answer = await reader.getBytes(`/containers/${encodeURIComponent(name)}/logs?${query(config)}`);
  if (isFailure(answer)) return failed(failureDiagnostic(answer, `read the logs of the container "${name}"`));
  const bytes = answer.kind === 'done' ? answer.value : Buffer.alloc(0);
  const text = framed && flagAt(config, 'discard_headers') === true ? framesText(bytes) : bytes.toString('utf8');
  const lines = text.split(/\r?\n/);
  return ok(lines.at(-1) === '' ? lines.slice(0, -1) : lines);
}

function query(config: ObjectValue): URLSearchParams {
  const flag = (name: string): string => (flagAt(config, name) === true ? '1' : '0');
  const options = new URLSearchParams({
    stdout: flag('show_stdout'),
    stderr: flag('show_stderr'),
    timestamps: flag('timestamps'),
    follow: flag('follow'),
    details: flag('details'),
    tail: textAt(config, 'tail') || 'all',
  });
  for (const bound of ['since', 'until']) {
    const text = textAt(config, bound) ?? '';
    if (text !== '') options.set(bound, engineTime(text));
  }
  return options;
}

/** Seconds since 1970, which is what the engine takes: of a time, or of a duration before now. */
export function engineTime(text: string, nowMs: number = Date.now()): string {
  if (/^\d+(\.\d+)?$/.test(text)) return text;
  const ago = parseDurationNs(text);
  const ms = ago === undefined ? Date.parse(text) : nowMs - ago / 1e6;
  return Number.isNaN(ms) ? text : (ms / 1000).toFixed(3);
}

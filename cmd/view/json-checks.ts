/** Results of checks as Terraform's JSON has them, for plans and for states. */
import type { CheckResult } from '../../core/plan/plan.ts';
import { type Json, type JsonObject, isJsonArray, isJsonObject } from '../../core/value/json.ts';
import { compact } from './json-shape.ts';

export function checksJson(checks: readonly CheckResult[]): Json[] {
  return checks.map((check) =>
    checkJson(
      check.kind,
      check.address,
      check.status,
      check.instances.map((instance) => ({
        text: instance.address,
        status: instance.status,
        problems: instance.problems,
      })),
    ),
  );
}

/** From `check_results` of a state file. */
export function stateChecksJson(results: Json): Json[] {
  if (!isJsonArray(results)) return [];
  return results.filter(isJsonObject).map((result) => {
    const objects = isJsonArray(result.objects) ? result.objects.filter(isJsonObject) : [];
    return checkJson(
      String(result.object_kind),
      String(result.config_addr),
      String(result.status),
      objects.map((object) => ({
        text: String(object.object_addr),
        status: String(object.status),
        problems: isJsonArray(object.failure_messages) ? object.failure_messages.map(String) : [],
      })),
    );
  });
}

interface CheckedObject {
  readonly text: string;
  readonly status: string;
  readonly problems: readonly string[];
}

function checkJson(kind: string, address: string, status: string, objects: readonly CheckedObject[]): JsonObject {
  const instances = objects.map((object) => ({
    address: instanceJson(object.text),
    status: object.status,
    ...(object.problems.length > 0 ? { problems: object.problems.map((message) => ({ message })) } : {}),
  }));
  return { address: addressJson(kind, address), status, ...(instances.length > 0 ? { instances } : {}) };
}

const MODULES = /^(?:module\.[^.[]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.)+/;
const KEY = /\[(\d+|"(?:[^"\\]|\\.)*")\]$/;

function addressJson(kind: string, text: string): JsonObject {
  const module = MODULES.exec(text)?.[0].replace(/\.$/, '');
  const words = text.replace(MODULES, '').split('.');
  const named = { kind, ...(module === undefined ? {} : { module }), to_display: text };
  if (kind !== 'resource') return sorted({ ...named, name: words[1] ?? '' });
  const data = words[0] === 'data';
  const [type, name] = data ? words.slice(1) : words;
  return sorted({ ...named, mode: data ? 'data' : 'managed', type: type ?? '', name: name ?? '' });
}

function instanceJson(text: string): JsonObject {
  const module = MODULES.exec(text)?.[0].replace(/\.$/, '');
  const key = KEY.exec(text.replace(MODULES, ''))?.[1];
  const instanceKey = key === undefined ? undefined : (JSON.parse(key) as string | number);
  return compact({ instance_key: instanceKey, module, to_display: text });
}

function sorted(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Collects what became of every condition, for the plan, for the state and for `-json`. */
import { type ModulePath, moduleText } from '../addr/address.ts';
import type { Json } from '../value/json.ts';
import type { CheckResult, CheckStatus } from './plan.ts';
import type { RuleOutcome } from './check-rules.ts';

type Kind = CheckResult['kind'];

interface Entry {
  readonly kind: Kind;
  readonly address: string;
  readonly instances: Map<string, { status: CheckStatus; problems: string[] }>;
}

const WORST: readonly CheckStatus[] = ['pass', 'unknown', 'fail', 'error'];

export class CheckLedger {
  readonly #entries = new Map<string, Entry>();

  /** An object that has conditions; without instances it stays "unknown". */
  declare(kind: Kind, address: string): void {
    const key = `${kind} ${address}`;
    if (!this.#entries.has(key)) this.#entries.set(key, { kind, address, instances: new Map() });
  }

  record(kind: Kind, address: string, instance: string, outcome: Pick<RuleOutcome, 'status' | 'problem'>): void {
    this.declare(kind, address);
    const instances = this.#entries.get(`${kind} ${address}`)?.instances;
    if (!instances) return;
    const known = instances.get(instance) ?? { status: 'pass' as CheckStatus, problems: [] };
    known.status = worse(known.status, outcome.status);
    if (outcome.problem !== undefined) known.problems.push(outcome.problem);
    instances.set(instance, known);
  }

  /** Whether something has failed there already: a data source in a check, which says it itself. */
  isFailing(kind: Kind, address: string, instance: string): boolean {
    const status = this.#entries.get(`${kind} ${address}`)?.instances.get(instance)?.status;
    return status === 'fail' || status === 'error';
  }

  results(): CheckResult[] {
    return [...this.#entries.values()].map(({ kind, address, instances }) => ({
      kind,
      address,
      status: [...instances.values()].reduce<CheckStatus>(
        (status, instance) => worse(status, instance.status),
        instances.size === 0 ? 'unknown' : 'pass',
      ),
      instances: [...instances].map(([text, { status, problems }]) => ({ address: text, status, problems })),
    }));
  }
}

/** `module.a.check.name` */
export function checkText(module: ModulePath, name: string): string {
  const path = moduleText(module);
  return `${path === '' ? '' : `${path}.`}check.${name}`;
}

function worse(a: CheckStatus, b: CheckStatus): CheckStatus {
  return WORST.indexOf(a) >= WORST.indexOf(b) ? a : b;
}

/** As the state file keeps them; null when nothing has conditions. */
export function checksToJson(results: readonly CheckResult[]): Json {
  if (results.length === 0) return null;
  return results.map(({ kind, address, status, instances }) => ({
    object_kind: kind,
    config_addr: address,
    status,
    objects:
      instances.length === 0
        ? null
        : instances.map((instance) => ({
            object_addr: instance.address,
            status: instance.status,
            ...(instance.problems.length > 0 ? { failure_messages: instance.problems } : {}),
          })),
  }));
}

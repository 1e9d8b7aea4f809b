/**
 * What objects hold exclusively: names, ports, addresses. Two objects that want the same thing share no reference, so
 * nothing else would order them or find the mistake.
 */
import type { Diagnostic, Severity } from '../diag/diagnostic.ts';
import type { Claim } from '../provider.ts';
import { unmarkDeep } from '../value/marks.ts';
import type { ObjectValue } from '../value/value.ts';
import type { ClaimsOf, Decision } from './decision.ts';
import type { Change } from './plan.ts';

/** The decisions with their claims. Where nothing changes nobody asks for them. */
export function withClaims(decisions: readonly Decision[]): ClaimedDecision[] {
  const quiet = decisions.every(({ change }) => change.action === 'no-op');
  return decisions.map((decision) => {
    const { change, claimsOf } = decision;
    const none = quiet || claimsOf === undefined;
    const claimed = none
      ? NO_CLAIMS
      : claimsOfChange(claimsOf, change.before, change.action === 'forget' ? change.before : change.after);
    return { ...decision, change: { ...change, ...claimed } };
  });
}

export interface ClaimedDecision extends Omit<Decision, 'change'> {
  readonly change: Omit<Change, 'id' | 'dependsOn'>;
}

const NO_CLAIMS = { claims: [], releases: [] } as const;

/** What the object claims afterwards, and what it had before and has no longer. */
function claimsOfChange(
  claimsOf: ClaimsOf,
  before: ObjectValue | null,
  after: ObjectValue | null,
): Pick<Change, 'claims' | 'releases'> {
  const of = (value: ObjectValue | null) => (value && claimsOf ? claimsOf(unmarkDeep(value)) : []);
  const claims = of(after);
  const kept = new Set(claims.map(claimText));
  return { claims, releases: of(before).filter((claim) => !kept.has(claimText(claim))) };
}

export function claimText({ kind, key }: Claim): string {
  return `${kind} ${key}`;
}

/** Kinds of which two at once can never work; of the others one holder may not run. */
const ALWAYS_EXCLUSIVE: ReadonlySet<string> = new Set(['container-name']);
/** Kinds that are worth a word when two objects want the same. */
const WORTH_A_WARNING: ReadonlySet<string> = new Set(['host-port']);

/** Two objects of one plan that would hold the same thing. */
export function conflictingClaims(changes: readonly Change[]): Diagnostic[] {
  const holders = new Map<string, string>();
  const found: Diagnostic[] = [];
  for (const { claims, providerConfig, text } of changes) {
    for (const claim of claims) {
      const key = `${providerConfig} ${claimText(claim)}`;
      const other = holders.get(key);
      holders.set(key, other ?? text);
      if (other === undefined || other === text) continue;
      if (ALWAYS_EXCLUSIVE.has(claim.kind)) found.push(conflict('error', claim, other, text));
      else if (WORTH_A_WARNING.has(claim.kind)) found.push(conflict('warning', claim, other, text));
    }
  }
  return found;
}

function conflict(severity: Severity, claim: Claim, first: string, second: string): Diagnostic {
  const what = claim.kind.replace('-', ' ');
  return {
    severity,
    summary: 'Two objects want the same thing',
    detail: `${first} and ${second} both ask for the ${what} "${claim.key}", which only one object can have at a time. Give one of them another one.`,
    address: second,
  };
}

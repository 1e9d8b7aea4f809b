/** The assertions of a `check` block, in every instance of its module; the same in a plan and in an apply. */
import type { Check, Module } from '../config/module.ts';
import type { Diagnostic } from '../diag/diagnostic.ts';
import { type CheckLedger, checkText } from './check-ledger.ts';
import { type RuleWords, evaluateRule } from './check-rules.ts';
import type { ConfigWalk } from './config-walk.ts';

const FAILED: RuleWords = { summary: 'Check block assertion failed', severity: 'warning' };

/** @param words what is said beyond the failure itself */
export function evaluateCheckBlock(
  config: ConfigWalk,
  ledger: CheckLedger,
  module: Module,
  check: Check,
  words: Partial<RuleWords> = {},
): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const instance of config.instancesOf(module)) {
    const [address, text] = [checkText(module.path, check.name), checkText(instance.path, check.name)];
    // A check whose data could not be read has failed, and has said so.
    if (ledger.isFailing('check', address, text)) continue;
    for (const rule of check.assertions) {
      const outcome = evaluateRule(rule, config.scope(instance), { ...FAILED, ...words });
      ledger.record('check', address, text, outcome);
      found.push(...outcome.diagnostics);
    }
  }
  return found;
}

/** The stream of `-json`: one object a line, as Terraform's machine-readable UI 1.2 has them. */
import { type InstanceAddress, localResourceText, keyText, moduleText } from '../../core/addr/address.ts';
import type { Diagnostic } from '../../core/diag/diagnostic.ts';
import type { Event } from '../../core/event.ts';
import type { Change, Plan } from '../../core/plan/plan.ts';
import type { OutputState } from '../../core/state.ts';
import type { Json, JsonObject } from '../../core/value/json.ts';
import { type RunView, VERBS, elapsedText, idText, startId } from './events.ts';
import { diagnosticJson } from './json-diagnostic.ts';
import { compact } from './json-shape.ts';
import { jsonLine } from './json-text.ts';
import { type PlanCounts, countChanges } from './plan-counts.ts';
import { summaryLine } from './plan-text.ts';
import { styleFor } from './style.ts';

export interface JsonViewOptions {
  write(text: string): void;
  redact(text: string): string;
  now(): Date;
  readonly version: string;
  readonly terraformVersion: string;
}

export class JsonView implements RunView {
  readonly #options: JsonViewOptions;

  constructor(options: JsonViewOptions) {
    this.#options = options;
    const { version, terraformVersion } = options;
    this.#line(
      'info',
      `Stowage ${version}`,
      'version',
      { stowage: version, terraform: terraformVersion },
      { ui: '1.2' },
    );
  }

  diagnostics(diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) {
      const json = diagnosticJson(diagnostic, this.#options.redact);
      const error = diagnostic.severity === 'error';
      const title = `${error ? 'Error' : 'Warning'}: ${diagnostic.summary}`;
      this.#line(error ? 'error' : 'warn', title, 'diagnostic', { diagnostic: json });
    }
  }

  async plan(plan: Plan): Promise<void> {
    for (const drift of plan.drift) {
      const action = drift.action === 'no-op' ? 'move' : drift.action;
      const change = compact({
        resource: resourceJson(drift.address, drift.text),
        previous_resource: drift.previousAddress === undefined ? undefined : { addr: drift.previousAddress },
        action,
      });
      this.#line('info', `${drift.text}: Drift detected (${action})`, 'resource_drift', { change });
    }
    this.savedPlan(plan);
    this.#changeSummary('plan', countChanges(plan), summaryLine(countChanges(plan), styleFor(false)));
    this.#outputChanges(plan);
  }

  savedPlan(plan: Plan): void {
    for (const change of plan.changes) this.#plannedChange(change);
  }

  summary(operation: 'apply' | 'destroy', counts: PlanCounts): void {
    this.#changeSummary(operation, counts, applySummary(operation, counts));
  }

  outputs(outputs: ReadonlyMap<string, OutputState>): void {
    const json = Object.fromEntries([...outputs].sort().map(([name, output]) => [name, outputJson(output)]));
    this.#line('info', `Outputs: ${outputs.size}`, 'outputs', { outputs: json });
  }

  say(): void {
    // Prose is for people.
  }

  event(event: Event): void {
    switch (event.kind) {
      case 'refresh-start':
        return this.#hook(
          `${event.address}: Refreshing state...${idText(event.id)}`,
          'refresh_start',
          event.address,
          idFields(event.id),
        );
      case 'refresh-complete':
        return this.#hook(
          `${event.address}: Refresh complete${idText(event.id)}`,
          'refresh_complete',
          event.address,
          idFields(event.id),
        );
      case 'apply-start':
        return this.#hook(
          `${event.address}: ${VERBS[event.action].start}...${idText(startId(event))}`,
          'apply_start',
          event.address,
          { action: event.action, ...idFields(startId(event)) },
        );
      case 'apply-progress':
        return this.#progress(event);
      case 'apply-complete':
        return this.#complete(event);
      case 'apply-errored':
        return this.#hook(
          `${event.address}: ${VERBS[event.action].noun} errored after ${elapsedText(event.elapsedMs)}`,
          'apply_errored',
          event.address,
          { action: event.action, ...elapsed(event.elapsedMs) },
        );
      case 'provision-start':
        return this.#hook(
          `${event.address}: Provisioning with '${event.provisioner}'...`,
          'provision_start',
          event.address,
          { provisioner: event.provisioner },
        );
      case 'provision-output':
        return this.#hook(
          `${event.address}: (${event.provisioner}): ${event.output}`,
          'provision_progress',
          event.address,
          { provisioner: event.provisioner, output: this.#options.redact(event.output) },
        );
      case 'provision-complete':
        return this.#hook(
          `${event.address}: (${event.provisioner}) Provisioning complete`,
          'provision_complete',
          event.address,
          { provisioner: event.provisioner },
        );
      case 'provision-errored':
        return this.#hook(
          `${event.address}: (${event.provisioner}) Provisioning errored`,
          'provision_errored',
          event.address,
          { provisioner: event.provisioner },
        );
      case 'diagnostic':
        return this.diagnostics([event.diagnostic]);
      case 'notice':
        return this.#line('info', event.message, 'log', {});
      case 'interrupted':
        return this.#line('warn', INTERRUPTED, 'log', {});
    }
  }

  #progress(event: Extract<Event, { kind: 'apply-progress' }>): void {
    const note = event.message === undefined ? '' : ` ${event.message}`;
    const text = `${event.address}: ${VERBS[event.action].still}... [${elapsedText(event.elapsedMs)} elapsed]${note}`;
    this.#hook(text, 'apply_progress', event.address, { action: event.action, ...elapsed(event.elapsedMs) });
  }

  #complete(event: Extract<Event, { kind: 'apply-complete' }>): void {
    const text = `${event.address}: ${VERBS[event.action].noun} complete after ${elapsedText(event.elapsedMs)}${idText(event.id)}`;
    this.#hook(text, 'apply_complete', event.address, {
      action: event.action,
      ...idFields(event.id),
      ...elapsed(event.elapsedMs),
    });
  }

  #plannedChange(change: Change): void {
    const action = uiAction(change);
    if (action === undefined) return;
    const resource = resourceJson(change.address, change.text);
    const previous = change.previousAddress === undefined ? undefined : resourceFromText(change.previousAddress);
    const importing = change.importing ? { id: change.importing.id } : undefined;
    const json = compact({ resource, previous_resource: previous, action, reason: uiReason(change), importing });
    this.#line('info', `${change.text}: Plan to ${action}`, 'planned_change', { change: json });
  }

  #outputChanges(plan: Plan): void {
    const outputs = [...plan.outputs.values()];
    if (outputs.length === 0) return;
    const json = Object.fromEntries(
      outputs.map(({ name, sensitive, action }) => [name, { sensitive, action: action === 'no-op' ? 'noop' : action }]),
    );
    this.#line('info', `Outputs: ${outputs.length}`, 'outputs', { outputs: json });
  }

  #changeSummary(operation: string, counts: PlanCounts, message: string): void {
    const { add, change, remove } = counts;
    const changes = { add, change, import: counts.import, remove, operation };
    this.#line('info', message, 'change_summary', { changes });
  }

  #hook(message: string, type: string, address: string, fields: Readonly<Record<string, Json>>): void {
    this.#line('info', message, type, { hook: { resource: resourceFromText(address), ...fields } });
  }

  #line(level: string, message: string, type: string, fields: JsonObject, last: JsonObject = {}): void {
    const { redact, now, write } = this.#options;
    const timestamp = now()
      .toISOString()
      .replace(/\.(\d{3})Z$/, '.$1000Z');
    const head = { '@level': level, '@message': redact(message), '@module': 'stowage.ui', '@timestamp': timestamp };
    write(jsonLine({ ...head, ...fields, type, ...last }));
  }
}

export function applySummary(operation: 'apply' | 'destroy', counts: PlanCounts): string {
  if (operation === 'destroy') return `Destroy complete! Resources: ${counts.remove} destroyed.`;
  const parts = [
    ...(counts.import > 0 ? [`${counts.import} imported`] : []),
    `${counts.add} added`,
    `${counts.change} changed`,
    `${counts.remove} destroyed`,
    ...(counts.forget > 0 ? [`${counts.forget} forgotten`] : []),
  ];
  return `Apply complete! Resources: ${parts.join(', ')}.`;
}

export const INTERRUPTED =
  'Interrupted: nothing new is started, what is under way is finished and recorded. Once more to stop at once.';

function elapsed(milliseconds: number): JsonObject {
  return { elapsed_seconds: Math.round(milliseconds / 1000) };
}

function idFields(id: string | undefined): JsonObject {
  return id === undefined ? {} : { id_key: 'id', id_value: id };
}

function outputJson({ sensitive, type, value }: OutputState): JsonObject {
  return sensitive ? { sensitive, type } : { sensitive, type, value };
}

function uiAction(change: Change): string | undefined {
  if (change.action !== 'no-op') return change.action === 'forget' ? 'remove' : change.action;
  if (change.importing) return 'import';
  return change.previousAddress === undefined ? undefined : 'move';
}

const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted: 'tainted',
  replace_by_request: 'requested',
  replace_by_triggers: 'replace_triggered_by',
  replace_because_cannot_update: 'cannot_update',
};

function uiReason({ reason }: Change): string | undefined {
  return reason === undefined ? undefined : (REASONS[reason] ?? reason);
}

function resourceJson({ resource, key }: InstanceAddress, text: string): JsonObject {
  return {
    addr: text,
    module: moduleText(resource.module),
    resource: localResourceText(resource) + keyText(key),
    implied_provider: resource.type.split('_')[0] ?? resource.type,
    resource_type: resource.type,
    resource_name: resource.name,
    resource_key: key ?? null,
  };
}

const ADDRESS =
  /^((?:module\.[^.[]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.)*)((?:data\.)?([^.[]+)\.([^.[]+)(?:\[(\d+|"(?:[^"\\]|\\.)*")\])?)/;

/** Events carry addresses as text. */
function resourceFromText(text: string): JsonObject {
  const [, module = '', resource = text, type = '', name = '', key] = ADDRESS.exec(text) ?? [];
  return {
    addr: text,
    module: module.replace(/\.$/, ''),
    resource,
    implied_provider: type.split('_')[0] ?? type,
    resource_type: type,
    resource_name: name,
    resource_key: key === undefined ? null : (JSON.parse(key) as string | number),
  };
}

/**
 * Has a provider carry out one operation, and reports its start, the time that goes by and its end. Opens writers, one
 * for each provider configuration; nothing else in the program does.
 */
import { type Diagnostics, hasErrors } from '../diag/diagnostic.ts';
import { invariant } from '../diag/invariant.ts';
import type { AppliedAction, Sink } from '../event.ts';
import type { ProviderUse } from '../graph/provider-use.ts';
import type { Change } from '../plan/plan.ts';
import type { ProviderPool } from '../plan/provider-pool.ts';
import type { Applied, Planned, ResourceType, Runner, Writer } from '../provider.ts';
import type { ObjectValue } from '../value/value.ts';
import type { Journal } from './journal.ts';
import { JournalingRunner } from './journaling-runner.ts';

export interface Operation {
  readonly change: Change;
  readonly action: AppliedAction;
  readonly use: ProviderUse;
  readonly type: ResourceType;
  readonly planned: Planned;
  readonly phase: Runner['phase'];
  /** What belongs to the operation once the provider is done: recording, provisioners. Its errors end the operation as failed. */
  readonly finish: (applied: Applied) => Promise<Diagnostics>;
}

const REPORT_EVERY_MS = 10_000;

export class Performer {
  readonly #pool: ProviderPool;
  readonly #events: Sink;
  readonly #journal: Journal | undefined;
  readonly #signal: AbortSignal;
  /** False once it is not known whether some step took effect. */
  settled = true;
  readonly #writers = new Map<string, Promise<Writer>>();

  constructor(pool: ProviderPool, events: Sink, journal: Journal | undefined, signal: AbortSignal) {
    this.#pool = pool;
    this.#events = events;
    this.#journal = journal;
    this.#signal = signal;
  }

  /** True when neither the provider nor what follows reported an error. */
  async perform(operation: Operation): Promise<boolean> {
    const { change, action, planned, phase } = operation;
    const writer = await this.#writer(operation.use);
    const end = this.announce(change, action, planned.prior?.value);
    const startedAt = Date.now();
    const progress = (message: string) =>
      this.#events({
        kind: 'apply-progress',
        address: change.text,
        action,
        elapsedMs: Date.now() - startedAt,
        message,
      });
    const [journal, signal] = [this.#journal, this.#signal];
    const onUnknown = () => {
      this.settled = false;
    };
    const runner = new JournalingRunner({ address: change.text, writer, journal, signal, phase, progress, onUnknown });
    const applied = await operation.type.apply(planned, runner);
    const problems = await operation.finish(applied);
    const done = !hasErrors(problems);
    end(done, applied.value);
    return done;
  }

  /** Reports the start, the time that goes by, and, when the answer is called, the end. */
  announce(change: Change, action: AppliedAction, before?: ObjectValue): (done: boolean, value?: ObjectValue) => void {
    const address = change.deposed === undefined ? change.text : `${change.text} (deposed object ${change.deposed})`;
    const startedAt = Date.now();
    const id = idText(before);
    this.#events({ kind: 'apply-start', address, action, ...(id === undefined ? {} : { id }) });
    const tick = () => this.#events({ kind: 'apply-progress', address, action, elapsedMs: Date.now() - startedAt });
    const timer = setInterval(tick, REPORT_EVERY_MS).unref();
    return (done, value) => {
      clearInterval(timer);
      const elapsedMs = Date.now() - startedAt;
      const made = idText(value);
      if (!done) this.#events({ kind: 'apply-errored', address, action, elapsedMs });
      else
        this.#events({
          kind: 'apply-complete',
          address,
          action,
          elapsedMs,
          ...(made === undefined ? {} : { id: made }),
        });
    };
  }

  #writer(use: ProviderUse): Promise<Writer> {
    const known = this.#writers.get(use.text);
    if (known) return known;
    const pooled = this.#pool.get(use);
    invariant(pooled.state === 'ready', `no writer for ${use.text}`);
    const opened = pooled.configured.openWriter();
    this.#writers.set(use.text, opened);
    return opened;
  }
}

function idText(value: ObjectValue | undefined): string | undefined {
  const id = value?.attributes.get('id');
  return id?.kind === 'string' ? id.value : undefined;
}

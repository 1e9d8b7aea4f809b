/**
 * One resource taken through its life on the real engine: plan, apply by a runner that performs every step at once,
 * refresh, plan again. Stands in for core, which does the same with a journal and a graph around it.
 */
import { invariant } from '../../../core/diag/invariant.ts';
import type { Diagnostics } from '../../../core/diag/diagnostic.ts';
import type {
  Applied,
  ConfiguredProvider,
  PlanAsk,
  Planned,
  Prior,
  ResourceType,
  Runner,
  Step,
  Writer,
} from '../../../core/provider.ts';
import { type JsonObject, valueToJson } from '../../../core/value/json.ts';
import type { ObjectValue } from '../../../core/value/value.ts';
import { dockerProvider } from '../../../providers/docker/provider.ts';
import { providerSchema } from '../../../providers/docker/schema/provider.ts';
import { decode } from './recorded.ts';

export interface Harness {
  readonly provider: ConfiguredProvider;
  readonly progress: readonly string[];
  readonly performed: readonly Step[];
  of(type: string): ResourceHarness;
  close(): Promise<void>;
}

export interface Life {
  readonly prior: Prior | null;
  readonly diagnostics: Diagnostics;
}

export interface ResourceHarness {
  /** A configuration from JSON; what is not in it is not configured. */
  config(json: JsonObject): ObjectValue;
  plan(prior: Prior | null, json: JsonObject | null, mode?: PlanAsk['mode']): Promise<Planned>;
  /** Plans, replaces where that is needed, applies. */
  apply(prior: Prior | null, json: JsonObject | null): Promise<Applied & { readonly planned: Planned }>;
  /** Applies without problems and returns what the state would hold. */
  create(json: JsonObject): Promise<Prior>;
  refresh(prior: Prior): Promise<Prior | undefined>;
  destroy(prior: Prior): Promise<Applied>;
  resource(): Promise<ResourceType>;
}

export interface HarnessOptions {
  readonly provider?: JsonObject;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory?: string;
  readonly signal?: AbortSignal;
}

/** Configures the provider for the engine that the environment names. */
export async function openHarness(options: HarnessOptions = {}): Promise<Harness> {
  const progress: string[] = [];
  const performed: Step[] = [];
  const { signal = new AbortController().signal, workingDirectory = process.cwd() } = options;
  const configured = await dockerProvider.configure(
    decode(providerSchema, { registry_auth: [], ...options.provider }),
    {
      environment: options.environment ?? process.env,
      workingDirectory,
      signal,
      parallelism: 10,
      events: () => undefined,
    },
  );
  invariant(configured.value, JSON.stringify(configured.diagnostics));
  const provider = configured.value;
  const writer = await provider.openWriter();
  const runner = runnerOf(writer, signal, progress, performed);
  return {
    provider,
    progress,
    performed,
    of: (type) => harnessOf(type, provider, runner),
    close: () => provider.close(),
  };
}

function runnerOf(writer: Writer, signal: AbortSignal, progress: string[], performed: Step[]): Runner {
  return {
    signal,
    phase: 'all',
    progress: (message) => progress.push(message),
    step(step) {
      performed.push(step);
      return writer.perform(step, { address: 'test', signal, progress: (message) => progress.push(message) });
    },
  };
}

function harnessOf(type: string, provider: ConfiguredProvider, runner: Runner): ResourceHarness {
  const schema = dockerProvider.resourceTypes.get(type)?.schema;
  invariant(schema, `there is no ${type}`);
  const config = (json: JsonObject): ObjectValue => decode(schema, withEmptyBlocks(Object.keys(schema.blocks), json));
  const resource = (): Promise<ResourceType> => provider.resource(type);
  const harness: ResourceHarness = {
    config,
    resource,
    async plan(prior, json, mode = json === null ? 'delete' : 'any') {
      const desired = json === null ? null : config(json);
      const ask: PlanAsk = { address: 'test', prior, config: desired, proposed: desired, mode };
      const [result] = await (await resource()).plan([ask]);
      invariant(result?.value, JSON.stringify(result?.diagnostics));
      return result.value;
    },
    async apply(prior, json) {
      const first = await harness.plan(prior, json);
      const planned = first.replacePaths.length > 0 ? await harness.plan(prior, json, 'replace') : first;
      const applied = await (await resource()).apply(planned, runner);
      return { ...applied, planned };
    },
    async create(json) {
      const { value, private: data, diagnostics } = await harness.apply(null, json);
      invariant(value !== undefined && !diagnostics.some((it) => it.severity === 'error'), JSON.stringify(diagnostics));
      return { value, private: data, tainted: false };
    },
    async refresh(prior) {
      const [result] = await (await resource()).refresh([{ address: 'test', prior }]);
      invariant(result?.value, JSON.stringify(result?.diagnostics));
      return result.value.outcome === 'absent' ? undefined : result.value.prior;
    },
    destroy: (prior) => harness.apply(prior, null),
  };
  return harness;
}

/** As decoding does it: a block that is not there is an empty collection. */
function withEmptyBlocks(blocks: readonly string[], json: JsonObject): JsonObject {
  const empty = blocks.filter((name) => name !== 'timeouts').map((name) => [name, []] as const);
  return { ...Object.fromEntries(empty), ...json };
}

export function jsonOf(value: ObjectValue | null | undefined): JsonObject {
  invariant(value, 'there is a value');
  return valueToJson(value) as JsonObject;
}

/** Names of what a plan would change. */
export function changed(planned: Planned): readonly string[] {
  return [...new Set(planned.causes.map((cause) => cause.path.join('.')))];
}

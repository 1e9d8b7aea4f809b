/**
 * Providers for a run of a test: the real schemas, and behind them a mock where the test asks for one, or the real
 * provider with some of its objects stood in for. Core sees providers like any others.
 */
import type { MockProvider, StandInValues } from '../../core/config/test-file.ts';
import type { AttributeSchema, BlockContents, BlockSchema, Schema } from '../../core/config/schema.ts';
import { type Diagnostic, type Result, failed, hasErrors, ok } from '../../core/diag/diagnostic.ts';
import type { ProviderDirectory } from '../../core/plan/provider-pool.ts';
import type {
  Applied,
  ConfigureContext,
  ConfiguredProvider,
  DataSource,
  PlanAsk,
  Planned,
  Provider,
  RefreshAsk,
  Refreshed,
  ResourceType,
  Runner,
  Writer,
} from '../../core/provider.ts';
import { emptyObject } from '../../core/config/schema-type.ts';
import { sameValue } from '../../core/value/equal.ts';
import type { ObjectValue } from '../../core/value/value.ts';
import { withMadeUp, withUnknowns } from './made-up-values.ts';
import type { StandIns } from './stand-ins.ts';

export class TestProviders implements ProviderDirectory {
  readonly #real: ProviderDirectory;
  readonly #standIns: StandIns;
  /** By configuration, as `ConfigureContext.configuration` names it. */
  readonly #mocks: ReadonlyMap<string, MockProvider>;

  constructor(real: ProviderDirectory, standIns: StandIns, mocks: ReadonlyMap<string, MockProvider>) {
    this.#real = real;
    this.#standIns = standIns;
    this.#mocks = mocks;
  }

  defaultSource(localName: string): string {
    return this.#real.defaultSource(localName);
  }

  async load(source: string): Promise<Provider | undefined> {
    const real = await this.#real.load(source);
    const isMocked = [...this.#mocks.keys()].some((text) => text.startsWith(`provider["${source}"]`));
    if (!real || (!isMocked && !this.#standIns.any())) return real;
    const standIns = this.#standIns;
    return {
      ...real,
      source: real.source,
      type: real.type,
      schema: isMocked ? withoutRequirements(real.schema) : real.schema,
      resourceTypes: real.resourceTypes,
      dataSources: real.dataSources,
      ...(isMocked ? { validate: () => [] } : {}),
      configure: async (config: ObjectValue, context: ConfigureContext) => {
        const mock = this.#mocks.get(context.configuration ?? '');
        if (mock) return ok(new StandInProvider(real, undefined, standIns, mock));
        const { value, diagnostics } = await real.configure(config, context);
        return { value: value && new StandInProvider(real, value, standIns, undefined), diagnostics };
      },
    };
  }
}

/** A mocked provider is configured by nothing, so nothing may be required of its configuration. */
function withoutRequirements(schema: Schema): Schema {
  return { ...schema, ...relaxed(schema) };
}

function relaxed({ attributes, blocks }: BlockContents): BlockContents {
  const optional = (attribute: AttributeSchema): AttributeSchema =>
    attribute.use === 'required' ? { ...attribute, use: 'optional' } : attribute;
  const anyNumber = (block: BlockSchema): BlockSchema => ({ ...block, ...relaxed(block), minItems: 0 });
  return {
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, each]) => [name, optional(each)])),
    blocks: Object.fromEntries(Object.entries(blocks).map(([name, each]) => [name, anyNumber(each)])),
  };
}

const IDLE: Writer = { perform: async () => ok({}) };

/** @param real undefined when the whole provider is mocked */
class StandInProvider implements ConfiguredProvider {
  readonly #provider: Provider;
  readonly #real: ConfiguredProvider | undefined;
  readonly #standIns: StandIns;
  readonly #mock: MockProvider | undefined;

  constructor(
    provider: Provider,
    real: ConfiguredProvider | undefined,
    standIns: StandIns,
    mock: MockProvider | undefined,
  ) {
    this.#provider = provider;
    this.#real = real;
    this.#standIns = standIns;
    this.#mock = mock;
  }

  async resource(type: string): Promise<ResourceType> {
    const real = await this.#real?.resource(type);
    const schema = this.#provider.resourceTypes.get(type)?.schema ?? NO_CONTENTS;
    const mocked = this.#mock && (this.#mock.resources.get(type) ?? nothingGiven(this.#mock));
    const overridden = (address: string) => this.#standIns.override('resource', address, this.#mock);
    return new StandInResourceType(schema, real, overridden, mocked);
  }

  async dataSource(type: string): Promise<DataSource> {
    const real = await this.#real?.dataSource(type);
    const schema = this.#provider.dataSources.get(type) ?? NO_CONTENTS;
    const mocked = this.#mock && (this.#mock.dataSources.get(type) ?? nothingGiven(this.#mock));
    return {
      read: async (config: ObjectValue, address = '') => {
        const given = this.#standIns.override('data', address, this.#mock) ?? mocked;
        if (!given && real) return real.read(config, address);
        const diagnostics: Diagnostic[] = [];
        const value = withMadeUp(schema, config, given, diagnostics);
        return { value: hasErrors(diagnostics) ? undefined : value, diagnostics };
      },
    };
  }

  openWriter(): Promise<Writer> {
    return this.#real?.openWriter() ?? Promise.resolve(IDLE);
  }

  async close(): Promise<void> {
    await this.#real?.close();
  }
}

const NO_CONTENTS: BlockContents = { attributes: {}, blocks: {} };

function nothingGiven({ during, range }: MockProvider): StandInValues {
  return { values: { kind: 'object', attributes: new Map(), marks: 0 }, during, range };
}

/** Objects that exist in the state of a test and nowhere else. */
class StandInResourceType implements ResourceType {
  readonly claims?: ResourceType['claims'];
  readonly #contents: BlockContents;
  readonly #real: ResourceType | undefined;
  readonly #overridden: (address: string) => StandInValues | undefined;
  readonly #mocked: StandInValues | undefined;

  /**
   * @param overridden what the test says of one instance
   * @param mocked what it says of all; undefined where they are real
   */
  constructor(
    contents: BlockContents,
    real: ResourceType | undefined,
    overridden: (address: string) => StandInValues | undefined,
    mocked: StandInValues | undefined,
  ) {
    this.#contents = contents;
    this.#real = real;
    this.#overridden = overridden;
    this.#mocked = mocked;
    if (real?.claims) this.claims = real.claims.bind(real);
  }

  /** Undefined for an object that is real. */
  #given(address: string): StandInValues | undefined {
    return this.#overridden(address) ?? this.#mocked;
  }

  refresh(asks: readonly RefreshAsk[]): Promise<readonly Result<Refreshed>[]> {
    return this.#split(
      asks,
      ({ prior }): Result<Refreshed> => ok({ outcome: 'present', prior }),
      (real, rest) => real.refresh(rest),
    );
  }

  plan(asks: readonly PlanAsk[]): Promise<readonly Result<Planned>[]> {
    return this.#split(
      asks,
      (ask, given) => this.#planStandIn(ask, given),
      (real, rest) => real.plan(rest),
    );
  }

  /** Each ask to who answers it, and the answers in the order of the asks. */
  async #split<A extends { readonly address: string }, T>(
    asks: readonly A[],
    standIn: (ask: A, given: StandInValues) => T,
    askReal: (real: ResourceType, rest: readonly A[]) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const given = asks.map(({ address }) => this.#given(address));
    const rest = asks.filter((_, index) => given[index] === undefined);
    const answers = this.#real && rest.length > 0 ? [...(await askReal(this.#real, rest))] : [];
    return asks.flatMap((ask, index) => {
      const values = given[index];
      const answer = values ? standIn(ask, values) : answers.shift();
      return answer === undefined ? [] : [answer];
    });
  }

  #planStandIn(ask: PlanAsk, given: StandInValues): Result<Planned> {
    const { address, mode, prior, config, proposed } = ask;
    const diagnostics: Diagnostic[] = [];
    const value = proposed && this.#plannedValue(ask, proposed, given, diagnostics);
    if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
    const same = prior !== null && value !== null && sameValue(prior.value, value, { ignoreMarks: true });
    return ok({
      address,
      mode,
      prior,
      config,
      value,
      private: prior?.private,
      replacePaths: [],
      causes: [],
      impact: same ? 'none' : 'in-place',
      steps: { items: [], complete: true },
    });
  }

  #plannedValue(
    { prior, mode }: PlanAsk,
    proposed: ObjectValue,
    given: StandInValues,
    diagnostics: Diagnostic[],
  ): ObjectValue {
    if (prior && mode === 'any') return proposed;
    if (given.during === 'plan') return withMadeUp(this.#contents, proposed, given, diagnostics);
    return withUnknowns(this.#contents, proposed);
  }

  async apply(planned: Planned, run: Runner): Promise<Applied> {
    const given = this.#given(planned.address);
    if (!given && this.#real) return this.#real.apply(planned, run);
    const diagnostics: Diagnostic[] = [];
    const retires = planned.value === null || run.phase === 'retire';
    const value = retires ? undefined : this.#appliedValue(planned, given, diagnostics);
    return { value, private: planned.private, tainted: hasErrors(diagnostics), diagnostics };
  }

  /** What is changed is as planned; what is made gets values for what was not known. */
  #appliedValue(
    { value, prior, mode }: Planned,
    given: StandInValues | undefined,
    diagnostics: Diagnostic[],
  ): ObjectValue | undefined {
    if (!value || (prior && mode === 'any')) return value ?? undefined;
    return withMadeUp(this.#contents, value, given, diagnostics);
  }

  /** There is nothing to find behind a mock; what is overridden is as the test says. */
  async importState(id: string, address = ''): ReturnType<ResourceType['importState']> {
    const given = this.#overridden(address);
    if (!given) return this.#real?.importState(id, address) ?? failed(NOTHING_TO_IMPORT);
    const diagnostics: Diagnostic[] = [];
    const value = withMadeUp(this.#contents, emptyObject(this.#contents), given, diagnostics);
    if (hasErrors(diagnostics)) return failed(...diagnostics);
    return ok([{ value, private: undefined, tainted: false }]);
  }
}

const NOTHING_TO_IMPORT: Diagnostic = {
  severity: 'error',
  summary: 'Invalid import request',
  detail:
    'A mocked provider has no objects that could be imported. Stand in for the object with an override_resource block that targets it.',
};

/** Which objects of a run are stood in for, and by which values. Knows addresses as text and no provider. */
import type {
  MockProvider,
  Override,
  StandInValues,
  TestFile,
  TestProvider,
  TestRun,
} from '../../core/config/test-file.ts';

export class StandIns {
  /** The nearest first: of the run, of the file, of mocked providers. */
  readonly #overrides: readonly Override[];

  constructor(run: TestRun, file: TestFile) {
    this.#overrides = [...run.overrides, ...file.overrides];
  }

  /** What overrides this instance; undefined when nothing does. */
  override(kind: Override['kind'], address: string, mock?: MockProvider): StandInValues | undefined {
    const addresses = widerAddresses(address);
    for (const overrides of [this.#overrides, mock?.overrides ?? []]) {
      for (const text of addresses) {
        const found = overrides.find((override) => override.kind === kind && override.text === text);
        if (found) return found;
      }
    }
    return undefined;
  }

  any(): boolean {
    return this.#overrides.some(({ kind }) => kind !== 'module');
  }

  /** Overrides of modules, by the text of the path; the nearest wins. */
  modules(providers: Iterable<TestProvider>): ReadonlyMap<string, Override> {
    const mocks = [...providers].flatMap((provider) => (provider.kind === 'mock' ? provider.overrides : []));
    const found = new Map<string, Override>();
    for (const override of [...this.#overrides, ...mocks]) {
      if (override.kind === 'module' && !found.has(override.text)) found.set(override.text, override);
    }
    return found;
  }
}

const LAST_KEY = /\[(?:\d+|"(?:[^"\\]|\\.)*")\]$/;

/** The instance itself, and its whole resource. Keys of modules are never left out. */
function widerAddresses(address: string): readonly string[] {
  return [address, address.replace(LAST_KEY, '')];
}

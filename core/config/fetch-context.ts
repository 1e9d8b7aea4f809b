/** What everybody who fetches is told of the world. */
export interface FetchContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly workingDirectory: string;
  readonly homeDirectory: string;
  readonly signal: AbortSignal;
}

export type ObjectKind = 'container' | 'network' | 'volume' | 'image';
export interface EngineAnswer {
  readonly status: number;
  readonly body: unknown;
}
export interface EngineObject {
  readonly kind: ObjectKind;
  readonly id: string;
  readonly name: string;
}
export function engineHost(env?: NodeJS.ProcessEnv): string;
export function engine(
  method: string,
  path: string,
  body?: unknown,
  options?: { env?: NodeJS.ProcessEnv; timeoutMs?: number },
): Promise<EngineAnswer>;
export function inspect(kind: string, name: string): Promise<unknown>;
export function objectsOf(prefix: string): Promise<EngineObject[]>;
export function sweep(prefix: string): Promise<EngineObject[]>;

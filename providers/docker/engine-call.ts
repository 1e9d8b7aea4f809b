/**
 * Calls that the client library has no method for, or only one that writes the body into the address as well. Used by
 * effects alone.
 */
import type { Engine } from './daemon.ts';
import type { RegistryLogin } from './registry-auth.ts';

export interface EngineCall {
  readonly method: 'POST' | 'DELETE';
  /** Below the version, without a query: `/services/create`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: object;
  readonly login?: RegistryLogin | null;
}

const DONE: Readonly<Record<number, true>> = { 200: true, 201: true, 204: true };

/** The engine's answer, parsed when it is JSON. Rejects as the client library does when the status is no success. */
export function callEngine(engine: Engine, call: EngineCall): Promise<unknown> {
  return dial(engine, requestOf(call));
}

/** The same for a call that answers with lines of progress. */
export function followEngine(engine: Engine, call: EngineCall): Promise<NodeJS.ReadableStream> {
  return dial(engine, { ...requestOf(call), isStream: true }) as Promise<NodeJS.ReadableStream>;
}

function requestOf({ method, path, query = {}, body = {}, login }: EngineCall) {
  return {
    method,
    // Without a question mark the client library adds nothing to the address.
    path: Object.keys(query).length === 0 ? path : `${path}?`,
    statusCodes: { ...DONE },
    options: { _query: query, _body: body },
    ...(login ? { authconfig: login } : {}),
  };
}

function dial(engine: Engine, request: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    engine.modem.dial(request as Parameters<Engine['modem']['dial']>[0], (error: unknown, data: unknown) =>
      error ? reject(error) : resolve(data),
    );
  });
}

/**
 * Stands between a client and the engine on a unix socket, and fails on purpose. Knows just enough of HTTP to see which
 * request begins: the connections of our clients carry one request at a time.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `before`: the request never reaches the engine. `after`: it takes effect, and its answer is lost. */
export type Cut = 'before' | 'after';

export class EngineProxy implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'stowage-proxy-'));
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #cutAt: number;
  readonly #cut: Cut;
  /** Requests that change something, in the order in which they came. */
  readonly changes: string[] = [];
  #down = false;

  /** @param cutAt number, from 1, of the request that changes something with which the engine goes away */
  private constructor(cutAt: number, cut: Cut) {
    this.#cutAt = cutAt;
    this.#cut = cut;
    this.#server = createServer((client) => this.#serve(client));
  }

  static async start(cutAt: number, cut: Cut): Promise<EngineProxy> {
    const proxy = new EngineProxy(cutAt, cut);
    proxy.#server.listen(join(proxy.#folder, 'docker.sock'));
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get host(): string {
    return `unix://${join(this.#folder, 'docker.sock')}`;
  }

  /** Whether the request at which it was to fail has come. */
  get hasCut(): boolean {
    return this.#down;
  }

  #serve(client: Socket): void {
    if (this.#down) {
      client.destroy();
      return;
    }
    const engine = connect('/var/run/docker.sock');
    for (const socket of [client, engine]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    }
    client.on('close', () => engine.destroy());
    engine.on('close', () => client.destroy());
    let losing = false;
    client.on('data', (chunk: Buffer) => {
      const change = /^(POST|PUT|DELETE|PATCH) (\S+)/.exec(chunk.toString('latin1'));
      if (change) this.changes.push(`${change[1]} ${change[2]}`);
      const hit = change !== null && this.changes.length === this.#cutAt;
      if (hit && this.#cut === 'before') {
        this.#goAway();
        return;
      }
      losing ||= hit;
      engine.write(chunk);
    });
    engine.on('data', (chunk: Buffer) => {
      if (losing) this.#goAway();
      else client.write(chunk);
    });
  }

  #goAway(): void {
    this.#down = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#goAway();
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

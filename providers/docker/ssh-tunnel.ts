/**
 * An engine behind ssh: a socket on this machine, each connection to which is one `docker system dial-stdio` on the other.
 * The system's own ssh does the work, so its configuration, keys and known hosts count; connections share one master.
 * Knows nothing of HTTP.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type Server, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SshEndpoint } from './connection.ts';

const LONGEST_COMPLAINT = 2000;

export class SshTunnel implements AsyncDisposable {
  readonly socketPath: string;
  readonly #folder: string;
  readonly #server: Server;
  readonly #endpoint: SshEndpoint;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #children = new Set<ChildProcess>();
  #complaint = '';

  private constructor(
    folder: string,
    endpoint: SshEndpoint,
    environment: Readonly<Record<string, string | undefined>>,
  ) {
    this.#folder = folder;
    this.#endpoint = endpoint;
    this.#environment = environment;
    this.socketPath = join(folder, 'docker.sock');
    this.#server = createServer((socket) => this.#connect(socket));
  }

  /** Listens; nothing is sent to the other machine before the first connection. */
  static async open(
    endpoint: SshEndpoint,
    environment: Readonly<Record<string, string | undefined>>,
  ): Promise<SshTunnel> {
    const folder = await mkdtemp(join(tmpdir(), 'stowage-ssh-'));
    const tunnel = new SshTunnel(folder, endpoint, environment);
    tunnel.#server.listen(tunnel.socketPath);
    await once(tunnel.#server, 'listening');
    tunnel.#server.unref();
    return tunnel;
  }

  /** What ssh said last on its error stream. */
  get complaint(): string {
    return this.#complaint.trim();
  }

  #connect(socket: Socket): void {
    const child = spawn('ssh', this.#arguments(), { stdio: ['pipe', 'pipe', 'pipe'], env: this.#environment });
    this.#children.add(child);
    child.on('error', (error) => this.#fail(socket, error.message));
    child.on('exit', () => {
      this.#children.delete(child);
      socket.destroy();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('utf8')).slice(-LONGEST_COMPLAINT);
    });
    socket.on('error', () => child.kill());
    socket.on('close', () => child.kill());
    child.stdin.on('error', () => socket.destroy());
    socket.pipe(child.stdin);
    child.stdout.pipe(socket);
  }

  #fail(socket: Socket, message: string): void {
    this.#complaint = `ssh could not be started: ${message}`;
    socket.destroy();
  }

  #arguments(): string[] {
    const { user, host, port, options, path } = this.#endpoint;
    const master = ['ControlMaster=auto', `ControlPath=${join(this.#folder, '%C')}`, 'ControlPersist=30'];
    const settings = [...master, 'ConnectTimeout=30', 'BatchMode=yes'].flatMap((setting) => ['-o', setting]);
    return [
      ...options,
      ...settings,
      '-T',
      ...(user === undefined ? [] : ['-l', user]),
      ...(port === undefined ? [] : ['-p', String(port)]),
      '--',
      host,
      'docker',
      ...(path === undefined ? [] : [`--host=unix://${path}`]),
      'system',
      'dial-stdio',
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill();
    this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Which workspace is in use, and where each one keeps its state. Terraform's paths and file. */
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, writeDurably } from './file.ts';

export const DEFAULT_WORKSPACE = 'default';
const STATE_FILE = 'terraform.tfstate';
const WORKSPACE_DIRECTORY = 'terraform.tfstate.d';

export interface WorkspaceOptions {
  /** Of the root module. */
  readonly directory: string;
  /** `.terraform`, or what TF_DATA_DIR says. */
  readonly dataDirectory: string;
  /** `path` of a `backend "local"`: the state of the default workspace. */
  readonly statePath?: string;
  /** `workspace_dir` of a `backend "local"`. */
  readonly workspaceDirectory?: string;
}

export class Workspaces {
  readonly #options: WorkspaceOptions;

  constructor(options: WorkspaceOptions) {
    this.#options = options;
  }

  /** `TF_WORKSPACE` goes before this; whoever calls has looked. */
  async current(): Promise<string> {
    const text = await readFile(this.#environmentFile, 'utf8').catch((error) => {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return '';
      throw error;
    });
    return text.trim() || DEFAULT_WORKSPACE;
  }

  statePath(workspace: string): string {
    if (workspace === DEFAULT_WORKSPACE) return join(this.#options.directory, this.#options.statePath ?? STATE_FILE);
    return join(this.#root, workspace, STATE_FILE);
  }

  /** The default one first, the others by name. */
  async list(): Promise<readonly string[]> {
    const entries = await readdir(this.#root, { withFileTypes: true }).catch((error) => {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    });
    const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    return [DEFAULT_WORKSPACE, ...names.sort()];
  }

  async create(workspace: string): Promise<void> {
    await mkdir(join(this.#root, workspace), { recursive: true });
  }

  async select(workspace: string): Promise<void> {
    await mkdir(this.#options.dataDirectory, { recursive: true });
    await writeDurably(this.#environmentFile, workspace, 0o644);
  }

  async delete(workspace: string): Promise<void> {
    await rm(join(this.#root, workspace), { recursive: true, force: true });
  }

  get #environmentFile(): string {
    return join(this.#options.dataDirectory, 'environment');
  }

  get #root(): string {
    return join(this.#options.directory, this.#options.workspaceDirectory ?? WORKSPACE_DIRECTORY);
  }
}

/** Terraform's rule: what needs no escape in a URL path. */
export function isWorkspaceName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && encodeURIComponent(name) === name;
}

/**
 * What one resource type is inside this provider: how it reads and plans (with a reader), and which effects it can ask
 * for (with a writer). The two halves meet only in the runner.
 */
import type { Result } from '../../core/diag/diagnostic.ts';
import type { Sink } from '../../core/event.ts';
import type { Outcome, ResourceType, Step, StepContext } from '../../core/provider.ts';
import type { RenewedImages } from './renewed-images.ts';
import type { DockerReader, DockerWriter } from './daemon.ts';
import type { RegistryCredentials } from './registry-auth.ts';

/** What planning and reading may use. */
export interface DockerContext {
  readonly reader: DockerReader;
  readonly credentials: RegistryCredentials;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly signal: AbortSignal;
  readonly parallelism: number;
  readonly events: Sink;
  /** IDs of containers that a plan of this run removes or takes off a network: who they hold up may wait for them. */
  readonly leaving: Set<string>;
  /** Names of images that plans of this run give to another image. */
  readonly renewed: RenewedImages;
  /** Images that lost their name in this run while something still used them: the name by the ID. */
  readonly nameless: Map<string, string>;
}

/** What an effect may use. */
export interface EffectTools extends StepContext {
  readonly writer: DockerWriter;
  readonly docker: DockerContext;
}

/** Carries out the steps of one kind. */
export type Effect = (step: Step, tools: EffectTools) => Promise<Result<Outcome>>;

export interface ResourceModule {
  resource(context: DockerContext): ResourceType;
  /** By the kind of step: `network.create`. */
  readonly effects: Readonly<Record<string, Effect>>;
}

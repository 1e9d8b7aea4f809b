/** Everything that can be reported while the engine works. Views render events; nothing in the engine prints. */
import type { Diagnostic } from './diag/diagnostic.ts';

export type Event =
  | { readonly kind: 'refresh-start'; readonly address: string; readonly id: string | undefined }
  | { readonly kind: 'refresh-complete'; readonly address: string; readonly id: string | undefined }
  | { readonly kind: 'apply-start'; readonly address: string; readonly action: AppliedAction; readonly id?: string }
  /** At least every 10 seconds while an operation runs, and whenever there is something new to say. */
  | {
      readonly kind: 'apply-progress';
      readonly address: string;
      readonly action: AppliedAction;
      readonly elapsedMs: number;
      readonly message?: string;
    }
  | {
      readonly kind: 'apply-complete';
      readonly address: string;
      readonly action: AppliedAction;
      readonly elapsedMs: number;
      readonly id?: string;
    }
  | {
      readonly kind: 'apply-errored';
      readonly address: string;
      readonly action: AppliedAction;
      readonly elapsedMs: number;
    }
  | { readonly kind: 'provision-start'; readonly address: string; readonly provisioner: string }
  | {
      readonly kind: 'provision-output';
      readonly address: string;
      readonly provisioner: string;
      readonly output: string;
    }
  | { readonly kind: 'provision-complete'; readonly address: string; readonly provisioner: string }
  | { readonly kind: 'provision-errored'; readonly address: string; readonly provisioner: string }
  | { readonly kind: 'diagnostic'; readonly diagnostic: Diagnostic }
  /** Something a user should know that is not a problem: an engine was found, a lock taken over, a wait begun. */
  | { readonly kind: 'notice'; readonly message: string }
  | { readonly kind: 'interrupted'; readonly count: number };

export type AppliedAction = 'create' | 'update' | 'delete' | 'read';

export type Sink = (event: Event) => void;

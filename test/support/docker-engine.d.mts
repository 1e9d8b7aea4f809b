export const busyboxImage: string;
export function ensureEngine(): Promise<void>;
export function ensureBusyboxImage(): Promise<void>;

/** Our own bugs throw; `main` catches them once. Nothing that a user, a file or the daemon can cause ends here. */
export class InternalError extends Error {
  override readonly name = 'InternalError';
}

export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}

export function unreachable(value: never): never {
  throw new InternalError(`unreachable case: ${JSON.stringify(value)}`);
}

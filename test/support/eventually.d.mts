export function eventually<T>(
  probe: () => T | Promise<T>,
  options?: { deadlineMs?: number; everyMs?: number },
): Promise<T | undefined>;

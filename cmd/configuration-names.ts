/** Whether a directory holds configuration, found out by names alone: what reads it need not be loaded for an empty one. */
import { readdir } from 'node:fs/promises';

/** Names of `.tf` and `.tf.json` files; empty when the directory cannot be read. */
export async function configurationNames(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => name.endsWith('.tf') || name.endsWith('.tf.json'));
}

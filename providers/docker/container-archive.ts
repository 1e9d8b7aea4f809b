/** Reading the archive in which the engine hands out one file. */
import type { LiveFile } from './container-uploads.ts';

/** The first entry when it is a file; undefined for anything else, a damaged archive included. */
export async function pickFirstEntry(archive: Buffer): Promise<LiveFile | undefined> {
  const { default: tarStream } = await import('tar-stream');
  const extract = tarStream.extract();
  return new Promise((resolve) => {
    extract.on('entry', (header, stream, next) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk) => chunks.push(chunk as Buffer));
      stream.on('end', () => {
        if (header.type === 'file') resolve({ bytes: Buffer.concat(chunks), mode: (header.mode ?? 0) & 0o7777 });
        next();
      });
    });
    extract.on('finish', () => resolve(undefined));
    extract.on('error', () => resolve(undefined));
    extract.end(archive);
  });
}

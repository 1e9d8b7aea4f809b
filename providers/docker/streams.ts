/**
 * The engine's two kinds of streams: lines of JSON that tell the progress of a pull or a build, and frames that carry
 * stdout and stderr of a container in one stream. Both are read here because the client library loses errors in the
 * first and recurses over the second.
 */
import { StringDecoder } from 'node:string_decoder';
import { type Inspected, recordOf } from './inspect.ts';

/** Each JSON line as it comes; a line that is not JSON arrives as `{ stream: line }`. */
export async function* readJsonLines(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<Inspected> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    rest += typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk));
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield parseLine(line);
  }
  rest += decoder.end();
  if (rest.trim() !== '') yield parseLine(rest);
}

function parseLine(line: string): Inspected {
  try {
    return recordOf(JSON.parse(line));
  } catch {
    return { stream: line };
  }
}

export interface Frame {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Buffer;
}

const HEADER = 8;

/** Frames of a container's output (of one without a terminal). A frame that is cut off at the end is dropped. */
export async function* readFrames(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let at = 0;
    while (rest.length - at >= HEADER) {
      const length = rest.readUInt32BE(at + 4);
      if (rest.length - at - HEADER < length) break;
      const data = rest.subarray(at + HEADER, at + HEADER + length);
      yield { stream: rest[at] === 2 ? 'stderr' : 'stdout', data };
      at += HEADER + length;
    }
    rest = rest.subarray(at);
  }
}

/** Both outputs of a buffer of frames as one text, in the order in which they were written. */
export function framesText(buffer: Buffer): string {
  const parts: Buffer[] = [];
  let at = 0;
  while (buffer.length - at >= HEADER) {
    const end = Math.min(at + HEADER + buffer.readUInt32BE(at + 4), buffer.length);
    parts.push(buffer.subarray(at + HEADER, end));
    at = end;
  }
  return Buffer.concat(parts).toString('utf8');
}

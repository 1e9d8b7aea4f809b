/**
 * What BuildKit says while it builds: messages of a protocol of its own, in base64, one per line of progress. Only what
 * is shown is read: names of steps, their errors, and their output.
 */

export interface BuildTrace {
  /** Steps that began with this message. */
  readonly started: readonly string[];
  /** Output and errors, in lines. */
  readonly lines: readonly string[];
}

interface Field {
  readonly number: number;
  readonly bytes: Buffer;
}

/** Reads one message; what is not one has nothing to say. */
export function readTrace(base64: string): BuildTrace {
  const started: string[] = [];
  const lines: string[] = [];
  for (const { number, bytes } of fieldsOf(Buffer.from(base64, 'base64'))) {
    if (number === 1) readStep(bytes, started, lines);
    else if (number === 3)
      lines.push(
        ...textOfField(bytes, 4)
          .split('\n')
          .filter((line) => line.trim() !== ''),
      );
  }
  return { started, lines };
}

/** A step comes when it is known, when it begins and when it ends. */
function readStep(bytes: Buffer, started: string[], lines: string[]): void {
  const numbers = new Set(fieldsOf(bytes).map((field) => field.number));
  const name = textOfField(bytes, 3);
  const error = textOfField(bytes, 7);
  const [begun, ended] = [numbers.has(5), numbers.has(6)];
  if (begun && !ended && !name.startsWith('[internal]')) started.push(name);
  if (error !== '') lines.push(`${name}: ${error}`);
}

function textOfField(bytes: Buffer, number: number): string {
  return (
    fieldsOf(bytes)
      .find((field) => field.number === number)
      ?.bytes.toString('utf8') ?? ''
  );
}

/** The fields of a protobuf message; numbers are passed over with empty bytes. Ends quietly at the first nonsense. */
function fieldsOf(message: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  while (at < message.length) {
    const tag = readVarint(message, at);
    const wire = tag.value & 7;
    const number = tag.value >>> 3;
    at = tag.next;
    if (wire === 2) {
      const length = readVarint(message, at);
      const end = length.next + length.value;
      if (end > message.length) break;
      fields.push({ number, bytes: message.subarray(length.next, end) });
      at = end;
    } else if (wire === 0) {
      fields.push({ number, bytes: Buffer.alloc(0) });
      at = readVarint(message, at).next;
    } else if (wire === 1 || wire === 5) at += wire === 1 ? 8 : 4;
    else break;
  }
  return fields;
}

/** Lengths and tags are short; what a number beyond 2^31 means here is not of interest. */
function readVarint(message: Buffer, start: number): { value: number; next: number } {
  let value = 0;
  let at = start;
  for (let shift = 0; at < message.length; shift += 7) {
    const byte = message[at++] ?? 0;
    if (shift < 28) value |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return { value, next: at };
}
